"Back-ends that buy from the vendor in vendor.py, as one would write them for a real one: over HTTP, and honest about failures."

import contextlib
import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from viralforge.calls import Pace, Spec
from viralforge.core import Permanent, RateLimited, Transient, digest, plain
from viralforge.costs import Price
from viralforge.store import Store
from viralforge.types import Job, Reply, Usage

PRICE = Price(name="vendor", per={"credit": 1.0}, source="made up for the test", checked=date(2026, 11, 1))


@contextlib.contextmanager
def office(folder: Path, **habits: float) -> Iterator[int]:
    "A vendor at work; its port."
    command = [sys.executable, str(Path(__file__).with_name("vendor.py")), str(folder), json.dumps(habits)]
    p = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield int(p.stdout.readline())
    finally:
        p.stdin.close()
        p.wait(10)
        p.stdout.close()


def charges(port: int) -> list[tuple[str, float]]:
    "What the vendor has charged, once nobody is in its office any more: name, USD."
    return [(name, amount) for name, amount in ask(port, "GET", "/total")["charges"]]


def needless(port: int) -> list[str]:
    "What was ordered anew though a job for it was being followed."
    return ask(port, "GET", "/total")["needless"]


def ask(port: int, method: str, path: str, body: dict | None = None, key: str = "") -> Any:
    "One request, and what went wrong in the words that the gate acts on."
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        try:
            line.connect()
        except OSError as e:
            raise Transient(f"no connection ({e})", sent=False) from e
        try:
            line.request(method, path, json.dumps(body) if body else None, {"Idempotency-Key": key} if key else {})
            got = line.getresponse()
            said = json.loads(got.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError) as e:
            raise Transient(f"the connection was lost ({type(e).__name__})") from e
    finally:
        line.close()
    if got.status == 429:
        raise RateLimited("too many calls", retry_after=float(got.headers["Retry-After"]))
    if got.status >= 500:
        raise Transient(f"the vendor answers {got.status}")
    if got.status >= 400:
        raise Permanent(f"the vendor answers {got.status}: {said.get('error')}")
    return said


class _Client:
    "What direct calls and jobs have in common."

    mode = "idempotent"
    kind = "call"

    def __init__(self, port: int):
        self.port = port
        self.spec = Spec(name=f"video:{self.kind}-{self.mode}", kind="video", version="1", local=False, price="vendor", after_crash=self.mode)

    def request(self, asked: Any) -> dict:
        return plain(asked)

    def estimate(self, request: dict) -> Usage:
        return Usage(units={"credit": request["bound"]})

    def reply(self, answer: dict) -> Reply:
        return Reply(data=answer["data"], usage=Usage(units=answer["usage"]))

    def _post(self, path: str, request: dict, key: str) -> dict:
        body = {"name": request["name"], "bound": request["bound"], "mode": self.mode}
        return ask(self.port, "POST", path, body, "" if self.mode == "neither" else key)

    def _kept(self, call: dict, folder: Path) -> dict:
        (folder / "clip.bin").write_bytes(digest(call["name"]).encode() * 500)
        return {"data": {"call": call["id"], "name": call["name"]}, "files": {"clip": "clip.bin"}, "usage": {"credit": call["amount"]}}

    def _found(self, key: str) -> dict | None:
        try:
            return ask(self.port, "GET", f"/found?key={quote(key)}")
        except Permanent:
            return None


class Calls(_Client):
    "Sends, and has the answer."

    def send(self, request: dict, folder: Path) -> dict:
        return self._kept(self._post("/calls", request, request.get("client_key", "")), folder)


class FoundCalls(Calls):
    "Every call is a new one, and can be found again by its key."

    mode = "lookup"

    def lookup(self, key: str, folder: Path) -> dict | Job | None:
        return self._kept(call, folder) if (call := self._found(key)) else None


class BlindCalls(Calls):
    "Keeps no record that a client could ask for."

    mode = "neither"


class Jobs(_Client):
    "Orders, looks, collects."

    kind = "job"
    pace = Pace(every=0.004, deadline=0.5)

    def order(self, request: dict, key: str) -> Job:
        return _job(self._post("/jobs", request, key))

    def look(self, job: Job) -> Job:
        return _job(ask(self.port, "GET", f"/jobs/{job.id}"))

    def collect(self, job: Job, folder: Path) -> dict:
        return self._kept(ask(self.port, "GET", f"/jobs/{job.id}"), folder)

    def cancel(self, job: Job) -> bool:
        return ask(self.port, "DELETE", f"/jobs/{job.id}")["stopped"]


def _job(call: dict) -> Job:
    states = {"pending": "queued", "cancelled": "failed"}
    return Job(id=call["id"], state=states.get(call["state"], call["state"]), why="it could not be made" if call["state"] == "failed" else "")


class FoundJobs(Jobs):
    mode = "lookup"

    def lookup(self, key: str, folder: Path) -> dict | Job | None:
        return _job(call) if (call := self._found(key)) else None


class BlindJobs(Jobs):
    mode = "neither"


ALL = (Calls, FoundCalls, BlindCalls, Jobs, FoundJobs, BlindJobs)


def shop(root: Path, url: str = "") -> Store:
    "A store that knows the vendor's price; its ledger in the folder, or where the URL says."
    store = Store(root, url)
    store.prices["vendor"] = PRICE
    return store
