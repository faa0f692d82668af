"The compositor against a slow float reference, and the mechanisms that its page does not show."

import math
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cv2
import fontpkg
import numpy as np
import pytest
from emoji_font import font_package
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from PIL import Image, ImageOps

from viralforge import lettering, picture, sprites
from viralforge.art import art_svg, arts
from viralforge.core import BadInput, Missing
from viralforge.lettering import (
    FACES,
    PLATE_PAD,
    drawable,
    fit_text,
    glyphs_missing,
    ink_box,
    measure,
    placed_words,
    shape,
    struck,
    text_box,
    word_boxes,
)
from viralforge.picture import FINER, Canvas, Composer, blank, draw, shifted, showing, value_at, wiped
from viralforge.sprites import Raster, draw_svg, sprite, to_yuv, type_pixels, vector_svg
from viralforge.types import Artefact, Box, Clip, Field, Key, Mark, Move, Picture, Sequence, Text, Vector

W, H = 270, 480
ICON = (
    '<svg viewBox="0 0 24 24" fill="none" stroke="#ffd23f" stroke-width="2"><circle cx="12" cy="12" r="9"/><path d="M4 12h16"/></svg>'
)


def text(**more):
    lines, size = ("Three hearts,", "one quits"), 34
    w, h = text_box(lines, "montserrat-black", size, plates=True)
    mark = Mark(line=1, first=0, last=0, ink="#111111", fill="#ffd23f")
    base = Text(box=Box(x=9.3, y=60.6, w=w, h=h), lines=lines, face="montserrat-black", size=size, ink="#ffffff", outline=3, marks=(mark,))
    return replace(base, **more)


def icon(**more):
    return replace(Vector(box=Box(x=80.5, y=200.25, w=110, h=110), svg=ICON), **more)


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    rng = np.random.default_rng(5)
    grain = cv2.GaussianBlur(rng.random((900, 700, 3)).astype(np.float32), (0, 0), 1.5)
    grain = (grain - grain.min()) / np.ptp(grain)
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    Image.fromarray((grain * 255).astype(np.uint8)).save(path)
    return path


def still(box, **more):
    return Picture(box=box, image=Artefact(digest="0" * 32, suffix=".png", size=1), **more)


# -- the reference ----------------------------------------------------------------------------------------------------


def sampled(pixels, left, top, at):
    "Float RGBA `pixels` (premultiplied, corner at left, top) seen through an affine map, bilinear, zero outside."
    a, b, c, d, e, f = at
    det = a * e - b * d
    ys, xs = np.mgrid[0:H, 0:W] + 0.5
    x, y = (e * (xs - c) - b * (ys - f)) / det - left - 0.5, (a * (ys - f) - d * (xs - c)) / det - top - 0.5
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    padded = np.zeros((pixels.shape[0] + 2, pixels.shape[1] + 2, 4))
    padded[1:-1, 1:-1] = pixels
    take = lambda yy, xx: padded[(yy + 1).clip(0, padded.shape[0] - 1), (xx + 1).clip(0, padded.shape[1] - 1)]
    fx, fy = (x - x0)[..., None], (y - y0)[..., None]
    out = (take(y0, x0) * (1 - fx) + take(y0, x0 + 1) * fx) * (1 - fy) + (take(y0 + 1, x0) * (1 - fx) + take(y0 + 1, x0 + 1) * fx) * fy
    inside = (x > -1) & (x < pixels.shape[1]) & (y > -1) & (y < pixels.shape[0])
    return out * inside[..., None]


def reference(layers, frame, path=None):
    "The frame in float RGB, one layer after another; returns Y, U, V as float planes."
    out = np.zeros((H, W, 3))
    for layer in layers:
        s = showing(layer, frame)
        if s is None:
            continue
        rests = any(n is not None and n.layer is s.layer and n.at == s.at for n in (showing(layer, frame + 1), showing(layer, frame - 1)))
        straight = s.at[1] == 0 == s.at[3]
        raster = Raster(s.at[0], s.at[2], s.at[5]) if rests and straight else Raster(FINER * max([k.to for k in layer.move.scale], default=1.0))
        window = raster.window(s.layer.box, 40)
        if isinstance(s.layer, Text):
            pixels = type_pixels(s.layer, window, raster)
        elif isinstance(s.layer, Vector):
            pixels = draw_svg(vector_svg(s.layer, s.drawn), window, raster).astype(float)
            pixels = cv2.GaussianBlur(pixels, (0, 0), s.layer.blur * raster.scale) if s.layer.blur else pixels
        else:
            pixels = sprites.picture_pixels(s.layer, path, window, raster)
            pixels = pixels if pixels.shape[2] == 4 else np.dstack([pixels, np.full(pixels.shape[:2], 255)])
        if s.wipe < 1:
            made = sprite(s.layer, lambda _: path, raster, s.drawn)
            edge = s.wipe * (made.y.shape[1] + 16) - 8 + made.left - window[0]
            pixels = pixels * ((edge - np.arange(pixels.shape[1]) - 0.5) / 16 + 0.5).clip(0, 1)[None, :, None]
        k = raster.scale
        at = (1, 0, 0, 0, 1, 0) if rests and straight else (s.at[0] / k, s.at[1] / k, s.at[2], s.at[3] / k, s.at[4] / k, s.at[5])
        seen = sampled(pixels / 255, window[0], window[1], at) * s.opacity
        out = out * (1 - seen[..., 3:]) + seen[..., :3]
    yuv = to_yuv(out.astype(np.float32))
    half = lambda p: p.reshape(H // 2, 2, W // 2, 2).mean((1, 3))
    return yuv[..., 0], half(yuv[..., 1]), half(yuv[..., 2])


def psnr(a, b):
    error = float(np.mean((np.asarray(a, float) - b) ** 2))
    return 99.0 if error == 0 else 10 * math.log10(255**2 / error)


MOVES = {
    "still": Move(),
    "moved": Move(x=(Key(at=0, to=0), Key(at=20, to=33, ease="linear")), y=(Key(at=0, to=5), Key(at=20, to=-20, ease="in-out"))),
    "grown": Move(scale=(Key(at=0, to=0.6), Key(at=20, to=1.1, ease="spring"))),
    "shrunk": Move(scale=(Key(at=0, to=1.0), Key(at=20, to=0.7, ease="linear"))),
    "slid": Move(x=(Key(at=0, to=0), Key(at=200, to=33, ease="linear"))),
    "turned": Move(rotate=(Key(at=0, to=-40), Key(at=20, to=25, ease="out"))),
    "faded": Move(opacity=(Key(at=0, to=0), Key(at=20, to=1, ease="in"))),
    "held": Move(x=(Key(at=0, to=3.3), Key(at=9, to=20.6, ease="hold"), Key(at=20, to=-9)), scale=(Key(at=0, to=0.9), Key(at=14, to=1, ease="hold"))),
    "wiped": Move(wipe=(Key(at=0, to=0), Key(at=20, to=1, ease="linear"))),
    "all": Move(
        x=(Key(at=0, to=-15), Key(at=20, to=10)), scale=(Key(at=0, to=0.8), Key(at=20, to=1)), rotate=(Key(at=0, to=12), Key(at=20, to=0)),
        opacity=(Key(at=0, to=0), Key(at=12, to=0.9)), wipe=(Key(at=0, to=0.2), Key(at=20, to=1)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("kind", ["text", "vector", "out of focus", "picture", "sequence"])
def test_agrees_with_the_reference(kind, move, photo):
    m = MOVES[move]
    box = Box(x=31.4, y=120.2, w=190, h=260)
    layer = {
        "text": text(move=m),
        "vector": icon(move=replace(m, draw=(Key(at=0, to=0.1), Key(at=20, to=1)))),
        "out of focus": icon(box=Box(x=30.5, y=140.25, w=210, h=210), move=m, blur=2.5),
        "picture": still(box, radius=18, focus=(0.8, 0.3), move=m),
        "sequence": Sequence(box=text().box, items=(text(), text(start=9, marks=())), move=m),
    }[kind]
    under = still(Box(x=0, y=0, w=W, h=H), bright=0.5)
    stack = Composer((under, layer), lambda _: photo, W, H)
    for frame in (3, 9, 14, 30):
        got, wanted = stack.draw(frame), reference((under, layer), frame, photo)
        for plane, want in zip(got, wanted, strict=True):
            assert psnr(plane, want) >= 40, (kind, move, frame)


def test_a_field_agrees_with_one_computed_for_every_pixel(monkeypatch):
    ground = Field(box=Box(x=0, y=0, w=W, h=H), gradient=("#0b1026", "#1b1a4b", "#3b1d6e"), lights=("#3b5bff", "#18c6c0"), seed=9)
    got = [draw((ground,), f, None, W, H) for f in (0, 77)]
    monkeypatch.setattr(sprites, "_COARSE", 1)
    for frame, canvas in zip((0, 77), got, strict=True):
        wanted = to_yuv(sprites.Backdrop(ground).light(frame).astype(np.float32))
        assert psnr(canvas.y, wanted[..., 0]) >= 45
        assert psnr(canvas.u, wanted[..., 1].reshape(H // 2, 2, W // 2, 2).mean((1, 3))) >= 45


@pytest.mark.parametrize("shown", [0.37, 0.8, 1.0, 1.004, 1.255, 1.37, 2.6])
def test_a_photograph_lies_where_its_crop_says(shown, tmp_path):
    wave = lambda x, y: 128 + 60 * np.sin(x * shown / 3) + 50 * np.cos(y * shown / 3)
    ys, xs = np.mgrid[0:900, 0:700] + 0.5
    Image.fromarray(wave(xs, ys).round().astype(np.uint8)).save(tmp_path / "wave.png")
    for box, focus, raster in (
        (Box(x=0, y=0, w=W, h=H), (0.5, 0.5), Raster(1.255)),
        (Box(x=-13.3, y=-20.6, w=W + 26.6, h=H + 41.2), (0.83, 0.31), Raster(1.0, 0.37, -0.21)),
        (Box(x=40.2, y=99.9, w=150, h=150), (0.1, 0.9), Raster(1.1)),
    ):
        w = 700 if box.h / box.w < 9 / 7 else 900 * box.w / box.h
        raster = raster._replace(scale=raster.scale * shown * w / (box.w * raster.scale))
        window = raster.window(box)
        got = sprites.picture_pixels(still(box, focus=focus), tmp_path / "wave.png", window, raster)[..., 0]
        x, y, *_ = sprites.crop_box(700, 900, box, focus)
        ys, xs = np.mgrid[0 : got.shape[0], 0 : got.shape[1]] + 0.5
        wanted = wave(x + (xs + window[0] - raster.dx - box.x * raster.scale) / shown, y + (ys + window[1] - raster.dy - box.y * raster.scale) / shown)
        inner = np.s_[8:-8, 8:-8]
        assert psnr(got[inner], wanted[inner]) >= 40, (shown, box)


def test_shadow_blur_and_darkening(photo):
    box = Box(x=60, y=100, w=150, h=200)
    bare, dark = (draw((still(box, radius=20, shadow=n),), 0, lambda _: photo, W, H) for n in (0, 24))
    assert abs(bare.y.astype(int) - dark.y).max() <= 1, "a shadow on black is not seen"
    white = Vector(box=Box(x=0, y=0, w=W, h=H), svg='<svg viewBox="0 0 27 48"><rect width="27" height="48" fill="#fff"/></svg>')
    shade = draw((white, still(box, radius=20, shadow=24)), 0, lambda _: photo, W, H).y
    assert shade[310, 135] < 225 < shade[470, 20] and shade[310, 135] < shade[92, 135], "the shadow falls downwards"
    whole = Box(x=0, y=0, w=W, h=H)
    plain, soft, half = (draw((still(whole, **m),), 0, lambda _: photo, W, H).y.astype(float) for m in ({}, {"blur": 20}, {"bright": 0.5}))
    assert soft.std() < 0.35 * plain.std() and abs(soft.mean() - plain.mean()) < 2
    assert abs((half.mean() - 16) / (plain.mean() - 16) - 0.5) < 0.02


def test_a_clip_is_cropped_fitted_and_timed():
    asked = []

    def clips(path, second):
        asked.append(round(second, 4))
        ramp = np.tile(np.arange(320) // 2, (180, 1)).astype(np.uint8)
        return Canvas(ramp, np.full((90, 160), 100, np.uint8), np.full((90, 160), 150, np.uint8))

    media = Artefact(digest="0" * 32, suffix=".mp4", size=1)
    clip = Clip(box=Box(x=0, y=0, w=W, h=H), media=media, begin=0.5, speed=2.0, start=10, focus=(1.0, 0.5))
    got = draw((clip,), 25, lambda a: "clip.mp4", W, H, clips=clips)
    assert asked[-1] == 1.5 and got.y.shape == (H, W)
    assert got.y[200, -1] >= 157 and 106 <= got.y[200, 0] <= 112, "the crop is at the right edge, where the focus is"
    assert (got.u == 100).all() and (got.v == 150).all()
    with pytest.raises(BadInput, match="clips"):
        draw((clip,), 25, lambda a: "clip.mp4", W, H)


# -- what is saved must not be seen ------------------------------------------------------------------------------------


def test_a_marked_text_has_the_same_bytes_whatever_was_drawn_before():
    marks = [Mark(line=n, first=k, last=m, ink="#111111", fill=f) for n, k, m, f in ((0, 0, 0, "#ffd23f"), (1, 0, 1, "#ffd23f"), (0, 1, 1, ""))]
    jobs = [(text(marks=(mark,)), raster) for raster in (Raster(), Raster(1.255), Raster(1.0, 0.3, 0.7)) for mark in marks]

    def alone(job):
        sprites._word.cache_clear()
        return sprite(job[0], None, job[1])

    first = [alone(job) for job in jobs]
    with ThreadPoolExecutor(4) as pool:
        for job_first, again in zip(first * 8, pool.map(lambda job: sprite(job[0], None, job[1]), jobs * 8), strict=True):
            assert job_first[:2] == again[:2] and all((a == b).all() for a, b in zip(job_first[2:7], again[2:7], strict=True))


def test_a_drawing_in_parts_is_as_drawn_whole():
    rings = "".join(f'<circle cx="{90 * n}" cy="{700 - 80 * n}" r="{20 * n}" fill="none" stroke="#fff" stroke-width="1.5" stroke-opacity="0.3"/>' for n in range(9))
    window, raster = (-40, -30, 1100, 1000), Raster(1.255, 0.4, 0.1)
    parts, whole = draw_svg(rings, window, raster), sprites._drawn(rings, window, raster)
    assert whole.any() and psnr(parts, whole) >= 50, "resvg itself draws a curve a little differently in another window"
    assert not draw_svg("<g/>", window, raster).any()


@pytest.mark.parametrize("sigma", [0.4, 1, 1.9, 2, 3.5, 4, 6, 14, 40])
def test_a_drawing_out_of_focus_is_a_gaussian_of_the_sharp_one(sigma):
    window = (-38, -30, 422, 366)
    for raster in (Raster(), Raster(1.255, 0.4, 0.1)):
        body = vector_svg(icon(box=Box(x=60.3, y=50.2, w=150, h=150)))
        exact = cv2.GaussianBlur(draw_svg(body, window, raster).astype(float), (0, 0), sigma)
        assert psnr(sprites._out_of_focus(body, window, raster, sigma), exact) >= 42
    far = sprite(icon(blur=sigma), None)
    near = sprite(icon(), None)
    assert far.y.shape[0] >= near.y.shape[0] and abs(far.a.sum() / near.a.sum() - 1) < 0.03, "the blur is not cut off at its edges"


@pytest.mark.parametrize("scale", [1, 0.5])
def test_what_is_out_of_focus_creeps_sideways_without_flicker(scale, monkeypatch):
    layer = icon(box=Box(x=60, y=50, w=400, h=400), blur=1.5 / scale, move=Move(x=(Key(at=0, to=0), Key(at=40, to=9 / scale, ease="linear"))))
    size = int(540 * scale)
    stack, across, drawn, sharp, at = Composer((layer,), None, size, size, scale=scale), np.arange(size), set(), [], []
    slid, quick = [], picture._slid
    monkeypatch.setattr(picture, "_slid", lambda *args: slid.append(1) or quick(*args))
    for n in range(1, 39):
        got = stack.draw(n)
        y = got.y.astype(float) - 16
        drawn.add(y.tobytes())
        sharp.append(float((np.diff(y, axis=1) ** 2).sum()))
        at.append(float((y.sum(0) * across).sum() / y.sum()))
        stands = Composer((replace(layer, move=Move(x=(Key(at=0, to=value_at(layer.move.x, n, 0.0)),))),), None, size, size, scale=scale).draw(0)
        assert all(psnr(a, b.astype(float)) >= 40 for a, b in zip(got, stands, strict=True)), n
    assert len(slid) >= 38 * 2, "of a drawing in one ink alpha and its half are moved"
    assert len(drawn) == 38, "each frame is another"
    assert max(sharp) / min(sharp) < 1.05
    assert np.abs(np.diff(at) - 9 / 40).max() < 0.01


@pytest.mark.parametrize("opacity", [1, 0.35, 0.08])
@pytest.mark.parametrize("colour", ["#ffd23f", "#070b20", "#1fd0c0"])
def test_one_ink_is_moved_by_its_alpha_alone(opacity, colour):
    drawing = f'<svg viewBox="0 0 400 400"><circle cx="200" cy="200" r="120" fill="none" stroke="{colour}" stroke-width="30" opacity="{opacity}"/></svg>'
    plain = picture.padded(sprite(icon(box=Box(x=0, y=0, w=400, h=400), svg=drawing), None, Raster(FINER)))
    inked = picture._single_ink(plain)
    assert inked.ink and len(inked.ink) == 3
    for n in range(12):
        at = (1 / FINER, 0, 11.3 + 0.17 * n, 0, 1 / FINER, 20.1 + 0.09 * n)
        each = [p.copy() for p in picture.warped(plain, at, 480, 480, picture.PAD)[2:7]]
        fast = picture.warped(inked, at, 480, 480, picture.PAD)[2:7]
        assert all(np.abs(a.astype(int) - b).max() <= 2 for a, b in zip(fast, each, strict=True))


def test_two_inks_are_not_taken_for_one():
    two = '<svg viewBox="0 0 400 400"><circle cx="100" cy="200" r="60" fill="#ffd23f"/><circle cx="300" cy="200" r="60" fill="#f0d23f"/></svg>'
    assert picture._single_ink(picture.padded(sprite(icon(box=Box(x=0, y=0, w=400, h=400), svg=two), None, Raster(FINER)))).ink is None


MOVED = (Key(at=0, to=0.0), Key(at=9, to=90.0))


@pytest.mark.parametrize("box, move", [((0, 0, 540, 960), Move()), ((0, 0, 540, 960), Move(x=MOVED)), ((60, 40, 200, 200), Move()), ((0, 0, 540, 960), Move(opacity=(Key(at=0, to=0.5),)))])
def test_what_the_lowest_layer_leaves_open_is_black(photo, box, move):
    layer = still(Box(**dict(zip("xywh", box, strict=True))), move=move)
    for frame in (0, 5, 9):
        used = Canvas(*(np.full_like(p, 200) for p in blank(540, 960)))
        fresh = draw((layer,), frame, lambda _: photo, 540, 960)
        again = Composer((layer,), lambda _: photo, 540, 960).draw(frame, used)
        assert all((a == b).all() for a, b in zip(fresh, again, strict=True))


def test_a_quick_move_is_where_an_exact_one_is(photo):
    made = sprite(icon(box=Box(x=0, y=0, w=400, h=400)), None, Raster(FINER))
    held, quick = picture.padded(made), 0
    rows, cols = np.mgrid[0:480, 0:480]
    for n in range(24):
        k = (1 - 0.06 * n / 24) / FINER
        at = (k, 0, 11.3 + 0.17 * n, 0, k, 20.1 + 0.09 * n)
        slow = [p.copy() for p in picture.warped(made, at, 480, 480)[2:7]]
        fast = picture.warped(held, at, 480, 480, picture.PAD)
        quick += any((a != b).any() for a, b in zip(fast[2:7], slow, strict=True))
        assert all(psnr(a, b) >= 40 for a, b in zip(fast[2:7], slow, strict=True))
        middle = lambda a: np.array([(g[: a.shape[0], : a.shape[1]] * (a / a.sum())).sum() for g in (rows, cols)])
        assert np.abs(middle(fast.a) - middle(slow[3])).max() < 0.06
    assert quick > 12, "most of these moves are made by resizing"


def test_two_threads_make_a_sprite_once():
    made, shelf = [], sprites.Shelf()

    def make():
        made.append(1)
        time.sleep(0.05)
        return sprite(icon(), None)

    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda n: shelf.get(("one",), make), range(4)))
    assert len(made) == 1 and all(g is got[0] for g in got) and not shelf.making
    with pytest.raises(ZeroDivisionError):
        shelf.get(("two",), lambda: 1 / 0)
    assert shelf.get(("two",), make) is not None and not shelf.making


def test_a_shot_that_runs_on_makes_no_sprites_for_a_rest(monkeypatch):
    drifting = icon(move=Move(x=(Key(at=0, to=0), Key(at=20, to=30, ease="linear"))))
    at_rest = text()
    stack, drawn = Composer((drifting, at_rest), None, W, H, last=19), []
    monkeypatch.setattr(picture, "sprite", lambda layer, *more: drawn.append(layer.kind) or sprite(layer, *more))
    monkeypatch.setattr(picture, "SHELF", sprites.Shelf())
    for frame in range(16, 28):
        stack.draw(frame)
    assert sorted(drawn) == ["text", "vector"]


def test_only_what_comes_onto_the_canvas_is_drawn():
    wide = Vector(box=Box(x=-1200, y=400, w=3600, h=800), svg='<svg viewBox="0 0 9 2"><rect width="9" height="2" fill="#fff"/></svg>',
                  move=Move(x=(Key(at=0, to=-160), Key(at=60, to=160, ease="linear"))))  # fmt: skip
    stack = Composer((wide,), None, 4 * W, 4 * H)
    assert stack.reach[id(wide)].w < 1600
    for frame in (0, 30, 59):
        assert (stack.draw(frame).y[600:1000] > 230).all()


# -- smoothness -------------------------------------------------------------------------------------------------------


def test_a_slow_zoom_keeps_its_sharpness_and_never_stands_still(photo):
    zoom = Move(scale=(Key(at=0, to=1.0), Key(at=90, to=1.06, ease="linear")))
    stack = Composer((still(Box(x=0, y=0, w=W, h=H), move=zoom),), lambda _: photo, W, H)
    sharp, last = [], None
    for frame in range(1, 90, 2):
        y = stack.draw(frame).y
        sharp.append(cv2.Laplacian(y[40:-40, 40:-40], cv2.CV_32F).std())
        assert last is None or (y != last).mean() > 0.2, f"frame {frame} repeats"
        last = y
    trend = np.polyval(np.polyfit(range(len(sharp)), sharp, 1), range(len(sharp)))  # a zoom enlarges detail: that is no pulse
    assert np.abs(np.array(sharp) / trend - 1).max() <= 0.05


def test_how_opencv_resizes_for_others_stays_as_it_was(photo):
    zoom = Move(scale=(Key(at=0, to=1.0), Key(at=90, to=1.06, ease="linear")))
    stack = Composer((still(Box(x=0, y=0, w=W, h=H), move=zoom),), lambda _: photo, W, H)
    wished = cv2.ipp.useIPP_NotExact()
    for set_to in (False, True):
        cv2.ipp.setUseIPP_NotExact(set_to)
        there = cv2.ipp.useIPP_NotExact()
        frames = [stack.draw(n).y.copy() for n in (20, 40)]
        assert cv2.ipp.useIPP_NotExact() == there
        assert all((a == draw(stack.layers, n, lambda _: photo, W, H).y).all() for a, n in zip(frames, (20, 40), strict=True))
    cv2.ipp.setUseIPP_NotExact(wished)


def test_even_planes_and_no_layer_outside_is_an_error(photo):
    for x in (-300.5, -40.3, 250.7, 400):
        got = draw((still(Box(x=x, y=470, w=61, h=33)), text(box=Box(x=x, y=-20, w=200, h=80))), 0, lambda _: photo, W, H)
        assert got.y.shape == (H, W) and got.u.shape == got.v.shape == (H // 2, W // 2)
    made = sprite(text(), None, Raster(1.37, 0.4, 0.2))
    assert all(n % 2 == 0 for n in (made.left, made.top, *made.y.shape)) and made.u.shape == tuple(n // 2 for n in made.y.shape)


def test_the_base_is_not_seen(photo):
    layers = (still(Box(x=0, y=0, w=W, h=H)), icon(end=12), text(move=MOVES["grown"]), Sequence(box=text().box, items=(text(), text(start=9))))
    running = Composer(layers, lambda _: photo, W, H)
    for frame in (*range(0, 24), 5, 23, 11):
        alone = draw(layers, frame, lambda _: photo, W, H)
        assert all((a == b).all() for a, b in zip(alone, running.draw(frame), strict=True)), frame


def test_shifting_all_times_changes_no_pixel(photo):
    layers = (icon(move=MOVES["all"]), Sequence(box=text().box, items=(text(), text(start=9)), start=3, end=25))
    moved = tuple(shifted(x, -7) for x in layers)
    for frame in (3, 9, 24, 25):
        for a, b in zip(draw(layers, frame, None, W, H), draw(moved, frame - 7, None, W, H), strict=True):
            assert (a == b).all()


def test_tracks():
    keys = (Key(at=-10, to=2.0), Key(at=0, to=4.0, ease="linear"), Key(at=0, to=9.0, ease="hold"), Key(at=10, to=5.0, ease="hold"))
    assert [value_at(keys, f, 1.0) for f in (-20, -5, 0, 9, 10, 99)] == [2.0, 3.0, 9.0, 9.0, 5.0, 5.0]
    assert showing(icon(start=5, end=6), 4) is None and showing(icon(start=5, end=6), 5) and showing(icon(start=5, end=6), 6) is None


def test_a_wipe_reveals_from_the_left():
    made = sprite(icon(), None)
    shares = [wiped(made, p).a.sum(dtype=float) / made.a.sum(dtype=float) for p in (0.0, 0.01, 0.5, 1.0)]
    assert shares[0] < 0.01 and shares == sorted(shares) and shares[3] == 1


# -- type -------------------------------------------------------------------------------------------------------------


def path(word, size, x, y):
    "The word's outlines as SVG path data, written by another library."
    pen = SVGPathPen(None)
    for g in word.glyphs:
        font = lettering._font(g.face)
        k = size / font.face.upem
        font.draw_glyph_with_pen(g.id, TransformPen(pen, (k, 0, 0, -k, x + g.x * size, y + g.y * size)))
    return pen.getCommands()


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("size,x,y", [(28, 9.0, 41.0), (46, 9.3, 60.7), (84, 9.5, 100.25)])
def test_letters_agree_with_resvg_drawing_eight_times_as_large(face, size, x, y):
    word, w, h = shape("Hágjo&S", face), int(size * 5.2) + 20, int(size * 1.9) + 8
    got = struck([(word, x, y)], size, (w, h))
    large = draw_svg(f'<path d="{path(word, 8 * size, 8 * x, 8 * y)}" fill="#fff"/>', (0, 0, 8 * w, 8 * h), Raster())[..., 3]
    wanted = large.reshape(h, 8, w, 8).mean((1, 3))
    assert wanted[[0, -1]].max() == wanted[:, [0, -1]].max() == 0 and psnr(got, wanted) >= 40


@pytest.mark.parametrize("face", ["anton", "montserrat-black"])
@pytest.mark.parametrize("size,width", [(46, 3.0), (46, 9.0), (84, 6.0), (84, 11.3)])
def test_a_rim_is_all_that_is_near(face, size, width):
    word, m = shape("Bags!", face), 16
    w, h = int(size * word.advance) + 2 * m, int(size * 1.4) + 2 * m
    x, y = m + 0.3, m + 0.6 + size
    got = sprites._rim(struck([(word, x, y)], size, (w, h)), width)
    large = struck([(word, 8 * x, 8 * y)], 8 * size, (8 * w, 8 * h))
    far = cv2.distanceTransform((large < 128).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    wanted = (far <= 8 * width).reshape(h, 8, w, 8).mean((1, 3)) * 255
    assert psnr(got, wanted) >= 33 and abs(got.sum() / wanted.sum() - 1) < 0.01
    assert abs(got - wanted).max() < 110, "no hole and no bump: less than half a pixel at any place"


def test_rims_lie_under_plates_and_those_under_letters():
    shown = text(outline=6, outline_ink="#00ff00", ink="#ff0000")
    marks = lambda fill: (Mark(line=1, first=0, last=0, ink="#0000ff", fill=fill),)
    window = Raster().window(ink_box(shown), 10)
    bare, plated = (type_pixels(replace(shown, marks=marks(fill)), window) for fill in ("#0000", "#ffffff"))
    boxes = {(n, i): b for n, i, b in word_boxes(shown)}
    part = lambda p, b: p[int(b.y) - window[1] : int(b.bottom) - window[1], int(b.x) - window[0] : int(b.right) - window[0]].astype(int)
    on, off = part(plated, boxes[1, 0]), part(bare, boxes[1, 0])
    assert (on[..., 3] == 255).all() and not (on[..., 1] - on[..., 0] > 8).any(), "a plate hides the rims"
    assert (off[..., 1] > 200).any(), "a plate that is not seen takes no rim away"
    assert (part(bare, boxes[0, 0]) == part(plated, boxes[0, 0])).all()
    assert not type_pixels(replace(shown, ink="#0000", outline=0, marks=()), window).any()
    half = type_pixels(replace(shown, ink="rgba(255, 0, 0, 0.5)", outline=0, marks=()), window)
    assert half[..., 3].max() == 128 == half[..., 2].max() and not half[..., :2].any()


@pytest.fixture
def emoji(tmp_path, monkeypatch, request):
    "An emoji font of some kind, the only one that is installed for one test."
    monkeypatch.setattr(lettering, "FILES", {})
    monkeypatch.syspath_prepend(str(font_package(tmp_path, request.param)))
    fresh = lambda: [fontpkg.refresh(), *(f.cache_clear() for f in (lettering._chain, lettering.font_path, lettering._font, lettering._has, shape))]
    fresh()
    yield
    monkeypatch.undo()
    sys.modules.pop("fontpkg_test_emoji", None)
    fresh()


@pytest.mark.parametrize("emoji", ["layers", "paints"], indirect=True)
def test_an_emoji_is_painted_among_its_letters(emoji):
    assert glyphs_missing("a 🐟, 漢", "anton") == "漢"
    plain, word = shape("ab!", "anton"), shape("ab🐟!", "anton")
    assert abs(word.advance - plain.advance - 1) < 0.05 and [g.painted for g in word.glyphs] == [False, False, True, False]
    assert shape("ARE", "anton").glyphs == tuple(g for g in shape("ARE", "anton").glyphs if not g.painted), "a letter that the face has is no emoji"
    assert len(shape("🐟❤", "anton").glyphs) == 1, "two emoji that belong together are shaped together"
    size, lines = 50, ("ab🐟!",)
    w, h = text_box(lines, "anton", size, plates=True)
    made = Text(box=Box(x=20, y=20, w=w, h=h), lines=lines, face="anton", size=size, ink="#ffffff", outline=5, outline_ink="#00ff00")
    window = Raster().window(ink_box(made), 8)
    (_, _, word, x, y), *_ = placed_words(made)
    fish = next(g for g in word.glyphs if g.painted)
    left, base = x + fish.x * size - window[0], y - window[1]
    at = lambda p, dx, dy: p[round(base - dy * size), round(left + dx * size)].tolist()
    p = type_pixels(made, window)
    assert at(p, 0.5, 0.1) == [0, 0, 255, 255] and at(p, 0.3, 0.4) == [255, 0, 0, 255], "red body, blue eye"
    assert at(p, 0.5, 0.65) == [0, 255, 0, 255] and at(p, 0.5, -0.05) == [0, 255, 0, 255], "a rim around it"
    pale = type_pixels(replace(made, ink="#ffffff80", outline=0), window)
    assert at(pale, 0.5, 0.1) == [0, 0, 128, 128]
    plate = type_pixels(replace(made, marks=(Mark(line=0, first=0, last=0, ink="#111111", fill="#ffffff"),)), window)
    assert (plate == [0, 0, 255, 255]).all(-1).sum() >= (p == [0, 0, 255, 255]).all(-1).sum(), "whole on a plate"
    assert type_pixels(made, (window[0], window[1], 40, 40), Raster()).shape == (40, 40, 4)


@pytest.mark.parametrize("emoji", ["bitmap"], indirect=True)
def test_a_bitmap_of_an_emoji_counts_as_none(emoji):
    assert "noto-test-emoji" in fontpkg.families() and glyphs_missing("a 🐟", "anton") == "🐟"
    with pytest.raises(Missing, match="🐟"):
        shape("🐟", "anton")


@pytest.mark.parametrize("face", ["anton", "montserrat-black", "montserrat-medium"])
@pytest.mark.parametrize("words", ["HEARTS", "Ångström gypsy, Ça!", "JAVA Quay j", "«5 µm» — naïve"])
def test_type_stays_in_its_box(face, words):
    lines = (words, words[::-1])
    for marks in ((), (Mark(line=0, first=0, last=0, ink="#000000", fill="#ffffff"),)):
        w, h = text_box(lines, face, 60, plates=bool(marks))
        layer = Text(box=Box(x=100, y=100, w=w, h=h), lines=lines, face=face, size=60, ink="#ffffff", marks=marks)
        made = sprite(layer, None)
        ink = Box(x=made.left, y=made.top, w=made.y.shape[1], h=made.y.shape[0])
        assert layer.box.inset(-5, 0).holds(ink, slack=2), "letters may lean over their advance by a few px, plates may not"


def test_alignment_and_measure():
    lines, face = ("a long first line", "short"), "montserrat-bold"
    w, h = text_box(lines, face, 40)
    for align, share in (("left", 0.0), ("centre", 0.5), ("right", 1.0)):
        boxes = word_boxes(Text(box=Box(x=10, y=0, w=w, h=h), lines=lines, face=face, size=40, ink="#fff", align=align))
        short = boxes[-1][2]
        assert abs(short.x - (10 + share * (w - measure("short", face, 40)))) < 1e-6


def test_no_word_touches_a_neighbours_plate():
    words = "one of the two quits now"
    for face in ("anton", "montserrat-black"):
        for first, last in ((0, 0), (1, 2), (4, 5)):
            marks = (Mark(line=0, first=first, last=last, ink="#111", fill="#fff"),)
            w, h = text_box((words,), face, 100, plates=True)
            boxes = {i: b for _, i, b in word_boxes(Text(box=Box(x=0, y=0, w=w, h=h), lines=(words,), face=face, size=100, ink="#fff", marks=marks))}
            pad = PLATE_PAD * 100
            assert first == 0 or boxes[first].x - pad >= boxes[first - 1].right + 10
            assert last == 5 or boxes[last].right + pad <= boxes[last + 1].x - 10
            assert boxes[0].x >= pad - 1e-6 and boxes[5].right + pad <= w + 1e-6


def test_fitting():
    room = Box(x=0, y=0, w=850, h=500)
    for words in ("WHY DOES THE OCEAN NEVER FREEZE", "A NEWBORN SEAHORSE EATS 3,000 PIECES OF FOOD A DAY", "OK"):
        lines, size = fit_text(words, room, "anton", largest=200, lines=4)
        w, h = text_box(lines, "anton", size)
        assert w <= room.w and h <= room.h and size >= 46 and " ".join(lines) == words
        assert not any(line.split()[-1] in ("THE", "A", "OF", "3,000") for line in lines[:-1])
    big, small = (fit_text("some words that fit", Box(x=0, y=0, w=n, h=300), "anton", largest=300)[1] for n in (800, 500))
    assert big > small
    with pytest.raises(BadInput, match="does not fit"):
        fit_text("far too many words " * 20, Box(x=0, y=0, w=300, h=100), "anton", largest=100)
    with pytest.raises(BadInput, match="empty"):
        fit_text("   ", room, "anton", largest=100)


def test_right_to_left_order(monkeypatch):
    "Words of two directions are put in visual order; the installed fonts have no Hebrew, so two Latin words stand in."
    monkeypatch.setattr(lettering, "shape", lambda w, f: shape(w.strip("\u200f"), f)._replace(rtl=w.startswith("\u200f")))
    placed, _ = lettering._set_line("see \u200fabc \u200fdef 12 now", "anton", False)
    assert [i for i, _, _ in placed] == [0, 3, 2, 1, 4]


def test_missing_glyphs():
    assert glyphs_missing("plain text", "anton") == "" and glyphs_missing("a 𓅓 fish𓆟", "anton") == "𓅓𓆟"
    assert drawable("fish𓆟!", "anton") == "fish!" and drawable("👩‍🚀!", "anton") == "👩‍🚀!", "what holds an emoji together stays in it"
    with pytest.raises(Missing, match="no font package that is known here has them"):  # an extra would not help
        shape("𓆟", "anton")


def served(text):
    "The faces that a text is set in, besides Anton."
    return {g.face for word in text.split() for g in shape(word, "anton").glyphs} - {"anton"}


def test_other_scripts_are_shaped_by_their_own_rules():
    "The extra `fonts`: joined Arabic from the right, Indic clusters, the signs of East Asia; all of them heavy."
    word, alone = shape("سلام", "anton"), {shape(c, "anton").glyphs[0].id for c in "سلام"}
    assert served("سلام") == {"Noto Sans Arabic"} and word.rtl
    assert not {g.id for g in word.glyphs[1:]} & alone, "letters that join have other forms"
    assert word.advance < sum(shape(c, "anton").advance for c in "سلام")
    placed, _ = lettering._set_line("one سلام عليكم", "anton", False)
    assert [i for i, _, _ in placed] == [0, 2, 1]
    ha, cluster, joined = shape("ह", "anton"), shape("हि", "anton"), shape("क्षि", "anton")
    assert [g.id for g in cluster.glyphs][-1] == ha.glyphs[0].id and len(cluster.glyphs) == 2, "the vowel sign stands before its consonant"
    assert len(joined.glyphs) == 2, "four characters, two of them one ligature, and a vowel sign"
    assert served("東京 タコ 서울") == {"Noto Sans CJK"}
    for text in ("ι", "س", "ह", "東"):
        (glyph,) = shape(text, "anton").glyphs
        regular = lettering.hb.Font(lettering._font(glyph.face).face)
        ink = []
        for font in (regular, lettering._font(glyph.face)):
            pen = lettering.hb.RasterDraw()
            pen.transform = (0.05, 0, 0, 0.05, 0, 0)
            pen.draw_glyph(font, glyph.id)
            ink.append(sum(pen.render().buffer))
        assert ink[1] > 1.25 * ink[0] or glyph.face == "Noto Sans CJK", f"{text} would stand thin among heavy letters"


def test_emoji_in_colour():
    "The extra `emoji`: one glyph for a family, a flag, a key, a hand with its tone; letters and figures stay letters."
    for one in ("🐙", "👨‍👩‍👧", "🇫🇷", "1️⃣", "👍🏽", "❤️"):
        word = shape(one, "anton")
        assert sum(g.painted for g in word.glyphs) == 1 and served(one) == {"OpenMoji"} and word.advance == shape("🐙", "anton").advance, one
    assert served("Octopus 3 #1 © ™ 100%") <= {"montserrat-black"}
    made = Text(box=Box(x=20, y=20, w=200, h=100), lines=("🐙",), face="anton", size=80, ink="#ffffff")
    drawn = type_pixels(made, Raster().window(ink_box(made), 8)).astype(int)
    assert ((drawn[..., 2] > 180) & (drawn[..., 1] < 80)).sum() > 500, "the octopus is red"


# -- files ------------------------------------------------------------------------------------------------------------


def test_pictures_of_every_mode(tmp_path):
    grey = np.tile(np.linspace(10, 240, 64).astype(np.uint8), (48, 1))
    rgb = np.dstack([grey] * 3)
    makers = {
        "l.png": Image.fromarray(grey), "la.png": Image.fromarray(grey).convert("LA"), "p.png": Image.fromarray(rgb).quantize(256),
        "16.png": Image.fromarray(grey.astype(np.uint16) * 257), "rgba.png": Image.fromarray(rgb).convert("RGBA"),
        "1.png": Image.fromarray(grey > 128), "cmyk.tif": Image.fromarray(rgb).convert("CMYK"),
    }  # fmt: skip
    for name, image in makers.items():
        image.save(tmp_path / name)
        got = sprites.read_picture(tmp_path / name)
        assert got.shape[:2] == (48, 64) and got.dtype == np.uint8, name
        if not name.startswith("1."):
            assert abs(got[20, :, 1].astype(int) - grey[0]).max() <= 8, name
    (tmp_path / "cut.jpg").write_bytes(b"")
    Image.fromarray(rgb).save(tmp_path / "whole.jpg")
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "whole.jpg").read_bytes()[:300])
    for name in ("cut.jpg", "none.jpg"):
        with pytest.raises(BadInput):
            sprites.read_picture(tmp_path / name)


@pytest.mark.parametrize("turned, chroma", [*((1, n) for n in range(3)), *((n, 2) for n in range(2, 9))])
def test_a_photograph_is_upright_however_the_camera_was_held(turned, chroma, tmp_path, monkeypatch):
    rng = np.random.default_rng(1)
    picture_ = Image.fromarray(cv2.resize(rng.integers(0, 255, (6, 8, 3), np.uint8), (320, 240), interpolation=cv2.INTER_CUBIC))
    exif = Image.Exif()
    exif[0x0112] = turned
    picture_.save(tmp_path / "a.jpg", quality=90, exif=exif, subsampling=chroma)
    wanted = np.asarray(ImageOps.exif_transpose(Image.open(tmp_path / "a.jpg")))[..., ::-1]
    quick, whole_jpeg = [], sprites._whole_jpeg
    monkeypatch.setattr(sprites, "_whole_jpeg", lambda data: quick.append(1) or whole_jpeg(data))
    for least in (0, 200):
        got = sprites.read_picture(tmp_path / "a.jpg", least)
        assert got.shape == wanted.shape and np.abs(got.astype(int) - wanted).max() <= 3, turned
    assert len(quick) == (2 if turned == 1 else 0)
    small = sprites.read_picture(tmp_path / "a.jpg", 60)
    assert min(small.shape[:2]) == 60, "the decoder reduces it"
    for share in (0.3, 0.7, 0.99):
        whole = (tmp_path / "a.jpg").read_bytes()
        (tmp_path / "half.jpg").write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(BadInput, match="half.jpg"):
            sprites.read_picture(tmp_path / "half.jpg")


def test_transparent_picture_shows_what_is_behind(tmp_path):
    rgba = np.zeros((100, 100, 4), np.uint8)
    rgba[:, 50:] = (255, 0, 0, 255)
    Image.fromarray(rgba).save(tmp_path / "half.png")
    ground = Field(box=Box(x=0, y=0, w=W, h=H), gradient=("#ffffff", "#ffffff"))
    rgb = draw((ground, still(Box(x=50, y=50, w=100, h=100))), 0, lambda _: tmp_path / "half.png", W, H).rgb()
    assert rgb[100, 70].min() > 245 and rgb[100, 130, 0] > 245 and rgb[100, 130, 1] < 8


def test_the_shelf_is_bounded():
    shelf = sprites.Shelf(most=1_000_000)
    made = sprite(text(), None)
    for n in range(100):
        shelf.get((n,), lambda: made)
    assert shelf.held <= 1_000_000 and shelf.held == sum(s.nbytes for s in shelf.kept.values())
    assert picture.SHELF.held <= picture.SHELF.most


def test_colour_bars_survive_the_planes():
    colours = np.array([[r, g, b] for r in (0, 255) for g in (0, 255) for b in (0, 255)], np.uint8)
    body = "".join(f'<rect x="{i * 32}" y="0" width="32" height="{H}" fill="#{r:02x}{g:02x}{b:02x}"/>' for i, (r, g, b) in enumerate(colours))
    bars = Vector(box=Box(x=0, y=0, w=256, h=H), svg=f'<svg viewBox="0 0 256 {H}">{body}</svg>')
    rgb = draw((bars,), 0, None, W, H).rgb()
    for i, colour in enumerate(colours):
        assert abs(rgb[H // 2, i * 32 + 16].astype(int) - colour).max() <= 2


def test_a_blank_canvas_is_black():
    assert blank(16, 16).rgb().max() == 0


def test_a_drawing_of_which_nothing_is_drawn_yet_leaves_no_dots():
    round_ends = ICON.replace("stroke-width", 'stroke-linecap="round" stroke-width')
    layer = icon(svg=round_ends, move=Move(draw=(Key(at=10, to=0.02), Key(at=30, to=1.0))))
    stack = Composer((layer,), lambda _: None, W, H)
    nothing = blank(W, H)
    assert showing(layer, 10) is None and np.array_equal(stack.draw(10, blank(W, H)).y, nothing.y)
    assert (stack.draw(20, blank(W, H)).y != nothing.y).sum() > 200


@pytest.mark.parametrize("name", sorted(arts())[::25])
def test_an_illustration_is_drawn_at_any_size_and_over_any_edge(name):
    "Most of them have filters, which were cut into strips where they are large, and could not be drawn then."
    for side, scale in ((90, 1.0), (758, 0.5), (758, 1.0)):
        at = Box(x=-0.3 * side, y=1121.6, w=side, h=side)
        shown = draw((Vector(box=at, svg=art_svg(name), blur=3.5),), 0, None, width=1080, height=1920, scale=scale).rgb()
        assert shown.any()
