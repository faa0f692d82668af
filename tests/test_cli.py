"The command line: what it takes, what it says, and how it ends."

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import click
import pytest
from test_field_cli import TALK, command, one_line

from viralforge import cli
from viralforge.core import BadInput, runs_dir
from viralforge.runs import keep_text, parameters

COMMANDS = ["make", "estimate", "voices", "new", "styles", "runs", "open", "providers", "doctor", "prices", "budget", "jobs", "store", "clean", "lab", "completion"]


# ---- help


def test_help_loads_nothing_heavy_and_comes_at_once(tmp_path):
    code = "import resource, sys; from viralforge.cli import main; main(['make', '--help']); " \
           "print(resource.getrusage(resource.RUSAGE_SELF).ru_utime, *sys.modules)"  # fmt: skip
    said = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    took, *names = said.splitlines()[-1].split()
    assert not {"numpy", "cv2", "av", "sqlalchemy", "papermill", "jupyter_client", "matplotlib", "PIL", "scipy", "onnxruntime", "yaml"} & {n.split(".")[0] for n in names}
    assert float(took) < 0.5


def test_help_tells_the_commands_their_options_and_the_exit_status(tmp_path):
    p = command("--help", cwd=tmp_path)
    assert p.returncode == 0 and not p.stderr and all(re.search(rf"^  {c} +\S.*\.$", p.stdout, re.M) for c in COMMANDS), p.stdout
    assert list(cli.cli.commands) == COMMANDS and all(f"\n    {n}  " in p.stdout for n in (0, 1, 2, 70, 130))
    with click.Context(cli.cli, info_name="viralforge") as top:
        for name, c in cli.cli.commands.items():
            with click.Context(c, parent=top, info_name=name) as ctx:
                text = c.get_help(ctx)
                assert "Raises" not in text and "\f" not in text and max(map(len, text.splitlines())) <= 100
                assert not any(o.help in (None, "") for o in c.get_params(ctx) if isinstance(o, click.Option)), name
    assert command("--version", cwd=tmp_path).stdout.startswith("viralforge ")
    bare = command(cwd=tmp_path)
    assert bare.returncode == 2 and "Commands:" in bare.stderr and not bare.stdout


def test_every_parameter_of_the_run_notebook_is_an_option(tmp_path, monkeypatch):
    options = lambda: {o.name: o for o in cli.make.get_params(click.Context(cli.make))}
    known = parameters(runs_dir() / "make_video.ipynb")
    assert set(known) - {"brief", "run_id"} <= set(options())
    (tmp_path / "briefs").mkdir()  # a workspace whose notebook takes something else
    cells = [{"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "brief: str = ''\nsound_level: float = 1.0  # of the music", "outputs": []}]
    (tmp_path / "make_video.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}}))
    monkeypatch.chdir(tmp_path)
    assert options()["sound_level"].opts == ["--sound-level"] and "style" not in options()


# ---- names nearly known


@pytest.mark.parametrize(
    "words, near",
    [
        ("maek octopus", "make"),
        ("make octopus --stlye paper", "--style"),
        ("make octopus --set stlye=paper", "style"),
        ("make octopus --style papr", "paper"),
        ("make octopus --platform tikok", "tiktok"),
        ("make octopus --voice hibri", "hibari"),
        ("make octopus --writer outlin", "outline"),
        ("make octopsu", "octopus"),
        ("styles emberr", "ember"),
    ],
)
def test_a_name_nearly_known_is_met_with_the_nearest(tmp_path, monkeypatch, capsys, words, near):
    monkeypatch.chdir(tmp_path)
    status, (out, err) = cli.main(words.split()), capsys.readouterr()
    assert status == 2 and not out and err.count("\n") == 1 and err.startswith("error: ") and "did you mean" in err and near in err, err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words, names",
    [
        ("make", []),
        ("make octopus --seconds 400", ["seconds", "180"]),
        ("make octopus --seconds", ["--seconds"]),
        ("make octopus --set seconds", ["--set", "="]),
        ("make octopus --set out=x", ["--out"]),
        ("make octopus --style paper --set style=ember", ["style", "twice"]),
        ("make - -", ["once"]),
        ("make https://example.com/brief.md", ["web"]),
        ("make octopus --allow everything", ["everything", "doubt"]),
        ("clean --older-than long", ["--older-than"]),
        ("runs --limit 0", ["--limit"]),
        ("open", ["no runs yet"]),
        ("completion tcsh", ["bash"]),
        ("lab no-such-folder", ["no-such-folder", "viralforge new"]),
    ],
)
def test_wrong_words_are_an_error_on_standard_error_and_write_nothing(tmp_path, monkeypatch, capsys, words, names):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VIRALFORGE_STORE")
    status, (out, err) = cli.main(words.split()), capsys.readouterr()
    assert status == 2 and not out and "Traceback" not in err and all(n in err for n in names), err
    assert not list(tmp_path.iterdir())


# ---- briefs


def test_the_words_of_old_still_hold(tmp_path):
    out = tmp_path / "results"
    p = command("make", "octopus", "--set", "seconds=8", "--set", "style=paper", "--review", "--out", out, "--new", "--allow", "doubt", "--quiet", cwd=tmp_path)
    assert p.returncode == 0 and next(out.glob("2*/script.md")).exists() and "results/2" in p.stdout, p.stderr


def test_of_several_briefs_one_that_fails_does_not_stop_the_others(tmp_path):
    for name, text in (("a", TALK), ("b", "---\nstyle: papr\n---\n" + TALK), ("c", "---\ntitle: Hearts\n---\n" + TALK)):
        (tmp_path / f"{name}.md").write_text(text)
    p = command("make", "a.md", "b.md", "no-such.md", "c.md", "--review", "--seconds", 8, cwd=tmp_path)
    assert p.returncode == 2 and len(list(tmp_path.glob("papermill_runs/out/2*/script.md"))) == 2, p.stderr
    assert [line.split(":")[0] for line in p.stderr.splitlines()] == ["error", "error"] and "paper" in p.stderr and "no-such.md" in p.stderr
    assert p.stdout.splitlines()[-1] == "2 of 4 scripts made; not made: b.md, no-such.md"
    both = command("make", "a.md", "c.md", "--review", "--seconds", 8, cwd=tmp_path)
    assert both.returncode == 0 and both.stdout.splitlines()[-1] == "2 of 2 scripts made"


def test_a_brief_comes_through_a_pipe(tmp_path):
    p = command("make", "-", "--review", "--seconds", 8, cwd=tmp_path, input=f"# Three hearts\n\n{TALK}\n")
    (row,) = json.loads(command("runs", "--json", cwd=tmp_path).stdout)
    assert p.returncode == 0 and row["title"] == "Three hearts" and row["state"] == "review", p.stderr
    one_line(command("make", "-", cwd=tmp_path, input=""), 2, "standard input", "empty")
    p = command("make", "-", cwd=tmp_path, input=b"\xe4\xf6", text=False)
    assert p.returncode == 2 and p.stderr.startswith(b"error: standard input: not UTF-8") and p.stderr.count(b"\n") == 1, p.stderr


def test_a_piped_brief_finds_what_lies_in_the_current_folder(tmp_path, monkeypatch):
    from PIL import Image

    from viralforge.briefs import read_brief

    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (320, 240), "teal").save("my pond.png")
    (tmp_path / "clips").mkdir()
    Image.new("RGB", (320, 240), "red").save("clips/heart.png")
    for shown in ("![a pond](<my pond.png>)", "![a pond](my%20pond.png)", "![a pond][p]\n\n[p]: <my pond.png>"):
        text = f"---\nmedia: clips\n---\n# Hearts\n\n{TALK}\n\n{shown}\n"
        here = read_brief(text)
        path, beside = keep_text(text, tmp_path / "store")
        monkeypatch.chdir("/")
        there = read_brief(path, **beside)
        monkeypatch.chdir(tmp_path)
        assert there.title == here.title == "Hearts" and [m.digest for m in there.materials] == [m.digest for m in here.materials] and len(there.materials) == 2
    path, beside = keep_text(TALK, tmp_path / "store")
    assert read_brief(path, **beside).title == read_brief(TALK).title
    with pytest.raises(BadInput, match="nowhere.png"):
        keep_text(f"# Hearts\n\n{TALK}\n\n![x](nowhere.png)\n", tmp_path / "store")


# ---- styles


def test_a_style_of_ones_own_is_listed_marked_and_taken(tmp_path):
    (tmp_path / "styles").mkdir()
    mine = tmp_path / "styles/mine.toml"
    mine.write_text(command("styles", "paper", cwd=tmp_path).stdout.replace('title = "Paper"', 'title = "Mine"'))
    (tmp_path / "styles/ember.toml").write_text('base = "ember"\nnote = "Embers of my own"\n[caption]\nsize = 80\n')
    rows = {r["name"]: r for r in json.loads(command("styles", "--json", cwd=tmp_path).stdout)}
    assert rows["mine"]["own"] and rows["mine"]["title"] == "Mine" and rows["ember"]["own"] and not rows["paper"]["own"] and not any(r["fault"] for r in rows.values())
    p = command("make", "octopus", "--style", "mine", "--seconds", 8, "--review", cwd=tmp_path)
    assert p.returncode == 0, p.stderr
    (tmp_path / "styles/bad.toml").write_text('base = "paper"\n[palette]\nink = "blakc"\n')
    table = command("styles", cwd=tmp_path)
    assert table.returncode == 0 and re.search(r"^mine +own: styles/mine.toml", table.stdout, re.M) and "'blakc'" in table.stdout
    one_line(command("make", "octopus", "--style", "bad", cwd=tmp_path), 2, "style", "blakc", "#rrggbb")


@pytest.mark.parametrize(
    "text, names",
    [
        ('base = "paper"\n[palette]\nink = "blakc"', ["palette.ink", "blakc"]),
        ('base = "paper"\n[palete]\nink = "#000000"', ["palete"]),
        ('base = "paper"\n[palette]\nikn = "#000000"', ["ikn", "ink"]),
        ('base = "paper"\n[motion]\nenter = "fast"', ["motion.enter", "1 to 60"]),
        ('base = "paper"\n[motion]\nease = "bounce"', ["motion.ease", "spring"]),
        ('base = "paper"\n[type]\ndisplay = "comic-sans"', ["type.display", "comic-sans"]),
        ('base = "paper"\n[type]\nupper = "no"', ["type.upper", "true or false"]),
        ('base = "paper"\n[palette]\ngradient = ["#ffffff"]', ["palette.gradient", "2 colours"]),
        ('base = "paper"\n[form]\nradius = nan', ["form.radius"]),
        ('base = "papr"', ["field base", "paper"]),
        ('base = ["paper"]', ["field base"]),
        ("base = paper", ["TOML", "line 1"]),
        ("palette = 3", ["palette"]),
        ('[palette]\nink = "#000000"', ["missing", "base"]),
        ("", ["missing", "base"]),
    ],
)
def test_a_style_that_cannot_be_is_told_with_file_and_field(tmp_path, monkeypatch, text, names):
    from viralforge.looks import style

    monkeypatch.chdir(tmp_path)
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles/mine.toml").write_text(text)
    with pytest.raises(BadInput) as e:
        style("mine")
    assert all(n in str(e.value) for n in [*names, "mine.toml"]), str(e.value)


def test_a_style_in_another_encoding_or_of_no_text_is_told(tmp_path, monkeypatch):
    from viralforge.looks import style

    monkeypatch.chdir(tmp_path)
    (tmp_path / "styles").mkdir()
    for raw in (b"\xff\xfe\x00", b'title = "\xe4"'):
        (tmp_path / "styles/mine.toml").write_bytes(raw)
        with pytest.raises(BadInput, match="mine.toml.*UTF-8"):
            style("mine")
    (tmp_path / "styles/mine.toml").write_bytes(b'\xef\xbb\xbfbase = "paper"\n')
    assert style("mine").ink == style("paper").ink


def test_an_edited_style_is_read_again_and_a_workspace_s_is_found_below_it(tmp_path, monkeypatch):
    from viralforge.looks import style

    (tmp_path / "w/briefs/deep").mkdir(parents=True)
    (tmp_path / "w/make_video.ipynb").write_text("{}")
    (tmp_path / "w/styles").mkdir()
    mine = tmp_path / "w/styles/mine.toml"
    monkeypatch.chdir(tmp_path / "w/briefs/deep")
    for accent in ("#0a7d4f", "#112233aa"):
        mine.write_text(f'base = "paper"\n[palette]\naccent = "{accent}"\n')
        assert style("mine").accent == accent
    (tmp_path / "w/briefs/deep/styles").mkdir()
    (tmp_path / "w/briefs/deep/styles/mine.toml").write_text('base = "aurora"\n')
    assert style("mine").ink == style("aurora").ink


# ---- tables, completion, lab


def test_tables_are_json_for_scripts(tmp_path):
    for words, kind in (("runs", list), ("providers", list), ("styles", list), ("doctor", dict), ("clean", dict)):
        p = command(words, "--json", cwd=tmp_path)
        assert p.returncode == 0 and isinstance(json.loads(p.stdout), kind) and not p.stderr, p.stderr
    ready = {r["name"]: r["ready"] for r in json.loads(command("providers", "--json", cwd=tmp_path).stdout)}
    assert ready["voice:hibari"] is True
    doctor = json.loads(command("doctor", "--json", cwd=tmp_path).stdout)
    assert doctor["ok"] and all(c["ok"] for c in doctor["checks"]) and doctor["versions"]["viralforge"]


def test_the_doctor_s_status_says_when_something_is_missing(tmp_path):
    p = command("doctor", cwd=tmp_path, env={"VIRALFORGE_STORE": "/proc/no/such/place"})
    assert p.returncode == 1 and "FAIL  store" in p.stdout and "ok    encoder" in p.stdout


@pytest.mark.parametrize("begun, has", [("viralforge ma", "make"), ("viralforge make --sty", "--style"), ("viralforge make --style pa", "paper"),
                                        ("viralforge make oct", "octopus"), ("viralforge make --voice hi", "hibari"), ("viralforge completion z", "zsh")])  # fmt: skip
def test_a_shell_completes_commands_options_and_names(tmp_path, begun, has):
    words = begun.split()
    asked = {"_VIRALFORGE_COMPLETE": "bash_complete", "COMP_WORDS": begun, "COMP_CWORD": str(len(words) - 1)}
    p = command(cwd=tmp_path, env=asked)
    assert f"plain,{has}" in p.stdout.split() and not p.stderr, p


def test_completion_prints_a_script_and_where_it_goes(tmp_path):
    for shell, place in (("bash", ".bashrc"), ("zsh", ".zshrc"), ("fish", "completions/viralforge.fish")):
        p = command("completion", shell, cwd=tmp_path)
        assert p.returncode == 0 and "_VIRALFORGE_COMPLETE" in p.stdout and place in p.stdout.splitlines()[-1] and p.stdout.splitlines()[-1].startswith("# ")
    script = command("completion", "bash", cwd=tmp_path).stdout
    assert subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True).returncode == 0


def test_lab_takes_what_jupyterlab_takes(monkeypatch):
    given = lambda *words: cli._lab_command(".", words)[3:]
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    assert given("--port", "8899")[-2:] == ["--port", "8899"] and ("--no-browser" in given()) == (sys.platform == "linux")
    monkeypatch.setenv("BROWSER", "firefox")
    assert "--no-browser" not in given()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert "--allow-root" in given() and given("--allow-root").count("--allow-root") == 1
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "--allow-root" not in given()


def test_lab_says_its_address_and_ends_by_ctrl_c(tmp_path):
    pytest.importorskip("jupyterlab", reason="pip install -e '.[lab]'")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    env = {**os.environ, "BROWSER": "", "DISPLAY": "", "WAYLAND_DISPLAY": "", "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    p = subprocess.Popen([sys.executable, "-m", "viralforge", "lab", ".", "--", "--port", str(port), "--ServerApp.port_retries=0"], cwd=tmp_path, env=env, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))  # fmt: skip
    try:
        said = p.stdout.readline()
        address = re.fullmatch(rf"JupyterLab  (http://127\.0\.0\.1:{port}/lab\?token=\w+)\n", said)
        assert address, said + (p.stderr.read() if p.poll() is not None else "")
        for _ in range(100):
            try:
                page = urllib.request.urlopen(address[1], timeout=20).read().decode()
                break
            except OSError:
                time.sleep(0.1)
        assert "JupyterLab" in page
        p.send_signal(signal.SIGINT)
        _, err = p.communicate(timeout=30)
        assert p.returncode == 130 and err.strip().splitlines()[-1] == "JupyterLab stopped" and "Traceback" not in err, err
    finally:
        p.kill()
    with socket.socket() as s:
        assert s.connect_ex(("127.0.0.1", port)) != 0, "the server has ended too"


def test_new_leaves_what_is_there_and_tells_what_it_cannot_write(tmp_path):
    (tmp_path / "w d/briefs").mkdir(parents=True)
    own = tmp_path / "w d/briefs/octopus.md"
    own.write_text("mine")
    p = command("new", "w d", cwd=tmp_path)
    assert p.returncode == 0 and own.read_text() == "mine" and (tmp_path / "w d/make_video.ipynb").exists() and "cd 'w d'" in p.stdout
    (tmp_path / "file").write_text("x")
    one_line(command("new", "file/w", cwd=tmp_path), 2, "file")
