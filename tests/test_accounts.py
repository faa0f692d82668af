"The commands about caps and about calls that were left at vendors."

import json
import os
import subprocess
import sys

import pytest
from test_gate import Farm, Shop, left_job, ours
from test_store import priced

from viralforge import cli, ports
from viralforge.cli import main
from viralforge.core import InDoubt
from viralforge.jobs import going_on, left_jobs
from viralforge.store import open_run


@pytest.fixture
def said(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("VIRALFORGE_STORE", str(tmp_path / ".store"))
    monkeypatch.chdir(tmp_path)

    def run(*words):
        status = main(list(words))
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_a_cap_for_the_day_outlasts_the_command(said, tmp_path):
    assert said("budget", "day", "5")[0] == 0
    assert json.loads(said("budget", "--json")[1]) == [{"scope": "day", "cap": 5.0, "spent": 0.0, "held": 0.0}]
    assert "none" in said("budget", "day", "none")[1]
    for words, why in ((("week", "3"), "no scope"), (("day", "much"), "no amount"), (("day", "-1"), "No such option"), (("day", "nan"), "0 or more")):
        status, _, err = said("budget", *words)
        assert status == 2 and why in err and err.count("\n") == 1, err


def test_a_left_job_is_listed_followed_and_gone(said, tmp_path):
    s, farm = priced(tmp_path / ".store"), Farm(takes=0.0)
    ports.register("video:farm", lambda: farm)
    run, call = left_job(s, farm)
    assert "1 job goes on elsewhere" in going_on(s, run.id)[0] and call["job"] in going_on(s, run.id)[0]
    (row,) = json.loads(said("jobs", "--json")[1])
    assert (row["n"], row["job"], row["held"]) == (call["n"], call["job"], pytest.approx(0.4))
    assert call["job"][:20] in said("jobs")[1]
    assert said("jobs", "follow", str(call["n"]))[0] == 0 and not left_jobs(s)
    status, _, err = said("jobs", "follow", str(call["n"]))
    assert status == 2 and "viralforge jobs lists them" in err


@pytest.mark.parametrize("cancels, status", [(True, 0), (False, 1)])
def test_a_left_job_is_cancelled(said, tmp_path, cancels, status):
    s, farm = priced(tmp_path / ".store"), Farm(takes=60, cancels=cancels)
    ports.register("video:farm", lambda: farm)
    run, call = left_job(s, farm)
    assert said("jobs", "cancel", str(call["n"]))[0] == status
    assert ours(s, run) == pytest.approx(0.0 if cancels else 0.4)


def test_a_doubt_is_settled(said, tmp_path):
    s = priced(tmp_path / ".store")
    run, shop = open_run(s, "t", {}), Shop("neither", 1)
    with pytest.raises(InDoubt):
        run.step("clip", shop, {"n": 1}, of="hook")
    (call,) = left_jobs(s)
    assert "doubt" in said("jobs")[1] and "counted as spent" in going_on(s, run.id)[0]
    assert said("jobs", "cancel", str(call.n))[0] == 2
    assert said("jobs", "settle", str(call.n), "$0.30")[0] == 0
    assert not left_jobs(s) and run.bill().spent == pytest.approx(0.3)
    assert "nothing is open" in said("jobs")[1]


def test_settings_are_taken_before_a_group_of_commands_too(tmp_path):
    (tmp_path / ".env").write_text(f"VIRALFORGE_STORE={tmp_path / 'elsewhere/.store'}\n")
    env = {k: v for k, v in os.environ.items() if k != "VIRALFORGE_STORE"}
    for words in (["jobs"], ["store", "upgrade"], ["budget"]):
        subprocess.run([sys.executable, "-m", "viralforge", *words], cwd=tmp_path, env=env, check=True, capture_output=True)
    assert (tmp_path / "elsewhere/.store/ledger.db").is_file() and not (tmp_path / "papermill_runs").exists()


def test_the_commands_are_there():
    assert {"budget", "jobs", "store", "prices"} <= set(cli.cli.commands)
