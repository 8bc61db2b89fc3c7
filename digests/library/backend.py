"""What a kind of database has to know to be used by `digests.library.database`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError

from digests.errors import LibraryError


class TookTooLongError(LibraryError):
    """A read took longer than it may."""


class Backend(ABC):
    """A kind of database, for one address.

    Raises:
        LibraryError: For an address that cannot be one.
    """

    def __init__(self, url: URL) -> None:
        self.url = url

    @abstractmethod
    def engine(self) -> Engine:
        """The connections; none is opened yet."""

    @abstractmethod
    def reading(self, engine: Engine) -> AbstractContextManager[Connection]:
        """A transaction that sees one state and changes nothing."""

    @abstractmethod
    def promptly(self, connection: Connection, seconds: float) -> AbstractContextManager[None]:
        """What such a transaction does within is ended after so many seconds."""

    @abstractmethod
    def writing(self, engine: Engine, turn: str | None) -> AbstractContextManager[Connection]:
        """A transaction that may write, alone among those of its turn; None where it need not be."""

    @contextmanager
    def climbing(self, engine: Engine, *, anew: bool) -> Iterator[Connection]:  # noqa: ARG002  # it tidies up by itself
        """A transaction that changes the schema, and tidies up behind it where it was not ``anew``."""
        with self.writing(engine, "schema") as connection:  # of several processes one climbs, the others find it done
            yield connection

    @abstractmethod
    def took_too_long(self, error: DatabaseError) -> bool:
        """Whether that is why a read was ended."""

    @property
    def exists(self) -> bool:
        """Whether there is a database at the address, as far as that is known without asking it."""
        return True

    @abstractmethod
    def others(self, engine: Engine) -> bool:
        """Whether another process has it open. No connection of ours may be."""

    @abstractmethod
    def by_itself(self, connection: Any) -> None:
        """Have each statement of a driver's connection count by itself, outside of any transaction."""

    def said(self, error: DatabaseError) -> str:
        """What the database said, in one line."""
        return " ".join(str(error.orig).split())
