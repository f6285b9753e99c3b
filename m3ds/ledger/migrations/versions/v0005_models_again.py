"""What is known of a model may be completed later, by another row of it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TEXTS = ("model", "asked", "revision", "licence", "terms", "origin")


def upgrade() -> None:
    """Let a model have several rows; those that are there stay as they are."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE models DROP CONSTRAINT models_model_asked_key")
        op.create_unique_constraint(None, "models", _TEXTS)
        return
    # SQLite cannot drop a constraint. A table that is dropped takes its triggers along.
    op.rename_table("models", "models_before")
    op.create_table(
        "models",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TEXTS),
        sa.UniqueConstraint(*_TEXTS),
    )
    op.execute(
        "INSERT INTO models (seq, model, asked, revision, licence, terms, origin) "
        "SELECT seq, model, asked, revision, licence, terms, origin FROM models_before ORDER BY seq"
    )
    op.drop_table("models_before")
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER models_no_{change.lower()} BEFORE {change} ON models BEGIN "
            "SELECT RAISE(ABORT, 'models is history: rows are only appended'); END"
        )
