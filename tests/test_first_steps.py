"What a newcomer meets: each of these was a stumble."

import json
import shutil
from pathlib import Path

import pytest

from viralforge import Draft, open_film
from viralforge.briefs import read_brief
from viralforge.core import BadInput, write_atomic
from viralforge.notes import read_notes
from viralforge.store import Store

NOTES = "A bridge hums when the wind pushes it. In 1940 the Tacoma Narrows Bridge fell. Its deck twisted for an hour before. Nobody was hurt."


def draft(tmp_path, **knobs):
    return Draft({"title": "The bridge that fell", "seconds": 20, "notes": NOTES, **knobs}, store=Store(tmp_path / ".store"))


@pytest.mark.parametrize("word", ["none", "None", "off", "no"])
def test_no_call_to_action_is_asked_for_as_no_music_is(tmp_path, word):
    d = draft(tmp_path, cta=word)
    assert [x.role for x in d.script.lines].count("cta") == 0
    assert not any("call to action" in n for n in d.notices)
    assert [x.role for x in draft(tmp_path).script.lines].count("cta") == 1


def test_a_draft_is_frozen_and_says_how_to_change_it(tmp_path):
    d = draft(tmp_path)
    with pytest.raises(BadInput, match="d.set\\(style=…\\)"):
        d.style = "paper"


def test_a_wrong_name_or_an_empty_line_is_an_error_at_once(tmp_path):
    d = draft(tmp_path)
    with pytest.raises(BadInput, match="paper"):
        d.set(style="papr")
    with pytest.raises(BadInput, match="remove\\('hook'\\)"):
        d.edit("hook", "  ")
    with pytest.raises(BadInput, match="no line for '3'"):
        d.play(3)


@pytest.mark.parametrize("at", [-0.1, 10_000, float("nan"), float("inf")])
def test_a_frame_outside_of_the_film_is_an_error(tmp_path, at):
    with pytest.raises(BadInput, match="give seconds from 0 to"):
        draft(tmp_path, seconds=6, music="none").frame(at)


def test_a_plan_says_something_as_plain_text(tmp_path):
    assert "steps to do" in repr(draft(tmp_path, seconds=6, music="none").plan())


def test_an_embedded_picture_is_found_in_the_media_folder(tmp_path, root):
    (tmp_path / "media").mkdir()
    shutil.copyfile(root / "tests/field/34-tape-headline/pic.png", tmp_path / "media/arrow.png")
    write_atomic(tmp_path / "a.md", "---\ntitle: An arrow\nmedia: media\n---\nAn arrow points up.\n\n![[arrow.png]]\n")
    brief = read_brief(tmp_path / "a.md")
    assert [Path(m.file).name for m in brief.materials] == ["arrow.png"]


def test_a_picture_that_no_shot_shows_is_told(tmp_path, root):
    shutil.copyfile(root / "tests/field/34-tape-headline/pic.png", tmp_path / "teapot.png")
    write_atomic(tmp_path / "a.md", "---\ntitle: Bees\nseconds: 5\nmusic: none\ncta: none\n---\n![teapot](teapot.png)\n\nA bee remembers the sun.\n")
    film = Draft(tmp_path / "a.md", store=Store(tmp_path / "out/.store")).make()
    assert any("teapot.png" in n for n in film.record.notices)
    told = json.loads((film.folder / "run.json").read_text(encoding="utf-8"))["notices"]
    assert any("teapot.png" in n for n in told)
    again = open_film(film.folder)
    assert again.record == film.record
    assert Draft.from_film(again).script == Draft(tmp_path / "a.md", store=Store(tmp_path / "out/.store")).script


def test_directions_in_bold_and_titles_of_callouts_are_told():
    found = read_notes("**[Visual: close-up of a leaf]**\n\nA leaf is green.\n\n**[Music swells]**\n\n> [!tip] Waggle dance\n> A bee dances.\n")
    assert [n.text for n in found.notes] == ["A leaf is green.", "A bee dances."]
    told = " ".join(found.left_out)
    assert "close-up of a leaf" in told and "Music swells" in told and "Waggle dance" in told


def test_what_is_said_in_words_is_not_told_as_left_out(tmp_path):
    d = draft(tmp_path, notes="The price today: $20 a month, i.e. ~£15. It was lower before. A bee lives for six weeks, e.g. in summer.")
    assert "that is, about £15" in " ".join(x.text for x in d.script.lines)
    assert not any("i.e." in n or "e.g." in n for n in d.notices)


def test_a_picture_below_a_sentence_is_meant_for_it_whatever_its_words(tmp_path):
    from PIL import Image

    for n, name in enumerate(("amber", "basalt", "cedar")):
        Image.new("RGB", (600, 900), (80 * n, 120, 200)).save(tmp_path / f"{name}.png")
    said = ("The first clip was cut twice.", "The second clip glows in the dark.", "The third clip is square.")
    shown = ("![a glowing clip](amber.png)", "![a square](basalt.png)", "![a cut clip](cedar.png)")
    interleaved = "\n\n".join(f"{s}\n\n{p}" for s, p in zip(said, shown, strict=True))

    def pictures(body):
        write_atomic(tmp_path / "a.md", f"---\ntitle: What my telephone filmed\nseconds: 14\ncta: none\nmusic: none\n---\n{body}\n")
        d = Draft(tmp_path / "a.md", store=Store(tmp_path / ".store"))
        file = {m.digest: Path(m.file).stem for m in d.materials}
        found = {}
        for s in d.shots:
            if s.material:
                found.setdefault(s.line.text, []).append(file[s.material])
        return {text: names[0] for text, names in found.items()}

    placed = pictures(interleaved)
    assert placed.get(said[1]) == "basalt" and placed.get(said[2]) == "cedar", placed
    gathered = pictures("\n\n".join(said) + "\n\n" + "\n".join(shown))
    assert gathered.get(said[1]) == "amber", gathered


def brief_with(tmp_path, body, **pictures):
    from PIL import Image

    for name, colour in pictures.items():
        Image.new("RGB", (600, 900), colour).save(tmp_path / f"{name}.png")
    write_atomic(tmp_path / "a.md", f"---\ntitle: What the morning showed\nseconds: 12\ncta: none\nmusic: none\n---\n{body}\n")
    return Draft(tmp_path / "a.md", store=Store(tmp_path / ".store"))


def shown(d):
    file = {m.digest: Path(m.file).stem for m in d.materials}
    return {file[s.material]: s.line.text for s in d.shots if s.material}


def test_a_lone_picture_below_its_sentence_is_shown_with_it(tmp_path):
    d = brief_with(tmp_path, "Fog lay on the river.\n\nThe bakery opened at six.\n\n![](IMG_2041.png)\n\nNobody was awake.", IMG_2041="navy")
    assert shown(d) == {"IMG_2041": "The bakery opened at six."}
    lone = brief_with(tmp_path, "Fog lay on the river.\n\nThe bakery opened at six.\n\nNobody was awake.\n\n![fog on a river](fog.png)", fog="grey")
    assert shown(lone)["fog"] == "Fog lay on the river.", "its words lead elsewhere"


def test_set_keeps_the_places_of_pictures(tmp_path):
    d = brief_with(tmp_path, "Fog lay on the river.\n\n![](a1.png)\n\nThe bakery opened at six.\n\n![](b2.png)", a1="navy", b2="olive")
    changed = d.set(seconds=14, style="paper")
    assert [m.near for m in changed.materials] == [m.near for m in d.materials] == ["Fog lay on the river.", "The bakery opened at six."]


def test_a_picture_of_the_brief_is_put_on_a_line_by_its_name(tmp_path):
    d = brief_with(tmp_path, "Fog lay on the river.\n\nThe bakery opened at six.\n\n![a thing](x9.png)", x9="navy")
    assert Path(d.shot("hook", "x9.png").script.line("hook").visual).name == "x9.png"
    from viralforge.record import Edit
    from viralforge.script import script_to_markdown

    page = script_to_markdown(d.script).replace("## hook\n", "## hook\nvisual: x9.png\n", 1)
    edited = Draft(d.brief, edits=(Edit(kind="script", text=page),), store=d.store)
    assert Path(edited.script.line("hook").visual).name == "x9.png"


def test_two_sentences_from_a_pipe_are_notes_and_no_title():
    brief = read_brief("Bananas are berries. A strawberry is not a berry at all.")
    assert brief.title == "Bananas are berries" and "strawberry" in brief.notes
    assert read_brief("Why bees dance").notes == ""


def test_two_prices_in_a_figure_and_an_address_in_a_notice_are_text():
    import numpy as np
    from matplotlib.text import Text

    from viralforge.core import markdown_text
    from viralforge.figures import timeline_strip, waveform

    for figure in (timeline_strip({"captions": [(0.0, 2.0, "between $5 and $6")]}, 2.0), waveform(np.zeros(8000, np.float32), 8000, [("$5", 0.1, 0.2), ("$6", 0.4, 0.5)])):
        texts = [t for t in figure.findobj(Text) if "$" in t.get_text()]
        assert texts and not any(t.get_parse_math() for t in texts)
    assert "://" not in markdown_text("“See https://example.org/a”.") and "www." not in markdown_text("www.example.org")
