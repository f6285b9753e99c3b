"""Items are read page by page, in order, without sorting all of a source for each page."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the index."""
    op.create_index("items_in_order", "items", ["source", "fingerprint", "kind", "seq"])
