"In a real JupyterLab, and on the page: the film plays, and no value is garbled."

import contextlib
import importlib
import inspect
import os
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import viralforge

pytest.importorskip("jupyterlab", reason="the extra `lab` is not installed")
pytest.importorskip("playwright", reason="the extra `test` is not installed")
import lab

pytestmark = pytest.mark.skipif(not lab.CHROMIUM, reason="no Chromium on this machine: install the package chromium")

BRIEF = "---\ntitle: Jars for $5 or $6\nseconds: 5\nmusic: none\nsources: [https://example.org/honey]\n---\nHoney costs $5 or $6 a jar.\n"
TITLE = "Jars *for* $5 or $6 | <b>now</b> `x` a_b_c ~~no~~ [y](z) &amp; #1"
VALUES = f"""
from viralforge.types import *
from viralforge.conformance import Check, Conformance
from viralforge.costs import Bill, Charge
from viralforge.plan import Plan, PlanRow
from viralforge.quality import QualityReport, QualityRow
from IPython.display import display

title = {TITLE!r}
lines = tuple(Line(id=f"l{{n}}", role="beat", text=title, source=f"from {{n}}: {{title}}") for n in range(2))
sound = Artefact(digest="0" * 32, suffix=".wav", size=1)
speech = tuple(Speech(line=x, audio=sound, rate=24000, seconds=1.0, words=()) for x in lines)
charge = dict(stage="footage", of="shot $1", provider="video:vendor", state="done", local=False, seconds=1.0, attempts=1)
display(
    Brief(title=title, notes=f"{{title}}\\n- {{title}}\\n1. {{title}}\\n    {{title}}", notices=(title,)),
    Script(title=title, lines=lines, notices=(title,)),
    Voiceover(lines=speech, starts=(0, 30), frames=60),
    Bill(charges=(Charge(**charge, estimate=1.5, cost=0.5, why=title), Charge(**charge, estimate=2.5, cost=2.0, why="")), cap=9.0),
    Plan(rows=(PlanRow(stage="footage", by=title, to_do=1, seconds=1.0, high=0.25, note=title),), stops=(title,), ends=title, notes=(title,)),
    QualityReport(rows=(), remark=title),
    Conformance(back_end="voice:hum", package=title, checks=(Check(name=title, state="fail", why=title, mend=title),)),
)
"""
HAND = """
from pathlib import Path
from viralforge import Draft, open_film
d = Draft("../brief.md")
film = d.make(out={out!r})
film
"""
REST = """
from viralforge.film import probe
from viralforge.looks import platform
from IPython.display import display
display(d, d.film, d.timeline, d.frame(1.0), film.record, film.credits, film.bill, film.quality, probe(film.video), platform("tiktok"))
film.quality, film.bill, film, d
"""


@pytest.fixture(scope="module")
def work(tmp_path_factory) -> Path:
    "A workspace with a film made by the command."
    root = tmp_path_factory.mktemp("my shorts")
    (root / "brief.md").write_text(BRIEF)
    env = {k: v for k, v in os.environ.items() if k != "VIRALFORGE_STORE"}
    subprocess.run([sys.executable, "-m", "viralforge", "make", "brief.md", "--quiet"], cwd=root, env=env, check=True)
    return root


@pytest.fixture(scope="module")
def address(work):
    with lab.server(work) as url:
        yield url


def folder_of(work: Path) -> Path:
    return next(p.parent for p in work.glob("papermill_runs/out/*/make_video.ipynb"))


def shown_classes() -> set[str]:
    "Every value of the library that shows itself in a cell."
    rooms = (importlib.import_module(m.name) for m in pkgutil.walk_packages(viralforge.__path__, "viralforge.") if not re.search(r"\.(_modidx|__main__|data\b.*)$", m.name))
    own = (c for room in rooms for c in vars(room).values() if inspect.isclass(c) and c.__module__ == room.__name__)
    return {c.__name__ for c in own if hasattr(c, "_repr_html_") or hasattr(c, "_repr_markdown_")}


def test_no_value_is_garbled_in_lab(work, address):
    out = "../papermill_runs/out"
    lab.notebook(work / "notes/values.ipynb", VALUES, HAND.format(out=out), REST)
    tested = {name for name in shown_classes() if f"{name}(" in VALUES} | set("Draft Render Timeline Shown RunRecord Credits Film Probe Platform".split())
    assert shown_classes() <= tested, "a value that shows itself is not shown in this test"
    with lab.page() as tab:
        lab.open_notebook(tab, address, "notes/values.ipynb")
        lab.run_all(tab)
        said = [" ".join(t.split()) for t in lab.outputs(tab)]
        assert lab.formulas(tab) == 0 and not any("Error" in t for t in said), said
    brief, script, voiceover, bill, plan, quality, conformance = said[:7]
    for text, times in ((brief, 6), (script, 6), (voiceover, 2), (bill, 1), (plan, 5), (quality, 1), (conformance, 3)):
        assert text.count(TITLE) == times, text
    assert "$2.50 of $9.00 allowed" in bill and "$0.25" in plan
    assert "QualityReport(" in said[-1] and "checks passed" in said[-1] and "object at 0x" not in said[-1]


@pytest.mark.parametrize("out", [None, "../films", "../.hidden", "OUTSIDE"])
def test_a_film_made_by_hand_plays_wherever_it_lies(work, address, tmp_path, out):
    "Below the notebook, beside it, in a folder that Lab does not serve, and outside of the served folder."
    name = f"hand-{(out or 'below').strip('./').lower()}.ipynb"
    lab.notebook(work / "my notes" / name, HAND.format(out=str(tmp_path) if out == "OUTSIDE" else out))
    with lab.page() as tab:
        lab.open_notebook(tab, address, f"my%20notes/{name}")
        lab.run_all(tab)
        (film,) = lab.videos(tab)
        assert film["ready"] >= 2 and film["seconds"] == pytest.approx(7, abs=2), (film, lab.outputs(tab))
        assert film["src"].startswith("http" if out in (None, "../films") else "data:video/mp4")
        assert not tab.failed
        assert "write_page(film)" in lab.outputs(tab)[-1], "says how it gets its page"


def test_the_executed_notebook_plays_its_film_also_when_the_run_was_moved(work, address):
    moved = work / "kept films" / "bees"
    shutil.copytree(folder_of(work), moved)
    for place in (folder_of(work), moved):
        with lab.page() as tab:
            lab.open_notebook(tab, address, str((place / "make_video.ipynb").relative_to(work)).replace(" ", "%20"))
            (film,) = lab.videos(tab)
            assert film["ready"] >= 2 and "make_video" not in film["src"] and not tab.failed
            assert lab.formulas(tab) == 0


def test_shift_tab_and_completion_show_what_a_draft_can_do(work, address):
    lab.notebook(work / "help.ipynb", "from viralforge import Draft\nd = Draft('brief.md')\nDraft?", "d.edit?", "d.set?", "")
    with lab.page() as tab:
        lab.open_notebook(tab, address, "help.ipynb")
        lab.run_all(tab)
        draft, edit, knobs = lab.outputs(tab)[-3:]
        assert "edit(line, text)" in draft and "make(budget" in draft and "brief" in draft
        assert "line" in edit and "text" in edit and "keeps its id" in edit
        assert "style='paper'" in knobs
        last = tab.locator(".jp-CodeCell .cm-content").last
        last.click()
        tab.keyboard.press("Control+End")
        tab.keyboard.type("d.")
        for _ in range(10):  # the first answer may come after Lab has stopped waiting for it
            tab.keyboard.press("Tab")
            with contextlib.suppress(Exception):
                tab.wait_for_selector(".jp-Completer-item", timeout=3_000)
                break
        offered = {e.strip() for e in tab.locator(".jp-Completer-match").all_inner_texts()}
        assert {"script", "edit", "frame", "make"} <= offered, offered
        tab.keyboard.press("Escape")
        tab.keyboard.type("frame(")
        tab.keyboard.press("Shift+Tab")
        tab.wait_for_selector(".jp-Tooltip", timeout=30_000)
        assert "A still of the film as it would be" in tab.inner_text(".jp-Tooltip")


def test_the_page_shows_the_film_first_and_fits_a_telephone(work):
    page = folder_of(work) / "make_video.html"
    assert str(work) not in page.read_text(encoding="utf-8"), "a path of this machine"
    with lab.page(390, 800) as tab:
        tab.goto(page.as_uri())
        (film,) = lab.videos(tab)
        assert tab.title() == "Jars for $5 or $6" == tab.inner_text("h1").strip("¶ ")
        assert film["ready"] >= 2 and not tab.asked
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        top = lambda what: tab.evaluate("e => e.getBoundingClientRect().top", tab.query_selector(what))
        order = [top("video"), *(top(f"h2:has-text('{h}')") for h in ("Quality", "Cost", "Sources and credits", "Script", "Storyboard", "Record"))]
        assert order == sorted(order)
        assert "https://example.org/honey" in tab.inner_text("pre:has-text('Sources:')")
        cells = tab.query_selector_all(".quality td:nth-child(5)")
        assert min(tab.evaluate("e => e.getBoundingClientRect().width", c) for c in cells) > 200, "what was found can be read"
        assert tab.evaluate("document.querySelector('video').getBoundingClientRect().right") <= 390
        figures = tab.query_selector_all(".jp-RenderedImage img")
        assert len(figures) == 3 and all(tab.evaluate("e => e.getBoundingClientRect().width", f) >= 700 for f in figures), "scrolled, not shrunk"


def test_a_film_made_by_hand_gets_its_notebook_and_page(work):
    code = "from viralforge import open_film, write_page; import sys; print(write_page(open_film(sys.argv[1])))"
    made = folder_of(work)
    bare = work / "papermill_runs/out/by-hand"
    shutil.copytree(made, bare, ignore=shutil.ignore_patterns("*.ipynb", "*.html"))
    env = {k: v for k, v in os.environ.items() if k != "VIRALFORGE_STORE"}
    subprocess.run([sys.executable, "-c", code, str(bare)], cwd=work, env=env, check=True, timeout=120)
    with lab.page(800, 800) as tab:
        tab.goto((bare / "show_film.html").as_uri())
        assert lab.videos(tab)[0]["ready"] >= 2 and "Storyboard" in tab.inner_text("body")
