"""A real PostgreSQL for the tests, started when the first one asks for it and stopped at the end.

Debian's binaries are used (apt install postgresql); they refuse to run as root, so that root runs them as `postgres`.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

PASSWORD = "swordfish-and-chips"


def binaries() -> Path | None:
    "The folder of initdb and pg_ctl, the newest version's."
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    "One server in a folder of its own; the user `postgres` has a password."

    def __init__(self, bin: Path):
        self.bin, self.port = bin, free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="viralforge-pg-"))
        self.as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if self.as_user:
            shutil.chown(self.folder, "postgres", "postgres")
        (self.folder / "word").write_text(PASSWORD)
        (self.folder / "word").chmod(0o644)
        self._run("initdb", "-D", self.folder / "data", "-A", "scram-sha-256", "-U", "postgres", "--pwfile", self.folder / "word", "--no-sync")
        how = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60"
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o", how, "start")

    def _run(self, name: str, *words: object) -> None:
        done = subprocess.run([*self.as_user, str(self.bin / name), *map(str, words)], cwd=self.folder, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL, timeout=60)  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{name}: {done.stdout}")

    def url(self, name: str, word: str = PASSWORD) -> str:
        return f"postgresql://postgres:{word}@127.0.0.1:{self.port}/{name}"

    def create(self) -> str:
        "A new, empty database."
        name = f"t{uuid.uuid4().hex[:12]}"
        db = sa.create_engine(self.url("postgres").replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
        with db.connect() as c:
            c.exec_driver_sql(f"CREATE DATABASE {name}")
        db.dispose()
        return self.url(name)

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    "The server; a test is skipped only where none can be started, and says why."
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'viralforge[test]'")
    if (bin := binaries()) is None:
        pytest.skip("PostgreSQL is not installed: apt install postgresql")
    server = Server(bin)
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres: Server) -> str:
    "The address of an empty database, with its password, as a user would write it."
    return postgres.create()
