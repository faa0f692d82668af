"The rules of the house: floors, doors, pages, clean notebooks."

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "nbs").glob("[0-9]*.ipynb"))
RUNS = sorted((ROOT / "papermill_runs").glob("*.ipynb"))
HEAVY = {"torch", "openai", "anthropic", "langchain", "fastapi", "numpy", "cv2", "av", "onnxruntime", "matplotlib", "pandas",
         "scipy", "papermill", "sqlalchemy", "pydantic", "hibari", "PIL"}  # fmt: skip


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def source(cell):
    return "".join(cell["source"])


def exported(path):
    return [source(c) for c in cells(path) if c["cell_type"] == "code" and re.match(r"#\| ?exporti?\b", source(c))]


def module(path):
    "The module's name, from the page's default_exp."
    text = "\n".join(source(c) for c in cells(path))
    return re.search(r"#\| ?default_exp (\S+)", text)[1]


ADDRESS = {module(p): p.name.split("_")[0] for p in PAGES}  # module -> "04a"


def imports(path):
    "Modules of viralforge that a page's exported cells import, also inside functions."
    found = set()
    for text in exported(path):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and re.match(r"viralforge\b", node.module or ""):
                whole = [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
                found |= {m for name in whole if (m := name.partition(".")[2]) in ADDRESS}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_a_page_is_named_as_its_module(page):
    "So that the folder shows the house: 11_backends.writers.ipynb is viralforge/backends/writers.py."
    name = module(page)
    assert page.stem == f"{page.name.split('_')[0]}_{name}"
    wing = {"text", "scenes"} if page.name.startswith("09") and page.name[2] != "_" else {"backends"} if floor(page.name[:2]) == "door" else {""}
    assert name.rpartition(".")[0] in wing, "doors lie in the sub-package backends, 09a to 09z in text and scenes, the others in none"
    assert (ROOT / "viralforge" / f"{name.replace('.', '/')}.py").exists()


def test_a_module_of_a_sub_package_is_seen_among_imports(tmp_path):
    code = "#| export\nfrom viralforge.backends.voices import Hibari\nfrom viralforge.backends import music\nfrom viralforge import core"
    (page := tmp_path / "30_x.ipynb").write_text(json.dumps({"cells": [{"cell_type": "code", "source": code}]}))
    assert imports(page) == {"backends.voices", "backends.music", "core"}


def floor(address):
    n = int(address[:2])
    return "ground" if n < 10 else "ports" if n == 10 else "door" if n < 20 else "stage" if n < 30 else "stair" if n < 40 else "face"


MAY = {
    "ground": {"ground"},
    "ports": {"ground", "ports"},
    "door": {"ground", "ports"},
    "stage": {"ground", "ports", "stage"},
    "stair": {"ground", "ports", "stage", "stair"},
    "face": {"ground", "ports", "stair", "face"},
}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_imports_go_down_and_through_the_right_doors(page):
    own = page.name.split("_")[0]
    for m in imports(page):
        assert ADDRESS[m] < own, f"{page.name} imports {m}, which stands at {ADDRESS[m]}"
        assert floor(ADDRESS[m]) in MAY[floor(own)], f"{page.name} ({floor(own)}) may not import {m} ({floor(ADDRESS[m])})"


@pytest.mark.parametrize("page", [*PAGES, ROOT / "nbs/index.ipynb"], ids=lambda p: p.stem)
def test_page_has_title_subtitle_and_modest_size(page):
    first = source(cells(page)[0])
    assert re.match(r"# \S.*\n+> \S", first), f"{page.name}: the first cell is not a title and a subtitle"
    assert page.stat().st_size < 400 * 1024
    assert "import *" not in "\n".join(source(c) for c in cells(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_export_cells_are_small(page):
    long = [(len(t.splitlines()), t.splitlines()[1]) for t in exported(page) if len(t.splitlines()) > 51]
    assert not long, f"{page.name}: cells that want to be split: {long}"


def test_the_network_guard_keeps_loopback_and_nothing_else():
    code = """
import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
socket.create_connection(s.getsockname(), 5)
try:
    socket.create_connection(("192.0.2.1", 80), 0.2)
except OSError as e:
    print(e)
"""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "tests/offline")}
    said = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
    assert "network is off" in said


def public_functions(path):
    for text in exported(path):
        lines = text.splitlines()
        for node in ast.parse(text).body:
            typed = isinstance(node, ast.FunctionDef) and any(ast.unparse(d) == "overload" for d in node.decorator_list)
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not typed:
                yield node, lines
            protocol = isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(b) for b in node.bases)
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not protocol:
                for f in node.body:
                    if isinstance(f, ast.FunctionDef) and (f.name == "__init__" or not f.name.startswith("_")):
                        yield f, lines


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_public_functions_are_documented_parameter_by_parameter(page):
    missing = []
    for f, lines in public_functions(page):
        if f.name != "__init__" and not ast.get_docstring(f):
            missing.append(f"{f.name}: no docstring")
        for a in [*f.args.posonlyargs, *f.args.args, *f.args.kwonlyargs]:
            if a.arg not in ("self", "cls") and "#" not in lines[a.end_lineno - 1] and "#" not in lines[a.lineno - 1]:
                missing.append(f"{f.name}({a.arg}): no comment")
            if a.arg not in ("self", "cls") and a.annotation is None:
                missing.append(f"{f.name}({a.arg}): no type")
        own = [n for n in ast.walk(f) if isinstance(n, ast.Raise) and n.exc is not None]
        if own and "Raises:" not in (ast.get_docstring(f) or ""):
            missing.append(f"{f.name}: raises, but says nothing of it")
    assert not missing, f"{page.name}: {missing}"


@pytest.mark.parametrize("page", RUNS, ids=lambda p: p.stem)
def test_run_notebooks_only_call_the_library(page):
    code = [c for c in cells(page) if c["cell_type"] == "code"]
    assert len([c for c in code if "parameters" in c["metadata"].get("tags", [])]) == 1
    assert len(code) <= 12
    for c in code:
        for node in ast.walk(ast.parse(source(c))):
            assert not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda), f"{page.name} defines something"


@pytest.mark.parametrize("name", sorted(ADDRESS))
def test_module_imports_alone(name):
    subprocess.run([sys.executable, "-c", f"import viralforge.{name}"], check=True, capture_output=True, timeout=60)


def test_import_is_light():
    code = "import sys, time; t = time.perf_counter(); import viralforge; t = time.perf_counter() - t; print(t, *sys.modules)"
    took, *names = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    print(f"import viralforge: {float(took) * 1000:.1f} ms")
    assert not HEAVY & {n.split(".")[0] for n in names}


@pytest.mark.parametrize("name", sorted(ADDRESS))
def test_no_module_loads_torch_or_an_sdk(name):
    code = f"import sys, viralforge.{name}; print(*sys.modules)"
    names = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"torch", "openai", "elevenlabs", "anthropic", "langchain", "fastapi", "jupyterlab", "celery"} & {n.split(".")[0] for n in names}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    "The tracked files in a folder of their own, so that a check never changes the checkout."
    target = tmp_path_factory.mktemp("copy")
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True).stdout.split("\0")
    for f in filter(None, files):
        if (ROOT / f).is_file():
            (target / f).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / f, target / f)
    subprocess.run(["git", "init", "-q"], cwd=target, check=True)
    return target


def tool(name):
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        pytest.skip(f"{name} is not installed: pip install -e '.[dev]'")
    return str(path)


def test_notebooks_are_clean(copy):
    for folder in ("nbs", "papermill_runs"):
        before = {p: p.read_bytes() for p in (copy / folder).glob("*.ipynb")}
        for p in before:
            subprocess.run([tool("nbdev-clean"), "--fname", str(p)], cwd=copy, check=True, capture_output=True)
        changed = [p.name for p, old in before.items() if p.read_bytes() != old]
        assert not changed, f"run nbdev-clean: {changed}"


def test_export_leaves_no_difference(copy):
    before = {p: p.read_text() for p in (copy / "viralforge").rglob("*.py")}
    subprocess.run([tool("nbdev-export")], cwd=copy, check=True, capture_output=True)
    after = {p: p.read_text() for p in (copy / "viralforge").rglob("*.py")}
    changed = [p.name for p in {*before, *after} if before.get(p) != after.get(p)]
    assert not changed, f"run nbdev-export: {changed}"


def test_readme_is_made_from_the_index(tmp_path):
    made = tmp_path / "README.md"
    subprocess.run([sys.executable, str(ROOT / ".ci/readme.py"), str(made)], check=True, capture_output=True)
    assert made.read_text() == (ROOT / "README.md").read_text(), "run: python .ci/readme.py README.md"


def test_a_page_runs_in_seconds():
    "The whole book is run by nbdev-test; here only that no page hides an unexecuted cell without a reason."
    started = time.monotonic()
    for page in PAGES:
        hidden = [source(c) for c in cells(page) if re.search(r"#\| ?eval: ?false", source(c))]
        assert len(hidden) <= 2, page.name
    assert time.monotonic() - started < 30


def test_each_page_has_an_address_of_its_own():
    addresses = [p.name.split("_")[0] for p in PAGES]
    assert len(set(addresses)) == len(addresses), [a for a in addresses if addresses.count(a) > 1]
    assert all(re.fullmatch(r"\d\d[a-z]?", a) for a in addresses)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "nbs/index.ipynb"], ids=lambda p: p.stem)
def test_links_to_other_pages_lead_somewhere(page):
    text = "\n".join(source(c) for c in cells(page) if c["cell_type"] == "markdown")
    gone = [name for name in re.findall(r"\]\((?:\./)?([\w.]+\.ipynb)", text) if not (page.parent / name).exists()]
    assert not gone
