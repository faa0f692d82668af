"What all tests share: paths, a store of their own, and one example film made once."

import os
from pathlib import Path

import pytest
from postgres import postgres, postgres_url  # noqa: F401  a server for the tests that ask for it

ROOT = Path(__file__).resolve().parent.parent


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
