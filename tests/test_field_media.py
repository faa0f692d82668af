"Footage and pictures as devices make them: each kind is made here, looked at, and shown as it is meant."

import contextlib
import io
import os
import shutil
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from viralforge import film
from viralforge.backends.images import OwnMedia, plate, upright
from viralforge.briefs import read_brief
from viralforge.clips import parts
from viralforge.colour import PEAK, WHITE, gamut, linear
from viralforge.core import BadInput, ForgeError, from_json
from viralforge.kinds import kind_of, kinds
from viralforge.media import find_media, media_folder, probe_media
from viralforge.ports import StillRequest
from viralforge.shots import shots
from viralforge.store import scratch_run
from viralforge.types import Brief, Footage, Line, Shot, Speech, Word

CASES = Path(__file__).parent / "field"
PATCHES = np.array([[(255, 255, 255), (128, 128, 128)], [(255, 0, 0), (0, 160, 0)], [(0, 0, 255), (224, 172, 140)]], float)
KR_KB = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 9: (0.2627, 0.0593)}  # H.273 matrix -> weights of red and blue


def patches(w=64, h=96):
    "Six patches, as R'G'B' from 0 to 1."
    return np.repeat(np.repeat(PATCHES / 255, h // 3, 0), w // 2, 1)


def seen(picture):
    "The middle of each patch, from 0 to 255."
    h, w = picture.shape[:2]
    return np.array([[picture[int((j + 0.5) * h / 3), int((i + 0.5) * w / 2)] for i in range(2)] for j in range(3)], float)


def samples(rgb, matrix, spread, bits):
    "Y'CbCr (h, w, 3) of R'G'B' from 0 to 1, by the formulas of H.273."
    r, b = KR_KB[matrix]
    y = rgb @ np.array([r, 1 - r - b, b])
    c = np.stack([(rgb[..., 2] - y) / (2 - 2 * b), (rgb[..., 0] - y) / (2 - 2 * r)], -1)
    k, top = 2 ** (bits - 8), 2**bits - 1
    if spread == 2:
        return np.rint(np.concatenate([y[..., None] * top, c * top + 2 ** (bits - 1)], -1)).clip(0, top)
    return np.rint(np.concatenate([16 * k + 219 * k * y[..., None], 128 * k + 224 * k * c], -1))


def of_planes(planes):
    "RGB from 0 to 255 of BT.709 limited-range planes."
    y, u, v = (np.kron(p, np.ones((k, k))) for p, k in zip(planes, (1, 2, 2), strict=True))
    y, u, v = (y - 16) / 219, (u - 128) / 224, (v - 128) / 224
    return np.stack([y + 1.5748 * v, y - 0.18732 * u - 0.46812 * v, y + 1.8556 * u], -1) * 255


def frame_of(pixels, pix, bits):
    "A frame of 4:2:0 or 4:4:4 samples."
    h, w = pixels.shape[:2]
    frame, kind = av.VideoFrame(w, h, pix), np.uint8 if bits == 8 else np.uint16
    for n, plane in enumerate(frame.planes):
        part = pixels[:: h // plane.height, :: w // plane.width, n]
        np.frombuffer(plane, kind).reshape(plane.height, -1)[:, : plane.width] = part.astype(kind)
    return frame


def write(path, pictures, codec="ffv1", pix="yuv420p", codes=(1, 1, 1, 1), bits=8, fps=30, sar=None, turn=None, flip=False, options=None, said=None):
    "A clip of R'G'B' pictures from 0 to 1, with the codes (range, primaries, transfer, matrix) that they have; `said` are those that are written."
    with av.open(str(path), "w") as out:
        video = out.add_stream(codec, rate=fps, options=options or {})
        video.height, video.width = pictures[0].shape[:2]
        video.pix_fmt, cc, tags = pix, video.codec_context, said or codes
        cc.color_range, cc.color_primaries, cc.color_trc, cc.colorspace = tags
        if sar:
            cc.sample_aspect_ratio = Fraction(sar)
        if flip:
            video.set_display_matrix([-65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30])
        elif turn:
            video.set_display_rotation(turn)
        for n, rgb in enumerate(pictures):
            frame = frame_of(samples(rgb, {6: 5}.get(codes[3], codes[3]), codes[0], bits), pix, bits)
            frame.color_range, frame.colorspace, frame.pts = tags[0], tags[3], n
            frame.time_base = Fraction(1, fps)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return path


# ---- colour


def light_of(rgb):
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def in_primaries(rgb, code):
    "The same colours as a signal of other primaries; what they cannot show is cut."
    light = (light_of(rgb) @ np.linalg.inv(gamut(code)).T).clip(0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)


def pq(light):
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    y = (light * WHITE / 10000) ** m1
    return ((c1 + c2 * y) / (1 + c3 * y)) ** m2


def hlg(light):
    shown = light * WHITE / PEAK
    luminance = (shown @ np.array([0.2627, 0.6780, 0.0593]))[..., None]
    scene = shown * np.maximum(luminance, 1e-6) ** (-1 / 6)
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073)


COLOURS = {  # name -> how it is written
    "full range": {"codes": (2, 1, 1, 1)},
    "full range h264": {"codes": (2, 1, 1, 1), "codec": "libx264", "options": {"qp": "0"}},
    "small bt601": {"codes": (1, 1, 6, 6)},
    "small untagged": {"codes": (1, 1, 1, 5), "said": (0, 2, 2, 2)},
    "large untagged": {"codes": (1, 1, 1, 1), "said": (0, 2, 2, 2), "size": (1280, 720)},
    "large bt601": {"codes": (1, 1, 1, 5), "size": (1280, 720)},
    "motion jpeg": {"codes": (2, 1, 1, 5), "said": (2, 2, 2, 5), "codec": "mjpeg", "pix": "yuvj420p", "options": {"qmin": "1", "qmax": "1"}, "loss": 6},
    "ntsc primaries": {"codes": (1, 6, 6, 6), "primaries": 6, "loss": 8},
    "pal primaries": {"codes": (1, 5, 6, 5), "primaries": 5},
    "wide gamut": {"codes": (1, 9, 14, 9), "primaries": 9, "pix": "yuv420p10le", "bits": 10, "loss": 8},
    "display p3": {"codes": (1, 12, 1, 1), "primaries": 12, "pix": "yuv444p", "loss": 8},
    "twelve bits": {"codes": (1, 1, 1, 1), "pix": "yuv420p12le", "bits": 12},
}


@pytest.mark.parametrize("name", COLOURS)
def test_colours_are_those_that_the_clip_means(tmp_path, name):
    how = dict(COLOURS[name])
    size, primaries, loss = how.pop("size", (64, 96)), how.pop("primaries", 1), how.pop("loss", 3)
    rgb = patches(*size)
    due = seen(patches()) * 255
    if primaries != 1:  # pure colours lie outside, or where the table's steps are seen
        due, rgb = due.clip(30, 225), rgb.clip(30 / 255, 225 / 255)
    path = write(tmp_path / "a.mkv", [in_primaries(rgb, primaries) if primaries != 1 else rgb] * 2, **how)
    _, planes = next(film.planes(path))
    _, picture = next(film.frames(path))
    for got in (of_planes(planes), picture):
        assert np.abs(seen(got) - due).max() <= loss, (name, seen(got).round())


@pytest.mark.parametrize("transfer,curve", [(16, pq), (18, hlg)], ids=["pq", "hlg"])
def test_high_dynamic_range_becomes_ordinary(tmp_path, transfer, curve):
    light = light_of(patches()) @ np.linalg.inv(gamut(9)).T
    sun = np.full_like(light, 4.5)  # far above white
    signal = [curve(np.maximum(x, 0)) for x in (light, sun)]
    assert np.allclose(linear(signal[0], transfer), np.maximum(light, 0), atol=2e-3)
    path = write(tmp_path / "a.mkv", signal, codes=(1, 9, transfer, 9), pix="yuv420p10le", bits=10)
    dull, bright = (of_planes(p) for _, p in film.planes(path))
    (white, grey), (red, green), (blue, skin) = seen(dull)
    assert white.min() >= 235 and np.ptp(white) <= 2 and abs(grey - 128).max() <= 3
    assert red[0] > 220 and red[1:].max() < 16 and green[1] > 150 and green[[0, 2]].max() < 25 and blue[2] > 220 and blue[:2].max() < 16
    assert np.abs(skin - (224, 172, 140)).max() < 8
    assert bright.min() > 250  # and brighter than white
    assert film.probe(path).colour[2] in ("pq", "hlg") and "high dynamic range" in film.probe(path)._repr_markdown_()


def test_rgb_in_a_clip(tmp_path):
    with av.open(str(tmp_path / "a.mkv"), "w") as out:
        video = out.add_stream("ffv1", rate=30)
        video.width, video.height, video.pix_fmt = 64, 96, "bgr0"
        frame = av.VideoFrame.from_ndarray((patches() * 255).astype(np.uint8), format="rgb24").reformat(format="bgr0")
        for n in range(2):
            frame.pts = n
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    assert np.abs(seen(of_planes(next(film.planes(tmp_path / "a.mkv"))[1])) - PATCHES).max() <= 3
    assert not film.probe(tmp_path / "a.mkv").alpha


def test_the_clips_of_the_field_have_their_colours():
    got = seen(of_planes(next(film.planes(CASES / "17-clip-colour/full.mp4"))[1]))
    assert np.abs(got[0, 1] - 128).max() <= 2 and np.abs(got[2, 1] - (224, 172, 140)).max() <= 4
    for name in ("hlg", "pq"):
        got = seen(of_planes(next(film.planes(CASES / f"17-clip-colour/{name}.mp4"))[1]))
        assert got[0, 0].min() >= 235 and got[1, 0, 0] > 215 and got[1, 0, 1:].max() < 25, got


def test_colours_that_are_not_understood_are_told(tmp_path):
    for tag, due in (("dvh1", True), ("hvc1", False)):
        with av.open(str(tmp_path / "a.mp4"), "w") as out:
            video = out.add_stream("libx265", rate=30, options={"x265-params": "log-level=none"})
            video.width, video.height, video.pix_fmt = 64, 96, "yuv420p10le"
            video.codec_context.codec_tag = tag
            for n in range(8):
                frame = frame_of(samples(patches(), 1, 1, 10), "yuv420p10le", 10)
                frame.pts = n
                out.mux(video.encode(frame))
            out.mux(video.encode(None))
        assert film.probe(tmp_path / "a.mp4").tag == tag and any("Dolby Vision" in n for n in probe_media(tmp_path / "a.mp4").notices) == due
    write(tmp_path / "b.mkv", [patches()] * 4, said=(1, 1, 1, 8))
    assert any("ycgco" in n for n in probe_media(tmp_path / "b.mkv").notices)


# ---- shape


def corners(w=64, h=96):
    "White at the top left, red at the top right, black below."
    rgb = np.zeros((h, w, 3))
    rgb[: h // 2, : w // 2], rgb[: h // 2, w // 2 :, 0] = 1, 1
    return rgb


def where(picture):
    "What is seen in each corner, by rows."
    h, w = picture.shape[:2]
    names = {(1, 1): "w", (1, 0): "r", (0, 0): "k"}
    return "".join(names[tuple((picture[y, x, :2] > 128).astype(int))] for y in (h // 4, 3 * h // 4) for x in (w // 4, 3 * w // 4))


SHAPES = {  # how it is written -> what is seen, its size, degrees and mirroring that the probe tells
    "plain": ({}, "wrkk", (64, 96), 0, False),
    "wide pixels": ({"sar": "4/3"}, "wrkk", (85, 96), 0, False),
    "high pixels": ({"sar": "1/2"}, "wrkk", (64, 192), 0, False),
    "on its side": ({"turn": 90}, "rkwk", (96, 64), 270, False),
    "on its other side": ({"turn": -90}, "kwkr", (96, 64), 90, False),
    "upside down": ({"turn": 180}, "kkrw", (64, 96), 180, False),
    "mirrored": ({"flip": True}, "rwkk", (64, 96), 0, True),
    "on its side with wide pixels": ({"turn": -90, "sar": "3/2"}, "kwkr", (96, 96), 90, False),
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_shape_is_that_which_is_meant(tmp_path, name):
    how, due, size, turn, mirrored = SHAPES[name]
    path = write(tmp_path / "a.mp4", [corners()] * 8, codec="libx264", **how)
    p = film.probe(path)
    assert (p.shown, p.turn, p.mirrored, p.square) == (size, turn, mirrored, "sar" not in how) and (p.width, p.height) == (64, 96)
    _, picture = next(film.frames(path))
    _, planes = next(film.planes(path))
    assert where(picture) == due == where(of_planes(planes)) and picture.shape[1::-1] == size
    m = probe_media(path)
    assert (m.width, m.height) == (size[0] // 2 * 2, size[1]) and planes[0].shape == (m.height, m.width)
    assert next(film.planes(path, 32, 48))[1][0].shape == (48, 32)


def test_interlaced_fields_become_whole_pictures(tmp_path):
    pictures = []
    for n in range(12):  # a bar that moves on between the two fields of a frame
        rgb = np.zeros((96, 128, 3))
        for field in (0, 1):
            x = 8 + 8 * n + 4 * field
            rgb[field::2, x : x + 12] = 1
        pictures.append(rgb)
    path = write(tmp_path / "a.mkv", pictures, codec="libx264", options={"x264-params": "tff=1", "qp": "1"})
    assert film.probe(path).interlaced and "interlaced" in film.probe(path)._repr_markdown_()
    torn = lambda y: np.abs(y[1:-1].astype(int) * 2 - y[:-2] - y[2:]).mean()
    got = list(film.planes(path))
    assert len(got) == 12 and np.allclose([t for t, _ in got], np.arange(12) / 30, atol=2e-3)
    combed = torn((pictures[5][..., 0] * 219 + 16).astype(np.uint8))
    assert all(torn(p[0]) < combed / 4 for _, p in got[1:-1])
    middle = [float((p[0] * np.arange(128)).sum() / np.maximum(p[0] - 16.0, 0).sum()) for _, p in got]
    assert len({round(x) for x in middle}) > 8  # it goes on moving
    assert not film.probe(write(tmp_path / "b.mkv", pictures, codec="libx264")).interlaced


OLD = {  # codec, size, frames a second, options -> as it is shown
    "dv.avi": ("dvvideo", (720, 576), 25, {}, (768, 576)),
    "dvd.ts": ("mpeg2video", (720, 576), 25, {"flags": "+ildct+ilme"}, (720, 576)),
    "bottom first.mkv": ("libx264", (720, 480), 30, {"x264-params": "bff=1"}, (720, 480)),
}


@pytest.mark.parametrize("name", OLD)
def test_tapes_and_discs(tmp_path, name):
    codec, (w, h), fps, options, due = OLD[name]
    with av.open(str(tmp_path / name), "w") as out:
        video = out.add_stream(codec, rate=fps, options=options)
        video.width, video.height, video.pix_fmt = w, h, "yuv420p"
        for n in range(6):
            rgb = np.zeros((h, w, 3))
            for field in (0, 1):
                x = 40 + 16 * n + 8 * field
                rgb[field::2, x : x + 50] = 1
            frame = frame_of(samples(rgb, 5, 1, 8), "yuv420p", 8)
            frame.pts = n
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    p, m = film.probe(tmp_path / name), probe_media(tmp_path / name)
    assert p.interlaced and p.shown == due == (m.width, m.height)
    y = [planes[0] for _, planes in film.planes(tmp_path / name)][3].astype(int)
    assert np.abs(y[1:-1] * 2 - y[:-2] - y[2:]).mean() < 0.5 and y.max() > 200


# ---- transparency


def clear_frame(n, pix):
    "A red disc that moves over nothing."
    y, x = np.mgrid[:96, :64]
    rgba = np.zeros((96, 64, 4), np.uint8)
    rgba[(x - 12 - 4 * n) ** 2 + (y - 48) ** 2 < 100] = (230, 40, 30, 255)
    return av.VideoFrame.from_ndarray(rgba, format="rgba").reformat(format=pix), Image.fromarray(rgba)


CLEAR = {
    "prores.mov": ("prores_ks", "yuva444p10le", {"profile": "4"}),
    "vp9.webm": ("libvpx-vp9", "yuva420p", {"auto-alt-ref": "0"}),
    "vp8.webm": ("libvpx", "yuva420p", {"auto-alt-ref": "0"}),
    "animation.mov": ("qtrle", "argb", {}),
    "png.mov": ("png", "rgba", {}),
    "ffv1.mkv": ("ffv1", "yuva420p", {}),
    "a.gif": None,
    "a.webp": None,
    "a.png": None,
}


@pytest.mark.parametrize("name", CLEAR)
def test_a_transparent_clip_is_laid_on_the_ground_and_says_so(tmp_path, name):
    path = tmp_path / name
    if CLEAR[name]:
        codec, pix, options = CLEAR[name]
        with av.open(str(path), "w") as out:
            video = out.add_stream(codec, rate=10, options=options)
            video.width, video.height, video.pix_fmt = 64, 96, pix
            for n in range(8):
                frame, _ = clear_frame(n, pix)
                frame.pts, frame.time_base = n, Fraction(1, 10)
                out.mux(video.encode(frame))
            out.mux(video.encode(None))
    else:
        first, *rest = (clear_frame(n, "rgba")[1] for n in range(8))
        first.save(path, save_all=True, append_images=rest, duration=100, **({"lossless": True} if name.endswith("webp") else {"disposal": 2} if name.endswith("gif") else {}))
    p = film.probe(path)
    assert p.alpha and p.frames == 8 and abs(p.seconds - 0.8) < 0.02, p
    for n, (t, picture) in enumerate(film.frames(path, ground=(20, 90, 160))):
        assert abs(t - n / 10) < 0.01 and np.abs(picture[5, 5].astype(int) - (20, 90, 160)).max() <= 4, picture[5, 5]
        assert np.abs(picture[48, 12 + 4 * n].astype(int) - (230, 40, 30)).max() <= 14
    (tmp_path / "b.md").write_text(f"---\ntitle: A disc\n---\nA disc moves.\n\n![a disc]({name})\n")
    brief = read_brief(tmp_path / "b.md")
    assert any(name in n and "transparent" in n for n in brief.notices) and read_brief({**_plain(brief), "media": ""}).notices == brief.notices
    clip, made = film_clip(brief.materials[0], tmp_path, "#0a1e3c")
    assert np.abs(next(film.frames(made))[1][5, 5].astype(int) - (10, 30, 60)).max() <= 4
    assert clip.media.suffix == ".mp4" and abs(film.probe(made).seconds - 0.8) < 0.02 and clip.seconds == brief.materials[0].seconds


def _plain(brief):
    from viralforge.core import plain

    return plain(brief)


def film_clip(material, folder, ground="#15174a"):
    "A material as the film takes it: its Footage, and its file."
    out = folder / "made"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    maker = OwnMedia()
    shot = Shot(id="a", line=Line(id="a", role="beat", text="A disc", visual=material.file), start=0, frames=30, words=())
    reply = maker.send(maker.request(StillRequest(shot=shot, materials=(material,), ground=ground)), out)
    return from_json(Footage, reply["data"]), out / reply["files"]["clip"]


def test_a_dark_moving_logo_is_laid_on_a_plate(tmp_path):
    frames = [Image.new("RGBA", (64, 64)) for _ in range(4)]
    for n, im in enumerate(frames):
        im.paste("black", (10 + n * 5, 20, 30 + n * 5, 40))
    frames[0].save(tmp_path / "logo.webp", save_all=True, append_images=frames[1:], duration=100, lossless=True)
    _, made = film_clip(probe_media(tmp_path / "logo.webp"), tmp_path, "#15174a")
    picture = next(film.frames(made))[1]
    assert picture[2, 2].min() > 250 and picture[30, 20].max() < 5


# ---- streams and times


def test_a_cover_before_the_film_is_not_the_film(tmp_path):
    for name, attached in (("a.mkv", False), ("b.mkv", True), ("c.mp4", False)):
        with av.open(str(tmp_path / name), "w") as out:
            cover = out.add_stream("mjpeg", rate=1)
            cover.width, cover.height, cover.pix_fmt = 320, 320, "yuvj420p"
            if attached:
                cover.disposition = av.stream.Disposition.attached_pic
            video = out.add_stream("libx264", rate=30)
            video.width, video.height, video.pix_fmt = 64, 96, "yuv420p"
            still = av.VideoFrame.from_ndarray(np.full((320, 320, 3), 200, np.uint8), format="rgb24").reformat(format="yuvj420p")
            still.pts = 0
            out.mux(cover.encode(still))
            out.mux(cover.encode(None))
            for n in range(30):
                frame = frame_of(samples(patches(), 1, 1, 8), "yuv420p", 8)
                frame.pts = n
                out.mux(video.encode(frame))
            out.mux(video.encode(None))
        p = film.probe(tmp_path / name)
        assert (p.width, p.frames) == (64, 30) and any("h264" in s and "picture" in s for s in p.streams), p.streams
        assert sum(1 for _ in film.planes(tmp_path / name)) == 30


def test_of_two_pictures_the_default_is_shown_and_the_other_told(tmp_path):
    with av.open(str(tmp_path / "a.mkv"), "w") as out:
        streams = []
        for w, h in ((32, 32), (64, 96)):
            video = out.add_stream("libx264", rate=30)
            video.width, video.height, video.pix_fmt = w, h, "yuv420p"
            streams.append((video, w, h))
        streams[1][0].disposition = av.stream.Disposition.default
        for n in range(15):
            for video, w, h in streams:
                frame = frame_of(np.full((h, w, 3), 100.0), "yuv420p", 8)
                frame.pts = n
                out.mux(video.encode(frame))
        for video, *_ in streams:
            out.mux(video.encode(None))
    m = probe_media(tmp_path / "a.mkv")
    assert (m.width, m.height) == (64, 96) and any("several pictures" in n for n in m.notices)


def timed(path, times, fps=30, sound=False, codec="libx264", **more):
    "A clip whose pictures come at these times in ms; picture n has a light of 40 + 5 n."
    with av.open(str(path), "w", **more) as out:
        video = out.add_stream(codec, rate=fps)
        video.width, video.height, video.pix_fmt = 64, 96, "yuv420p"
        tick = Fraction(1, fps) if codec == "mpeg2video" or str(path).endswith(".avi") else Fraction(1, 1000)
        video.codec_context.time_base = tick
        voice = out.add_stream("aac", rate=48000, layout="mono") if sound else None
        for at in range(0, 48000 if sound else 0, 960):
            piece = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.float32), "fltp", "mono")
            piece.sample_rate, piece.pts, piece.time_base = 48000, at, Fraction(1, 48000)
            out.mux(voice.encode(piece))
        for n, t in enumerate(times):
            frame = frame_of(np.full((96, 64, 3), (40 + 5 * n, 128, 128), float), "yuv420p", 8)
            frame.pts, frame.time_base = (n if tick == Fraction(1, fps) else t), tick
            out.mux(video.encode(frame))
        for stream in filter(None, (video, voice)):
            out.mux(stream.encode(None))
    return path


def lights(path, **more):
    return [round((float(y.mean()) - 40) / 5) for _, (y, _, _) in film.planes(path, **more)]


def test_a_picture_that_begins_late_is_shown_from_its_beginning(tmp_path):
    times = [2000 + round(n * 1000 / 30) for n in range(30)]
    for name in ("a.mp4", "a.mkv", "a.ts"):
        path = timed(tmp_path / name, times, sound=True)
        p = film.probe(path)
        assert p.start > 0.9 and abs(p.seconds - 1) < 0.05 and abs(probe_media(path).seconds - 1) < 0.05, (name, p)
        got = list(film.planes(path))
        assert abs(got[0][0]) < 1e-6 and len(got) == 30 and lights(path, start=0.5, on=True)[0] == 15


def test_uneven_lengths_are_told_and_milliseconds_are_not_uneven(tmp_path):
    assert film.probe(timed(tmp_path / "a.mkv", [round(n * 1000 / 30) for n in range(30)])).constant
    assert not film.probe(timed(tmp_path / "b.mkv", [0, 33, 67, 700, 733])).constant


def test_files_without_times_are_read_by_number(tmp_path):
    for name, options in (("a.h264", {"format": "h264"}), ("a.avi", {})):
        path = timed(tmp_path / name, [round(n * 1000 / 30) for n in range(30)], **options)
        p = film.probe(path)
        assert p.frames == 30 and abs(p.seconds - 1) < 0.3, (name, p)
        got = list(film.planes(path))
        assert len(got) == 30 and (np.diff([t for t, _ in got]) > 0).all(), name
        assert lights(path, start=got[20][0], on=True)[0] == 20, name


def test_a_recording_that_begins_in_the_middle_is_shown_from_its_first_whole_picture(tmp_path):
    whole = timed(tmp_path / "a.ts", [round(n * 1000 / 30) for n in range(40)], codec="mpeg2video")
    raw = whole.read_bytes()
    (tmp_path / "b.ts").write_bytes(raw[188 * (len(raw) // 188 // 3) :])
    got = lights(tmp_path / "b.ts")
    assert got and got[-1] == 39 and probe_media(tmp_path / "b.ts").seconds > 0.3


def trimmed(source, to, first, count):
    "Packets from a key frame on, of which an edit list hides those before picture `first`, as phones trim without encoding."
    with av.open(str(source)) as a, av.open(str(to), "w", options={"avoid_negative_ts": "disabled", "movflags": "+faststart"}) as b:
        video = a.streams.video[0]
        out = b.add_stream_from_template(video)
        step = round(1 / (video.average_rate * video.time_base))
        for packet in a.demux(video):
            if packet.size and packet.pts < (first + count) * step:
                packet.pts -= first * step
                packet.dts -= first * step
                packet.stream = out
                b.mux(packet)
    return to


def test_hidden_frames_are_not_shown(tmp_path):
    whole = timed(tmp_path / "a.mp4", [round(n * 1000 / 30) for n in range(36)])
    path = trimmed(whole, tmp_path / "b.mp4", 12, 20)
    p = film.probe(path)
    assert p.hidden >= 10 and p.frames + p.hidden >= 30 and abs(p.seconds - 20 / 30) < 0.07, p
    got = lights(path)
    assert got[0] == 12 and len(got) == p.frames and abs(probe_media(path).seconds - 20 / 30) < 0.07
    assert lights(path, start=10 / 30, on=True)[0] == 22


def test_the_trimmed_clip_of_the_field(tmp_path):
    path = CASES / "20-trimmed/trimmed.mp4"
    m = read_brief(CASES / "20-trimmed/trimmed.md").materials[0]
    p = film.probe(path)
    assert abs(m.seconds - 1) <= 0.05 and p.hidden == 60 and p.frames == 31 and "60 hidden frames" in p._repr_markdown_()
    with av.open(str(path)) as container:
        first = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert np.abs(next(film.frames(path))[1].astype(int) - first).mean() < 3
    assert len({f[0].tobytes() for _, f in film.planes(path)}) > 25  # it moves to its end
    assert max(until for _, until, _ in parts(m.seconds, [2.0, 1.5])) <= 1.05


# ---- pictures that move


def ball(n, w=96, h=128):
    im = Image.new("RGB", (w, h), "#203050")
    im.paste("#f05030", (8 * n, 50, 8 * n + 20, 70))
    return im


UNEVEN = [100, 300, 50, 200]  # ms


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png", "a.avif"])
def test_a_moving_picture_is_a_clip_with_its_own_times(tmp_path, name):
    first, *rest = (ball(n) for n in range(4))
    more = {"lossless": True} if name.endswith("webp") else {}
    first.save(tmp_path / name, save_all=True, append_images=rest, duration=UNEVEN, **more)
    m = probe_media(tmp_path / name)
    assert m.seconds == 0.65 and (m.width, m.height) == (96, 128) and not m.notices
    assert np.allclose([t for t, _ in film.planes(tmp_path / name)], [0, 0.1, 0.4, 0.45])
    assert film.still(tmp_path / name, 0.42)[60, 26, 0] > 200 and film.still(tmp_path / name, 9)[60, 34, 0] > 200
    clip, made = film_clip(m, tmp_path)
    assert np.allclose([t for t, _ in film.planes(made)], [0, 0.1, 0.4, 0.45], atol=1e-3) and abs(film.probe(made).seconds - 0.65) < 2e-3
    for n, (_, picture) in enumerate(film.frames(made)):
        assert picture[60, 8 * n + 10, 0] > 200 and picture[60, 8 * n + 40, 0] < 60, n
    first.save(tmp_path / name, **more)
    assert probe_media(tmp_path / name).seconds == 0


def test_a_picture_before_the_animation_is_not_a_part_of_it(tmp_path):
    first, *rest = (ball(n) for n in range(4))
    first.save(tmp_path / "a.png", save_all=True, append_images=rest, duration=100, default_image=True)
    p = film.probe(tmp_path / "a.png")
    assert p.frames == 3 and p.seconds == 0.3
    (tmp_path / "b.gif").write_bytes(b"")
    first.save(tmp_path / "b.gif", save_all=True, append_images=rest, duration=0)
    assert film.probe(tmp_path / "b.gif").seconds == 0.4  # no length: 0.1 s, as in a browser


@pytest.mark.parametrize("name,due", [("webp", 1.2), ("png", 1.2), ("avif", 1.2), ("gif", 0.96)])
def test_the_moving_stills_of_the_field(tmp_path, name, due):
    brief = read_brief(CASES / f"15-moving-stills/{name}.md")
    m = brief.materials[0]
    assert m.seconds == due and bool(brief.notices) == (name == "gif")
    _, made = film_clip(m, tmp_path, "#0a1e3c")
    pictures = [f.astype(int) for _, f in film.frames(made)]
    assert len(pictures) == 8 and all(np.abs(a - b).max() > 60 for a, b in zip(pictures, pictures[1:], strict=False))
    if name == "gif":
        assert np.abs(pictures[0][2, 2] - (10, 30, 60)).max() <= 4


def test_a_moving_picture_in_a_film(tmp_path):
    words = tuple(Word(shown=w, spoken=w, start=0.3 * n, end=0.3 * n + 0.25) for n, w in enumerate("A ball rolls from left to right".split()))
    from viralforge.types import Artefact, Voiceover

    line = Line(id="beat-1", role="beat", text="A ball rolls from left to right", visual="ball.webp")
    said = Speech(line=line, audio=Artefact(digest="0" * 32, suffix=".wav", size=0), rate=22050, seconds=2.2, words=words)
    with scratch_run() as run:
        brief = Brief(title="Ball", materials=read_brief(CASES / "15-moving-stills/webp.md").materials)
        made = shots(Voiceover(lines=(said,), starts=(0,), frames=75), run, brief)
        assert all(isinstance(s.visual, Footage) for s in made)
        assert sum(1 for _ in film.planes(run.path(made[0].visual.media))) == 8


# ---- still pictures


def tiff12(path, value, photometric=1, bits=12, w=8, h=8):
    "A grey TIFF of 12 or 16 bits, by hand: libraries write none with 12."
    data = (value << 12 | value).to_bytes(3, "big") * (w * h // 2) if bits == 12 else struct.pack("<H", value) * (w * h)
    tags = [(256, 3, w), (257, 3, h), (258, 3, bits), (259, 3, 1), (262, 3, photometric), (273, 4, 8), (277, 3, 1), (278, 3, h), (279, 4, len(data))]
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, v) for tag, kind, v in tags)
    path.write_bytes(b"II*\0" + struct.pack("<I", 8 + len(data)) + data + struct.pack("<H", len(tags)) + entries + b"\0\0\0\0")
    return path


def test_the_scale_is_that_of_the_file(tmp_path):
    save = lambda a, name: (Image.fromarray(a).save(tmp_path / name), tmp_path / name)[1]
    grey = lambda v, kind: np.full((8, 8), v, kind)
    cv2.imwrite(str(tmp_path / "rgb16.png"), np.full((8, 8, 3), (0, 128 * 257, 65535), np.uint16))
    cv2.imwrite(str(tmp_path / "dark rgb16.tif"), np.full((8, 8, 3), 127, np.uint16))
    Image.frombytes("I;16B", (8, 8), struct.pack(">H", 32896) * 64).save(tmp_path / "big endian.tif")
    due = {
        save(grey(127, np.uint16), "dark16.png"): 0,
        save(grey(32896, np.uint16), "mid16.tif"): 128,
        tmp_path / "big endian.tif": 128,
        save(grey(0.5, np.float32), "half.tif"): 128,
        save(grey(1.2, np.float32), "over.tif"): 255,
        save(grey(100.0, np.float32), "to255.tif"): 100,
        save(grey(np.nan, np.float32), "none.tif"): 0,
        save(grey(100, np.int32), "int32.tif"): 100,
        tiff12(tmp_path / "twelve.tif", 2056): 128,
        tiff12(tmp_path / "dark twelve.tif", 8): 0,
        tiff12(tmp_path / "white is zero.tif", 0, photometric=0, bits=16): 255,
        tmp_path / "dark rgb16.tif": 0,
    }
    for path, value in due.items():
        assert upright(path).getextrema() == ((value, value),) * 3, (path.name, upright(path).getextrema())
        assert probe_media(path).width == 8
    assert upright(tmp_path / "rgb16.png").getpixel((3, 3)) == (255, 128, 0)
    assert max(x[1] for x in upright(CASES / "12-grey-and-logo/dark16.png").getextrema()) <= 2


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def test_stills_in_high_dynamic_range(tmp_path):
    signal = pq(np.maximum(light_of(patches()) @ np.linalg.inv(gamut(9)).T, 0))
    Image.fromarray(np.rint(signal * 255).astype(np.uint8)).save(tmp_path / "a.png")
    raw = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(raw[:33] + chunk(b"cICP", bytes((9, 16, 0, 1))) + raw[33:])
    with av.open(str(tmp_path / "a.avif"), "w") as out:
        video = out.add_stream("libsvtav1", rate=1, options={"crf": "5", "svtav1-params": "avif=1"})
        video.width, video.height, video.pix_fmt = 64, 96, "yuv420p10le"
        cc = video.codec_context
        cc.color_range, cc.color_primaries, cc.color_trc, cc.colorspace = 1, 9, 16, 9
        frame = frame_of(samples(signal, 9, 1, 10), "yuv420p10le", 10)
        frame.pts = 0
        out.mux(video.encode(frame))
        out.mux(video.encode(None))
    for name in ("a.png", "a.avif"):
        (white, grey), (red, _), (_, skin) = seen(np.asarray(upright(tmp_path / name)))
        assert white.min() >= 235 and abs(grey - 128).max() <= 4 and red[0] > 220 and red[1:].max() < 40, (name, white, grey, red)
        assert np.abs(skin - (224, 172, 140)).max() < 10 and probe_media(tmp_path / name).seconds == 0


def test_an_alpha_channel_that_says_nothing_is_no_transparency(tmp_path):
    for name, codec, pix in (("a.mov", "png", "rgba"), ("b.mov", "qtrle", "argb"), ("c.mov", "prores_ks", "yuva444p10le")):
        for clear in (False, True):
            with av.open(str(tmp_path / name), "w") as out:
                video = out.add_stream(codec, rate=10, options={"profile": "4"} if codec == "prores_ks" else {})
                video.width, video.height, video.pix_fmt = 64, 96, pix
                for n in range(8):
                    rgba = np.full((96, 64, 4), 255, np.uint8)
                    rgba[:20, :, 3] = 0 if clear and n > 5 else 255  # clear at its end only
                    frame = av.VideoFrame.from_ndarray(rgba, format="rgba").reformat(format=pix)
                    frame.pts = n
                    out.mux(video.encode(frame))
                out.mux(video.encode(None))
            assert film.probe(tmp_path / name).alpha == clear == bool(probe_media(tmp_path / name).notices), (name, clear)


def test_a_folder_tells_what_cannot_be_shown_and_how_to_mend_it(tmp_path):
    shutil.copyfile(CASES / "14-undecodable/logo.svg", tmp_path / "logo.svg")
    shutil.copyfile(CASES / "14-undecodable/img.heic", tmp_path / "img.heic")
    (tmp_path / "raw.nef").write_bytes(nikon(tmp_path / "raw.nef"))
    ball(0).save(tmp_path / "ball.png")
    found, notices = media_folder(tmp_path)
    assert len(found) == 1 and all(any(a in n and b in n for n in notices) for a, b in (("logo.svg", "PNG"), ("img.heic", "HEIC"), ("raw.nef", "develop it")))


def test_a_large_moving_picture_is_refused_before_it_is_decoded(tmp_path, monkeypatch):
    from viralforge import media

    ball(0).save(tmp_path / "a.webp", save_all=True, append_images=[ball(1)], duration=100)
    monkeypatch.setattr(media, "MAX_CLIP_PIXELS", 1000)
    monkeypatch.setattr(media, "probe", None)
    with pytest.raises(BadInput, match="larger than 8K"):
        probe_media(tmp_path / "a.webp")


def test_a_camera_s_pair_of_pictures_in_one_file_stands_still(tmp_path):
    ball(0).save(tmp_path / "a.jpg", format="MPO", save_all=True, append_images=[ball(1)])
    assert Image.open(tmp_path / "a.jpg").n_frames == 2 and probe_media(tmp_path / "a.jpg").seconds == 0 and not probe_media(tmp_path / "a.jpg").notices


def contrast(a, b):
    light = lambda c: sum(k * (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4) for k, v in zip((0.2126, 0.7152, 0.0722), np.asarray(c) / 255, strict=True))
    low, high = sorted((light(a), light(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", ["#15174a", "#000000", "#f4f1e8", "#ffffff", "#7a3b2e", "#0b5d3b"])
def test_a_logo_stands_out_on_every_ground(tmp_path, ground):
    for inks in (("black",), ("white",), ("#222244",), ("#eeeedd",), ("black", "white"), ("#c01010", "black")):
        for mode in ("RGBA", "LA", "P"):
            im = Image.new("RGBA", (96, 48))
            for n, ink in enumerate(inks):
                im.paste(ink, (8 + 40 * n, 8, 40 + 40 * n, 40))
            if mode == "LA" and any(c.startswith("#c0") for c in inks):
                continue
            im = im.convert(mode) if mode != "P" else im.quantize(8)
            im.save(tmp_path / "logo.png")
            flat = upright(tmp_path / "logo.png", ground)
            for n in range(len(inks)):
                assert contrast(flat.getpixel((20 + 40 * n, 20)), flat.getpixel((2, 2))) >= 3, (inks, mode, ground, flat.getpixel((2, 2)))
    flat = upright(CASES / "12-grey-and-logo/black.png", ground)
    assert contrast((0, 0, 0), flat.getpixel((0, 0))) >= 3


def test_a_cut_out_photograph_and_rounded_corners_keep_the_ground(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (96, 96, 4), np.uint8)
    noise[..., 3] = 0
    noise[20:80, 20:80, 3] = 255
    assert plate(Image.fromarray(noise), "#15174a") == "#15174a"
    dark = np.zeros((96, 96, 4), np.uint8) + np.uint8(20)
    dark[..., 3] = 255
    dark[:6, :6, 3] = 0
    assert plate(Image.fromarray(dark), "#15174a") == "#15174a"


def test_pages_of_a_tiff_are_told(tmp_path):
    ball(0).save(tmp_path / "scan.tif", save_all=True, append_images=[ball(1), ball(2)])
    m = probe_media(tmp_path / "scan.tif")
    assert m.seconds == 0 and "3 pages" in m.notices[0]
    assert any("3 pages" in n for n in media_folder(tmp_path)[1])


# ---- names


@pytest.mark.parametrize("said", [
    "media/My Photo (1).jpg", "media/My%20Photo%20(1).jpg", r"media\My Photo (1).jpg", "MEDIA/my photo (1).JPG", "./media/My Photo (1).jpg",
    "media/../media/My Photo (1).jpg", "media/My Photo (1).jpg?raw=true", "media/My Photo (1).jpg#left", "My Photo (1).jpg", "my%20photo%20(1).jpg",
])  # fmt: skip
def test_a_file_is_found_as_other_programs_name_it(tmp_path, said):
    (tmp_path / "media").mkdir()
    ball(0).save(tmp_path / "media/My Photo (1).jpg")
    (tmp_path / "b.md").write_text(f"---\ntitle: A ball\n---\nA ball rolls.\n\n![a ball](<{said}>)\n")
    m = read_brief(tmp_path / "b.md").materials[0]
    assert m.file == str(tmp_path / "media/My Photo (1).jpg")
    url = (tmp_path / "media/My Photo (1).jpg").as_uri()
    assert probe_media(url, base=tmp_path).file == m.file == probe_media(url.replace("file:///", "file:/")).file


def test_literal_escapes_and_composed_letters_are_found(tmp_path):
    ball(0).save(tmp_path / "a%20b.png")
    ball(1).save(tmp_path / "cafe\u0301.png")
    assert find_media("a b.png", tmp_path).name == "a%20b.png" == find_media("a%20b.png", tmp_path).name
    assert find_media("caf\u00e9.png", tmp_path).name == "cafe\u0301.png"


def test_where_two_files_could_be_meant_it_asks_and_a_slip_is_helped(tmp_path):
    for name in ("Ball.png", "BALL.png"):
        ball(0).save(tmp_path / name)
    (tmp_path / "b.md").write_text("---\ntitle: A ball\n---\nA ball rolls.\n\n![a ball](ball.png)\n")
    with pytest.raises(BadInput, match=r"could be .*BALL.png and .*Ball.png") as e:
        read_brief(tmp_path / "b.md")
    assert "b.md" in str(e.value)
    with pytest.raises(BadInput, match="did you mean Ball.png"):
        probe_media("Bal.png", base=tmp_path)
    os.mkfifo(tmp_path / "pipe.mp4")
    for odd in ("pipe.mp4", "a\0b.png", "x" * 5000, "file:", "~nobody/x.png", "", "%", "..", "/"):
        with pytest.raises(BadInput):
            probe_media(odd, base=tmp_path)


# ---- what cannot be shown


@pytest.mark.parametrize("case,says,mend", [
    ("svg", "SVG drawing", "PNG"), ("heic", "HEIC", "JPEG"), ("photo", "HEIC", "viralforge\\[heic\\]"), ("page", "web page", "save the picture"),
])  # fmt: skip
def test_what_cannot_be_shown_is_named_with_the_way_out(case, says, mend):
    with pytest.raises(BadInput, match=says) as e:
        read_brief(CASES / f"14-undecodable/{case}.md")
    assert e.match(mend) and "\n" not in str(e.value) and f"{case}.md" in str(e.value)


def nikon(path):
    "The beginning of a camera's raw picture: a TIFF whose first picture is a thumbnail."
    ball(0).resize((160, 120)).save(path, format="TIFF", tiffinfo={50706: b"\x01\x04\x00\x00"})
    return path.read_bytes()


UNSHOWN = {
    "drawing.png": (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <html> -->\n<!DOCTYPE svg PUBLIC 'x' 'y'>\n<svg><title>x</title></svg>", "SVG"),
    "utf16.svg": ("<?xml version='1.0'?><svg/>".encode("utf-16"), "SVG"),
    "portal.mp4": (b"<html><head></head><body><svg/></body></html>", "web page"),
    "list.mp4": (b"#EXTM3U\n#EXT-X-VERSION:3\nhttp://localhost/a.ts\n", "playlist"),
    "list.mpd": (b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash'></MPD>", "playlist"),
    "list.mov": (b"ffconcat version 1.0\nfile a.mp4\n", "playlist"),
    "paper.jpg": (b"%PDF-1.7\n", "PDF"),
    "layers.jpg": (b"8BPS\0\1" + bytes(40), "Photoshop"),
    "logo.eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
    "raw.cr2": (b"II*\0\x10\0\0\0CR\2\0" + bytes(99), "raw"),
    "raw.cr3": (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "raw"),
    "raw.raf": (b"FUJIFILMCCD-RAW 0201", "raw"),
    "raw.tif": (nikon, "raw"),
    "new.jxl": (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    "light.exr": (b"v/1\1" + bytes(50), "open-ended light"),
    "song.jpg": (b"ID3\4\0\0\0\0\0\0", "sound"),
    "deck.png": (b"PK\3\4" + bytes(50), "archive"),
    "._photo.jpg": (b"\0\5\x16\7\0\2\0\0Mac OS X", "companion"),
    "big.mp4": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "Git LFS"),
    "notes.png": ("Liebes Tagebuch, heute übte ich.".encode(), "a text"),
    "notes.txt": (b"Dear diary", "a text"),
}


@pytest.mark.parametrize("name", UNSHOWN)
def test_files_that_are_no_media_are_named_by_what_they_hold(tmp_path, name):
    made, says = UNSHOWN[name]
    (tmp_path / name).write_bytes(made(tmp_path / name) if callable(made) else made)
    with pytest.raises(BadInput, match=says) as e:
        probe_media(tmp_path / name, where="b.md")
    assert str(e.value).startswith("b.md, file " + name) and "Mend: " in str(e.value) and "\n" not in str(e.value)
    with pytest.raises(BadInput):
        film.probe(tmp_path / name)


def test_every_kind_that_cannot_be_shown_says_how_to_mend_it():
    assert all(k.get("mend") for k in kinds() if k.get("family") in (None, "heic")) and len(kinds()) > 25


def test_a_heic_opens_where_the_extra_is_installed(tmp_path):
    heif = pytest.importorskip("pillow_heif", reason="the extra heic is not installed: pip install 'viralforge[heic]'")
    heif.register_heif_opener()
    half = Image.new("RGB", (120, 80), "#203050")
    half.paste("#f0f0f0", (0, 0, 60, 80))
    half.save(tmp_path / "photo.heic", quality=90)
    shutil.copyfile(tmp_path / "photo.heic", tmp_path / "photo.jpg")
    for name in ("photo.heic", "photo.jpg"):
        m = probe_media(tmp_path / name)
        im = upright(tmp_path / name)
        assert (m.width, m.height) == im.size == (120, 80) and m.seconds == 0
        assert im.getpixel((20, 40))[0] > 200 and im.getpixel((100, 40))[0] < 60


def test_a_name_does_not_decide(tmp_path):
    ball(0).save(tmp_path / "a.jpg")
    write(tmp_path / "a.mp4", [patches()] * 10, codec="libx264")
    timed(tmp_path / "a.ts", [round(n * 1000 / 30) for n in range(30)])
    for source, name in (("a.jpg", "b.png"), ("a.jpg", "b.mp4"), ("a.jpg", "b.gif"), ("a.mp4", "b.mov"), ("a.mp4", "b.jpg"), ("a.mp4", "c"), ("a.ts", "d.jpg"), ("a.ts", "d.mp4")):
        shutil.copyfile(tmp_path / source, tmp_path / name)
        m = probe_media(tmp_path / name)
        assert (m.seconds > 0) == (source != "a.jpg"), (source, name)
        if m.seconds:
            _, made = film_clip(m, tmp_path)
            assert sum(1 for _ in film.planes(made)) >= 10
        else:
            assert upright(tmp_path / name).size == (96, 128)


def whole_files(folder):
    "A good file of each kind."
    one, two = ball(0), ball(1)
    for name in ("a.jpg", "a.png", "a.webp", "a.gif", "a.tif", "a.bmp", "a.avif", "a.jp2"):
        one.save(folder / name)
    for name in ("m.gif", "m.webp", "m.png", "m.avif"):
        one.save(folder / name, save_all=True, append_images=[two, one], duration=100)
    for name, codec in (("c.mp4", "libx264"), ("c.mkv", "libx264"), ("c.webm", "libvpx-vp9"), ("c.avi", "mpeg4"), ("c.mpg", "mpeg2video"), ("c.ts", "libx264"), ("c.mov", "mpeg4")):
        timed(folder / name, [round(n * 1000 / 30) for n in range(20)], codec=codec)
    return sorted(folder.iterdir())


def test_no_broken_file_ends_in_a_trace(tmp_path):
    (tmp_path / "whole").mkdir()
    rng, tried = np.random.default_rng(7), 0
    for path in whole_files(tmp_path / "whole"):
        raw = path.read_bytes()
        noise = rng.integers(0, 256, len(raw), np.uint8).tobytes()
        spots = bytearray(raw)
        for at in rng.integers(0, len(raw), 40):
            spots[at] ^= int(rng.integers(1, 256))
        for n, broken in enumerate((b"", raw[:3], raw[:24], raw[: len(raw) // 2], raw[:64] + noise[64:], raw[:-7], bytes(spots), noise)):
            target = tmp_path / f"{n} {path.name}"
            target.write_bytes(broken)
            for use in (probe_media, film.probe, upright):
                tried += 1
                with contextlib.suppress(ForgeError):
                    use(target)
    assert tried > 400


def test_a_camera_without_codes_and_all_at_once(tmp_path):
    "What one probe says of a clip that is odd in every way."
    path = write(tmp_path / "a.mkv", [patches(64, 96)] * 6, codec="libx264", codes=(2, 9, 18, 9), pix="yuv420p10le", bits=10, sar="4/3")
    p = film.probe(path)
    assert (p.bits, p.colour, p.shown, p.container, p.codec) == (10, ("full", "bt2020", "hlg", "bt2020"), (85, 96), "matroska,webm", "h264")
    assert io.StringIO(p._repr_markdown_()).read().count("shown as 85x96") == 1 and kind_of(path).name == "Matroska"
