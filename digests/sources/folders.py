"""Content folders: finds the article files below a folder, and which of them changed since they were last read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from stat import S_ISREG

from digests.articles import MAX_BYTES, Reader
from digests.errors import ArticleError
from digests.library import Filed, Stamp

_SUFFIXES = (".md", ".markdown")
_TOPIC_FILE = b"---\ntaxonomy:"
_NOT_ARTICLES = frozenset(
    {"readme.md", "changelog.md", "contributing.md", "license.md", "code_of_conduct.md", "security.md"}
)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that may be an article: its path, its name below the folder (with ``/``), size and time of change."""

    path: str
    ref: str
    size: int
    modified: int


def scan(folder: Path) -> Iterator[FoundFile]:
    """Every Markdown file below a folder, in name order; hidden files and folders and links to folders are passed over.

    Raises:
        OSError: When the folder, or one below it, cannot be listed: a file that cannot be seen must not count as gone.
    """
    yield from _scan(os.fspath(folder), "")


def _scan(folder: str, prefix: str) -> Iterator[FoundFile]:
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _scan(entry.path, f"{prefix}{entry.name}/")
        elif entry.name.endswith(_SUFFIXES) and entry.name.lower() not in _NOT_ARTICLES:
            try:
                stat = entry.stat()
            except FileNotFoundError:  # it went away just now, or is a link to nothing
                continue
            except OSError:  # a link to itself, say: `read` will tell what is wrong
                yield FoundFile(entry.path, f"{prefix}{entry.name}", 0, -1)
                continue
            if S_ISREG(stat.st_mode):
                yield FoundFile(entry.path, f"{prefix}{entry.name}", stat.st_size, stat.st_mtime_ns)


def read(found: FoundFile, reader: Reader) -> Filed | None:
    """The article in a file, or None for a file that describes a topic of a hub, not an article.

    Raises:
        ArticleError: For a file that cannot be read, or is not an article.
    """
    if not found.ref.isascii() and found.ref.encode("utf-8", "replace").decode() != found.ref:
        shown = found.path.encode("utf-8", "backslashreplace").decode()
        raise ArticleError("the file's name is not UTF-8: rename it", path=shown)
    if found.size > MAX_BYTES:
        raise ArticleError(f"{found.size:,} bytes: an article file may have {MAX_BYTES:,}", path=found.path)
    try:
        data = _bytes(found)
    except OSError as error:
        raise ArticleError(f"cannot be read: {error.strerror}", path=found.path) from error
    if data.startswith(_TOPIC_FILE):
        return None
    stamp = Stamp(found.size, found.modified, blake2b(data, digest_size=16).hexdigest())
    return Filed(found.ref, stamp, reader.read(data, found.path))


def _bytes(found: FoundFile) -> bytes:
    """The content of a file as long as it was found. Python's buffered files make system calls that cost more than parsing."""
    handle = os.open(found.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        return os.read(handle, found.size)
    finally:
        os.close(handle)
