"""A model of each vendor, met on this machine: the table that all tests of language models go through, and what is alike in them.

A test module says what its models are asked for in a fixture `task`.
"""

import json
from dataclasses import dataclass
from typing import Any

import loopback
import pytest
import sqlalchemy as sa
from loopback import Answer
from vendors_llm import (
    USED,
    Script,
    anthropic_error,
    anthropic_page,
    google_error,
    google_page,
    openai_error,
    openai_page,
)

from viralforge import calling, chat
from viralforge.budgets import purse, run_scope
from viralforge.core import InDoubt, Permanent, Refused, Transient
from viralforge.costs import prices
from viralforge.ledger import steps
from viralforge.ports import prepare
from viralforge.store import scratch_run


@dataclass
class Adapter:
    model: str
    page: tuple[str, str]  # method, path
    serve: object
    error: object
    env: dict[str, str]
    local: bool = False


ADAPTERS = {
    "openai": Adapter("openai/gpt-6-luna", ("POST", "/v1/chat/completions"), openai_page, openai_error, {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": "{url}/v1"}),
    "anthropic": Adapter("anthropic/claude-haiku-5-5", ("POST", "/v1/messages"), anthropic_page, anthropic_error, {"ANTHROPIC_API_KEY": "sk-ant-test", "ANTHROPIC_BASE_URL": "{url}"}),
    "google": Adapter("google/gemini-3.8-flash", ("POST", r"/v1\w*/models/[^/]+:streamGenerateContent"), google_page, google_error, {"GOOGLE_API_KEY": "AIzaTest", "GOOGLE_GEMINI_BASE_URL": "{url}"}),
    "compatible": Adapter("compatible/tiny", ("POST", "/v1/chat/completions"), lambda s, m: openai_page(s, m, local=True), openai_error, {"VIRALFORGE_LLM_URL": "{url}/v1"}, True),
}  # fmt: skip
HOSTED = [n for n, a in ADAPTERS.items() if not a.local]


@dataclass
class Task:
    "What a model is asked for in a test."

    stage: str  # "script"
    model: type  # the back-end
    asked: Any  # what it is asked
    answer: Any  # what a model says to that
    refuses: str  # how a refusal is told


class Met:
    "A vendor that is open, and a model of it."

    def __init__(self, adapter: Adapter, vendor: loopback.Vendor, script: Script, task: Task):
        self.adapter, self.vendor, self.script, self.task, self.model = adapter, vendor, script, task, task.model(adapter.model)

    def step(self, run) -> Any:
        "Ask the model, through the gate."
        return run.step(self.task.stage, self.model, prepare(self.model, self.task.asked))

    @property
    def asked(self) -> list:
        return self.vendor.asked()

    def price(self):
        return prices()[self.adapter.model]


@pytest.fixture(name="meet")
def meeting(monkeypatch, tmp_path, task):
    "Opens a vendor by the adapter's name; `task` is a fixture of the test's own module."
    monkeypatch.setattr(calling, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(chat, "WAIT", 5.0)
    monkeypatch.chdir(tmp_path)
    opened = []

    def meet(name: str, script: Script | None = None) -> Met:
        a, script = ADAPTERS[name], script or Script(task.answer)
        vendor = loopback.Vendor({a.page: a.serve(script, (a.model.partition("/")[2],))}).__enter__()
        opened.append(vendor)
        for key, text in a.env.items():
            monkeypatch.setenv(key, text.format(url=vendor.url))
        return Met(a, vendor, script, task)

    yield meet
    for vendor in opened:
        vendor.__exit__()


def rows(run) -> list:
    with run.store.ledger.reading() as c:
        return c.execute(sa.select(steps).order_by(steps.c.n)).all()


def cost(met: Met, rounds: int = 1) -> float:
    "USD, as the price table says."
    per = met.price().per
    return rounds * (per["input_token"] * (USED["input"] - USED["cached"]) + per["cached_token"] * USED["cached"] + per["output_token"] * USED["output"])


RETRIED = ("busy", "busy without a time", "overloaded")
FINAL = {"quota": "quota", "wrong key": "does not take this key", "forbidden": "does not allow this", "unknown model": "there is no model", "bad request": "does not take the request"}
LOST = ("server error", "no answer", "reset", "cut off", "not JSON", "malformed JSON", "half a stream", "wrong type")


def failing(met: Met, what: str) -> Answer:
    odd = {
        "half a stream": Answer((b"data: " + json.dumps(x).encode()[:40] + b"\n\n" for x in [{"id": "1", "type": "message_start"}] * 2), kind="text/event-stream"),
        "wrong type": Answer((f"event: {x['type']}\ndata: {json.dumps(x)}\n\n".encode() for x in [{"type": "message_start", "message": 7, "choices": 7, "candidates": 7}]), kind="text/event-stream"),
    }  # fmt: skip
    return (loopback.failures(met.adapter.error) | odd)[what]


# ---- what is alike whatever a model is asked for


def tried_again(met: Met, what: str) -> None:
    "What was not carried out is tried again."
    met.vendor.failures = [failing(met, what)]
    with scratch_run(budget=5.0) as run:
        met.step(run)
        (row,) = rows(run)
        assert (row.state, row.attempts, len(met.asked)) == ("done", 2, 2)
        assert run.bill().spent == pytest.approx(0.0 if met.adapter.local else cost(met))


def one_clear_error(met: Met, what: str) -> None:
    "What will not change is told once, with a mend, and costs nothing."
    met.vendor.failures = [failing(met, what)]
    with scratch_run(budget=5.0) as run:
        with pytest.raises(Permanent, match=FINAL[what]) as e:
            met.step(run)
        (row,) = rows(run)
        assert (row.state, row.cost, row.held, len(met.asked)) == ("failed", 0.0, 0.0, 1)
    assert e.value.mend and "\n" not in str(e.value) and "Traceback" not in str(e.value)
    if what == "wrong key":
        assert next(iter(met.adapter.env)).replace("VIRALFORGE_LLM_URL", "VIRALFORGE_LLM_KEY") in e.value.mend


def not_bought_twice(met: Met, what: str) -> None:
    "A lost answer may be charged: the gate asks again only where that costs nothing."
    met.vendor.failures = [failing(met, what)]
    with scratch_run(budget=5.0) as run:
        if met.adapter.local:
            met.step(run)
            assert rows(run)[0].state == "done" and len(met.asked) == 2
            return
        with pytest.raises(InDoubt, match="may have been carried out") as e:
            met.step(run)
        (row,) = rows(run)
        assert (row.state, len(met.asked)) == ("doubt", 1) and row.held == pytest.approx(run.bound(met.model, prepare(met.model, met.task.asked)))
        with pytest.raises(InDoubt):
            met.step(run)
        assert len(met.asked) == 1, "the next run does not buy it either"
    assert "--allow doubt" in e.value.mend and "\n" not in str(e.value)


def nobody_there(met: Met) -> None:
    "It is told, and costs nothing."
    met.vendor._server.shutdown()
    met.vendor._server.server_close()
    with scratch_run(budget=5.0) as run:
        with pytest.raises(Transient, match="cannot be reached"):
            met.step(run)
        assert rows(run)[0].cost == 0.0 and run.bill().spent == 0.0


def refused_and_charged(met: Met) -> None:
    "A refusal is told, and what it used is paid."
    with scratch_run(budget=5.0) as run:
        with pytest.raises(Refused, match=met.task.refuses) as e:
            met.step(run)
        assert len(met.asked) == 1 and e.value.mend
        used = run.bill().spent
        assert used == pytest.approx(0.0) if met.adapter.local else 0 < used <= cost(met) * 1.0001
        with run.store.ledger.reading() as c:
            assert purse(c, run_scope(run.id)).spent == pytest.approx(used), "it counts against the cap"
