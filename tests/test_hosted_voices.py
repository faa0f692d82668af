"Hosted voices through the real clients and the gate: servers on this machine that refuse what the vendor would refuse."

import base64
import dataclasses
import inspect
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import vendors_speech as vs
from loopback import Answer, Vendor, failures
from measure import tree

from viralforge import calling
from viralforge.audio import read_wav
from viralforge.backends import elevenlabs, speech
from viralforge.conformance import check_backend
from viralforge.core import BadInput, ForgeError, InDoubt, Missing, Permanent, Refused, from_json
from viralforge.costs import prices
from viralforge.gate import left_calls
from viralforge.narration import guessed, narrate
from viralforge.ports import SpeechRequest, ask, backend
from viralforge.record import RunRecord
from viralforge.speech_times import loud, shared_times
from viralforge.store import Store, open_run, run_index
from viralforge.types import Line, Script

pytestmark = pytest.mark.contract
ASKED = SpeechRequest(spoken=("Three", "hearts.", "", "Nine", "brains!"), seed=5)
TEXT = "Three hearts. Nine brains!"
SERVED = {"busy", "busy without a time", "overloaded"}  # by trying again
PLAIN = {"quota", "wrong key", "forbidden", "unknown model", "bad request"}  # one error, nothing charged
OPEN = {"server error", "no answer", "reset", "cut off", "not JSON", "malformed JSON"}  # it may have been carried out


@pytest.fixture(autouse=True)
def settings(monkeypatch):
    "A key, short waits, and no list of voices of another test."
    monkeypatch.setattr(calling, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(elevenlabs, "_TIMEOUT", 0.7)
    monkeypatch.setattr(speech, "_TIMEOUT", 0.7)
    monkeypatch.setenv(elevenlabs.KEY, vs.Eleven.KEY)
    elevenlabs._lists.clear()


@pytest.fixture
def run(tmp_path):
    return open_run(Store(tmp_path / "store"), "voices", {}, budget=5.0)


@pytest.fixture
def eleven(monkeypatch):
    "ElevenLabs on this machine."
    vendor = vs.Eleven()
    with Vendor(vendor.pages) as server:
        monkeypatch.setenv(elevenlabs.URL, server.url)
        server.vendor = vendor
        yield server


@pytest.fixture
def protocol(monkeypatch):
    "A speech server on this machine."
    vendor = vs.Speech()
    with Vendor(vendor.pages) as server:
        monkeypatch.setenv(speech.URL, f"{server.url}/v1")
        server.vendor = vendor
        yield server


def paid(voice: speech.Speech) -> speech.Speech:
    "The same server, as if it stood elsewhere and sent a bill."
    voice.spec = dataclasses.replace(voice.spec, local=False, price="openai/tts-1")
    return voice


def spoken(run, voice, asked=ASKED):
    return ask(run, "narration", voice, asked, of="hook")


def heard_in_time(run, reply, asked=ASKED):
    "Each word is loud in its time, and nothing is outside of all."
    sound, rate = read_wav(run.path(reply.files["audio"]))
    assert rate == reply.data["rate"] and len(sound) / rate == pytest.approx(reply.data["seconds"])
    for word, (a, b) in zip(asked.spoken, reply.data["times"], strict=True):
        assert (b > a) == bool(word) and (not word or np.abs(sound[round(a * rate) : round(b * rate)]).max() > 0.05), word
    first, last = loud(sound, rate)[0][0], loud(sound, rate)[-1][1]
    assert abs(first - reply.data["times"][0][0]) < 0.06 and abs(last - reply.data["times"][-1][1]) < 0.15


# ElevenLabs


def test_a_line_of_elevenlabs_has_exact_times_an_exact_bill_and_its_request_id(run, eleven):
    voice = backend("voice", "elevenlabs:George/eleven_flash_v2_5")
    reply = spoken(run, voice)
    heard_in_time(run, reply)
    assert reply.data["times_from"] == "engine" and reply.data["requests"] == ["req-1"] and reply.model == "eleven_flash_v2_5"
    truth = vs.tones(TEXT)[1]
    start = next(a for c, a, _ in truth if c == "N")
    moved = reply.data["times"][3][0] - reply.data["times"][0][0]
    assert moved == pytest.approx(start - truth[0][1], abs=0.002)  # of "Nine", from the start of "Three"
    (charge,) = run.bill().charges
    assert charge.cost == charge.estimate == pytest.approx(len(TEXT) * 40e-6) and charge.attempts == 1
    assert eleven.vendor.bought == [TEXT]
    assert spoken(run, voice) == reply and eleven.vendor.bought == [TEXT]  # recalled


@pytest.mark.parametrize("model", sorted(vs.Eleven.MOST))
def test_each_model_is_sent_only_what_it_takes(run, eleven, model):
    asked = dataclasses.replace(ASKED, speed=1.1, lines=("Look.", TEXT, "Why?"), at=1, language="de")
    spoken(run, backend("voice", f"elevenlabs:Rachel/{model}"), asked)
    body = eleven.asked("/v1/")[0].json
    assert body["voice_settings"] == {"speed": 1.1} and body["seed"] == 5
    assert ("previous_text" in body) == (model in ("eleven_flash_v2_5", "eleven_turbo_v2_5", "eleven_multilingual_v2"))
    assert body.get("language_code") == (None if model == "eleven_multilingual_v2" else "de")


def test_neighbours_are_part_of_the_request_only_where_they_are_sent(run, eleven):
    lines = [Line(id=f"beat-{i}", role="beat", text=t) for i, t in enumerate(("One heart.", "Two hearts.", "Three hearts."))]
    script, other = Script(title="", lines=tuple(lines)), Script(title="", lines=(*lines[:2], dataclasses.replace(lines[2], text="Nine brains.")))
    for model, more in (("eleven_flash_v2_5", 2), ("eleven_v4", 1)):
        bought = len(eleven.vendor.bought)
        narrate(script, run, f"elevenlabs:George/{model}")
        assert len(eleven.vendor.bought) == bought + 3
        narrate(other, run, f"elevenlabs:George/{model}")
        assert len(eleven.vendor.bought) == bought + 3 + more  # the edited line, and the one before it where it is told of
        one = Script(title="", lines=(other.lines[1],))
        narrate(one, run, f"elevenlabs:George/{model}", within=other)  # heard alone, it is the film's own line
        assert len(eleven.vendor.bought) == bought + 3 + more
    told = {a.json["text"]: a.json for a in eleven.asked("/v1/") if a.json["model_id"] == "eleven_flash_v2_5"}
    assert (told["Two hearts."]["previous_text"], told["Two hearts."]["next_text"]) == ("One heart.", "Nine brains.") and "previous_text" not in told["One heart."]


@pytest.mark.parametrize("name", sorted({*failures(vs.Eleven.error)}))
def test_elevenlabs_fails_in_one_of_three_ways(run, eleven, name, tell):
    voice = backend("voice", "elevenlabs:JBFqnCBsd6RMkjVDRZzb/eleven_flash_v2_5")
    eleven.failures = [failures(vs.Eleven.error)[name]]
    all_ends_well(run, voice, eleven, name)
    tell("contract", f"elevenlabs: {name}")


def all_ends_well(run, voice, server, name):
    "Served by another attempt, one plain error without a charge, or in doubt with its bound counted."
    bound = voice.estimate(voice.request(ASKED)).units["character"] * prices()[{"elevenlabs/eleven_flash_v2_5": "elevenlabs/flash"}.get(voice.spec.price, voice.spec.price)].per["character"]
    if name in SERVED:
        spoken(run, voice)
        (charge,) = run.bill().charges
        assert charge.attempts == 2 and charge.cost == pytest.approx(bound) and len(server.vendor.bought) == 1
        return
    assert name in PLAIN | OPEN, "a failure that this test knows nothing of"
    with pytest.raises(Permanent if name in PLAIN else InDoubt) as e:
        spoken(run, voice)
    assert e.value.mend and e.value.where and len(str(e.value)) < 600 and "Traceback" not in str(e.value)
    assert not any(k in str(e.value) for k in (vs.Eleven.KEY, vs.Speech.KEY))
    assert run.bill().spent == pytest.approx(0.0 if name in PLAIN else bound)
    assert len([a for a in server.log if a.method == "POST"]) == 1, "a call that may have been carried out was sent again"
    if name in OPEN:
        with pytest.raises(InDoubt):
            spoken(run, voice)  # not ordered again unasked
        assert len([a for a in server.log if a.method == "POST"]) == 1 and left_calls(run.store)
    else:
        spoken(run, voice)  # once it is mended
        assert run.bill().spent == pytest.approx(bound)


def test_nobody_at_home_is_tried_again_and_costs_nothing(run, monkeypatch):
    monkeypatch.setenv(elevenlabs.URL, "http://127.0.0.1:9")
    with pytest.raises(ForgeError, match="cannot be reached") as e:
        spoken(run, backend("voice", "elevenlabs:JBFqnCBsd6RMkjVDRZzb"))
    assert not isinstance(e.value, InDoubt) and run.bill().spent == 0 and run.bill().charges[0].attempts == calling.TRIES


def test_refused_content_is_refused(run, eleven):
    with pytest.raises(Refused, match="refuses this content"):
        spoken(run, backend("voice", "elevenlabs:George"), SpeechRequest(spoken=("forbidden", "words")))
    assert run.bill().spent == 0


@pytest.mark.parametrize(("voice", "near"), [("Georg", "George"), ("sara", "Sarah"), ("JBFqnCBsd6RMkjVDRZzc", "JBFqnCBsd6RMkjVDRZzb")])
def test_an_unknown_voice_is_refused_with_the_nearest(run, eleven, voice, near):
    with pytest.raises(Permanent, match=f"no voice '{voice}'") as e:
        spoken(run, backend("voice", f"elevenlabs:{voice}"))
    assert f"did you mean {near}" in e.value.mend and "Rachel" in e.value.mend and run.bill().spent == 0 and not eleven.vendor.bought


def test_the_voices_are_asked_for_once_and_only_for_a_name(run, eleven):
    voice = backend("voice", "elevenlabs:JBFqnCBsd6RMkjVDRZzb")
    assert voice.options() == () and voice.request(ASKED) and not eleven.log
    spoken(run, voice)
    assert not eleven.asked("/v2/voices")
    assert [v["name"] for v in voice.voices()] == list(vs.Eleven.VOICES.values()) and voice.voices()[0]["languages"] == ("en",)
    spoken(run, backend("voice", "elevenlabs:sarah"))
    assert len(eleven.asked("/v2/voices")) == 2  # two pages, one time
    assert eleven.asked("/v1/")[-1].path.split("/")[3] == "EXAVITQu4vr4xnSDxMaL"


def test_the_command_lists_the_voices_of_the_account(eleven, monkeypatch, tmp_path):
    listed = lambda *more: subprocess.run([sys.executable, "-m", "viralforge", "voices", "--of", *more], cwd=tmp_path, capture_output=True, text=True)
    p = listed("elevenlabs", "--language", "en")
    assert p.returncode == 0 and "elevenlabs:Sarah" in p.stdout and "JBFqnCBsd6RMkjVDRZzb" in p.stdout and not eleven.asked("/v1/"), p.stderr
    monkeypatch.setenv(elevenlabs.KEY, "another-key-0123456789")
    p = listed("elevenlabs")
    assert p.returncode and "does not take this key" in p.stderr and "Traceback" not in p.stderr and "another-key" not in p.stderr
    assert "no list of an account" in listed("hibari").stderr


def test_a_list_of_voices_that_cannot_be_had_orders_nothing(run, eleven):
    eleven.failures = [Answer({}, 500)] * 30
    with pytest.raises(ForgeError) as e:
        spoken(run, backend("voice", "elevenlabs:George"))
    assert not isinstance(e.value, InDoubt) and run.bill().spent == 0 and not eleven.asked("/v1/")


@pytest.mark.parametrize(("name", "value", "said"), [(elevenlabs.KEY, "schlüssel-0123456789", "is no key"), (elevenlabs.KEY, "two words", "is no key"), (elevenlabs.URL, "http://[half", "is no address"), (elevenlabs.URL, "here", "is no address")])
def test_settings_that_cannot_be_right_order_nothing(run, eleven, monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    with pytest.raises(ForgeError, match=said) as e:
        spoken(run, backend("voice", "elevenlabs:JBFqnCBsd6RMkjVDRZzb"))
    assert not isinstance(e.value, InDoubt) and run.bill().spent == 0 and not eleven.log and value not in str(e.value)


@pytest.mark.parametrize("body", [{}, [], {"voices": [{"name": "George"}], "has_more": False}, {"voices": None, "has_more": True}])
def test_a_list_of_voices_in_another_form_orders_nothing(run, eleven, body):
    eleven.failures = [Answer(body)] * 30
    with pytest.raises(ForgeError) as e:
        spoken(run, backend("voice", "elevenlabs:George"))
    assert not isinstance(e.value, InDoubt) and run.bill().spent == 0 and not eleven.asked("/v1/")


CUT = lambda body: body | {"audio_base64": base64.b64encode(base64.b64decode(body["audio_base64"])[:20_000]).decode()}
SOUNDS = {
    "cut off": CUT,
    "no base64": lambda body: body | {"audio_base64": "§"},
    "no sound": lambda body: body | {"audio_base64": ""},
    "none at all": lambda body: {"alignment": body["alignment"]},
    "silence": lambda body: body | {"audio_base64": base64.b64encode(bytes(90_000)).decode()},
    "a page": lambda body: body | {"audio_base64": base64.b64encode(b"<html>oops</html>").decode()},
    "a list": lambda body: [1, 2],
}


@pytest.mark.parametrize("name", sorted(SOUNDS))
def test_a_sound_that_is_none_was_paid_and_is_in_doubt(run, eleven, name):
    eleven.vendor.change = SOUNDS[name]
    with pytest.raises(InDoubt) as e:
        spoken(run, backend("voice", "elevenlabs:George/eleven_flash_v2_5"))
    assert len(eleven.vendor.bought) == 1 and run.bill().spent == pytest.approx(len(TEXT) * 40e-6) and e.value.mend


TIMES = {
    "engine": {
        "fewer characters": lambda a: {k: v[:20] for k, v in a.items()},
        "other case": lambda a: a | {"characters": [c.upper() for c in a["characters"]]},
    },
    "shared by length": {
        "empty": lambda a: {k: [] for k in a},
        "missing": lambda a: None,
        "no numbers": lambda a: a | {"character_end_times_seconds": [None] * len(a["characters"])},
        "two lengths": lambda a: a | {"characters": a["characters"][:3]},
        "of another text": lambda a: {k: ["x"] * 5 if k == "characters" else v[:5] for k, v in a.items()},
        "backwards": lambda a: {k: v if k == "characters" else v[::-1] for k, v in a.items()},
    },
}


@pytest.mark.parametrize(("origin", "name"), [(o, n) for o, them in TIMES.items() for n in them])
def test_an_odd_alignment_loses_no_sound_and_says_where_the_times_come_from(run, eleven, origin, name):
    odd = TIMES[origin][name]
    eleven.vendor.change = lambda body: body | {k: odd(body[k]) for k in ("alignment", "normalized_alignment")}
    reply = spoken(run, backend("voice", "elevenlabs:George"))
    assert reply.data["times_from"] == origin
    heard_in_time(run, reply)


def test_the_normalised_alignment_is_laid_beside_the_words(run, eleven):
    asked = SpeechRequest(spoken=("Octopuses", "have", "9", "brains."))

    def normal(body):
        _, times = vs.tones("octopuses have nine brains . ")
        body["alignment"] = None
        body["normalized_alignment"] = {"characters": [c for c, *_ in times], "character_start_times_seconds": [a for _, a, _ in times], "character_end_times_seconds": [b for *_, b in times]}
        return body | {"audio_base64": base64.b64encode(vs.pcm(vs.tones("octopuses have nine brains . ")[0])).decode()}

    eleven.vendor.change = normal
    reply = spoken(run, backend("voice", "elevenlabs:George"), asked)
    (_, (_, have), (nine, end), (brains, _)) = reply.data["times"]
    assert reply.data["times_from"] == "engine" and have <= nine < end <= brains and end - nine > 0.15


# texts that are too long for one call


@pytest.fixture
def short(monkeypatch):
    "As if a model took 20 characters a call."
    whole = elevenlabs.chosen
    limited = lambda option: (lambda voice, row: (voice, dataclasses.replace(row, limits=dataclasses.replace(row.limits, characters=20))))(*whole(option))
    monkeypatch.setattr(elevenlabs, "chosen", limited)


def test_a_long_line_is_several_calls_and_one_sound_without_a_seam(run, eleven, short):
    reply = spoken(run, elevenlabs.ElevenLabs("George/eleven_flash_v2_5"))
    assert eleven.vendor.bought == ["Three hearts.", "Nine brains!"] and reply.data["requests"] == ["req-1", "req-2"]
    heard_in_time(run, reply)
    sound, _ = read_wav(run.path(reply.files["audio"]))
    seam = [round(t * reply.data["rate"]) for t in (reply.data["times"][1][1], reply.data["times"][3][0])]
    assert np.abs(np.diff(sound[seam[0] : seam[1]])).max() < 0.02 and 0.2 < (seam[1] - seam[0]) / reply.data["rate"] < 0.7
    assert run.bill().charges[0].cost == pytest.approx((len(TEXT) - 1) * 40e-6) == run.bill().charges[0].estimate
    assert eleven.asked("/v1/")[1].json["previous_text"] == "Three hearts."


def test_a_busy_vendor_between_two_parts_does_not_sell_the_first_twice(run, eleven, short):
    eleven.failures = [None, failures(vs.Eleven.error)["busy"]]
    spoken(run, elevenlabs.ElevenLabs("JBFqnCBsd6RMkjVDRZzb/eleven_flash_v2_5"))
    assert eleven.vendor.bought == ["Three hearts.", "Nine brains!"]


@pytest.mark.parametrize("name", ["quota", "server error", "reset"])
def test_what_was_paid_before_a_later_part_failed_is_counted(run, eleven, short, name):
    eleven.failures = [None, failures(vs.Eleven.error)[name]]
    with pytest.raises(InDoubt, match="1 of 2 parts of this line were made"):
        spoken(run, elevenlabs.ElevenLabs("JBFqnCBsd6RMkjVDRZzb/eleven_flash_v2_5"))
    assert len(eleven.vendor.bought) == 1 and run.bill().spent == pytest.approx((len(TEXT) - 1) * 40e-6)  # the bound, above what was charged


# any server of OpenAI's speech protocol


def test_a_server_on_this_machine_costs_nothing_and_its_times_are_called_shared(run, protocol):
    voice = speech.Speech("af_heart/kokoro")
    reply = spoken(run, voice)
    heard_in_time(run, reply)
    assert reply.data["times_from"] == "shared by length" and run.bill().spent == 0 and run.bill().charges[0].local
    assert protocol.log[0].json == {"input": TEXT, "model": "kokoro", "voice": "af_heart", "response_format": "wav"}
    truth = vs.tones(TEXT)[1]
    pause = next(b for c, _, b in truth if c == ".") - truth[0][1]
    assert reply.data["times"][3][0] - reply.data["times"][0][0] == pytest.approx(pause, abs=0.08)  # the pause was heard


def test_no_key_of_openai_goes_to_another_server(run, protocol, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai-0123456789")
    spoken(run, speech.Speech("nova/tts-1"))
    monkeypatch.setenv(speech.KEY, vs.Speech.KEY)
    protocol.vendor.key = vs.Speech.KEY
    spoken(run, speech.Speech("nova/tts-1"), SpeechRequest(spoken=("Hello.",)))
    assert [a.headers["authorization"] for a in protocol.log] == ["Bearer none", f"Bearer {vs.Speech.KEY}"]
    assert not any("sk-openai" in str(a) for a in protocol.log)


@pytest.mark.parametrize("name", sorted({*failures(vs.Speech.error)} - {"malformed JSON"}))
def test_a_paid_speech_server_fails_in_one_of_three_ways(run, protocol, name, tell):
    protocol.failures = [failures(vs.Speech.error)[name]]
    all_ends_well(run, paid(speech.Speech("nova/tts-1")), protocol, name)
    tell("contract", f"openai-speech: {name}")


def test_a_local_server_that_lost_an_answer_is_asked_again(run, protocol):
    every = failures(vs.Speech.error)
    protocol.failures = [every[n] for n in ("server error", "reset", "cut off", "not JSON")]
    spoken(run, speech.Speech("nova/tts-1"))
    assert len(protocol.log) == 5 and run.bill().spent == 0


@pytest.mark.parametrize("kind", ["mp3", "flac", "opus", "aac", "wav"])
def test_whatever_format_comes_back_is_heard(run, protocol, kind):
    protocol.vendor.change = lambda data: vs.packed(vs.tones(TEXT)[0], kind) if kind != "wav" else vs.wav(vs.tones(TEXT)[0])
    reply = spoken(run, speech.Speech("nova/tts-1"))
    sound, rate = read_wav(run.path(reply.files["audio"]))
    extent = lambda parts: parts[-1][1] - parts[0][0]
    assert rate == (48_000 if kind == "opus" else vs.RATE) and extent(loud(sound, rate)) == pytest.approx(extent(loud(vs.tones(TEXT)[0], vs.RATE)), abs=0.06)


BAD_SOUNDS = {
    "cut off": lambda data: vs.wav(vs.tones(TEXT)[0])[:9000],
    "silence": lambda data: vs.wav(np.zeros(40_000, np.float32)),
    "empty": lambda data: b"",
    "JSON": lambda data: b'{"audio": null}',
    "noise that is no file": lambda data: bytes(range(256)) * 40,
}


@pytest.mark.parametrize("name", sorted(BAD_SOUNDS))
def test_a_paid_sound_that_is_none_is_in_doubt(run, protocol, name):
    protocol.vendor.change = BAD_SOUNDS[name]
    with pytest.raises(InDoubt):
        spoken(run, paid(speech.Speech("nova/tts-1")))
    assert len(protocol.vendor.bought) == 1 and run.bill().spent == pytest.approx(len(TEXT) * 15e-6)


def test_an_unknown_voice_model_or_content_of_a_server_is_one_error(run, protocol):
    for option, asked, said in (("nova/nothing", ASKED, "no such model"), ("nobody/tts-1", ASKED, "it has af_heart, alloy, nova"), ("nova/tts-1", SpeechRequest(spoken=("forbidden", "words")), "refuses this content")):
        with pytest.raises(Permanent, match=said):
            spoken(run, paid(speech.Speech(option)), asked)
    assert run.bill().spent == 0


def test_five_thousand_characters_are_cut_at_a_sentence(run, protocol):
    words = ("An octopus has three hearts and nine brains, and it would rather crawl than swim. " * 60).split()
    reply = spoken(run, paid(speech.Speech("nova/tts-1")), SpeechRequest(spoken=tuple(words)))
    assert [len(t) <= 4096 and t.endswith(".") for t in protocol.vendor.bought] == [True, True] and " ".join(protocol.vendor.bought) == " ".join(words)
    assert len(reply.data["times"]) == len(words) and run.bill().spent == pytest.approx(sum(map(len, protocol.vendor.bought)) * 15e-6)


def test_shared_times_are_near_those_of_a_voice_that_knows_them(tmp_path, tell):
    lines = ("Two pump blood through the gills; the third serves the rest of the body.", "Then it stops beating, so swimming tires an octopus quickly.",
             "Its blood is blue, because copper carries the oxygen. Nine brains steer eight arms, and each arm tastes what it touches.")  # fmt: skip
    voice, heard, blind = backend("voice", "hibari"), [], []
    for words in (tuple(t.split()) for t in lines):
        data = voice.send(voice.request(SpeechRequest(spoken=words, seed=3)), tmp_path)["data"]
        sound, rate = read_wav(tmp_path / "speech.wav")
        off = lambda times, true=data["times"]: [abs(a[0] - b[0]) for a, b in zip(times, true, strict=True)]
        heard += off(shared_times(words, data["seconds"], sound, rate))
        blind += off(shared_times(words, data["seconds"]))
    assert np.mean(heard) < 0.1 and np.quantile(heard, 0.9) < 0.22 and np.mean(heard) < 0.75 * np.mean(blind)
    tell("contract", f"times shared by length: {np.mean(heard) * 1000:.0f} ms off in the mean, {np.quantile(heard, 0.9) * 1000:.0f} ms for nine of ten words; without pauses {np.mean(blind) * 1000:.0f} ms")


def test_shared_times_are_told_in_the_notices(run, protocol):
    script = Script(title="", lines=(Line(id="hook", role="hook", text="Three hearts."),))
    assert guessed(narrate(script, run, "hibari")) == ()
    (notice,) = guessed(narrate(script, run, "openai-speech:nova/tts-1"))
    assert "every line are shared by length" in notice


# what both have in common


@pytest.mark.parametrize("name", ["elevenlabs", "openai-speech"])
def test_the_check_of_a_back_end_passes(eleven, protocol, name, tell):
    report = check_backend(f"voice:{name}", paid=True)
    assert not report.faults, report.faults
    tell("contract", report.headline)


def test_no_key_no_package_and_no_server_are_said_with_the_mend(monkeypatch):
    import viralforge.ports

    monkeypatch.delenv(elevenlabs.KEY)
    with pytest.raises(Missing, match="ELEVENLABS_API_KEY"):
        backend("voice", "elevenlabs")
    monkeypatch.setattr(viralforge.ports, "_importable", lambda package: package not in ("elevenlabs", "openai"))
    monkeypatch.setenv(elevenlabs.KEY, "x" * 20)
    with pytest.raises(Missing, match=r"pip install 'viralforge\[elevenlabs\]'"):
        backend("voice", "elevenlabs")
    monkeypatch.delenv(speech.URL, raising=False)
    with pytest.raises(Missing, match=speech.URL):
        backend("voice", "openai-speech:fresh")
    monkeypatch.setenv(speech.URL, "http://127.0.0.1:1/v1")
    with pytest.raises(Missing, match=r"pip install 'viralforge\[openai\]'"):
        backend("voice", "openai-speech:fresh")
    with pytest.raises(BadInput, match="did you mean eleven_v4"):
        backend("voice", "elevenlabs:George/eleven_v44")


def test_the_servers_know_exactly_the_fields_that_the_clients_send():
    from elevenlabs.client import ElevenLabs as Client
    from openai.types.audio.speech_create_params import SpeechCreateParams

    takes = set(inspect.signature(Client(api_key="x").text_to_speech.convert_with_timestamps).parameters)
    assert takes == vs.Eleven.FIELDS | vs.Eleven.QUERY | {"voice_id", "request_options"}
    assert set(SpeechCreateParams.__annotations__) == vs.Speech.FIELDS


def test_the_clients_are_not_loaded_before_they_are_needed():
    code = """
import os, sys
os.environ["ELEVENLABS_API_KEY"] = "x" * 20
os.environ["VIRALFORGE_SPEECH_URL"] = "http://127.0.0.1:1/v1"
from viralforge.ports import SpeechRequest, backend
for name in ("elevenlabs:George", "openai-speech"):
    v = backend("voice", name)
    v.estimate(v.request(SpeechRequest(spoken=("Hi",)))) if name.startswith("e") else v.request(SpeechRequest(spoken=("Hi",)))
print(*sys.modules)
"""
    names = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"elevenlabs", "openai", "httpx", "httpx2"} & {n.split(".")[0] for n in names}


# a film, bought, killed and gone on with

BRIEF = """---
title: Three hearts
seconds: 14
writer: outline
voice: elevenlabs:George/eleven_flash_v2_5
visuals: [motion]
music: none
budget: 1
---
An octopus has three hearts. Two of them pump blood through the gills. The third one stops when it swims.
So it would rather crawl than swim. Its blood is blue. Nine brains steer its eight arms.
"""


def make(folder: Path, url: str, *more: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "viralforge", "make", "brief.md", "--out", "out", *more]
    env = os.environ | {elevenlabs.URL: url, speech.URL: f"{url}/v1", elevenlabs.KEY: vs.Eleven.KEY, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)


def test_a_film_killed_in_the_middle_of_its_narration_buys_no_line_twice(tmp_path, tell):
    (tmp_path / "brief.md").write_text(BRIEF)
    vendor = vs.Eleven(hold=lambda text: "gills" in text and not vendor.held.is_set())
    with Vendor(vendor.pages) as server:
        p = make(tmp_path, server.url)
        end = time.monotonic() + 120
        while not (vendor.held.is_set() and settled(tmp_path) and settled(tmp_path) == len(vendor.bought) - 1):  # all others are there, one is under way
            assert p.poll() is None and time.monotonic() < end, p.communicate()[0] if p.poll() is not None else "too slow"
            time.sleep(0.1)
        for pid in tree(p.pid):
            os.kill(pid, signal.SIGKILL)
        p.communicate()
        bought = list(vendor.bought)
        assert len(bought) >= 3
        said, _ = (p := make(tmp_path, server.url)).communicate(timeout=300)
        assert p.returncode and "it is unknown whether voice:elevenlabs carried out this call" in said and "--allow doubt" in said
        assert "Traceback" not in said and vs.Eleven.KEY not in said and vendor.bought == bought  # nothing was bought, not even once
        said, _ = (p := make(tmp_path, server.url, "--allow", "doubt")).communicate(timeout=300)
        assert p.returncode == 0, said
    (twice,) = {t for t in vendor.bought if vendor.bought.count(t) > 1}
    assert "gills" in twice and vendor.bought.count(twice) == 2 and vendor.bought == [*bought, twice]  # the one in doubt, as it was told to
    folder, record = newest(tmp_path)
    charged = sum(len(t) for t in vendor.bought) * 40e-6
    assert record.bill.spent == pytest.approx(charged) and record.resumed  # the doubt is counted, as the vendor did
    voiced = [c for c in record.bill.charges if c.stage == "narration" and c.provider.startswith("voice:elevenlabs")]
    assert sorted(c.state for c in voiced if c.state != "hit") == ["done"] * (len(bought)) + ["doubt"] and not record.bill.unpriced
    report = next(folder.glob("*.ipynb")).read_text()
    assert vs.Eleven.KEY not in report and "voice:elevenlabs" in report
    assert not any("shared by length" in n for n in record.notices)
    tell("contract", f"elevenlabs: a film killed in its narration: {len(bought)} lines, one in doubt, none bought twice unasked, ${charged:.4f} counted and charged")


def test_a_film_of_a_server_on_this_machine_costs_nothing_and_calls_its_times_shared(tmp_path):
    text = BRIEF.replace("elevenlabs:George/eleven_flash_v2_5", "openai-speech:af_heart/kokoro").replace("seconds: 14", "seconds: 5")
    (tmp_path / "brief.md").write_text(text)
    with Vendor(vs.Speech().pages) as server:
        said, _ = (p := make(tmp_path, server.url)).communicate(timeout=300)
    assert p.returncode == 0, said
    _, record = newest(tmp_path)
    assert record.bill.spent == 0 and not record.bill.unpriced and any("word times of every line are shared by length" in n for n in record.notices)


def newest(folder: Path) -> tuple[Path, RunRecord]:
    "The folder of the newest run, and its record."
    row, *_ = run_index(Store(folder / "out/.store"))
    return Path(row["folder"]), from_json(RunRecord, (Path(row["folder"]) / "run.json").read_text())


def settled(folder: Path) -> int:
    "Lines that the ledger has whole."
    import sqlalchemy as sa

    from viralforge.ledger import steps

    if not (folder / "out/.store").exists():
        return 0
    try:
        with Store(folder / "out/.store").ledger.reading() as c:
            return c.execute(sa.select(sa.func.count()).where(steps.c.stage == "narration", steps.c.state == "done", sa.not_(steps.c.local))).scalar()
    except Exception:  # it is only just being made
        return 0
