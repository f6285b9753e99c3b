"""An empty ledger on either database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from m3ds.ledger.ledger import Ledger


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger on either database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'l.db'}"
    else:
        url = request.getfixturevalue("postgres")()
    opened = Ledger(url)
    yield opened
    opened.close()
