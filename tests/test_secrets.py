"Keys in the environment and in .env are in nothing that a run leaves or says: good, failed or killed."

import base64
import os
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from gate_lab import SOAK, brisk
from measure import tree

from viralforge.backends.scripted import BEFORE, LOST, scripted
from viralforge.ports import FootageRequest, Line, Shot
from viralforge.store import Store, open_run

KEYS = {  # what is planted: where it stands, and the secret in it
    "OPENAI_API_KEY": ("sk-planted+Zm9v/9f3ac27d51==", "sk-planted+Zm9v/9f3ac27d51=="),
    "ELEVENLABS_API_KEY": ("el_planted?41d7b2&c6", "el_planted?41d7b2&c6"),
    "HTTPS_PROXY": ("http://crew:pl4nted-t0ken@127.0.0.1:9", "pl4nted-t0ken"),
}
DATABASE = "postgresql://film:pl4nted-w0rd@127.0.0.1:1/none"
QUOTED = " ".join(  # as libraries quote them
    (
        "Incorrect API key provided: $OPENAI_API_KEY, $ELEVENLABS_API_KEY, via $HTTPS_PROXY,",
        f"GET /v1?key={quote(KEYS['OPENAI_API_KEY'][1], safe='')}&user={quote_plus(KEYS['ELEVENLABS_API_KEY'][1])}",
        f"Authorization: Basic {base64.b64encode(('me:' + KEYS['OPENAI_API_KEY'][1]).encode()).decode()}; 407 for crew, pl4nted-t0ken",
    )
)
BRIEF = """---
title: Three hearts
seconds: 5
writer: scripted
voice: scripted
visuals: {visuals}
composer: scripted
cta: none
---
Octopuses have three hearts. One stops when they swim.
"""


def forms(secret: str) -> set[bytes]:
    "How a secret could stand in a file: plain, for an address, and in base64 at each of three offsets."
    out = {secret.encode(), quote(secret, safe="").encode(), quote_plus(secret).encode(), secret.replace("&", "&amp;").encode()}
    for offset in range(3):
        whole = bytes(offset) + secret.encode()
        out.add(base64.b64encode(whole)[-(-offset * 8 // 6) : len(whole) * 8 // 6])  # what the bytes around it do not change
    return out


def leaks(folder: Path, secrets: tuple[str, ...], *, but: tuple[str, ...] = (".env", "vendor.toml")) -> list[str]:
    "The files below a folder that hold a secret in any form."
    wanted = {form: s for s in secrets for form in forms(s)}
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in but):
        raw = path.read_bytes()
        found += [f"{path.relative_to(folder)} holds {s} as {form.decode()}" for form, s in wanted.items() if form in raw]
    return found


SECRETS = tuple(secret for _, secret in KEYS.values())


def test_the_search_finds_what_was_planted(tmp_path):
    for n, secret in enumerate(SECRETS):
        text = f"?key={quote_plus(secret)} {base64.b64encode(f'Bearer {secret}.'.encode()).decode()}"
        (tmp_path / f"{n}").write_text(text)
        (tmp_path / f"{n}b").write_bytes(b"\xff" + base64.b64encode(b"ab" + secret.encode() + b"cd"))
        (tmp_path / f"{n}c").write_text(secret)
        (tmp_path / ".env").write_text(secret)
    assert {x.split()[0] for x in leaks(tmp_path, SECRETS)} == {f"{n}{c}" for n in range(len(SECRETS)) for c in ("", "b", "c")}


class Film:
    "A folder in which films are made, with keys planted; whatever is said lands in it too."

    def __init__(self, folder: Path, vendor: str, visuals: str = "[video:scripted, motion]", **env: str):
        (folder / "tmp").mkdir(parents=True)
        (folder / "brief.md").write_text(BRIEF.format(visuals=visuals))
        (folder / "vendor.toml").write_text(vendor)
        (folder / ".env").write_text(f"ELEVENLABS_API_KEY={KEYS['ELEVENLABS_API_KEY'][0]}\n")
        planted = {name: value for name, (value, _) in KEYS.items() if name != "ELEVENLABS_API_KEY"}
        clean = {k: v for k, v in os.environ.items() if k != "VIRALFORGE_STORE"}
        self.folder, self.env = folder, clean | planted | {"VIRALFORGE_SCRIPTED": str(folder / "vendor.toml"), "TMPDIR": str(folder / "tmp")} | env

    def start(self) -> subprocess.Popen:
        command = [sys.executable, "-m", "viralforge", "make", "brief.md", "--out", "out"]
        return subprocess.Popen(command, cwd=self.folder, env=self.env, stdout=open(self.folder / "stdout", "ab"), stderr=open(self.folder / "stderr", "ab"))

    def made(self) -> int:
        return self.start().wait(300)

    def said(self) -> str:
        return (self.folder / "stdout").read_text() + (self.folder / "stderr").read_text()


def test_a_good_run_leaves_no_key(tmp_path):
    film = Film(tmp_path, f'price = 0.01\nsays = "{QUOTED}"\n[video]\nfailures = ["refused", "bug", "wrong"]\n')
    assert film.made() == 0, film.said()
    assert "Incorrect API key" in next((tmp_path / "out").glob("*/run.json")).read_text()  # the reason why motion stepped in is told
    assert not leaks(tmp_path, SECRETS)


@pytest.mark.parametrize("trouble", ["wrong", "bug", "lost", *(["refused", "key error", "os error"] if SOAK else [])])
def test_a_failed_run_leaves_no_key(tmp_path, trouble):
    film = Film(tmp_path, f'price = 0.01\nsays = "{QUOTED}"\nafter_crash = "neither"\n[voice]\nfailures = ["{trouble}"]\n')
    assert film.made() not in (0, -9) and "Incorrect API key" in film.said(), film.said()
    assert list((tmp_path / "out").glob("*/make_video.ipynb"))
    assert not leaks(tmp_path, SECRETS)


def test_a_killed_run_and_the_one_after_it_leave_no_key(tmp_path):
    film = Film(tmp_path, f'price = 0.01\nsays = "{QUOTED}"\nchance = {{busy = 0.3}}\nretry_after = 0.01\n[video]\njob = true\nseconds = 2.0\nevery = 0.1\n')
    p, end, account = film.start(), time.monotonic() + 90, tmp_path / "vendor.account.jsonl"
    while not account.exists() or '"video:scripted"' not in account.read_text():
        assert p.poll() is None and time.monotonic() < end, film.said()
        time.sleep(0.02)
    for pid in tree(p.pid):
        os.kill(pid, signal.SIGKILL)
    assert p.wait() == -9 and not leaks(tmp_path, SECRETS)
    assert film.made() == 0, film.said()
    assert not leaks(tmp_path, SECRETS)


def test_a_ledger_that_cannot_be_reached_tells_no_password(tmp_path):
    film = Film(tmp_path, "price = 0.01\n", VIRALFORGE_DB=DATABASE)
    assert film.made() not in (0, -9) and "127.0.0.1" in film.said(), film.said()
    assert not leaks(tmp_path, (*SECRETS, "pl4nted-w0rd"))


def test_a_ledger_on_a_server_leaves_no_password(tmp_path, postgres_url):
    from postgres import PASSWORD

    film = Film(tmp_path, f'price = 0.01\nsays = "{QUOTED}"\n', VIRALFORGE_DB=postgres_url)
    assert film.made() == 0, film.said()
    assert not leaks(tmp_path, (*SECRETS, PASSWORD))


@pytest.mark.parametrize("trouble", [*BEFORE, *LOST])
def test_an_exception_that_leaves_the_gate_holds_no_key(tmp_path, trouble, monkeypatch):
    for name, (value, _) in KEYS.items():
        monkeypatch.setenv(name, value)
    brisk(monkeypatch.setattr)
    (tmp_path / "vendor.toml").write_text(f'price = 0.01\nsays = "{QUOTED}"\nafter_crash = "neither"\nchance = {{"{trouble}" = 1.0}}\n')
    back_end = scripted("video", str(tmp_path / "vendor.toml"))
    asked = FootageRequest(shot=Shot(id="hook", line=Line(id="hook", role="hook", text="Three hearts."), start=0, frames=30, words=()), frames=30)
    run = open_run(Store(tmp_path / ".store"), "secrets", {})
    with pytest.raises(Exception, match="Incorrect API key") as e:
        run.step("shot", back_end, back_end.request(asked))
    (tmp_path / "told").write_text(f"{e.value}\n{e.value!r}\n{e.value.args}\n{vars(e.value)}\n")
    (tmp_path / "trace").write_text("".join(traceback.format_exception(e.value)))
    assert not leaks(tmp_path, SECRETS)
