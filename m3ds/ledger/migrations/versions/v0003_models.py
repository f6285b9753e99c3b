"""What a build with models needs to remember."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_SEQ = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _seq() -> "sa.Column[int]":
    return sa.Column("seq", _SEQ, primary_key=True, autoincrement=True)


def upgrade() -> None:
    """Add tables and columns; calls learn which sample they were about."""
    op.add_column("verdicts", sa.Column("judgement", sa.JSON))
    op.add_column("outcomes", sa.Column("reason", sa.Text, nullable=False, server_default=""))
    op.add_column("calls", sa.Column("sample_id", sa.Text))
    _tell_calls_their_sample()
    op.create_index("calls_by_sample", "calls", ["sample_id"])
    op.create_table(
        "documents",
        sa.Column("sha", sa.String(64), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "models",
        _seq(),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("revision", sa.Text, nullable=False),
        sa.Column("licence", sa.Text, nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.UniqueConstraint("model", "asked"),
    )
    op.create_table(
        "objections",
        _seq(),
        sa.Column("sample_id", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("text_sha", sa.String(64), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("failures", sa.JSON, nullable=False),
        sa.UniqueConstraint("sample_id", "text_sha", "origin"),
    )
    op.create_index("objections_by_sample", "objections", ["sample_id"])
    op.create_table(
        "controls",
        _seq(),
        sa.Column("sample_id", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("judge", sa.Text, nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("text_sha", sa.String(64), nullable=False),
        sa.Column("steps", sa.JSON, nullable=False),
        sa.Column("sound", sa.Boolean, nullable=False),
        sa.Column("accepted", sa.Boolean, nullable=False),
        sa.Column("judgement", sa.JSON),
        sa.UniqueConstraint("sample_id", "kind", "judge", "version", "text_sha"),
    )
    for table in ("documents", "models", "objections", "controls"):
        for change in ("UPDATE", "DELETE"):
            _refuse(table, change)


def _tell_calls_their_sample() -> None:
    """The id stands in each request already; nothing that was remembered changes."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE calls DISABLE TRIGGER calls_no_update")
        op.execute("UPDATE calls SET sample_id = request->>'sample_id'")
        op.execute("ALTER TABLE calls ENABLE TRIGGER calls_no_update")
    else:
        op.execute("DROP TRIGGER calls_no_update")
        op.execute("UPDATE calls SET sample_id = json_extract(request, '$.sample_id')")
        _refuse("calls", "UPDATE")


def _refuse(table: str, change: str) -> None:
    name = f"{table}_no_{change.lower()}"
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {change} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION m3ds_append_only()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {change} ON {table} BEGIN "
            f"SELECT RAISE(ABORT, '{table} is history: rows are only appended'); END"
        )
