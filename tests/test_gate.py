"Rare ways in which a call, a ledger or a machine goes wrong, and what the gate makes of them."

import json
import multiprocessing as mp
import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from test_store import Vendor, priced

from viralforge import calling, core, gate, ledger, lives, store
from viralforge.budgets import DAY, batch_scope, purse, purses, run_scope, set_cap
from viralforge.calls import Pace, Spec, Work
from viralforge.core import ForgeError, InDoubt, OverBudget, Permanent, ProviderError, RateLimited, Transient
from viralforge.ledger import recall, runs, steps
from viralforge.store import Store, open_run, run_index, scratch_run
from viralforge.types import Job, Usage

KINDS = ("idempotent", "lookup", "neither")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(calling, "FIRST_WAIT", 0.001)


class Shop(Vendor):
    "A vendor that keeps its own account: it charges as its kind says, and may lose an answer on the way."

    def __init__(self, after_crash="idempotent", lose=0, error=None):
        super().__init__(after_crash)
        self.charged, self.lose, self.error = {}, lose, error
        if after_crash == "lookup":
            self.lookup = lambda key, folder: {"data": key, "usage": {"second": 3}} if key in self.charged else None

    def send(self, request, folder):
        self.sent.append(request)
        key = request.get("client_key") if self.spec.after_crash == "idempotent" else f"{request.get('client_key', '')}#{len(self.sent)}"
        self.charged[key if self.spec.after_crash != "lookup" else request["client_key"]] = 0.3
        if self.lose:
            self.lose -= 1
            raise self.error or Transient("no answer in 60 s")
        return {"data": {"ok": True}, "usage": {"second": 3}}


def open_rows(s):
    with s.ledger.reading() as c:
        return c.execute(sa.select(steps).where(steps.c.state.in_(("open", "doubt")))).all()


def ours(s, run):
    with s.ledger.reading() as c:
        p = purse(c, run_scope(run.id))
    return p.spent + p.held


def test_a_stranger_who_says_nothing_is_not_asked_twice(tmp_path):
    class Plain(Shop):
        def __init__(self):
            super().__init__("neither", 1)
            self.spec = Spec(name="video:plain", kind="video", version="1", local=False, price="test")

    shop = Plain()
    with pytest.raises(InDoubt):
        open_run(priced(tmp_path), "t", {}).step("clip", shop, {"n": 1})
    assert len(shop.sent) == 1


# --- an answer that is lost on the way


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lose", [1, 9])
def test_what_may_have_been_charged_counts_until_it_is_known(tmp_path, kind, lose):
    s = priced(tmp_path)
    run, shop = open_run(s, "t", {}, budget=9.0), Shop(kind, lose)
    for _ in range(3):
        try:
            run.step("clip", shop, {"n": 1})
        except (Transient, InDoubt):
            assert ours(s, run) >= sum(shop.charged.values()) - 1e-9
    assert ours(s, run) >= sum(shop.charged.values()) - 1e-9
    if kind != "neither":
        assert len(shop.charged) == 1  # one call at the vendor, whatever we sent
    else:
        assert len(shop.sent) == 1 and open_rows(s)[-1].state == "doubt"


def test_a_lost_answer_is_searched_for_before_it_is_asked_for_again(tmp_path):
    run, shop = open_run(priced(tmp_path), "t", {}), Shop("lookup", 1)
    run.step("clip", shop, {"n": 1})
    assert len(shop.sent) == 1 and run.bill().spent == pytest.approx(0.3)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("error", [OSError("connection reset by peer"), KeyError("audio"), ProviderError("something went wrong"), ValueError("bad JSON")])
def test_an_exception_of_any_kind_after_sending_is_not_forgotten(tmp_path, kind, error):
    s = priced(tmp_path)
    run, shop = open_run(s, "t", {}, budget=1.0), Shop(kind, 1, error)
    with pytest.raises(ForgeError) as e:
        run.step("clip", shop, {"n": 1}, of="hook")
    assert "video:vendor" in str(e.value) and "hook" in str(e.value)
    assert ours(s, run) == pytest.approx(0.4) and len(open_rows(s)) == 1
    if kind == "neither":
        with pytest.raises(InDoubt):
            run.step("clip", shop, {"n": 1})
        assert len(shop.sent) == 1
    else:
        run.step("clip", shop, {"n": 1})
        assert len(shop.charged) == 1 and ours(s, run) == pytest.approx(0.3)


def local(make):
    "A stranger's back-end on this machine."
    made = Work("voice:odd", "1", make)
    made.spec = Spec(name="voice:odd", kind="voice", version="1")
    return made


def test_a_local_failure_costs_nothing_and_names_the_back_end():
    with scratch_run(budget=1.0) as run:
        with pytest.raises(ProviderError, match="voice:odd failed .KeyError: 'x'") as e:
            run.step("s", local(lambda q, f: q["x"]), {})
        assert isinstance(e.value.__cause__, KeyError) and [c.state for c in run.bill().charges] == ["failed"]


@pytest.mark.parametrize("answer, said", [(None, "NoneType"), ({"files": {"a": "../../etc/passwd"}}, "not in the folder"), ({"files": {"a": "gone.wav"}}, "not in the folder")])
def test_an_answer_that_is_none_is_one_clear_error(answer, said):
    with scratch_run() as run, pytest.raises(ForgeError, match=said) as e:
        run.step("s", local(lambda q, f: answer), {})
    assert "voice:odd" in str(e.value)


def test_a_fault_of_the_library_stays_what_it_is():
    with scratch_run() as run:
        with pytest.raises(ZeroDivisionError):
            run.step("s", Work("render:odd", "1", lambda q, f: 1 / 0), {})
        assert [c.state for c in run.bill().charges] == ["failed"]


# --- interrupted, taken over, paused


ELSEWHERE = """
import sys
sys.path.insert(0, {tests!r})
from test_gate import Shop, priced, open_run
from viralforge.core import InDoubt
shop = Shop({kind!r})
run = open_run(priced({path!r}), "t", {{"other": 1}}, allow=())
try:
    run.step("clip", shop, {{"n": 1}})
    print("key", shop.sent[0].get("client_key"))
except InDoubt:
    print("doubt")
"""


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_interrupted_in_a_live_notebook_is_not_ordered_anew_by_another_process(tmp_path, kind):
    run, shop = open_run(priced(tmp_path), "t", {}), Shop(kind, 1, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run.step("clip", shop, {"n": 1})
    code = ELSEWHERE.format(tests=os.path.dirname(__file__), kind=kind, path=str(tmp_path))
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout.split()
    if kind == "idempotent":
        assert said == ["key", shop.sent[0]["client_key"]]
    elif kind == "neither":
        assert said == ["doubt"]
    else:
        assert said[0] == "key" and said[1] == shop.sent[0]["client_key"]  # its vendor found nothing, and got the same key


def _take_over(s, key):
    "As another process does for one that gave no sign of life."
    with s.ledger.writing() as c:
        c.execute(sa.update(ledger.claims).where(ledger.claims.c.key == key).values(owner="elsewhere:1:1", token="theirs"))


@pytest.mark.parametrize("kind", KINDS)
def test_who_was_paused_and_taken_over_frees_nothing_twice(tmp_path, kind, monkeypatch):
    "A host sleeps in the middle of a call; another one takes the step over; then the first one wakes up."
    s = priced(tmp_path)
    sleeper, other = open_run(s, "t", {"a": 1}, budget=5.0, scope="both"), open_run(s, "t", {"a": 2}, budget=5.0, scope="both")
    seen = {}

    def meanwhile(request, folder):
        key = seen["key"] = gate.step_key("clip", mine.spec, {"n": 1})
        _take_over(s, key)
        lives._mine.clear()
        monkeypatch.setattr(lives, "gone", lambda *a: True)
        try:
            other.step("clip", theirs, {"n": 1})
        except InDoubt:
            seen["doubt"] = True
        with s.ledger.reading() as c:
            seen["between"] = purse(c, batch_scope("both"))

    mine, theirs = Vendor(kind, send=meanwhile), Vendor(kind)
    if kind == "lookup":
        theirs.lookup = mine.lookup = lambda key, folder: None
    sleeper.step("clip", mine, {"n": 1})
    with s.ledger.reading() as c:
        after = purse(c, batch_scope("both"))
    assert after.held == 0 and after.spent == pytest.approx(0.3)  # one call was charged, and it counts once
    assert bool(seen.get("doubt")) == (kind == "neither")
    if kind == "neither":
        assert seen["between"].held == pytest.approx(0.4) and not theirs.sent


def test_who_was_taken_over_sends_nothing_more(tmp_path):
    s = priced(tmp_path)
    run = open_run(s, "t", {})

    def lost(request, folder):
        _take_over(s, gate.step_key("clip", vendor.spec, {"n": 1}))
        raise Transient("busy", sent=False)

    vendor = Vendor(send=lost)
    with pytest.raises(ForgeError, match="took this step over"):
        run.step("clip", vendor, {"n": 1})
    assert len(vendor.sent) == 1


def test_a_failed_job_met_again_is_ordered_anew_in_the_same_run_under_a_new_key(tmp_path):
    s = priced(tmp_path)

    class Jobs(Vendor):
        pace = Pace(every=0.001)

        def __init__(self):
            super().__init__()
            self.jobs, self.stopped = {}, True

        def order(self, request, key):
            self.jobs.setdefault(key, f"job-{len(self.jobs) + 1}")  # idempotent: the same key is the same job
            return Job(id=self.jobs[key], state="queued")

        def look(self, job):
            if self.stopped:
                raise KeyboardInterrupt
            return Job(id=job.id, state="failed" if job.id == "job-1" else "done", why="out of memory")

        def collect(self, job, folder):
            return {"data": job.id, "usage": {"second": 4}}

        def cancel(self, job):
            return True

    run, vendor = open_run(s, "t", {}, budget=1.0), Jobs()
    with pytest.raises(KeyboardInterrupt):
        run.step("clip", vendor, {"n": 1})
    vendor.stopped = False
    assert run.step("clip", vendor, {"n": 1}).data == "job-2"
    assert run.bill().spent == pytest.approx(0.4) and "out of memory: ordered anew" in run.bill().charges[-1].why


# --- money


def test_a_doubt_from_before_there_was_a_cap_is_in_it(tmp_path):
    s = priced(tmp_path)
    free = open_run(s, "t", {"film": 1})
    with pytest.raises(InDoubt):
        free.step("clip", Shop("neither", 1), {"n": 1})
    capped = open_run(s, "t", {"film": 1}, budget=0.7)
    assert capped.id == free.id
    with pytest.raises(OverBudget, match=r"\$0.40 reserved"):
        capped.step("clip", Vendor(), {"n": 2})


def test_a_cost_above_its_bound_is_said(tmp_path):
    class Dear(Vendor):
        def send(self, request, folder):
            return {"usage": {"second": 30}}

    s = priced(tmp_path)
    run = open_run(s, "t", {}, budget=1.0)
    with pytest.warns(UserWarning, match=r"\$3(.00)?, above its bound of \$0.40"):
        run.step("clip", Dear(), {"n": 1})
    assert "above its bound" in run.bill().charges[0].why and run.bill().spent == pytest.approx(3.0)
    with pytest.raises(OverBudget):
        run.step("clip", Vendor(), {"n": 2})


@pytest.mark.parametrize("units", [{"second": float("nan")}, {"second": -5}, {"second": float("inf")}, {"parsec": 3}])
def test_usage_that_is_no_amount_counts_as_its_bound(tmp_path, units):
    s = priced(tmp_path)
    run = open_run(s, "t", {}, budget=0.7)
    odd = Vendor()
    odd.send = lambda q, f: {"data": 1, "usage": units}
    assert run.step("clip", odd, {"n": 1}).data == 1  # what was paid for is kept
    assert "its bound is counted" in run.bill().charges[0].why and run.bill().unpriced == ("video:vendor",)
    assert ours(s, run) == pytest.approx(0.4)
    assert run.step("clip", odd, {"n": 1}).data == 1 and run.bill().charges[-1].state == "hit"
    with pytest.raises(OverBudget):
        run.step("clip", Vendor(), {"n": 2})


@pytest.mark.parametrize("units", [{"second": float("nan")}, {"second": -5}, {"parsec": 3}])
def test_an_estimate_that_is_no_amount_is_no_bound(tmp_path, units):
    odd = Vendor()
    odd.estimate = lambda q: Usage(units=units)
    with pytest.raises(OverBudget, match="no upper bound"):
        open_run(priced(tmp_path), "t", {}, budget=1.0).step("clip", odd, {"n": 1})
    assert not odd.sent


def test_caps_of_run_batch_and_day_all_hold(tmp_path):
    s = priced(tmp_path)
    set_cap(s.ledger, DAY, 0.9)
    one, two = open_run(s, "t", {"a": 1}, budget=0.75, scope="b"), open_run(s, "t", {"a": 2}, budget=0.75, scope="b")
    set_cap(s.ledger, run_scope(two.id), 0.3)
    one.step("clip", Vendor(), {"n": 1})
    with pytest.raises(OverBudget, match=r"\$0 of \$0.30 is spent"):
        two.step("clip", Vendor(), {"n": 2})  # its own cap
    one.step("clip", Vendor(), {"n": 3})
    with pytest.raises(OverBudget, match="for batch b"):
        one.step("clip", Vendor(), {"n": 4})
    with pytest.raises(OverBudget, match="for the day"):
        open_run(s, "t", {"a": 3}).step("clip", Vendor(), {"n": 5})
    assert {p.scope: p.spent for p in purses(s.ledger, core.utc_now().date().isoformat())}[DAY] == pytest.approx(0.6)


# --- waiting


def test_a_vendor_that_asks_for_a_day_is_not_slept_through(tmp_path):
    run = open_run(priced(tmp_path), "t", {})
    began = time.monotonic()
    with pytest.raises(RateLimited, match="asks to wait 86400 s.*run again after 20"):
        run.step("clip", Vendor(send=lambda q, f: (_ for _ in ()).throw(RateLimited("slow down", retry_after=86_400))), {"n": 1})
    assert time.monotonic() - began < 5 and run.bill().spent == 0


@pytest.mark.parametrize("asked", [-5, float("nan"), float("inf"), 0])
def test_an_odd_wait_is_no_crash(tmp_path, asked):
    waits = [RateLimited("slow down", retry_after=asked)]

    def send(q, f):
        if waits:
            raise waits.pop()

    open_run(priced(tmp_path), "t", {}).step("clip", Vendor(send=send), {"n": 1})


# --- processes


def test_a_dead_process_that_nobody_reaped_is_dead(tmp_path):
    "A container whose first process reaps nothing keeps it as a zombie for ever."
    s = Store(tmp_path)
    child = subprocess.Popen([sys.executable, "-c", "from viralforge.lives import owner; print(owner())"], stdout=subprocess.PIPE, text=True)
    who = child.stdout.readline().strip()
    end = time.monotonic() + 10
    while lives._state(child.pid)[0] != "Z" and time.monotonic() < end:
        time.sleep(0.01)
    assert lives._state(child.pid)[0] == "Z"
    work = Work("test:w", "1", lambda q, f: {"data": 1})
    with s.ledger.writing() as c:
        c.execute(sa.insert(ledger.claims).values(key=gate.step_key("s", work.spec, {}), owner=who, token="x"))
    got = []
    t = threading.Thread(target=lambda: got.append(open_run(s, "t", {}).step("s", work, {}).data), daemon=True)
    t.start()
    t.join(10)
    child.wait()
    assert got == [1]


def test_a_forked_child_does_not_wait_for_what_its_parent_held(tmp_path):
    s, inside, done = Store(tmp_path), threading.Event(), threading.Event()
    run = open_run(s, "t", {})
    slow = Work("test:slow", "1", lambda q, f: (inside.set(), done.wait(20), {"data": 1})[-1])
    quick = Work("test:quick", "1", lambda q, f: {"data": 2})
    t = threading.Thread(target=run.step, args=("s", slow, {}), daemon=True)
    t.start()
    inside.wait(10)
    ctx = mp.get_context("fork")
    q = ctx.Queue()

    def child():
        q.put(run.step("s", quick, {}).data)
        q.put(run.step("s", slow, {}).data)  # waits for the parent's claim, then recalls

    p = ctx.Process(target=child, daemon=True)
    p.start()
    assert q.get(timeout=20) == 2
    done.set()
    t.join(10)
    assert q.get(timeout=20) == 1
    p.join(10)
    assert p.exitcode == 0


def test_the_order_of_runs_does_not_hang_on_the_clock(tmp_path, monkeypatch):
    s = Store(tmp_path)
    real = core.utc_now
    ids = []
    for back in (0, 400, -400):  # days
        now = lambda back=back: real() - timedelta(days=back)
        for room in (core, store, gate):
            monkeypatch.setattr(room, "utc_now", now)
        ids.append(open_run(s, f"film {back}", {"f": back}).id)
    assert [r["id"] for r in run_index(s)] == ids[::-1]
    open_run(s, "again", {"f": 400}).finish()
    with s.ledger.reading() as c:
        assert len(c.execute(sa.select(runs)).all()) == 3


@pytest.mark.parametrize("jump", [7200, -7200])
def test_a_clock_that_jumps_gives_nobody_up_who_signs(tmp_path, monkeypatch, jump):
    s = Store(tmp_path)
    monkeypatch.setattr(lives, "BEAT", 0.05)
    who = "elsewhere:7:1"
    with s.ledger.writing() as c:
        c.execute(sa.insert(ledger.owners).values(owner=who, seen=time.time() + jump, beats=1))
    for n in range(2, 8):  # it lives: its signs go on, by a clock that is two hours off
        assert not lives.gone(s.ledger, who)
        with s.ledger.writing() as c:
            c.execute(sa.update(ledger.owners).where(ledger.owners.c.owner == who).values(beats=n))
        time.sleep(0.04)
    end = time.monotonic() + 5
    while not lives.gone(s.ledger, who) and time.monotonic() < end:
        time.sleep(0.02)
    assert lives.gone(s.ledger, who)  # and now they have ended


def test_many_processes_open_a_fresh_store_at_once(tmp_path):
    for n in range(5):
        code = f"from viralforge.store import Store, open_run; open_run(Store({str(tmp_path / str(n))!r}), 't', {{}})"
        ps = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) for _ in range(6)]
        said = [p.communicate(timeout=120)[1] for p in ps]
        assert not any(p.returncode for p in ps), said
        assert 1 <= len(run_index(Store(tmp_path / str(n)))) <= 6


# --- files


def clip(run, n=1, paid=True):
    def write(q, folder):
        (folder / "clip.bin").write_bytes(b"picture" * 1000)
        return {"files": {"clip": "clip.bin"}, "usage": {"second": 3}}

    if not paid:
        return run.step("s", Work("test:clip", "1", write), {"n": n})
    vendor = Vendor()
    vendor.send = write
    return run.step("clip", vendor, {"n": n})


@pytest.mark.parametrize("paid", [True, False])
def test_a_flipped_bit_is_not_recalled(tmp_path, paid):
    run = open_run(priced(tmp_path), "t", {})
    path = run.path(clip(run, paid=paid).files["clip"])
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)  # the same size
    again = clip(run, paid=paid)
    assert run.path(again.files["clip"]).read_bytes() == b"picture" * 1000
    assert [c.state for c in run.bill().charges] == ["done", "done"] and "gone or damaged: made anew" in run.bill().charges[-1].why


def test_a_damaged_paid_file_is_not_bought_again_beyond_the_cap(tmp_path):
    run = open_run(priced(tmp_path), "t", {}, budget=0.5)
    run.path(clip(run).files["clip"]).write_bytes(b"x" * 7000)
    with pytest.raises(OverBudget):
        clip(run)


def test_a_folder_in_place_of_an_artefact_is_moved_out(tmp_path):
    run = open_run(priced(tmp_path), "t", {})
    path = run.path(clip(run).files["clip"])
    path.unlink()
    path.mkdir()
    (path / "inside").write_text("x")
    assert run.path(clip(run).files["clip"]).is_file()


@pytest.mark.parametrize("nonsense", ["", "{", "null", '{"data": 1, "surprise": 2}', '{"files": {"clip": {"digest": 1}}}', "[]"])
def test_nonsense_in_a_recall_row_is_made_anew(tmp_path, nonsense):
    s = priced(tmp_path)
    run = open_run(s, "t", {})
    clip(run, paid=False)
    with s.ledger.writing() as c:
        c.execute(sa.update(recall).values(reply=nonsense))
    assert clip(run, paid=False).files and "cannot be read" in run.bill().charges[-1].why
    clip(run, paid=False)
    assert run.bill().charges[-1].state == "hit"


def test_scratch_folders_of_dead_processes_are_swept(tmp_path):
    code = f"""
import os
from viralforge.store import Store
s = Store({str(tmp_path)!r})
with s.scratch() as f:
    (f / "big").write_bytes(b"x" * 1000)
    os._exit(9)
"""
    subprocess.run([sys.executable, "-c", code])
    assert len(list((tmp_path / "tmp").iterdir())) == 1
    s = Store(tmp_path)
    assert not list((tmp_path / "tmp").iterdir())
    with s.scratch() as f:
        Store(tmp_path)
        assert f.exists()  # one at work is left alone


def test_a_project_that_was_moved_or_copied_writes_where_it_is(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    run = open_run(Store(old / "out/.store"), "t", {"f": 1})
    run.folder.mkdir()
    run.step("s", Work("test:w", "1", lambda q, f: {"data": 1}), {})
    run.finish("failed")
    shutil.copytree(old, new)  # the old place is still there
    again = open_run(Store(new / "out/.store"), "t", {"f": 1})
    assert again.id == run.id and again.folder == new / "out" / run.id
    assert run_index(again.store)[0]["folder"] == str(new / "out" / run.id)
    shutil.rmtree(old)
    again.folder.rmdir()
    assert open_run(Store(new / "out/.store"), "t", {"f": 1}).folder == new / "out" / run.id


# --- jobs


class Farm(Vendor):
    "Jobs that take a while, at most so many at once."

    def __init__(self, takes=0.3, at_once=8, deadline=60.0, name="video:farm", cancels=True):
        super().__init__()
        self.spec = Spec(name=name, kind="video", version="1", local=False, price="test", after_crash="idempotent")
        self.pace = Pace(every=0.01, at_once=at_once, deadline=deadline)
        self.takes, self.began, self.most, self.cancelled, self.cancels = takes, {}, 0, [], cancels
        self.lock = threading.Lock()

    def order(self, request, key):
        with self.lock:
            self.began.setdefault(key, time.monotonic())
            self.most = max(self.most, sum(time.monotonic() - b < self.takes for b in self.began.values()))
        return Job(id=key, state="queued")

    def look(self, job):
        return Job(id=job.id, state="done" if time.monotonic() - self.began[job.id] > self.takes else "running")

    def collect(self, job, folder):
        return {"data": job.id, "usage": {"second": 4}}

    def cancel(self, job):
        self.cancelled.append(job.id)
        return self.cancels


def test_jobs_of_a_film_are_followed_side_by_side(tmp_path):
    run, farm = open_run(priced(tmp_path), "t", {}, budget=9.0), Farm(takes=0.4)
    began = time.monotonic()
    got = run.together([lambda n=n: run.step("shot", farm, {"n": n}).data for n in range(8)])
    assert len(set(got)) == 8 and time.monotonic() - began < 2.4  # not 3.2
    assert farm.most > 4 and run.bill().spent == pytest.approx(3.2)


def test_a_vendor_gets_no_more_jobs_at_once_than_it_allows(tmp_path):
    run, farm = open_run(priced(tmp_path), "t", {}), Farm(takes=0.1, at_once=2, name="video:small")
    run.together([lambda n=n: run.step("shot", farm, {"n": n}) for n in range(6)])
    assert len(farm.began) == 6 and farm.most <= 2


def test_one_job_that_fails_does_not_lose_the_others(tmp_path):
    run, farm = open_run(priced(tmp_path), "t", {}), Farm(takes=0.05)

    def refuse(q, f):
        raise Permanent("no such model")

    calls = [lambda n=n: run.step("shot", farm, {"n": n}) for n in range(3)]
    with pytest.raises(Permanent, match="no such model"):
        run.together([*calls, lambda: run.step("shot", Vendor(send=refuse), {"n": 9}), *calls])
    assert sum(c.state == "done" for c in run.bill().charges) == 3


def test_a_job_beyond_its_deadline_is_cancelled_or_goes_on(tmp_path):
    s = priced(tmp_path)
    run, slow = open_run(s, "t", {}, budget=9.0), Farm(takes=30, deadline=0.1, name="video:slow")
    with pytest.raises(Permanent, match="was cancelled"):
        run.step("shot", slow, {"n": 1})
    assert slow.cancelled and ours(s, run) == 0
    stuck = Farm(takes=0.5, deadline=0.1, name="video:stuck", cancels=False)
    with pytest.raises(calling.Unfinished, match="could not be cancelled.*taken up"):
        run.step("shot", stuck, {"n": 2})
    assert ours(s, run) == pytest.approx(0.4)
    time.sleep(0.5)
    assert run.step("shot", stuck, {"n": 2}).data and len(stuck.began) == 1 and ours(s, run) == pytest.approx(0.4)


def test_a_result_that_the_vendor_threw_away_is_counted_and_ordered_anew(tmp_path):
    s = priced(tmp_path)
    run, farm = open_run(s, "t", {}, budget=9.0), Farm(takes=0.0, name="video:forgets")
    collect, farm.collect = farm.collect, lambda job, folder: (_ for _ in ()).throw(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run.step("shot", farm, {"n": 1})
    first = next(iter(farm.began))

    def thrown_away(job, folder):
        if job.id == first:
            raise ProviderError("404: no such file")
        return collect(job, folder)

    farm.collect, farm.pace = thrown_away, Pace(every=0.01, expires=0.001)
    assert run.step("shot", farm, {"n": 1}).data
    assert len(farm.began) == 2 and ours(s, run) == pytest.approx(0.8)
    assert [c.state for c in run.bill().charges] == ["expired", "done"] and "ordered anew" in run.bill().charges[-1].why


STOPPED = """
import sys
sys.path.insert(0, {tests!r})
from test_gate import Farm, priced, open_run
run, farm = open_run(priced({path!r}), "t", {{}}, budget=9.0), Farm(takes=60)
order = farm.order
def told(request, key):
    job = order(request, key)
    print(job.id, flush=True)
    return job
farm.order = told
run.together([lambda n=n: run.step("shot", farm, {{"n": n}}) for n in range(3)])
"""


def test_ctrl_c_ends_the_waiting_and_keeps_the_jobs(tmp_path):
    import signal

    code = STOPPED.format(tests=os.path.dirname(__file__), path=str(tmp_path))
    p = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    ids = {p.stdout.readline().strip() for _ in range(3)}
    time.sleep(0.2)
    began = time.monotonic()
    p.send_signal(signal.SIGINT)
    p.wait(20)
    assert time.monotonic() - began < 10
    s = priced(tmp_path)
    assert {json.loads(r.job)["id"] for r in open_rows(s)} == ids
    run, farm = open_run(s, "t", {}, budget=9.0), Farm(takes=0)
    farm.began = dict.fromkeys(ids, 0.0)
    with ThreadPoolExecutor(3) as pool:
        got = {f.result().data for f in [pool.submit(run.step, "shot", farm, {"n": n}) for n in range(3)]}
    assert got == ids and len(farm.began) == 3 and not open_rows(s)


# --- a GPU


LEASED = """
import sys, time
from viralforge.calling import device_lease
from viralforge.calls import Spec
with device_lease(Spec(name="video:svd", kind="video", version="1", gpu_gb=8)) as d:
    print("in", d, time.time(), flush=True)
    time.sleep(0.3)
    print("out", d, time.time(), flush=True)
"""


def test_one_process_at_a_time_has_a_device(tmp_path):
    env = os.environ | {"VIRALFORGE_DEVICES": f"a-{os.getpid()},b-{os.getpid()}"}
    ps = [subprocess.Popen([sys.executable, "-c", LEASED], env=env, stdout=subprocess.PIPE, text=True) for _ in range(5)]
    held = {}
    for p in ps:
        (_, d, a), (_, _, b) = (line.split() for line in p.communicate(timeout=60)[0].strip().splitlines())
        held.setdefault(d, []).append((float(a), float(b)))
    assert len(held) == 2
    for spans in held.values():
        spans.sort()
        assert all(b[0] >= a[1] for a, b in zip(spans, spans[1:], strict=False))


def test_a_killed_process_gives_its_device_back(tmp_path):
    env = os.environ | {"VIRALFORGE_DEVICES": f"c-{os.getpid()}"}
    p = subprocess.Popen([sys.executable, "-c", LEASED.replace("0.3", "60")], env=env, stdout=subprocess.PIPE, text=True)
    p.stdout.readline()
    p.kill()
    p.wait()
    out = subprocess.run([sys.executable, "-c", LEASED], env=env, capture_output=True, text=True, timeout=20).stdout
    assert out.startswith("in")



# --- calls that were left


def left_job(s, farm):
    run = open_run(s, "t", {}, budget=9.0)
    look, farm.look = farm.look, lambda job: (_ for _ in ()).throw(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run.step("shot", farm, {"n": 1}, of="hook")
    farm.look = look
    (call,) = gate.left_calls(s)
    return run, call


def test_a_left_job_is_taken_up_and_the_next_run_recalls_it(tmp_path):
    s, farm = priced(tmp_path), Farm(takes=0.0)
    run, call = left_job(s, farm)
    assert call["job"] in farm.began and call["part"] == "hook" and call["held"] == pytest.approx(0.4)
    assert gate.take_up(run, farm, call["n"]).data == call["job"] and not gate.left_calls(s)
    run.step("shot", farm, {"n": 1})
    assert [c.state for c in run.bill().charges] == ["done", "hit"] and len(farm.began) == 1 and ours(s, run) == pytest.approx(0.4)


@pytest.mark.parametrize("cancels", [True, False])
def test_a_left_job_is_cancelled_only_if_the_vendor_says_so(tmp_path, cancels):
    s, farm = priced(tmp_path), Farm(takes=60, cancels=cancels)
    run, call = left_job(s, farm)
    assert gate.cancel_call(s, farm, call["n"]) == cancels == (not gate.left_calls(s))
    assert ours(s, run) == pytest.approx(0.0 if cancels else 0.4)


def test_a_doubt_is_settled_by_what_the_account_says(tmp_path):
    s = priced(tmp_path)
    run, shop = open_run(s, "t", {}, budget=9.0), Shop("neither", 1)
    with pytest.raises(InDoubt):
        run.step("clip", shop, {"n": 1})
    (call,) = gate.left_calls(s)
    with pytest.raises(core.BadInput, match="viralforge jobs settle"):
        gate.take_up(run, shop, call["n"])
    with pytest.raises(core.BadInput, match="no amount"):
        gate.settle(s, call["n"], float("nan"))
    gate.settle(s, call["n"], 0.3)
    assert ours(s, run) == pytest.approx(0.3) == run.bill().spent and not open_rows(s)
    run.step("clip", shop, {"n": 1})  # nothing is open any more: it is ordered
    assert ours(s, run) == pytest.approx(0.6)


def test_a_store_that_cannot_be_written_is_told_before_anything_is_sent(tmp_path, monkeypatch):
    s = priced(tmp_path)
    run, vendor = open_run(s, "t", {}, budget=1.0), Vendor("neither")
    shutil.rmtree(tmp_path / "tmp", ignore_errors=True)
    (tmp_path / "tmp").write_text("a file, where the scratch folders should lie")
    with pytest.raises(core.BadInput):
        run.step("clip", vendor, {"n": 1})
    assert not vendor.sent and ours(s, run) == 0 and [c.state for c in run.bill().charges] == ["failed"]


@pytest.mark.parametrize("used, charged", [({"second": 3.0}, 3.0), ({}, 4.0), (None, 0.0)])
def test_a_call_that_gave_nothing_is_charged_as_its_error_says(tmp_path, used, charged):
    "By its usage; by its bound where the vendor did not say; not at all where it says of none."
    s = priced(tmp_path)

    def no_use(request, folder):
        raise Permanent("no use", used=used)

    unit, run = s.prices["test"].per["second"], open_run(s, "t", {}, budget=9.0)
    with pytest.raises(Permanent, match="no use") as e:
        run.step("shot", Vendor("neither", no_use), {"n": 1})
    with s.ledger.reading() as c:
        held = purse(c, run_scope(run.id))
    assert (held.spent, held.held) == pytest.approx((charged * unit, 0.0)) and run.bill().spent == pytest.approx(charged * unit)
    assert ("is on the bill" in str(e.value)) == bool(charged)
