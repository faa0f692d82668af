"Briefs as people have them: typed values, fences and replies, note-taking marks, files that are no brief."

import json
import time
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from viralforge.briefs import read_brief
from viralforge.core import BadInput
from viralforge.notes import read_notes

FIELD = Path(__file__).parent / "field"
ICE = "Ice is lighter than water. A lake freezes from the top."


def refused(source, **more):
    with pytest.raises(BadInput) as e:
        read_brief(source, **more)
    text = str(e.value)
    assert "\n" not in text and "Mend: " in text
    return text


# --- values as typed


@pytest.mark.parametrize(
    "name, title",
    [("time", "12:30"), ("zero", "0123"), ("version", "3.10"), ("under", "1_000_000"), ("hex", "0x1F"), ("exp", "1e3"), ("hash", "Bell #1")],
)
def test_a_title_is_what_was_typed(name, title):
    assert read_brief(FIELD / f"02-typed-titles/{name}.md").title == title


def test_a_call_to_action_is_what_was_typed():
    assert read_brief(FIELD / "02-typed-titles/cta.md").cta == "24:00"


@pytest.mark.parametrize("name, says", [("curly", "curled quotes are no quotes"), ("tab", "tab")])
def test_what_yaml_cannot_read_is_named(name, says):
    assert says in (text := refused(FIELD / f"02-typed-titles/{name}.md")) and "line 2" in text


@pytest.mark.parametrize(
    "typed",
    """yes; no; On; off; null; ~; true; 2024-05-01; 24:00; 0o17; 1.0; +5; .5; 1,000; 007; 12:30:45; 5e-3; 0b11; .inf; .nan; A: B; #1 bell; C#; F# minor;
    @home; %50 off; *stars*; **Bold** claim; &more; !now; - a dash; ? why; > larger; | pipe; [Ice] floats; {x} marks; `code`; it's 5 o'clock; ends: ;
    Noon — “bells” rang; “Noon” rang and “one” too; He said "go"; \\d+; a: b: c; 10 % of 3 # 4 said #ok""".replace("\n", "").split(";"),
)
def test_free_text_needs_no_quotes(typed):
    typed = typed.strip()
    kept = "10 % of 3" if typed.startswith("10 %") else typed
    brief = read_brief(f"---\ntitle: {typed}\ncta: {typed}\naudience:\n---\n{ICE}")
    assert brief.title == kept and brief.cta == ("" if typed == "~" or typed == "null" else kept)
    assert any("is left out as a comment" in n for n in brief.notices) == (kept != typed)


@pytest.mark.parametrize("quoted", ['"Noon: bells"', "'Noon: bells'", ">\n  Noon:\n  bells", "|\n  Noon: bells", "Noon:\n  bells"])
def test_quotes_and_blocks_are_yaml(quoted):
    if quoted.startswith("Noon:\n"):
        assert "not YAML" in refused(f"---\ntitle: {quoted}: x\n---\n{ICE}")
    else:
        assert read_brief(f"---\ntitle: {quoted}\n---\n{ICE}").title == "Noon: bells"


@pytest.mark.parametrize("curled", ["“Noon”", "‘Noon’", "„Noon“", "«Noon»", '“Noon"', "”Noon”"])
@pytest.mark.parametrize("knob", ["title", "style", "sources"])
def test_curled_quotes_are_named(curled, knob):
    assert "curled quotes" in refused(f"---\n{knob}: {curled}\n---\n{ICE}")


def test_numbers_and_switches_are_made_by_their_fields():
    brief = read_brief(f"---\ntitle: T\nseconds: 12.5\nseed: 7\ncaptions: no\neffects: on\nbudget: null\nlanguage: no\nstyle: ~\nvisuals: [motion]\n---\n{ICE}")
    assert (brief.seconds, brief.seed, brief.captions, brief.effects, brief.budget, brief.language, brief.style) == (12.5, 7, False, "air", None, "no", "aurora")
    assert read_brief(f"---\ntitle: T\nstyle: paper # or ember\nsources:\n  - NASA: page #3\n  - 12:30\n---\n{ICE}").sources == ("NASA: page #3", "12:30")
    assert read_brief({"title": 1984, "seconds": 20, "notes": ICE}).title == "1984"


@pytest.mark.parametrize(
    "front, want",
    [
        ("title:Why ice\nseconds:9", {"title": "Why ice", "seconds": 9}),
        ("  title: Why ice\n  seconds: 9", {"title": "Why ice", "seconds": 9}),
        ("title:\u00a0Why ice\nseconds: 20 s", {"title": "Why ice", "seconds": 20}),
        ("TITLE: Why ice\nseconds: 1:30 # long", {"title": "Why ice", "seconds": 90}),
        ("title: T\nsources:\n  – NASA: Hubble\n  – ESA", {"sources": ("NASA: Hubble", "ESA")}),
        ("title: T\nTags: a\ntags: b\nrating: *5\nupdated: !!timestamp 2026\nup: [[Home]], x", {"title": "T"}),
        ("title: T\naliases: [x,\n  y]\ncta: Go\nseconds: 9", {"cta": "Go", "seconds": 9}),
    ],
)
def test_front_matter_as_people_type_it(front, want):
    brief = read_brief(f"---\n{front}\n---\n{ICE}")
    assert {k: getattr(brief, k) for k in want} == want


@pytest.mark.parametrize(
    "front, says",
    [
        ("title: 'Tis the season\nseconds: 9", "line 2"),
        ("seconds: 9\ntitle: T\nTitle: U", "title is written twice"),
        ("cta: a\ncall to action: b", "cta is written twice"),
        ("title: T\n\tstyle: paper", "tab"),
        ("title: T\nvisuals:\n  - “media”", "curled quotes"),
        ("- title: T", "keys and values"),
    ],
)
def test_what_front_matter_cannot_be(front, says):
    assert says in refused(f"---\n{front}\n---\n{ICE}")


# --- keys of others


def test_foreign_keys_are_one_notice():
    brief = read_brief(FIELD / "04-wiki-marks/foreign-keys.md")
    told = [n for n in brief.notices if "tags" in n]
    assert len(told) == 1 and "aliases" in told[0] and "created" in told[0] and brief.title == "Why ponds freeze"
    assert read_brief({"title": "T", "notes": ICE, "notices": list(brief.notices)}).notices == brief.notices  # a brief as data keeps them


@pytest.mark.parametrize("key", "cssclass date author publish qwxzk subtitle type up url description location".split())
@pytest.mark.parametrize("value", ["[[Pond]], [[Lake]]", "@me: x", "\n  - a\n  - b: [", "'open"])
def test_whatever_a_foreign_key_holds(key, value):
    brief = read_brief(f"---\ntitle: Ponds\n{key}: {value}\nseconds: 9\n---\n{ICE}")
    assert brief.seconds == 9 and any(key in n for n in brief.notices)


@pytest.mark.parametrize("slip, meant", [("titel", "title"), ("secods", "seconds"), ("lang", "language"), ("Sytle", "style"), ("visual", "visuals")])
def test_a_slip_is_no_foreign_key(slip, meant):
    assert f"did you mean {meant}?" in refused(f"---\ntitle: Ponds\n{slip}: x\n---\n{ICE}")
    assert f"did you mean {meant}?" in refused({slip: "x", "notes": ICE})


def test_an_unknown_parameter_stays_an_error():
    assert "use one of" in refused(ICE, tags="ice")


# --- a brief within something else


@pytest.mark.parametrize("name", ["whole", "preamble"])
def test_a_brief_in_a_fence(name):
    brief = read_brief(FIELD / f"03-fenced-brief/{name}.md")
    assert (brief.title, brief.seconds, brief.notes) == ("Why ice floats", 9, ICE)
    assert any("Shall I make it shorter?" in n and "Sure!" in n for n in brief.notices) == (name == "preamble")


FRONT = "---\ntitle: Why ice floats\nseconds: 9\n---\n"


@pytest.mark.parametrize(
    "text",
    [
        f"~~~\n{FRONT}{ICE}\n~~~",
        f"Here:\n\n````md\n{FRONT}{ICE}\n````\nBye.",
        f"```yaml\n{FRONT}{ICE}\n```",
        f"```yaml\n{FRONT}```\n\n{ICE}",
        f"```yml\ntitle: Why ice floats\nseconds: 9\n```\n\n{ICE}",
        f"```\n{FRONT}{ICE}",
        f"Of course! Here is the brief.\n\n{FRONT}{ICE}",
        f"title: Why ice floats\nseconds: 9\n\n{ICE}",
        f"title: Why ice floats\nseconds: 9\n---\n{ICE}",
        f"—-\ntitle: Why ice floats\nseconds: 9\n—\n{ICE}",
        f"\ufeff\n\n{FRONT.replace('---', '----- ')}{ICE}",
        f"  ```markdown\n  {FRONT.replace(chr(10), chr(10) + '  ')}{ICE}\n  ```",
        f"Sure!\r\n\r\n```markdown\r\n{FRONT}{ICE}\r\n```\r\n".replace("\r\n", "\n").replace("\n", "\r\n"),
        "```markdown\n" + FRONT.replace("9", "9") + ICE + "\n\n```python\nx\n```\n```",
    ],
)
def test_kin_of_a_brief_in_a_fence(text):
    brief = read_brief(text)
    assert (brief.title, brief.seconds) == ("Why ice floats", 9)
    assert brief.notes.startswith(ICE)


def test_a_fence_that_shows_something_is_no_brief():
    body = f"{ICE}\n\n```markdown\n---\ntitle: Other\n---\nSay this.\n```"
    assert read_brief("---\ntitle: Ponds\n---\n" + body).title == "Ponds"


# --- files that are no brief


def _zip(name):
    def make(path):
        with zipfile.ZipFile(path, "w") as z:
            z.writestr(name, "application/epub+zip" if name == "mimetype" else "x")

    return make


@pytest.mark.parametrize(
    "name, content, says",
    [
        ("n.ipynb", json.dumps({"cells": [], "nbformat": 4}), "a notebook"),
        ("n.md", json.dumps({"cells": [], "metadata": {}, "nbformat": 4}, indent=1), "a notebook"),
        ("d.json", '{"title": "x"}', "JSON"),
        ("d.txt", "[1, 2]", "JSON"),
        ("p.pdf", b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
        ("p.md", b"%PDF-1.7\n", "a PDF"),
        ("w.docx", _zip("word/document.xml"), "a Word document"),
        ("w.md", _zip("xl/workbook.xml"), "an Excel"),
        ("b.epub", _zip("mimetype"), "e-book"),
        ("z.md", _zip("a.txt"), "a ZIP archive"),
        ("o.doc", b"\xd0\xcf\x11\xe0\xa1\xb1", "Office"),
        ("r.rtf", "{\\rtf1\\ansi Ice.}", "an RTF document"),
        ("p.html", "<!DOCTYPE html>\n<html><body><p>Ice.</p></body></html>", "a web page"),
        ("h.md", "<html lang='en'><p>Ice.</p>", "a web page"),
        ("s.svg", "<?xml version='1.0'?><svg xmlns='x'/>", "SVG"),
        ("s.srt", "1\n00:00:01,000 --> 00:00:02,000\nIce.\n", "subtitles"),
        ("v.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nIce.", "subtitles"),
        ("c.mp4", b"\0\0\0\x18ftypisom\0\0", "a clip"),
        ("t.md", '+++\ntitle = "Ice"\n+++\nIce floats.', "TOML"),
        ("i.md", lambda p: Image.new("RGB", (9, 9)).save(p, "PNG"), "a picture (PNG)"),
        ("j.md", lambda p: Image.new("RGB", (9, 9)).save(p, "JPEG"), "a picture (JPEG)"),
    ],
)
def test_a_file_that_is_no_brief_is_named(tmp_path, name, content, says):
    path = tmp_path / name
    content(path) if callable(content) else path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert says in (text := refused(path)) and text.startswith(str(path))


def test_pasted_data_is_no_brief():
    assert "a notebook" in refused(json.dumps({"cells": [], "nbformat": 4}, indent=1))
    assert "no such file" in refused("gone.ipynb")


# --- what the notes say


def heard(markdown, language="en"):
    reading = read_notes(markdown, language)
    return [n.text for n in reading.notes], " ".join(reading.left_out)


def test_marks_of_note_taking_apps():
    brief = read_brief(FIELD / "04-wiki-marks/note.md")
    notes, told = heard(brief.notes)
    assert not [n for n in notes for mark in ("![", "[[", "==", "%%", "^ice", "[!", "#", "pond book", "find a picture") if mark in n]
    assert notes == [
        "Water is heaviest at four degrees.", "Ice swims on top, so the fish survive.", "The pond freezes from above.", "The bottom stays warm.",
    ]  # fmt: skip
    assert [Path(m.file).name for m in brief.materials] == ["pond.png"] and brief.materials[0].words == "pond"
    for words in ("check this", "find a picture of the old pond", "#ice #pond", "From the pond book."):
        assert words in told, words


def test_an_underlined_heading_is_the_title():
    brief = read_brief(FIELD / "04-wiki-marks/setext.md")
    assert brief.title == "Why ponds freeze" and heard(brief.notes)[0] == ["Water is heaviest at four degrees.", "Ice swims on top."]


@pytest.mark.parametrize("name", ["unclosed", "four"])
def test_code_is_no_note_and_what_follows_is(name):
    notes, told = heard(read_brief(FIELD / f"03-fenced-brief/{name}.md").notes)
    assert notes == ["A lake freezes from the top.", "Ice is lighter than water."] and "code" in told


def test_labels_of_a_chat_reply():
    brief = read_brief(FIELD / "03-fenced-brief/labels.md")
    notes, told = heard(brief.notes)
    assert notes == ["A lake freezes from the top.", "Ice is lighter than water.", "It should sink."]
    assert brief.cta == "Follow for more!" and "#ice #lake" in " ".join(brief.notices) + told
    for words in ("Narrator (calm):", "Hook:", "Visual: a frozen lake"):
        assert words in told, words


A, B = "A lake freezes from the top.", "Ice is lighter than water."


@pytest.mark.parametrize(
    "mark, notes, told",
    [
        # note-taking apps
        ("![[pond.jpg|300]]", [], "pond.jpg"),
        ("![[Old notes]]", [], "Old notes"),
        ("See how [[Pond]] and [[Lakes/Big lake|the big lake]] freeze.", ["See how Pond and the big lake freeze."], ""),
        ("The [[Pond#Depth]] matters to fish.", ["The Pond matters to fish."], ""),
        ("> [!tip]- Remember this\n> The pond is deep.", ["The pond is deep."], "Remember this"),
        ("> [!info]\n> The pond is deep.", ["The pond is deep."], ""),
        ("The ==pond== is %%or was%% deep. ^a1b2", ["The pond is deep."], "or was"),
        ("%%\nThis is hidden.\n\nThis too.\n%%\n\nThe pond is deep.", ["The pond is deep."], "This too."),
        ("status:: draft\nThe pond is deep.", ["The pond is deep."], "status:: draft"),
        ("The pond is deep [depth:: 4 m].", ["The pond is deep."], "depth:: 4 m"),
        ("- [ ] call Jo\n- [x] buy ink\n- The pond is deep.", ["The pond is deep."], "buy ink"),
        ("The #pond is deep. #lake/ice #winter", ["The pond is deep."], "#lake/ice #winter"),
        ("#ice #lake\n\nThe pond is deep.", ["The pond is deep."], "#ice #lake"),
        ("It is the #1 reason in C# and F#.", ["It is the #1 reason in C# and F#."], ""),
        ("- TODO buy ink\n- The pond is deep.\n  id:: 64-ab\n- {{embed ((64ab-12cd-99))}}", ["The pond is deep."], "buy ink"),
        # generators of sites
        ("## Ponds {#ponds}\n\n::: note\nThe pond is deep.{.big}\n:::\n\n{{< figure src='x' >}}", ["The pond is deep."], "figure src"),
        ('[TOC]\n\n!!! note "Title"\n    The pond is deep all winter.\n\nFish live :fish: there at 12:30:45.', ["The pond is deep all winter.", "Fish live there at 12:30:45."], "fish"),
        ("%% not closed\nThe pond is deep.", ["The pond is deep."], "not closed"),
        ("[x] buy ink\n☐ call Jo\n\nThe pond is deep.", ["The pond is deep."], "buy ink”, “call Jo"),
        ("→ The pond is deep\n✓ Fish live", ["The pond is deep.", "Fish live."], ""),
        ("Ponds\nLakes\n: Still water\n\nFish live at 20^o^C.", ["Ponds, Lakes: Still water.", "Fish live at 20°C."], ""),
        # emphasis, struck out, code
        ("The ***pond*** is __very__ _deep_ and ~~dry~~ `cold`.", ["The pond is very deep and cold."], "dry"),
        ("The **pond is deep. **Fish** live** there.", ["The pond is deep.", "Fish live there."], ""),
        ("> Ice is lovely.\n> — Jo Sample", ["Ice is lovely."], "Jo Sample"),
        ("Use snake_case_names or 2*3*4 sizes.", ["Use snake_case_names or 2*3*4 sizes."], ""),
        ("It takes \\*four\\* \\_marks\\_ \\#no tag.", ["It takes *four* _marks_ #no tag."], ""),
        ("Fish &amp; ice &lt; 5 &deg;C &ndash; deep.", ["Fish and ice < 5 °C – deep."], ""),
        ("~~~\nx = 1\n~~~\nThe pond is deep.", ["The pond is deep."], "x = 1"),
        ("```\nThe end is missing.\n\nThe pond is deep.\n\nFish live.", ["The pond is deep.", "Fish live."], "The end is missing."),
        ("The pond is deep.\n\n    x = 1;", ["The pond is deep."], "x = 1;"),
        ("The pond is deep.\n\n    Fish live below the ice all winter.", ["The pond is deep.", "Fish live below the ice all winter."], ""),
        # footnotes, references, links
        ("The pond is deep[^a] and old.[^long-name]\n\n[^a]: By Jo.\n[^long-name]: First line.\n    Second line.", ["The pond is deep and old."], "Second line"),
        ("The pond is deep.^[An inline one.]", ["The pond is deep."], "An inline one."),
        ("The pond is deep [1], old [2,3] and cold [@doe99].", ["The pond is deep, old and cold."], ""),
        ("The [pond][p] is [deep](https://x.org/a_(b) 'c').\n\n[p]: https://x.org", ["The pond is deep."], ""),
        ("<https://example.org>\n\nThe pond is deep.", ["The pond is deep."], "https://example.org"),
        # blocks
        ("The pond\n===\n\nIt is deep.\n\nIts fish\n---\nThey live.", ["It is deep.", "They live."], ""),
        ("The pond is deep.\n---\nFish live.", ["The pond is deep.", "Fish live."], ""),
        ("- The pond\n  - is deep\n    - and old\n- Fish live", ["The pond.", "Is deep.", "And old.", "Fish live."], ""),
        ("• The pond is deep\n• Fish live", ["The pond is deep.", "Fish live."], ""),
        ("> > The pond is deep.\n> Fish live.", ["The pond is deep.", "Fish live."], ""),
        ("Depth\n: Four metres at most\n\nFish live.", ["Depth: Four metres at most.", "Fish live."], ""),
        ("The pond is deep.  \nFish live.\\\nIce floats.", ["The pond is deep.", "Fish live.", "Ice floats."], ""),
        ("Part | Depth\n---|---\nPond | 4", ["Pond: 4 depth."], ""),
        ("## Sources\n\n- By Jo.\n\n## More\n\nThe pond is deep.", ["The pond is deep."], "By Jo."),
        # HTML
        ("<!-- a\n\nb -->\nThe pond is deep.<!-- c -->", ["The pond is deep."], "a b"),
        ("<div>\n    <p>The pond is <del>dry</del> deep.</p>\n</div>", ["The pond is deep."], "dry"),
        ("It is 4<sup>2</sup> m<sup>2</sup> of H<sub>2</sub>O on the 5<sup>th</sup> day.<sup>1</sup>", ["It is 4² m² of H2O on the 5th day."], ""),
        ("A List<int> holds `<b>` and a < b.", ["A List<int> holds <b> and a < b."], ""),
        # formulas and money
        ("It says $E = mc^2$ and \\(a^2 + b^2 = c^2\\).", ["It says E = mc² and a² + b² = c²."], ""),
        ("Water is $H_2O$ at $10^{-9}$ m and 10^9^ m.", ["Water is H2O at 10⁻⁹ m and 10⁹ m."], ""),
        ("The sum is $\\sum_i x_i$. The pond is deep.", ["The pond is deep."], "\\sum_i x_i"),
        ("$$\n\\int_0^1 f\\,dx\n$$\n\nThe pond is deep.", ["The pond is deep."], "\\int_0^1"),
        ("It costs $5 and $10, or US$5–$10, or 5$ and 6$.", ["It costs $5 and $10, or US$5–$10, or 5$ and 6$."], ""),
        # chat replies
        ("VO: The pond is deep.\nB-roll: a pond at dawn\nVO: Fish live.", ["The pond is deep.", "Fish live."], "a pond at dawn"),
        ("**Scene 1 (0:00–0:03):** The pond is deep.\n\n(music swells)\n\n**Scene 2:**\n\"Fish live.\"", ["The pond is deep.", '"Fish live."'], "music swells"),
        ("[0:00-0:03] The pond is deep.\n[0:03-0:06] Fish live.", ["The pond is deep.", "Fish live."], "0:03-0:06"),
        ("**Narration/VO:** “The pond is deep.”\n**Music:** soft piano\n**On-Screen Text:** DEEP", ["The pond is deep."], "soft piano"),
        ("Camera: 48 MP and a lamp.\nMusic: 5 hours a day.", ["Camera: 48 MP and a lamp.", "Music: 5 hours a day."], ""),
        ("He [Darwin] saw the pond.", ["He Darwin saw the pond."], ""),
        ("Sure! Here's your script:\n\nHook: The pond is deep.\n\nLet me know if you'd like changes!", ["The pond is deep."], "Let me know"),
        ("| Time | Visual | Narration |\n|---|---|---|\n| 0:00 | a pond | The pond is deep. |", ["The pond is deep."], "a pond"),
    ],
)  # fmt: skip
def test_marks_and_what_is_told_of_them(mark, notes, told):
    said, left = heard(mark)
    assert said == notes
    assert told in left and bool(told) == bool(left)


@pytest.mark.parametrize("line", (FIELD / "09-numbers/lines.txt").read_text(encoding="utf-8").strip().split("\n"))
def test_no_figure_changes_its_value(line):
    shown = line.split("\t")[0]
    notes, told = heard(shown)
    assert notes == [shown] and not told
    assert heard(f"- {shown}\n- **Also:** {shown}")[0] == [shown, f"Also: {shown}"]


@pytest.mark.parametrize(
    "shown",
    """The 403(b) and 529 plans grew.; Form W-2(c) is due.; Call (0800) 123 4567 today.; It is 2 × (3 + 4) metres.; The mass is 6.02 × 10^23 atoms.
    It fell by −5 °C to +3 °C.; It is 3^-2 of it.; Take x^2 + y^2 of it.; The score was 3:2 (aet) there.|The score was 3:2 there.; At 12:30:45 it rang.
    It is 20 ℃ warm.|It is 20 °C warm.; Run v1.2.3-rc.1 on port 8080.; Open /dev/sda1 at 192.168.0.1:80.; It holds 1/2 of 3/4 of it.; It is 50 % of 5‰ there.
    >50 % of them slept.; - 2024. It was a year.|2024. It was a year.; -5 °C was read there.; +5 °C was read there.; 3.10 came last there.
    The 5*3*2 grid has 30 cells.; Compute 2**10 and 3**2 now.; It costs $1.50, €2 or ₹3.; It is ±5 % and ≥ 3 of them.; A 4K@60 screen and a 1,024×768 one.
    The ratio f(x) of 5(3) is here.; It is 5'11" tall.; It reads 1_000_000 or 0x1F here.; The 3rd, 4th and 21st came.; Take H2O and CO₂ and m² here.""".replace("\n", ";").split(";"),
)  # fmt: skip
def test_kin_of_figures(shown):
    shown, _, then = shown.strip().partition("|")
    assert heard(shown)[0] == [then or shown]


@pytest.mark.parametrize("mark", ["![[pics/pond.png]]", "![[pond.png|a pond]]", "![a pond|300](pond.png)", "![[pond.png|a pond|300x200]]", "[![a pond](pond.png){width=50%}](x)", "| ![[pond.png\\|300]] | x |"])
def test_pictures_of_note_taking_apps(tmp_path, mark):
    (tmp_path / "pics").mkdir()
    Image.new("RGB", (9, 9)).save(tmp_path / "pics/pond.png")
    if "(pond" in mark:
        Image.new("RGB", (9, 9)).save(tmp_path / "pond.png")
    (tmp_path / "b.md").write_text(f"# Ponds\n\n{A}\n\n{mark}\n\n```\n![[gone.png]] ![x](gone.jpg)\n```\n")
    brief = read_brief(tmp_path / "b.md")
    assert len(brief.materials) == 1 and brief.materials[0].words in ("a pond", "pond") and heard(brief.notes)[0][0] == A


@pytest.mark.parametrize(
    "text, title",
    [
        (f"Why *ponds* freeze\n====\n{A}", "Why ponds freeze"),
        (f"Why ponds freeze\n---\n{A}", "Why ponds freeze"),
        (f"## Why ponds freeze ##\n{A}", "Why ponds freeze"),
        (f"```\n# code\n```\n\n# Why [[Pond|ponds]] freeze\n{A}", "Why ponds freeze"),
        (f"{A}\n---\n{B}", "A lake freezes from the top"),
    ],
)
def test_headings_of_both_kinds(text, title):
    brief = read_brief(text)
    assert brief.title == title and heard(brief.notes)[0][-1] in (A, B)


REPLY = """**Title:** Why Ice Floats

**[HOOK - 0:00-0:03]**
*(Visual: a frozen lake, drone shot)*
**Narrator:** "Ever wondered why ice floats?"

**[BODY - 0:03-0:25]**
**Narrator:** "Water is heaviest at four degrees. So ice stays on top."

**[CTA - 0:25-0:30]**
**Narrator:** "Follow for more!"

---
**Hashtags:** #ice #science
"""
SCREENPLAY = "NARRATOR (V.O.)\nA lake freezes from the top.\n\nCUT TO:\n\nEXT. LAKE - DAY\n\nNARRATOR\nIce is lighter than water.\n"


@pytest.mark.parametrize(
    "text, title, call, notes",
    [
        (REPLY, "Why Ice Floats", "Follow for more!", ["Ever wondered why ice floats?", "Water is heaviest at four degrees.", "So ice stays on top."]),
        (SCREENPLAY, "A lake freezes from the top", "", [A, B]),
        (f"# Title: Why Ice Floats\n\n### Scene 1: The Lake\n**Visuals:** Drone\n**Voiceover:** {A}\n\n## CTA\nFollow me.", "Why Ice Floats", "Follow me.", [A]),
        (f"Here's a 30-second script:\n\n**Hook (0-3 seconds):** {A}\n\n**Body (3-9 seconds):** {B}\n\n**Call to Action (9 seconds):** Follow me!",
         "A lake freezes from the top", "Follow me!", [A, B]),
        (f"1. **Hook:** {A}\n2. **Fact 1:** {B}\n3. **CTA:** Save it.", "A lake freezes from the top", "Save it.", [A, B]),
        (f"| Time | Visual | Voiceover |\n|--|--|--|\n| 0-3 | lake | {A} |\n| 3-6 | fish | {B} |", "A lake freezes from the top", "", [A, B]),
    ],
)  # fmt: skip
def test_a_chat_reply_is_a_brief(text, title, call, notes):
    brief = read_brief(text)
    said, told = heard(brief.notes)
    assert (brief.title, brief.cta, said) == (title, call, notes) and told


def test_a_numbered_list_counts_as_it_was_typed():
    numbers = lambda text: [n.number for n in read_notes(text).notes]
    assert numbers("3. Third\n2. Second\n1. First") == [3, 2, 1] and numbers("1. One\n1. Two\n1. Three") == [1, 2, 3]
    assert numbers("In 1984 it was.\n\n- A bullet\n5) Five") == [0, 0, 5]
    assert heard("It was in\n1984. That was it.")[0] == ["It was in 1984.", "That was it."]


def test_a_call_to_action_of_the_front_matter_wins():
    brief = read_brief(f"---\ntitle: T\ncta: Save it.\n---\nHook: {A}\nCTA: Follow for more!")
    notes, told = heard(brief.notes)
    assert brief.cta == "Save it." and notes == [A] and "Follow for more!" in told


def test_the_source_is_word_for_word():
    (note,) = read_notes("The **pond** (a [small](x) one) is ~4 m deep & [cold][1].").notes
    assert note.text == "The pond is about 4 m deep and cold." and note.source == "The pond (a small one) is ~4 m deep & cold."


@pytest.mark.parametrize(
    "odd",
    ["[ " * 15_000, "* a " * 10_000, "> " * 15_000, "` " * 15_000, "- " * 15_000 + "a", "".join(" " * (i % 500) + "- a\n" for i in range(2_500)), "``` \n" * 8_000,
     "<a " * 10_000, "<!-- " * 6_000, "$a " * 10_000, "%% " * 10_000, "![a " * 10_000, "[[a " * 10_000, "| a " * 10_000, "(a " * 10_000, ("a" * 99 + " ") * 400,
     "Narrator: " * 3_000, "#a " * 10_000, "~~a " * 10_000, "== a" * 8_000, "[^a] " * 8_000, "a:: b\n" * 8_000, "\\( a" * 8_000, "a\n: b\n" * 6_000],
)  # fmt: skip
def test_hostile_text_ends_in_seconds(odd):
    begin = time.monotonic()
    try:
        read_notes(read_brief(f"---\ntitle: T\n---\n{A}\n\n{odd}").notes)
    except BadInput as e:
        assert "\n" not in str(e)
    assert time.monotonic() - begin < 30, odd[:20]


@pytest.mark.parametrize("run", ["[", "*", ">", "`", "_", "~", "=", "$", "%", "#", "<", "|", "-", "(", "\\", "&", "^", "!["])
def test_a_long_run_of_a_mark_ends_in_seconds(run):
    begin = time.monotonic()
    read_notes(run * (100_000 // len(run)))
    assert time.monotonic() - begin < 30
    with pytest.raises(BadInput, match="letters"):
        read_brief(f"# T\n\n{A}\n\n{run * 100_000}")
