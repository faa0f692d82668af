"Letters, the text's language, and what is left out: small inputs that broke, and their kin."

import shutil
import unicodedata
from pathlib import Path

import pytest

from viralforge.briefs import read_brief
from viralforge.images import name_words
from viralforge.letters import find_file, plain_letters
from viralforge.pipeline import Draft
from viralforge.script import edit_line, script_from_markdown, script_to_markdown
from viralforge.types import Line, Script

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
    "४ legs": "4 legs", "s\u0336t\u0336": "st", "Z\u0351\u036b\u0343\u036a\u0302": "Z", "don´t": "don’t", "donʼt": "don’t", "Stop‼": "Stop!!", "a\u2028b": "a\nb",
    "\x1b[1mbold\x1b[0m": "bold", "bell\x07": "bell", "Ǆ": "DŽ", "ｶﾞ": "ガ", "ſo": "so", "ﻣﺮﺣﺒﺎ": "مرحبا",
}  # fmt: skip


@pytest.mark.parametrize("text", SAME)
def test_what_says_something_stays(text):
    assert plain_letters(text) == text


@pytest.mark.parametrize(("written", "plain"), PLAIN.items(), ids=map(ascii, PLAIN))
def test_disguises_become_plain_letters(written, plain):
    assert plain_letters(written) == plain
    assert plain_letters(plain) == plain
