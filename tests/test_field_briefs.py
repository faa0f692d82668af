"Briefs as people have them: typed values, fences and replies, note-taking marks, files that are no brief."

import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from viralforge.briefs import read_brief
from viralforge.core import BadInput

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
    assert (brief.seconds, brief.seed, brief.captions, brief.effects, brief.budget, brief.language, brief.style) == (12.5, 7, False, True, None, "no", "aurora")
    assert read_brief(f"---\ntitle: T\nstyle: paper # or ember\nsources:\n  - NASA: page #3\n  - 12:30\n---\n{ICE}").sources == ("NASA: page #3", "12:30")
    assert read_brief({"title": 1984, "seconds": 20, "notes": ICE}).title == "1984"


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
