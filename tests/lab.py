"A JupyterLab server of one's own, and a real Chromium that looks at it."

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
_FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update
    --disable-sync --disable-dev-shm-usage""".split()
_JUPYTER = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
_IDLE = "text=/Python 3 .*\\| Idle/"


@contextlib.contextmanager
def server(root: Path) -> Iterator[str]:
    "JupyterLab serving a folder; its address."
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with tempfile.TemporaryDirectory() as home, open(Path(home) / "log", "wb") as log:
        own = {"HOME": home, **{name: f"{home}/{name}" for name in _JUPYTER}}
        env = {k: v for k, v in os.environ.items() if k != "VIRALFORGE_STORE"} | own  # each notebook's store lies where it would for a user
        options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=t",
                   f"--ServerApp.root_dir={root}", "--LabApp.extension_manager=readonly", "--LabApp.news_url=", "--LabApp.expose_app_in_browser=True",
                   "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate"]  # fmt: skip
        process = subprocess.Popen([sys.executable, "-m", "jupyterlab", *options], env=env, stdout=log, stderr=log, cwd=root)
        try:
            address = f"http://127.0.0.1:{port}"
            _answering(f"{address}/api?token=t")
            yield address
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


def _answering(url: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=1):
            return
        time.sleep(0.2)
    raise TimeoutError(f"{url} does not answer")


@contextlib.contextmanager
def page(width: int = 1200, height: int = 6000) -> Iterator:
    "A tab; `failed` on it holds the addresses that were not there, `asked` those outside of the machine."
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, headless=True, args=_FLAGS)
        tab = browser.new_page(viewport={"width": width, "height": height})
        tab.failed, tab.asked = [], []
        tab.on("response", lambda r: tab.failed.append((r.status, r.url)) if r.status >= 400 else None)
        tab.on("request", lambda r: tab.asked.append(r.url) if not r.url.startswith(("file:", "data:", "blob:", "http://127.0.0.1")) else None)
        yield tab
        browser.close()


def open_notebook(tab, address: str, path: str) -> None:
    "Open a notebook of the served folder and wait for its kernel."
    tab.goto(f"{address}/lab/tree/{path}?token=t&reset")
    tab.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    tab.wait_for_selector(_IDLE, timeout=60_000)
    tab.wait_for_function("window.jupyterapp !== undefined")


def run_all(tab, seconds: float = 180) -> None:
    "Run all cells, and wait until the last one has its number."
    tab.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    done = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].every(p => /\\[\\d+\\]/.test(p.innerText) || !p.closest('.jp-CodeCell').querySelector('.cm-content').innerText.trim())"
    tab.wait_for_function(done, timeout=seconds * 1000)
    tab.wait_for_selector(_IDLE, timeout=60_000)
    tab.wait_for_timeout(1500)  # pictures load, formulas would be set


def outputs(tab) -> list[str]:
    "The text of each output, as a reader sees it."
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    return tab.evaluate("[...document.querySelectorAll('.jp-OutputArea-output')].map(e => e.innerText)")


def formulas(tab) -> int:
    "How many formulas were set."
    return tab.evaluate("document.querySelectorAll('mjx-container, .MathJax').length")


def videos(tab) -> list[dict]:
    "Each film: where it comes from, and whether it can be played."
    ready = "[...document.querySelectorAll('video')].every(v => v.readyState >= 2 || v.error)"
    with contextlib.suppress(Exception):  # what never loads is told by the list
        tab.wait_for_function(ready, timeout=15_000)
    return tab.evaluate("[...document.querySelectorAll('video')].map(v => ({src: v.currentSrc.slice(0, 200), ready: v.readyState, seconds: v.duration}))")


def notebook(path: Path, *cells: str) -> Path:
    "A notebook of code cells."
    code = [{"cell_type": "code", "id": f"c{n}", "metadata": {}, "execution_count": None, "outputs": [], "source": c} for n, c in enumerate(cells)]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": code, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    return path
