"""What the tests of stages share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.standing import Standing, standing


@pytest.fixture
def server() -> Iterator[Standing]:
    """A model server that answers both as author and as critic."""
    with standing() as one:
        yield one
