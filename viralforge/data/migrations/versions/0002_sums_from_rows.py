"Money is summed from the rows of the steps; runs are counted; scopes get a kind; claims carry a token."

# A step's row holds what it may have cost while its fate is open, also where it was begun before there was a cap.
# A run's own scope becomes `run:ID`, a shared one `batch:NAME`.

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"

TEXTS = {
    "runs": "id identity title state owner began ended folder config headline",
    "steps": "run key stage part provider state owner began client_key job why batch",
    "recall": "key reply made",
    "budgets": "scope",
    "claims": "key owner",
    "owners": "owner",
}
INDEXES = {"runs": ["n"], "steps": ["state", "batch", "day"]}
OPEN = "state IN ('open', 'doubt') AND NOT local"


def _int(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _number_runs() -> None:
    c = op.get_bind()
    old = sorted(c.execute(sa.text("SELECT id, began FROM runs")), key=lambda r: (r.id[:15], r.began, r.id))
    if old:  # an id begins with its second; within one, it is random
        rows = [{"n": n, "id": r.id} for n, r in enumerate(old, 1)]
        c.execute(sa.text("UPDATE runs SET n = :n WHERE id = :id"), rows)


def upgrade() -> None:
    new = {"runs": [_int("n")], "steps": [_text("token"), _text("day")], "claims": [_text("token")], "owners": [_int("beats")]}
    for table, columns in new.items():
        for column in columns:
            op.add_column(table, column)
    _number_runs()
    op.execute("""UPDATE budgets SET scope = CASE WHEN scope IN (SELECT id FROM runs) OR scope IN (SELECT run FROM steps)
                  THEN 'run:' ELSE 'batch:' END || scope""")
    op.execute("UPDATE steps SET scope = CASE WHEN scope = run THEN '' ELSE scope END, day = substr(began, 1, 10)")
    op.execute(f"""UPDATE steps SET held = CASE WHEN {OPEN} AND COALESCE(held, 0) = 0 THEN COALESCE(estimate, 0)
                   WHEN {OPEN} THEN held ELSE 0 END, attempts = COALESCE(attempts, 0)""")
    with op.batch_alter_table("steps") as t:
        t.alter_column("scope", new_column_name="batch")
        t.alter_column("attempts", existing_type=sa.Integer, nullable=False, server_default="0")
    with op.batch_alter_table("budgets") as t:
        t.drop_column("reserved")
        t.drop_column("spent")
    for table, names in TEXTS.items():
        with op.batch_alter_table(table) as t:
            for name in names.split():
                t.alter_column(name, existing_type=sa.Text, server_default="")
    for table, columns in INDEXES.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column])
