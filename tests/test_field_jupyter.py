"Notebooks as people run them, not in JupyterLab: what they show leads to the film, and wrong parameters are one line."

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

FIELD = Path(__file__).parent / "field/30-own-notebook"
ENV = {k: v for k, v in os.environ.items() if k not in ("VIRALFORGE_STORE", "JPY_SESSION_NAME", "JPY_PARENT_PID")}


def executed(notebook: Path, *, out: Path | None = None) -> Path:
    "Executed as `jupyter nbconvert --execute` does, in its own folder."
    import nbclient
    import nbformat

    nb = nbformat.read(notebook, as_version=4)
    old = dict(os.environ)
    os.environ.clear()
    os.environ.update(ENV)
    try:
        nbclient.NotebookClient(nb, timeout=240, kernel_name="python3", resources={"metadata": {"path": str(notebook.parent)}}).execute()
    finally:
        os.environ.clear()
        os.environ.update(old)
    nbformat.write(nb, out or notebook)
    return out or notebook


def films(notebook: Path) -> list[str]:
    "Where the films of a notebook's outputs come from."
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    shown = ["".join(o["data"]["text/html"]) for c in cells for o in c.get("outputs", []) if "text/html" in o.get("data", {})]
    return [src for text in shown for src in re.findall(r'<video[^>]* src="([^"]+)"', text)]


def plays(src: str, folder: Path) -> bool:
    "Whether an address of a notebook in `folder` leads to a film."
    data = base64.b64decode(src.partition("base64,")[2]) if src.startswith("data:video/mp4") else (folder / unquote(src)).read_bytes()
    return data[4:8] == b"ftyp" and len(data) > 10_000


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("own notebook")
    for name in ("brief.md", "film.ipynb"):
        shutil.copyfile(FIELD / name, folder / name)
    return executed(folder / "film.ipynb")


def test_a_film_in_a_notebook_of_ones_own_leads_to_a_file_that_is_there(own):
    (src,) = films(own)
    assert plays(src, own.parent)
    assert own.stat().st_size < 6_000_000, "a page that can be opened"


def test_the_exported_page_of_a_notebook_of_ones_own_plays_it_too(own, tmp_path):
    subprocess.run([sys.executable, "-m", "nbconvert", "--to", "html", str(own), "--output-dir", str(tmp_path)], env=ENV, check=True, capture_output=True)
    (src,) = re.findall(r'<video[^>]* src="([^"]+)"', (tmp_path / "film.html").read_text(encoding="utf-8"))
    assert plays(src, tmp_path)


def papermill(own: Path, notebook: Path, *given: str) -> tuple[subprocess.CompletedProcess, Path]:
    out = own.parent / "elsewhere" / "executed.ipynb"
    out.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", "-k", "python3", str(notebook), str(out), *given]
    return subprocess.run(command, cwd=own.parent, env=ENV, capture_output=True, text=True), out


def test_papermill_itself_may_run_the_run_notebook(own, root):
    done, out = papermill(own, root / "papermill_runs/make_video.ipynb", "-p", "brief", "brief.md")
    assert done.returncode == 0, done.stderr[-2000:]
    (src,) = films(out)
    assert plays(src, out.parent)


@pytest.mark.parametrize(
    "given, told",
    [
        (("-p", "title", "007"), "title was read as 7, and it is a text"),
        (("-p", "style", "True"), "style was read as True, and it is a text"),
        (("-p", "voice", "1e3"), "voice was read as 1000.0, and it is a text"),
        (("-p", "secnods", "20"), "no parameter is called 'secnods'. Mend: did you mean seconds?"),
    ],
)
def test_what_papermill_reads_as_a_number_is_refused_and_not_changed(own, root, given, told):
    done, out = papermill(own, root / "papermill_runs/make_video.ipynb", "-p", "brief", "brief.md", *given)
    text = " ".join((done.stderr + done.stdout).split())
    assert done.returncode and told in text, text[-800:]
    assert not films(out)


def test_a_notebook_without_the_tag_says_so(own, root, tmp_path):
    nb = json.loads((root / "papermill_runs/make_video.ipynb").read_text(encoding="utf-8"))
    for c in nb["cells"]:
        c["metadata"] = {}
    bare = tmp_path / "bare.ipynb"
    bare.write_text(json.dumps(nb))
    done, _ = papermill(own, bare, "-p", "brief", "brief.md")
    assert done.returncode and "no cell is tagged 'parameters'" in done.stderr + done.stdout
