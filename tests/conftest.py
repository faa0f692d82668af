"What all tests share: paths, a store of their own, and one example film made once."

import os
from pathlib import Path

import pytest
from postgres import postgres, postgres_url  # noqa: F401  a server for the tests that ask for it

ROOT = Path(__file__).resolve().parent.parent
_counts: list[str] = []


def pytest_configure(config):
    config.addinivalue_line("markers", "contract: back-ends do what films rely on")


def pytest_terminal_summary(terminalreporter):
    for line in _counts:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def tell():
    "A function whose lines stand below all results."
    return _counts.append


def pytest_configure(config):
    config.addinivalue_line("markers", "postgres: needs a PostgreSQL server, which the tests start themselves")


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


def pytest_terminal_summary(terminalreporter, config):
    for marker, line in sorted(config.stash.get(_TOLD, [])):
        terminalreporter.write_line(f"{marker}: {line}")
