"Kin of the field's cases of footage, music and commands: what was not handed out, made here and tried."

import json
import os
import struct
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from viralforge.backends.images import upright
from viralforge.backends.music import RATE, extend, measure_track
from viralforge.core import BadInput, load_settings
from viralforge.film import frames, probe
from viralforge.media import probe_media

FORGE = Path(sys.executable).with_name("viralforge")


# ---- music: short, with pauses, or with channels that cancel each other


def piece(kind, seconds):
    "A piece of music of one kind, stereo."
    t = np.arange(int(seconds * RATE)) / RATE
    tone = 0.4 * np.sin(2 * np.pi * 220 * t)
    left = {"pause after": tone * (t < seconds / 2), "pause between": tone * ((t < seconds / 5) | (t > seconds * 4 / 5)), "ticks": tone * (t % 1 < 0.01),
            "one knock": tone * (abs(t - seconds / 2) < 0.05), "level": tone * 0 + 0.3}.get(kind, tone)  # fmt: skip
    return np.stack([left, {"out of phase": -left, "left": 0 * left}.get(kind, left)], axis=1).astype(np.float32)


@pytest.mark.parametrize("kind", ["tone", "pause after", "pause between", "ticks", "one knock", "out of phase", "left", "level"])
def test_music_of_any_kind_and_length_goes_on(kind):
    for seconds in (0.5, 0.63, 1.27, 2.5, 2.53, 3.1, 7.7, 16.3):
        array = piece(kind, seconds)
        found = measure_track(array)
        laid, jumps = extend(array, int((seconds + 6) * RATE), found["loop"], found["fade"])
        assert len(laid) == int((seconds + 6) * RATE) and np.isfinite(laid).all() and jumps, (kind, seconds)
        assert found["loop"][0] >= int(found["fade"] * RATE / 2) and found["loop"][1] <= len(array)
        if kind in ("tone", "pause after", "out of phase", "left"):
            heard = np.sqrt(np.square(laid[: int((seconds + 4) * RATE)]).reshape(-1, 2).mean(axis=1))
            assert heard[-RATE:].max() > 0.2, "music is heard to the end"


# ---- footage: edit lists


def numbered(path):
    "Three seconds at 30 fps, without B-frames: picture n is 2n + 16 bright."
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=30, options={"qp": "1", "g": "10", "bf": "0"})
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        video.time_base = video.codec_context.time_base = Fraction(1, 30)
        for n in range(90):
            frame = av.VideoFrame.from_ndarray(np.r_[np.full((64, 64), 2 * n + 16, np.uint8), np.full((32, 64), 128, np.uint8)], format="yuv420p")
            frame.pts, frame.time_base = n, Fraction(1, 30)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return path


def edited(path, *edits):
    "The same file with another edit list: (length in s, begin in s or None for a pause) each."
    data = bytearray(path.read_bytes())
    film_rate, track_rate = (struct.unpack(">I", data[data.find(name) + 16 :][:4])[0] for name in (b"mvhd", b"mdhd"))
    rows = b"".join(struct.pack(">IiI", int(n * film_rate), -1 if at is None else int(at * track_rate), 1 << 16) for n, at in edits)
    place = data.find(b"elst") - 4
    old = struct.unpack(">I", data[place : place + 4])[0]
    box = struct.pack(">I4sII", 16 + len(rows), b"elst", 0, len(edits)) + rows
    data[place : place + old] = box
    for parent in (b"edts", b"trak", b"moov"):  # the index lies last, so nothing else moves
        at = data.rfind(parent, 0, place) - 4
        data[at : at + 4] = struct.pack(">I", struct.unpack(">I", data[at : at + 4])[0] + len(box) - old)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("edits, shown", [
    ([(0.7, None), (2.0, 1.0)], range(30, 90)),
    ([(2.5, None), (0.8, 1.0)], range(30, 54)),
    ([(1.0, 0.0), (1.0, 2.0)], [*range(30), *range(60, 90)]),
    ([(1.0, 2.0), (1.0, 0.0)], [*range(60, 90), *range(30)]),
    ([(1.0, None), (3.0, 0.0)], range(90)),
])  # fmt: skip
def test_an_edit_list_is_kept(tmp_path, edits, shown):
    clip = edited(numbered(tmp_path / "a.mp4"), *edits)
    seen = list(frames(clip))
    assert abs(probe_media(clip).seconds - len(shown) / 30) < 0.05 and not probe_media(clip).notices
    told = [round((pixels[32, 32, 0] / 255 * 219) / 2) for _, pixels in seen]
    assert len(told) == len(shown) and all(abs(a - b) <= 1 for a, b in zip(told, shown, strict=True)), told
    assert np.allclose([t for t, _ in seen], np.arange(len(shown)) / 30, atol=0.002)


def test_a_clip_that_breaks_off_is_still_told(tmp_path):
    whole = numbered(tmp_path / "a.mp4")
    with av.open(str(whole)) as source, av.open(str(tmp_path / "b.mp4"), "w", options={"movflags": "faststart"}) as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    data = (tmp_path / "b.mp4").read_bytes()
    (tmp_path / "b.mp4").write_bytes(data[: data.find(b"mdat") + (len(data) - data.find(b"mdat")) // 2])
    with pytest.raises(BadInput, match="b.mp4: breaks off"):
        probe_media(tmp_path / "b.mp4")
    assert probe(whole).seconds == 3.0


@pytest.mark.parametrize("ending", ["gif", "png", "webp", "avif"])
def test_a_picture_too_small_to_move_is_no_matter_of_permissions(tmp_path, ending):
    dots = [Image.new("RGB", (1, 1), (60 * n, 200, 0)) for n in range(4)]
    dots[0].save(tmp_path / f"a.{ending}", save_all=True, append_images=dots[1:], duration=300)
    with pytest.raises(BadInput) as said:
        probe_media(tmp_path / f"a.{ending}")
    assert "permissions" not in str(said.value) and f"a.{ending}" in str(said.value)


# ---- the command


def forge(folder, *words):
    done = subprocess.run([FORGE, *words], cwd=folder, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert "Traceback" not in done.stderr + done.stdout
    return done


def test_settings_that_are_no_settings_and_a_link_to_nothing_are_told(tmp_path):
    (tmp_path / ".env").write_bytes(b"A=1\n" * 2_500_000)
    with pytest.raises(BadInput, match=r"\.env: 10\.0 MB are no settings"):
        load_settings(tmp_path)
    (tmp_path / ".env").unlink()
    (tmp_path / ".env").symlink_to("elsewhere")
    assert any("leads nowhere" in notice for notice in load_settings(tmp_path))


def test_arguments_that_nobody_meant_are_one_line(tmp_path):
    (tmp_path / "notes.md").write_text("# Bees\n\nA bee visits flowers.\n")
    (tmp_path / "lost.md").symlink_to("nowhere.md")
    for words, said in ((("new", "notes.md"), "notes.md: this is a file"), (("new", "notes.md/x"), "notes.md: this is a file"), (("new", ""), "no name"),
                        (("make", "lost.md"), "lost.md")):  # fmt: skip
        done = forge(tmp_path, *words)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1) and said in done.stderr, done.stderr
        assert "--out" not in done.stderr and f"mean {tmp_path}/lost.md" not in done.stderr
    assert forge(tmp_path, "runs", "-n", "9" * 30).returncode == 0


def test_runs_are_found_where_their_folder_was_moved_with_its_store(tmp_path):
    (tmp_path / "shorts").mkdir()
    (tmp_path / "shorts/bees.md").write_text("# Bees\n\nA bee visits flowers. It dances for the others.\n")
    assert forge(tmp_path / "shorts", "make", "bees.md", "--review", "--out", "out").returncode == 0
    (tmp_path / "shorts").rename(tmp_path / "films")
    told = forge(tmp_path / "films", "runs", "--out", "out", "--json")
    (row,) = json.loads(told.stdout)
    assert not row["gone"] and Path(row["folder"]).parent == tmp_path / "films/out" and Path(row["folder"], "script.md").is_file()
    freed = {r["what"]: r for r in json.loads(forge(tmp_path / "films", "clean", "--out", "out", "--json").stdout)["rows"]}
    assert freed["gone"]["count"] == 0, freed
    again = forge(tmp_path / "films", "make", "bees.md", "--review", "--out", "out")
    assert again.returncode == 0 and len(list((tmp_path / "films/out").glob("*/script.md"))) == 1 and not (tmp_path / "shorts").exists()


def test_a_ledger_that_is_no_database_is_not_a_matter_of_space(tmp_path):
    (tmp_path / "out/.store").mkdir(parents=True)
    (tmp_path / "out/.store/ledger.db").write_text("junk" * 999)
    done = forge(tmp_path, "runs", "--out", "out")
    assert done.returncode == 2 and "move ledger.db away" in done.stderr and done.stderr.count("\n") == 1


def test_what_a_library_warns_of_is_not_said_to_a_person(tmp_path):
    Image.new("1", (9700, 9700), 1).save(tmp_path / "bee.png")  # below the most that is read, above what the library finds odd
    Image.new("RGB", (640, 480), "red").save(tmp_path / "flower.jpg", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + bytes(range(40)))
    (tmp_path / "b.md").write_text("# Bees\n\nA bee visits a flower. A flower is red.\n\n![a bee](bee.png)\n![a flower](flower.jpg)\n")
    done = forge(tmp_path, "make", "b.md", "--review", "--out", "out")
    assert done.returncode == 0 and "Warning" not in done.stderr + done.stdout and ".py:" not in done.stderr, done.stderr


@pytest.mark.parametrize("ground", ["#15174a", "#f4f1e8", "#20a050", "#ffd400", "#808080"])
@pytest.mark.parametrize("share", [255, 200, 160])
def test_a_half_transparent_logo_stands_out_as_it_is_seen(tmp_path, ground, share):
    light = lambda c: sum(k * (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4) for k, v in zip((0.2126, 0.7152, 0.0722), np.asarray(c) / 255, strict=True)) + 0.05
    contrast = lambda a, b: max(light(a), light(b)) / min(light(a), light(b))
    for ink in ((0, 0, 0), (255, 255, 255), (128, 128, 128), (192, 16, 16), (32, 160, 80), (255, 212, 0)):
        logo = Image.new("RGBA", (200, 100))
        logo.paste((*ink, share), (60, 30, 140, 70))
        logo.save(tmp_path / "logo.png")
        flat = upright(tmp_path / "logo.png", ground)
        most = max(contrast([(i * share + p * (255 - share)) / 255 for i in ink], [p] * 3) for p in (0, 255))
        assert contrast(flat.getpixel((100, 50)), flat.getpixel((2, 2))) >= (3 if most >= 3 else 1.5), (ink, flat.getpixel((2, 2)))
