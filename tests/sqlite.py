"""Empty SQLite databases for tests, with all tables: copied, since to make them takes as long as many a test."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from bot.delivery.schema import MIGRATIONS as LEDGER
from digests.library import Library


def empty(path: Path) -> str:
    """Make an empty database; gives its URL."""
    path.write_bytes(_template())
    return f"sqlite:///{path}"


@cache
def _template() -> bytes:
    folder = Path(tempfile.mkdtemp(prefix="heatline-template-"))
    try:
        made = Library.open(f"sqlite:///{folder / 'empty.db'}")
        made.database.upgrade(LEDGER)
        made.close()
        return (folder / "empty.db").read_bytes()
    finally:
        shutil.rmtree(folder)
