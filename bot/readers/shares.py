"""Which dialogs have shared their story: each may post it once, however often it is sent off."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from bot.delivery.schema import MIGRATIONS, shares
from digests.library import Database, insert_new

_KEPT = timedelta(days=7)  # no dialog is open so long


class Shares:
    """The store of shares in the ledger's database. Synchronous; safe to share between threads.

    Raises:
        LibraryError: From every method, when the database cannot be opened, read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        database.upgrade(MIGRATIONS)

    def claim(self, view: str, now: datetime) -> bool:
        """About to post what a dialog shares; False where that was begun before."""
        with self._database.write() as connection:
            connection.execute(delete(shares).where(shares.c.at < now - _KEPT))
            return insert_new(connection, shares, {"view": view, "at": now, "sent": False})

    def release(self, view: str) -> None:
        """Slack surely does not have it: it may be posted again."""
        with self._database.write() as connection:
            connection.execute(delete(shares).where(shares.c.view == view))

    def sent(self, view: str) -> None:
        """Slack has it."""
        with self._database.write() as connection:
            connection.execute(update(shares).where(shares.c.view == view).values(sent=True))

    def was_sent(self, view: str) -> bool:
        """Whether Slack surely has it."""
        with self._database.read() as connection:
            return bool(connection.execute(select(shares.c.sent).where(shares.c.view == view)).scalar())
