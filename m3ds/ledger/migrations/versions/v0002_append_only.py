"""History tables refuse UPDATE and DELETE, whoever asks."""

from alembic import op

revision = "0002"
down_revision = "0001"

_HISTORY = (
    "passes",
    "items",
    "calls",
    "texts",
    "attempts",
    "verdicts",
    "outcomes",
    "exclusions",
)


def upgrade() -> None:
    """Create one trigger for each table and kind of change."""
    postgres = op.get_context().dialect.name == "postgresql"
    if postgres:
        op.execute(
            "CREATE FUNCTION m3ds_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is history: rows are only appended', TG_TABLE_NAME; "
            "END $$"
        )
    for table in _HISTORY:
        for change in ("UPDATE", "DELETE"):
            name = f"{table}_no_{change.lower()}"
            if postgres:
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {change} ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION m3ds_append_only()"
                )
            else:
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {change} ON {table} BEGIN "
                    f"SELECT RAISE(ABORT, '{table} is history: rows are only appended'); END"
                )
