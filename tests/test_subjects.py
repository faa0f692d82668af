"The picture of a clause, counted over many sentences, and what the rules rest on."

import itertools
import tomllib
from pathlib import Path

import pytest

from viralforge.art import ART_LICENCE, art_svg, arts
from viralforge.core import data_path
from viralforge.pipeline import Draft, licences
from viralforge.sprites import AS_IS, draw_svg, vector_svg
from viralforge.store import Store
from viralforge.text.reading import read
from viralforge.text.subjects import motif, same_thing, subject, subjects, vocabulary
from viralforge.types import Box, Vector

ROWS = [line.split("\t") for line in (Path(__file__).parent / "subjects.tsv").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def whole(reading):
    return 0, len(reading.words) - 1


def judged():
    "Sentence, what may be shown, what is."
    by_title = {t: [s for s, other, _ in ROWS if other == t] for _, t, _ in ROWS}
    for text, title, wanted in ROWS:
        r, others = read(text), tuple(read(s) for s in by_title[title] if s != text)
        found = subject(r, whole(r), read(title), others)
        yield text, wanted.split("|"), found.name if found else "-"


def test_pictures_fit_and_there_are_enough():
    told = list(judged())
    assert len(told) >= 200
    shown = [(text, ok, name) for text, ok, name in told if name != "-"]
    wrong = [(text, ok, name) for text, ok, name in shown if name not in ok]
    asked = [(text, ok, name) for text, ok, name in told if "-" not in ok]
    missed = [(text, ok) for text, ok, name in asked if name == "-"]
    assert len(wrong) <= 0.03 * len(shown), wrong
    assert len(missed) <= 0.45 * len(asked), missed
    assert len(shown) >= 150 and sum(name == "-" for *_, name in told) >= 100  # neither all nor nothing


def test_every_expected_picture_exists():
    icons = {p.name for p in vocabulary().values() if p.set == "icon"}
    unknown = [(s, w) for s, _, ok in ROWS for w in ok.split("|") if w != "-" and w not in arts() and w not in icons]
    assert not unknown


@pytest.mark.parametrize("table", ["things", "verbs", "persons", "same"])
def test_the_tables_name_illustrations_that_exist(table):
    data = tomllib.loads(data_path("art/english.toml").read_text(encoding="utf-8"))
    assert not [name for name in data[table] if name not in arts()]


def test_a_word_names_one_picture():
    data = tomllib.loads(data_path("art/english.toml").read_text(encoding="utf-8"))
    words = [w.strip() for ws in data["things"].values() for w in ws.split(",")]
    assert not {w for w in words if words.count(w) > 1}


def test_a_clause_is_judged_alone():
    r = read("The hotel is old, but the ferry is new.")
    assert subject(r, (0, 3)).name == "hotel" and subject(r, (4, 8)).name == "ferry"
    assert subject(r, (0, 3)).words == (1, 1)


def test_what_is_meant_is_asked_of_the_other_lines():
    r = read("The bat came back.")
    assert subject(r, whole(r)) is None
    assert subject(r, whole(r), read("A night in the cave"), (read("It hunts mosquitoes by echo."),)).name == "bat"
    assert subject(r, whole(r), read("A cricket match"), (read("The wicket fell."),)).name == "cricket-game"


@pytest.mark.parametrize("text", ["Ein Hund bellt.", "Собака лает.", "", "...", "犬が吠える。", "!?", "a"])
@pytest.mark.parametrize("language", ["de", "ru", "ja", "en", "xx"])
def test_nothing_crashes(text, language):
    r = read(text, language)
    for a, z in itertools.combinations_with_replacement(range(len(r.words) or 1), 2):
        subjects(r, (a, z), r, (r,))
    motif(r, (r,))


def test_labels_of_another_language_are_whole_words():
    r = read("Die Ameise trägt ein Blatt.", "de")
    assert [s.name for s in subjects(r, whole(r))][:1] == ["ant"]
    for text, language in (("Der Ameisenstaat", "de"), ("Sie steht vor dem Schloss", "de"), ("Un libro sobre Goya", "es"), ("Non ancora", "it")):
        r = read(text, language)
        assert not subjects(r, whole(r)), text


def test_the_same_thing_is_known_both_ways():
    for icon in ("bike", "coffee", "moon", "map", "piano", "stethoscope"):
        assert same_thing(icon) and all(icon in same_thing(name) for name in same_thing(icon)), icon


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("name", ["bat", "telescope", "musical-keyboard"])
def test_an_illustration_is_drawn(name, flat):
    layer = Vector(box=Box(x=0, y=0, w=64, h=64), svg=art_svg(name, flat))
    alpha = draw_svg(vector_svg(layer), (0, 0, 64, 64), AS_IS)[..., 3]
    assert alpha.max() >= 250 and alpha.min() == 0


def test_a_film_that_shows_an_illustration_tells_its_licence(tmp_path):
    make = lambda name, title, notes: Draft(brief(tmp_path / name, title, notes), store=Store(tmp_path / ".store"), seconds=6, music="none", voice="none")
    told = [licences(make(*film).begin()) for film in (("a.md", "A telescope", "The telescope stands on a mountain. A telescope needs the dark."), ("b.md", "So it is", "So it was said. So it is."))]
    assert [ART_LICENCE in lines for lines in told] == [True, False]


def brief(path, title, notes):
    path.write_text(f"---\ntitle: {title}\n---\n{notes}\n")
    return path
