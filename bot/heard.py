"""What Slack has told the bot already: it tells an event again that was not acknowledged in time, and Bolt drops none."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update

from bot.delivery.schema import MIGRATIONS, events
from digests.library import Database, insert_new

KEPT = timedelta(days=1)
"""How long it is remembered; Slack gives an event up after some minutes, or a day where an admin wants late ones."""

PATIENCE = timedelta(seconds=30)
"""What was taken on and not done by then was left by a process that died: when Slack tells it again, it is done anew."""


class Heard:
    """The store of what Slack told, in the ledger's database. Synchronous; safe to share between threads.

    Raises:
        LibraryError: From every method, when the database cannot be opened, read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        database.upgrade(MIGRATIONS)

    def begin(self, key: str, now: datetime, *, done: bool = False) -> bool:
        """Take something on; False where that was done before, or is being done.

        ``done`` says that it counts as done at once: whoever dies over it, it is not done anew.
        """
        with self._database.write() as connection:
            connection.execute(delete(events).where(events.c.at < now - KEPT))
            if insert_new(connection, events, {"key": key, "at": now, "done": done}):
                return True
            left = (events.c.key == key, events.c.done.is_(False), events.c.at < now - PATIENCE)
            return connection.execute(update(events).where(*left).values(at=now)).rowcount > 0

    def done(self, key: str) -> None:
        """It was done: it is not done again."""
        with self._database.write() as connection:
            connection.execute(update(events).where(events.c.key == key).values(done=True))

    def drop(self, key: str) -> None:
        """It was not done, and nothing came of it: the next who is told may do it."""
        with self._database.write() as connection:
            connection.execute(delete(events).where(events.c.key == key, events.c.done.is_(False)))
