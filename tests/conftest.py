"What all tests share: paths, a store of their own, and one example film made once."

import os
from pathlib import Path

import pytest
from postgres import postgres, postgres_url  # noqa: F401  a server for the tests that ask for it

ROOT = Path(__file__).resolve().parent.parent

MARKERS = {
    "postgres": "needs a PostgreSQL server, which the tests start themselves",
    "models": "needs real models, which make test-models brings",
    "contract": "back-ends do what films rely on",
    "gate": "no call is lost, repeated or paid for twice; no cap is passed; SOAK=1 for the long form, SEED=N to repeat one",
}


def pytest_configure(config):
    for name, about in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {about}")


def pytest_collection_modifyitems(items):
    for item in items:
        if "postgres" in item.fixturenames:
            item.add_marker("postgres")


@pytest.fixture(scope="session", autouse=True)
def own_store(tmp_path_factory):
    "No test writes into the folder it is started from."
    os.environ["VIRALFORGE_STORE"] = str(tmp_path_factory.mktemp("store") / ".store")


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


_TOLD = pytest.StashKey[list]()


@pytest.fixture(scope="session")
def tell(request):
    "Counts of a marked test, for the end of the log: `tell('gate', '40 kills')`."
    return lambda marker, line: request.config.stash.setdefault(_TOLD, []).append((marker, line))


def pytest_sessionfinish(session):
    "NO_SKIPS=1: a test that could not be made has failed."
    if os.environ.get("NO_SKIPS") and session.config.pluginmanager.get_plugin("terminalreporter").stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    for marker, line in sorted(config.stash.get(_TOLD, [])):
        terminalreporter.write_line(f"{marker}: {line}")
