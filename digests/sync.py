"""Brings content folders into the library: reads what is new or changed, withdraws what is gone, keeps the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from digests import collecting
from digests.articles import Reader
from digests.errors import ArticleError
from digests.library import Filed, Library, Stamp
from digests.sources import folders
from digests.sources.folders import FoundFile

_BATCH = 2000
Progress = Callable[[int, int], None]
"""Called with the files done and the files in all."""


def _quiet(_done: int, _all: int) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did. Every file is in exactly one count; `rejected` has path, line and reason of each bad file.

    ``skipped`` files describe a hub's topics. ``missing`` folders could not be listed; nothing of theirs was withdrawn.
    ``dropped`` items of feeds are about nothing that is wanted; ``troubled`` feeds could not be read, which happens to some
    every day and is no fault of the sync; ``asked`` feeds were due.
    """

    loaded: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    skipped: int = 0
    rejected: tuple[ArticleError, ...] = ()
    missing: tuple[str, ...] = field(default=())
    dropped: int = 0
    troubled: tuple[str, ...] = ()
    asked: int = 0

    @property
    def clean(self) -> bool:
        """True when nothing was rejected and no folder was missing."""
        return not self.rejected and not self.missing

    def __add__(self, other: SyncReport) -> SyncReport:
        return SyncReport(
            self.loaded + other.loaded,
            self.unchanged + other.unchanged,
            self.withdrawn + other.withdrawn,
            self.skipped + other.skipped,
            self.rejected + other.rejected,
            self.missing + other.missing,
            self.dropped + other.dropped,
            self.troubled + other.troubled,
            self.asked + other.asked,
        )


@dataclass(frozen=True, slots=True)
class Look:
    """A folder as it was found just now, and as the library has it. ``missing`` says why it could not be listed."""

    folder: Path
    found: Sequence[FoundFile] = ()
    stored: Mapping[str, Stamp] = field(default_factory=dict)
    missing: str = ""

    @property
    def changed(self) -> int:
        """How many files are new, look different, or are gone."""
        differ = sum(not _looks_alike(self.stored.get(file.ref), file) for file in self.found)
        return differ + len(self.stored.keys() - {file.ref for file in self.found})


def look(library: Library, folder: Path) -> Look:
    """Look at a folder without reading a file.

    Raises:
        LibraryError: When the library cannot be read.
    """
    folder = folder.absolute()
    try:
        found = list(folders.scan(folder))
    except OSError as error:
        return Look(folder, missing=f"{error.filename or folder}: {error.strerror}")
    return Look(folder, found, library.stamps(source_of(folder)))


def sync(library: Library, contents: Sequence[Path], progress: Progress = _quiet) -> SyncReport:
    """Bring folders into the library.

    A bad file is reported and keeps what the library had of it; the rest goes in.

    Raises:
        LibraryError: When the library cannot be written.
    """
    return sum((bring(library, look(library, folder), progress) for folder in contents), SyncReport())


def bring(library: Library, seen: Look, progress: Progress = _quiet) -> SyncReport:
    """As `sync`, a folder that was looked at."""
    if seen.missing:
        return SyncReport(missing=(seen.missing,))
    with collecting.paused():
        return _brought(library, seen, progress)


def source_of(folder: Path) -> str:
    """The name under which the library keeps what comes from a folder."""
    return f"folder:{folder.absolute().as_posix()}"


def _looks_alike(known: Stamp | None, file: FoundFile) -> bool:
    """Whether a file has the size and the time of change that it had when it was read."""
    return known is not None and (known.size, known.modified) == (file.size, file.modified)


def _brought(library: Library, seen: Look, progress: Progress) -> SyncReport:
    source, found, stored = source_of(seen.folder), seen.found, dict(seen.stored)
    reader = Reader()
    batch: list[Filed] = []
    touched: dict[str, Stamp] = {}
    rejected: list[ArticleError] = []
    loaded = unchanged = skipped = 0
    for done, file in enumerate(found):
        if done % 100 == 0:
            progress(done, len(found))
        known = stored.pop(file.ref, None)
        if _looks_alike(known, file):
            unchanged += 1
            continue
        try:
            filed = folders.read(file, reader)
        except ArticleError as error:
            rejected.append(error)
            continue
        if filed is None:
            skipped += 1
            if known is not None:  # it was an article once: withdrawn below
                stored[file.ref] = known
        elif known is not None and known.digest == filed.stamp.digest:
            unchanged += 1
            touched[file.ref] = filed.stamp
        else:
            loaded += 1
            batch.append(filed)
        if len(batch) >= _BATCH:
            library.put(source, batch)
            batch.clear()
    library.put(source, batch)
    library.restamp(source, touched)
    library.withdraw(source, stored)  # what is still in there was not found in the folder
    progress(len(found), len(found))
    return SyncReport(loaded, unchanged, len(stored), skipped, tuple(rejected))
