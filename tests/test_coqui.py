"Coqui's models: what is told without the library; and tiny models of its own classes, saved, loaded and heard as real ones are."

import json
import os
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import tiny_coqui
from click.testing import CliRunner

from viralforge.audio import read_wav, write_wav
from viralforge.backends import coqui
from viralforge.backends.coqui import Coqui, find_model, known_models
from viralforge.briefs import read_brief
from viralforge.cli import cli
from viralforge.conformance import check_backend
from viralforge.core import BadInput, Missing, file_digest, from_json
from viralforge.narration import narrate
from viralforge.pipeline import Draft
from viralforge.ports import SpeechRequest, backend, lacks, unready
from viralforge.record import RunRecord
from viralforge.store import Store, scratch_run
from viralforge.types import Line, Script
from viralforge.voices_command import voice_rows

NOTES = "Which animal needs three hearts? An octopus does. Two of them push blood through the gills. The third one stops when it swims."
TEXTS = ("Which animal needs three hearts?", "An octopus does. Two of them push blood through the gills!", "The third one stops, when it swims.")


def model(folder: Path, **config) -> Path:
    "A folder that looks like a model's, as far as it is looked at before loading."
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"model": "vits", "languages": ["en"]} | config))
    (folder / "model.pth").write_bytes(b"weights of " + folder.name.encode())
    return folder


def hum(path: Path, seconds: float, seed: int = 0) -> Path:
    write_wav(path, (0.2 * np.random.default_rng(seed).standard_normal(round(24_000 * seconds))).astype(np.float32), 24_000)
    return path


def asked(text: str = "Three hearts.", **more) -> SpeechRequest:
    return SpeechRequest(**{"spoken": tuple(text.split()), "seed": 1} | more)


def script_of(*texts) -> Script:
    return Script(title="Hearts", lines=tuple(Line(id=f"beat-{n}", role="beat", text=t) for n, t in enumerate(texts)))


@pytest.fixture
def alone(monkeypatch, tmp_path):
    "No model of Coqui's on this machine, and nobody who allows one to be fetched."
    for name in ("VIRALFORGE_COQUI", "COQUI_TOS_AGREED", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TTS_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "data" / "tts"


LISTED = {
    "tts_models/de/thorsten/vits": {"license": "apache 2.0", "default_vocoder": None},
    "tts_models/en/ljspeech/vits": {"license": "apache 2.0", "default_vocoder": None},
    "tts_models/en/ljspeech/glow-tts": {"license": "MPL", "default_vocoder": "vocoder_models/en/ljspeech/multiband-melgan"},
    "tts_models/multilingual/multi-dataset/xtts_v2": {"license": "CPML", "tos_required": True, "default_vocoder": None},
    "tts_models/multilingual/multi-dataset/bark": {"license": "MIT", "default_vocoder": None},
    "vocoder_models/en/ljspeech/multiband-melgan": {"license": "MPL"},
}


@pytest.fixture
def listed(monkeypatch, alone):
    "Coqui's list, whether or not its library is here."
    monkeypatch.setattr(coqui, "known_models", lambda: LISTED)
    return alone


def test_it_is_listed_and_says_what_it_lacks(alone):
    row = next(r for r in voice_rows() if r.name == "coqui")
    voice = unready("voice:coqui")
    assert row.local and row.ready == (not lacks(voice.spec)) and "reference voice" in voice.spec.note
    if not row.ready:
        assert "viralforge[coqui]" in row.note
    with pytest.raises(BadInput, match="no model is named.*coqui:FOLDER"):
        voice.request(asked())


def test_the_request_is_the_content_of_its_files(tmp_path, alone):
    folder, me = model(tmp_path / "clone", model="xtts", languages=["en", "de"], d_vector_file=["/trained/there/speakers.json"]), hum(tmp_path / "me.wav", 4)
    (folder / "speakers.json").write_text("{}")
    first = Coqui(f"{folder}:{me}").request(asked())
    shutil.copytree(folder, tmp_path / "moved")
    shutil.copy(me, tmp_path / "moved.wav")
    assert Coqui(f"{tmp_path / 'moved'}:{tmp_path / 'moved.wav'}").request(asked()) == first  # places do not count
    keys = [first, Coqui(f"{folder}:{hum(tmp_path / 'you.wav', 4, 1)}").request(asked())]
    keys += [Coqui(f"{folder}:{me}").request(a) for a in (asked(language="de"), asked(speed=1.5), asked(seed=2), asked("Two hearts."))]
    keys.append(Coqui(f"{folder}:Ana Florence").request(asked()))
    (folder / "model.pth").write_bytes(b"other weights")
    keys.append(Coqui(f"{folder}:{me}").request(asked()))
    (folder / "config.json").write_text(json.dumps({"model": "xtts", "languages": ["en", "de"], "temperature": 0.1}))
    keys.append(Coqui(f"{folder}:{me}").request(asked()))
    (folder / "vocab.json").write_text("{}")
    keys.append(Coqui(f"{folder}:{me}").request(asked()))
    texts = [json.dumps(k, sort_keys=True) for k in keys]
    assert len(set(texts)) == len(texts) == 10 and str(tmp_path) not in "".join(texts)


def test_languages_and_licences_are_told_by_the_config(tmp_path, alone):
    clone = Coqui(str(model(tmp_path / "clone", model="xtts", languages=["en", "zh-cn"])))
    assert clone.spec.languages == ("en", "zh") and "not for commercial use" in clone.spec.licence
    german = Coqui(str(model(tmp_path / "anna", languages=["de"])))
    assert german.spec.languages == ("de",) and german.spec.licence == "" and german.spec.model == "anna"
    with pytest.raises(BadInput, match="anna does not speak English.*it speaks de"):
        german.request(asked())
    silent = Coqui(str(model(tmp_path / "unsaid", languages=[])))
    assert silent.spec.languages == () and silent.request(asked(language="fi"))["language"] == ""


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda d: d / "nowhere", "there is no folder .*nowhere.*counts from the brief's folder"),
        (lambda d: model(d / "a", model="bark"), "is of a model 'bark'"),
        (lambda d: model(d / "a", model=""), "names no model"),
        (lambda d: model(d / "a", characters={"characters_class": "subprocess.Popen"}), "class that is not Coqui's .*Popen"),
        (lambda d: model(d / "a", model_args={"speaker_encoder_model_path": "https://example.org/se.pth"}), "would fetch speaker_encoder_model_path"),
        (lambda d: model(d / "a", model="tacotron2", audio={"stats_path": "scale_stats.npy"}), "unpickling"),
    ],
)
def test_a_model_that_cannot_be_used_is_told_before_it_is_loaded(make, says, tmp_path, alone):
    with pytest.raises((BadInput, Missing), match=says) as e:
        backend("voice", f"coqui:{make(tmp_path)}")
    assert e.value.mend and "\n" not in str(e.value)


def test_half_a_folder_is_told(tmp_path, alone):
    folder = model(tmp_path / "anna")
    (folder / "config.json").write_text("{not json")
    with pytest.raises(BadInput, match="config.json of anna cannot be read"):
        find_model(str(folder))
    (folder / "config.json").unlink()
    with pytest.raises(Missing, match="anna has no config.json"):
        find_model(str(folder))
    folder = model(tmp_path / "ben")
    (folder / "model.pth").unlink()
    with pytest.raises(Missing, match=r"ben has no weights.*put its model.pth into"):
        find_model(str(folder))


def test_reference_voices_are_looked_at_first(tmp_path, alone):
    folder = model(tmp_path / "clone", model="xtts")
    hum(tmp_path / "short.wav", 1.4)
    write_wav(tmp_path / "silent.wav", np.zeros(100_000, np.float32), 24_000)
    (tmp_path / "notes.wav").write_text("this is no sound")
    says = {
        "short.wav": r"has only 1\.4 s of sound.*3 s or more",
        "silent.wav": "is silent",
        "notes.wav": "notes.wav .*(decoded|read|sound)",
        "lost.wav": "there is no reference voice",
    }
    for name, why in says.items():
        with pytest.raises(BadInput, match=why) as e:
            Coqui(f"{folder}:{tmp_path / name}").request(asked())
        assert e.value.mend and "\n" not in str(e.value)
    with pytest.raises(BadInput, match="has a voice of its own.*XTTS"):
        Coqui(f"{model(tmp_path / 'anna')}:{hum(tmp_path / 'me.wav', 4)}").request(asked())


def test_pace_is_bounded_and_some_models_have_their_own(tmp_path, alone):
    with pytest.raises(BadInput, match="speed is 3"):
        Coqui(str(model(tmp_path / "anna"))).request(asked(speed=3))
    with pytest.raises(BadInput, match="a pace of its own"):
        Coqui(str(model(tmp_path / "taco", model="tacotron2"))).request(asked(speed=1.2))


def test_names_are_those_of_coquis_list(listed, monkeypatch):
    with pytest.raises(BadInput, match="did you mean tts_models/de/thorsten/vits"):
        Coqui("tts_models/de/thorston/vits")
    with pytest.raises(BadInput, match="has no 'tts_models/multilingual/multi-dataset/bark'"):
        Coqui("tts_models/multilingual/multi-dataset/bark")
    with pytest.raises(Missing, match="there is no folder my-modle.*viralforge voices --of coqui"):
        Coqui("my-modle")
    german = Coqui("tts_models/de/thorsten/vits")
    assert german.spec.languages == ("de",) and german.spec.licence == "apache 2.0"
    told = {v["name"]: v for v in german.voices()}
    assert len(told) == 4 and told["tts_models/de/thorsten/vits"]["languages"] == ("de",)
    assert "not for commercial use" in told["tts_models/multilingual/multi-dataset/xtts_v2"]["about"]
    listed.mkdir(parents=True)
    model(listed / "tts_models--de--thorsten--vits", languages=[], phoneme_language="de")
    here = Coqui("tts_models/de/thorsten/vits")
    assert here.request(asked(language="de"))["language"] == "de" and here.spec.model == "tts_models/de/thorsten/vits"
    with pytest.raises(BadInput, match="it speaks de.*Coqui's own for English: coqui:tts_models/en/ljspeech/vits"):
        here.request(asked())


def test_nothing_is_fetched_unasked_and_no_licence_is_agreed_to(listed, monkeypatch):
    def never(*_):
        raise AssertionError("somebody was asked on the keyboard")

    monkeypatch.setattr("builtins.input", never)
    for name in ("tts_models/en/ljspeech/vits", "tts_models/multilingual/multi-dataset/xtts_v2"):
        with pytest.raises(Missing, match=f"{name} is not on this machine.*VIRALFORGE_COQUI=fetch") as e:
            Coqui(name).request(asked())
        assert "\n" not in str(e.value)
    monkeypatch.setenv("VIRALFORGE_COQUI", "fetch")
    with pytest.raises(Missing, match="agree to its licence.*COQUI_TOS_AGREED=1"):
        Coqui("tts_models/multilingual/multi-dataset/xtts_v2").request(asked())
    assert not listed.exists()


def test_files_of_a_voice_lie_beside_the_brief(tmp_path, monkeypatch):
    folder, me = model(tmp_path / "films" / "anna"), hum(tmp_path / "films" / "me.wav", 4)
    brief = lambda voice: (tmp_path / "films" / "film.md").write_text(f"---\nvoice: {voice}\n---\n# Hearts\n\n{NOTES}\n")
    for voice, found in {
        "coqui:anna": f"coqui:{folder}",
        "voice:coqui:anna:me.wav": f"coqui:{folder}:{me}",
        "coqui:tts_models/en/vctk/vits:p225": "coqui:tts_models/en/vctk/vits:p225",
        "coqui:tts_models/multilingual/multi-dataset/xtts_v2:me.wav": f"coqui:tts_models/multilingual/multi-dataset/xtts_v2:{me}",
        "recording:me.wav": f"recording:{me}",
    }.items():
        brief(voice)
        assert read_brief(tmp_path / "films" / "film.md").voice == found
    monkeypatch.chdir(tmp_path / "films")
    assert read_brief({"title": "Hearts", "notes": NOTES}, voice="coqui:anna").voice == f"coqui:{folder}"


# with the library


@pytest.fixture(scope="module")
def vits(tmp_path_factory):
    pytest.importorskip("TTS", reason="make test-models")
    return tiny_coqui.vits(tmp_path_factory.mktemp("coqui") / "tiny-vits", languages=["en"])


@pytest.fixture(scope="module")
def xtts(tmp_path_factory):
    pytest.importorskip("TTS", reason="make test-models")
    return tiny_coqui.xtts(tmp_path_factory.mktemp("coqui") / "tiny-xtts")


@pytest.fixture(scope="module")
def me(tmp_path_factory):
    return hum(tmp_path_factory.mktemp("voice") / "me.wav", 4)


@pytest.mark.models
def test_vits_passes_every_check(vits, tell):
    found = check_backend(f"voice:coqui:{vits}")
    assert not found.faults, found.faults
    tell("models", f"tiny VITS: {found.headline}")


@pytest.mark.models
def test_xtts_passes_every_check(xtts, me, tell):
    found = check_backend(f"voice:coqui:{xtts}:{me}")
    assert not found.faults, found.faults
    tell("models", f"tiny XTTS: {found.headline}")


@pytest.mark.models
def test_vits_tells_when_it_says_what(vits):
    with scratch_run() as run:
        lines = narrate(script_of(*TEXTS), run, f"coqui:{vits}").lines
    for text, s in zip(TEXTS, lines, strict=True):
        assert s.times_from == "engine" and [w.shown for w in s.words] == text.split()
        assert all(w.end > w.start for w in s.words) and all(a.end <= b.start + 1e-6 for a, b in zip(s.words, s.words[1:], strict=False))


@pytest.mark.models
def test_word_times_are_the_sum_of_durations(vits, tmp_path, monkeypatch):
    import torch
    from TTS.tts.models.vits import Vits

    kept, was = [], Vits.inference
    monkeypatch.setattr(Vits, "inference", lambda self, x, aux_input=None: kept.append(was(self, x, aux_input)) or kept[-1])
    voice = Coqui(str(vits))
    data = voice.send(voice.request(asked("ab cde")), tmp_path)["data"]
    frames = kept[0]["durations"].ravel()
    assert len(frames) == 2 * len("ab cde") + 1 and torch.isclose(frames.sum() * 256, torch.tensor(float(kept[0]["model_outputs"].shape[-1])))
    lengths = [b - a for a, b in data["times"]]
    assert lengths[0] == pytest.approx(float(frames[1:5].sum()) * 256 / 22_050, abs=2e-4)  # a, blank, b, blank
    assert data["times"][1][0] - data["times"][0][1] == pytest.approx(float(frames[5:7].sum()) * 256 / 22_050, abs=2e-4)  # the space


@pytest.mark.models
def test_speed_seed_and_repeats(vits, tmp_path):
    voice = Coqui(str(vits))

    def heard(**more):
        data = voice.send(voice.request(asked(TEXTS[1], **more)), tmp_path)["data"]
        return read_wav(tmp_path / "speech.wav")[0], data["seconds"]

    usual, again, other = heard(), heard(), heard(seed=2)
    assert np.array_equal(usual[0], again[0]) and not np.array_equal(usual[0], other[0])
    slow = heard(speed=0.5)
    assert 1.4 < slow[1] / usual[1] < 2.4
    assert np.array_equal(heard()[0], usual[0])  # the pace of one line is not that of the next


@pytest.mark.models
def test_another_sentence_leaves_a_sentence_as_it_was(vits, tmp_path):
    voice = Coqui(str(vits))

    def tail(text):
        data = voice.send(voice.request(asked(text)), tmp_path)["data"]
        sound, rate = read_wav(tmp_path / "speech.wav")
        return sound[-round(0.3 * rate) :], data

    a, first = tail("An octopus does. Nobody really knows why it is so.")
    b, second = tail("A squid has them too, and so do many others. Nobody really knows why it is so.")
    assert np.array_equal(a, b) and second["seconds"] > first["seconds"]


@pytest.mark.models
def test_xtts_takes_on_a_voice_and_says_that_its_times_are_shared(xtts, me, tmp_path):
    def heard(reference, **more):
        voice = Coqui(f"{xtts}:{reference}")
        data = voice.send(voice.request(asked(TEXTS[1], **more)), tmp_path)["data"]
        return read_wav(tmp_path / "speech.wav")[0], data

    mine, data = heard(me)
    yours, _ = heard(hum(tmp_path / "you.wav", 5, 3))
    n = min(len(mine), len(yours))
    assert data["times_from"] == "shared by length" and len(data["times"]) == len(TEXTS[1].split()) and data["rate"] == 24_000
    assert not np.allclose(mine[:n], yours[:n], atol=1e-4)
    assert np.array_equal(heard(me)[0], mine)
    assert heard(me, language="de")[1]["seconds"] > 0


@pytest.mark.models
def test_words_of_xtts_are_found_in_its_sound(xtts, me, tmp_path, monkeypatch):
    "A tiny model says no words, so the sound is that of a voice whose times are known."
    from TTS.tts.models.xtts import Xtts

    from viralforge.backends.voices import Hibari

    hibari, text = Hibari(), "Nobody knows why an octopus has three hearts."
    (tmp_path / "known").mkdir()
    known = hibari.send(hibari.request(asked(text)), tmp_path / "known")["data"]["times"]
    monkeypatch.setattr(Xtts, "inference", lambda self, *a, **k: {"wav": read_wav(tmp_path / "known" / "speech.wav")[0]})
    voice = Coqui(f"{xtts}:{me}")
    data = voice.send(voice.request(asked(text)), tmp_path)["data"]
    assert data["times_from"] == "aligned"
    off = [a - b - (data["times"][0][0] - known[0][0]) for (a, _), (b, _) in zip(data["times"], known, strict=True)]
    assert np.median(np.abs(off)) < 0.08 and np.abs(off).max() < 0.3
    monkeypatch.setattr("viralforge.hearing._model", lambda: None)
    assert voice.send(voice.request(asked(text)), tmp_path)["data"]["times_from"] == "shared by length"


@pytest.mark.models
def test_a_long_line_is_cut_and_joined_without_a_seam(xtts, me, tmp_path):
    words = "and the arms of an octopus taste what they touch, ".split() * 8  # more than XTTS takes at once
    voice = Coqui(f"{xtts}:{me}")
    data = voice.send(voice.request(asked(" ".join([*words, "too."]))), tmp_path)["data"]
    sound, rate = read_wav(tmp_path / "speech.wav")
    assert len(data["times"]) == len(words) + 1 and data["times"] == sorted(data["times"])
    assert np.abs(np.diff(sound)).max() < 0.3


@pytest.mark.models
def test_a_voice_of_xtts_itself_and_none(xtts, tmp_path):
    import torch

    with pytest.raises(BadInput, match="has no voice of its own.*reference voice"):
        Coqui(str(xtts)).send(Coqui(str(xtts)).request(asked()), tmp_path)
    shutil.copytree(xtts, tmp_path / "studio")
    torch.save({"Ana": {"gpt_cond_latent": torch.randn(1, 4, 64), "speaker_embedding": torch.randn(1, 512, 1)}}, tmp_path / "studio" / "speakers_xtts.pth")
    voice = Coqui(f"{tmp_path / 'studio'}:Ana")
    assert voice.send(voice.request(asked()), tmp_path)["model"] == "studio Ana"
    with pytest.raises(BadInput, match="has no 'Ann'.*did you mean Ana"):
        Coqui(f"{tmp_path / 'studio'}:Ann").send(Coqui(f"{tmp_path / 'studio'}:Ann").request(asked()), tmp_path)


@pytest.mark.models
def test_a_users_xtts_file_stays_as_it_is(xtts, me, tmp_path):
    "The library writes old files, which hold a config object, anew in its own form."
    import torch
    from TTS.tts.configs.xtts_config import XttsConfig
    from TTS.tts.models import xtts as models

    old = shutil.copytree(xtts, tmp_path / "old")
    state = torch.load(xtts / "model.pth", weights_only=True)
    with models._legacy_safe_globals():  # its classes under their old names
        torch.save({"config": XttsConfig(), "model": state["model"]}, old / "model.pth")
    before = file_digest(old / "model.pth")
    voice = Coqui(f"{old}:{me}")
    assert voice.send(voice.request(asked()), tmp_path)["data"]["seconds"] > 0
    assert file_digest(old / "model.pth") == before


@pytest.mark.models
def test_weights_that_hold_code_are_not_opened(vits, xtts, me, tmp_path):
    class Harm:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "harm"),)

    for good, voice in ((vits, ""), (xtts, f":{me}")):
        bad = shutil.copytree(good, tmp_path / good.name)
        with (bad / "model.pth").open("wb") as f:
            pickle.dump({"model": Harm()}, f)
        voice = Coqui(f"{bad}{voice}")
        with pytest.raises(BadInput, match="holds more than weights"):
            voice.send(voice.request(asked()), tmp_path)
    assert not (tmp_path / "harm").exists()


@pytest.mark.models
def test_weights_of_another_config_are_told_in_one_line(vits, tmp_path):
    other = shutil.copytree(vits, tmp_path / "other")
    config = json.loads((other / "config.json").read_text())
    config["model_args"]["num_layers_flow"] = 3
    (other / "config.json").write_text(json.dumps(config))
    voice = Coqui(str(other))
    with pytest.raises(Missing, match="other cannot be loaded.*belong together") as e:
        voice.send(voice.request(asked()), tmp_path)
    assert "\n" not in str(e.value)


@pytest.mark.models
def test_a_model_with_many_voices(tmp_path):
    (tmp_path / "speaker_ids.json").write_text(json.dumps({"anna": 0, "ben": 1}))
    args = {"use_speaker_embedding": True, "speaker_embedding_channels": 8, "speakers_file": str(tmp_path / "speaker_ids.json")}
    folder = tiny_coqui.vits(tmp_path / "two", languages=["en"], args=args)
    shutil.move(tmp_path / "speaker_ids.json", folder / "speaker_ids.json")  # not where the config says
    say = lambda voice: (lambda v: v.send(v.request(asked()), tmp_path))(Coqui(f"{folder}{voice}"))
    assert say("")["model"] == "two anna" and say(":ben")["model"] == "two ben"
    with pytest.raises(BadInput, match="has no 'bem'.*did you mean ben"):
        say(":bem")


@pytest.mark.models
def test_a_model_by_its_name_where_the_library_keeps_it(vits, tmp_path, alone):
    known_models.cache_clear()
    assert len(known_models()) > 60
    shutil.copytree(vits, alone / "tts_models--en--ljspeech--vits")
    with scratch_run() as run:
        speech = narrate(script_of(TEXTS[0]), run, "coqui:tts_models/en/ljspeech/vits").lines[0]
    assert speech.times_from == "engine" and speech.licence == "apache 2.0"


@pytest.mark.models
def test_a_model_that_cannot_be_fetched_is_told(alone, monkeypatch):
    monkeypatch.setenv("VIRALFORGE_COQUI", "fetch")
    for proxy in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")  # nobody is there
    with pytest.raises(Missing, match=r"tts_models/en/ljspeech/vits cannot be fetched \(.*check the network") as e:
        Coqui("tts_models/en/ljspeech/vits").request(asked())
    assert "\n" not in str(e.value)
    assert not (alone / "tts_models--en--ljspeech--vits").exists()  # nothing that looks like a model is left


@pytest.mark.models
def test_phonemes_are_spelled_by_espeak(tmp_path):
    from TTS.tts.configs.shared_configs import CharactersConfig

    signs = CharactersConfig(
        characters_class="TTS.tts.models.vits.VitsCharacters",
        pad="_",
        blank="<BLNK>",
        characters=tiny_coqui.LETTERS,
        punctuations=" .,!?",
        phonemes="əɪʊɛɔæʌɑɹθðŋʃʒɡˈˌːɜɚɐᵻɾ",
    )
    folder = tiny_coqui.vits(tmp_path / "spelled", characters=signs, use_phonemes=True, phonemizer="espeak", phoneme_language="en-us", languages=["en-us"])
    voice = Coqui(str(folder))
    data = voice.send(voice.request(asked("Three hearts beat in it, twenty-one did not.")), tmp_path)["data"]
    assert voice.spec.languages == ("en",) and len(data["times"]) == 8 and all(b > a for a, b in data["times"])


@pytest.mark.models
def test_a_model_without_durations_shares_by_length(tmp_path):
    from TTS.tts.configs.glow_tts_config import GlowTTSConfig
    from TTS.tts.models.glow_tts import GlowTTS

    config = GlowTTSConfig(
        hidden_channels_enc=16,
        hidden_channels_dec=16,
        hidden_channels_dp=16,
        num_flow_blocks_dec=2,
        use_phonemes=False,
        text_cleaner="basic_cleaners",
        languages=["en"],
    )
    config.encoder_params |= {"hidden_channels_ffn": 16, "num_layers": 1}
    folder = tiny_coqui._saved(GlowTTS(config), config, tmp_path / "glow")
    voice = Coqui(str(folder))
    data = voice.send(voice.request(asked(TEXTS[0], speed=0.8)), tmp_path)["data"]
    assert data["times_from"] == "shared by length" and len(data["times"]) == len(TEXTS[0].split())


@pytest.mark.models
def test_a_whole_film_is_spoken_by_it(vits, tmp_path, tell):
    shutil.copytree(vits, tmp_path / "anna")
    (tmp_path / "film.md").write_text(f"---\nvoice: coqui:anna\nseconds: 8\n---\n# Three hearts\n\n{NOTES}\n")
    draft = Draft(tmp_path / "film.md", store=Store(tmp_path / ".store"))
    assert draft.brief.voice == f"coqui:{tmp_path / 'anna'}" and all(s.times_from == "engine" for s in draft.voiceover.lines)
    film = draft.make(out=tmp_path / "out")
    record = from_json(RunRecord, (film.folder / "run.json").read_text())
    assert record.state == "done" and "voice coqui: licence not stated" in record.licences
    assert (film.folder / "film.mp4").stat().st_size > 0 and not any("shared" in n for n in record.notices)
    cues = (film.folder / "captions.vtt").read_text().replace("\n", " ")
    assert all(line.text.split()[0] in cues for line in draft.script.lines)
    tell("models", f"a film of {draft.voiceover.seconds:.1f} s in a tiny VITS")


@pytest.mark.models
def test_the_command_lists_names(alone):
    known_models.cache_clear()
    told = CliRunner().invoke(cli, ["voices", "--of", "coqui", "--language", "de"])
    assert told.exit_code == 0 and "coqui:tts_models/de/thorsten/vits" in told.output and "ljspeech" not in told.output
