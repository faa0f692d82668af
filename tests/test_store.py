"The gate under threads, processes and kills."

import multiprocessing as mp
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date

import pytest

from viralforge import calling, ledger, lives
from viralforge import store as st
from viralforge.calls import Pace, Spec, Work
from viralforge.core import BadInput, ForgeError, InDoubt, OverBudget, Permanent, Transient
from viralforge.costs import Price
from viralforge.store import Store, open_run, run_index, scratch_run
from viralforge.types import Job, Usage

PRICE = Price(name="test", per={"second": 0.1}, source="made up for the test", checked=date(2026, 11, 1))


class Vendor(Work):
    "A paid back-end of four-second clips at ten cents a second."

    def __init__(self, after_crash="idempotent", send=None):
        self.spec = Spec(name="video:vendor", kind="video", version="1", local=False, price="test", after_crash=after_crash)
        self.sent, self._send = [], send

    def estimate(self, request):
        return Usage(units={"second": 4})

    def send(self, request, folder):
        self.sent.append(request)
        if self._send:
            self._send(request, folder)
        return {"data": {"ok": True}, "usage": {"second": 3}}


def priced(path):
    s = Store(path)
    s.prices["test"] = PRICE
    return s


def test_threads_that_ask_for_the_same_thing_make_it_once():
    calls = []
    slow = Work("test:slow", "1", lambda q, f: (calls.append(1), time.sleep(0.2), {"data": 7})[-1])
    with scratch_run() as run:
        threads = [threading.Thread(target=run.step, args=("s", slow, {"x": 1})) for _ in range(4)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        assert len(calls) == 1 and sorted(c.state for c in run.bill().charges) == ["done", "hit", "hit", "hit"]


def test_settling_releases_what_was_reserved_too_much(tmp_path):
    run = open_run(priced(tmp_path), "t", {}, budget=1.0)
    for n in range(3):  # each bound 0.4, each costs 0.3: the third still fits (0.6 + 0.4)
        run.step("s", Vendor(), {"n": n})
    assert run.bill().spent == pytest.approx(0.9)
    with pytest.raises(OverBudget, match="0.4"):
        run.step("s", Vendor(), {"n": 4})
    assert run.step("s", Vendor(), {"n": 0}).data == {"ok": True}  # what is there costs nothing


def test_a_call_without_a_bound_is_refused_under_a_cap(tmp_path):
    store = priced(tmp_path)
    store.prices.clear()
    with pytest.raises(OverBudget, match="no upper bound"):
        open_run(store, "t", {}, budget=1.0).step("s", Vendor(), {"n": 1})
    free = open_run(store, "u", {"u": 1})
    free.step("s", Vendor(), {"n": 1})
    assert free.bill().unpriced == ("video:vendor",) and "unknown" in free.bill().headline


def _spend(path, n, results):
    run = open_run(priced(path), "member", {"n": n}, budget=1.0, scope="batch")
    try:
        run.step("s", Vendor(send=lambda q, f: time.sleep(0.3)), {"n": n})
        results.put("made")
    except OverBudget:
        results.put("refused")


def test_processes_cannot_pass_a_cap_together(tmp_path):
    priced(tmp_path)
    ctx = mp.get_context("fork")
    results = ctx.Queue()
    ps = [ctx.Process(target=_spend, args=(tmp_path, n, results)) for n in range(5)]
    [p.start() for p in ps]
    [p.join(30) for p in ps]
    got = sorted(results.get(timeout=5) for _ in ps)
    assert got.count("made") == 2 or got.count("made") == 3  # 2 reservations of 0.4 at once; a third after one has settled at 0.3
    assert got.count("refused") >= 2


KILLED = """
import sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_store import Vendor, priced, open_run
run = open_run(priced({path!r}), "t", {{"film": 1}}, budget=5.0)
run.step("first", Vendor(), {{"n": 1}})
def hang(q, f):
    print("hanging", flush=True); time.sleep(60)
run.step("second", Vendor({crash!r}, send=hang), {{"n": 2}})
"""


def killed(tmp_path, crash):
    code = KILLED.format(tests=os.path.dirname(__file__), path=str(tmp_path), crash=crash)
    p = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert p.stdout.readline().strip() == "hanging"
    p.send_signal(signal.SIGKILL)
    p.wait()
    return priced(tmp_path)


def test_a_killed_run_goes_on_under_its_own_id(tmp_path):
    store = killed(tmp_path, "idempotent")
    old = run_index(store)[0]
    assert old["state"] == "interrupted"
    run = open_run(store, "t", {"film": 1}, budget=5.0)
    assert run.id == old["id"] and run.resumed
    first, second = Vendor(), Vendor()
    run.step("first", first, {"n": 1})
    run.step("second", second, {"n": 2})
    assert not first.sent and len(second.sent) == 1
    assert run.bill().spent == pytest.approx(0.6)  # nothing counted twice


def test_a_killed_call_that_nobody_can_know_of_is_in_doubt(tmp_path):
    store = killed(tmp_path, "neither")
    run = open_run(store, "t", {"film": 1}, budget=5.0)
    vendor = Vendor("neither")
    with pytest.raises(InDoubt, match="allow doubt"):
        run.step("second", vendor, {"n": 2})
    assert not vendor.sent and run.bill().spent == pytest.approx(0.7)  # 0.3 known, 0.4 held
    again = open_run(store, "t", {"film": 1}, budget=5.0, allow=("doubt",))
    again.step("second", vendor, {"n": 2})
    assert len(vendor.sent) == 1 and again.bill().spent == pytest.approx(1.0)


def test_a_found_call_is_not_made_again(tmp_path):
    store = killed(tmp_path, "lookup")
    vendor = Vendor("lookup")
    vendor.lookup = lambda key, folder: {"data": "found", "usage": {"second": 3}}
    run = open_run(store, "t", {"film": 1}, budget=5.0)
    assert run.step("second", vendor, {"n": 2}).data == "found" and not vendor.sent


class Remote(Vendor):
    "A job that is done at the third look."

    pace = Pace(every=0.01)

    def __init__(self):
        super().__init__()
        self.orders, self.looks = [], 0

    def cancel(self, job):
        return False

    def order(self, request, key):
        self.orders.append(key)
        return Job(id=f"job-{len(self.orders)}", state="queued")

    def look(self, job):
        self.looks += 1
        if self.looks == 2:
            raise KeyboardInterrupt
        return Job(id=job.id, state="done" if self.looks > 2 else "running")

    def collect(self, job, folder):
        (folder / "clip.bin").write_bytes(job.id.encode())
        return {"data": job.id, "files": {"clip": "clip.bin"}, "usage": {"second": 4}}


def test_a_remote_job_is_taken_up_again(tmp_path):
    run, remote = open_run(priced(tmp_path), "t", {}, budget=5.0), Remote()
    with pytest.raises(KeyboardInterrupt):
        run.step("clip", remote, {"n": 1})
    reply = run.step("clip", remote, {"n": 1})
    assert reply.data == "job-1" and len(remote.orders) == 1 and run.path(reply.files["clip"]).read_bytes() == b"job-1"
    assert run.bill().spent == pytest.approx(0.4)


def test_retries_are_counted_and_end(tmp_path, monkeypatch):
    monkeypatch.setattr(calling, "FIRST_WAIT", 0.001)

    def busy(q, f):
        raise Transient("busy", sent=False)

    run, vendor = open_run(priced(tmp_path), "t", {}, budget=5.0), Vendor(send=busy)
    with pytest.raises(Transient, match="busy") as e:
        run.step("clip", vendor, {"n": 1}, of="beat-1")
    assert "clip beat-1 (video:vendor)" in str(e.value) and len(vendor.sent) == calling.TRIES
    (charge,) = run.bill().charges
    assert charge.attempts == calling.TRIES and charge.state == "failed" and run.bill().spent == 0
    with pytest.raises(Permanent):
        run.step("clip", Vendor(send=lambda q, f: (_ for _ in ()).throw(Permanent("no such model"))), {"n": 2})
    assert run.bill().charges[-1].attempts == 1


def test_a_lost_file_is_made_again():
    def write(q, folder):
        (folder / "a.txt").write_text("bytes")
        return {"files": {"a": "a.txt"}}

    with scratch_run() as run:
        first = run.step("s", Work("test:write", "1", write), {})
        run.path(first.files["a"]).unlink()
        again = run.step("s", Work("test:write", "1", write), {})
        assert again == first and run.path(again.files["a"]).read_text() == "bytes"
        assert [c.state for c in run.bill().charges] == ["done", "done"]


def test_a_store_in_a_place_that_cannot_be_written():
    with pytest.raises(BadInput, match="--out"):
        Store("/proc/viralforge")


def test_a_finished_run_is_not_continued(tmp_path):
    store = Store(tmp_path)
    one = open_run(store, "t", {"a": 1})
    one.finish()
    two = open_run(store, "t", {"a": 1})
    assert two.id != one.id and not two.resumed
    three = open_run(store, "t", {"a": 1}, new=True)
    assert three.id != two.id


def _slow(path, results):
    def make(request, folder):
        time.sleep(0.5)
        return {"data": os.getpid()}

    run = open_run(Store(path), "t", {"pid": os.getpid()})
    results.put((run.step("s", Work("test:slow", "1", make), {"x": 1}).data, run.bill().charges[-1].state))


def test_processes_that_ask_for_the_same_thing_make_it_once(tmp_path):
    Store(tmp_path)
    ctx = mp.get_context("fork")
    results = ctx.Queue()
    ps = [ctx.Process(target=_slow, args=(tmp_path, results)) for _ in range(3)]
    [p.start() for p in ps]
    [p.join(30) for p in ps]
    got = [results.get(timeout=5) for _ in ps]
    assert len({data for data, _ in got}) == 1 and sorted(state for _, state in got) == ["done", "hit", "hit"]


def test_the_claim_of_a_dead_process_is_taken_over(tmp_path):
    store = killed(tmp_path, "idempotent")
    vendor = Vendor()
    open_run(store, "t", {"film": 1}, budget=5.0).step("second", vendor, {"n": 2})
    assert len(vendor.sent) == 1


def test_a_budget_given_after_a_crash_is_not_widened_by_it(tmp_path):
    "The crashed call held nothing, for there was no cap; taking it up again must not free what was never held."
    store = priced(tmp_path)
    free = open_run(store, "t", {"film": 2})
    with pytest.raises(KeyboardInterrupt):
        free.step("s", Vendor(send=lambda q, f: (_ for _ in ()).throw(KeyboardInterrupt())), {"n": 1})
    capped = open_run(store, "t", {"film": 2}, budget=0.4)
    assert capped.id == free.id
    capped.step("s", Vendor(), {"n": 1})  # costs 0.3 of 0.4
    with pytest.raises(OverBudget):
        capped.step("s", Vendor(), {"n": 2})


def test_a_dropped_line_to_the_vendor_does_not_lose_the_job(tmp_path, monkeypatch):
    monkeypatch.setattr(calling, "FIRST_WAIT", 0.001)
    run, remote = open_run(priced(tmp_path), "t", {}, budget=5.0), Remote()
    look, remote.look = remote.look, lambda job: (_ for _ in ()).throw(Transient("connection reset"))
    with pytest.raises(Transient):
        run.step("clip", remote, {"n": 1})
    assert run.bill().spent == pytest.approx(0.4)  # held: the job may be running
    remote.looks, remote.look = 5, look
    assert run.step("clip", remote, {"n": 1}).data == "job-1" and len(remote.orders) == 1
    assert run.bill().spent == pytest.approx(0.4)


def test_an_answer_that_cannot_be_kept_stays_counted(tmp_path):
    class Lossy(Vendor):
        def send(self, request, folder):
            super().send(request, folder)
            return {"files": {"clip": "never-written.mp4"}, "usage": {"second": 4}}

    run, vendor = open_run(priced(tmp_path), "t", {}, budget=5.0), Lossy("neither")
    for _ in range(2):
        with pytest.raises((BadInput, InDoubt)):
            run.step("clip", vendor, {"n": 1})
    assert len(vendor.sent) == 1 and run.bill().spent == pytest.approx(0.4)


def test_what_was_spent_before_there_was_a_cap_counts(tmp_path):
    store = priced(tmp_path)
    open_run(store, "t", {"film": 3}).step("s", Vendor(), {"n": 1})
    with pytest.raises(OverBudget):
        open_run(store, "t", {"film": 3}, budget=0.5).step("s", Vendor(), {"n": 2})


def test_a_lookup_vendor_is_given_the_key(tmp_path):
    run, vendor = open_run(priced(tmp_path), "t", {}), Vendor("lookup")
    vendor.lookup = lambda key, folder: None
    run.step("s", vendor, {"n": 1})
    assert vendor.sent[0]["client_key"]


def test_local_work_has_a_price_even_in_units_of_its_own():
    with scratch_run() as run:
        run.step("segment", Work("render:x", "1", lambda q, f: {"usage": {"frame": 60}}), {})
        assert run.bill().unpriced == () and run.bill().headline.startswith("$0 ·")


def test_a_time_out_at_a_vendor_that_keeps_no_record_is_not_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(calling, "FIRST_WAIT", 0.001)
    failures = [Transient("no connection", sent=False), Transient("no answer in 60 s")]

    def send(q, f):
        raise failures.pop(0)

    run, vendor = open_run(priced(tmp_path), "t", {}, budget=1.0), Vendor("neither", send=send)
    with pytest.raises(InDoubt, match="may have been carried out.*allow doubt"):
        run.step("clip", vendor, {"n": 1})
    assert len(vendor.sent) == 2  # what certainly did not begin was tried again, the time-out was not
    assert run.bill().spent == pytest.approx(0.4)
    with pytest.raises(InDoubt):
        run.step("clip", vendor, {"n": 1})
    assert len(vendor.sent) == 2


def test_a_doubt_without_a_bound_is_unknown_not_nothing(tmp_path):
    store = priced(tmp_path)
    store.prices.clear()
    run = open_run(store, "t", {})
    with pytest.raises(InDoubt):
        run.step("clip", Vendor("neither", send=lambda q, f: (_ for _ in ()).throw(Transient("time-out"))), {"n": 1})
    assert "unknown (video:vendor)" in run.bill().headline


@pytest.mark.parametrize("age, taken", [(1, False), (2 * lives.LEASE, True)])
def test_a_run_elsewhere_is_left_alone_while_it_gives_signs_of_life(tmp_path, monkeypatch, age, taken):
    import sqlalchemy as sa

    monkeypatch.setattr(st, "ORPHAN_WAIT", 0.1)
    for room in (lives, st):
        monkeypatch.setattr(room, "BEAT", 0.05)
    store = killed(tmp_path, "neither")
    elsewhere = "another-container:7:1"
    with store.ledger.writing() as c:
        c.execute(sa.update(ledger.runs).values(owner=elsewhere))
        c.execute(sa.update(ledger.steps).values(owner=elsewhere))
        c.execute(sa.insert(ledger.owners).values(owner=elsewhere, seen=time.time() - age))
    (old,) = run_index(store)
    assert old["state"] == ("interrupted" if taken else "running")
    run = open_run(store, "t", {"film": 1}, budget=5.0)
    assert (run.id == old["id"]) == taken
    if taken:
        with pytest.raises(InDoubt):
            run.step("second", Vendor("neither"), {"n": 2})


def test_a_process_gives_signs_of_life(tmp_path, monkeypatch):
    import sqlalchemy as sa

    monkeypatch.setattr(lives, "BEAT", 0.05)
    store = Store(tmp_path)
    open_run(store, "t", {})

    def seen():
        with store.ledger.reading() as c:
            return c.execute(sa.select(ledger.owners.c.seen)).scalar()

    first = seen()
    time.sleep(0.3)
    assert seen() > first


def test_a_ledger_without_room_is_one_line_and_the_step_can_be_made_later(tmp_path):
    import sqlalchemy as sa

    store = Store(tmp_path)
    run = open_run(store, "t", {})
    room = lambda pages: sa.event.listen(store.ledger.db, "connect", lambda c, _: c.execute(f"PRAGMA max_page_count={pages}"))
    store.ledger.db.dispose()
    room(1)
    with pytest.raises(ForgeError, match="full.*free some space") as e:
        for n in range(200):
            run.step("s", Work("test:long", "1", lambda q, f: {"data": "x" * 20000}), {"n": n})
    assert "\n" not in str(e.value)
    store.ledger.db.dispose()
    room(100000)
    assert run.step("s", Work("test:long", "1", lambda q, f: {"data": "y"}), {"n": 1000}).data == "y"


def test_other_libraries_and_other_code_make_another_version(monkeypatch):
    from viralforge import calls
    from viralforge.backends.voices import _spec

    calls.code_version.cache_clear()
    before = _spec().version
    monkeypatch.setattr(calls.metadata, "version", lambda name: "9.9" if name == "onnxruntime" else "1.0")
    calls.code_version.cache_clear()
    other = _spec().version
    monkeypatch.undo()
    calls.code_version.cache_clear()
    assert other != before == _spec().version
    assert calls.code_version("backends.voices") != calls.code_version("backends.writers")


def test_a_claim_that_could_not_be_given_back_does_not_lock_its_own_process_out(tmp_path, monkeypatch):
    "A disk that is full when a step ends: the next attempt of the same process goes on."
    store = Store(tmp_path)
    run = open_run(store, "t", {})
    whole = ledger.Ledger.writing
    full = []

    def writing(self):
        if full:
            raise ForgeError("the ledger cannot be used (database or disk is full)")
        return whole(self)

    monkeypatch.setattr(ledger.Ledger, "writing", writing)
    with pytest.raises(ForgeError, match="full"):
        run.step("s", Work("test:fills", "1", lambda q, f: (full.append(1), {"data": 1})[1]), {"x": 1})
    full.clear()
    done = []
    threading.Thread(target=lambda: done.append(run.step("s", Work("test:fills", "1", lambda q, f: {"data": 7}), {"x": 1})), daemon=True).start()
    end = time.monotonic() + 10
    while not done and time.monotonic() < end:
        time.sleep(0.02)
    assert done and done[0].data == 7
