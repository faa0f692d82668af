"The ledger: makes of its tables, many processes at once, addresses and files that cannot be used; SQLite and PostgreSQL."

import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from make_store import Clips, Jobs, make, open_store
from postgres import PASSWORD

from viralforge import ledger as lg
from viralforge import lives
from viralforge import store as st
from viralforge.budgets import purse
from viralforge.core import BadInput, ForgeError, InDoubt, Missing, data_path
from viralforge.ledger import HEAD, Ledger, upgrade_ledger
from viralforge.store import open_run

FIXTURES = Path(__file__).parent / "fixtures"
STORES = sorted(p.name for p in FIXTURES.glob("store-*"))
ROUNDS = 3


@pytest.fixture
def first(tmp_path):
    "A copy of a store that the first release wrote."
    return Path(shutil.copytree(FIXTURES / "store-1", tmp_path / ".store"))


def rows(ledger, statement):
    with ledger.reading() as c:
        return c.execute(statement).all()


def raw(file, statement):
    with contextlib.closing(sqlite3.connect(file)) as c:
        return c.execute(statement).fetchall()


def make_of(file):
    return raw(file, "SELECT version_num FROM alembic_version")[0][0] if raw(file, "PRAGMA table_info(alembic_version)") else "0001"


def python(code, *words, **how):
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), *map(str, words)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, **how)  # fmt: skip


def schema(ledger):
    "Columns, keys and indexes, whatever their order."
    look, out = sa.inspect(ledger.db), {}
    for table in look.get_table_names():
        clean = lambda d: None if d is None else str(d).split("::")[0]
        columns = {(c["name"], str(c["type"]), c["nullable"], clean(c["default"])) for c in look.get_columns(table)}
        indexes = {(i["name"], tuple(i["column_names"]), bool(i["unique"])) for i in look.get_indexes(table)}
        out[table] = columns, indexes, tuple(look.get_pk_constraint(table)["constrained_columns"])
    return out


def as_first(root, url):
    "An empty database with the tables of make 0001, as the first release left them: without a number."
    bare = lg._Database(root, url)
    with bare._transaction("IMMEDIATE") as c:
        lg._migrate(c, "", "0001")
        c.exec_driver_sql("DROP TABLE alembic_version")
    return bare


def told(where, *words, kind=BadInput, url="", but=()):
    "Opening fails with one line that has these words."
    with pytest.raises(ForgeError) as e:
        Ledger(where, url)
    text = str(e.value)
    assert type(e.value) is kind and "\n" not in text and all(w in text for w in words) and e.value.mend, text
    assert not [w for w in (*but, PASSWORD) if w in text], text
    return text


# ---- makes


def test_a_store_of_the_first_release_is_upgraded_with_its_money(first):
    before = raw(first / "ledger.db", "SELECT id FROM runs ORDER BY began")
    ledger = Ledger(first)
    s, r = lg.steps.c, lg.runs.c
    assert ledger.found == "0001" and [x.id for x in rows(ledger, sa.select(r.id).order_by(r.n))] == [x for (x,) in before]
    assert [x.n for x in rows(ledger, sa.select(r.n).order_by(r.n))] == [1, 2, 3]
    assert [x.state for x in rows(ledger, sa.select(s.state).order_by(s.n))] == ["done"] * 3 + ["hit", "done", "open", "open", "open"]
    held = rows(ledger, sa.select(s.n, s.batch, s.held).where(s.state.in_(("open", "doubt"))).order_by(s.n))
    assert held == [(6, "batch-1", 0.4), (7, "batch-1", 0.4), (8, "", 0.4)]  # the last was made before there was a cap
    (spent,) = rows(ledger, sa.select(sa.func.sum(s.cost)).where(s.state == "done"))[0]
    assert spent == pytest.approx(raw(ledger.copy, "SELECT sum(cost) FROM steps WHERE state = 'done'")[0][0]) == pytest.approx(1.2)
    assert spent == pytest.approx(raw(ledger.copy, "SELECT sum(spent) FROM budgets")[0][0])
    own = "20261130-143146-316baf"
    assert rows(ledger, sa.select(lg.budgets).order_by(lg.budgets.c.scope)) == [("batch:batch-1", 5.0), (f"run:{own}", 2.0)]
    assert {x.batch for x in rows(ledger, sa.select(s.batch).where(s.run == own))} == {""}
    assert {x.day for x in rows(ledger, sa.select(s.day))} == {"2026-11-30"}
    assert {(x.token, x.attempts) for x in rows(ledger, sa.select(s.token, s.attempts).where(s.state == "open"))} == {("", 1)}
    assert rows(ledger, sa.select(lg.recall.c.key).order_by("key")) == raw(ledger.copy, "SELECT key FROM recall ORDER BY key")
    assert Ledger(first).found == HEAD and len(list(first.glob("*.bak"))) == 1


@pytest.mark.parametrize("store", STORES)
def test_a_store_of_every_release_opens(store, tmp_path):
    root = Path(shutil.copytree(FIXTURES / store, tmp_path / store))
    made = raw(root / "ledger.db", "SELECT count(*), (SELECT count(*) FROM runs), (SELECT count(*) FROM recall) FROM steps")
    ledger = Ledger(root)
    count = lambda t: sa.select(sa.func.count()).select_from(t).scalar_subquery()
    assert rows(ledger, sa.select(count(lg.steps), count(lg.runs), count(lg.recall))) == made and made[0][0] > 0
    with ledger.writing() as c:
        c.execute(sa.insert(lg.steps).values(run="a", key="k", state="open", held=0.5))
    assert rows(ledger, sa.select(lg.version.c.version_num)) == [(HEAD,)]
    assert (ledger.copy is None) == (ledger.found == HEAD) == (not list(root.glob("*.bak")))


@pytest.mark.parametrize("store", STORES)
def test_what_an_earlier_release_paid_for_is_not_bought_again(store, tmp_path, monkeypatch):
    monkeypatch.setattr(lives, "BEAT", 0.05)  # elsewhere, a process of the old store shows to be gone after two of these
    monkeypatch.setattr(st, "BEAT", 0.05)
    s = open_store(shutil.copytree(FIXTURES / store, tmp_path / ".store"))
    clips = Clips()
    run = open_run(s, "again", {"film": 1}, budget=2.0)
    for n in range(3):
        assert run.path(run.step("shot", clips, {"n": n}).files["clip"]).read_bytes() == b"bytes of a clip %d" % n
    run = open_run(s, "a film that was killed", {"film": 2}, budget=5.0, scope="batch-1")
    with s.ledger.reading() as c:
        batch, free = purse(c, "batch:batch-1"), c.execute(sa.select(lg.runs.c.id).where(lg.runs.c.n == 3)).scalar()
        assert run.resumed and (batch.spent, batch.held) == pytest.approx((0.3, 0.8)) and purse(c, f"run:{free}").held == 0.4
    assert run.step("shot", clips, {"n": 10}).data == {"n": 10}
    lost = Clips("neither")
    with pytest.raises(InDoubt):
        run.step("shot", lost, {"n": 11}, of="beat-1")
    jobs = Jobs()
    assert run.step("clip", jobs, {"n": 12}, of="beat-2").data == "job-1"
    assert not clips.sent + lost.sent + jobs.sent + jobs.orders
    with s.ledger.reading() as c:
        batch = purse(c, "batch:batch-1")
        assert (batch.spent, batch.held, batch.cap) == pytest.approx((0.6, 0.4, 5.0))
    assert open_run(s, "before there was a cap", {"film": 3}, budget=1.0).id == free
    assert [r["title"] for r in st.run_index(s)] == ["again", "before there was a cap", "a film that was killed", "a finished film"]


def test_a_store_of_every_make_is_kept(tmp_path):
    shutil.copytree(FIXTURES, tmp_path / "kept")
    assert {make_of(p) for p in tmp_path.glob("kept/store-*/ledger.db")} == {f"{n:04}" for n in range(1, int(HEAD) + 1)}


def test_the_store_that_is_kept_is_what_this_release_writes(tmp_path):
    make(tmp_path / "now")
    told = "SELECT state, stage, part, batch, cost, held, local FROM steps ORDER BY n"
    shutil.copytree(FIXTURES / STORES[-1], tmp_path / "kept")
    assert raw(tmp_path / "now/ledger.db", told) == raw(tmp_path / "kept/ledger.db", told)
    assert raw(tmp_path / "now/ledger.db", "SELECT version_num FROM alembic_version") == [(HEAD,)]


def test_the_copy_holds_what_was_only_in_the_log(first):
    with contextlib.closing(sqlite3.connect(first / "ledger.db")) as c:
        c.execute("PRAGMA journal_mode=WAL")
        c.execute("PRAGMA wal_autocheckpoint=0")
        c.execute("UPDATE budgets SET cap = 7.5 WHERE scope = 'batch-1'")
        c.commit()
        assert (first / "ledger.db-wal").stat().st_size
        ledger = Ledger(first)
    assert ledger.copy.name.startswith("ledger.db.0001-2") and ledger.copy.suffix == ".bak"
    assert ("batch-1", 7.5) in raw(ledger.copy, "SELECT scope, cap FROM budgets")
    assert ("batch:batch-1", 7.5) in rows(ledger, sa.select(lg.budgets))
    assert not list(first.glob("*.part")) and raw(ledger.copy, "PRAGMA integrity_check") == [("ok",)]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request):
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


def test_a_new_ledger_has_the_tables_that_the_migrations_give(url, tmp_path, request):
    new = Ledger(tmp_path / "new", url)
    fresh = schema(new)
    if url:
        url = request.getfixturevalue("postgres").create()
    (tmp_path / "old").mkdir()
    as_first(tmp_path / "old", url)
    upgrade_ledger(tmp_path / "old", url)
    moved = schema(Ledger(tmp_path / "old", url))
    assert fresh.keys() == moved.keys() and len(fresh) == 7
    for table in fresh:
        assert fresh[table] == moved[table], table


def test_the_first_migration_gives_the_tables_of_the_first_release(first, tmp_path):
    (tmp_path / "old").mkdir()
    made, kept = as_first(tmp_path / "old", ""), lg._Database(first, "")
    assert schema(made) == schema(kept)


def test_the_make_that_is_written_is_the_last_migration():
    from alembic.script import ScriptDirectory

    heads = ScriptDirectory(str(data_path("migrations"))).get_heads()
    assert list(heads) == [HEAD]


@pytest.mark.parametrize(
    "change, words",
    [
        ("CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('0099')", ("newer", "0099", HEAD, "pip install")),
        ("CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('3f2a')", ("something else", "move ledger.db")),
        ("CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('0001'); ALTER TABLE steps RENAME TO s", ("something else",)),
        ("DROP TABLE claims", ("something else",)),
        ("ALTER TABLE steps DROP COLUMN saved_seconds", ("something else",)),
    ],
)
def test_a_ledger_of_another_make_is_left_as_it_is(change, words, first):
    with contextlib.closing(sqlite3.connect(first / "ledger.db")) as c:
        c.executescript(change)
    look = lambda: (raw(first / "ledger.db", "SELECT * FROM sqlite_master"), raw(first / "ledger.db", "SELECT * FROM budgets"))
    before = look()
    told(first, *words)
    assert look() == before
    assert not list(first.glob("*.bak"))


def test_a_ledger_that_an_earlier_version_works_in_is_not_upgraded_under_it(first):
    with contextlib.closing(sqlite3.connect(first / "ledger.db")) as c:
        here = f"{socket.gethostname()}-0a1b2c3d:{os.getpid()}:77"
        c.execute("INSERT INTO owners VALUES (?, ?)", (here, time.time()))
        c.commit()
        told(first, "earlier version", f"process {os.getpid()}", "let it end")
        c.execute("UPDATE owners SET owner = ? WHERE owner = ?", (here.replace(f":{os.getpid()}:", ":4194305:"), here))  # no process has this number
        c.commit()
    assert Ledger(first).found == "0001"


def test_a_kill_in_the_middle_of_an_upgrade_leaves_the_old_ledger(first):
    code = """
    import os, signal, sys
    from pathlib import Path
    from alembic import command
    from viralforge.ledger import Ledger
    whole = command.upgrade
    def cut(*a):
        whole(*a)
        os.kill(os.getpid(), signal.SIGKILL)
    command.upgrade = cut
    Ledger(Path(sys.argv[1]))
    """
    p = python(code, first)
    p.communicate(timeout=60)
    assert p.returncode == -signal.SIGKILL
    assert [n for _, n, *_ in raw(first / "ledger.db", "PRAGMA table_info(budgets)")] == ["scope", "cap", "reserved", "spent"]
    left = first / "ledger.db.0001-20261130-120000.part"
    left.write_bytes(b"half a copy")
    left.with_name(f"{left.name}-journal").write_bytes(b"of another process")
    assert Ledger(first).found == "0001" and Ledger(first).found == HEAD and not list(first.glob("*.part*"))


def test_no_room_for_the_copy_leaves_the_old_ledger(first, monkeypatch):
    def full(fd):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(lg.os, "fsync", full)
    told(first, "copied", "No space left", "free some space")
    assert raw(first / "ledger.db", "SELECT count(*) FROM budgets WHERE reserved > 0") == [(1,)] and not list(first.glob("*.part"))


# ---- many processes

OPEN = """
import sys
from pathlib import Path
import sqlalchemy as sa
from viralforge.ledger import Ledger, budgets
print("ready", flush=True)
sys.stdin.readline()
ledger = Ledger(Path(sys.argv[1]), sys.argv[2])
with ledger.writing() as c:
    c.execute(sa.insert(budgets).values(scope=sys.argv[3], cap=1.0))
print(ledger.found or "new")
"""


def together(root, url, of=8):
    ps = [python(OPEN, root, url, n, stdin=subprocess.PIPE) for n in range(of)]
    assert [p.stdout.readline() for p in ps] == ["ready\n"] * of
    for p in ps:
        p.stdin.write("go\n")
        p.stdin.flush()
    said = [p.communicate(timeout=90) for p in ps]
    assert not [e for p, (_, e) in zip(ps, said, strict=True) if p.returncode], said
    return [o.strip() for o, _ in said]


def test_eight_processes_open_a_fresh_ledger_at_once(url, tmp_path, request):
    for n in range(ROUNDS):
        root = tmp_path / str(n)
        here = url and request.getfixturevalue("postgres").create()
        assert set(together(root, here)) <= {"new", HEAD}
        assert len(rows(Ledger(root, here), sa.select(lg.budgets))) == 8


def test_eight_processes_open_an_old_ledger_at_once(first):
    said = together(first, "")
    assert sorted(said) == ["0001", *[HEAD] * 7] and len(list(first.glob("*.bak"))) == 1


def test_a_process_that_is_killed_with_the_lock_holds_up_nobody(tmp_path):
    code = """
    import sys, time
    from pathlib import Path
    from viralforge import ledger
    with ledger._alone(Path(sys.argv[1])):
        print("held", flush=True)
        time.sleep(60)
    """
    p = python(code, tmp_path / "ledger.db")
    assert p.stdout.readline() == "held\n"
    try:
        with pytest.MonkeyPatch.context() as m:
            m.setattr(lg, "PATIENCE", 0.1)
            told(tmp_path, "another process")
    finally:
        p.kill()
        p.communicate()
    assert Ledger(tmp_path).found == ""


def test_a_forked_child_and_its_parent_both_write(url, tmp_path):
    ledger = Ledger(tmp_path, url)
    with ledger.writing() as c:
        c.execute(sa.insert(lg.budgets).values(scope="before", cap=1.0))
    if (child := os.fork()) == 0:
        done = 1
        with contextlib.suppress(BaseException), ledger.writing() as c:
            c.execute(sa.insert(lg.budgets).values(scope="child", cap=1.0))
            done = 0
        os._exit(done)
    for n in range(20):
        with ledger.writing() as c:
            c.execute(sa.insert(lg.budgets).values(scope=f"parent-{n}", cap=1.0))
    assert os.waitpid(child, 0)[1] == 0
    assert len(rows(ledger, sa.select(lg.budgets))) == 22


def test_who_reads_sees_one_moment(url, tmp_path):
    ledger, other = Ledger(tmp_path, url), Ledger(tmp_path, url)
    count = sa.select(sa.func.count()).select_from(lg.budgets)
    with ledger.reading() as c:
        assert c.execute(count).scalar() == 0
        with other.writing() as o:
            o.execute(sa.insert(lg.budgets).values(scope="day", cap=1.0))
        assert c.execute(count).scalar() == 0
    assert rows(ledger, count) == [(1,)]


def test_opening_is_quick_and_loads_no_alembic(tmp_path):
    Ledger(tmp_path)
    code = """
    import sys, time
    from pathlib import Path
    import sqlalchemy as sa
    from viralforge import ledger
    root, took = Path(sys.argv[1]), []
    for _ in range(7):
        t = time.perf_counter()
        ledger.Ledger(root)
        took.append(time.perf_counter() - t)
    print(sorted(took)[3] * 1000, "alembic" in sys.modules)
    """
    p = python(code, tmp_path)
    took, loaded = p.communicate(timeout=60)[0].split()
    print(f"opening a ledger: {float(took):.1f} ms")
    assert float(took) < 150 and loaded == "False"


def test_ten_thousand_runs_are_listed_from_an_index(url, tmp_path):
    ledger = Ledger(tmp_path, url)
    r = lg.runs.c
    with ledger.writing() as c:
        made = [{"id": f"2026-{n:05}", "n": n, "identity": f"{n % 5000}", "config": "{}" * 50} for n in range(10_000)]
        c.execute(sa.insert(lg.runs), made)
    started = time.perf_counter()
    newest = rows(ledger, sa.select(lg.runs).order_by(r.n.desc()).limit(50))
    every = rows(ledger, sa.select(lg.runs).order_by(r.n.desc()))
    same = rows(ledger, sa.select(r.id).where(r.identity == "77"))
    took = time.perf_counter() - started
    assert newest[0].n == 9999 and len(every) == 10_000 and len(same) == 2
    print(f"10,000 runs listed in {took:.2f} s")  # under 0.5 s on a quiet machine
    assert took < 5, took
    if not url:
        plan = str(rows(ledger, sa.text("EXPLAIN QUERY PLAN SELECT * FROM runs ORDER BY n DESC LIMIT 50")))
        assert "ix_runs_n" in plan


# ---- a server


def server_copy(first, url):
    "The first release's rows in a server's database of that make."
    bare = as_first(first, url)
    with bare._transaction("IMMEDIATE") as c, contextlib.closing(sqlite3.connect(first / "ledger.db")) as old:
        old.row_factory = sqlite3.Row
        for table in sorted(lg._FIRST):
            for row in map(dict, old.execute(f"SELECT * FROM {table}")):
                if "local" in row:
                    row["local"] = bool(row["local"])
                columns = ", ".join(row)
                c.execute(sa.text(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(':' + k for k in row)})"), row)
        c.exec_driver_sql("SELECT setval('steps_n_seq', (SELECT max(n) FROM steps))")


def test_a_server_s_ledger_is_upgraded_when_it_is_asked_for(first, postgres_url):
    server_copy(first, postgres_url)
    told(first, "0001", HEAD, "viralforge store upgrade", url=postgres_url)
    assert "upgraded from make 0001 to 0002" in (done := upgrade_ledger(first, postgres_url)) and PASSWORD not in done
    assert "nothing to do" in upgrade_ledger(first, postgres_url)
    server, file = Ledger(first, postgres_url), Ledger(first)
    for table in (t for t in lg.meta.sorted_tables if t is not lg.version):
        order = list(table.primary_key.columns)
        assert rows(server, sa.select(table).order_by(*order)) == rows(file, sa.select(table).order_by(*order)), table.name
    with server.writing() as c:
        assert c.execute(sa.insert(lg.steps).values(run="r", key="k")).inserted_primary_key == (9,)


def test_a_server_s_ledger_is_upgraded_as_a_whole_or_not_at_all(first, postgres_url, monkeypatch):
    from alembic import command

    server_copy(first, postgres_url)
    whole = command.upgrade

    def cut(*a):
        whole(*a)
        raise ZeroDivisionError

    monkeypatch.setattr(command, "upgrade", cut)
    with pytest.raises(ZeroDivisionError):
        upgrade_ledger(first, postgres_url)
    monkeypatch.undo()
    told(first, "0001", "viralforge store upgrade", url=postgres_url)
    assert "upgraded" in upgrade_ledger(first, postgres_url)


def test_a_database_with_the_tables_of_another_program_is_not_touched(tmp_path, postgres_url):
    db = sa.create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"))
    with db.begin() as c:
        c.exec_driver_sql("CREATE TABLE runs (run_uuid TEXT); CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('4465047574b1')")
    told(tmp_path, "something else", "a database of its own", url=postgres_url)
    assert sorted(sa.inspect(db).get_table_names()) == ["alembic_version", "runs"]


@pytest.mark.parametrize("prefix", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_server_is_found_by_the_address_that_a_user_writes(prefix, tmp_path, postgres_url):
    ledger = Ledger(tmp_path, postgres_url.replace("postgresql", prefix, 1))
    assert ledger.db.dialect.driver == "psycopg" and PASSWORD not in repr(ledger) + ledger.where
    assert not list(tmp_path.iterdir())  # nothing is written beside a ledger that lies elsewhere


def test_a_server_that_does_not_let_us_in_is_one_line(tmp_path, postgres):
    where = f"127.0.0.1:{postgres.port}"
    told(tmp_path, where, "password authentication failed", "VIRALFORGE_DB", url=postgres.url("postgres", "wrong-word"), but=("wrong-word",))
    told(tmp_path, where, '"films" does not exist', "VIRALFORGE_DB", url=postgres.url("films"))
    told(tmp_path, where, "no password supplied", "VIRALFORGE_DB", url=f"postgresql://postgres@{where}/postgres")


def test_a_user_who_may_not_create_tables_is_told_what_is_missing(tmp_path, postgres):
    url = postgres.create()
    db = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with db.begin() as c:
        c.exec_driver_sql(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
    try:
        told(tmp_path, "permission denied for schema public", "GRANT", url=url.replace("//postgres:", "//reader:"))
    finally:
        with db.begin() as c:
            c.exec_driver_sql("DROP ROLE reader")


def test_a_server_that_went_away_and_came_back_is_used_again(tmp_path, postgres_url):
    ledger = Ledger(tmp_path, postgres_url)
    other = sa.create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with ledger.reading() as c:
        pid = c.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    with other.connect() as c:
        c.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
    assert rows(ledger, sa.select(lg.budgets)) == []
    with pytest.raises(ForgeError, match="the ledger cannot be used") as e, ledger.writing() as c, other.connect() as o:
        o.exec_driver_sql(f"SELECT pg_terminate_backend({c.exec_driver_sql('SELECT pg_backend_pid()').scalar()})")
        c.exec_driver_sql("SELECT 1")
    assert type(e.value) is ForgeError and PASSWORD not in str(e.value)


def test_a_server_s_lock_is_not_waited_for_without_end(tmp_path, postgres_url, monkeypatch):
    ledger, other = Ledger(tmp_path, postgres_url), Ledger(tmp_path, postgres_url)
    monkeypatch.setattr(lg, "PATIENCE", 0.2)
    with pytest.raises(ForgeError, match="another program holds it"), ledger.writing(), other.writing():
        pass
    assert rows(other, sa.select(lg.budgets)) == []  # who reads does not wait


@pytest.mark.parametrize(
    "url",
    ["nonsense", "swordfish-and-chips", "http://x", "sqlite+foo:///x.db", "mysql://me:swordfish-and-chips@host/x", "sqlite://",
     "postgresql+no_such_driver://me:swordfish-and-chips@127.0.0.1:1/x", "postgresql://me:swordfish-and-chips@host:port/x",
     "postgresql://me:an@swordfish-and-chips@host/x", "://", "postgresql"],
)  # fmt: skip
def test_an_address_that_is_none_is_one_line_without_its_password(url, tmp_path):
    told(tmp_path, "VIRALFORGE_DB", url=url, but=("no_such_driver://",))


def test_a_host_that_does_not_answer_is_given_up(tmp_path, monkeypatch):
    assert lg.CONNECT == 10
    monkeypatch.setattr(lg, "CONNECT", 2)
    with socket.socket() as s:  # takes connections, and says nothing
        s.bind(("127.0.0.1", 0))
        s.listen()
        port, started = s.getsockname()[1], time.monotonic()
        told(tmp_path, f"127.0.0.1:{port}", "timeout", url=f"postgresql://me:{PASSWORD}@127.0.0.1:{port}/films")
        assert time.monotonic() - started < 6
    told(tmp_path, "refused", url=f"postgresql://me:{PASSWORD}@127.0.0.1:{port}/films")
    told(tmp_path, "no-such-host.invalid", "look at the host", url=f"postgresql://me:{PASSWORD}@no-such-host.invalid/films")


def test_without_the_driver_the_command_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    told(tmp_path, "pip install 'viralforge[postgres]'", kind=Missing, url=f"postgresql://me:{PASSWORD}@host/films")


# ---- a file


def test_what_is_no_database_is_one_line(tmp_path):
    (tmp_path / "ledger.db").write_bytes(b"this is no database at all" * 50)
    told(tmp_path, "ledger.db", "not a database", "move ledger.db away")


def test_a_folder_in_the_file_s_place_is_one_line(tmp_path):
    (tmp_path / "ledger.db").mkdir()
    told(tmp_path, "ledger.db", "folder", "move it away")


def test_a_file_in_the_store_s_place_is_one_line(tmp_path):
    (tmp_path / "store").write_text("x")
    told(tmp_path / "store", "store", "choose a folder")


@contextlib.contextmanager
def nobody():
    "As a user without rights, where the tests run as root."
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("part", ["file", "folder"])
def test_a_ledger_that_can_only_be_read_is_one_line(part):
    with tempfile.TemporaryDirectory() as shop:
        root = Path(shop)
        lg._Database(root, "").db.connect().close()  # an empty file, still to be given its tables
        root.chmod(0o777 if part == "file" else 0o555)
        (root / "ledger.db").chmod(0o444)
        with nobody():
            told(root, "writable" if part == "file" else "written", "ledger.db" if part == "file" else shop)
        root.chmod(0o777)


def test_a_file_that_another_program_holds_is_one_line(tmp_path, monkeypatch):
    Ledger(tmp_path)
    monkeypatch.setattr(lg, "PATIENCE", 0.1)
    ledger = Ledger(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.db")) as c:
        c.execute("BEGIN IMMEDIATE")
        with pytest.raises(ForgeError, match=r"cannot be used \(database is locked\).*another program holds it"), ledger.writing():
            pass
    (tmp_path / "b").mkdir()
    with contextlib.closing(sqlite3.connect(tmp_path / "b/ledger.db")) as c:
        c.execute("BEGIN EXCLUSIVE")
        told(tmp_path / "b", "cannot be opened (database is locked)", "another program holds it")
    assert Ledger(tmp_path / "b").found == ""


def test_an_empty_file_is_a_new_ledger(tmp_path):
    (tmp_path / "ledger.db").touch()
    assert Ledger(tmp_path).found == "" and Ledger(tmp_path).found == HEAD


def test_a_file_named_by_its_address_is_a_ledger(tmp_path):
    ledger = Ledger(tmp_path / "store", f"sqlite:///{tmp_path}/elsewhere/films.db")
    assert ledger.file == tmp_path / "elsewhere/films.db" and ledger.file.is_file() and not (tmp_path / "store").exists()


def test_a_relative_address_stays_where_it_was_given(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    ledger = Ledger(tmp_path, "sqlite:///films.db")
    monkeypatch.chdir(tmp_path / "sub")
    ledger.db.dispose()
    assert rows(ledger, sa.select(lg.version.c.version_num)) == [(HEAD,)] and not list((tmp_path / "sub").iterdir())


def test_an_old_file_named_by_its_address_is_copied_beside_itself(first, tmp_path):
    shutil.move(first / "ledger.db", tmp_path / "films.db")
    ledger = Ledger(tmp_path / "store", f"sqlite:///{tmp_path}/films.db")
    assert ledger.found == "0001" and ledger.copy.parent == tmp_path and ledger.copy.name.startswith("films.db.0001-")
