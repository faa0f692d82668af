"What is cleared, and what never is."

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from viralforge.calls import Spec, Work
from viralforge.core import BadInput, to_json
from viralforge.store import Store, open_run
from viralforge.types import Usage
from viralforge.upkeep import clear, room


def kept(store):
    return sorted(p.read_text() for p in (store.root / "objects").rglob("*") if p.is_file())


def write(request, folder):
    (folder / "it").write_text(request["text"])
    return {"files": {"it": "it"}, "usage": {"second": 1}}


def made(run, *texts, local=True):
    "Steps that keep a file each, and a folder as a film leaves it."
    for text in texts:
        work = Work("page", "1", write)
        if not local:
            work.spec, work.estimate = Spec(name="video:paid", kind="video", version="1", local=False, price="none"), lambda request: Usage(units={"second": 1})
        run.step("page", work, {"text": text})
    run.folder.mkdir(parents=True, exist_ok=True)
    (run.folder / "film.mp4").write_text("a film")
    run.finish()


def test_what_was_paid_for_is_never_cleared(tmp_path):
    store = Store(tmp_path / ".store")
    run = open_run(store, "One", {"n": 1})
    made(run, "bought", local=False)
    made(run, "own")
    for p in run.folder.iterdir():
        p.unlink()
    run.folder.rmdir()
    clear(store)
    assert kept(store) == ["bought"]


def test_what_a_run_s_record_or_timeline_names_is_kept_though_no_step_gave_it(tmp_path):
    store = Store(tmp_path / ".store")
    brought, other = store.put(b"a picture of one's own", ".png"), store.put(b"another", ".png")
    run = open_run(store, "One", {"n": 1})
    made(run)
    (run.folder / "timeline.json").write_text(to_json({"image": {"digest": brought.digest}}, indent=1))
    clear(store)
    assert store.has(brought) and not store.has(other)


def test_an_unfinished_run_keeps_its_steps(tmp_path):
    store = Store(tmp_path / ".store")
    run = open_run(store, "One", {"n": 1})
    made(run, "half")
    run.finish("interrupted")
    clear(store)
    assert kept(store) == ["half"]


def test_a_file_with_two_names_counts_once(tmp_path):
    store = Store(tmp_path / ".store")
    run = open_run(store, "One", {"n": 1})
    made(run, "x" * 1000)
    (linked,) = [p for p in (store.root / "objects").rglob("*") if p.is_file()]
    os.link(linked, run.folder / "linked")
    assert sum(r.size for r in room(store)) == 1000 + len("a film")


def test_age_counts_for_what_is_unused_only(tmp_path):
    store = Store(tmp_path / ".store")
    old, young = store.put(b"old", ".txt"), store.put(b"young", ".txt")
    os.utime(store.path(old), (time.time() - 10 * 86400,) * 2)
    clear(store, days=5)
    assert not store.has(old) and store.has(young)
    for days in (-1, float("nan")):
        with pytest.raises(BadInput, match="days"):
            clear(store, days)


def test_nothing_is_cleared_while_another_process_is_at_work(tmp_path):
    store = Store(tmp_path / ".store")
    unused = store.put(b"unused", ".txt")
    code = f"import time; from viralforge.store import Store, open_run; run = open_run(Store({str(store.root)!r}), 'x', {{}}); print('on', flush=True); time.sleep(60)"
    p = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert p.stdout.readline() == "on\n"
        with pytest.raises(BadInput, match=f"at work here .process {p.pid}."):
            clear(store)
        assert store.has(unused) and len(room(store)) == 6
    finally:
        p.kill()
        p.communicate()
    clear(store)
    assert not store.has(unused)


def test_only_the_store_s_own_folders_are_touched(tmp_path):
    store = Store(tmp_path / ".store")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine.txt").write_text("mine")
    (store.root / "tmp").mkdir(exist_ok=True)
    (store.root / "tmp/link").symlink_to(outside)
    (store.root / "objects/link").symlink_to(outside)
    clear(store)
    assert (outside / "mine.txt").exists() and not Path(store.root / "tmp/link").is_symlink()
