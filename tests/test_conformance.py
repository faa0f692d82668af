"Every built-in back-end passes the conformance suite, and each of its checks has a back-end that fails it."

import itertools
import json
import os
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scripted import Scripted
from test_embeddings import save

from viralforge.audio import write_wav
from viralforge.conformance import _CALLED, _SEEN, check_backend
from viralforge.core import BadInput, Missing, plain
from viralforge.film import encode
from viralforge.ports import (
    Footage,
    Job,
    Local,
    Nothing,
    Pace,
    Reply,
    Spec,
    Usage,
    artefact_of,
    backend_names,
    given,
    origin,
    register,
)

pytestmark = pytest.mark.contract
ELSEWHERE = (  # they need a server, a model or a file, and are checked beside it
    "writer:llm", "director:llm", "voice:elevenlabs", "effects:elevenlabs", "voice:openai-speech", "voice:kokoro", "voice:system", "voice:recording", "voice:coqui", "writer:recording",
)  # fmt: skip
BUILT_IN = tuple(n for n in backend_names() if origin(n).startswith("viralforge ") and n not in ELSEWHERE)
RATE = 24_000


class Tones(Local):
    "A voice that does all as it should: a tone for each word."

    def __init__(self, **spec):
        self.spec = Spec(**{"name": "voice:tones", "kind": "voice", "version": "1", "pace_wpm": 150.0, "note": "tones"} | spec)

    def request(self, asked):
        if not any(c.isalnum() for w in asked.spoken for c in w):
            raise BadInput("there is nothing to say", mend="give it a word")
        return {"spoken": list(asked.spoken), "seed": asked.seed}

    def estimate(self, request):
        return Usage(units={"character": 2.0 * sum(map(len, request["spoken"])) + 10})

    def send(self, request, folder):
        times, at = [], 0.1
        for w in request["spoken"]:
            times.append([round(at, 4), round(at + 0.05 * len(w), 4)])
            at += 0.05 * len(w) + 0.05
        t = np.arange(round(at * RATE)) / RATE
        write_wav(folder / "tones.wav", (0.3 * np.sin(2 * np.pi * 220 * t)).astype(np.float32), RATE)
        data = {"rate": RATE, "seconds": len(t) / RATE, "times": times}
        return {"data": data, "files": {"audio": "tones.wav"}, "usage": {"character": float(sum(map(len, request["spoken"])))}}


class Vendor:
    "Jobs on somebody else's machine that do all as they should; each is done at the second look."

    def __init__(self, **spec):
        self.tones = Tones()
        far = {"name": "voice:vendor", "kind": "voice", "version": "1", "local": False, "price": "vendor:tones", "pace_wpm": 150.0, "note": "far"}
        self.spec, self.pace = Spec(**far | spec), Pace(every=0.001, deadline=2.0)
        self.jobs, self.keys = {}, {}  # id -> [request, looks, state]; key -> id

    def request(self, asked):
        return self.tones.request(asked)

    def estimate(self, request):
        return self.tones.estimate(request)

    def order(self, request, key):
        id = self.keys.setdefault(key, f"job-{len(self.keys)}")
        self.jobs.setdefault(id, [request, 0, "queued"])
        return Job(id=id, state=self.jobs[id][2])

    def look(self, job):
        own = self.jobs[job.id]
        own[1] += 1
        own[2] = own[2] if own[2] in ("done", "failed") else "running" if own[1] < 2 else "done"
        return Job(id=job.id, state=own[2], why="cancelled" * (own[2] == "failed"))

    def collect(self, job, folder):
        return self.tones.send(self.jobs[job.id][0], folder)

    def cancel(self, job):
        own = self.jobs[job.id]
        if own[2] in ("done", "failed"):
            return False
        own[2] = "failed"
        return True

    def lookup(self, key, folder):
        return Job(id=self.keys[key], state=self.jobs[self.keys[key]][2]) if key in self.keys else None

    def reply(self, answer):
        return self.tones.reply(answer)


def told(report):
    return "\n".join(f"{x.name}: {x.why}" for x in report.faults)


counted = {}


@pytest.fixture(scope="module", autouse=True)
def counts(tell):
    yield
    made = [x for r in counted.values() for x in r.checks if x.state != "not made"]
    tell("contract", f"{len(counted)} back-ends conform in {len(made)} checks; {len(BROKEN)} broken ones, each found out by its check")


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_built_in_back_end_conforms(name, tmp_path, monkeypatch):
    monkeypatch.setenv("VIRALFORGE_EMBEDDINGS", save(tmp_path / "model"))
    counted[name] = report = check_backend(name, paid=name.endswith(":scripted"))  # those charge nobody
    assert not report.faults, told(report)
    assert sum(x.state == "pass" for x in report.checks) >= 17 and report.package.startswith("viralforge ")


def test_a_good_voice_and_a_good_vendor_pass_everything():
    register("voice:tones", Tones)
    register("voice:vendor", lambda: vendor)
    vendor = Vendor(after_crash="idempotent")
    register("video:camera", lambda: Camera())
    counted["tones"], counted["vendor"], counted["camera"] = one, far, seen = check_backend(Tones()), check_backend(vendor, paid=True), check_backend(Camera())
    register("video:animator", Animator)
    counted["animator"] = moved = check_backend("video:animator")
    assert not any(r.faults for r in (one, far, seen, moved)), "".join(map(told, (one, far, seen, moved)))
    unmade = [x.name for x in far.checks if x.state == "not made"]
    assert set(unmade) == {"the fit is sound", "the same request gives the same"}
    assert len({x.name for x in one.checks}) == len(one.checks) == len(_SEEN) + len(_CALLED) + 1


def test_nothing_is_paid_for_unasked():
    vendor = Vendor()
    report = check_backend(vendor)
    assert not vendor.jobs and {x.name for x in report.checks if x.why.startswith("it would be paid for")} == set(_CALLED) - {"the same request gives the same"}


def broken(base=Tones, spec=(), **methods):
    return lambda: type("Broken", (base,), methods)(**dict(spec))


def _clock(self, asked):
    return {"spoken": list(asked.spoken), "now": time.monotonic_ns()}


def _everything(self, asked):
    Tones.request(self, asked)
    return plain(asked)


def _nothing(self, asked):
    Tones.request(self, asked)
    return {}


def _elsewhere(self, request, folder):
    (folder.parent / "log.txt").write_text("said")
    return Tones.send(self, request, folder)


def _far_away(self, request, folder):
    Path(os.environ["ASTRAY"], "log.txt").write_text("said")
    return Tones.send(self, request, folder)


def _escapes(self, request, folder):
    answer = Tones.send(self, request, folder)
    return answer | {"files": {"audio": "../work/../../" + "tones.wav"}}


def _answer(**over):
    return lambda self, request, folder: Tones.send(self, request, folder) | over


def _data(change):
    def send(self, request, folder):
        answer = Tones.send(self, request, folder)
        return answer | {"data": answer["data"] | change(answer["data"])}

    return send


_ticks = itertools.count(1)


def _chance(self, request, folder):
    answer = Tones.send(self, request, folder)
    return answer | {"data": answer["data"] | {"take": next(_ticks)}}


def _by_order(self, request, folder):
    return Tones.send(self, {"spoken": request["spoken"] if next(iter(request)) == "spoken" else ["x"] * len(request["spoken"])}, folder)


def _changing(self, answer):
    answer["data"] = dict(answer["data"])
    answer["seen"] = True
    return Tones.reply(self, answer)


class Choosing(Local):
    "An image maker that never has anything, and a mind that changes."

    def __init__(self):
        self.spec = Spec(name="image:choosing", kind="image", version="1", note="none")

    def request(self, asked):
        return {"said": asked.shot.line.text, "of": [m.digest for m in asked.materials]}

    def fit(self, asked):
        return float(next(_ticks))

    def send(self, request, folder):
        return {"data": plain(Nothing(why="none"))}


def _wrong_size(self, request, folder):
    Image.new("RGB", (40, 30)).save(folder / "a.png")
    art = plain(artefact_of(folder / "a.png"))
    return {"data": {"kind": "still", "image": art, "width": 400, "height": 300}, "files": {"image": "a.png"}}


class Camera(Local):
    "A shooter whose clips are grey."

    def __init__(self, share=1.0, told=1.0):
        self.spec, self.share, self.told = Spec(name="video:camera", kind="video", version="1", note="grey"), share, told

    def request(self, asked):
        return {"said": asked.shot.line.text, "frames": max(1, round((asked.frames + asked.tail) * self.share)), "fps": asked.fps}

    def send(self, request, folder):
        soft = np.full((32, 18), 128, np.uint8)
        encode(((np.full((64, 36), 60 + n, np.uint8), soft, soft) for n in range(request["frames"])), folder / "clip.mp4", 36, 64, fps=request["fps"])
        seconds = request["frames"] / request["fps"] * self.told
        made = Footage(media=artefact_of(folder / "clip.mp4"), seconds=seconds, fps=request["fps"], width=36, height=64)
        return {"data": plain(made), "files": {"clip": "clip.mp4"}, "usage": {"second": seconds}}


class Animator(Camera):
    "Moves the picture that it is given."

    def __init__(self):
        self.spec, self.share, self.told = Spec(name="video:animator", kind="video", version="1", needs_keyframe=True, note="moves"), 1.0, 1.0

    def request(self, asked):
        if asked.keyframe is None:
            raise BadInput("there is no picture", mend="give it one")
        return Camera.request(self, asked) | {"image": plain(asked.keyframe.image)}

    def send(self, request, folder):
        with Image.open(given(request["image"])) as im:
            assert im.size[0] > 1
        return Camera.send(self, request, folder)


def _takes_anything(client=None):
    return Tones(name="voice:anything")


def _named_alike(option=""):
    made = type("Alike", (Tones,), {"options": lambda self: ("one", "two")})(name="voice:alike")
    return made


paid = {"local": False, "price": "vendor:tones"}
BROKEN = {  # what is wrong -> (the check that finds it, the back-end, what the check says)
    "another kind": ("the name fits", broken(spec={"kind": "music", "name": "voice:tones"}), "its kind 'music'"),
    "an unregistered name": ("the name fits", broken(spec={"name": "voice:stranger"}), "nobody is registered"),
    "no version": ("the spec is whole", broken(spec={"version": ""}), "version is empty"),
    "a language that is none": ("the spec is whole", broken(spec={"languages": ("English",)}), "'English'"),
    "no note": ("the spec is whole", broken(spec={"note": ""}), "note"),
    "lookup without lookup": ("the abilities fit the spec", broken(spec=paid | {"after_crash": "lookup"}), "no method lookup"),
    "paid, and says local": ("the abilities fit the spec", lambda: Scripted(price="x", env=("FAR_API_KEY",)), "a price (x) and a key (FAR_API_KEY)"),
    "paid without estimate": ("the abilities fit the spec", lambda: Scripted(local=False, price="x"), "no method estimate"),
    "paid without price": ("the abilities fit the spec", broken(spec={"local": False}), "no row"),
    "a pace that is a number": ("the abilities fit the spec", broken(Vendor, pace=None, __init__=lambda self: (Vendor.__init__(self), setattr(self, "pace", 5))[0]), "pace is a int"),
    "a package that is not there": ("ready here", broken(spec={"packages": ("no_such_package",)}), "pip install no_such_package"),
    "a key that is not there": ("ready here", broken(spec={"env": ("NO_SUCH_KEY_OF_TONES",)}), "NO_SUCH_KEY_OF_TONES"),
    "any option taken": ("options are clear", lambda: _registered("voice:anything", _takes_anything), "without a word"),
    "options that are one": ("options are clear", lambda: _registered("voice:alike", _named_alike), "the record would confuse them"),
    "a request that is no dict": ("the request is JSON", broken(request=lambda self, asked: list(asked.spoken)), "list"),
    "a request with a set of bytes": ("the request is JSON", broken(request=lambda self, asked: {"raw": b"x"}), "no JSON"),
    "a request that is no number": ("the request is JSON", broken(request=lambda self, asked: {"x": float("nan")}), "no JSON"),
    "a request of another library": ("the request is JSON", broken(request=lambda self, asked: {"x": asked.text}), "AttributeError"),
    "a request that reads a file": ("the request is JSON", broken(Animator, request=lambda self, asked: {"size": given(asked.keyframe.image).stat().st_size}), "outside of a call"),
    "the clock": ("the request is pure", broken(request=_clock), "'now'"),
    "words left out": ("the request says all", broken(request=_nothing), "the same request"),
    "whatever there is": ("the request takes fields by name", broken(request=_everything), "a later release"),
    "an odd request that breaks it": ("what cannot be done is told", broken(request=lambda self, asked: {"first": next(w for w in asked.spoken if w.isalpha())}), "StopIteration"),
    "an error without a mend": ("what cannot be done is told", broken(request=lambda self, asked: Tones.request(self, asked) if asked.speed < 9 else _no()), "no mend"),
    "a mind that changes": ("the fit is sound", Choosing, "the same shot"),
    "an estimate below zero": ("the estimate is sound", broken(estimate=lambda self, request: Usage(units={"character": -1.0})), "character -1.0"),
    "an estimate that is no number": ("the estimate is sound", broken(estimate=lambda self, request: Usage(units={"character": float("nan")})), "nan"),
    "an estimate that is a price": ("the estimate is sound", broken(estimate=lambda self, request: 0.02), "not a Usage"),
    "an estimate that changes the request": ("the estimate is sound", broken(estimate=lambda self, request: request.update(x=1) or Usage()), "changes the request"),
    "a send that breaks": ("it answers", broken(send=lambda self, request, folder: {}["x"]), "KeyError"),
    "an answer that is a path": ("it answers", broken(send=lambda self, request, folder: folder), "no dict"),
    "a job that never ends": ("it answers", broken(Vendor, look=lambda self, job: Job(id=job.id, state="running"), __init__=lambda self: (Vendor.__init__(self), setattr(self, "pace", Pace(every=0.01, deadline=0.1)))[0]), "did not end"),
    "a job that fails": ("it answers", broken(Vendor, look=lambda self, job: Job(id=job.id, state="failed", why="no room")), "no room"),
    "a file beside the folder": ("files lie in the folder", broken(send=_elsewhere), "log.txt"),
    "a file far away": ("files lie in the folder", broken(send=_far_away), "log.txt"),
    "a file of another folder": ("files lie in the folder", broken(send=_escapes), "no whole file"),
    "a file that is not there": ("files lie in the folder", broken(send=_answer(files={"audio": "x.wav"})), "no whole file"),
    "a word without a time": ("answers have their form", broken(send=_data(lambda d: {"times": d["times"][1:]})), "4 times for 5 words"),
    "words out of order": ("answers have their form", broken(send=_data(lambda d: {"times": d["times"][::-1]})), "out of order"),
    "words past the end": ("answers have their form", broken(send=_data(lambda d: {"times": [*d["times"][:-1], [0.5, 99.0]]})), "past the end"),
    "another length": ("answers have their form", broken(send=_data(lambda d: {"seconds": d["seconds"] + 2})), "are told"),
    "another rate": ("answers have their form", broken(send=_data(lambda d: {"rate": 48000})), "48000 Hz"),
    "a file by another name": ("answers have their form", broken(send=_answer(files={"sound": "tones.wav"})), "called audio"),
    "a picture of another size": ("answers have their form", broken(Choosing, send=_wrong_size, fit=lambda self, asked: 0.0), "400 x 300"),
    "a clip that is too short": ("answers have their form", lambda: Camera(0.3), "too short for"),
    "a clip of another length": ("answers have their form", lambda: Camera(told=2.0), "s are told"),
    "usage below zero": ("the usage is sound", broken(send=_answer(usage={"character": -3.0})), "-3.0"),
    "more used than estimated": ("the estimate is a bound", broken(estimate=lambda self, request: Usage(units={"character": 1.0})), "at most 1 estimated"),
    "used and not estimated": ("the estimate is a bound", broken(send=_answer(usage={"image": 1.0})), "1 image were used"),
    "a reply that changes the answer": ("the reply is pure", broken(reply=_changing), "changes the answer"),
    "a reply that is a dict": ("the reply is pure", broken(reply=lambda self, answer: answer), "dict"),
    "chance": ("the same request gives the same", broken(send=_chance), "other data"),
    "the order of keys": ("the same request gives the same", broken(send=_by_order), "other"),
    "a call that is lost": ("calls are found again", broken(Vendor, lookup=lambda self, key, folder: None), "not found"),
    "a call that never was": ("calls are found again", broken(Vendor, lookup=lambda self, key, folder: Job(id=self.keys.get(key, "x"), state="done")), "never made"),
    "two jobs for one key": ("jobs hold", broken(Vendor, {"after_crash": "idempotent"}, order=lambda self, request, key: Vendor.order(self, request, f"{key}{next(_ticks)}")), "another job begins"),
    "a job that is done and stopped": ("jobs hold", broken(Vendor, cancel=lambda self, job: True), "is cancelled"),
    "a cancel that says nothing": ("jobs are cancelled", broken(Vendor, cancel=lambda self, job: None if self.jobs[job.id][2] != "done" else False), "None"),
    "a cancel that stops nothing": ("jobs are cancelled", broken(Vendor, cancel=lambda self, job: self.jobs[job.id][2] != "done"), "that was cancelled is"),
}  # fmt: skip


def _no():
    raise BadInput("no")


def _registered(name, factory):
    register(name, factory)
    return factory()


@pytest.mark.parametrize("what", BROKEN)
def test_each_check_finds_the_back_end_that_breaks_it(what, tmp_path, monkeypatch):
    monkeypatch.setenv("ASTRAY", str(tmp_path))
    check, make, says = BROKEN[what]
    register("voice:tones", Tones)
    report = check_backend(make(), paid=True)
    found = next(x for x in report.checks if x.name == check)
    assert found.state == "fail" and says in found.why and found.mend, told(report)
    assert check in report._repr_markdown_()


def test_every_check_has_a_back_end_that_fails_it():
    assert {check for check, _, _ in BROKEN.values()} == {*_SEEN, *_CALLED}


def test_what_is_no_back_end_is_told():
    for thing in (object(), Spec(name="voice:x", kind="voice", version="1"), Scripted(kind="work")):
        assert not check_backend(thing).checks[0].state == "pass" and "0 of 1" in check_backend(thing).headline


def test_a_name_leads_to_its_back_end_or_to_an_error():
    with pytest.raises(BadInput, match="did you mean voice:hibari"):
        check_backend("voice:hibary")
    register("voice:keyless", lambda: Tones(name="voice:keyless", env=("NO_SUCH_KEY_OF_TONES",)))
    with pytest.raises(Missing, match="NO_SUCH_KEY_OF_TONES"):
        check_backend("voice:keyless")


def test_the_report_is_data():
    report = check_backend(Tones())
    assert json.loads(json.dumps(plain(report)))["back_end"] == "voice:tones"
    assert isinstance(Tones().reply({"data": 1}), Reply)
