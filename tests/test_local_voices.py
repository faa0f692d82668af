"Voices of this machine: none at all, one's own recording, Kokoro, the system's; and the knobs of pace."

import dataclasses
import tempfile
from pathlib import Path

import numpy as np
import pytest
import speech

from viralforge import cli  # noqa: F401  commands are listed in the order in which it reads them
from viralforge.audio import read_wav, write_wav
from viralforge.backends.voices import Hibari
from viralforge.briefs import example_brief, read_brief
from viralforge.conformance import check_backend
from viralforge.core import BadInput
from viralforge.film import probe, sound
from viralforge.hearing import recogniser
from viralforge.narration import narrate, pause, placed, spoken_seconds, write_to_length
from viralforge.pipeline import Draft, check_brief
from viralforge.ports import SpeechRequest, register
from viralforge.spoken import speakable
from viralforge.store import Store, scratch_run
from viralforge.types import Line, Script, Usage
from viralforge.voices_command import voice_rows, voice_sample

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


# A recording of one's own

def spoken_talk(path, texts, gaps, rate=24_000, lead=0.4):
    "A recording by the default voice; where each text begins and ends in it, and its exact word times, in s."
    voice, parts, spans, times, at = Hibari(), [np.zeros(round(lead * rate), np.float32)], [], [], lead
    with tempfile.TemporaryDirectory() as d:
        for text, gap in zip(texts, gaps, strict=True):
            answer = voice.send(voice.request(SpeechRequest(spoken=tuple(w.spoken for w in speakable(text)), seed=3)), Path(d))
            own = read_wav(Path(d) / "speech.wav")[0]
            times.append([(at + a, at + b) for a, b in answer["data"]["times"]])
            spans.append((times[-1][0][0], times[-1][-1][1]))
            parts += [own, np.zeros(round(gap * rate), np.float32)]
            at += len(own) / rate + gap
    sound = np.concatenate(parts)
    sound += (1e-4 * np.random.default_rng(0).standard_normal(len(sound))).astype(np.float32)  # a room is never quite silent
    write_wav(path, sound, rate)
    return spans, times


def script_of(*texts):
    roles = ["hook", *["beat"] * (len(texts) - 2), "payoff"][: len(texts)]
    return Script(title="T", lines=tuple(Line(id=f"{r}-{n}", role=r, text=t) for n, (r, t) in enumerate(zip(roles, texts, strict=True))))


RECORDED = (
    "Which animal needs three hearts?",
    "In 1969, $3.5 million went to the study of octopuses.",
    "Two of them feed the gills.",
    "The third one stops when it swims, so it would rather crawl.",
    "Nobody knows why.",
)
GAPS = (0.5, 0.9, 0.15, 1.2, 0.6)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    path = tmp_path_factory.mktemp("talk") / "my talk.wav"
    return path, *spoken_talk(path, RECORDED, GAPS)


@pytest.fixture(params=["aligned", "shared by length"])
def way(request, monkeypatch):
    "With a recogniser, and without one."
    if request.param != "aligned":
        monkeypatch.setattr("viralforge.hearing._model", lambda: None)
    elif not recogniser():
        pytest.fail("the recogniser of the extra align is not installed")
    return request.param


def test_every_line_is_found_and_pauses_are_kept(recorded, way):
    path, spans, times = recorded
    with scratch_run() as run:
        vo = narrate(script_of(*RECORDED), run, f"recording:{path}")
        sounds = [read_wav(run.path(s.audio)) for s in vo.lines]
    begins = [start / vo.fps + s.words[0].start for s, start in zip(vo.lines, vo.starts, strict=True)]
    ends = [start / vo.fps + s.words[-1].end for s, start in zip(vo.lines, vo.starts, strict=True)]
    most = 0.12 if way == "aligned" else 0.3
    for k in range(len(RECORDED) - 1):
        kept, was = begins[k + 1] - ends[k], spans[k + 1][0] - spans[k][1]
        assert abs(kept - was) < most + 1 / vo.fps, (k, kept, was)
    assert all(s.paused for s in vo.lines)
    for cut, rate in sounds:  # cut without a click
        assert rate == 48_000 and abs(cut[0]) < 1e-4 and abs(cut[-1]) < 1e-4 and np.abs(np.diff(cut[:200])).max() < 0.01
    off = np.array([abs((w.start - s.words[0].start) - (t[0] - own[0][0])) for s, own in zip(vo.lines, times, strict=True) for w, t in zip(s.words, own, strict=True)])
    print(f"{way}: word starts off by {1000 * np.median(off):.0f} ms in the middle, {1000 * np.percentile(off, 95):.0f} ms at the 95th percentile")
    assert np.median(off) < (0.08 if way == "aligned" else 0.2)


def test_a_recording_passes_every_check_of_a_back_end(tmp_path, way):
    spoken_talk(path := tmp_path / "talk.wav", ("Three hearts. Nine brains!", "Nobody knows why."), (0.6, 0.4))
    found = check_backend(f"voice:recording:{path}")
    assert not found.faults, found.faults
    if way == "aligned":
        found = check_backend(f"writer:recording:{path}")
        assert [x.name for x in found.faults] == ["the request says all"]  # it takes down what is there, however long


def test_nothing_of_the_speech_is_lost_or_doubled(recorded, way):
    path, *_ = recorded
    whole = sound(path, 48_000).mean(axis=1)
    with scratch_run() as run:
        vo = narrate(script_of(*RECORDED), run, f"recording:{path}")
        parts = [read_wav(run.path(s.audio))[0] for s in vo.lines]
    energy = lambda x: float(np.square(x, dtype=np.float64).sum())
    assert abs(sum(map(energy, parts)) / energy(whole) - 1) < 0.02


def test_its_lines_say_what_the_script_says(recorded):
    path, *_ = recorded
    with scratch_run() as run:
        for s in narrate(script_of(*RECORDED), run, f"recording:{path}").lines:
            got = " ".join(w for w, _, _ in speech.heard(*read_wav(run.path(s.audio))))
            assert speech.word_errors(s.line.text, got) <= 0.2, (s.line.text, got)


def test_other_words_around_the_lines_are_left_out(recorded):
    path, spans, _ = recorded
    with scratch_run() as run:
        vo = narrate(script_of(RECORDED[0], RECORDED[3]), run, f"recording:{path}")
    for s, (a, b) in zip(vo.lines, (spans[0], spans[3]), strict=True):
        assert abs(s.words[-1].end - s.words[0].start - (b - a)) < 0.25
        assert s.seconds < b - a + 1.7


def test_a_recording_is_known_by_its_content(recorded, tmp_path):
    path, *_ = recorded
    (moved := tmp_path / "moved.wav").write_bytes(path.read_bytes())
    with scratch_run() as run:
        first = narrate(script_of(RECORDED[0]), run, f"recording:{path}")
        assert narrate(script_of(RECORDED[0]), run, f"recording:{moved}").lines == first.lines


def test_one_line_says_what_is_wrong_with_a_recording(recorded, tmp_path, way):
    path, *_ = recorded
    write_wav(tmp_path / "short.wav", read_wav(path)[0][:24_000], 24_000)
    write_wav(tmp_path / "silent.wav", np.zeros(48_000, np.float32), 24_000)
    script = script_of(*RECORDED)
    wrong = {"silent.wav": "is silent", "short.wav": "does not say" if way == "aligned" else "too little for a script", "lost.wav": "no recording"}
    with scratch_run() as run:
        for name, what in wrong.items():
            with pytest.raises(BadInput, match=what) as told:
                narrate(script, run, f"recording:{tmp_path / name}")
            assert told.value.mend and "\n" not in str(told.value)
        with pytest.raises(BadInput, match="its own pauses"):
            narrate(script, run, f"recording:{path}", pauses=1.5)
        with pytest.raises(BadInput, match="its own speed"):
            narrate(script, run, f"recording:{path}", speed=1.5)


def test_other_words_are_told_with_what_was_heard(recorded):
    path, *_ = recorded
    with scratch_run() as run, pytest.raises(BadInput, match="does not say “Bicycles have wheels and a bell.”; nearest to it is “"):
        narrate(script_of(RECORDED[0], "Bicycles have wheels and a bell."), run, f"recording:{path}")


def test_a_recording_lies_beside_its_brief(recorded, tmp_path, monkeypatch):
    path, *_ = recorded
    (tmp_path / "talk.wav").write_bytes(path.read_bytes())
    (tmp_path / "film.md").write_text("---\nvoice: recording:talk.wav\n---\n# Hearts\n\nWhich animal needs three hearts?\n")
    assert read_brief(tmp_path / "film.md").voice == f"recording:{tmp_path / 'talk.wav'}"
    monkeypatch.chdir(tmp_path)
    assert read_brief({"title": "Hearts", "notes": NOTES}, voice="recording:talk.wav").voice == f"recording:{tmp_path / 'talk.wav'}"


def test_the_script_is_taken_from_the_recording(recorded, tmp_path):
    path, *_ = recorded
    d = Draft({"title": "Hearts", "notes": NOTES, "seconds": 15}, store=Store(tmp_path / ".store"), voice=f"recording:{path}", writer="recording")
    said = " ".join(x.text for x in d.script.lines)
    assert speech.word_errors(" ".join(RECORDED), said) < 0.15, said
    assert [len(s.words) for s in d.voiceover.lines] == [len(x.text.split()) for x in d.script.lines]
    assert d.script.lines[0].role == "hook" and d.script.lines[-1].role == "payoff"


# Who could tell it


def brief_in(language, **knobs):
    texts = {"fr": "La pieuvre a trois cœurs. Deux d'entre eux poussent le sang vers les branchies.", "ja": "タコには心臓が三つある。"}
    return read_brief({"title": "Trois", "notes": texts.get(language, NOTES), "language": language, **knobs})


def test_a_language_is_refused_with_the_voices_that_would_speak_it():
    with pytest.raises(BadInput, match="hibari does not speak French") as told:
        check_brief(brief_in("fr"))
    assert "kokoro" in told.value.mend and "none for captions" in told.value.mend and "field language" in str(told.value)
    check_brief(brief_in("fr", voice="none"))


def test_notes_in_another_language_name_the_voices_that_would_speak_it():
    with pytest.raises(BadInput, match="seem to be French") as told:
        check_brief(dataclasses.replace(brief_in("fr"), language="en"))
    assert "kokoro" in told.value.mend


def test_the_list_has_every_voice_and_what_it_lacks(monkeypatch):
    monkeypatch.delenv("VIRALFORGE_KOKORO", raising=False)
    rows = {r.name: r for r in voice_rows()}
    assert sum(n.startswith("kokoro:") for n in rows) == 41 and not rows["kokoro:am_adam"].ready and "VIRALFORGE_KOKORO" in rows["kokoro:am_adam"].note
    assert rows["hibari"].ready and rows["none"].languages == ()
    french = voice_rows("fr")
    assert all("fr" in r.languages or not r.languages for r in french) and any(r.name == "kokoro:ff_siwis" for r in french)


def test_a_paid_voice_gives_no_sample_unasked(tmp_path):
    class Paid(Hibari):
        def __init__(self, voice=""):
            super().__init__(voice)
            self.spec = dataclasses.replace(self.spec, name="voice:paid", local=False, price="letters")

        def estimate(self, request):
            return Usage(units={"character": 100})

    register("voice:paid", Paid)
    with pytest.raises(BadInput, match="is paid for"):
        voice_sample("paid", Store(tmp_path / ".store"), folder=tmp_path)
    assert not list(tmp_path.glob("*.wav"))


def test_a_sample_is_made_once_and_recalled(tmp_path):
    store = Store(tmp_path / ".store")
    path = voice_sample("hibari", store, text="Three hearts.", folder=tmp_path)
    first = path.read_bytes()
    path.unlink()
    assert voice_sample("hibari", store, text="Three hearts.", folder=tmp_path).read_bytes() == first
