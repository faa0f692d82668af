"Kin of the field's cases of footage, music and commands: what was not handed out, made here and tried."

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

from viralforge.core import BadInput, load_settings
from viralforge.film import frames, probe
from viralforge.media import probe_media
from viralforge.music import RATE, extend, measure_track

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
