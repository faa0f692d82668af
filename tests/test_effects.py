"Sound effects of transitions: the vendor's real client against a server on this machine, and films in which they are heard."

import inspect
from pathlib import Path

import numpy as np
import pytest
import vendors_speech as vs
from loopback import Vendor, failures

from viralforge import calling
from viralforge.audio import loudness, read_wav
from viralforge.backends import elevenlabs
from viralforge.briefs import read_brief
from viralforge.calls import Spec
from viralforge.conformance import check_backend
from viralforge.core import BadInput, InDoubt, Missing, Permanent, Refused, from_json, to_json
from viralforge.film import ebur128, sound
from viralforge.gate import left_calls
from viralforge.pipeline import Draft, check_brief
from viralforge.ports import EffectRequest, Local, ask, backend, backends_of, register
from viralforge.render import stems
from viralforge.store import Store, open_run
from viralforge.timeline import RATE
from viralforge.types import Brief, effects_name

PRICE = 0.12  # $ a generation
SERVED = {"busy", "busy without a time", "overloaded"}  # by trying again
PLAIN = {"quota", "wrong key", "forbidden", "unknown model", "bad request"}  # one error, nothing charged
OPEN = {"server error", "no answer", "reset", "cut off", "not JSON", "malformed JSON"}  # it may have been carried out
NOTES = "First, an octopus has three hearts. Second, its blood is blue. Third, it thinks with its arms. So it is three times alive."


@pytest.fixture
def run(tmp_path):
    return open_run(Store(tmp_path / "store"), "effects", {}, budget=5.0)


@pytest.fixture
def eleven(monkeypatch):
    "ElevenLabs on this machine."
    monkeypatch.setattr(calling, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(elevenlabs, "_TIMEOUT", 0.7)
    monkeypatch.setenv(elevenlabs.KEY, vs.Eleven.KEY)
    vendor = vs.Eleven()
    with Vendor(vendor.pages) as server:
        monkeypatch.setenv(elevenlabs.URL, server.url)
        server.vendor = vendor
        yield server


def bought(run, maker, asked=EffectRequest()):  # noqa: B008  a frozen value
    return ask(run, "effects", maker, asked, of="film")


@pytest.mark.contract
def test_a_sound_is_made_once_priced_by_generation_and_kept(run, eleven):
    maker = backend("effects", "elevenlabs:a soft whoosh")
    reply = bought(run, maker)
    body = eleven.asked("/v1/")[0].json
    assert body == {"text": "a soft whoosh", "duration_seconds": 0.7, "model_id": "eleven_text_to_sound_v2"}
    heard, rate = read_wav(run.path(reply.files["effect"]))
    assert rate == 48_000 and 0.6 < len(heard) / rate < 0.9
    assert abs(reply.data["peak"] - 0.4 * 0.7) < 0.1 and np.abs(heard[[0, -1]]).max() < 1e-3
    (charge,) = run.bill().charges
    assert charge.cost == charge.estimate == PRICE and not run.bill().unpriced
    assert bought(run, maker) == reply and bought(run, maker, EffectRequest(seed=9)) == reply and len(eleven.vendor.bought) == 1
    bought(run, backend("effects", "elevenlabs:a bell"))
    assert eleven.vendor.bought == ["a soft whoosh", "a bell"]


@pytest.mark.contract
@pytest.mark.parametrize("name", sorted({*failures(vs.Eleven.error)}))
def test_sounds_of_elevenlabs_fail_in_one_of_three_ways(run, eleven, name, tell):
    maker = backend("effects", "elevenlabs:a soft whoosh")
    eleven.failures = [failures(vs.Eleven.error)[name]]
    if name in SERVED:
        bought(run, maker)
        assert run.bill().charges[0].attempts == 2 and run.bill().spent == PRICE and len(eleven.vendor.bought) == 1
    else:
        assert name in PLAIN | OPEN, "a failure that this test knows nothing of"
        with pytest.raises(Permanent if name in PLAIN else InDoubt) as e:
            bought(run, maker)
        assert e.value.mend and e.value.where and "Traceback" not in str(e.value) and vs.Eleven.KEY not in str(e.value)
        assert run.bill().spent == (0.0 if name in PLAIN else PRICE) and len(eleven.log) == 1
        if name in OPEN:
            with pytest.raises(InDoubt):
                bought(run, maker)  # not ordered again unasked
            assert len(eleven.log) == 1 and left_calls(run.store)
    tell("contract", f"elevenlabs sounds: {name}")


@pytest.mark.contract
@pytest.mark.parametrize("change", [lambda data: b"", lambda data: b"<html>oops</html>", lambda data: data[:200], lambda data: vs.packed(np.zeros(20_000, np.float32), "mp3"), lambda data: b'{"sound": 1}'])
def test_a_sound_that_is_none_was_paid_and_is_in_doubt(run, eleven, change):
    eleven.vendor.change_sound = change
    with pytest.raises(InDoubt) as e:
        bought(run, backend("effects", "elevenlabs"))
    assert len(eleven.vendor.bought) == 1 and run.bill().spent == PRICE and e.value.mend


@pytest.mark.contract
def test_refused_words_no_key_and_an_unknown_model_are_one_error(run, eleven, monkeypatch):
    with pytest.raises(Refused, match="refuses this content"):
        bought(run, backend("effects", "elevenlabs:forbidden words"))
    assert run.bill().spent == 0
    with pytest.raises(BadInput, match="did you mean eleven_text_to_sound_v"):
        backend("effects", "elevenlabs:a bell/eleven_text_to_sound_v9")
    monkeypatch.delenv(elevenlabs.KEY)
    with pytest.raises(Missing, match="ELEVENLABS_API_KEY"):
        backend("effects", "elevenlabs:a bell")


@pytest.mark.contract
def test_the_server_knows_exactly_the_fields_that_the_client_sends():
    from elevenlabs.client import ElevenLabs as Client

    takes = set(inspect.signature(Client(api_key="x").text_to_sound_effects.convert).parameters)
    assert takes == vs.Eleven.SOUND_FIELDS | vs.Eleven.SOUND_QUERY | {"request_options"}


@pytest.mark.contract
@pytest.mark.parametrize("name", ["elevenlabs", "elevenlabs:a bell/eleven_text_to_sound_v3"])
def test_the_check_of_the_back_end_passes(eleven, name, tell):
    report = check_backend(f"effects:{name}", paid=True)
    assert not report.faults, report.faults
    tell("contract", report.headline)


# in a film


def film_brief(**knobs):
    return {"title": "Hearts", "seconds": 18, "notes": NOTES, "cta": "none", **knobs}


@pytest.fixture
def made(eleven, tmp_path):
    "A film with a bought effect."
    d = Draft(film_brief(effects="elevenlabs:a soft whoosh", budget=1.0), store=Store(tmp_path / "out" / ".store"))
    return d, d.make()


@pytest.mark.contract
def test_a_film_buys_its_effect_once_and_plays_it_at_every_moving_transition(made, eleven):
    d, film = made
    assert eleven.vendor.bought == ["a soft whoosh"] and film.record.bill.spent == PRICE
    moving = [p for p in d.timeline.places if p.transition in ("slide", "push", "zoom")]
    cues = [c for c in d.timeline.cues if c.stem == "effects"]
    assert len(cues) == len(moving) >= 2 and len({c.audio for c in cues}) == 1
    assert "sound effect a soft whoosh: as your plan with ElevenLabs says (ElevenLabs, eleven_text_to_sound_v2)" in film.record.licences
    assert "a soft whoosh" in (film.folder / "credits.txt").read_text()
    heard = ebur128(film.folder / "film.mp4")
    assert abs(heard["integrated"] + 14) <= 1 and heard["true_peak"] <= -1.0
    effects, voice = (sound(film.folder / f"stems/{n}.flac", RATE) for n in ("effects", "voice"))
    around = lambda array, c: array[c.start : c.start + RATE]
    told = np.concatenate([voice[a:b] for a, b in d.timeline.speech])
    for c in cues:
        assert np.abs(around(effects, c)).max() > 0.005, "it is heard"
        assert loudness(around(effects, c), RATE) < loudness(told, RATE) - 8, "and lies below the voice"
    for a, b in d.timeline.speech:
        under = effects[a:b]
        assert np.abs(under).max() < 1e-3 * np.abs(voice[a:b]).max(), "no word has it under it, the first of the film included"
    assert np.abs(effects[: d.timeline.speech[0][1]]).max() < 1e-4


@pytest.mark.contract
def test_the_plan_has_the_effect_and_its_price(eleven, tmp_path):
    d = Draft(film_brief(effects="elevenlabs:a soft whoosh"), store=Store(tmp_path / ".store"))
    rows = [r for r in d.plan().rows if r.stage == "effects"]
    assert len(rows) == 1 and rows[0].paid and rows[0].high == pytest.approx(PRICE) and not eleven.log
    assert not [r for r in d.set(effects="none").plan().rows if r.stage == "effects"]
    assert any("confirm" in n or "unsure" in n or "sound" in n for n in d.notices)


@pytest.mark.contract
def test_a_film_in_which_nothing_moves_buys_no_effect(eleven, tmp_path):
    d = Draft(film_brief(effects="elevenlabs"), store=Store(tmp_path / ".store"))
    for line in d.script.lines[1:]:  # no line counts, turns or pays off
        d = d.remove(line.id) if line.role == "payoff" else d.edit(line.id, "An octopus swims slowly through the sea.")
    assert not {p.transition for p in d.timeline.places} & {"slide", "push", "zoom"} and d.effect is None and not eleven.log
    assert not [r for r in d.plan().rows if r.stage == "effects"]


def test_yes_and_no_still_mean_air_and_none():
    assert [effects_name(x) for x in (True, False, "on", "No", "air", "elevenlabs:a bell")] == ["air", "none", "air", "none", "air", "elevenlabs:a bell"]
    for said in (True, "yes", 1):
        assert read_brief({"title": "T", "notes": NOTES, "effects": said}).effects == read_brief({"title": "T", "notes": NOTES}, effects=said).effects == "air"
    assert read_brief(f"---\ntitle: T\neffects: no\n---\n{NOTES}").effects == "none"
    old = to_json(Brief(title="T")).replace('"effects":"none"', '"effects":true').replace('"effects": "none"', '"effects": true')
    assert from_json(Brief, old).effects == "air"
    assert "effects:air" in map(str, backends_of(Brief(title="T", effects=True))) and not any("effects" in str(n) for n in backends_of(Brief(title="T")))


def test_a_name_that_nobody_answers_to_is_refused_before_anything_is_made():
    with pytest.raises(BadInput, match="did you mean"):
        check_brief(Brief(title="T", notes=NOTES, effects="airs"))


def test_a_loud_effect_of_somebody_else_is_brought_down(tmp_path):
    class Bang(Local):
        "Full scale for a second."

        spec = Spec(name="effects:bang", kind="effects", version="1", licence="CC0-1.0")

        def request(self, asked):
            return {}

        def send(self, request, folder):
            from viralforge.audio import write_wav

            write_wav(Path(folder) / "e.wav", np.sin(np.arange(48_000) / 5).astype(np.float32), 48_000)
            return {"data": {"title": "bang", "licence": "CC0-1.0", "source": "here", "peak": 0.5}, "files": {"effect": "e.wav"}}

    register("effects:bang", Bang)
    d = Draft(film_brief(effects="bang", music="none"), store=Store(tmp_path / ".store"))
    sounds, total = stems(d.timeline, d.run)
    spans = d.timeline.speech
    voice = np.concatenate([sounds["voice"](a, b) for a, b in spans])
    for c in (c for c in d.timeline.cues if c.stem == "effects"):
        heard = sounds["effects"](max(c.start, 0), min(c.start + RATE, total))
        assert 0.001 < np.abs(heard).max() < np.abs(voice).max() and loudness(heard, RATE) < loudness(voice, RATE) - 8
    assert max(np.abs(sounds["effects"](a, b)).max() for a, b in spans) < 1e-3
