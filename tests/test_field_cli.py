"What met the command line of its first users: settings in another encoding, a folder that is gone, a foreign kernel, odd consoles and paths."

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

FIELD = Path(__file__).resolve().parent / "field"
TALK = "An octopus has three hearts. Two of them pump blood through the gills."


def command(*words, cwd, env=None, input=None, **more):
    "The command as a process of its own; the store is the current folder's."
    clean = {k: v for k, v in os.environ.items() if k != "VIRALFORGE_STORE"} | {"OMP_NUM_THREADS": "1"} | (env or {})
    clean = {k: v for k, v in clean.items() if v is not None}
    return subprocess.run([sys.executable, "-m", "viralforge", *map(str, words)], cwd=cwd, env=clean, input=input,
                          **({"capture_output": True, "text": True} | more))  # fmt: skip


def one_line(p, status, *names):
    "An error as a person should meet it."
    said = p.stderr.strip()
    assert p.returncode == status and len(said.splitlines()) == 1 and said.startswith("error: ") and "Traceback" not in said, (p.returncode, said)
    assert all(n in said for n in names), said


# ---- 01: settings in another encoding

QUICK = [("runs",), ("doctor",), ("styles",), ("make", "octopus", "--seconds", "400")]


@pytest.mark.parametrize("words", QUICK, ids=lambda w: w[0])
@pytest.mark.parametrize("name", ["env-cp1252", "env-null"])
def test_settings_that_cannot_be_decoded_are_one_line(tmp_path, name, words):
    shutil.copyfile(FIELD / "01-env-not-utf8" / name, tmp_path / ".env")
    one_line(command(*words, cwd=tmp_path), 2, ".env", "save it as UTF-8")


@pytest.mark.parametrize("words", QUICK[:3], ids=lambda w: w[0])
def test_settings_in_utf16_with_its_mark_are_read(tmp_path, words):
    shutil.copyfile(FIELD / "01-env-not-utf8/env-utf16", tmp_path / ".env")
    p = command(*words, cwd=tmp_path)
    assert p.returncode == 0 and not p.stderr, p.stderr


@pytest.mark.parametrize("raw", [b"\xff\xfeA\x00\x00", "A=\u2713".encode("utf-16-le"), "A=\u2713".encode("utf-32"), b"A=\x80\x81", b"\x00" * 40])
def test_bytes_that_are_no_text_are_one_line(tmp_path, raw):
    (tmp_path / ".env").write_bytes(raw)
    one_line(command("runs", cwd=tmp_path), 2, ".env", "save it as UTF-8")


def test_help_comes_whatever_the_settings_are(tmp_path):
    (tmp_path / ".env").write_bytes(b"\xff")
    for words in (("--help",), ("--version",), ("make", "-h"), ("completion", "bash")):
        assert command(*words, cwd=tmp_path).returncode == 0, words


def test_odd_settings_are_told_and_the_others_are_taken(tmp_path):
    (tmp_path / ".env").mkdir()  # somebody's Python
    assert command("runs", cwd=tmp_path).returncode == 0
    sub = tmp_path / "sub"
    sub.mkdir()
    (sub / ".env").write_text(f"this is no setting\nVIRALFORGE_STORE={tmp_path}/elsewhere\n")
    p = command("clean", "--json", cwd=sub)
    assert p.returncode == 0 and p.stderr.count("\n") == 1 and "line 1" in p.stderr and ".env" in p.stderr
    assert json.loads(p.stdout)["store"] == f"{tmp_path}/elsewhere"


# ---- 27, and what else is done with runs: one film serves them all


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    "A folder with one film in it, its path full of signs, made with a foreign kernel spec around and with no home."
    home = tmp_path_factory.mktemp("a {title} 100% ü?#'")
    shutil.copyfile(FIELD / "27-runs-gone/brief.md", home / "b {0} %s é.md")
    (home / "sub").mkdir()
    env = {"JUPYTER_PATH": str(FIELD / "29-kernelspec/share"), "HOME": None, "TERM": "dumb", "PYTHONIOENCODING": "ascii"}
    p = command("make", "../b {0} %s é.md", "--seconds=12", "--music", "none", "--out", "../papermill_runs/out", cwd=home / "sub", env=env)
    assert p.returncode == 0 and "Traceback" not in p.stderr, p.stderr
    assert "notice    The notes carry" in p.stdout and not list((home / "sub").iterdir())
    (folder,) = (home / "papermill_runs/out").glob("2*")
    return home, folder


def test_a_film_is_made_beside_a_broken_kernel_spec_and_in_a_path_of_signs(film):
    home, folder = film
    assert (folder / "film.mp4").stat().st_size > 10_000 and (folder / "make_video.html").exists()
    assert (home / "papermill_runs/out/.store/ledger.db").exists() and len(list(home.iterdir())) == 3, list(home.iterdir())


def test_open_prints_the_page_and_opens_it_where_it_can(film, tmp_path):
    home, folder = film
    page = str(folder / "make_video.html")
    assert command("open", "--print", cwd=home).stdout.strip() == command("open", folder.name[:12], cwd=home, env={"DISPLAY": None}).stdout.strip() == page
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{tmp_path}/opened"\n')
    browser.chmod(0o755)
    assert command("open", folder.name, cwd=home, env={"BROWSER": f"{browser} %s"}).stdout.strip() == page
    end = time.monotonic() + 10
    while not (tmp_path / "opened").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert (tmp_path / "opened").read_text().strip() == Path(page).as_uri()
    one_line(command("open", folder.name[:-1] + "zz", cwd=home), 2, "did you mean", folder.name)


def test_clean_leaves_what_a_film_needs_and_frees_the_rest(film, tmp_path):
    home, folder = film
    shutil.copytree(home / "papermill_runs", tmp_path / "papermill_runs")
    store = tmp_path / "papermill_runs/out/.store"
    stray = store / "objects/ab" / ("c" * 30 + ".png")
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x" * 4000)
    (store / "tmp/left").mkdir(parents=True)
    before = {p for p in store.rglob("objects/*/*")}
    p = command("clean", cwd=tmp_path)
    assert p.returncode == 0 and "unused" in p.stdout and "clean --yes" in p.stdout and stray.exists(), p.stdout
    assert stray.exists() and command("clean", "--yes", "--older-than", 2, cwd=tmp_path).returncode == 0 and stray.exists()
    said = json.loads(command("clean", "--yes", "--json", cwd=tmp_path).stdout)
    assert said["unused"] >= 4000 and {r["what"]: r["count"] for r in said["rows"] if not r["kept"]} == {"unused": 1, "left behind": 1, "gone": 0}
    assert {p for p in store.rglob("objects/*/*")} == before - {stray} and not list((store / "tmp").iterdir())


def test_a_run_whose_folder_is_gone_is_listed_so_and_leaves_by_clean(film, tmp_path):
    home, folder = film
    copy = tmp_path / "papermill_runs/out"
    shutil.copytree(home / "papermill_runs/out/.store", copy / ".store")
    hidden = home / "papermill_runs/hidden"
    folder.rename(hidden)
    try:
        (row,) = [line for line in command("runs", cwd=home).stdout.splitlines() if folder.name in line]
        assert "gone" in row and [r["gone"] for r in json.loads(command("runs", "--json", cwd=home).stdout)] == [True]
        one_line(command("open", cwd=home), 2, "gone", folder.name)
        one_line(command("open", folder.name, cwd=home), 2, "gone", folder.name)
        assert "freed" in command("clean", "--yes", cwd=tmp_path).stdout
        assert not list(copy.rglob("objects/*/*")) and "no runs" in command("runs", cwd=tmp_path).stdout
    finally:
        hidden.rename(folder)
    assert "gone" not in command("runs", cwd=home).stdout


def test_a_ledger_that_is_no_ledger_is_one_line(tmp_path):
    store = tmp_path / "papermill_runs/out/.store"
    store.mkdir(parents=True)
    (store / "ledger.db").write_bytes(b"this is no database at all" * 50)
    for words in (("runs",), ("clean",), ("open",)):
        one_line(command(*words, cwd=tmp_path), 2, ".store", "ledger")
    for wrong in ("nonsense", "postgresql+no_such_driver://me:secret-word@127.0.0.1:1/x"):
        p = command("runs", cwd=tmp_path, env={"VIRALFORGE_DB": wrong})
        one_line(p, 2, "VIRALFORGE_DB")
        assert "secret-word" not in p.stderr


# ---- 29: kernels


def test_a_kernel_that_cannot_be_started_is_named_when_it_is_asked_for(tmp_path):
    env = {"JUPYTER_PATH": str(FIELD / "29-kernelspec/share")}
    brief = FIELD / "29-kernelspec/brief.md"
    one_line(command("make", brief, "--kernel", "python3", cwd=tmp_path, env=env), 2, "python3", "/no/such/venv/bin/python")
    one_line(command("make", brief, "--kernel", "pyton3", cwd=tmp_path), 2, "pyton3", "did you mean python3", "there are")
    assert not list(tmp_path.iterdir()), "nothing is written for a kernel that is not there"


def test_a_notebook_runs_in_this_python_whatever_kernel_it_names(tmp_path, monkeypatch):
    from viralforge.runs import execute

    cells = [{"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "n: int = 1  # any", "outputs": [], "execution_count": None},
             {"cell_type": "code", "metadata": {}, "source": "import os, sys; print(sys.executable, n, os.environ.get('MARK'))", "outputs": [], "execution_count": None}]  # fmt: skip
    page = tmp_path / "page {n}.ipynb"

    def ran(spec, **how):
        page.write_text(json.dumps({"cells": cells, "metadata": {"kernelspec": spec} if spec else {}, "nbformat": 4, "nbformat_minor": 4}))
        done = json.loads(execute(page, {"n": 2}, tmp_path / "done {m}.ipynb", quiet=True, **how).read_text())
        return "".join("".join(o["text"]) for c in done["cells"] for o in c["outputs"])

    for spec in ({}, {"name": "julia-1.9", "language": "julia", "display_name": "Julia"}, {"name": "python3"}):
        assert ran(spec) == f"{sys.executable} 2 None\n", spec
    gpu = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "GPU", "language": "python", "env": {"MARK": "gpu"}}
    (tmp_path / "share/kernels/gpu").mkdir(parents=True)
    (tmp_path / "share/kernels/gpu/kernel.json").write_text(json.dumps(gpu))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    assert ran({}, kernel="gpu") == f"{sys.executable} 2 gpu\n"


# ---- consoles


def test_a_sign_that_the_console_cannot_print_is_replaced(film):
    home, _ = film
    for encoding in ("ascii", "cp1252", "cp437", "utf-16"):
        p = command("runs", cwd=home, env={"PYTHONIOENCODING": encoding}, text=False)
        assert p.returncode == 0 and not p.stderr, p.stderr
    assert b" s ? " in command("runs", cwd=home, env={"PYTHONIOENCODING": "ascii"}, text=False).stdout
    bare = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert command("runs", cwd=home, env=bare, text=False).returncode == 0
    one_line(command("make", "ÿ\u2713.md", cwd=home, env={"PYTHONIOENCODING": "ascii"}), 2, "?.md")


def test_a_reader_that_goes_away_and_an_output_that_is_full_are_no_traceback(film):
    home, _ = film
    shell = lambda line: subprocess.run(["bash", "-c", line.replace("viralforge", f"'{sys.executable}' -m viralforge")], cwd=home, capture_output=True, text=True,
                                        env={k: v for k, v in os.environ.items() if k != "VIRALFORGE_STORE"})  # fmt: skip
    for line in ("viralforge runs --json | true", "viralforge make -h | head -1", "viralforge providers | head -c 1", "viralforge runs >&-", "viralforge runs 2>&-"):
        p = shell(line)
        assert p.returncode == 0 and not p.stderr, (line, p.stderr)
    for line in ("viralforge runs > /dev/full", "viralforge -h > /dev/full"):
        one_line(shell(line), 2, "output", "No space left")
    assert shell("viralforge no-such 2>/dev/full").returncode == shell("viralforge no-such 2>&-").returncode == 2


def test_a_folder_that_was_deleted_under_the_command_is_one_line(tmp_path):
    gone = tmp_path / "gone"
    for words, status in ((("runs",), 2), (("make", "octopus"), 2), (("styles",), 2), (("-h",), 0), (("make", "-h"), 0)):
        gone.mkdir()
        line = f"rmdir '{gone}'; exec '{sys.executable}' -m viralforge {' '.join(words)}"
        p = subprocess.run(["bash", "-c", line], cwd=gone, capture_output=True, text=True)
        assert p.returncode == status and "Traceback" not in p.stderr, p.stderr
        assert status == 0 or "the current folder is gone" in p.stderr


def test_a_name_that_is_no_text_is_one_line(tmp_path):
    odd = os.fsdecode(b"o\xff")
    for words in (("make", odd + ".md"), ("runs", "--out", odd)):
        one_line(command(*words, cwd=tmp_path), 2, "no text", "UTF-8")
    assert not list(tmp_path.iterdir())


# ---- what nobody expected

CRASH = """
import sys
from viralforge import cli

def run(**_):
    raise KeyError("the answer with sk-very-secret in it")

cli.cli.commands["doctor"].callback = run
sys.exit(cli.main(["doctor"]))
"""


def test_a_fault_of_the_library_is_one_line_and_a_file_without_keys(tmp_path):
    env = {**os.environ, "TMPDIR": str(tmp_path), "VIRALFORGE_STORE": str(tmp_path / "none"), "SOME_API_KEY": "sk-very-secret"}
    p = subprocess.run([sys.executable, "-c", CRASH], cwd=tmp_path, capture_output=True, text=True, env=env)
    (log,) = tmp_path.glob("viralforge-error-*.txt")
    one_line(p, 70, "KeyError", str(log))
    kept = log.read_text()
    assert "Traceback" in kept and "in run" in kept and "SOME_API_KEY" in kept and "sk-very-secret" not in kept + p.stderr
    log.unlink()
    (tmp_path / "none").mkdir()  # a store that is there takes the file
    p = subprocess.run([sys.executable, "-c", CRASH], cwd=tmp_path, capture_output=True, text=True, env=env)
    one_line(p, 70, str(next((tmp_path / "none").glob("error-*.txt"))))


def test_ctrl_c_while_the_command_loads_is_no_traceback(tmp_path):
    code = "import os, signal, sys, threading; signal.signal(signal.SIGINT, signal.default_int_handler); " \
           "threading.Timer({}, os.kill, (os.getpid(), signal.SIGINT)).start(); sys.argv[1:] = ['doctor']; " \
           "from viralforge.__main__ import main; sys.exit(main())"  # fmt: skip
    for wait in (0.02, 0.1, 0.25, 0.5):
        p = subprocess.run([sys.executable, "-c", code.format(wait)], cwd=tmp_path, capture_output=True, text=True)
        assert p.returncode in (130, 0) and "Traceback" not in p.stderr, (wait, p.stderr)


def test_a_signal_that_ends_a_session_is_heard(tmp_path):
    p = subprocess.Popen([sys.executable, "-m", "viralforge", "make", "-"], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1.5)
    p.send_signal(signal.SIGHUP)
    _, err = p.communicate(timeout=20)
    assert p.returncode == 130 and err.count("\n") == 1 and "stopped" in err, err
