"Kin of the rare ways in `test_gate`: back-ends, answers, stores and people that do what nobody expects."

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from test_gate import Farm, Shop, open_rows, ours
from test_store import Vendor, priced

from viralforge import calling, gate, lives
from viralforge.budgets import DAY, purses, run_scope, set_cap
from viralforge.calls import Pace, Spec, Work
from viralforge.core import BadInput, ForgeError, InDoubt, OverBudget, Permanent, ProviderError, RateLimited, Transient
from viralforge.ledger import budgets, steps
from viralforge.ports import artefact_of
from viralforge.store import Store, open_run, scratch_run
from viralforge.types import Job


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(calling, "FIRST_WAIT", 0.001)


def ended(s):
    "How the calls in a ledger ended."
    with s.ledger.reading() as c:
        return c.execute(sa.select(steps.c.state).order_by(steps.c.n)).scalars().all()


def left_job(run, farm, n=1):
    "Order a job, and be interrupted before it is looked at."
    look, farm.look = farm.look, lambda job: (_ for _ in ()).throw(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run.step("shot", farm, {"n": n})
    farm.look = look


class Maker(Vendor):
    "Makes one file, as told."

    def __init__(self, make):
        super().__init__()
        self.make = make

    def send(self, request, folder):
        self.sent.append(request)
        return {"data": 1, "usage": {"second": 3}, "files": self.make(folder)}


# --- who is at work


def test_a_ledger_under_two_names_is_one_ledger(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    vendor, got = Vendor("neither", lambda q, f: time.sleep(0.4)), []
    shops = [priced(tmp_path / name) for name in ("real", "link")]
    threads = [threading.Thread(target=lambda s=s: got.append(open_run(s, "t", {}, new=True).step("clip", vendor, {"n": 1}))) for s in shops]
    for t in threads:
        t.start()
        time.sleep(0.1)
    [t.join() for t in threads]
    assert len(got) == 2 and len(vendor.sent) == 1 and ended(shops[0]) == ["done", "hit"]


def test_where_the_system_does_not_say_who_runs_a_living_process_is_not_taken_for_dead(monkeypatch):
    child = subprocess.Popen(["sleep", "30"])
    monkeypatch.setattr(lives, "_state", lambda pid: ("", ""))  # no /proc, or one that hides what belongs to others
    assert lives.alive_here(os.getpid()) and lives.alive_here(child.pid)
    child.kill()
    child.wait()
    assert not lives.alive_here(child.pid) and not lives.alive_here(0) and not lives.alive_here(10**30)


# --- caps


@pytest.mark.parametrize("scope", ["day:2026-11-30", "day:", "batch:", "run:", "Day", ""])
def test_a_cap_that_would_hold_nothing_is_refused(tmp_path, scope):
    s = Store(tmp_path)
    with pytest.raises(BadInput, match="is no scope.*name run:ID, batch:NAME or day"):
        set_cap(s.ledger, scope, 1.0)
    with s.ledger.writing() as c:
        c.execute(sa.insert(budgets).values(scope=scope, cap=1.0))  # as an earlier version let it in
    assert [p.scope for p in purses(s.ledger, "2026-11-30")] == ["day"]


@pytest.mark.parametrize("amount", ["5", [1], float("nan"), float("inf"), -1])
def test_an_amount_that_is_none_is_one_line(tmp_path, amount):
    with pytest.raises(BadInput, match="a budget of"):
        set_cap(Store(tmp_path).ledger, DAY, amount)
    with pytest.raises(BadInput, match="no amount"):
        gate.settle(Store(tmp_path), 1, amount)
