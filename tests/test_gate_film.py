"Whole films through papermill, bought from vendors that are only rehearsed, and killed: same bytes, nothing ordered twice."

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from gate_lab import SEED, SOAK
from measure import tree

from viralforge.backends.scripted import Account
from viralforge.core import digest, file_digest, from_json
from viralforge.costs import Bill, Charge
from viralforge.gate import left_calls
from viralforge.record import RunRecord
from viralforge.store import Run, Store, run_index

pytestmark = pytest.mark.gate
KILLS = 20 if SOAK else 2
BRIEF = """---
title: Three hearts
seconds: 5
writer: scripted
voice: scripted
visuals: [video:scripted]
composer: scripted
cta: none
budget: 20
---
Octopuses have three hearts. One stops when they swim.
"""
VENDOR = {"seed": 3, "price": 0.01, "least": 0.4, "seconds": 0.8 if SOAK else 0.2, "every": 0.05}  # s that each call takes: the longer, the more of them are met by a kill
SHAPES = [(True, "idempotent"), (False, "lookup"), (True, "neither"), (False, "idempotent"), (True, "lookup"), (False, "neither")]


class Making:
    "One film in a folder of its own, and the vendor's account beside it."

    def __init__(self, folder: Path, job: bool, after: str, seconds: float = VENDOR["seconds"]):
        folder.mkdir()
        (folder / "brief.md").write_text(BRIEF)
        (folder / "vendor.json").write_text(json.dumps(VENDOR | {"job": False, "after_crash": after, "video": {"job": job, "seconds": seconds}}))
        self.folder, self.account = folder, Account(folder / "vendor.account.jsonl")

    def start(self, *more: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "viralforge", "make", "brief.md", "--out", "out", *more]
        env = os.environ | {"VIRALFORGE_SCRIPTED": str(self.folder / "vendor.json")}
        return subprocess.Popen(command, cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)

    def kill(self, p: subprocess.Popen, alone: bool = False) -> bool:
        "Kill the command, with its kernel or alone; whether it was still at work."
        at_work = p.poll() is None
        for pid in [p.pid] if alone else tree(p.pid):
            os.kill(pid, signal.SIGKILL)
        p.communicate()
        return at_work

    def asked(self, kind: str = "") -> Counter:
        "How often the vendor carried out each request."
        rows = (r for r in self.account.lines() if r["what"] == "asked" and r["usd"] and r["by"].startswith(kind))
        return Counter(digest(r["request"]) for r in rows)

    def finished(self) -> RunRecord:
        "Go on until the film is there; what is in doubt is ordered again only in a run that is told to."
        p = self.start()
        said, _ = p.communicate(timeout=300)
        if p.returncode and "allow doubt" in said:
            before = self.asked()
            said, _ = (again := self.start()).communicate(timeout=300)
            assert again.returncode and "allow doubt" in said and all(n == 1 for n in before.values()) and before <= self.asked()
            said, _ = (p := self.start("--allow", "doubt")).communicate(timeout=300)
        assert p.returncode == 0, said
        newest, *_ = run_index(self.store())
        return from_json(RunRecord, (Path(newest["folder"]) / "run.json").read_text())

    def store(self) -> Store:
        return Store(self.folder / "out/.store")

    def charges(self) -> list[Charge]:
        "Of all runs: one that was killed after its film was done is not continued."
        store = self.store()
        return [c for r in run_index(store) for c in Run(store, r["id"], folder=Path(r["folder"])).bill().charges]


def held_true(making: Making, blind: bool) -> None:
    "Nothing was made twice, and the two sums agree."
    charges, charged = making.charges(), making.account.charged()
    made = Counter((c.stage, c.of) for c in charges if c.state == "done")
    spent = Bill(charges=tuple(charges)).spent
    assert max(made.values()) == 1, f"a finished step was made twice: {made}"
    assert spent >= charged - 1e-6, "our sum is below the vendor's"
    if not blind:
        assert max(making.asked().values()) == 1, "something was ordered twice"
        assert spent == pytest.approx(charged, abs=1e-6)
    assert not [x for x in left_calls(making.store()) if x["state"] != "doubt"], "a reservation stayed"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    "The film that nobody killed."
    making, began = Making(tmp_path_factory.mktemp("film") / "whole", True, "idempotent"), time.monotonic()
    making.record = making.finished()
    making.took = time.monotonic() - began
    held_true(making, blind=False)
    assert len(making.asked("video")) >= 2
    return making


def same(making: Making, record: RunRecord, whole: Making) -> bool:
    "Whether it is the same film, byte by byte, of the same work."
    film = file_digest(Path(record.folder) / "film.mp4")
    return film == record.outputs["film.mp4"] == whole.record.outputs["film.mp4"] and making.asked().keys() == whole.asked().keys()


def test_a_film_killed_while_its_jobs_run_is_the_same_film_and_orders_nothing_twice(tmp_path, whole, tell):
    making, jobs = Making(tmp_path / "film", True, "idempotent", seconds=3.0), len(whole.asked("video"))
    p, end = making.start(), time.monotonic() + 90
    while len(making.asked("video")) < jobs:
        assert p.poll() is None and time.monotonic() < end
        time.sleep(0.01)
    assert making.kill(p)
    record = making.finished()
    assert record.resumed and same(making, record, whole)
    held_true(making, blind=False)
    tell("gate", f"film: killed while {jobs} jobs ran: the same bytes, nothing ordered twice")


def test_films_killed_at_random_moments_are_the_same_films(tmp_path, whole, tell):
    random, kills, films, doubts = Random(f"{SEED} films"), 0, 0, 0
    while kills < KILLS:
        job, after = SHAPES[films % len(SHAPES)]
        making, films = Making(tmp_path / f"film{films}", job, after), films + 1
        while kills < KILLS:
            p, at = making.start(), random.uniform(0, whole.took)
            try:
                p.communicate(timeout=at)
                break  # done, or in doubt
            except subprocess.TimeoutExpired:
                kills += making.kill(p, alone=random.random() < 0.3)
        record = making.finished()
        held_true(making, after == "neither")
        assert same(making, record, whole), f"SEED={SEED}, film {films} ({'jobs' if job else 'calls'}, {after})"
        doubts += sum(c.state == "doubt" for c in making.charges())
    tell("gate", f"film: {kills} kills in {films} whole runs, {doubts} calls in doubt, each the same bytes (SEED={SEED})")
