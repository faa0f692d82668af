"Letters, the text's language, and what is left out: small inputs that broke, and their kin."

import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from viralforge import lettering
from viralforge.backends.images import name_words
from viralforge.backends.writers import outline
from viralforge.briefs import example_briefs, read_brief
from viralforge.core import BadInput, plain
from viralforge.letters import find_file, plain_letters
from viralforge.notes import read_notes
from viralforge.pipeline import Draft, check_brief
from viralforge.ports import Local, Spec, register
from viralforge.script import edit_line, script_from_markdown, script_to_markdown, write_script
from viralforge.store import scratch_run
from viralforge.text.selection import left_out
from viralforge.types import Brief, Line, Script

FIELD = Path(__file__).parent / "field"
NFC, NFD = (lambda t: unicodedata.normalize("NFC", t)), (lambda t: unicodedata.normalize("NFD", t))


@pytest.fixture
def caves(tmp_path):
    "The case's folder, its pictures named the decomposed way."
    case = FIELD / "07-composed-letters"
    for text in case.glob("*.md"):
        shutil.copy(text, tmp_path)
    (tmp_path / "media").mkdir()
    for place in (tmp_path, tmp_path / "media"):
        shutil.copy(case / "cave.png", place / NFD("Höhle.png"))
    return tmp_path


def test_a_picture_is_found_in_whatever_form_its_name_lies_on_the_disk(caves):
    for text in ("nfc.md", "nfd.md"):
        (picture,) = read_brief(caves / text).materials
        assert Path(picture.file).name == NFD("Höhle.png")
    (caves / NFD("Höhle.png")).rename(caves / NFC("Höhle.png"))  # and the other way round
    for text in ("nfc.md", "nfd.md"):
        assert Path(read_brief(caves / text).materials[0].file).name == NFC("Höhle.png")


def test_briefs_that_differ_in_form_only_make_the_same_film(caves):
    a, b = Draft(caves / "nfc.md"), Draft(caves / "nfd.md")
    assert a.brief.title == b.brief.title == NFC("Die Höhle")
    assert a.identity == b.identity
    assert [x.text for x in a.script.lines] == [x.text for x in b.script.lines]
    assert a.script == b.script


def test_a_name_on_the_disk_speaks_for_the_same_words(caves):
    brief = read_brief(caves / "media.md")
    assert [name_words(m) for m in brief.materials] == [(NFC("Höhle"),)]
    (caves / "media" / (NFD("Höhle.png") + ".txt")).write_text(NFD("caption: Die Höhle bei Nacht"), encoding="utf-8")
    assert read_brief(caves / "media.md").materials[0].words == NFC("Die Höhle bei Nacht")


def test_folders_briefs_and_music_are_found_too(caves):
    home = caves / NFD("Bär")
    home.mkdir()
    (home / "brief.md").write_text(f"---\nmedia: {NFC('Höhlen')}\nmusic: {NFC('Töne.wav')}\n---\nA bear sleeps.", encoding="utf-8")
    (home / NFD("Höhlen")).mkdir()
    shutil.copy(FIELD / "07-composed-letters" / "cave.png", home / NFD("Höhlen") / "a.png")
    (home / NFD("Töne.wav")).touch()
    brief = read_brief(str(caves / NFC("Bär") / "brief.md"))
    assert len(brief.materials) == 1 and Path(brief.music).exists()
    assert find_file(caves / "nothing.md") == caves / "nothing.md"


def test_every_text_of_a_brief_is_plain_whatever_it_came_in():
    brief = read_brief({"title": NFD("Die Höhle"), "notes": "The ｗａｔｅｒ is cold.", "cta": "Ｆｏｌｌｏｗ", "sources": ["ﬁrst"]}, audience="𝐀𝐥𝐥")
    assert (brief.title, brief.notes, brief.cta) == (NFC("Die Höhle"), "The water is cold.", "Follow")
    assert (brief.sources, brief.audience) == (("first",), "All")
    assert read_brief("---\ntitle：\u00a0Ｃａｖｅ\n---\nIt is dark.").title == "Cave"  # a wide colon is a colon


def test_edits_and_the_page_of_a_script_are_plain():
    script = Script(title="Cave", lines=(Line(id="hook", role="hook", text="It is dark."),))
    assert edit_line(script, "hook", NFD("Die Höhle")).lines[0].text == NFC("Die Höhle")
    page = script_to_markdown(script).replace("It is dark.", "It is 𝐯𝐞𝐫𝐲 dark, " + NFD("Höhle") + ".")
    assert script_from_markdown("\ufeff" + page, script).lines[0].text == "It is very dark, Höhle."


SAME = [  # what says something, and other languages' own letters
    "10⁹ m", "½ cup", "5 m²", "H₂O", "№ 5", "Brand™ ®", "xⁿ", "5 µm", "5 μm", "ΔT", "NF-κB", "TNFα", "…", "“Yes”", "naïve café", "Привет, мир", "你好，世界！",
    "नमस्ते ४", "می\u200cخواهم", "I ❤️ it", "👩‍🚀", "🇩🇪", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "🅿️", "ⓒ 2020", "/kɪt/", "Hawaiʻi", "1ª",
    "ﷺ", "a\tb\nc", "```\ncode\n```", "5 × 3 − 2", "Straße", "Ελλάδα", "שלום", "ต้มยำ", "USB-кабель", "ℹ️",
]  # fmt: skip
PLAIN = {
    "Ho\u0308hle": "Höhle", "ＡＢＣ１２３": "ABC123", "（ｙｅｓ）": "(yes)", "𝐇𝐞𝐥𝐥𝐨": "Hello", "𝘏𝘦𝘭𝘭𝘰": "Hello", "𝕳𝖊𝖑𝖑𝖔": "Hello", "𝙷𝚎𝚕𝚕𝚘": "Hello", "𝟙𝟚%": "12%",
    "Ⓗⓔⓛⓛⓞ": "Hello", "🅷🅴🅻🅻🅾": "HELLO", "🄷🄸": "HI", "⒣⒤": "hi", "🅱ig": "Big", "🅰️🅱️": "AB", "ʜᴇʟʟᴏ": "hello", "ᴴᵉˡˡᵒ": "Hello", "4ᵗʰ": "4th",
    "pаypal": "paypal", "Αpple": "Apple", "Gооgle": "Google", "привeт": "привет", "1️⃣": "1", "1️⃣0️⃣": "10", "🔟 facts": "10 facts", "5️⃣ things": "5 things",
    "Step②": "Step 2", "❸ days": "3 days", "⑫": "12", "1️⃣ Mix\n2️⃣ Bake": "1. Mix\n2. Bake", "① Mix\n② Bake": "1. Mix\n2. Bake", "⒈ Mix\n⒉ Bake": "1. Mix\n2. Bake",
    "ﬁnal ﬂow oﬀ": "final flow off", "Henry Ⅷ": "Henry VIII", "5 ㎞": "5 km", "20 ㎡": "20 m²", "30 ℃": "30 °C", "90 ℉": "90 °F", "so\u00adft": "soft",
    "ze\u200bro": "zero", "\ufeffBOM": "BOM", "\u202eleft\u202c": "left", "wo\u2060rd": "word", "a\u200db": "ab", "caf\u00e9\ufe0f": "café", "㐂\U000e0100": "㐂",
    "hi\U000e0068\U000e0069": "hi", "10\u202f000": "10,000", "1\u00a0234\u00a0567": "1,234,567", "a\u00a0b\u2003c\u3000d": "a b c d", "٣ hearts": "3 hearts",
    "४ legs": "4 legs", "s\u0336t\u0336": "st", "Z\u0351\u036b\u0343\u036a\u0302": "Z", "don´t": "don’t", "donʼt": "don’t", "Wi\u2011Fi": "Wi-Fi", "５０％　ＯＦＦ！": "50% OFF!", "⒜ first": "(a) first", "Mоsсоw": "Moscow", "Stop‼": "Stop!!", "a\u2028b": "a\nb",
    "\x1b[1mbold\x1b[0m": "bold", "bell\x07": "bell", "Ǆ": "DŽ", "ｶﾞ": "ガ", "ſo": "so", "ﻣﺮﺣﺒﺎ": "مرحبا",
}  # fmt: skip


@pytest.mark.parametrize("text", SAME)
def test_what_says_something_stays(text):
    assert plain_letters(text) == text


@pytest.mark.parametrize(("written", "plain"), PLAIN.items(), ids=map(ascii, PLAIN))
def test_disguises_become_plain_letters(written, plain):
    assert plain_letters(written) == plain
    assert plain_letters(plain) == plain


# --- what no font draws, and what no voice says


@pytest.mark.parametrize(
    ("title", "word"),
    [("שלום means hello", "שלום"), ("ต้มยำ in ten seconds", "ต้มยำ"), ("What მზე means", "მზე"), ("Why ሰላም is peace", "ሰላም"), ("The sign 𓆟", "𓆟")],
)
def test_a_title_that_no_font_draws_is_refused_with_the_word_and_the_mend(title, word):
    brief = read_brief({"title": title, "notes": "The word is old. It is said when you come."})
    with pytest.raises(BadInput) as e:
        check_brief(brief)
    assert word in e.value.what and "field title" in e.value.where and "Latin letters" in e.value.mend
    assert any(word in n and "title" in n for n in brief.notices)  # told when it is read, too


def test_the_field_cases_of_titles():
    for name, word in (("hebrew.md", "שלום"), ("thai.md", "ต้มยำ")):
        draft = Draft(FIELD / "11-undrawable-title" / name)
        with pytest.raises(BadInput, match=word):
            draft.begin()
        assert any(word in n for n in draft.notices)
        assert all(w.isascii() for w in draft.script.lines[0].text.split())  # the hook has no hole


def test_a_font_that_would_help_is_named_and_an_emoji_is_no_error():
    with pytest.raises(BadInput) as e:
        check_brief(read_brief({"title": "ต้มยำ", "notes": "The soup is hot."}))
    assert "pip install fontpkg-noto-sans-thai" in e.value.mend
    check_brief(read_brief({"title": "Die Höhle, naïve café 🐙", "notes": "It is dark."}))


def test_words_that_the_voice_cannot_say_are_told_when_the_brief_is_read():
    brief = read_brief({"title": "北京 in a day", "notes": "The city is old. 🐙", "cta": "Say Привет to us 👇"})
    assert any("北京" in n and "title" in n for n in brief.notices)
    assert any("Привет" in n and "call to action" in n for n in brief.notices)
    assert any("👇" in n and "call to action" in n for n in brief.notices)
    assert any("🐙" in n for n in Draft(brief).notices)


def test_notices_of_a_draft_need_no_voice():
    draft = Draft({"title": "Hearts", "notes": "An octopus has three hearts. Two of them stop when it swims.", "seconds": 8})
    edited = draft.edit("hook", "It means λόγος 💥 and שלום.")
    assert any("not spoken in line hook" in n and "💥" in n for n in edited.notices)
    assert any("not shown in line hook" in n and "שלום" in n for n in edited.notices)
    assert "voiceover" not in edited.__dict__
    by_hand = Draft(Brief(title="שלום", notes="The word is old. It is said when you come.", seconds=8))  # not read
    assert any("שלום" in n for n in by_hand.notices)


# --- the text's language


def test_a_text_in_another_language_is_an_error_before_anything_is_made():
    for name, language in (("es.md", "Spanish"), ("zh.md", "Chinese")):
        draft = Draft(FIELD / "08-language" / name)
        with pytest.raises(BadInput) as e:
            draft.begin()
        assert language in e.value.what and "English" in e.value.what and "field language" in e.value.where
        assert e.value.mend.endswith(("or write the notes in English", f"write the notes in English: no voice that is installed speaks {language}")), e.value.mend  # no dead end
        assert any(language in n for n in draft.brief.notices)
    with pytest.raises(BadInput, match="Chinese"):
        Draft(FIELD / "08-language" / "zh.md").script  # noqa: B018


def test_a_sentence_in_another_language_is_named_in_a_notice():
    brief = read_brief(FIELD / "08-language" / "mixed.md")
    assert any("German" in n and "Die Freude am Schaden der anderen ist nicht schön" in n for n in brief.notices)
    check_brief(brief)


OTHERS = {
    "French": "L'eau monte au ciel avec la chaleur. Elle se refroidit et retombe sur la terre.",
    "Italian": "L'acqua sale al cielo con il calore. Lì si raffredda e ricade sulla terra.",
    "Portuguese": "A água sobe ao céu com o calor. Ali esfria e volta a cair sobre a terra.",
    "German": "Das Wasser steigt mit der Wärme auf. Dort kühlt es ab und fällt wieder auf die Erde.",
    "Dutch": "Het water stijgt op door de warmte. Daar koelt het af en valt het weer op de aarde.",
    "Polish": "Woda unosi się do nieba z ciepłem. Tam stygnie i znowu spada na ziemię.",
    "Turkish": "Su sıcakla birlikte gökyüzüne yükselir. Orada soğur ve yeniden yere düşer.",
    "Swedish": "Vattnet stiger till himlen med värmen. Där kyls det av och faller till jorden igen.",
    "Finnish": "Vesi nousee taivaalle lämmön mukana. Siellä se jäähtyy ja putoaa takaisin maahan.",
    "Indonesian": "Air naik ke langit karena panas. Di sana air itu menjadi dingin dan jatuh lagi ke bumi.",
    "Vietnamese": "Nước bốc lên trời nhờ hơi nóng. Ở đó nó nguội đi và lại rơi xuống đất.",
    "Hungarian": "A víz a hővel az égbe emelkedik. Ott lehűl, és újra a földre hullik.",
    "Russian": "Вода поднимается к небу с теплом. Там она остывает и снова падает на землю.",
    "Greek": "Το νερό ανεβαίνει στον ουρανό με τη ζέστη. Εκεί κρυώνει και πέφτει πάλι στη γη.",
    "Japanese": "水は熱で空に昇る。そこで冷えて、また地面に落ちる。",
    "Korean": "물은 열을 받아 하늘로 올라간다. 거기서 식어 다시 땅으로 떨어진다.",
    "Arabic": "يرتفع الماء إلى السماء مع الحرارة. هناك يبرد ويسقط مرة أخرى على الأرض.",
    "Hindi": "पानी गर्मी से आकाश में उठता है। वहाँ वह ठंडा होकर फिर धरती पर गिरता है।",
}


@pytest.mark.parametrize(("language", "text"), OTHERS.items(), ids=OTHERS)
def test_other_languages_are_named(language, text):
    with pytest.raises(BadInput, match=f"seem to be {language}"):
        check_brief(read_brief({"title": "Rain", "notes": text}))
    mixed = read_brief({"title": "Rain", "notes": f"The sentence is old. {text.split('. ')[0]}. English took it whole, and everybody knows it."})
    check_brief(mixed)


ENGLISH = [
    "Cristiano Ronaldo, Neymar and Kylian Mbappé earn most.", "Feijoada, pão de queijo, brigadeiro, caipirinha.", "Café au lait costs $4.50.", "In vino veritas.",
    "Add pico de gallo, queso fresco, and salsa verde.", "Kilimanjaro, Tanzania: 5,895 m.", "Bees dance. Ants sleep. Honey never spoils.", "Preheat. Mix. Bake. Eat.",
    "Staphylococcus aureus, Escherichia coli.", "Reykjavík, Akureyri, Húsavík.", "Die Hard is a Christmas film.", "Der Spiegel broke the story.", "No screens after ten.",
    "La La Land won six Oscars.", "Los Angeles sprawls. Buenos Aires loves tango.", "pip install pandas", "Squat 5x5, bench 5x5, row 5x5.", "Say “por favor” and “gracias” a lot.",
    "Nasi goreng, rendang, satay.", "The Burj Khalifa is 828 m tall.", "El Niño warms the Pacific. La Niña cools it.", "Zeitgeist, Wanderlust, Doppelgänger.",
    "Gabriel García Márquez wrote in Mexico City.", "Vitamin D: 2,000 IU.", "Ibuprofen 400 mg, twice daily.", "POV: you forgot your keys", "lol idk tbh",
]  # fmt: skip


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_never_taken_for_another_language(text):
    assert not [n for n in read_brief({"title": "Notes", "notes": text}).notices if "seem" in n]


def test_english_briefs_are_never_taken_for_another_language():
    briefs = [*(FIELD.parent / "briefs").glob("*.md"), *example_briefs()]
    assert len(briefs) > 10
    for path in briefs:
        brief = read_brief(path)
        check_brief(brief)
        assert not [n for n in brief.notices if "seem" in n], path


def test_the_language_that_a_brief_states_is_believed():
    assert not [n for n in read_brief({"title": "Lluvia", "notes": OTHERS["Italian"], "language": "it"}).notices if "seem" in n]
    with pytest.raises(BadInput, match="hibari does not speak Italian.*set voice to one that does"):
        check_brief(read_brief({"title": "Rain", "notes": OTHERS["Italian"], "language": "it"}))


def test_the_detector_is_loaded_only_when_it_is_needed():
    code = "import sys; from viralforge.briefs import read_brief; read_brief('---\\ntitle: A\\n---\\nThe octopus has three hearts.'); print('py3langid' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"


# --- nothing is left out unsaid


def _outline(**request):
    return outline({"title": "Hearts", "language": "en", "words": 90, "seconds": 35.0, "cta": "", "seed": 0} | request)


@pytest.mark.parametrize("seconds", [8, 20, 40])
@pytest.mark.parametrize("path", [*(FIELD.parent / "briefs").glob("*.md"), *example_briefs()], ids=lambda p: p.stem)
def test_every_word_of_the_notes_is_told_or_said_to_be_left_out(path, seconds):
    brief = read_brief(path, seconds=seconds)
    script = _outline(title=brief.title, notes=brief.notes, cta=brief.cta, seconds=seconds, words=round(seconds * 2.5))
    heard = " ".join((*(x.text for x in script.lines), *script.left_out)).lower()
    lost = {w for note in read_notes(brief.notes).notes for w in re.findall(r"[^\W\d_]{4,}", note.text.lower()) if w not in heard}
    assert not lost
    whole = " ".join((*(x.text for x in script.lines), *script.notices))
    assert all(" ".join(n.split()[:4]).rstrip(".…,") in whole or "more (script.md has them)" in whole for n in (x.split(": ", 1)[1] for x in script.left_out))
    assert max(map(len, script.notices), default=0) < 600  # a page stays readable


def test_a_note_without_room_is_named_with_the_reason():
    notes = "An octopus has three hearts. " + " ".join(f"Arm number {n} can taste whatever it touches in the dark water below." for n in "abcdefgh")
    script = _outline(notes=notes + " The ink of an octopus also dulls the smell of its enemies.", seconds=8.0, words=20)
    told = [n for n in script.notices if n.startswith("Not told, no room in 8 s")]
    assert told and "“" in told[0]
    assert len([x for x in script.left_out if x.startswith("Not told, no room in 8 s: ")]) >= 1


def test_a_call_to_action_without_room_is_told():
    notes = "An octopus has three hearts. Two of them stop when it swims."
    short = _outline(notes=notes, cta="Follow for more animals.", seconds=8.0, words=20)
    assert not any(x.role == "cta" for x in short.lines)
    assert any("Follow for more animals." in n and "8 s" in n for n in short.notices)
    assert not any("call to action" in n for n in _outline(notes=notes, cta="Follow for more animals.", seconds=15.0, words=40).notices)
    assert not any("call to action" in n for n in _outline(notes=notes, seconds=8.0, words=20).notices)  # none was asked for


def test_a_qualifier_that_is_cut_is_told():
    notes = read_notes("The drug cured nine patients in ten, except those who were older than seventy.").notes
    lines = (Line(id="hook", role="hook", text="The drug cured nine patients in ten.", source=notes[0].source),)
    assert left_out(notes[0], lines) == ("except those who were older than seventy",)
    assert left_out(notes[0], ()) is None
    most = read_notes("Almost all of the patients were cured, but only in mice.").notes
    assert left_out(most[0], (Line(id="hook", role="hook", text="All of the patients were cured.", source=most[0].source),)) == ("Almost", "but only in mice")


def test_what_is_left_out_is_in_the_page_of_the_script_and_survives_its_edit():
    script = _outline(notes=Path(FIELD.parent / "briefs" / "article.md").read_text(encoding="utf-8"))
    page = script_to_markdown(script)
    assert script.left_out and all(" ".join(t.split()).replace("--", "—") in page for t in script.left_out)
    assert script_from_markdown(page, script) == script


def test_remarks_are_made_anew_with_the_brief():
    draft = Draft({"title": "שלום means hello", "notes": "The word is old."})
    assert any("שלום" in n for n in draft.brief.notices)
    changed = draft.set(title="Shalom means hello")
    assert not any("שלום" in n for n in changed.brief.notices)


@pytest.mark.parametrize(
    ("signs", "mend"),
    [("水", "viralforge[fonts]"), ("한", "viralforge[fonts]"), ("ع", "viralforge[fonts]"), ("आ", "viralforge[fonts]"), ("Ж", "viralforge[fonts]"),
     ("🐙", "viralforge[emoji]"), ("ต", "fontpkg-noto-sans-thai"), ("த", "fontpkg-noto-sans-tamil"), ("ש", "Latin letters"), ("水🐙", 'viralforge[emoji]" "viralforge[fonts]')],
)  # fmt: skip
def test_what_would_draw_a_sign_is_named_by_its_script(signs, mend, monkeypatch):
    monkeypatch.setattr(lettering, "families", lambda: ("Anton", "Bebas Neue", "Montserrat"))  # as installed without extras
    assert mend in lettering.get_font(signs)
    assert ("pip install" in lettering.get_font(signs)) == (mend != "Latin letters")


def test_titles_calls_and_edits_in_another_language_are_told():
    notes = "An octopus has three hearts. Two of them stop when it swims."
    brief = read_brief({"title": "Warum hat ein Krake drei Herzen", "notes": notes, "cta": "Suivez-nous pour plus d'animaux comme celui-ci"})
    assert any("German" in n and "Warum hat ein Krake" in n for n in brief.notices)
    assert any("French" in n and "Suivez-nous" in n for n in brief.notices)
    check_brief(brief)
    edited = Draft({"title": "Hearts", "notes": notes, "seconds": 8}).edit("hook", "El agua sube al cielo con el calor.")
    assert any("Spanish" in n and "El agua sube" in n for n in edited.notices)


def test_what_stands_in_brackets_or_as_an_address_is_told_too():
    notes = "The drug cured nine patients in ten (but only in mice). The trial ran for 12 weeks, see https://example.org/trial/12."
    script = _outline(notes=notes, seconds=15.0, words=40)
    heard = " ".join((*(x.text for x in script.lines), *script.notices))
    assert "only in mice" in heard and "example.org/trial/12" in heard


def test_letters_named_in_html_are_plain_too():
    brief = read_brief("---\ntitle: Water\n---\nSo&shy;ft wa&#8203;ter is at 10&nbsp;000&nbsp;m, &#65313; deep. The &#xFB01;ne day, <b>H&ouml;hle</b>.")
    assert brief.notes == "Soft water is at 10,000 m, A deep. The fine day, Höhle."


def test_what_a_writer_answers_is_plain():
    said = Script(title="Ｃａｖｅ", lines=(Line(id="hook", role="hook", text=NFD("Die Höhle ist 𝐭𝐢𝐞𝐟.")),))

    class Ornate(Local):
        spec = Spec(name="writer:ornate", kind="writer", version="1")

        def request(self, asked):
            return {"words": asked.words}

        def send(self, request, folder):
            return {"data": plain(said), "usage": {}}

    register("writer:ornate", Ornate)
    with scratch_run() as run:
        script = write_script(Brief(title="Cave", notes="It is dark.", writer="ornate"), run, 150.0)
    assert script.title == "Cave" and script.lines[0].text == NFC("Die Höhle ist tief.")


@pytest.mark.parametrize(
    ("notes", "language"),
    [
        ("- Uno: beber agua\n- Dos: dormir ocho horas cada noche\n- Tres: no mirar la pantalla", "Spanish"),
        ("EL AGUA SUBE AL CIELO CON EL CALOR. ALLÍ SE ENFRÍA.", "Spanish"),
        ("El nino duerme en la casa con su madre. Luego come.", "Spanish"),  # typed without accents
        ("# Warum\n\n1. Das Wasser steigt auf.\n2. Es kühlt ab und wird schwer.\n3. Dann fällt es wieder herab.", "German"),
        ("Les abeilles dansent. Le miel ne se gâte jamais. Les fourmis ne dorment pas la nuit.", "French"),
        ("O mel nunca estraga. As abelhas dançam para as outras.", "Portuguese"),
    ],
)
def test_lists_capitals_and_short_sentences_show_their_language_together(notes, language):
    assert f"words: the notes seem to be {language}, and the voice speaks English" in read_brief({"title": "T", "notes": notes}).notices


def test_what_is_quoted_and_explained_in_english_is_english():
    notes = "“El gato duerme en la casa” means the cat sleeps in the house. “Buenos días a todos” means good morning to all. Hola means hello."
    assert not [n for n in read_brief({"title": "T", "notes": notes}).notices if "seem" in n]
