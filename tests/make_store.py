"""Write a store of the present make, to be kept in tests/fixtures when a release changes the tables.

    python tests/make_store.py tests/fixtures/store-3

One film is finished; one was killed after a clip, a call whose answer was lost, and the order of a job; one has a lost answer
too, and was made without a cap. `store-1` was written by the first release in the same way.
"""

import sqlite3
import sys
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

from viralforge.calls import Pace, Spec, Work
from viralforge.core import InDoubt, Transient
from viralforge.costs import Price
from viralforge.store import Store, open_run
from viralforge.types import Job, Usage


class Clips(Work):
    "A vendor of four-second clips at ten cents a second, of which three are used."

    def __init__(self, after_crash="idempotent", loses=False):
        self.spec = Spec(name="video:vendor", kind="video", version="1", local=False, price="test", after_crash=after_crash)
        self.sent, self.loses = [], loses

    def estimate(self, request):
        return Usage(units={"second": 4})

    def send(self, request, folder):
        self.sent.append(request)
        if self.loses:
            raise Transient("no answer in 60 s")
        (folder / "clip.bin").write_bytes(b"bytes of a clip %d" % request["n"])
        return {"data": {"n": request["n"]}, "files": {"clip": "clip.bin"}, "usage": {"second": 3}}


class Jobs(Clips):
    "The same vendor, as jobs; the first look at one is broken off where `cut` says so."

    pace = Pace(every=0.01, deadline=1e12, expires=1e12)

    def __init__(self, cut=False):
        super().__init__()
        self.orders, self.cut = [], cut

    def order(self, request, key):
        self.orders.append(key)
        return Job(id="job-1", state="queued")

    def look(self, job):
        if self.cut:
            raise KeyboardInterrupt
        return Job(id=job.id, state="done")

    def cancel(self, job):
        return False

    def collect(self, job, folder):
        (folder / "clip.bin").write_bytes(job.id.encode())
        return {"data": job.id, "files": {"clip": "clip.bin"}, "usage": {"second": 3}}


def open_store(root):
    store = Store(root)
    store.prices["test"] = Price(name="test", per={"second": 0.1}, source="made up for the test", checked=date(2026, 11, 1))
    return store


def make(root):
    store = open_store(root)
    run = open_run(store, "a finished film", {"film": 1}, budget=2.0)
    for n in (0, 1, 2, 0):
        run.step("shot", Clips(), {"n": n}, of=f"beat-{n}")
    run.finish(headline="3 s; 13 of 13 checks passed")
    run = open_run(store, "a film that was killed", {"film": 2}, budget=5.0, scope="batch-1")
    run.step("shot", Clips(), {"n": 10}, of="hook")
    with suppress(InDoubt):
        run.step("shot", Clips("neither", loses=True), {"n": 11}, of="beat-1")
    with suppress(KeyboardInterrupt):
        run.step("clip", Jobs(cut=True), {"n": 12}, of="beat-2")
    run = open_run(store, "before there was a cap", {"film": 3})
    with suppress(InDoubt):
        run.step("shot", Clips("neither", loses=True), {"n": 20}, of="hook")
    store.ledger.db.dispose()
    with closing(sqlite3.connect(store.root / "ledger.db")) as c:  # one file, without its log
        c.execute("PRAGMA journal_mode=DELETE")
    for name in ("ledger.db.lock", "tmp"):
        left = store.root / name
        left.rmdir() if left.is_dir() else left.unlink(missing_ok=True)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
