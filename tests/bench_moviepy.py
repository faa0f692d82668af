"""The same timeline as a MoviePy user would build it, for `tests/bench.py`.

MoviePy's documented idioms: `ImageClip` with `resized(lambda t: ...)` and `with_position(lambda t: ...)` for camera
moves, `CrossFadeIn` for fades, `CompositeVideoClip` for layers, `write_videofile` with threads. It is given less to do than
we are: every text and drawing comes as a finished picture that is made once, moving backgrounds stand still, wipes, drawing
strokes and captions' pops are left out, and the mix is made already.
"""

from pathlib import Path

import cv2
import numpy as np
from moviepy import AudioFileClip, CompositeVideoClip, ImageClip, VideoFileClip, vfx

from viralforge.audio import read_wav, write_wav
from viralforge.picture import draw, value_at
from viralforge.render import stems
from viralforge.sprites import Sprite, looks_of, read_picture, sprite, to_rgb
from viralforge.types import Clip, Field, Picture, Sequence

CACHE: dict = {}


def rgba(s: Sprite) -> np.ndarray:
    "A sprite as MoviePy takes pictures: RGB, and alpha as a fourth channel."
    alpha = np.full_like(s.y, 255) if s.a is None else s.a
    half = np.full_like(s.u, 255) if s.c is None else s.c
    over = lambda p, a, n: np.clip(p.astype(float) / np.maximum(a, 1) * 255, 0, 255).astype(np.uint8) if n else p
    rgb = to_rgb(over(s.y, alpha, 1), over(s.u, half, 1), over(s.v, half, 1))
    return np.dstack([rgb, alpha])


def drawn(layer, run) -> tuple[np.ndarray, int, int]:
    "A layer's picture, made once, and where its corner lies."
    key = looks_of(layer)
    if key not in CACHE:
        s = sprite(layer, run.path)
        CACHE[key] = (rgba(s), s.left, s.top)
    return CACHE[key]


def moved(clip, layer, left, top, fps):
    "The clip with the layer's movement and fade."
    m, (h, w) = layer.move, clip.size[::-1]
    cx, cy = left + w / 2, top + h / 2
    if m.scale:
        clip = clip.resized(lambda t: max(value_at(m.scale, layer.start + t * fps, 1.0), 0.02))
    if m.rotate and len({k.to for k in m.rotate}) > 1:
        clip = clip.rotated(lambda t: -value_at(m.rotate, layer.start + t * fps, 0.0), expand=True)
    if m.x or m.y or m.scale:
        at = lambda track, t, neutral=0.0: value_at(track, layer.start + t * fps, neutral)
        clip = clip.with_position(
            lambda t: (cx + at(m.x, t) - w * at(m.scale, t, 1.0) / 2, cy + at(m.y, t) - h * at(m.scale, t, 1.0) / 2)
        )
    else:
        clip = clip.with_position((left, top))
    fade = next((k.at - layer.start for k in m.opacity if k.to >= 1), 0) if m.opacity and m.opacity[0].to < 1 else 0
    return clip.with_effects([vfx.CrossFadeIn(fade / fps)]) if fade > 0 else clip


def clips(layers, frames, run, size, fps):
    "The clips of one shot's or caption's layers."
    for layer in layers:
        first, last = max(layer.start, 0), min(frames, frames if layer.end is None else layer.end)
        if first >= last:
            continue
        span = lambda clip, a=first, b=last: clip.with_start(a / fps).with_duration((b - a) / fps)
        if isinstance(layer, Sequence):
            for n, item in enumerate(layer.items):
                stop = layer.items[n + 1].start if n + 1 < len(layer.items) else last
                a, b = max(item.start, first), min(stop, last)
                if a < b:
                    picture, left, top = drawn(item, run)
                    yield span(ImageClip(picture), a, b).with_position((left, top))
        elif isinstance(layer, Field):
            yield span(ImageClip(draw((layer,), first, run.path, *size).rgb()))
        elif isinstance(layer, Clip):
            clip = VideoFileClip(str(run.path(layer.media)), audio=False).subclipped(layer.begin, layer.begin + (last - first) / fps)
            yield span(clip.resized(height=size[1])).with_position("center")
        elif isinstance(layer, Picture) and layer.box.x <= 0 and layer.box.w >= size[0] and not layer.blur:
            image = cv2.cvtColor(read_picture(run.path(layer.image)), cv2.COLOR_BGR2RGB)
            k = max(size[0] / image.shape[1], size[1] / image.shape[0])
            image = cv2.resize(image, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
            scale = layer.move.scale
            clip = span(ImageClip(image))
            if scale:
                clip = clip.resized(lambda t, s=scale, at=layer.start: value_at(s, at + t * fps, 1.0))
            yield clip.with_position("center")
        else:
            picture, left, top = drawn(layer, run)
            yield moved(span(ImageClip(picture)), layer, left, top, fps)


def write(timeline, run, path: Path, threads: int) -> None:
    "The film, by MoviePy."
    fps, size, parts = timeline.fps, (timeline.width, timeline.height), []
    for n, p in enumerate(timeline.places):
        lead = timeline.places[n + 1].lead if n + 1 < len(timeline.places) else 0  # runs on under the next one's fade
        shot = CompositeVideoClip([*clips(p.layers, p.frames + lead, run, size, fps)], size=size)
        shot = shot.with_start(p.start / fps).with_duration((p.frames + lead) / fps)
        parts.append(shot.with_effects([vfx.CrossFadeIn(p.lead / fps)]) if p.lead and n else shot)
    for o in timeline.overlays:
        parts += [c.with_start(c.start + o.start / fps) for c in clips(o.layers, o.frames, run, size, fps)]
    whole = CompositeVideoClip(parts, size=size).with_duration(timeline.seconds)
    made, total = stems(timeline, run)
    if made:
        wav = path.with_suffix(".wav")
        write_wav(wav, np.clip(sum(s(0, total) for s in made.values()), -1, 1), 48000)
        assert read_wav(wav)[1] == 48000
        whole = whole.with_audio(AudioFileClip(str(wav)))
    whole.write_videofile(str(path), fps=fps, codec="libx264", preset="veryfast", audio_codec="aac", threads=threads,
                          ffmpeg_params=["-crf", "20"], logger=None)  # fmt: skip
