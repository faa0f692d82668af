"Music: data that agrees with the sound, loops that cannot be heard, lengths that are exact."

import numpy as np
import pytest
from immich_memories_music import tracks_dir

from viralforge.audio import loudness, read_wav, write_wav
from viralforge.backends import music
from viralforge.core import BadInput, file_digest
from viralforge.film import sound
from viralforge.ports import MusicRequest

RATE = music.RATE


@pytest.mark.parametrize("file", ["calm/calm_electronic_s411.opus", "tender/tender_electronic_2.opus"])
def test_the_data_file_is_what_measuring_gives(file):
    row = next(t for t in music.tracks() if t.file == file)
    found = music.measure_track(sound(tracks_dir() / file))
    assert tuple(found.pop("loop")) == row.loop
    assert all(getattr(row, k) == v for k, v in found.items()) and ("bpm" in found) == (row.bpm is not None)


def test_tempo_agrees_with_the_label_up_to_two_percent():
    prompted = {"energetic_electronic": 150, "happy_electronic": 123, "tender_acoustic": 90, "nostalgic_electronic": 84}
    for t in music.tracks():
        kind = t.file.split("/")[1].rsplit("_", 1)[0]
        if kind in prompted and t.bpm:
            assert abs(t.bpm / prompted[kind] - 1) < 0.02, t.file


@pytest.mark.parametrize("track", music.tracks(), ids=lambda t: t.title)
def test_no_seam_can_be_heard(track):
    x = sound(tracks_dir() / track.file)
    long, jumps = music.extend(x, 45 * RATE, track.loop, track.fade)
    assert long.shape == (45 * RATE, 2) and jumps
    found = music.seam(long, jumps[0], track.fade)
    begin, end = track.loop
    half = int(track.fade * RATE / 2)
    rms = lambda a: 10 * np.log10(np.square(a).mean())
    sources = (rms(x[end - half : end + half]) + rms(x[begin - half : begin + half])) / 2
    assert abs(rms(long[jumps[0] - half : jumps[0] + half]) - sources) < 1.0, (
        "the cross-fade keeps the level of its sources"
    )
    assert found["click"] <= 1.0 and found["change"] < 0.97, found


@pytest.mark.parametrize("seconds", [0.5, 5.0, 30.0, 100 / 3])
def test_any_length_is_exact_and_ends_in_silence(tmp_path, seconds):
    maker = music.Bundled()
    maker.send(maker.request(MusicRequest(mood="happy", seconds=seconds, seed=1)), tmp_path)
    made, rate = read_wav(tmp_path / "music.wav")
    assert made.shape == (round(seconds * RATE), 2) and rate == RATE and np.abs(made[-20:]).max() < 1e-3


def test_the_same_request_gives_the_same_bytes(tmp_path):
    maker, seen = music.Bundled(), set()
    for _ in range(2):
        maker.send(maker.request(MusicRequest(mood="nostalgic", seconds=40, seed=5)), tmp_path)
        seen.add(file_digest(tmp_path / "music.wav"))
    assert len(seen) == 1


def test_a_file_of_the_users(tmp_path):
    t = np.arange(3 * 44100) / 44100
    own = write_wav(tmp_path / "own.wav", 0.2 * np.sin(2 * np.pi * 200 * t), 44100)
    maker = music.Bundled()
    answer = maker.send(maker.request(MusicRequest(mood=str(own), seconds=2)), tmp_path)
    assert answer["data"]["source"] == "the user's file" and answer["data"]["licence"] == ""
    assert abs(loudness(read_wav(tmp_path / "music.wav")[0][: RATE // 2], RATE) - music.LEVEL) < 1
    longer = maker.send(maker.request(MusicRequest(mood=str(own), seconds=20)), tmp_path)
    made, _ = read_wav(tmp_path / "music.wav")
    assert len(made) == 20 * RATE and longer["data"]["jumps"] and np.abs(made[17 * RATE : 18 * RATE]).max() > 0.1
    other = maker.request(MusicRequest(mood=str(write_wav(tmp_path / "own.wav", 0.1 * np.sin(2 * np.pi * 200 * t), 44100)), seconds=2))
    assert other["digest"] != maker.request(MusicRequest(mood=str(tracks_dir() / music.tracks()[0].file), seconds=2))["digest"]


def noise(seconds):
    return np.random.default_rng(3).uniform(-0.3, 0.3, (int(seconds * RATE), 2)).astype(np.float32)


def beats(seconds):
    x = np.zeros(int(seconds * RATE), np.float32)
    for k in range(0, len(x) - 4000, RATE // 2):
        x[k : k + 4000] += np.exp(-np.arange(4000) / 600) * np.sin(np.arange(4000) / 9)
    return np.stack([x, x], axis=1)


def swell(seconds):
    t = np.arange(int(seconds * RATE)) / RATE
    return (noise(seconds) * np.interp(t, (0, seconds / 4, seconds / 2, seconds), (0, 1, 1, 0))[:, None]).astype(np.float32)


@pytest.mark.parametrize("seconds", [0.5, 0.8, 3.0, 7.3, 15.9])
@pytest.mark.parametrize("kind", ["tone", "noise", "beats", "swell"])
def test_short_music_goes_on_without_a_click(kind, seconds):
    t = np.arange(int(seconds * RATE)) / RATE
    tone = np.repeat((0.3 * np.sin(2 * np.pi * 261.6 * t))[:, None], 2, axis=1).astype(np.float32)
    x = {"tone": tone, "noise": noise(seconds), "beats": beats(seconds), "swell": swell(seconds)}[kind]
    row = music.measure_track(x)
    long, jumps = music.extend(x, 20 * RATE, tuple(row["loop"]), row["fade"])
    assert len(long) == 20 * RATE and jumps
    steps = np.abs(np.diff(long, axis=0))[RATE // 10 :]
    assert steps.max() <= 1.45 * np.abs(np.diff(x, axis=0)).max(), "no jump between two samples that the music itself has not"
    window = np.sqrt(np.mean(np.square(long[RATE : 17 * RATE].reshape(-1, RATE, 2)), axis=(1, 2)))
    assert window.min() > 0.25 * window.max(), "no hole"
    if kind == "tone":
        assert window.min() > 0.93 * window.max(), "a held tone stays at its level"
    if kind == "beats" and seconds >= 2:
        assert abs((row["loop"][1] - row["loop"][0]) / RATE * 2 % 1 - 0.5) > 0.45, "a beat keeps its step"


def coded(path, codec, x, rate=RATE, layout="stereo", fmt="fltp", **options):
    import av

    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate, options=options)
        stream.layout, stream.format = layout, fmt
        frame = av.AudioFrame.from_ndarray(x[:, : 1 if layout == "mono" else 2].T.copy(), format="fltp", layout=layout)
        frame.sample_rate = rate
        resampler = av.AudioResampler(format=fmt, layout=layout, rate=rate, frame_size=stream.frame_size or 1024)
        for part in (frame, None):
            for f in resampler.resample(part):
                out.mux(stream.encode(f))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    "name,how",
    [
        ("mono.wav", {"codec": "pcm_s16le", "layout": "mono", "fmt": "s16"}), ("eight.wav", {"codec": "pcm_u8", "fmt": "u8"}),
        ("high.wav", {"codec": "pcm_s32le", "rate": 96000, "fmt": "s32"}), ("a.flac", {"codec": "flac", "fmt": "s16"}),
        ("a.mp3", {"codec": "libmp3lame"}), ("a.ogg", {"codec": "libopus", "fmt": "flt"}), ("a.opus", {"codec": "libopus", "fmt": "flt"}),
        ("a.m4a", {"codec": "aac"}), ("a.mp4", {"codec": "aac"}),
    ],
)  # fmt: skip
def test_any_container_is_laid(tmp_path, name, how):
    how = {"rate": RATE} | how
    t = np.arange(3 * how["rate"]) / how["rate"]
    x = np.stack([0.3 * np.sin(2 * np.pi * 440 * t), 0.2 * np.sin(2 * np.pi * 660 * t)], axis=1).astype(np.float32)
    maker = music.Bundled()
    maker.send(maker.request(MusicRequest(mood=str(coded(tmp_path / name, x=x, **how)), seconds=7)), tmp_path)
    made, rate = read_wav(tmp_path / "music.wav")
    assert rate == RATE and made.shape == (7 * RATE, 2)
    assert abs(loudness(made[: 5 * RATE], RATE) - music.LEVEL) < 1.5


def test_the_sound_of_a_clip_is_music_and_a_clip_without_one_is_not(tmp_path):
    from viralforge import film

    grey = tuple(np.full(s, 120, np.uint8) for s in ((64, 64), (32, 32), (32, 32)))
    film.encode([grey] * 90, tmp_path / "silent.mp4", 64, 64)
    film.join([tmp_path / "silent.mp4"], film.encode_sound(noise(3), tmp_path / "s.m4a"), tmp_path / "clip.mp4")
    maker = music.Bundled()
    maker.send(maker.request(MusicRequest(mood=str(tmp_path / "clip.mp4"), seconds=5)), tmp_path)
    assert len(read_wav(tmp_path / "music.wav")[0]) == 5 * RATE
    with pytest.raises(BadInput, match="silent.mp4 has no sound"):
        maker.request(MusicRequest(mood=str(tmp_path / "silent.mp4"), seconds=5))


def test_what_cannot_be_music_is_told_when_it_is_asked_for(tmp_path):
    files = {
        "text.mp3": (b"not music", "text.mp3 cannot be read as media"), "empty.wav": (b"", "empty.wav cannot be read as media"),
        "zeros.wav": (np.zeros((3 * RATE, 2), np.float32), "zeros.wav is silent"), "tick.wav": (noise(0.3), "tick.wav lasts 0.30 s"),
        "faint.wav": (noise(2) * 1e-5, "faint.wav is silent"),
    }  # fmt: skip
    for name, (content, said) in files.items():
        (tmp_path / name).write_bytes(content) if isinstance(content, bytes) else write_wav(tmp_path / name, content, RATE)
        with pytest.raises(BadInput, match=said):
            music.Bundled().request(MusicRequest(mood=str(tmp_path / name), seconds=8))
    for name, said in ((str(tmp_path), "is a folder"), ("no/such.mp3", "no file no/such.mp3"), ("x" * 5000, "no name of a file|no mood")):
        with pytest.raises(BadInput, match=said):
            music.Bundled().request(MusicRequest(mood=name, seconds=8))


def test_every_mood_of_a_tone_exists():
    moods = {t.mood for t in music.tracks()}
    assert set(music.MOODS) == moods and all(music.mood_for(w) == m for m in moods for w in music.MOODS[m].split())
