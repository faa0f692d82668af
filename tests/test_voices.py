"The default voice: the same bytes twice, times that an independent aligner confirms, no click and no dead air."

import subprocess
import sys

import numpy as np
import pytest
from speech import aligned

from viralforge.audio import read_wav
from viralforge.backends.voices import Hibari
from viralforge.core import BadInput
from viralforge.ports import SpeechRequest, Voice

LINES = """
Each arm can taste what it touches.
Their blood is blue, because it carries oxygen with copper instead of iron.
So an arm can decide what to do before the brain hears about it.
How does a creature this soft survive? It changes color in less than a second.
Archaeologists found jars that were three thousand years old. The honey inside was still good to eat!
She said nothing, then left the room without looking back.
Why did the first electric cars disappear? Cheap oil changed that within ten years.
What happens if you fall into a black hole?
Your feet feel more gravity than your head, so you stretch.
Coffee is the seed of a fruit, not a bean.
It still grows in the mountains of California, but its exact place is a secret.
Think about that the next time you plant something.
"""
LINES = [tuple(line.split()) for line in LINES.strip().splitlines()]


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    "Each line's samples, rate and data."
    voice, out = Hibari(), []
    for k, words in enumerate(LINES):
        folder = tmp_path_factory.mktemp(f"line{k}")
        answer = voice.send(voice.request(SpeechRequest(spoken=words, seed=k)), folder)
        out.append((*read_wav(folder / answer["files"]["audio"]), answer["data"]))
    return out


def test_the_port():
    voice = Hibari()
    assert isinstance(voice, Voice) and voice.spec.languages == ("en",) and 140 <= voice.spec.pace_wpm <= 200
    assert voice.request(SpeechRequest(spoken=("Hi.",), language="en-US")) == Hibari("heart").request(SpeechRequest(spoken=("Hi.",)))


@pytest.mark.parametrize("wrong", [{"language": "de"}, "fable", {"speed": 0.1}, {"spoken": ("—", "")}])
def test_what_it_cannot_do(wrong):
    with pytest.raises(BadInput, match="Mend"):
        (Hibari(wrong) if isinstance(wrong, str) else Hibari().request(SpeechRequest(**{"spoken": ("Hello.",)} | wrong)))


def test_same_bytes_in_another_process(tmp_path):
    code = (
        "import sys; from pathlib import Path; from viralforge.backends.voices import Hibari; from viralforge.ports import SpeechRequest; v = Hibari(); "
        "v.send(v.request(SpeechRequest(spoken=('Three', 'hearts.', 'Nine', 'brains!'), seed=5)), Path(sys.argv[1]))"
    )
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        subprocess.run([sys.executable, "-c", code, tmp_path / name], check=True)
    a, b = ((tmp_path / name / "speech.wav").read_bytes() for name in ("a", "b"))
    assert a == b


def test_a_sentence_keeps_its_sound_when_another_changes(tmp_path):
    voice, tails = Hibari(), []
    for first in ("Three hearts beat.", "Nine brains think about it."):
        voice.send(voice.request(SpeechRequest(spoken=(*first.split(), "Nobody", "knows", "why."), seed=1)), tmp_path)
        sound, rate = read_wav(tmp_path / "speech.wav")
        tails.append(sound[-rate:])
    assert np.array_equal(*tails)


def test_times_are_in_order_and_inside(said):
    for words, (sound, rate, data) in zip(LINES, said, strict=True):
        times = np.array(data["times"])
        assert len(times) == len(words) and data["rate"] == rate == 24_000
        assert len(sound) == round(data["seconds"] * rate)
        assert (np.diff(times[:, 0]) > 0).all() and (times[:, 1] > times[:, 0]).all()
        assert (times[1:, 0] >= times[:-1, 1] - 1e-6).all()
        assert times[0, 0] < 0.12 and 0.05 < data["seconds"] - times[-1, 1] < 0.2


def test_sound_where_words_are_and_silence_where_none_is(said):
    for sound, rate, data in said:
        level = lambda a, b, s=sound, r=rate: float(np.abs(s[round(a * r) : round(b * r)]).max(initial=0))
        for start, end in data["times"]:
            assert level(start, end) > 0.02, (start, end)
        assert level(data["times"][-1][1] + 0.02, data["seconds"]) < 0.01
        assert abs(sound[0]) < 1e-3 and abs(sound[-1]) < 1e-3  # joins another sound without a click
        gaps = [b[0] - a[1] for a, b in zip(data["times"], data["times"][1:], strict=False)]
        assert max(gaps) <= 0.5


def test_strings_without_sound_and_strings_of_many_words(tmp_path):
    voice = Hibari()
    spoken = ("", "In", "nineteen sixty-nine,", "—", "three point five", "million dollars", "", "went", "up.", "")
    data = voice.send(voice.request(SpeechRequest(spoken=spoken)), tmp_path)["data"]
    times = data["times"]
    assert len(times) == len(spoken)
    assert times[0] == [times[1][0]] * 2 and times[3] == [times[2][1]] * 2 and times[6] == [times[5][1]] * 2
    assert times[9] == [times[8][1]] * 2
    assert times[4][1] - times[4][0] > 0.5 and times[2][1] - times[2][0] > 0.6


def test_a_very_long_sentence(tmp_path):
    voice = Hibari()
    spoken = tuple(("the arms of an octopus taste what they touch " * 12).split()) + ("always.",)
    data = voice.send(voice.request(SpeechRequest(spoken=spoken)), tmp_path)["data"]
    starts = [a for a, _ in data["times"]]
    assert starts == sorted(starts) and len(set(starts)) == len(spoken) and 25 < data["seconds"] < 60


def test_speed(tmp_path):
    voice, lengths = Hibari(), []
    for speed in (0.8, 1.0, 1.25):
        lengths.append(voice.send(voice.request(SpeechRequest(spoken=LINES[1], speed=speed)), tmp_path)["data"]["seconds"])
    assert lengths == sorted(lengths, reverse=True) and 1.3 < lengths[0] / lengths[2] < 1.9


def test_word_starts_against_an_aligner(said):
    "Median error <= 80 ms and 95 % <= 150 ms after the aligner's constant bias is taken off; measured 15 and 64 ms."
    errors = []
    for words, (sound, rate, data) in zip(LINES, said, strict=True):
        found = aligned(list(words), sound, rate)
        assert found, words
        errors += [t[0] - at for t, at in zip(data["times"], found, strict=True)]
    off = np.abs(np.array(errors) - np.median(errors))
    print(
        f"bias {np.median(errors) * 1000:.0f} ms, median {np.median(off) * 1000:.0f}, p95 {np.percentile(off, 95) * 1000:.0f}"
    )
    assert np.median(off) <= 0.08 and np.percentile(off, 95) <= 0.15
    assert abs(np.median(errors)) <= 0.06
