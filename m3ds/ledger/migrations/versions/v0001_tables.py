"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SEQ = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _seq() -> "sa.Column[int]":
    return sa.Column("seq", _SEQ, primary_key=True, autoincrement=True)


def upgrade() -> None:
    """Create history and desk tables."""
    op.create_table(
        "passes",
        _seq(),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("scope", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_index("passes_by_stage", "passes", ["stage", "scope", "seq"])
    op.create_table(
        "items",
        _seq(),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("sample_id", sa.Text),
        sa.Column("body", sa.JSON, nullable=False),
        sa.UniqueConstraint("source", "fingerprint", "item"),
    )
    op.create_index("items_by_sample", "items", ["sample_id"])
    op.create_table(
        "calls",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("request", sa.JSON, nullable=False),
        sa.Column("response", sa.JSON, nullable=False),
    )
    op.create_table(
        "texts",
        sa.Column("sha", sa.String(64), primary_key=True),
        sa.Column("parent", sa.String(64)),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("steps", sa.JSON, nullable=False),
    )
    op.create_table(
        "attempts",
        _seq(),
        sa.Column("sample_id", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("call_key", sa.String(64), nullable=False),
        sa.Column("text_sha", sa.String(64), nullable=False),
        sa.Column("hint_level", sa.Integer),
        sa.Column("author", sa.JSON, nullable=False),
        sa.UniqueConstraint("sample_id", "attempt", "call_key", "text_sha"),
    )
    op.create_table(
        "verdicts",
        _seq(),
        sa.Column("sample_id", sa.Text, nullable=False),
        sa.Column("text_sha", sa.String(64), nullable=False),
        sa.Column("judge", sa.Text, nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("accepted", sa.Boolean, nullable=False),
        sa.Column("failures", sa.JSON, nullable=False),
        sa.UniqueConstraint("sample_id", "text_sha", "judge", "version"),
    )
    op.create_table(
        "outcomes",
        _seq(),
        sa.Column("sample_id", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("text_sha", sa.String(64)),
        sa.Column("call_key", sa.String(64)),
        sa.Column("checks_version", sa.String(32), nullable=False),
    )
    op.create_index("outcomes_by_sample", "outcomes", ["sample_id", "seq"])
    op.create_table(
        "exclusions",
        _seq(),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("sample_id", sa.Text, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("seen", sa.Text, nullable=False),
        sa.UniqueConstraint("fingerprint", "sample_id", "code"),
    )
    op.create_table(
        "file_digests",
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("mtime_ns", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
    )
