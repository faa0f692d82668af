"Names, options, broken packages, strangers' back-ends in every stage, and what is told when one fails."

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scripted import Scripted
from test_conformance import BUILT_IN, Animator, Camera, Tones, Vendor
from test_shots import film, materials, speech

from viralforge import ports
from viralforge.audio import write_wav
from viralforge.calling import Unfinished
from viralforge.core import BadInput, ForgeError, Missing, ProviderError, plain
from viralforge.narration import narrate, voice_line, voice_pace
from viralforge.pipeline import Draft, check_brief, licences
from viralforge.ports import (
    KINDS,
    FootageRequest,
    Job,
    Local,
    Motion,
    MusicRequest,
    Name,
    Nothing,
    Pace,
    Spec,
    SpeechRequest,
    Usage,
    ask,
    backend,
    backend_names,
    backends_of,
    named,
    prepare,
    providers,
    register,
    scene_maker,
    visual_name,
)
from viralforge.script import write_script
from viralforge.shots import shots
from viralforge.store import Store, scratch_run
from viralforge.types import DEFAULTS, Brief, Line, Script

ROOT = Path(__file__).resolve().parent.parent
HELLO = SpeechRequest(spoken=("Hello",))


@pytest.fixture(autouse=True)
def own_names(monkeypatch):
    "What a test registers is gone after it."
    monkeypatch.setattr(ports, "_registered", dict(ports._registered))
    yield
    ports._built.cache_clear()


# names


@pytest.mark.parametrize(
    "text, kind, is_it",
    [
        ("hibari", "voice", Name(kind="voice", name="hibari")),
        ("hibari:heart", "voice", Name(kind="voice", name="hibari", option="heart")),
        ("voice:hibari:heart", "", Name(kind="voice", name="hibari", option="heart")),
        ("voice:hibari", "voice", Name(kind="voice", name="hibari")),
        ("image:diffusers:org/model-1.0:fp16", "", Name(kind="image", name="diffusers", option="org/model-1.0:fp16")),
        ("ollama:llama3.1:8b", "writer", Name(kind="writer", name="ollama", option="llama3.1:8b")),
    ],
)
def test_names_are_taken_apart_in_one_place(text, kind, is_it):
    assert named(text, kind) == is_it and named(str(is_it)) == is_it


@pytest.mark.parametrize("odd", ["", ":", "voice", "voice:", "voice::heart", "voice:a b", "voice:\x1b[31mred", "voice:x:a\nb", "voice:x: heart", "voice:ｈibari",
                                 "voice:" + "x" * 99, "voice:x:" + "y" * 1001, "shout:x", "voice:x:a\u202eb"])  # fmt: skip
def test_what_is_no_name_is_told_in_one_printable_line(odd):
    with pytest.raises(BadInput) as e:
        named(odd)
    assert str(e.value).isprintable() and e.value.mend and len(str(e.value)) < 300


def test_the_option_is_held_by_the_back_end_and_one_that_is_not_there_is_told_with_the_nearest():
    assert backend("voice", "hibari:heart") is backend("voice:hibari:heart") is not backend("voice", "hibari")
    assert voice_pace("hibari:heart") == voice_pace("hibari")
    with pytest.raises(BadInput, match="voice:hibari has no 'hart'. Mend: did you mean heart"):
        check_brief(Brief(title="x", notes="One fact.", voice="hibari:hart"))
    for field, name in (("writer", "outline:x"), ("composer", "bundled:x"), ("visuals", ("motion:x",))):
        with pytest.raises(BadInput, match=f"brief, field {field}: .*has no options"):
            check_brief(Brief(title="x", notes="One fact.", **{field: name}))


@pytest.mark.parametrize("field, name, says", [("writer", "outlin", "did you mean writer:outline"), ("voice", "hibary", "did you mean voice:hibari"), ("composer", "bundle", "did you mean music:bundled"), ("visuals", ("media", "motoin"), "did you mean motion")])
def test_an_unknown_name_is_told_with_its_field_and_the_nearest(field, name, says):
    with pytest.raises(BadInput, match=f"brief, field {field}: .*{says}"):
        check_brief(Brief(title="x", notes="One fact.", **{field: name}))


def test_a_film_is_begun_only_where_something_can_be_shown():
    register("video:far", lambda: Scripted(name="video:far", kind="video", env=("NO_SUCH_KEY",)))
    check_brief(Brief(title="x", notes="One fact.", visuals=("far", "motion")))
    with pytest.raises(Missing, match="brief, field visuals: video:far is not ready here. Mend: key NO_SUCH_KEY"):
        check_brief(Brief(title="x", notes="One fact.", visuals=("far",)))
    with pytest.raises(BadInput, match="brief, field visuals: .*write visuals: media, motion"):
        check_brief(Brief(title="x", notes="One fact.", visuals=()))


# what answers to a name


class Unlike(Local):
    "Its spec breaks."

    @property
    def spec(self):
        raise RuntimeError("no weights")

    def request(self, asked): ...

    def send(self, request, folder): ...


def _raises(e):
    def make():
        raise e

    return make


WRONG = {
    "a factory that breaks": (_raises(KeyError("MODEL")), "KeyError: 'MODEL'"),
    "a factory that ends the program": (_raises(SystemExit(3)), "SystemExit: 3"),
    "a factory that is none": (7, "int stands where a factory should"),
    "no back-end": (dict, r"\(dict\) is no back-end"),
    "a spec that breaks": (Unlike, "RuntimeError: no weights"),
    "a spec that is a dict": (lambda: type("X", (Tones,), {"__init__": lambda self: setattr(self, "spec", {})})(), "is no back-end"),
    "another kind": (lambda: Scripted(name="voice:wrong", kind="music"), "of kind 'music'"),
    "another name": (lambda: Scripted(name="voice:right"), "says 'voice:right'"),
    "keys in the error": (_raises(ValueError("bad key sk-12345678")), "bad key <WRONG_API_KEY>"),
    "colours in the error": (_raises(ValueError("\x1b[31mred\x07")), r"ValueError: \[31mred"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_with_a_back_end_is_one_clear_error_and_hides_no_other(what, monkeypatch):
    monkeypatch.setenv("WRONG_API_KEY", "sk-12345678")
    before = {r["name"]: r for r in providers() if r["name"] != "voice:wrong"}
    register("voice:wrong", WRONG[what][0])
    with pytest.raises(ProviderError, match=f"^voice:wrong: .*{WRONG[what][1]}") as e:
        backend("voice", "wrong")
    assert str(e.value).isprintable() and e.value.mend and "sk-12345678" not in str(e.value)
    rows = {r["name"]: r for r in providers()}
    assert "voice:wrong" in rows["voice:wrong"]["lacks"] and not rows["voice:wrong"]["ready"]
    assert {n: r for n, r in rows.items() if n != "voice:wrong"} == before and before["voice:hibari"]["ready"]


@pytest.mark.parametrize("packages", [("no_such_package",), ("no_such.package",), ("hibari.no_such",)])
def test_a_package_that_is_not_there_is_missing(packages):
    register("voice:bare", lambda: Scripted(name="voice:bare", packages=packages))
    with pytest.raises(Missing, match=f"voice:bare is not ready here. Mend: package {packages[0]}: pip install"):
        backend("voice", "bare")


# asking


@pytest.mark.parametrize("request_, says", [
    (lambda self, asked: {}[asked.spoken[0]], "its request failed.*KeyError: 'Hello'"), (lambda self, asked: [1], "no dict of JSON but list"),
    (lambda self, asked: {"x": {1, 2}} | {"y": object()}, "no JSON"), (lambda self, asked: {"x": float("inf")}, "no JSON"), (lambda self: {}, "TypeError"),
    (lambda self, asked: asked.text, "no attribute 'text'"),
])  # fmt: skip
def test_whatever_a_request_raises_names_the_back_end_and_keeps_its_cause(request_, says):
    made = type("X", (Tones,), {"request": request_})()
    with pytest.raises(ProviderError, match=f"^voice:tones: .*{says}") as e:
        prepare(made, HELLO)
    assert e.value.mend and (e.value.__cause__ is not None or "no dict" in says)


def test_its_own_error_of_ours_passes():
    with pytest.raises(BadInput, match="there is nothing to say"):
        prepare(Tones(), SpeechRequest(spoken=("",)))


@pytest.mark.parametrize("times, says", [([[0, 0.1]], "1 times for 2 words"), ([[0.2, 0.3], [0.1, 0.4]], "'again' has times 0.100"), ([[0, 0.1], [0.2, 9]], "past the end"), ("x", "ValueError")])
def test_an_answer_in_another_form_names_the_voice(times, says):
    def send(self, request, folder):
        write_wav(folder / "a.wav", np.full(24000, 0.1, np.float32), 24000)
        return {"data": {"rate": 24000, "seconds": 1.0, "times": times}, "files": {"audio": "a.wav"}}

    register("voice:astray", lambda: type("X", (Tones,), {"send": send})(name="voice:astray"))
    line = Line(id="hook", role="hook", text="Once again")
    with scratch_run() as run, pytest.raises(ProviderError, match=f"^voice:astray: its answer cannot be used .*{says}"):
        voice_line(line, run, "astray")


# strangers in every stage


class Told(Local):
    "A writer who writes one line."

    def __init__(self, model="small"):
        self.spec, self.model = Spec(name="writer:told", kind="writer", version="1", model=model, note="x"), model

    def request(self, asked):
        return {"title": asked.brief.title, "words": asked.words, "model": self.model}

    def send(self, request, folder):
        return {"data": plain(Script(title=request["title"], lines=(Line(id="hook", role="hook", text=f"The {request['model']} one speaks."),)))}


class Slides(Local):
    "A shooter written to the page, that reads few fields."

    spec = Spec(name="video:slides", kind="video", version="1", lays_out=True, note="x")

    def request(self, asked):
        return {"text": asked.shot.line.text, "frames": asked.frames, "picture": plain(asked.keyframe) if asked.keyframe else None}

    def send(self, request, folder):
        return {"data": plain(Motion(template="slide", layers=(), why=request["text"]))}


class Drone(Local):
    "A composer of one tone."

    spec = Spec(name="music:drone", kind="music", version="1", note="x")

    def request(self, asked):
        return {"seconds": asked.seconds, "pitch": 110 if asked.mood == "auto" else 220}

    def send(self, request, folder):
        t = np.arange(round(request["seconds"] * 48000)) / 48000
        write_wav(folder / "drone.wav", (0.2 * np.sin(2 * np.pi * request["pitch"] * t)).astype(np.float32), 48000)
        return {"data": {"title": "Drone", "licence": "CC0-1.0", "source": "made here"}, "files": {"music": "drone.wav"}}


def test_a_writer_with_a_model_is_asked_as_the_page_says():
    register("writer:told", Told)
    with scratch_run() as run:
        script = write_script(Brief(title="Cave", notes="It is dark.", writer="told:large"), run, 150.0)
    assert script.lines[0].text == "The large one speaks."


def test_a_shooter_written_to_the_page_works_and_lays_pictures_out(tmp_path):
    register("video:slides", Slides)
    brief = Brief(title="Sea", visuals=("media", "slides"), materials=materials(tmp_path, "octopus arms"))
    lines = [speech(t, id=f"beat-{i}") for i, t in enumerate(["An octopus hides.", "Nobody knows why."])]
    with scratch_run() as run:
        made = shots(film(*lines), run, brief)
        providers_ = {c.provider for c in run.bill().charges}
    assert {s.visual.template for s in made} == {"slide"} and made[0].material and "video:motion" not in providers_
    assert str(scene_maker(brief)) == "video:slides" and str(scene_maker(Brief(title="x", visuals=("media",)))) == f"video:{DEFAULTS['scenes']}"


def test_a_composer_is_named_by_the_brief(tmp_path):
    register("music:drone", Drone)
    d = Draft({"title": "Three hearts", "notes": "An octopus has three hearts. Two of them pump blood through the gills.", "seconds": 6, "composer": "drone"}, store=Store(tmp_path / ".store"))
    assert d.music.data["title"] == "Drone" and any("music Drone: CC0-1.0 (made here)" in x for x in licences(d))
    assert [str(n) for n in backends_of(d.brief)] == ["writer:outline", "voice:hibari", "director:grammar", "image:media", "video:motion", "music:drone"]
    assert "music" not in {n.kind for n in backends_of(d.set(music="none").brief)}


def test_the_music_is_as_long_as_the_film_and_asked_with_the_tone():
    asked = []
    register("music:heard", lambda: type("X", (Drone,), {"spec": Spec(name="music:heard", kind="music", version="1"), "request": lambda self, a: asked.append(a) or Drone.request(self, a)})())
    with scratch_run() as run:
        ask(run, "music", backend("music", "heard"), MusicRequest(seconds=2.5, tone="warm"), of="film")
    assert asked == [MusicRequest(seconds=2.5, mood="auto", tone="warm", seed=0)]


# the next in the chain


def _bad_request(self, asked):
    return {"text": asked.headline}


def _bad_send(self, request, folder):
    raise ProviderError("out of order")


CHAIN = {
    "its request breaks": (lambda: type("X", (Slides,), {"request": _bad_request, "spec": Spec(name="video:first", kind="video", version="1")})(), "no attribute 'headline'"),
    "it cannot take the shot": (lambda: type("X", (Slides,), {"request": lambda self, a: _refuse(), "spec": Spec(name="video:first", kind="video", version="1")})(), "too long for it"),
    "it fails": (lambda: type("X", (Slides,), {"send": _bad_send, "spec": Spec(name="video:first", kind="video", version="1")})(), "out of order"),
    "its send breaks": (lambda: type("X", (Slides,), {"send": lambda self, request, folder: request["prompt"], "spec": Spec(name="video:first", kind="video", version="1")})(), "KeyError: 'prompt'"),
    "its reply breaks": (lambda: type("X", (Slides,), {"reply": lambda self, answer: answer["video"], "spec": Spec(name="video:first", kind="video", version="1")})(), "KeyError: 'video'"),
    "it answers something else": (lambda: Scripted({"data": {"kind": "still"}}, {"data": {"kind": "still"}}, name="video:first", kind="video"), "its answer cannot be used"),
    "it answers nothing": (lambda: Scripted({"data": None}, {"data": None}, name="video:first", kind="video"), "one of motion, footage"),
    "it needs a key": (lambda: Scripted(name="video:first", kind="video", env=("NO_SUCH_KEY",)), "NO_SUCH_KEY"),
    "it cannot be made": (_raises(OSError("no weights")), "no weights"),
    "its clip is too short": (lambda: _camera(0.3), "is too short for"),
    "an image maker breaks": ("image", "division by zero"),
}


def _camera(share):
    made = Camera(share)
    made.spec = Spec(name="video:first", kind="video", version="1")
    return made


def _refuse():
    raise BadInput("too long for it", mend="give it less")


@pytest.mark.parametrize("what", CHAIN)
def test_whatever_goes_wrong_leads_to_the_next_with_the_reason_in_the_record(what):
    make, says = CHAIN[what]
    if make == "image":
        register("image:first", lambda: type("X", (Local,), {"spec": Spec(name="image:first", kind="image", version="1"), "request": lambda self, a: 1 / 0, "send": Slides.send})())
    else:
        register("video:first", make)
    name = "image:first" if make == "image" else "video:first"
    with scratch_run() as run:
        made = shots(film(speech("Nobody knows why.")), run, Brief(title="x", visuals=(name, "motion")))
        why = [c.why for c in run.bill().charges if c.provider == "video:motion"]
    assert made[0].visual.kind == "motion" and name in why[0] and says in why[0]


def test_a_clip_of_the_length_that_was_asked_for_plays_at_its_own_speed_and_its_licence_is_told(tmp_path):
    register("video:first", lambda: _camera(1.0))
    d = Draft({"title": "Three hearts", "notes": "An octopus has three hearts. Two of them pump blood.", "seconds": 6, "visuals": "first, motion"}, store=Store(tmp_path / ".store"))
    assert {(s.visual.kind, s.visual.speed) for s in d.shots} == {("footage", 1.0)}
    assert "clips that were made: licence not stated" in licences(d)


def test_where_all_fail_every_reason_is_told():
    register("video:first", CHAIN["it cannot be made"][0])
    with scratch_run() as run, pytest.raises(Missing, match="no weights.*NO_SUCH_KEY"):
        register("video:second", lambda: Scripted(name="video:second", kind="video", env=("NO_SUCH_KEY",)))
        shots(film(speech("Nobody knows why.")), run, Brief(title="x", visuals=("first", "second")))


def test_a_shooter_reads_the_picture_that_it_animates(tmp_path):
    register("video:animator", Animator)
    brief = Brief(title="Sea", visuals=("animator", "media", "motion"), materials=materials(tmp_path, "octopus arms"))
    with scratch_run() as run:
        made = shots(film(speech("An octopus hides."), speech("Nobody knows why.", id="beat-2")), run, brief)
        whys = [c.why for c in run.bill().charges if c.provider == "video:motion"]
    assert [s.visual.kind for s in made] == ["footage", "motion"] and "animates a picture, and there is none" in whys[0]


class Far(Vendor):
    "A shooter elsewhere, whose jobs do not end and cannot be stopped."

    def __init__(self, ends):
        Vendor.__init__(self, name="video:far", kind="video", after_crash="idempotent")
        self.tones, self.ends, self.pace = Camera(), ends, Pace(every=0.01, deadline=0.2)

    def estimate(self, request):
        return Usage(units={"second": 9.0})

    def look(self, job):
        return Vendor.look(self, job) if self.ends else Job(id=job.id, state="running")

    def cancel(self, job):
        return False


def test_a_clip_that_is_still_being_made_is_not_replaced_but_taken_up():
    far = Far(ends=False)
    register("video:far", lambda: far)
    brief = Brief(title="x", visuals=("far", "motion"))
    with scratch_run() as run:
        with pytest.raises(Unfinished, match="run again later: it is taken up"):
            shots(film(speech("Nobody knows why.")), run, brief)
        far.ends = True
        next(iter(far.jobs.values()))[1] = 1  # done at the next look
        made = shots(film(speech("Nobody knows why.")), run, brief)
    assert made[0].visual.kind == "footage" and len(far.jobs) == 1


def test_an_image_maker_says_why_it_has_nothing():
    register("image:shy", lambda: Scripted(*({"data": plain(Nothing(why="too dark"))},) * 2, name="image:shy", kind="image"))
    with scratch_run() as run:
        shots(film(speech("Nobody knows why.")), run, Brief(title="x", visuals=("shy", "motion")))
        assert "image:shy: no picture fits (too dark)" in [c.why for c in run.bill().charges if c.provider == "video:motion"][0]


# defaults


def test_the_defaults_are_data_and_all_of_them_are_there():
    brief = Brief(title="x")
    assert (brief.writer, brief.voice, brief.composer, list(brief.visuals)) == tuple(DEFAULTS[k] for k in ("writer", "voice", "composer", "visuals"))
    assert {str(n) for n in backends_of(brief)} <= set(backend_names()) and backend(f"video:{DEFAULTS['scenes']}").spec.lays_out
    assert visual_name("video:motion") == visual_name("motion") and set(KINDS) == {n.partition(":")[0] for n in backend_names()}


def test_no_stage_names_a_back_end():
    import ast
    import re

    for page in sorted((ROOT / "nbs").glob("[23]*.ipynb")):
        for c in json.loads(page.read_text(encoding="utf-8"))["cells"]:
            code = "".join(c["source"])
            if c["cell_type"] == "code" and code.startswith("#| export"):
                texts = [n.value for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
                own = {n.split(":")[1] for n in BUILT_IN} - {"media", "motion", "none", "recording"}  # words of the house, too
                found = [t for t in texts if re.fullmatch(rf"({'|'.join(KINDS)}):[a-z]+", t) or t in own]
                assert not found, f"{page.name}: {found}"


# a package, installed for real


def install(source, target):
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-build-isolation", "--no-deps", "--target", str(target), str(source)]
    done = subprocess.run(pip, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def package(folder, name, code, **points):
    "The source of a package with entry points."
    folder.mkdir()
    rows = "\n".join(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in points.pop("names").items())
    (folder / "pyproject.toml").write_text(
        f'[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "{name}"\nversion = "1.2"\n'
        f'[project.entry-points."viralforge.providers"]\n{rows}\n[tool.setuptools]\npy-modules = ["{name}"]\n'
    )
    (folder / f"{name}.py").write_text(code)
    return folder


def fresh(code, target, tmp_path):
    "What a new process prints, with the packages of a folder."
    env = {**os.environ, "PYTHONPATH": f"{target}{os.pathsep}{ROOT / 'tests/offline'}", "VIRALFORGE_STORE": str(tmp_path / ".store")}
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.contract
def test_a_package_of_a_stranger_is_found_conforms_and_speaks(tmp_path):
    source = tmp_path / "source"
    subprocess.run(["cp", "-r", str(ROOT / "tests/packages/viralforge-example"), str(source)], check=True)
    lines = sum(len(p.read_text().splitlines()) for p in source.glob("*.*"))
    assert lines < 60
    install(source, target := tmp_path / "site")
    found = fresh(
        """
import json
from viralforge import Draft
from viralforge.conformance import check_backend
from viralforge.core import plain
from viralforge.ports import providers
d = Draft({"title": "Three hearts", "notes": "An octopus has three hearts. Two of them pump blood through the gills.", "seconds": 6, "voice": "hum:high"})
first = d.voiceover.lines[0]
row = next(r for r in providers() if r["name"] == "voice:hum")
print(json.dumps({"row": row, "report": plain(check_backend("voice:hum:low")), "words": len(first.words), "seconds": d.voiceover.seconds,
                  "charges": [c.provider for c in d.run.bill().charges if c.stage == "narration"]}))
""",
        target,
        tmp_path,
    )
    assert found["row"]["ready"] and found["row"]["package"] == "viralforge-example 0.1.0"
    assert [x for x in found["report"]["checks"] if x["state"] == "fail"] == [] and len(found["report"]["checks"]) == 23
    assert found["words"] and 4 < found["seconds"] < 9 and set(found["charges"]) == {"voice:hum:high"}


def test_broken_packages_hide_no_other_and_are_named(tmp_path):
    target = tmp_path / "site"
    code = (
        "from viralforge.ports import Local, Spec\nclass Fine(Local):\n    spec = Spec(name='voice:fine', kind='voice', version='1')\n"
        "    def request(self, asked):\n        return {}\n    def send(self, request, folder):\n        return {}\ndef make():\n    return Fine()\n"
    )
    for name, text, names in (
        ("breaks_on_import", "import no_such_thing_at_all", {"voice:one": "breaks_on_import:make"}),
        ("breaks_hard", "raise SystemExit('bye')", {"voice:two": "breaks_hard:make"}),
        ("no_python", "def (:", {"voice:three": "no_python:make"}),
        ("has_no_such", code, {"voice:four": "has_no_such:other", "voice:fine": "has_no_such:make"}),
        ("wants_the_same", code, {"voice:fine": "wants_the_same:make"}),
        ("wants_ours", code, {"voice:hibari": "wants_ours:make"}),
        ("odd_names", code, {"shout:five": "odd_names:make", "five": "odd_names:make", "voice:a:b": "odd_names:make"}),
    ):
        install(package(tmp_path / name, name, text, names=names), target)
    told = fresh(
        """
import json
from viralforge.core import ForgeError
from viralforge.ports import backend, backend_names, providers
said = {}
for name in ("one", "two", "three", "four", "fine", "five"):
    try:
        backend("voice", name)
    except ForgeError as e:
        said[name] = str(e)
print(json.dumps({"rows": {r["name"]: r for r in providers()}, "said": said, "names": backend_names()}))
""",
        target,
        tmp_path,
    )
    rows, said = told["rows"], told["said"]
    assert all(rows[n]["ready"] for n in ("voice:hibari", "writer:outline", "music:bundled", "video:motion", "image:media"))
    assert {p.split()[0].replace("-", "_") for p in rows["voice:hibari"]["package"].split(", ")} == {"viralforge", "wants_ours"}
    assert "no_such_thing_at_all" in said["one"] and "pip uninstall breaks-on-import" in said["one"].replace("_", "-")
    assert "SystemExit: bye" in said["two"] and "SyntaxError" in said["three"] and "other" in said["four"]
    assert "several packages call a back-end voice:fine" in said["fine"] and "1.2" in said["fine"]
    assert all("1.2" in rows[f"voice:{n}"]["package"] and not rows[f"voice:{n}"]["ready"] and rows[f"voice:{n}"]["lacks"].isprintable() for n in ("one", "two", "three", "four", "fine"))
    assert not rows["shout:five"]["ready"] and "no kind" in rows["shout:five"]["lacks"] and not {"shout:five", "five", "voice:a:b"} & set(told["names"])


def test_narration_speaks_with_a_strangers_voice_at_its_times():
    register("voice:tones", Tones)
    script = Script(title="x", lines=(Line(id="hook", role="hook", text="Three hearts 🐙 beat."),))
    with scratch_run() as run:
        made = narrate(script, run, "tones", language="tlh")
    words = made.lines[0].words
    assert [w.shown for w in words] == ["Three", "hearts", "🐙", "beat."] and made.lines[0].dropped == ("🐙",)
    assert words[0].start == 0.1 and words[1].start == pytest.approx(0.4)


def test_a_shooter_is_asked_with_all_that_the_page_lists():
    asked = []
    spec = Spec(name="video:curious", kind="video", version="1")
    register("video:curious", lambda: type("X", (Slides,), {"spec": spec, "request": lambda self, a: asked.append(a) or Slides.request(self, a)})())
    brief = Brief(title="Sea", visuals=("curious",), style="paper", platform="tiktok", seed=4, language="en-GB")
    with scratch_run() as run:
        shots(film(speech("Nobody knows why.")), run, brief)
    a = asked[0]
    assert isinstance(a, FootageRequest) and a.shot.line.text == "Nobody knows why." and a.frames == a.shot.frames and a.keyframe is None
    assert (a.fps, a.style, a.platform, a.title, a.seed, a.language, a.width, a.height) == (30, "paper", "tiktok", "Sea", 4, "en-GB", 1080, 1920)


def test_errors_of_ours_keep_their_class_and_get_a_place():
    register("voice:limited", lambda: type("X", (Tones,), {"request": lambda self, a: _refuse()})(name="voice:limited"))
    with pytest.raises(ForgeError, match="^voice:limited: too long for it. Mend: give it less"):
        prepare(backend("voice", "limited"), HELLO)


def test_what_a_package_prints_does_not_spoil_what_a_script_reads(capsys):
    class Loud(Tones):
        def __init__(self, option=""):
            print("welcome to the loud voice")
            super().__init__()
            self.spec = dataclasses.replace(self.spec, name="voice:loud")

    ports.register("voice:loud", Loud)
    ports.providers()
    out, err = capsys.readouterr()
    assert "welcome" not in out and "welcome" in err
