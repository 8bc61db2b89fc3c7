"""Interrupts what a connection does once it has taken too long. One thread watches all; it ends some time after the last."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Watchdog:
    """Safe to share between threads.

    SQLite's own progress handler is no help: it would need the interpreter every thousand steps, which many threads want.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._until: dict[sqlite3.Connection, float] = {}
        self._watching = False

    @contextmanager
    def over(self, connection: sqlite3.Connection, seconds: float) -> Iterator[None]:
        """Interrupt what the connection does within this block once so many seconds have passed."""
        with self._changed:
            self._until[connection] = time.monotonic() + seconds
            if not self._watching:
                self._watching = True
                threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        try:
            yield
        finally:
            with self._changed:
                self._until.pop(connection, None)

    def _watch(self) -> None:
        with self._changed:
            idle = 0
            while idle < _LINGERS:
                idle = 0 if self._until else idle + 1
                now = time.monotonic()
                for connection in [each for each, until in self._until.items() if until <= now]:
                    del self._until[connection]
                    connection.interrupt()
                self._changed.wait(_LOOKS)
            self._watching = False


_LOOKS = 0.02  # seconds between two looks
_LINGERS = 250  # looks at nothing: to begin a thread takes as long as many a read
