"""How much room the database takes, and how much is left beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import func, select, text

from digests.library.database import Database

_SQLITE = text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")


def taken(database: Database) -> int:
    """Bytes of the database, library and ledger together. What SQLite keeps beside its file for a while does not count."""
    with database.read() as connection:
        if connection.dialect.name == "sqlite":
            return int(connection.execute(_SQLITE).scalar_one())
        return int(connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one())


def left(database: Database) -> int | None:
    """Bytes that are free where an SQLite file lies; None for a database server, which has its own disk."""
    if database.url.get_backend_name() != "sqlite":
        return None
    return shutil.disk_usage(Path(str(database.url.database)).absolute().parent).free
