"""The registry of sources: where articles come from. A source is one small class, and one row in a table of kinds.

    "/news", "git:/srv/news", "feeds" ─> source() ─> pull() ─> library, SyncReport

`KINDS` has those that need no more than a place. What a source needs beyond it, it gets from whoever adds its row: so the bot
adds ``feeds`` (`digests.sources.newsfeeds.NewsFeeds`, all feeds together) with its settings and its clock::

    kinds = {**KINDS, "feeds": Kind(lambda _place: NewsFeeds(feeds, client, clock))}
"""

from __future__ import annotations

import asyncio
import difflib
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from digests.errors import SourceError
from digests.library import Library
from digests.sources import gitclone
from digests.sync import Progress, SyncReport, source_of, sync


class Source(Protocol):
    """What articles come from."""

    @property
    def name(self) -> str:
        """Kind and place, unlike any other's: a folder's is what the library keeps its articles under. It never changes."""

    async def pull(self, library: Library, progress: Progress) -> SyncReport:
        """Bring what is new into the library, and what is wrong with the place into the report.

        Raises:
            LibraryError: When the library cannot be written.
        """


Bring = Callable[[Library, Path, Progress], SyncReport]
"""Brings a folder into the library. It takes as long as that takes, and is called in a thread."""


def _here(library: Library, folder: Path, progress: Progress) -> SyncReport:
    return sync(library, [folder], progress)


@dataclass(frozen=True, slots=True)
class Folder:
    """A content folder, and how it is brought into the library."""

    path: Path
    bring: Bring = field(default=_here, compare=False)

    @property
    def name(self) -> str:
        return source_of(self.path)

    async def pull(self, library: Library, progress: Progress) -> SyncReport:
        return await asyncio.to_thread(_one_at_a_time, self.bring, library, self.path, progress)


@dataclass(frozen=True, slots=True)
class Clone:
    """A content folder in a git clone: pulled, then read. What cannot be pulled is read as it was.

    To the library it is the folder that it is, so that an admin may change from one to the other and back.
    """

    path: Path
    bring: Bring = field(default=_here, compare=False)

    @property
    def name(self) -> str:
        return source_of(self.path)

    async def pull(self, library: Library, progress: Progress) -> SyncReport:
        problem = await gitclone.pull(self.path)
        report = await asyncio.to_thread(_one_at_a_time, self.bring, library, self.path, progress)
        return report + SyncReport(missing=(f"{self.path}: {problem}",) if problem else ())


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of source: what makes one of its place, and an example of a place; empty for a kind that has none."""

    make: Callable[[str], Source]
    example: str = ""


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "folder": Kind(lambda place: Folder(Path(place)), "/srv/news"),
        "git": Kind(lambda place: Clone(Path(place)), "/srv/news"),
    }
)
"""The kinds of source that need no more than their place."""

_KIND = re.compile(r"[a-z][a-z0-9]+")
_reading = threading.Lock()


def source(written: str, kinds: Mapping[str, Kind] = KINDS) -> Source:
    """The source that somebody names: ``kind:place``, the bare kind where it has no place, or the path of a folder.

    Raises:
        SourceError: For a kind that nobody knows, a kind without its place, and one with a place that has none.
    """
    written = written.strip()
    kind, colon, place = written.partition(":")
    if not _KIND.fullmatch(kind) or not (colon or kind in kinds):
        kind, place = "folder", written
    place = place.strip()
    folder = f" A folder of that name is './{written}'" if written else ""
    if kind not in kinds:
        close = difflib.get_close_matches(kind, kinds, n=1)
        hint = f"did you mean {close[0] + ':' + place!r}?" if close else f"there are {', '.join(kinds)}."
        raise SourceError(f"{written!r}: there is no kind of source {kind!r}; {hint}{folder}")
    row = kinds[kind]
    if row.example and not place:
        raise SourceError(f"{written!r}: no place; write one after the kind, such as '{kind}:{row.example}'.{folder}")
    if place and not row.example:
        raise SourceError(f"{written!r}: {kind} have no place; write '{kind}' for all that the settings name.{folder}")
    return row.make(place)


async def pull(library: Library, sources: Iterable[Source], progress: Progress | None = None) -> SyncReport:
    """Pull sources at the same time; what they did, added up in their order.

    Args:
        library: Where the articles go.
        sources: Each place once: of several with one name the first is pulled.
        progress: Called with the work done and the work known so far, of all sources together.

    Raises:
        LibraryError: When the library cannot be written.
    """
    done: dict[str, tuple[int, int]] = {}

    def tell(name: str, part: int, whole: int) -> None:
        done[name] = (part, whole)
        if progress is not None:
            parts = tuple(done.values())
            progress(sum(part for part, _ in parts), sum(whole for _, whole in parts))

    once = {each.name: each for each in reversed(tuple(sources))}
    pulls = (each.pull(library, partial(tell, name)) for name, each in reversed(once.items()))
    return sum(await asyncio.gather(*pulls), SyncReport())


def _one_at_a_time(bring: Bring, library: Library, folder: Path, progress: Progress) -> SyncReport:
    """Reading files is work for one processor, and switches Python's cycle collector off and on."""
    with _reading:
        return bring(library, folder, progress)
