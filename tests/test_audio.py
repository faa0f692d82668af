"Audio: the mix reaches its loudness, keeps its ceiling after AAC, and stems add up."

import wave

import numpy as np
import pyloudnorm
import pytest
from scipy.io import wavfile

from viralforge import audio, film
from viralforge.core import BadInput

RATE = 48000


def talk(seconds, seed=0, level=0.1):
    n = int(seconds * RATE)
    rng = np.random.default_rng(seed)
    noise = np.convolve(rng.standard_normal(n), np.ones(20) / 8, "same")
    return (level * noise * (0.2 + np.abs(np.sin(2 * np.pi * 3 * np.arange(n) / RATE)))).astype(np.float32)


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.uint8, np.float32])
def test_wav_of_any_kind_is_read_at_full_scale(tmp_path, dtype):
    x = 0.5 * np.sin(np.arange(4800) / 20)
    scale = {np.int16: 2**15, np.int32: 2**31, np.uint8: 128, np.float32: 1}[dtype]
    wavfile.write(tmp_path / "a.wav", RATE, (x * scale + (128 if dtype is np.uint8 else 0)).astype(dtype))
    got, rate = audio.read_wav(tmp_path / "a.wav")
    assert rate == RATE and got.dtype == np.float32 and np.abs(got - x).max() < 0.01


@pytest.mark.parametrize("rate", [8000, 22050, 24000, 44100])
def test_resampling_keeps_length_and_place(rate):
    x = np.zeros(rate)
    x[rate // 2] = 1
    y = audio.resample(x, rate, RATE)
    assert len(y) == RATE and abs(int(np.argmax(y)) - RATE // 2) <= 1


@pytest.mark.parametrize(("rate", "wide"), [(22050, False), (24000, True), (44100, True), (48000, False)])
def test_a_stretch_of_a_file_is_what_the_whole_gives(tmp_path, rate, wide):
    x = talk(3)[: 2 * rate]
    path = audio.write_wav(tmp_path / "a.wav", np.stack([x, -x], 1) if wide else x, rate)
    whole = audio.resample(audio.read_wav(path)[0], rate, RATE)
    for first, samples in ((0, 5000), (1, 48000), (31337, 20011), (len(whole) - 700, 5000)):
        part = audio.wav_stretch(path, first, samples, RATE)
        assert np.abs(part - whole[first : first + samples]).max() < 1e-6 and len(part) == min(samples, len(whole) - first)
    assert len(audio.wav_stretch(path, len(whole) + 9, 100, RATE)) == 0


def test_samples_of_three_bytes_are_read_in_stretches(tmp_path):
    x = (talk(1) * 2**31).astype(np.int32)
    raw = np.frombuffer(x.astype("<i4").tobytes(), np.uint8).reshape(-1, 4)[:, 1:].tobytes()
    with wave.open(str(tmp_path / "a.wav"), "wb") as f:
        f.setparams((1, 3, RATE, 0, "NONE", ""))
        f.writeframes(raw)
    assert np.abs(audio.wav_stretch(tmp_path / "a.wav", 100, 900, RATE) - talk(1)[100:1000]).max() < 1e-4


@pytest.mark.parametrize("rate", [16000, 44100, 48000])
def test_loudness_agrees_with_another_meter(rate):
    loud_then_quiet = np.concatenate([talk(4, 1), talk(3, 2, 0.004), talk(3, 3, 0.3)])[: 9 * rate]
    other = pyloudnorm.Meter(rate, filter_class="DeMan").integrated_loudness(np.stack([loud_then_quiet] * 2, 1))
    assert abs(audio.loudness(loud_then_quiet, rate) - other) < 0.02


@pytest.mark.parametrize("level", [0.001, 0.02, 0.1, 0.5])
def test_master_reaches_its_target(level):
    voice = talk(6, 1, level)
    voice[100000:100040] = 8 * level
    tone = 0.3 * level * np.sin(np.arange(6 * RATE) / 15)
    mix, stems, how = audio.master({"voice": voice, "music": audio.stereo(tone)}, RATE)
    assert abs(audio.loudness(mix, RATE) + 14) < 0.2 and audio.true_peak(mix, RATE) <= -1.5
    assert abs(how.loudness - audio.loudness(mix, RATE)) < 0.1 and abs(how.true_peak - audio.true_peak(mix, RATE)) < 0.1
    assert np.abs(mix - stems["voice"] - stems["music"]).max() < 1e-3 * np.abs(mix).max()


def test_a_long_sound_is_mastered_block_by_block(monkeypatch):
    voice = talk(9, 1)
    voice[100000:100040] = 1.5
    whole, _, how = audio.master({"voice": voice}, RATE)
    monkeypatch.setattr(audio, "BLOCK", 70001)
    asked = []
    parts = audio.mastering(lambda a, b: (asked.append(b - a), audio.stereo(voice[a:b]))[1], len(voice), RATE)
    assert max(asked) < 71000 and abs(parts.gain - how.gain) < 1e-3
    pieces = [parts.applied(audio.stereo(voice[a:b]), a) for a, b in audio.blocks(len(voice))]
    assert np.abs(np.concatenate(pieces) - whole).max() < 1e-4


def test_the_limiter_has_no_corners():
    x = 0.2 * np.sin(2 * np.pi * 100 * np.arange(2 * RATE) / RATE)
    x[RATE : RATE + 50] += 1.5
    tamed = audio.limit(x, RATE, -1.5)
    curve = audio._at_samples(audio._limit_curve(audio._peaks(x, 0, len(x), RATE), RATE, -1.55), 0, len(x), RATE)[:, 0]
    assert np.abs(tamed - x * curve).max() < 1e-6
    assert curve.min() < 0.6 and curve[0] == curve[-1] == 1
    assert np.abs(np.diff(curve)).max() < 0.005 and np.abs(np.diff(curve, 2)).max() < 1e-4


def test_ducking_follows_the_words_and_does_not_pump():
    spans = [(1.0, 1.4), (1.7, 3.0), (3.5, 4.0), (6.5, 7.0)]
    db = 20 * np.log10(audio.duck_curve(spans, 9 * RATE, RATE, depth_db=10))
    at = lambda s: db[int(s * RATE)]
    assert at(0.5) == 0 and at(1.0) < -9.9 and at(1.55) < -9.9 and at(3.25) < -9.9 and at(5.2) > -0.1 and at(6.5) < -9.9
    assert (np.diff(np.sign(np.diff(db[:: RATE // 100]))) != 0).sum() <= 8


def test_no_speech_leaves_music_alone():
    x = talk(1)
    assert np.array_equal(audio.duck(x, [], RATE), x)
    assert np.array_equal(audio.bed(audio.stereo(x), 0 * x, [], RATE), audio.stereo(x))


def test_voice_stands_over_music_in_every_line():
    voice, spans = np.zeros(12 * RATE, np.float32), [(0.5, 3.0), (4.5, 7.0), (8.0, 11.0)]
    for a, b in spans:
        voice[int(a * RATE) : int(b * RATE)] = talk(b - a, 3)
    music = audio.stereo(talk(12, 9, 0.3))
    under = audio.bed(music, voice, spans, RATE)
    for span in spans:
        over = audio.loudness(audio.within(voice, [span], RATE), RATE) - audio.loudness(
            audio.within(under, [span], RATE), RATE
        )
        assert over > 12


def test_peak_after_aac(tmp_path):
    flat = (np.full((96, 64), 90, np.uint8), np.full((48, 32), 128, np.uint8), np.full((48, 32), 128, np.uint8))
    film.encode([flat] * 180, tmp_path / "v.mp4", 64, 96)
    mix, _, report = audio.master({"voice": talk(6, 4)}, RATE)
    film.join([tmp_path / "v.mp4"], film.encode_sound(mix, tmp_path / "m.m4a"), tmp_path / "f.mp4")
    heard = film.ebur128(tmp_path / "f.mp4")
    assert abs(heard["integrated"] - report.loudness) < 0.3 and heard["true_peak"] <= -1.0


def test_bad_sound_is_refused(tmp_path):
    with pytest.raises(BadInput, match="no numbers"):
        audio.write_wav(tmp_path / "a.wav", np.array([0.0, np.inf]), RATE)
    with pytest.raises(BadInput, match="different length"):
        audio.master({"a": np.zeros(10), "b": np.zeros(11)}, RATE)
    assert not list(tmp_path.iterdir())


def test_a_transition_is_heard_where_it_moves_and_only_when_asked(tmp_path):
    from viralforge.pipeline import Draft
    from viralforge.render import RATE, stems
    from viralforge.store import scratch_run

    notes = "First, an octopus has three hearts. Second, its blood is blue. Third, it thinks with its arms. So it is three times alive."
    with scratch_run() as run:
        quiet = Draft({"title": "Hearts", "seconds": 20, "notes": notes, "music": "none"}, run=run)
        assert not any(c.stem == "effects" for c in quiet.timeline.cues)
        heard = Draft({"title": "Hearts", "seconds": 20, "notes": notes, "music": "none", "effects": "yes"}, run=run)
        moving = [p for p in heard.timeline.places if p.transition in ("slide", "push", "zoom")]
        cues = [c for c in heard.timeline.cues if c.stem == "effects"]
        assert moving and len(cues) == len(moving)
        sounds, total = stems(heard.timeline, run)
        for p in moving:
            at = round((p.start + p.lead / 2) * RATE / heard.timeline.fps)
            air = sounds["effects"](max(at - RATE // 4, 0), min(at + RATE // 4, total))
            assert np.abs(air).max() > 0.03 and audio.loudness(air, RATE) < audio.loudness(sounds["voice"](0, total), RATE) - 12
        kept, length = stems(heard.timeline, run, keep=tmp_path)
        assert length == total and set(kept) == set(sounds)
        for name, sound in sounds.items():
            for a, b in ((0, 1000), (RATE // 3, RATE), (total - 500, total)):
                assert kept[name](a, b).shape == (b - a, 2) and np.abs(kept[name](a, b) - sound(a, b)).max() < 1e-4, "worked out once, the same sound"
