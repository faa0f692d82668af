"The gate under `kill -9` at random moments, before a vendor with books of its own: nothing bought twice, nothing forgotten."

import contextlib
import math
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest
import vendor_client as vc
from gate_lab import SEED, SOAK, Zygote, told

from viralforge.budgets import batch_scope, purse
from viralforge.gate import left_calls

pytestmark = pytest.mark.gate
KILLS = 400 if SOAK else 40
PARTS = 12  # calls in a film


@pytest.fixture(scope="module")
def zygote():
    with contextlib.closing(Zygote()) as z:
        yield z


@pytest.fixture(scope="module")
def totals(tell):
    t = Counter()
    yield t
    tell("gate", f"{t['kills']} kills in {t['films']} films of {len(vc.ALL)} kinds of vendor, {t['inside']} inside calls; {t['calls']} calls charged, {t['doubts']} in doubt (SEED={SEED})")


class Life:
    "One film from its first process to its end."

    def __init__(self, folder: Path, port: int, zygote: Zygote, kind: str, random: Random):
        self.folder, self.port, self.zygote, self.kind, self.random = folder, port, zygote, kind, random
        self.plan = [{"name": f"{folder.name}-{n}", "bound": round(random.uniform(0.01, 1), 4)} for n in range(PARTS)]
        self.log, self.kills, self.inside, self.doubts = folder / "log", 0, 0, 0
        self.open: set[str] = set()  # calls that a process was met with open

    def go_on(self, kill: float | None = None, allow: tuple[str, ...] = ()) -> str:
        "One process; what it found in the ledger must not be less than what the vendor had charged."
        before, heard = self.charged(), len(told(self.log))
        film = {"port": self.port, "root": str(self.folder / ".store"), "log": str(self.log), "kind": self.kind, "plan": self.plan, "budget": 100.0}
        (how,) = self.zygote.films([film | {"allow": allow}], [kill])
        assert how != "broken"
        for line in told(self.log)[heard:][:1]:
            assert line["spent"] >= sum(a for _, a in before) - 1e-6, "our sum is below the vendor's"
            known = self.open | {x["name"] for x in told(self.log)[:heard] if x["what"] == "InDoubt"}
            self.inside += bool(set(line["open"]) - known)
            self.open |= set(line["open"])
        self.kills += how == "killed"
        return how

    def charged(self) -> list[tuple[str, float]]:
        return [(n, a) for n, a in vc.charges(self.port) if n.startswith(f"{self.folder.name}-")]

    def times(self) -> Counter:
        return Counter(n for n, _ in self.charged())

    def held(self) -> float:
        return math.fsum(x["held"] for x in left_calls(vc.shop(self.folder / ".store")) if x["state"] != "doubt")

    def until(self, *ends: str, span: float | None = None, allow: tuple[str, ...] = ()) -> str:
        "One process after another until one ends so; with `span` each is killed within so many seconds, later ones within more."
        for n in range(200):
            if (how := self.go_on(self.random.uniform(0, span * (1 + n / 10)) if span else None, allow)) in ends:
                return how
        raise AssertionError(f"it comes to no end: {how}")


def lived(life: Life, span: float) -> None:
    "A whole life, killed at moments within so many seconds, and what must be true after it."
    blind = life.kind.startswith("Blind")
    how = life.until("done", *(["doubt"] if blind else []), span=span)
    assert max(life.times().values()) <= 1, f"charged twice: {life.times()}"
    if how == "doubt":
        told_of = lambda: [x["name"] for x in told(life.log) if x["what"] == "InDoubt"]
        doubtful, before = set(told_of()), life.times()
        assert life.go_on() == "doubt" and life.times() == before, "a doubtful call was repeated unasked"
        marked = {name for name, state, _ in told(life.log)[-1]["charges"] if state == "doubt"}
        assert marked == doubtful
        life.until("done", allow=("doubt",))
        assert {n for n, times in life.times().items() if times > 1} <= set(told_of())
        life.doubts = len(doubtful)
    ended = told(life.log)[-1]
    made = Counter(name for name, state, _ in ended["charges"] if state == "done")
    assert made == dict.fromkeys((p["name"] for p in life.plan), 1), "a finished call was made again"
    calls = {(x["name"], x["call"]) for x in told(life.log) if x["what"] == "made"}
    assert len(calls) == PARTS, "a finished call gave something else later"
    total = sum(a for _, a in life.charged())
    assert ended["spent"] >= total - 1e-6
    if not blind:
        assert ended["spent"] == pytest.approx(total, abs=1e-6)
    assert life.held() == 0, "a reservation stayed"
    assert not vc.needless(life.port), "a job was not taken up again"


@pytest.mark.parametrize("client", vc.ALL, ids=lambda c: c.__name__)
def test_killed_at_random_moments_nothing_is_bought_twice_and_nothing_forgotten(client, tmp_path, zygote, totals):
    random, kills, lives = Random(f"{SEED} {client.__name__}"), 0, []
    with vc.office(tmp_path, seed=random.randrange(2**31)) as port:
        (folder := tmp_path / "whole").mkdir()
        began = time.monotonic()
        Life(folder, port, zygote, client.__name__, random).go_on()
        span = time.monotonic() - began  # what an undisturbed film takes: kills fall anywhere in it
        while kills < -(-KILLS // len(vc.ALL)):
            (folder := tmp_path / f"life{len(lives)}").mkdir()
            lives.append(Life(folder, port, zygote, client.__name__, random))
            try:
                lived(lives[-1], span)
            except AssertionError as e:
                e.add_note(f"SEED={SEED}, {folder.name} of {client.__name__}, {lives[-1].plan[0]['name']}")
                raise
            kills += lives[-1].kills
        calls = len(vc.charges(port))
    totals.update(kills=kills, films=len(lives), inside=sum(x.inside for x in lives), calls=calls, doubts=sum(x.doubts for x in lives))


@pytest.mark.parametrize("client", [vc.Calls, vc.FoundCalls, vc.Jobs, vc.FoundJobs], ids=lambda c: c.__name__)
def test_what_several_want_at_once_is_bought_once_though_some_are_killed(client, tmp_path, zygote, tell):
    random, kills, rounds = Random(f"{SEED} crowd {client.__name__}"), 0, 10 if SOAK else 1
    for n in range(rounds):
        (folder := tmp_path / f"crowd{n}").mkdir()
        plan = [{"name": f"part{i}", "bound": round(random.uniform(0.01, 1), 4)} for i in range(PARTS)]
        film = {"root": str(folder / ".store"), "kind": client.__name__, "budget": 100.0}
        vc.shop(folder / ".store")
        with vc.office(folder, seed=random.randrange(2**31)) as port:
            crowd = [film | {"port": port, "log": str(folder / f"log{p}"), "scope": "crowd", "plan": random.sample(plan, PARTS)} for p in range(5)]
            ends = zygote.films(crowd, [random.choice([None, random.uniform(0.05, 0.8)]) for _ in crowd])
            kills += ends.count("killed")
            for _ in range(50):
                ends = zygote.films(crowd) if set(ends) != {"done"} else ends
                assert "broken" not in ends and "doubt" not in ends
            assert set(ends) == {"done"}
            charged = vc.charges(port)
        with vc.shop(folder / ".store").ledger.reading() as c:
            batch = purse(c, batch_scope("crowd"))
        assert len(charged) == len({name for name, _ in charged}) == PARTS, f"SEED={SEED}, round {n}: charged twice"
        assert batch.held == 0 and batch.spent == pytest.approx(sum(a for _, a in charged), abs=1e-6)
    tell("gate", f"crowd: {rounds} rounds of 5 processes that want the same of {client.__name__}, {kills} of them killed, each part bought once (SEED={SEED})")
