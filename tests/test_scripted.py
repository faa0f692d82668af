"The back-ends for rehearsals: what they make, what they charge, and every trouble that they know, through the gate."

import json
import math
import subprocess
import sys
import time

import pytest
from gate_lab import brisk

from viralforge import film as fm
from viralforge.audio import read_wav
from viralforge.backends.scripted import (
    BEFORE,
    JOBS,
    LOST,
    SPOILT,
    Account,
    Calls,
    FoundCalls,
    FoundJobs,
    Jobs,
    Scenario,
    scenario,
    scripted,
)
from viralforge.core import BadInput, Permanent
from viralforge.ports import (
    Backend,
    FootageRequest,
    Line,
    MusicRequest,
    Priced,
    Remote,
    Searchable,
    Shot,
    SpeechRequest,
    StillRequest,
    backend,
    backend_names,
)
from viralforge.store import Store, open_run
from viralforge.types import Word

WORDS = tuple(Word(shown=w, spoken=w, start=n / 2, end=n / 2 + 0.4) for n, w in enumerate("Octopuses have three hearts.".split()))
SHOT = Shot(id="hook", line=Line(id="hook", role="hook", text="Octopuses have three hearts."), start=0, frames=40, words=WORDS)
CLIP = FootageRequest(shot=SHOT, frames=40, width=160, height=320)
SPEECH = SpeechRequest(spoken=(*(w.spoken for w in WORDS), "", "Two."))


def plan(folder, **fields):
    "A scenario's file."
    (path := folder / "plan.json").write_text(json.dumps(fields))
    return str(path)


def test_the_clip_moves_and_the_still_can_be_opened(tmp_path):
    from PIL import Image

    clip = scripted("video")
    answer = clip.send(clip.request(CLIP), tmp_path)
    first, *_, last = (f for _, f in fm.frames(tmp_path / answer["files"]["clip"]))
    assert answer["data"]["seconds"] == 2 and abs(first.astype(int) - last).mean() > 5
    still = scripted("image")
    answer = still.send(still.request(StillRequest(shot=SHOT)), tmp_path)
    with Image.open(tmp_path / answer["files"]["image"]) as im:
        assert im.size == (answer["data"]["width"], answer["data"]["height"]) and len(im.getcolors(2**24)) >= 4


def test_a_word_is_heard_in_its_time_and_nowhere_else(tmp_path):
    voice = scripted("voice")
    answer = voice.send(voice.request(SPEECH), tmp_path)["data"]
    sound, rate = read_wav(tmp_path / "speech.wav")
    sound = abs(sound.reshape(len(sound), -1).mean(axis=1))
    spans = [(round(a * rate), round(b * rate)) for a, b in answer["times"]]
    assert rate == answer["rate"] and len(sound) / rate == pytest.approx(answer["seconds"])
    assert all(sound[a:b].max() > 0.1 for a, b in spans if b > a) and spans[4][0] == spans[4][1]
    for a, b in spans:
        sound[a:b] = 0
    assert sound.max() == 0


def test_the_same_request_gives_the_same_bytes(tmp_path):
    made = []
    for n in range(2):
        (folder := tmp_path / str(n)).mkdir()
        for kind, asked in (("video", CLIP), ("voice", SPEECH), ("image", StillRequest(shot=SHOT)), ("music", MusicRequest(mood="calm", seconds=2.0))):
            b = scripted(kind)
            b.send(b.request(asked), folder)
        made.append({p.name: p.read_bytes() for p in folder.iterdir()})
    assert made[0] == made[1] and len(made[0]) == 4


@pytest.mark.parametrize("job, after, shape", [(False, "idempotent", Calls), (False, "lookup", FoundCalls), (True, "neither", Jobs), (True, "lookup", FoundJobs)])
def test_a_scenario_has_the_abilities_that_it_says(tmp_path, job, after, shape):
    b = scripted("video", plan(tmp_path, job=job, after_crash=after, price=0.1))
    assert type(b) is shape and isinstance(b, Priced) and isinstance(b, Remote if job else Backend)
    assert isinstance(b, Searchable) == (after == "lookup") and b.estimate(b.request(CLIP)).units == {"credit": 0.2}


SHAPES = [(job, after) for job in (False, True) for after in ("idempotent", "lookup", "neither")]


@pytest.mark.gate
@pytest.mark.parametrize("trouble, job, after", [(t, job, after) for t in (*BEFORE, *LOST, *SPOILT, *JOBS) for job, after in SHAPES if job or t not in JOBS])
def test_after_every_trouble_the_gate_has_counted_what_was_charged_and_goes_on(tmp_path, trouble, job, after, monkeypatch):
    brisk(monkeypatch.setattr)
    file = plan(tmp_path, price=0.1, least=0.5, failures=[trouble], job=job, every=0.01, deadline=0.2, after_crash=after, retry_after=0.01)
    run = open_run(Store(tmp_path / ".store"), "rehearsal", {}, budget=5.0)
    back_end, reply = scripted("video", file), None
    for n in range(5):
        run.allow = ("doubt",) if n > 2 else ()
        try:
            reply = run.step("shot", back_end, back_end.request(CLIP), of="hook")
        except Exception:
            pass
        assert back_end.account.charged() <= run.bill().spent + 1e-9, "charged and not counted"
        if reply:
            break
    assert reply and run.path(reply.files["clip"]).exists() and run.bill().spent <= 5
    times = sum(r["usd"] > 0 for r in back_end.account.lines() if r["what"] == "asked")
    assert times <= 1 + (trouble in ("expires", "hangs") or after == "neither"), "charged more than once"


def test_chances_follow_from_the_seed(tmp_path):
    drawn = lambda seed: [scripted("voice", plan(tmp_path, seed=seed, chance={"busy": 0.3, "lost": 0.2}))._drawn(n)[0] for n in range(300)]
    one = drawn(1)
    assert one == drawn(1) != drawn(2) and 60 < one.count("busy") < 120 and 35 < one.count("lost") < 85


def test_what_is_charged_lies_between_least_and_the_bound(tmp_path):
    b = scripted("video", plan(tmp_path, price=1.0, least=0.25))
    shares = [b.send(b.request(CLIP), tmp_path)["usage"]["credit"] / 2 for _ in range(12)]
    assert all(0.25 <= s <= 1 for s in shares) and max(shares) - min(shares) > 0.2 and b.account.charged() == pytest.approx(2 * sum(shares))


def test_a_price_that_is_not_known_is_no_price(tmp_path):
    run = open_run(Store(tmp_path / ".store"), "rehearsal", {})
    b = scripted("video", plan(tmp_path, price=None))
    assert run.bound(b, b.request(CLIP)) is None
    known = scripted("video", plan(tmp_path, price=0.5))
    assert run.bound(known, known.request(CLIP)) == 1.0


def test_a_job_is_cancelled_once_and_not_charged(tmp_path):
    b = scripted("video", plan(tmp_path, price=1.0, job=True, seconds=60))
    job = b.order(b.request(CLIP), "key")
    assert b.look(job).state == "running" and b.account.charged() == 2.0
    with pytest.raises(Permanent, match="running"):
        b.collect(job, tmp_path)
    assert b.cancel(job) and not b.cancel(job) and b.look(job).why == "cancelled" and b.account.charged() == 0
    with pytest.raises(Permanent, match="no job"):
        b.look(type(job)(id="video-99", state="queued"))


def test_a_failure_may_quote_a_key(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-1234567")
    b = scripted("video", plan(tmp_path, failures=["wrong"], says="Incorrect API key provided: $OPENAI_API_KEY"))
    with pytest.raises(Permanent, match="sk-planted"):
        b.send(b.request(CLIP), tmp_path)


WRITE = """
import sys
from viralforge.backends.scripted import Account
books = Account(sys.argv[1])
for n in range(40):
    books.add(lambda rows: {"what": "asked", "id": str(len(rows)), "usd": 0.01})
"""


def test_several_processes_write_one_account(tmp_path):
    ps = [subprocess.Popen([sys.executable, "-c", WRITE, str(tmp_path / "books")]) for _ in range(3)]
    assert [p.wait(60) for p in ps] == [0, 0, 0]
    books = Account(tmp_path / "books")
    assert [r["id"] for r in books.lines()] == [str(n) for n in range(120)] and books.charged() == pytest.approx(1.2)


@pytest.mark.parametrize(
    "text, said",
    [
        ('failures = ["losst"]', "did you mean 'lost'"), ('failures = ["hangs"]', "job = true"), ("least = 2", "between 0 and 1"), ("prise = 1", "prise"),
        ("price = ", "no scenario"), ("seed = \"x\"", "seed: Input"), ("[video]\nchance = {lost = 0.8, busy = 0.8}", "between 0 and 1"),
    ],
)  # fmt: skip
def test_a_scenario_that_is_none_is_one_line(tmp_path, text, said):
    (path := tmp_path / "plan.toml").write_text(text)
    with pytest.raises(BadInput, match=said) as e:
        scenario(path, "video")
    assert "\n" not in str(e.value)
    with pytest.raises(BadInput, match="no scenario"):
        scenario(tmp_path / "not-there.toml")


def test_usage_that_is_nonsense_leaves_as_it_is(tmp_path):
    b = scripted("video", plan(tmp_path, price=0.1, failures=["nan", "negative", "other unit"]))
    used = [b.send(b.request(CLIP), tmp_path)["usage"] for _ in range(4)]
    assert math.isnan(used[0]["credit"]) and used[1:] == [{"credit": -1.0}, {"parsec": 3.0}, {"credit": 0.2}]
    assert b.account.charged() == pytest.approx(0.8) and Scenario().price == 0


def test_it_is_installed_for_every_kind_and_takes_its_scenario_by_name(tmp_path, monkeypatch):
    assert {f"{kind}:scripted" for kind in ("writer", "voice", "image", "video", "music")} <= set(backend_names())
    monkeypatch.chdir(tmp_path)
    plan(tmp_path, job=True, price=0.3)
    assert isinstance(backend("video", "scripted:plan.json"), Remote) and isinstance(backend("video", "scripted"), Calls)
    assert backend("video:scripted:plan.json").plan.price == 0.3
    with pytest.raises(BadInput, match=r"no scenario.*plan2.json|plan2.json.*no scenario"):
        backend("video", "scripted:plan2.json")


@pytest.mark.gate
def test_the_deadline_of_a_job_counts_from_its_order_though_a_process_died_in_between(tmp_path, monkeypatch):
    file = plan(tmp_path, price=0.1, failures=["hangs"], job=True, every=0.05, deadline=3.0)
    run, back_end = open_run(Store(tmp_path / ".store"), "rehearsal", {}, budget=5.0), scripted("video", file)
    with monkeypatch.context() as patch:
        patch.setattr(back_end, "look", lambda job: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run.step("shot", back_end, back_end.request(CLIP), of="hook")
    time.sleep(3.0)
    began = time.monotonic()
    assert run.step("shot", back_end, back_end.request(CLIP), of="hook").files  # cancelled at once, and ordered anew
    assert time.monotonic() - began < 2.5
