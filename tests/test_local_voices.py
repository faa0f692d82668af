"Voices of this machine: none at all, one's own recording, Kokoro, the system's; and the knobs of pace."

import dataclasses

import numpy as np
import pytest

from viralforge.briefs import example_brief, read_brief
from viralforge.core import BadInput
from viralforge.film import probe, sound
from viralforge.narration import narrate, pause, placed, spoken_seconds, write_to_length
from viralforge.pipeline import Draft, check_brief
from viralforge.store import Store, scratch_run
from viralforge.types import Line, Script

NOTES = "An octopus has three hearts. Two of them feed the gills. The third one stops when it swims."
SCRIPT = Script(
    title="Three hearts",
    lines=(
        Line(id="hook", role="hook", text="Which animal needs three hearts?"),
        Line(id="beat-1", role="beat", text="Two of them feed the gills."),
        Line(id="payoff", role="payoff", text="The third one stops when it swims."),
    ),
)


def draft(tmp_path, **knobs):
    return Draft({"title": "Three hearts", "notes": NOTES, "seconds": 8, "cta": "none"}, store=Store(tmp_path / "out" / ".store"), **knobs)


# No voice


@pytest.fixture(scope="module")
def unvoiced(tmp_path_factory):
    "A film without a voice, as made."
    d = draft(tmp_path_factory.mktemp("none"), voice="none")
    return d, d.make()


def test_a_film_without_a_voice_has_captions_and_music(unvoiced):
    d, film = unvoiced
    assert not (film.folder / "stems/voice.flac").exists() and (film.folder / "stems/music.flac").exists()
    assert [c.stem for c in d.timeline.cues] == ["music"] and d.timeline.speech == ()
    said = " ".join(o.text for o in d.timeline.overlays).replace(".", "")
    assert all(w.strip(".") in said for w in NOTES.split()[:5])
    assert not any("voice" in x for x in film.record.licences)


def test_its_quality_says_what_was_not_measured_and_keeps_the_rest(unvoiced):
    _, film = unvoiced
    rows = {r.number: r for r in film.quality.rows}
    for n in (10, 11, 13):
        assert (rows[n].state, rows[n].why) == ("not measured", "switched off (voice: none)")
    assert rows[12].state == rows[14].state == rows[15].state == rows[16].state == "pass"
    assert abs(rows[12].values["loudness"] + 14) < 0.5


def test_its_captions_can_be_read(unvoiced):
    d, _ = unvoiced
    for o in d.timeline.overlays:
        letters = sum(c.isalnum() for c in o.text)
        assert letters / (o.frames / d.timeline.fps) < 20, o.text


def test_without_voice_and_music_a_film_is_silent(tmp_path):
    d = draft(tmp_path, voice="none", music="none", seconds=5)
    assert d.timeline.cues == ()
    film = d.make()
    heard = sound(film.folder / "film.mp4", 48_000) if probe(film.folder / "film.mp4").audio else np.zeros(1)
    assert np.abs(heard).max() < 1e-4 and film.quality.row(12).state != "pass"


def test_what_no_voice_says_can_be_read():
    with scratch_run() as run:
        line = Line(id="hook", role="hook", text="Привет 🐙 3 сердца")
        (s,) = narrate(Script(title="", lines=(line,)), run, "none", language="ru").lines
    assert [w.shown for w in s.words] == line.text.split() and s.audio is None and s.dropped == ()
    assert s.words[1].start == s.words[1].end and s.words[0].end > s.words[0].start


def test_a_film_that_nothing_tells_is_refused():
    with pytest.raises(BadInput, match="neither a voice nor captions"):
        check_brief(read_brief({"title": "Three hearts", "notes": NOTES, "captions": False, "voice": "none"}))


def test_there_is_nothing_to_hear_without_a_voice(tmp_path):
    with pytest.raises(BadInput, match="says nothing"):
        draft(tmp_path, voice="none").hear("hook")


def test_spanish_notes_are_read_without_a_spanish_voice(tmp_path):
    notes = "El pulpo tiene tres corazones. Dos de ellos bombean sangre por las branquias. El tercero se para cuando nada."
    b = read_brief({"title": "Tres corazones", "notes": notes, "voice": "none", "language": "es"})
    check_brief(b)
    with pytest.raises(BadInput, match="Spanish"):
        check_brief(dataclasses.replace(b, language="en"))


# Speed and pauses


def test_pauses_are_longer_or_shorter_by_a_factor():
    with scratch_run() as run:
        told = {p: narrate(SCRIPT, run, pauses=p) for p in (0.5, 1.0, 2.0)}
    lines = told[1.0].lines
    assert all(v.lines == lines for v in told.values())  # the sounds stay
    gaps = {p: [b - (a + round(s.words[-1].end * v.fps)) for a, b, s in zip(v.starts, v.starts[1:], lines, strict=False)] for p, v in told.items()}
    for k, (role, then) in enumerate((("hook", "beat"), ("beat", "payoff"))):
        assert abs(gaps[2.0][k] / 30 - 2 * pause(role, then)) < 0.05
        assert gaps[0.5][k] < gaps[1.0][k]
    assert placed(lines).frames == told[1.0].frames


def test_speed_reaches_the_voice_and_the_captions():
    with scratch_run() as run:
        slow, usual, quick = (sum(s.words[-1].end for s in narrate(SCRIPT, run, speed=x).lines) for x in (0.6, 1.0, 2.0))
    assert 1.3 < slow / usual < 2 and 1.3 < usual / quick < 2.2  # the voice rounds each sound to whole frames


@pytest.mark.parametrize("knob", ["speed", "pauses"])
@pytest.mark.parametrize("value", [0.4, 2.1, "fast", "nan"])
def test_a_factor_that_is_none_is_told(knob, value):
    with pytest.raises(BadInput, match=knob):
        read_brief({"title": "T", "notes": NOTES, knob: value})


def test_a_script_is_written_to_length_at_another_speed():
    with scratch_run() as run:
        briefs = [read_brief(example_brief("octopus"), seconds=25, speed=s) for s in (0.7, 1.6)]
        slow, quick = (write_to_length(b, run) for b in briefs)
        for b, script in zip(briefs, (slow, quick), strict=True):
            assert abs(spoken_seconds(script, run, speed=b.speed) / 25 - 1) < 0.2
    assert quick.words > 1.3 * slow.words
