"Kin of the field cases: other texts of the same kinds, each with what a careful reader expects."

import pytest

from viralforge import Draft
from viralforge.briefs import read_brief
from viralforge.core import BadInput
from viralforge.notes import read_notes
from viralforge.spoken import speakable
from viralforge.text.quantities import best, figures
from viralforge.text.reading import read

ICE = "Ice is lighter than water. A lake freezes from the top."


def said(notes, **knobs):
    brief = read_brief({"title": "Why ice floats", "notes": notes, **knobs})
    found = read_notes(brief.notes)
    return [n.text for n in found.notes], " ".join((*brief.notices, *found.left_out)), brief.cta


# --- front matter


@pytest.mark.parametrize(
    "text",
    {
        "set in": "  ---\n  title: 12:30\n  seconds: 8\n  ---\n" + ICE,
        "quoted": "> ---\n> title: 12:30\n> seconds: 8\n> ---\n>\n> " + ICE,
        "bold keys": "**Title:** 12:30\n**Seconds:** 8\n\n" + ICE,
        "keys as a list": "- title: 12:30\n- seconds: 8\n\n" + ICE,
        "dashes of a word processor": "–––\ntitle: 12:30\nseconds: 8\n–––\n" + ICE,
        "a tab before a comment": "---\ntitle: 12:30\nseconds: 8\t# short\n---\n" + ICE,
    }.values(),
)
def test_front_matter_as_people_write_it(text):
    brief = read_brief(text)
    assert (brief.title, brief.seconds, brief.notes) == ("12:30", 8.0, ICE)


@pytest.mark.parametrize("typed", ['"Bell" #1', "'Bell' # one", "Bell\n  rings # one", "Bell #\tone"])
def test_a_comment_is_told_wherever_it_stands(typed):
    brief = read_brief(f"---\ntitle: {typed}\n---\n{ICE}")
    assert brief.title in ("Bell", "Bell rings") and any("is left out as a comment" in n for n in brief.notices)


def test_json_front_matter_is_refused_in_one_line():
    with pytest.raises(BadInput, match="the front matter is JSON"):
        read_brief('{\n"title": "12:30",\n"seconds": 8\n}\n\n' + ICE)


@pytest.mark.parametrize("typed", ["[a, b]", "{a: b}"])
def test_a_list_as_title_is_told_to_stand_in_quotes(typed):
    with pytest.raises(BadInput, match="in quotes"):
        read_brief(f"---\ntitle: {typed}\n---\n{ICE}")


# --- answers of chat models

SCRIPTS = {
    "🎬 **Hook:** Ice should sink.\n🎙️ Voiceover: Fish live below.\n🎵 Music: soft piano\n👉 CTA: Follow!": "Music: soft piano",
    "| Scene | Time | Visuals | Narration / VO |\n|---|---|---|---|\n| 1 | 0-3s | Lake | Ice should sink. |\n| 2 | 3-8s | Fish | Fish live below. |": "Lake",
    "VO: Ice should sink. [pause]\nEND CARD: logo\nV/O – Fish live below.\nWord count: 7": "END CARD: logo",
    "VO: Ice should sink. {cut} [laughs] <pause> Fish live below.": "laughs",
    "Narrator:\nIce should sink.\n\nVisual:\nA lake.\n\nNarrator:\nFish live below.": "A lake.",
    "**0–3 seconds:** Ice should sink.\n**0:03** Fish live below.\n### Caption\nWow, ice!": "Wow, ice!",
    "[0:00] Ice should sink.\n[3s] Fish live below.\n\n**(Music fades out)**": "Music fades out",
    "Certainly! Below is a script you can use.\n\nIce should sink. Fish live below.\n\nWant me to go on?": "Certainly!",
    "I've written a short script about ice:\n\nIce should sink. Fish live below.": "I've written",
    "Okay, here's a script for a short video.\n\n**Narrator:** Ice should sink.\n**Narrator:** Fish live below.": "Okay, here's",
    "Of course.\n\nIce should sink 【1†source】. Fish live below.": "Of course.",
    "Sure!\n\n```text\nIce should sink.\nFish live below.\n```": "Sure!",
    "```\nIce should sink. Fish live below.\n```": "",
}


@pytest.mark.parametrize("notes", SCRIPTS)
def test_a_chat_answer_gives_what_is_for_the_ear(notes):
    texts, told, _ = said(notes)
    assert texts == ["Ice should sink.", "Fish live below."] and SCRIPTS[notes] in told


@pytest.mark.parametrize(
    "notes",
    [
        "Great apes use tools. Here is a video.", "Here's the thing: ice is light.", "Music soothes the mind.", "Fish [the cod] live below.",
        "It rang at 9:30 today.", "There is one hook: surprise.", "Sure, ice is light.",
    ],
)  # fmt: skip
def test_prose_with_such_words_stays(notes):
    assert " ".join(said(notes)[0]).replace("the cod", "[the cod]") == notes


def test_a_call_in_a_list_has_no_bullet():
    assert said("**Hook**\n- Ice should sink.\n**Call to Action**\n- Follow for more!")[2] == "Follow for more!"


def test_a_fence_of_code_stays_code():
    texts, told, _ = said(ICE + "\n\n```\nprint('ice')\n```\n")
    assert len(texts) == 2 and "print('ice')" in told


def test_text_in_a_script_tag_is_told():
    assert "Ice should sink." in said("<script>\nIce should sink.\n</script>\n\nFish live below.")[1]


# --- marks of other programs

MARKS = {
    "![pond](pond.png =300x200) Ice floats.": "", "![pond](pond.png){width=50%}\n\nIce floats.": "", "[//]: # (hidden)\nIce floats.": "hidden",
    "??? tip\n\nIce floats.": "??? tip", "*[HTML]: a language\n\nIce floats.": "*[HTML]", "#+TITLE: Ponds\nIce floats.": "#+TITLE",
    "\\begin{align}\na &= b\n\\end{align}\nIce floats.": "a &= b", "##Ponds\nIce floats.": "", "__Ponds:__\n\nIce floats.": "",
    "== Ponds ==\n'''Ice''' ''floats''.": "", "[https://x.org Ice] floats.<ref>A book</ref>": "A book", "[[https://x.org][Ice]] floats.": "",
    "[[File:a.png|thumb|A pond]] Ice floats.\n[[Category:Ice]]": "Category:Ice", "Ice {--sinks--}{++floats++}.{>>sure?<<}": "sinks",
    "++Ice++ floats.": "", "::Ice:: floats.": "", "Ice ~sinks~ floats.": "sinks", "||Ice|| floats.": "", "<https://x.org|Ice> floats.": "",
    "#[[Ice]] floats.": "", "Ice floats. [-@smith]": "", "\\textbf{Ice} floats.\\cite{smith}": "smith", "Ice {{c1::floats}}.": "",
    "Ice floats.[edit]": "", "Ice floats.¹": "", "Ice floats.[1]\n\n[1] Smith, A book.": "Smith, A book.", "Ice floats. :+1:": "+1",
    "- Ice floats.\n- SCHEDULED: <2026-11-30 Mon>": "SCHEDULED", ":PROPERTIES:\n:ID: 5\n:END:\nIce floats.": ":ID: 5",
    "Ice floats. `= this.x`": "= this.x", "Created: 30 May 2026 1:00 PM\nStatus: Done\n\nIce floats.": "Status: Done",
    "Ice (on a lake (or a pond)) floats.": "or a pond",
    "Ice %%no%% floats. %%\nsecret\n%%": "secret", "[Ice]{.smallcaps} floats.": "", "{abbr}`Ice` floats.": "",
    "[b]Ice[/b] [url=https://x.org]floats[/url].[img]a.png[/img]": "a.png",
}  # fmt: skip


@pytest.mark.parametrize("notes", MARKS)
def test_marks_of_other_programs_are_not_said(notes):
    found = read_notes(notes)
    assert [n.text for n in found.notes] == ["Ice floats."]
    assert MARKS[notes] in " ".join(found.left_out)


@pytest.mark.parametrize(
    "notes",
    [
        "C++ and D++ are languages.", "It is ~5 to ~6 m.", "A gate is a || b or c || d.", "It is 5'11'' or 6'2'' tall.", "It has [0, 1] as bounds.",
        "a == b and c == d hold.",
    ],
)  # fmt: skip
def test_signs_that_are_no_marks_stay(notes):
    kept = "".join(n.text for n in read_notes(notes).notes).replace("about ", "~")
    assert kept.lower() == notes.replace("[0, 1]", "0, 1").lower()


def test_nested_bullets_below_properties_are_items():
    notes = "- Ice floats\n  id:: 64a1\n\t- Fish live below\n\t\t- They are cold"
    assert [n.text for n in read_notes(notes).notes] == ["Ice floats.", "Fish live below.", "They are cold."]


# --- figures

HEARD = {
    "It costs 5 €/kg.": "five euros per kilogram", "It costs 5 £/h.": "five pounds per hour", "It costs 3,50 €/l.": "three euros and fifty cents per liter",
    "It costs €5–7/kg.": "five to seven euros per kilogram", "It costs 1 234,56 €.": "one thousand two hundred thirty-four euros and fifty-six cents",
    "It costs 12 000 $ now.": "twelve thousand dollars", "Room 101B is cold.": "Room one hundred one B is", "Gate 5B is open.": "Gate five B is",
    "It has 5B users.": "five billion users", "Fall at 9.8 m/s^2 now.": "nine point eight meters per second squared", "It is 5 g/cm^3.": "five grams per cubic centimeter",
    "It is 5 W/m^2.": "five watts per square meter", "It has 52! ways.": "fifty-two factorial ways", "So 5! = 120.": "five factorial equals one hundred twenty",
    "So f(2) = 4.": "f of two equals four", "So |−5| = 5.": "the absolute value of minus five equals five", "So log₂ 8 = 3.": "log base two of eight equals three",
    "It is 5 Ω.": "five ohms", "It is 10 kΩ.": "ten kilohms", "Add 5 tbsp of it.": "five tablespoons", "On Nov. 30, 2026 it rang.": "November thirtieth",
    "On Sept. 1 it rang.": "September first",
}  # fmt: skip


@pytest.mark.parametrize("written", HEARD)
def test_a_figure_is_shown_as_written_and_said_right(written):
    (note,) = read_notes(read_brief(f"---\ntitle: A line\n---\n{written}\n").notes).notes
    words = speakable(note.text)
    assert note.text == written and HEARD[written] in " ".join(w.spoken for w in words if w.spoken)
    assert not any(w.why_dropped for w in words)


@pytest.mark.parametrize("written", ["Room 101B is cold.", "So |−5| = 5 kg.", "It costs 5-7 €/kg.", "It is 5 g/cm^3."])
def test_no_part_of_a_figure_is_shown_large(written):
    reading = read(written)
    assert best(figures(reading), reading) is None


# --- languages


@pytest.mark.parametrize(
    "notes, name",
    {
        "Is flyter på vatten. Fiskarna lever under den.": "Swedish", "Is flyder på vand. Fiskene lever under den.": "Danish",
        "Is flyter på vann. Fiskene lever under den.": "Norwegian", "A jég úszik a vízen. A halak alatta élnek.": "Hungarian",
    }.items(),
)  # fmt: skip
def test_a_text_whose_small_words_are_english_ones_too_is_told(notes, name):
    assert any(f"the notes seem to be {name}" in n for n in read_brief({"title": "A thing", "notes": notes}).notices)


def test_a_short_title_of_clear_words_is_told():
    brief = read_brief({"title": "La glace flotte sur l'eau", "notes": ICE})
    assert any("seems to be French" in n for n in brief.notices)


@pytest.mark.parametrize(
    "text",
    [
        "Die hard fans die hard.", "Los Alamos made the bomb.", "A la carte menus cost more.", "In vino veritas.", "Mi casa es su casa, they say.", "Is a man in a hat?",
        "The angle is Ω.", "α β γ", "Ω", "A bad man is an island.", "Pad thai, pho, banh mi and bun cha sell well.", "Leonardo da Vinci painted La Gioconda.",
    ],
)  # fmt: skip
def test_english_with_other_words_raises_no_alarm(text):
    for brief in (read_brief({"title": text, "notes": ICE}), read_brief({"title": "A thing", "notes": text})):
        assert not any("seem" in n for n in brief.notices)


# --- letters and titles


@pytest.mark.parametrize(
    "typed, kept",
    {
        "I don`t know, and it`s so.": "I don't know, and it's so.", "Ice❄️floats on a lake.": "Ice floats on a lake.", "СО₂ rises in the air.": "CO₂ rises in the air.",
        "So е=mc² holds for all.": "So e=mc² holds for all.", "x² is a square.": "x² is a square.", "µm are small.": "µm are small.",
    }.items(),
)  # fmt: skip
def test_letters_in_disguise_are_read(typed, kept):
    assert said(typed)[0] == [kept]


def test_words_of_another_script_stay_what_they_are():
    assert "“он”" in read_brief({"title": "The word он", "notes": ICE}).notices[0]


@pytest.mark.parametrize("title", ["🐙🐙", "!!!", "—", "★★★", "( )", "$$$", "→", "_", "؟"])
def test_a_title_of_signs_is_told_and_not_asked_about(title):
    draft = Draft(read_brief({"title": title, "notes": ICE + " Fish live on below."}))
    assert any(f"the title “{title}” has no word" in n for n in draft.notices)
    assert not any(title in line.text for line in draft.script.lines)


SHEETS = {
    "[VO] Ice should sink.\n[VISUAL] A lake\n[VO] Fish live below.": "A lake", "Hook - Ice should sink.\nVO - Fish live below.\nVisual - a lake": "a lake",
    "Host: Ice should sink.\n\n[Cut to fish]\n\nHost: Fish live below.\n\n[Outro]": "[Outro]",
    "**Hook:** Ice should sink. **Body:** Fish live below. **CTA:** Follow me!": "CTA: Follow me!",
    "[whispers] Ice should sink. [excited] Fish live below.\n\nVO:": "whispers", "<speak>Ice should sink. <break time=\"1s\"/> Fish live below.</speak>": "",
    "1. **Intro (0-5s)**\n   - Visual: Lake\n   - VO: Ice should sink.\n2. **Body (5-15s)**\n   - VO: Fish live below.": "Intro (0-5s)",
    "| Shot | What we see | What we hear |\n|---|---|---|\n| 1 | Lake | Ice should sink. |\n| 2 | Fish | Fish live below. |": "Lake",
    "ON CAMERA: Ice should sink.\nCUTAWAY: fish\nNARR: Fish live below.\n**Music suggestion:** calm": "CUTAWAY: fish",
}  # fmt: skip


@pytest.mark.parametrize("notes", SHEETS)
def test_a_script_of_another_make_gives_what_is_for_the_ear(notes):
    texts, told, _ = said(notes)
    assert texts == ["Ice should sink.", "Fish live below."] and SHEETS[notes] in told


@pytest.mark.parametrize("notes", ["Step 1: Fill a tray.", "The host - a warm cell - dies.", "Music - an old art - soothes us.", "Intro texts are short.", "He [the king] left."])
def test_prose_is_no_script(notes):
    assert said(notes)[0] == [notes.replace("[the king]", "the king")]


@pytest.mark.parametrize("notes", ["a. Ice floats.\nb. Fish live.", "a) Ice floats.\nb) Fish live.", "i. Ice floats.\nii. Fish live."])
def test_lists_by_letters_are_lists(notes):
    assert [n.text for n in read_notes(notes).notes] == ["Ice floats.", "Fish live."]
