"Film: bytes that repeat, times that are exact, files that are broken or turned."

import os
import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import pytest

from viralforge import film
from viralforge.audio import loudness
from viralforge.core import BadInput, RenderFailed, file_digest

W, H = 144, 256


def picture(n, w=W, h=H):
    y = (np.add.outer(np.arange(h), np.arange(w)) + 3 * n) % 200 + 20
    return (
        y.astype(np.uint8),
        np.full((h // 2, w // 2), 110, np.uint8),
        np.full((h // 2, w // 2), 140 + n % 40, np.uint8),
    )


def write(path, count, first=0, w=W, h=H):
    film.encode((picture(n, w, h) for n in range(first, first + count)), path, w, h)
    return path


@pytest.fixture
def joined(tmp_path):
    parts, at = [], 0
    for i, count in enumerate((1, 60, 2, 3, 37)):
        parts.append(write(tmp_path / f"{i}.mp4", count, at))
        at += count
    sound = 0.2 * np.sin(2 * np.pi * 330 * np.arange(at * 1600) / 48000)
    film.join(parts, film.encode_sound(np.stack([sound, sound], axis=1).astype(np.float32), tmp_path / "s.m4a"), tmp_path / "film.mp4")
    return tmp_path / "film.mp4"


@pytest.mark.parametrize("w,h", [(270, 480), (1080, 1920)])
def test_bytes_do_not_depend_on_memory(tmp_path, w, h):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from test_film import write; from viralforge.core import file_digest;"
        f"print(file_digest(write(sys.argv[2], 8, 0, {w}, {h})))"
    )
    seen = set()
    for fill in ("1", "170"):
        args = [sys.executable, "-c", code, os.path.dirname(__file__), str(tmp_path / f"{fill}.mp4")]
        out = subprocess.run(
            args, env=os.environ | {"MALLOC_PERTURB_": fill}, capture_output=True, text=True, check=True
        )
        seen.add(out.stdout.strip())
    assert len(seen) == 1


def test_times_are_exact_and_decoding_order_rises(joined):
    with av.open(str(joined)) as c:
        v = c.streams.video[0]
        stamps = [(p.pts, p.dts) for p in c.demux(v) if p.size]
        tick = v.time_base
    pts, dts = sorted(p for p, _ in stamps), [d for _, d in stamps]
    assert pts[0] == 0 and set(np.diff(pts)) == {int(Fraction(1, 30) / tick)}
    assert set(np.diff(dts)) == {int(Fraction(1, 30) / tick)} and all(d <= p for p, d in stamps)


def test_every_picture_is_the_one_that_was_drawn(joined):
    got = list(film.planes(joined))
    assert len(got) == 103
    for n, (t, (y, _, _)) in enumerate(got):
        assert abs(t - n / 30) < 1e-6 and np.abs(y.astype(int) - picture(n)[0]).mean() < 4, n


def test_still_is_the_picture_on_screen(joined):
    every = [f for _, f in film.frames(joined)]
    for n in (0, 1, 2, 60, 61, 63, 65, 66, 102):
        for late in (0.0, 0.02):
            assert np.array_equal(film.still(joined, n / 30 + late), every[n])
    with pytest.raises(BadInput, match="no picture at 9.00 s"):
        film.still(joined, 9)


def test_reading_may_begin_anywhere(joined):
    for start in (0.3, 2.0, 2.05, 2.1, 3.0):
        first = next(iter(film.planes(joined, start=start)))[0]
        assert start - 1e-3 <= first < start + 1 / 30


def test_file_holds_no_time_and_no_encoder_of_the_container(joined):
    raw = joined.read_bytes()
    assert b"Lavf" not in raw and raw.index(b"moov") < raw.index(b"mdat")
    p = film.probe(joined)
    assert p.seconds == p.sound_seconds == 103 / 30 and p.start == p.sound_start == 0


@pytest.mark.parametrize("rate", [48000, 44100])
def test_a_click_is_heard_at_its_own_sample_without_an_edit_list(tmp_path, rate):
    parts, at = [write(tmp_path / "a.mp4", 60), write(tmp_path / "b.mp4", 30, 60)], (1500, rate // 2, 3 * rate - 400)
    x = np.zeros((3 * rate, 2), np.float32)
    for k in at:
        x[k : k + 24] = 0.8
    film.join(parts, film.encode_sound(x, tmp_path / "s.m4a", rate), tmp_path / "film.mp4")
    heard, p = film.sound(tmp_path / "film.mp4", rate), film.probe(tmp_path / "film.mp4")
    assert b"elst" not in (tmp_path / "film.mp4").read_bytes() and len(heard) == 3 * rate
    assert (p.start, p.sound_start, p.seconds, p.sound_seconds) == (0, 0, 3, 3)
    for k in at:
        assert abs(int(np.argmax(np.abs(heard[k - 800 : k + 350, 0]) > 0.4)) - 800) <= 2


@pytest.mark.parametrize("samples", [1, 4607, 48_000, 123_457])
def test_flac_keeps_a_mix_to_24_bits(tmp_path, samples):
    x = np.random.default_rng(2).uniform(-1, 1, (samples, 2)).astype(np.float32)
    x[0] = (1.0, -1.0)
    path, again = film.encode_sound(x, tmp_path / "a.flac"), film.encode_sound(x, tmp_path / "b.flac")
    assert file_digest(path) == file_digest(again) and len(film.sound(path)) == samples
    assert np.abs(film.sound(path) - x).max() <= 2.0**-23
    quiet = (0.01 * np.sin(np.arange(96_000) / 30)).astype(np.float32)
    tone = np.stack([quiet, quiet], axis=1)
    kept = film.encode_sound(tone, tmp_path / "t.flac").stat().st_size
    assert kept < 0.55 * film.encode_sound(tone, tmp_path / "t.wav").stat().st_size


def test_a_container_tells_what_it_holds(joined, tmp_path):
    assert (film.container(joined).kind, film.container(joined).edit_lists, film.container(joined).others) == ("mp4", 0, 0)
    with av.open(str(joined)) as source, av.open(str(tmp_path / "a.mov"), "w", options={"write_tmcd": "1"}) as out:
        copies = {s.index: out.add_stream_from_template(s) for s in source.streams}
        out.metadata["timecode"] = "01:00:00:00"
        for packet in source.demux():
            if packet.size:
                packet.stream = copies[packet.stream_index]
                out.mux(packet)
    c = film.container(tmp_path / "a.mov")
    assert c.kind == "mov" and c.edit_lists and c.others == 1 and not c.index_first
    with pytest.raises(BadInput, match="no such file"):
        film.container(tmp_path / "none.mp4")


def test_loudness_agrees_with_the_other_meter(joined):
    assert abs(film.ebur128(joined)["integrated"] - loudness(film.sound(joined), 48000)) < 0.15


def test_other_settings_are_not_joined(tmp_path):
    a = write(tmp_path / "a.mp4", 3)
    film.encode((picture(n) for n in range(3)), tmp_path / "b.mp4", W, H, preset="ultrafast")
    with pytest.raises(RenderFailed, match="other parameters"):
        film.join([a, tmp_path / "b.mp4"], None, tmp_path / "c.mp4")
    assert not (tmp_path / "c.mp4").exists()
    film.join([a], None, tmp_path / "silent.mp4")
    assert film.probe(tmp_path / "silent.mp4").audio == ""
    with pytest.raises(BadInput, match="no sound"):
        film.ebur128(tmp_path / "silent.mp4")


def test_broken_off_after_its_index(joined, tmp_path):
    raw = joined.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(raw[: len(raw) * 6 // 10])
    with pytest.raises(BadInput, match="cut.mp4"):
        list(film.planes(tmp_path / "cut.mp4"))


def test_a_turned_clip_comes_upright(tmp_path):
    write(tmp_path / "flat.mp4", 3, 0, 256, 144)
    with av.open(str(tmp_path / "flat.mp4")) as source, av.open(str(tmp_path / "turned.mp4"), "w") as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        stream.set_display_rotation(90)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    _, rgb = next(iter(film.frames(tmp_path / "turned.mp4")))
    _, (y, u, _) = next(iter(film.planes(tmp_path / "turned.mp4", 72, 128)))
    assert rgb.shape == (256, 144, 3) and y.shape == (128, 72) and u.shape == (64, 36)
    flat = next(iter(film.frames(tmp_path / "flat.mp4")))[1]
    assert np.array_equal(rgb, np.rot90(flat, 1)) or np.array_equal(rgb, np.rot90(flat, -1))


def test_padding_of_the_encoder_is_left_alone(tmp_path):
    with film.Encoder(tmp_path / "a.mp4", 150, 256) as e:
        for n in range(3):
            y, u, v = e.planes()
            assert y.shape == (256, 150) and u.shape == (128, 75)
            y[:], u[:], v[:] = 100 + n, 128, 128
            e.add()
    assert film.probe(tmp_path / "a.mp4").frames == 3


def test_an_error_while_drawing_leaves_nothing(tmp_path):
    def frames():
        yield picture(0)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        film.encode(frames(), tmp_path / "a.mp4", W, H)
    assert not list(tmp_path.iterdir())


def test_same_input_same_bytes(tmp_path, joined):
    again = [tmp_path / f"{i}.mp4" for i in range(5)]
    sound = film.encode_sound(film.sound(joined), tmp_path / "t.m4a")
    for name in ("x.mp4", "y.mp4"):
        film.join(again, sound, tmp_path / name)
    assert file_digest(tmp_path / "x.mp4") == file_digest(tmp_path / "y.mp4")


@pytest.mark.parametrize("rate", [48000, 44100])
def test_the_beginning_of_a_sound_is_the_beginning_of_the_whole(tmp_path, rate):
    x = np.random.default_rng(1).uniform(-0.3, 0.3, (3 * rate, 2)).astype(np.float32)
    path = film.encode_sound(x, tmp_path / "a.m4a", rate)
    whole = film.sound(path)
    for samples in (1, 4096, 50_001, len(whole), len(whole) + 5):
        part = film.sound(path, samples=samples)
        assert len(part) == min(samples, len(whole)) and np.array_equal(part, whole[:samples])


MEASURE = """
import resource, sys
from viralforge.film import ebur128
ebur128(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(ebur128(sys.argv[2])["integrated"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_the_loudness_of_a_long_file_is_read_in_little_memory(tmp_path):
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, (48000, 2)).astype(np.float32)
    short, long = tmp_path / "short.wav", tmp_path / "long.wav"
    for path, seconds in ((short, 2), (long, 180)):
        with film.SoundFile(path) as file:
            for _ in range(seconds):
                file.add(noise)
    said = subprocess.run([sys.executable, "-c", MEASURE, short, long], capture_output=True, text=True, check=True).stdout.split()
    assert -24 < float(said[0]) < -17 and int(said[1]) < 20_000, said  # kB; the sound itself is 69 MB
