"""A vendor with books of its own, as a process of its own: `python tests/vendor.py FOLDER '{"seed": 1}'` prints its port.

It takes calls and jobs over HTTP, charges a random part of what was offered as the most, and behaves as vendors do: it is
slow, busy or broken, it charges and then loses the answer, and a client that dies changes nothing of what it has charged.
"""

import contextlib
import json
import random
import sqlite3
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlparse

HABITS = {"seed": 0, "delay": 0.02, "busy": 0.05, "broken": 0.03, "cut": 0.03, "lost": 0.08, "failed": 0.05, "hangs": 0.03}  # s, and shares of all calls


class Books:
    "What was asked for, and what was charged."

    def __init__(self, path: Path):
        self.lock = threading.Lock()
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("CREATE TABLE calls (id INTEGER PRIMARY KEY, name TEXT, key TEXT, state TEXT, amount REAL, until REAL, looked INT)")
        self.needless: list[str] = []  # what was ordered though its client had begun to follow a job for it

    def _all(self, sql: str, *values) -> list:
        with self.lock:
            return self.db.execute(sql, values).fetchall()

    def enter(self, name: str, key: str, once: bool) -> tuple[int, bool]:
        "A call's number, and whether it is new; with `once` a known key is the call that it came with before."
        with self.lock:
            followed = self.db.execute("SELECT id FROM calls WHERE name = ? AND looked AND state = 'done'", (name,)).fetchone()
            self.needless += [name] * bool(followed)
            if once and (old := self.db.execute("SELECT id FROM calls WHERE key = ?", (key,)).fetchone()):
                return old[0], False
            return self.db.execute("INSERT INTO calls VALUES (NULL, ?, ?, 'pending', 0, 0, 0)", (name, key)).lastrowid, True

    def settle(self, id: int, state: str, amount: float, until: float = 0.0) -> None:
        self._all("UPDATE calls SET state = ?, amount = ?, until = ? WHERE id = ?", state, amount, until, id)

    def call(self, id: int) -> dict:
        "A call as its client sees it; a job is done once its time is up."
        (name, state, amount, until), *_ = self._all("SELECT name, state, amount, until FROM calls WHERE id = ?", id)
        shown = state if state in ("pending", "failed", "cancelled") or time.time() >= until else "running"
        return {"id": str(id), "name": name, "state": shown, "amount": amount}

    def ended(self, id: int) -> dict:
        while (call := self.call(id))["state"] == "pending":
            time.sleep(0.002)
        return call

    def found(self, key: str) -> int | None:
        return next((id for (id,) in self._all("SELECT id FROM calls WHERE key = ?", key)), None)

    def look(self, id: int) -> None:
        "A client asks how far a job is: whatever happens now, it has known of it."
        self._all("UPDATE calls SET looked = 1 WHERE id = ?", id)

    def charges(self) -> list[tuple[str, float]]:
        return self._all("SELECT name, amount FROM calls WHERE state = 'done' ORDER BY id")


class Desk(BaseHTTPRequestHandler):
    "One request."

    def _answer(self, status: int, body: dict | list, **headers: str) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        for name, v in {"Content-Length": str(len(raw)), **headers}.items():
            self.send_header(name.replace("_", "-"), v)
        self.end_headers()
        self.wfile.write(raw)

    def _troubled(self, *kinds: str) -> bool:
        "Something that goes wrong before anything is done."
        kind = next((k for k in kinds if self.server.happens(k)), "")
        if kind == "busy":
            self._answer(429, {"error": "too many calls"}, Retry_After="0.005")
        elif kind == "broken":
            self._answer(500, {"error": "something went wrong"})
        return bool(kind)  # "cut": not a word

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._troubled("busy", "broken", "cut"):
            return
        books, server, key = self.server.books, self.server, self.headers.get("Idempotency-Key", "")
        id, new = books.enter(asked["name"], key, once=asked["mode"] == "idempotent")
        if new:
            amount = round(asked["bound"] * server.part(), 6)
            server.dawdle()
            if self.path == "/jobs" and server.happens("failed"):
                books.settle(id, "failed", 0.0)
            else:
                takes = 2 * server.habits["delay"] * server.part() + 1e9 * server.happens("hangs")  # s, of a job; some run until they are cancelled
                books.settle(id, "done", amount, time.time() + takes if self.path == "/jobs" else 0.0)
        call = books.ended(id)
        if not server.happens("lost"):
            self._answer(200, call)

    def do_GET(self) -> None:
        url, books = urlparse(self.path), self.server.books
        where, _, id = url.path.strip("/").partition("/")
        if where == "total":  # the tests' own question
            self.server.quiet()
            return self._answer(200, {"charges": books.charges(), "needless": books.needless})
        if where == "jobs":
            books.look(int(id))
        if self._troubled("busy", "broken", "cut"):
            return None
        if where == "found" and (number := books.found(parse_qs(url.query)["key"][0])) is None:
            return self._answer(404, {"error": "no such key"})
        return self._answer(200, books.ended(number) if where == "found" else books.call(int(id)))

    def do_DELETE(self) -> None:
        id = int(self.path.rsplit("/", 1)[1])
        stopped = self.server.books.call(id)["state"] == "running"
        if stopped:
            self.server.books.settle(id, "cancelled", 0.0)
        self._answer(200, {"stopped": stopped})

    def log_message(self, *_) -> None: ...


class Vendor(ThreadingHTTPServer):
    "The office."

    daemon_threads, request_queue_size = True, 128

    def __init__(self, folder: Path, **habits: float):
        super().__init__(("127.0.0.1", 0), Desk)
        self.habits, self.books, self.inside = HABITS | habits, Books(folder / "books.db"), 0
        self.random, self.lock = random.Random(self.habits["seed"]), threading.Lock()

    def part(self) -> float:
        with self.lock:
            return self.random.random()

    def happens(self, kind: str) -> bool:
        return self.part() < self.habits[kind]

    def dawdle(self) -> None:
        time.sleep(self.habits["delay"] * self.part())

    def quiet(self) -> None:
        "Until everybody else who had come in has left."
        while self.inside > 1:
            time.sleep(0.002)

    def process_request(self, request, address) -> None:
        with self.lock:
            self.inside += 1
        super().process_request(request, address)

    def process_request_thread(self, request, address) -> None:
        try:
            super().process_request_thread(request, address)
        finally:
            with self.lock:
                self.inside -= 1

    def handle_error(self, request, address) -> None:
        if not isinstance(sys.exception(), OSError | ValueError):  # a client that died in the middle of a sentence
            super().handle_error(request, address)


def main() -> None:
    habits = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    with Vendor(Path(sys.argv[1]), **habits) as office, contextlib.suppress(KeyboardInterrupt):
        print(office.server_address[1], flush=True)
        threading.Thread(target=lambda: (sys.stdin.read(), office.shutdown()), daemon=True).start()  # ends with whoever opened it
        office.serve_forever(0.05)


if __name__ == "__main__":
    main()
