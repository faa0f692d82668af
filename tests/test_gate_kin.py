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


# --- what a back-end makes is kept


def test_a_link_to_what_was_made_is_kept_as_what_it_stands_for(tmp_path):
    def make(folder):
        (folder / "blob").write_bytes(b"three hearts")
        (folder / "latest.mp4").symlink_to(folder / "blob")
        return {"clip": "latest.mp4"}

    s, maker = priced(tmp_path), Maker(make)
    run = open_run(s, "t", {})
    clip = run.step("clip", maker, {"n": 1}).files["clip"]
    assert s.has(clip) and clip.suffix == ".mp4" and not s.path(clip).is_symlink()
    run.step("clip", maker, {"n": 1})
    assert len(maker.sent) == 1


def test_a_file_that_a_back_end_keeps_a_hand_on_is_copied(tmp_path):
    own = tmp_path / "cache.bin"

    def make(folder):
        own.write_bytes(b"three hearts")
        os.link(own, folder / "clip.mp4")
        return {"clip": "clip.mp4"}

    s = priced(tmp_path / "store")
    clip = open_run(s, "t", {}).step("clip", Maker(make), {"n": 1}).files["clip"]
    own.write_bytes(b"something else")
    assert s.has(clip) and s.path(clip).read_bytes() == b"three hearts"


def test_one_file_under_two_names_is_kept(tmp_path):
    def make(folder):
        (folder / "x.mp4").write_bytes(b"three hearts")
        return {"clip": "x.mp4", "preview": "./x.mp4", 3: "x.mp4"}

    files = open_run(priced(tmp_path), "t", {}).step("clip", Maker(make), {"n": 1}).files
    assert files.keys() == {"clip", "preview", "3"} and len({f.digest for f in files.values()}) == 1


@pytest.mark.parametrize("name, suffix", [("clip.mp4?token=" + "a" * 200, ".mp4"), ("clip." + "b" * 240, "." + "b" * 16), ("clip.mp4 (1)", ".mp4"), ("clip.\u202e", ""), ("clip.\udcff", ""), ("clip.a\nb", ".a")])
def test_whatever_a_file_is_called_it_is_kept(tmp_path, name, suffix):
    def make(folder):
        (folder / name).write_bytes(b"three hearts")
        assert artefact_of(folder / name).suffix == suffix  # as a still or a clip names it
        return {"clip": name}

    s = priced(tmp_path)
    clip = open_run(s, "t", {}).step("clip", Maker(make), {"n": 1}).files["clip"]
    assert s.has(clip) and clip.suffix == suffix


def test_objects_on_a_disk_of_their_own(tmp_path):
    other = Path(tempfile.mkdtemp(dir="/dev/shm"))
    try:
        if os.stat(other).st_dev == os.stat(tmp_path).st_dev:
            pytest.skip("there is no second file system here")
        s = priced(tmp_path)
        (tmp_path / "objects").rmdir()
        (tmp_path / "objects").symlink_to(other)

        def make(folder):
            (folder / "x.mp4").write_bytes(b"three hearts")
            return {"clip": "x.mp4"}

        run = open_run(s, "t", {})
        assert s.has(run.step("clip", Maker(make), {"n": 1}).files["clip"]) and run.bill().spent == pytest.approx(0.3)
        assert len([p for p in other.rglob("*") if p.is_file()]) == 1
    finally:
        shutil.rmtree(other)


@pytest.mark.skipif(os.getuid() != 0, reason="another user is needed")
def test_a_file_that_is_not_to_be_written_is_kept():
    folder = tempfile.mkdtemp(prefix="viralforge-kin-")
    os.chmod(folder, 0o777)
    if (pid := os.fork()) == 0:
        code = 1
        with contextlib.suppress(BaseException):
            os.setuid(65534)

            def make(d):
                (d / "x.mp4").write_bytes(b"three hearts")
                (d / "x.mp4").chmod(0o444)
                return {"clip": "x.mp4"}

            s = priced(Path(folder) / "store")
            code = 0 if s.has(open_run(s, "t", {}).step("clip", Maker(make), {"n": 1}).files["clip"]) else 2
        os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    shutil.rmtree(folder)
    assert code == 0


# --- interrupted


def test_a_second_ctrl_c_leaves_a_run_that_works(tmp_path):
    run, sent = open_run(priced(tmp_path), "t", {}), []

    def both(n):
        for part in ("a", "b"):
            sent.append(f"{n}{part}")
            run.step("clip", Vendor(send=lambda q, f: time.sleep(0.8)), {"n": f"{n}{part}"})

    def stop_twice():
        for _ in range(2):
            time.sleep(0.25)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    hand = threading.Thread(target=stop_twice)
    hand.start()
    with pytest.raises(KeyboardInterrupt):
        try:
            run.together([lambda n=n: both(n) for n in range(4)], at_once=2)
        finally:
            hand.join()  # the second one may come this late on a busy machine
    run.step("clip", Vendor(), {"n": "after"})  # in the same notebook
    time.sleep(1.2)
    assert ended(run.store).count("done") == 3 and len(open_rows(run.store)) == 0, sent  # the two under way, and the one after


# --- nothing is bought twice


def test_a_vendor_that_cannot_look_up_is_not_asked_twice_whatever_its_spec_says(tmp_path):
    run, vendor = open_run(priced(tmp_path), "t", {}), Vendor("lookup", lambda q, f: (_ for _ in ()).throw(Transient("no answer")))
    for _ in range(2):
        with pytest.raises(InDoubt):
            run.step("clip", vendor, {"n": 1})
    assert len(vendor.sent) == 1 and ours(run.store, run) == pytest.approx(0.4)


def test_an_odd_answer_about_a_running_job_orders_no_second_one(tmp_path):
    s = priced(tmp_path)
    run, farm = open_run(s, "t", {}, budget=5.0), Farm(takes=0, name="video:odd-look")
    left_job(run, farm)
    looks = [Job(id="x", state="running"), Permanent("400 bad gateway, in other words")]

    def look(job):
        if isinstance(told := looks.pop(0) if looks else Job(id=job.id, state="done"), Exception):
            raise told
        return told

    farm.look = look
    with pytest.raises(Permanent, match="bad gateway"):
        run.step("shot", farm, {"n": 1})
    assert len(farm.began) == 1 and ours(s, run) == pytest.approx(0.4)
    assert run.step("shot", farm, {"n": 1}).data and len(farm.began) == 1 and ours(s, run) == pytest.approx(0.4)


def test_a_job_that_somebody_cancels_while_it_is_followed_is_not_ordered_anew(tmp_path):
    s = priced(tmp_path)
    run, farm = open_run(s, "t", {}, budget=5.0), Farm(takes=60, name="video:cancelled")
    left_job(run, farm)

    def look(job):
        if farm.cancelled:
            return Job(id=job.id, state="failed", why="cancelled")
        if ended(s)[-1] == "open" and len(ended(s)) == 2:  # taken up
            gate.cancel_call(priced(tmp_path), farm, gate.left_calls(s)[-1]["n"])
        return Job(id=job.id, state="running")

    farm.look = look
    with pytest.raises(Permanent, match="failed: cancelled"):
        run.step("shot", farm, {"n": 1})
    assert len(farm.began) == 1 and ours(s, run) == 0 and ended(s)[-1] == "cancelled"


def test_a_clock_that_jumped_ahead_throws_no_result_away(tmp_path, monkeypatch):
    run, farm = open_run(priced(tmp_path), "t", {}), Farm(takes=0, name="video:clock")
    left_job(run, farm)
    now = gate.utc_now
    monkeypatch.setattr(gate, "utc_now", lambda: now() + timedelta(days=400))
    assert run.step("shot", farm, {"n": 1}).data and len(farm.began) == 1 and run.bill().spent == pytest.approx(0.4)


def test_a_job_is_as_old_as_its_order_however_often_it_was_taken_up(tmp_path):
    s = priced(tmp_path)
    run, farm = open_run(s, "t", {}), Farm(takes=60, name="video:old")
    left_job(run, farm)
    left_job(run, farm)
    with s.ledger.reading() as c:
        assert len(set(c.execute(sa.select(steps.c.began)).scalars())) == 1 and len(ended(s)) == 2


def test_what_a_back_end_does_to_its_request_changes_no_second_attempt(tmp_path):
    seen = []

    class Greedy(Vendor):
        def estimate(self, request):
            request["in"].clear()
            return super().estimate(request)

        def send(self, request, folder):
            seen.append(request["in"].pop("text"))
            if len(seen) == 1:
                raise Transient("no answer")
            return {"data": 1, "usage": {"second": 3}}

    asked = {"in": {"text": "hello"}}
    run = open_run(priced(tmp_path), "t", {}, budget=1.0)
    assert run.bound(Greedy(), asked) == pytest.approx(0.4) and asked == {"in": {"text": "hello"}}
    run.step("clip", Greedy(), asked)
    assert seen == ["hello", "hello"]


def test_a_job_that_this_version_cannot_follow_is_not_sent_anew(tmp_path):
    s = priced(tmp_path)
    run, farm = open_run(s, "t", {}, budget=5.0), Farm(takes=0, name="video:vendor")
    left_job(run, farm)
    newer = Vendor()  # of the same name and version, but answers at once
    with pytest.raises(InDoubt, match="follows none.*jobs settle 1"):
        run.step("shot", newer, {"n": 1})
    with pytest.raises(InDoubt):
        gate.take_up(run, newer, 1)
    assert not newer.sent and ours(s, run) == pytest.approx(0.4)


def test_two_projects_with_one_ledger_do_not_buy_in_turns(tmp_path):
    def make(folder):
        (folder / "x.mp4").write_bytes(os.urandom(9))
        return {"clip": "x.mp4"}

    maker = Maker(make)
    for name in ("a", "b", "a", "b"):
        s = Store(tmp_path / name / ".store", f"sqlite:///{tmp_path / 'shared.db'}")
        s.prices["test"] = priced(tmp_path / "prices").prices["test"]
        open_run(s, "t", {"project": name}).step("clip", maker, {"n": 1})
    assert len(maker.sent) <= 2


# --- what was charged counts


def test_a_call_under_way_cannot_be_settled(tmp_path):
    s, said = priced(tmp_path), []

    def settled_meanwhile(q, f):
        with pytest.raises(BadInput, match="is under way") as e:
            gate.settle(priced(tmp_path), 1, 0.0)
        said.append(e)

    run = open_run(s, "t", {}, budget=1.0)
    run.step("clip", Vendor(send=settled_meanwhile), {"n": 1})
    assert said and ours(s, run) == pytest.approx(0.3) and ended(s) == ["done"]


@pytest.mark.parametrize("state, units, counts", [("settled", {"second": 3}, 0.3), ("settled", {}, 0.1), ("cancelled", {"second": 3}, 0.3), ("cancelled", {}, 0.4)])
def test_an_answer_that_comes_after_all_counts(tmp_path, state, units, counts):
    s = priced(tmp_path)

    class Late(Vendor):
        def send(self, request, folder):
            with s.ledger.writing() as c:  # as if by somebody who took this process for dead, or a vendor that did not keep its word
                c.execute(sa.update(steps).values(state=state, cost=0.1 if state == "settled" else 0.0, held=0.0))
            return {"data": 1, "usage": units}

    run = open_run(s, "t", {}, budget=1.0)
    assert run.step("clip", Late(), {"n": 1}).data == 1
    assert ours(s, run) == pytest.approx(counts) and ended(s) == ["done"]


def test_a_call_that_waited_past_midnight_falls_under_the_new_day(tmp_path, monkeypatch):
    s, at = priced(tmp_path), [datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)]
    monkeypatch.setattr(gate, "utc_now", lambda: at[0])
    run = open_run(s, "t", {})

    def first():
        with contextlib.suppress(Permanent):
            run.step("clip", Vendor(send=lambda q, f: (time.sleep(0.4), (_ for _ in ()).throw(Permanent("no")))), {"n": 1})

    threads = [threading.Thread(target=first), threading.Thread(target=lambda: run.step("clip", Vendor(), {"n": 1}))]
    for t in threads:
        t.start()
        time.sleep(0.15)
    at[0] += timedelta(seconds=2)
    [t.join() for t in threads]
    set_cap(s.ledger, DAY, 1.0)
    spent = {day: next(p.spent for p in purses(s.ledger, day)) for day in ("2026-11-30", "2026-12-01")}
    assert spent == {"2026-11-30": 0, "2026-12-01": pytest.approx(0.3)}


# --- what was paid for is not lost


def test_a_job_is_taken_up_under_a_cap_that_was_lowered_since(tmp_path):
    s = priced(tmp_path)
    run, farm = open_run(s, "t", {}, budget=5.0), Farm(takes=0, name="video:lowered")
    left_job(run, farm)
    for scope in (run_scope(run.id), DAY):
        set_cap(s.ledger, scope, 0.1)
    assert run.step("shot", farm, {"n": 1}).data and len(farm.began) == 1
    with pytest.raises(OverBudget):
        run.step("shot", farm, {"n": 2})


def test_a_job_of_another_run_still_needs_room_in_this_one(tmp_path):
    s = priced(tmp_path)
    one, farm = open_run(s, "one", {"n": 1}, budget=5.0), Farm(takes=0, name="video:moved")
    left_job(one, farm)
    other = open_run(s, "two", {"n": 2}, budget=0.1)
    with pytest.raises(OverBudget):
        other.step("shot", farm, {"n": 1})
    assert ours(s, one) == pytest.approx(0.4) and ours(s, other) == 0
    assert one.step("shot", farm, {"n": 1}).data and len(farm.began) == 1


def test_a_job_of_a_model_that_was_shut_down_since_is_taken_up(tmp_path, monkeypatch):
    run, farm = open_run(priced(tmp_path), "t", {}, budget=5.0), Farm(takes=0, name="video:shut")
    left_job(run, farm)
    monkeypatch.setattr(gate, "price_of", lambda *a: (_ for _ in ()).throw(BadInput("it was shut down")))
    assert run.step("shot", farm, {"n": 1}).data and ours(run.store, run) == pytest.approx(0.4)
    with pytest.raises(BadInput, match="shut down"):
        run.step("shot", farm, {"n": 2})


@pytest.mark.parametrize("data, kept", [("half a sign \ud800", "half a sign ?"), ((x for x in "ab"), ["a", "b"]), (b"bytes", "bytes"), ({1: (2,)}, {"1": [2]})])
def test_odd_data_is_kept_and_the_first_answer_is_what_is_recalled(tmp_path, data, kept):
    vendor = Vendor()
    vendor.send = lambda q, f: vendor.sent.append(q) or {"data": data, "usage": {"second": 3}}
    run = open_run(priced(tmp_path), "t", {})
    assert [run.step("clip", vendor, {"n": 1}).data for _ in range(2)] == [kept, kept] and len(vendor.sent) == 1


# --- one clear line


class Mute(Exception):
    def __str__(self):
        raise ValueError("not even this")


class Bare(Transient):
    def __init__(self):
        pass


class Ends(BaseException):
    "As gevent's time-out."


ODD = [Mute(), Bare(), Ends("too late"), SystemExit(3), asyncio.CancelledError(), Exception("\x00\ud800\n" + "x" * 900), ForgeError(None), ForgeError("a \ud800 sign")]


@pytest.mark.parametrize("error", ODD, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("kind", ["idempotent", "neither"])
def test_any_exception_is_one_clear_line_and_stays_counted(tmp_path, error, kind):
    s = priced(tmp_path)
    run, shop = open_run(s, "t", {}, budget=1.0), Shop(kind, 9, error)
    with pytest.raises(ForgeError) as e:
        run.step("clip", shop, {"n": 1}, of="hook")
    said = str(e.value)
    assert "video:vendor" in said and "\n" not in said and len(said.encode()) < 700
    assert ours(s, run) == pytest.approx(0.4) and len(shop.charged) == 1 and len(open_rows(s)) == 1


@pytest.mark.parametrize("asked", ["0.001", "soon", timedelta(1), 1e300, "1e300", None])
def test_a_wait_in_any_form_is_no_crash(tmp_path, asked):
    waits = [RateLimited("slow down", retry_after=asked)]

    def send(q, f):
        if waits:
            raise waits.pop()

    run = open_run(priced(tmp_path), "t", {})
    with contextlib.suppress(RateLimited) if "e300" in str(asked) or asked == 1e300 else contextlib.nullcontext():
        run.step("clip", Vendor(send=send), {"n": 1})
    assert not waits


@pytest.mark.parametrize("told", [None, "done", {"state": "done"}, 5])
def test_a_look_that_gives_no_job_is_one_clear_line(tmp_path, told):
    run, farm = open_run(priced(tmp_path), "t", {}, budget=1.0), Farm(takes=0, name="video:no-job")
    look, farm.look = farm.look, lambda job: told
    for _ in range(2):  # fresh, and taken up
        with pytest.raises(ProviderError, match="video:no-job failed .TypeError: look.. gave"):
            run.step("shot", farm, {"n": 1})
    farm.look = look
    assert run.step("shot", farm, {"n": 1}).data and len(farm.began) == 1


@pytest.mark.parametrize("pace", [None, 5])
def test_a_pace_that_is_none_is_one_clear_line_before_anything_is_ordered(tmp_path, pace):
    run, farm = open_run(priced(tmp_path), "t", {}), Farm(takes=0, name="video:paceless")
    farm.pace = pace
    with pytest.raises(ProviderError, match="a pace that is none"):
        run.step("shot", farm, {"n": 1})
    assert not farm.began


def test_a_pace_slower_than_its_deadline_ends_at_the_deadline(tmp_path):
    run, farm = open_run(priced(tmp_path), "t", {}), Farm(takes=60, name="video:slowly")
    farm.pace = Pace(every=float("inf"), deadline=0.2)
    with pytest.raises(Permanent, match="was cancelled"):
        run.step("shot", farm, {"n": 1})


def test_a_place_for_leases_that_cannot_be_used_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("VIRALFORGE_DEVICES", "kin:0")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / f"viralforge-leases-{os.getuid()}").write_text("a file")
    work = Work("test:gpu", "1", lambda q, f: {"data": 1})
    work.spec = Spec(name="test:gpu", kind="work", version="1", gpu_gb=1.0)
    with scratch_run() as run, pytest.raises(ForgeError, match="no device can be leased.*TMPDIR"):
        run.step("s", work, {})


def test_a_number_that_no_ledger_has_is_one_line(tmp_path):
    with pytest.raises(BadInput, match="no call 1180591620717411303424"):
        gate.settle(Store(tmp_path), 2**70, 1.0)


# --- nobody waits for ever


FORKED = """
import os, sys, threading, time
sys.path.insert(0, {tests!r})
from test_gate import Farm, open_run, priced
run, busy = open_run(priced({path!r}), "t", {{}}), threading.Event()
class Told(Farm):
    def look(self, job):
        busy.set()
        return super().look(job)
t = threading.Thread(target=lambda: run.step("shot", Told(takes=1.0, at_once=1), {{"n": 1}}))
t.start()
busy.wait()
if (pid := os.fork()) == 0:
    open_run(priced({path!r}), "t", {{"child": 1}}).step("shot", Farm(takes=0, at_once=1), {{"n": 2}})
    os._exit(0)
t.join()
for _ in range(200):
    got, status = os.waitpid(pid, os.WNOHANG)
    if got:
        sys.exit(os.waitstatus_to_exitcode(status))
    time.sleep(0.05)
os.kill(pid, 9)
sys.exit(7)
"""


def test_a_child_has_places_of_its_own_at_a_vendor(tmp_path):
    code = FORKED.format(tests=os.path.dirname(__file__), path=str(tmp_path))
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_a_child_that_was_forked_under_a_lease_does_not_keep_the_device(tmp_path, monkeypatch):
    monkeypatch.setenv("VIRALFORGE_DEVICES", "kin:1")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spec = Spec(name="video:gpu", kind="video", version="1", gpu_gb=1.0)
    with calling.device_lease(spec):
        if (pid := os.fork()) == 0:  # such as a worker that loads data
            time.sleep(20)
            os._exit(0)
    try:
        with calling.device_lease(spec, wait=lambda s: pytest.fail("the device is still taken")) as device:
            assert device == "kin:1"
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
