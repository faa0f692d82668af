"""A vendor on this machine: a real HTTP server on 127.0.0.1 that answers as a real one would, and fails as told.

A page of a vendor is a function `(Asked) -> Answer`, found by method and path. `failures` go first: one for each request, in
order. Whatever was asked is kept in `log`.
"""

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    method: str
    path: str  # without the query
    query: str
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    body: Any = b""  # bytes as they are; text; or JSON; or an iterable of bytes, sent chunk by chunk
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = ""  # content type; JSON's where the body is JSON
    cut: int | None = None  # send only so many bytes of the body, then close
    reset: bool = False  # close without an answer, hard
    wait: float = 0.0  # s before the answer


def failures(error: Callable[[int, str], Any]) -> dict[str, Answer]:
    "What goes wrong at any vendor, by name; `error` gives the vendor's own body for (status, what)."
    said = lambda status, what, **headers: Answer(error(status, what), status, {k.replace("_", "-"): v for k, v in headers.items()})
    return {
        "busy": said(429, "rate limit", retry_after="0.01"),
        "busy without a time": said(429, "rate limit"),
        "quota": said(429, "insufficient quota"),
        "server error": said(500, "internal error"),
        "overloaded": said(503, "overloaded"),
        "wrong key": said(401, "invalid key"),
        "forbidden": said(403, "not allowed"),
        "unknown model": said(404, "no such model"),
        "bad request": said(400, "bad value"),
        "no answer": Answer(wait=30.0),
        "reset": Answer(reset=True),
        "cut off": Answer(b'{"id": "x", "obj' + b" " * 500, kind="application/json", cut=16),
        "not JSON": Answer(b"<html>502 Bad Gateway</html>", kind="text/html"),
        "malformed JSON": Answer(b'{"id": ', kind="application/json"),
    }


class Vendor:
    "The server; `with Vendor(pages) as v:` serves at `v.url`."

    def __init__(self, pages: dict[tuple[str, str], Callable[[Asked], Answer]]):  # (method, regular expression of the whole path)
        self.pages, self.log, self.failures = pages, [], []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Vendor":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._server.server_close()

    def asked(self, path: str = "") -> list[Asked]:
        "What was asked so far, below a path."
        return [a for a in self.log if a.path.startswith(path)]

    def answer(self, asked: Asked) -> Answer:
        self.log.append(asked)
        if self.failures:
            failure = self.failures.pop(0)
            if failure is not None:
                return failure
        for (method, path), page in self.pages.items():
            if method == asked.method and re.fullmatch(path, asked.path):
                return page(asked)
        return Answer({"error": {"message": f"no page {asked.method} {asked.path}"}}, 404)

    def _handler(vendor) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def _body(self) -> bytes:
                if "chunked" in self.headers.get("Transfer-Encoding", ""):
                    parts = []
                    while size := int(self.rfile.readline().split(b";")[0], 16):
                        parts.append(self.rfile.read(size))
                        self.rfile.readline()
                    self.rfile.readline()
                    return b"".join(parts)
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))

            def _serve(self) -> None:
                path, _, query = self.path.partition("?")
                asked = Asked(self.command, path, query, {k.lower(): v for k, v in self.headers.items()}, self._body())
                a = vendor.answer(asked)
                time.sleep(a.wait)
                if a.reset:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                    self.close_connection = True
                    return
                try:
                    self._send(a)
                except (BrokenPipeError, ConnectionResetError):  # the client gave up
                    self.close_connection = True

            def _send(self, a: Answer) -> None:
                body, kind = a.body, a.kind
                if isinstance(body, dict | list):
                    body, kind = json.dumps(body).encode(), kind or "application/json"
                elif isinstance(body, str):
                    body, kind = body.encode(), kind or "text/plain"
                self.send_response(a.status)
                for name, value in ({"Content-Type": kind or "application/octet-stream"} | a.headers).items():
                    self.send_header(name, value)
                if isinstance(body, bytes):
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body if a.cut is None else body[: a.cut])
                    self.close_connection = self.close_connection or a.cut is not None
                    return
                self._chunks(body)

            def _chunks(self, body: Iterable[bytes]) -> None:
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for part in body:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                    self.wfile.flush()
                self.wfile.write(b"0\r\n\r\n")

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve

        return Handler
