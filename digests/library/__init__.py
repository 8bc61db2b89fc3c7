"""The library: the store of articles and editions, and its search. Everything else about the database is private here."""

from digests.library.database import BATCH, Database, Migrations, batches, insert_all_new, insert_new
from digests.library.documents import Unreadable
from digests.library.schema import UTCDateTime
from digests.library.store import Filed, Library, Stamp, forget_editions

__all__ = [
    "BATCH",
    "Database",
    "Filed",
    "Library",
    "Migrations",
    "Stamp",
    "UTCDateTime",
    "Unreadable",
    "batches",
    "forget_editions",
    "insert_all_new",
    "insert_new",
]
