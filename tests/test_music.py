"Music: data that agrees with the sound, loops that cannot be heard, lengths that are exact."

import numpy as np
import pytest
from immich_memories_music import tracks_dir

from viralforge import music
from viralforge.audio import loudness, read_wav, write_wav
from viralforge.core import BadInput, file_digest
from viralforge.film import sound

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
    maker.send(maker.request("happy", seconds=seconds, seed=1), tmp_path)
    made, rate = read_wav(tmp_path / "music.wav")
    assert made.shape == (round(seconds * RATE), 2) and rate == RATE and np.abs(made[-20:]).max() < 1e-3


def test_the_same_request_gives_the_same_bytes(tmp_path):
    maker, seen = music.Bundled(), set()
    for _ in range(2):
        maker.send(maker.request("nostalgic", seconds=40, seed=5), tmp_path)
        seen.add(file_digest(tmp_path / "music.wav"))
    assert len(seen) == 1


def test_a_file_of_the_users(tmp_path):
    t = np.arange(3 * 44100) / 44100
    own = write_wav(tmp_path / "own.wav", 0.2 * np.sin(2 * np.pi * 200 * t), 44100)
    maker = music.Bundled()
    answer = maker.send(maker.request(str(own), seconds=2), tmp_path)
    assert answer["data"]["source"] == "the user's file" and answer["data"]["licence"] == ""
    assert abs(loudness(read_wav(tmp_path / "music.wav")[0][: RATE // 2], RATE) - music.LEVEL) < 1
    with pytest.raises(BadInput, match="nothing in it repeats"):
        maker.send(maker.request(str(own), seconds=20), tmp_path)
    other = maker.request(str(write_wav(tmp_path / "own.wav", 0.1 * np.sin(2 * np.pi * 200 * t), 44100)), seconds=2)
    assert other["digest"] != maker.request(str(tracks_dir() / music.tracks()[0].file), seconds=2)["digest"]


def test_every_mood_of_a_tone_exists():
    moods = {t.mood for t in music.tracks()}
    assert set(music.MOODS) == moods and all(music.mood_for(w) == m for m in moods for w in music.MOODS[m].split())
