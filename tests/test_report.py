"Report: the pictures of a film's page."

import io

import numpy as np
from PIL import Image

from viralforge import report


def test_no_row_of_speech_after_the_last_word(monkeypatch):
    rate, words = 8000, [("hearts", 1.0, 1.5), ("rules", 19.0, 19.6)]
    height = {}
    for seconds in (20.0, 20.3):
        monkeypatch.setattr(report, "voice_track", lambda _, n=seconds: (np.zeros(int(n * rate), np.float32), rate, words))
        height[seconds] = Image.open(io.BytesIO(report.speech_figure(None).data)).height
    assert height[20.0] == height[20.3], "a moment more than whole rows is not a row"
