"Segments, transitions, sound and failures of the renderer, on a small film."

import re
import time
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from viralforge import render as r
from viralforge.audio import write_wav
from viralforge.core import BadInput, RenderFailed
from viralforge.film import container, frames, planes, probe, sound
from viralforge.picture import Canvas, Composer, blank, text_box
from viralforge.store import scratch_run
from viralforge.timeline import RATE, Cue, Overlay, Place, Timeline
from viralforge.types import Box, Clip, Field, Key, Move, Picture, Text, Vector

W, H = 270, 480
WHOLE = Box(x=0, y=0, w=W, h=H)
PLATE = '<svg viewBox="0 0 27 48"><rect width="27" height="48" fill="{}"/></svg>'


def flat(colour):
    return (Vector(box=WHOLE, svg=PLATE.format(colour)),)


def scene(words, seed=0):
    w, h = text_box((words,), "anton", 44)
    rise = Move(y=(Key(at=0, to=40), Key(at=12, to=0)), opacity=(Key(at=0, to=0), Key(at=8, to=1)))
    ground = Field(box=WHOLE, gradient=("#101830", "#402060"), lights=("#3060ff", "#a030ff"), seed=seed)
    return (ground, Text(box=Box(x=14, y=90, w=w, h=h), lines=(words,), face="anton", size=44, ink="#ffffff", move=rise))


def caption(start, words, frames=20):
    w, h = text_box((words,), "montserrat-black", 20)
    text = Text(box=Box(x=20, y=260, w=w, h=h), lines=(words,), face="montserrat-black", size=20, ink="#ffd23f", outline=2)
    return Overlay(id=f"c{start}", start=start, frames=frames, text=words, layers=(text,))


def film(*shots, **more):
    "Shots are (layers, frames) or (layers, frames, transition)."
    places, at = [], 0
    for n, (layers, length, *kind) in enumerate(shots):
        kind = kind[0] if kind else "cut"
        places.append(Place(id=f"s{n}", line_id=f"l{n}", start=at, frames=length, layers=layers, transition=kind, lead=8 * (kind != "cut")))
        at += length
    parts = {"overlays": (), "cues": (), "speech": ()} | more
    return Timeline(title="t", width=W, height=H, fps=30, frames=at, style="aurora", platform="everywhere", language="en", safe=WHOLE,
                    band=WHOLE, places=tuple(places), **parts)  # fmt: skip


def noise(run, seconds, seed=0, wide=False, level=0.2):
    n = int(seconds * RATE)
    wave = (np.random.default_rng(seed).standard_normal((n, 2) if wide else n) * level).astype(np.float32).clip(-1, 1)
    with run.store.scratch() as d:
        return run.put(write_wav(d / "n.wav", wave, RATE))


def states(run):
    return {stage: [c.state for c in run.bill().charges if c.stage == stage] for stage in ("segment", "mix", "join")}


# -- segments ---------------------------------------------------------------------------------------------------------


def test_segments_cover_the_film_and_never_pass_sixty_frames():
    lengths = (1, 5, 59, 60, 61, 71, 72, 120, 130, 200)
    cut = r.segments(film(*((flat("#fff"), n) for n in lengths)))
    at = 0
    for s in cut:
        assert s.start == at and 1 <= s.frames <= 60
        at += s.frames
    assert at == sum(lengths)
    ends = {s.start + s.frames for s in cut}
    assert {sum(lengths[: i + 1]) for i in range(len(lengths))} <= ends, "every shot begins a segment"
    assert all(s.frames >= 10 for s in cut if s.frames not in (1, 5))


def test_identity_is_content_not_position():
    a, b = scene("ALPHA"), scene("BETA", 3)
    alone, later = r.segments(film((b, 70))), r.segments(film((a, 47), (b, 70)))[1:]
    assert [s.content() for s in alone] == [s.content() for s in later]
    changed = r.segments(film((a, 47), (scene("BETA", 4), 70)))[1:]
    assert all(x.content() != y.content() for x, y in zip(later, changed, strict=True))
    gone = replace(b[1], start=0, end=30)
    edited = (b[0], replace(gone, ink="#ff0000"))
    one, two = r.segments(film(((b[0], gone), 90))), r.segments(film((edited, 90)))
    assert one[0].content() != two[0].content() and one[1].content() == two[1].content(), "what is not seen does not count"


def test_how_a_layer_came_to_be_is_forgotten_and_the_picture_stays():
    box = Box(x=20, y=40, w=180, h=120)
    drawn = lambda ease, first: Vector(
        box=box, svg='<svg viewBox="0 0 9 6"><circle cx="4" cy="3" r="2" fill="none" stroke="#fff"/></svg>',
        move=Move(scale=(Key(at=first, to=0.5), Key(at=30, to=1.0, ease=ease), Key(at=130, to=1.1, ease="linear")),
                  opacity=(Key(at=first, to=0), Key(at=20, to=1)), draw=(Key(at=first, to=0), Key(at=40, to=1)),
                  x=(Key(at=first, to=-30), Key(at=50, to=12, ease=ease)), rotate=(Key(at=0, to=4),)))  # fmt: skip
    one, two = ((scene("ALPHA")[0], drawn(ease, first)) for ease, first in (("spring", 0), ("out", 7)))
    a, b = (r.segments(film((layers, 130))) for layers in (one, two))
    assert [x.content() == y.content() for x, y in zip(a, b, strict=True)] == [False, True, True]
    whole = Composer(one, lambda _: None, W, H)
    with scratch_run() as run:
        for s in a:
            painter = r.Painter(s, run)
            for n in (0, 1, s.frames // 2, s.frames - 1):
                got, want = painter.draw(n, blank(W, H)), whole.draw(s.start + n)
                assert max(np.abs(p.astype(int) - q).max() for p, q in zip(got, want, strict=True)) <= 1


def test_a_caption_touches_only_its_segments():
    shots = [(scene("ALPHA"), 60), (scene("BETA"), 60), (scene("GAMMA"), 60)]
    plain, said = (r.segments(film(*shots, overlays=(caption(50, words),))) for words in ("one", "two"))
    assert [a.content() == b.content() for a, b in zip(plain, said, strict=True)] == [False, False, True]


def test_two_workers_and_one_give_the_same_bytes():
    made = film((scene("ALPHA"), 45), (scene("BETA", 1), 80, "zoom"), (scene("GAMMA", 2), 30, "push"), overlays=(caption(30, "over the cut", 30),))
    with scratch_run() as one, scratch_run() as two:
        a, b, c = r.render(made, one, workers=1), r.render(made, two, workers=2), r.render(made, one, workers=2)
    assert a.video == b.video == c.video and a.hits == 0 and c.hits == len(c.segments)
    assert [s.digest for s in a.segments] == [s.digest for s in b.segments]


def test_an_inserted_shot_renders_what_it_touches():
    a, b, c, new = scene("ALPHA"), scene("BETA", 1), scene("GAMMA", 2), scene("NEW", 3)
    with scratch_run() as run:
        r.render(film((a, 70), (b, 50, "fade"), (c, 40)), run)
        before = len(states(run)["segment"])
        r.render(film((a, 70), (new, 20), (b, 50, "fade"), (c, 40)), run)
        fresh = states(run)["segment"][before:]
    assert sorted(fresh) == ["done", "done", "hit", "hit", "hit", "hit"], "the new shot, and the frames that now fade in from it"


def test_the_film_is_exact():
    with scratch_run() as run:
        cues = (Cue(stem="voice", audio=noise(run, 1.5), start=RATE // 2), Cue(stem="music", audio=noise(run, 4, 1, True), start=0))
        made = film((scene("ALPHA"), 61), (scene("BETA"), 59), cues=cues, speech=((RATE // 2, 2 * RATE),))
        done = r.render(made, run)
        path = run.path(done.video)
        facts = probe(path)
        assert facts.frames == 120 == sum(1 for _ in frames(path)) and facts.constant and facts.start == 0
        assert (facts.codec, facts.profile, facts.pix_fmt, facts.faststart) == ("h264", "High", "yuv420p", True)
        assert facts.colour == ("limited", "bt709", "bt709", "bt709") and (facts.audio, facts.rate) == ("aac", 48000)
        assert abs(facts.sound_seconds - facts.seconds) < 1 / 30 and abs(len(sound(path)) - 4 * RATE) <= 1600
        assert abs(done.loudness + 14) <= 1 and done.peak <= -1
        parts = {n: sound(run.path(a)) for n, a in done.stems.items()}
        rest = sum(a for n, a in parts.items() if n != "mix") - parts["mix"]
        assert 20 * np.log10(np.abs(rest).max() + 1e-12) < -60


def test_colour_bars_are_within_two_levels_after_decoding():
    colours = np.array([[r, g, b] for r in (0, 128, 255) for g in (0, 255) for b in (0, 255)][:8], np.uint8)
    body = "".join(f'<rect x="{i * 32}" y="0" width="32" height="{H}" fill="#{r:02x}{g:02x}{b:02x}"/>' for i, (r, g, b) in enumerate(colours))
    bars = Vector(box=Box(x=0, y=0, w=256, h=H), svg=f'<svg viewBox="0 0 256 {H}">{body}</svg>')
    with scratch_run() as run:
        path = run.path(r.render(film(((bars,), 12)), run).video)
        shown = [Canvas(*p).rgb() for n, (_, p) in enumerate(planes(path)) if n in (0, 5, 11)]
    for rgb in shown:
        for i, colour in enumerate(colours):
            assert np.abs(rgb[H // 2, i * 32 + 16].astype(int) - colour).max() <= 2


def test_a_sound_encoded_beside_the_picture_is_the_mix():
    with scratch_run() as run:
        made = film((scene("ALPHA"), 60), cues=(Cue(stem="voice", audio=noise(run, 1.8), start=0),), speech=((0, RATE),))
        done = r.render(made, run)
        mix, heard = sound(run.path(done.stems["mix"])), sound(run.path(done.video))
    assert set(done.stems) == {"mix", "voice"} and len(heard) == len(mix) == 2 * RATE
    alike = lambda by: np.corrcoef(heard[9000:30000, 0], mix[9000 + by : 30000 + by, 0])[0, 1]
    assert alike(0) > 0.8 and alike(0) == max(map(alike, range(-3, 4))), "not a sample early or late"


# -- transitions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["cut", "fade", "slide", "push", "zoom"])
def test_transitions_begin_and_end_on_their_frames(kind):
    made = film((flat("#000000"), 20), (flat("#ffffff"), 20, kind))
    with scratch_run() as run:
        light = [float(Canvas(*p).y.mean()) for _, p in planes(run.path(r.render(made, run).video))]
    assert max(light[:20]) < 17 and min(light[28:]) > 234
    if kind == "cut":
        assert min(light[20:]) > 234
    else:
        assert all(a <= b + 0.5 for a, b in zip(light[19:29], light[20:30], strict=False)) and 18 < light[21] < 233


@pytest.mark.parametrize("kind", ["fade", "slide", "push", "zoom"])
@pytest.mark.parametrize("share", [0.11, 0.5, 0.89])
def test_transitions_agree_with_a_float_reference(kind, share):
    rng = np.random.default_rng(1)
    tex = lambda: cv2.GaussianBlur(rng.integers(16, 236, (H, W)).astype(np.uint8), (0, 0), 3)
    old, new = (Canvas(t, t[::2, ::2].copy(), t[1::2, 1::2].copy()) for t in (tex(), tex()))
    out = blank(W, H)
    r.mix(out, old, new, kind, share)
    for got, a, b in zip(out, old, new, strict=True):
        a, b, (h, w) = a.astype(float), b.astype(float), got.shape
        if kind in ("fade", "zoom"):
            if kind == "zoom":
                k = 1 + 0.18 * share**2
                ys, xs = ((np.arange(n) + 0.5 - n / 2) / k + n / 2 - 0.5 for n in (h, w))
                a = np.stack([np.interp(xs, np.arange(w), row) for row in a])
                a = np.stack([np.interp(ys, np.arange(h), column) for column in a.T], 1)
            soft = share * share * (3 - 2 * share)
            wanted = a * (1 - soft) + b * soft
        else:
            left = round(W * (1 - share) ** 3 / 2) * 2 * w // W
            away = w - left if kind == "push" else 0
            wanted = np.concatenate([a[:, away : away + left], b[:, : w - left]], 1)
        assert 10 * np.log10(255**2 / max(np.mean((got - wanted) ** 2), 1e-9)) >= 40


def test_the_old_shot_runs_on_under_a_transition():
    slider = Vector(box=Box(x=0, y=0, w=40, h=H), svg='<svg viewBox="0 0 4 48"><rect width="4" height="48" fill="#fff"/></svg>',
                    move=Move(x=(Key(at=0, to=0), Key(at=40, to=200, ease="linear"))), end=20)  # fmt: skip
    made = film(((slider,), 20), (flat("#000000"), 20, "fade"))
    with scratch_run() as run:
        where = [int(np.argmax(r.draw_frame(made, f, run)[240, :, 0])) for f in (18, 19, 20, 21, 22)]
    steps = np.diff(where)
    assert (steps >= 4).all() and (steps <= 6).all(), "it neither stops nor vanishes at the boundary"


# -- looking ----------------------------------------------------------------------------------------------------------


def test_stills_and_film_agree_and_are_quick():
    made = film((scene("ALPHA"), 70), (scene("BETA", 1), 50, "fade"), overlays=(caption(60, "over the cut"),))
    with scratch_run() as run:
        path = run.path(r.render(made, run).video)
        shown = {n: rgb for n, (_, rgb) in enumerate(frames(path)) if n in (0, 65, 72, 119)}
        for n, rgb in shown.items():
            still = r.draw_frame(made, n, run)
            assert 10 * np.log10(255**2 / np.mean((still.astype(float) - rgb) ** 2)) > 34
        bare = r.draw_frame(made, 65, run, captions=False)
        assert (bare != r.draw_frame(made, 65, run)).any()
        assert r.draw_frame(made, 65, run, scale=0.5).shape == (240, 136, 3)
        with pytest.raises(BadInput, match="outside"):
            r.draw_frame(made, 120, run)


def test_a_draft_of_a_stretch_with_sound():
    with scratch_run() as run:
        made = film((scene("ALPHA"), 70), (scene("BETA", 1), 50, "fade"), cues=(Cue(stem="voice", audio=noise(run, 3), start=0),))
        small = run.path(r.draft(made, 55, 100, run))
        facts = probe(small)
        assert (facts.frames, facts.width, facts.height) == (45, 136, 240) and abs(facts.sound_seconds - 1.5) < 0.05
        assert r.draft(made, 55, 100, run) and [c.state for c in run.bill().charges if c.stage == "draft"] == ["done", "hit"]


def test_a_clip_plays_in_its_own_time_and_holds_its_end(tmp_path):
    from viralforge.film import encode

    level = lambda n: Canvas(np.full((64, 64), 20 + 5 * n, np.uint8), *(np.full((32, 32), 128, np.uint8),) * 2)
    encode((level(n) for n in range(30)), tmp_path / "clip.mp4", 64, 64, crf=1)
    with scratch_run() as run:
        media = run.put(tmp_path / "clip.mp4")
        made = film(((Clip(box=WHOLE, media=media, begin=0.2),), 40), ((Clip(box=WHOLE, media=media, speed=2.0),), 10))
        light = [float(r.draw_frame(made, f, run)[240, 135, 0]) for f in (0, 5, 10, 30, 39, 40, 45)]
        path = run.path(r.render(made, run).video)
        played = [rgb[240, 135, 0] for _, rgb in frames(path)]
    want = [(20 + 5 * n - 16) * 255 / 219 for n in (6, 11, 16, 29, 29, 0, 10)]
    assert np.abs(np.array(light) - want).max() < 4
    assert np.abs(np.array([float(played[f]) for f in (0, 5, 10, 30, 39, 40, 45)]) - want).max() < 6


# -- failures ---------------------------------------------------------------------------------------------------------


def test_what_is_missing_or_broken_is_found_first(tmp_path):
    Image.new("RGB", (64, 64)).save(tmp_path / "a.png")
    with scratch_run() as run:
        image = run.put(tmp_path / "a.png")
        (tmp_path / "b.jpg").write_bytes(b"no picture")
        torn = run.put(tmp_path / "b.jpg")
        good = film((scene("ALPHA"), 20), ((Picture(box=WHOLE, image=image),), 20))
        r.check(good, run)
        run.path(image).unlink()
        sign = replace(scene("A")[1], lines=("𓆟",))
        bad = [
            (good, "shot s1.*gone"),
            (film(((Picture(box=WHOLE, image=torn),), 9)), "shot s0.*cannot be read"),
            (film(((Clip(box=WHOLE, media=torn),), 9)), "shot s0"),
            (film((scene("ALPHA"), 9), cues=(Cue(stem="voice", audio=torn, start=0),)), "voice at 0.00 s"),
            (film((scene("ALPHA"), 9), overlays=(Overlay(id="c", start=0, frames=5, text="𓆟", layers=(sign,)),)), "caption '𓆟'.*no installed font"),
        ]
        for timeline, said in bad:
            with pytest.raises(BadInput) as e:
                r.render(timeline, run)
            assert re.search(said, str(e.value)), str(e.value)
        assert not states(run)["segment"], "nothing was begun"


def test_what_is_short_is_made_last():
    make = lambda id, frames: r.Segment(id=id, start=int(id[1:]), frames=frames, width=64, height=64, fps=30, layers=())
    cut = tuple(make(f"s{n}", frames) for n, frames in enumerate((20, 60, 12, 60, 31, 60, 45, 60)))
    assert [s.frames for s in r.in_turn(cut, {s.id for s in cut}, 1)] == [60, 60, 31, 60, 45, 60, 20, 12]
    assert [s.id for s in r.in_turn(cut, {"s5", "s6", "s7"}, 1)] == ["s0", "s1", "s2", "s3", "s4", "s5", "s7", "s6"]
    assert {s.id for s in r.in_turn(cut, set(), 2)} == {s.id for s in cut}


def test_a_failing_segment_is_named_and_the_others_stay(monkeypatch):
    made = film((scene("ALPHA"), 30), (scene("BETA", 1), 30), (scene("GAMMA", 2), 30))
    draw = r.Painter.draw
    with scratch_run() as run:
        monkeypatch.setattr(r.Painter, "draw", lambda self, n, out: 1 / 0 if self.segment.start == 60 and n == 5 else draw(self, n, out))
        with pytest.raises(RenderFailed, match=r"segment s2\+0 \(frames 60 to 89\)"):
            r.render(made, run, workers=1)
        monkeypatch.setattr(r.Painter, "draw", draw)
        assert r.render(made, run).hits == 2


def test_stopping_is_prompt_and_keeps_what_is_done(monkeypatch):
    made = film(*((scene(w, n), 60) for n, w in enumerate(("ALPHA", "BETA", "GAMMA", "DELTA"))))
    draw = r.Painter.draw

    def slow(self, n, out):
        if self.segment.start >= 120:
            time.sleep(0.05)
        return draw(self, n, out)

    completed = r.as_completed

    monkeypatch.setattr(r.Painter, "draw", slow)
    def late(futures):
        done = iter(completed(futures))
        yield next(done)
        yield next(done)
        time.sleep(0.3)
        raise KeyboardInterrupt

    monkeypatch.setattr(r, "as_completed", late)
    with scratch_run() as run:
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            r.render(made, run)
        assert time.monotonic() - began < 4
        monkeypatch.setattr(r.Painter, "draw", draw)
        monkeypatch.setattr(r, "as_completed", completed)
        assert r.render(made, run).hits == 2


def test_bursts_over_silence_stay_within_the_rate_that_platforms_take():
    "AAC spends twice what it is asked for on them."
    n = 4 * RATE
    beats = np.random.default_rng(1).uniform(-0.7, 0.7, (n, 2)) * (np.sin(2 * np.pi * 3 * np.arange(n) / RATE) > 0)[:, None]
    with scratch_run() as run, run.store.scratch() as d:
        art = run.put(write_wav(d / "t.wav", beats.astype(np.float32), RATE))
        done = r.render(film((scene("ALPHA"), 120), cues=(Cue(stem="voice", audio=art, start=0),), speech=((0, n),)), run)
        packed = container(run.path(done.video))
    assert 60 < packed.sound_rate <= 128 and done.peak <= -1 and abs(done.loudness + 14) < 1
