"The ledger of the first release, which kept no version of its own."

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None


def _text(name: str, **kw: bool) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False, **kw)


def _table(name: str, *columns: sa.Column, numbers: str = "", index: str = "") -> None:
    op.create_table(name, *columns, *(sa.Column(n, sa.Float) for n in numbers.split()))
    for column in index.split():
        op.create_index(f"ix_{name}_{column}", name, [column])


def upgrade() -> None:
    texts = "identity title state owner began ended folder config headline"
    _table("runs", _text("id", primary_key=True), *map(_text, texts.split()), index="identity")
    texts = "run key stage part provider state owner began client_key job why scope"
    kinds = sa.Column("attempts", sa.Integer), sa.Column("local", sa.Boolean)
    numbers = "seconds estimate cost saved saved_seconds held"
    counted = sa.Column("n", sa.Integer, primary_key=True, autoincrement=True)
    _table("steps", counted, *map(_text, texts.split()), *kinds, numbers=numbers, index="run key")
    _table("recall", _text("key", primary_key=True), _text("reply"), _text("made"), numbers="seconds cost")
    _table("budgets", _text("scope", primary_key=True), numbers="cap reserved spent")
    _table("claims", _text("key", primary_key=True), _text("owner"))
    _table("owners", _text("owner", primary_key=True), numbers="seen")
