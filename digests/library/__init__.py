"""The library: the store of articles and editions, and its search. Everything else about the database is private here."""

from digests.library.database import Database, Migrations, insert_new
from digests.library.documents import Unreadable
from digests.library.schema import UTCDateTime
from digests.library.store import Filed, Library, Stamp

__all__ = ["Database", "Filed", "Library", "Migrations", "Stamp", "UTCDateTime", "Unreadable", "insert_new"]
