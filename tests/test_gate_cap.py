"A cap is never passed: by eight processes at once, by random plans, by a vendor that fails in every way."

import contextlib
import itertools
import math
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import vendor_client as vc
from gate_lab import SEED, SOAK, Zygote, told
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as some

from viralforge import calling
from viralforge.budgets import batch_scope, purse
from viralforge.calls import Pace, Spec
from viralforge.core import Permanent, RateLimited, Refused, Transient
from viralforge.store import Run, open_run
from viralforge.types import Job, Reply, Usage

pytestmark = pytest.mark.gate
ROUNDS, EXAMPLES = (60, 2000) if SOAK else (5, 60)
PROCESSES = 8


@pytest.fixture(scope="module")
def zygote():
    with contextlib.closing(Zygote()) as z:
        yield z


@pytest.mark.parametrize("server", [False, pytest.param(True, marks=pytest.mark.postgres)], ids=["sqlite", "postgresql"])
def test_eight_processes_on_one_cap_never_pass_it(tmp_path, zygote, tell, request, server):
    random, near, refused, killed = Random(f"{SEED} cap {server}"), [], 0, 0
    for n in range(ROUNDS):
        (folder := tmp_path / f"round{n}").mkdir()
        films, cap = [], round(random.uniform(0.5, 6), 2)
        url = request.getfixturevalue("postgres").create() if server else ""
        vc.shop(folder / ".store", url)
        with vc.office(folder, seed=random.randrange(2**31)) as port:
            for p in range(PROCESSES):
                plan = [{"name": f"{p}-{i}", "bound": round(random.uniform(0.01, 0.6), 4)} for i in range(random.randint(1, 8))]
                kind = random.choice(vc.ALL).__name__
                films.append({"port": port, "root": str(folder / ".store"), "url": url, "log": str(folder / f"log{p}"), "kind": kind, "plan": plan,
                              "budget": cap, "scope": "batch", "title": f"member {p}"})  # fmt: skip
            ends = zygote.films(films, [random.choice([None, random.uniform(0.05, 0.6)]) for _ in films])
            killed += ends.count("killed")
            ends += zygote.films(films)  # whoever was killed, or found no room, tries again
            total = sum(amount for _, amount in vc.charges(port))
        with vc.shop(folder / ".store", url).ledger.reading() as c:
            batch = purse(c, batch_scope("batch"))
        assert "broken" not in ends and batch.cap == cap
        assert total <= batch.spent + batch.held + 1e-6 <= cap + 2e-6, f"SEED={SEED}, round {n}: charged {total}, counted {batch}"
        near.append(total / cap)
        refused += sum(x["what"] == "OverBudget" for p in range(PROCESSES) for x in told(folder / f"log{p}"))
    assert refused and max(near) > 0.5  # the cap was felt
    tell("gate", f"cap: {ROUNDS} rounds of {PROCESSES} processes{' on PostgreSQL' * server}, {killed} of them killed, {refused} calls refused, up to {max(near):.0%} of the cap charged (SEED={SEED})")


def _raise(error: BaseException) -> Callable[[], dict]:
    def act() -> dict:
        raise error

    return act


USAGE = {"nan": math.nan, "endless": math.inf, "negative": -1.0, "text": "a lot"}
AFTER = {  # what happens once the vendor has charged
    "lost": _raise(Transient("the connection was lost")),
    "system": _raise(OSError(104, "connection reset by peer")),
    "foreign": _raise(KeyError("choices")),
    "plain": _raise(ValueError("not JSON")),
    "stopped": _raise(KeyboardInterrupt()),
    "no file": lambda: {"files": {"clip": "never-written.mp4"}, "usage": {"credit": 0.001}},
    "no answer": lambda: None,
    "other unit": lambda: {"usage": {"parsec": 3}},
    "no usage": lambda: {"data": 1},
    **{name: lambda n=n: {"usage": {"credit": n}} for name, n in USAGE.items()},
}
BEFORE = {  # and where it has not
    "unsent": Transient("no connection", sent=False),
    "cut": Transient("the connection was lost"),
    "busy": RateLimited("too many calls", retry_after=0.0),
    "no": Permanent("no such model"),
    "refused": Refused("not this"),
    "foreign before": AttributeError("choices"),
}


class Books:
    "A vendor in this process: what it was sent and what it has charged."

    def __init__(self):
        self.charged, self.keys = 0.0, {}

    def sell(self, part: dict, key: str, troubles: list[str], once: bool) -> float:
        "Charge a call, unless a trouble comes before; with `once` a known key is not charged again."
        trouble = troubles[0] if troubles else ""
        if trouble in BEFORE:
            raise BEFORE[troubles.pop(0)]
        if not (once and key in self.keys):
            self.keys[key] = part["bound"] * part["share"]
            self.charged += self.keys[key]
        return self.keys[key]


class Sold:
    "A back-end that buys there, directly."

    def __init__(self, books: Books, mode: str, troubles: list[str]):
        self.books, self.troubles = books, list(troubles)
        self.spec = Spec(name=f"video:{type(self).__name__.lower()}-{mode}", kind="video", version="1", local=False, price="vendor", after_crash=mode)

    def request(self, asked: dict) -> dict:
        return asked

    def estimate(self, request: dict) -> Usage:
        return Usage(units={"credit": request["bound"]})

    def send(self, request: dict, folder: Path) -> dict:
        mode = self.spec.after_crash
        cost = self.books.sell(request, request.get("client_key", ""), self.troubles, mode == "idempotent")
        return AFTER[self.troubles.pop(0)]() if self.troubles else {"data": 1, "usage": {"credit": cost}}

    def reply(self, answer: dict) -> Reply:
        return Reply(data=answer.get("data"), usage=Usage(units=answer["usage"]))


class FoundSold(Sold):
    def lookup(self, key: str, folder: Path) -> dict | None:
        return {"data": 1, "usage": {"credit": self.books.keys[key]}} if key in self.books.keys else None


class Ordered(Sold):
    "The same as a job, which may fail at the vendor without a charge; a trouble after the charge is met at any of its calls."

    send = None
    pace = Pace(every=0.0001)

    def order(self, request: dict, key: str) -> Job:
        self.books.sell(request, key, self.troubles, self.spec.after_crash == "idempotent")
        if self.troubles[:1] == ["lost"]:
            AFTER[self.troubles.pop(0)]()
        return Job(id=key, state="queued")

    def look(self, job: Job) -> Job:
        if self.troubles[:1] in (["lost"], ["system"], ["foreign"]):
            AFTER[self.troubles.pop(0)]()
        return Job(id=job.id, state="done")

    def collect(self, job: Job, folder: Path) -> dict:
        return AFTER[self.troubles.pop(0)]() if self.troubles else {"data": 1, "usage": {"credit": self.books.keys[job.id]}}

    def cancel(self, job: Job) -> bool:
        return False


class FoundOrdered(Ordered):
    def lookup(self, key: str, folder: Path) -> Job | None:
        return Job(id=key, state="queued") if key in self.books.keys else None


MAKES = {("call", "idempotent"): Sold, ("call", "neither"): Sold, ("call", "lookup"): FoundSold,
         ("job", "idempotent"): Ordered, ("job", "neither"): Ordered, ("job", "lookup"): FoundOrdered}  # fmt: skip
CALL = some.fixed_dictionaries(
    {
        "name": some.integers(0, 4), "bound": some.sampled_from([0.05, 0.1, 0.3, 0.7]), "share": some.floats(0, 1),
        "make": some.sampled_from(sorted(MAKES)), "troubles": some.lists(some.sampled_from(sorted({*AFTER, *BEFORE})), max_size=6),
        "allow": some.sampled_from([(), (), ("doubt",)]), "open": some.booleans(),
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def counted(tell):
    seen = {"plans": 0, "calls": 0, "failures": 0, "full": 0}
    yield seen
    tell("gate", f"cap: {seen['plans']} random plans of {seen['calls']} calls, {seen['failures']} of them failed, {seen['full']} refused by the cap (SEED={SEED})")


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request, tmp_path_factory):
    "One store for all plans; each has a run of its own in it."
    url = request.getfixturevalue("postgres").create() if request.param == "postgresql" else ""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calling, "FIRST_WAIT", 0.0)
        yield vc.shop(tmp_path_factory.mktemp("plans") / ".store", url)


ROUND = itertools.count()


@seed(SEED)
@settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(cap=some.sampled_from([0.1, 0.5, 1.0, 2.0]), calls=some.lists(CALL, min_size=1, max_size=12))
def test_no_plan_and_no_failure_passes_the_cap(store, counted, cap, calls):
    n, books = next(ROUND), Books()
    begin: Callable[..., Run] = lambda allow=(): open_run(store, "plan", {"round": n}, budget=cap, allow=allow)
    run = begin()
    counted["plans"] += 1
    for call in calls:
        run = begin(call["allow"]) if call["open"] else run
        backend = MAKES[call["make"]](books, call["make"][1], call["troubles"])
        counted["calls"] += 1
        try:
            run.step("clip", backend, {"round": n, **{k: call[k] for k in ("name", "bound", "share")}}, of=str(call["name"]))
        except BaseException as e:
            if isinstance(e, AssertionError):
                raise
            counted["failures"] += 1
            counted["full"] += type(e).__name__ == "OverBudget"
        spent = run.bill().spent
        assert books.charged <= spent + 1e-9, f"SEED={SEED}: charged {books.charged}, counted {spent}"
        assert spent <= cap + 1e-9
