"""Brings what sources have into the library and judges it: a little in a thread, much in a process of its own.

While Python works in a thread of the bot, everybody who asks waits for it at every turn.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, CancelledError, Future
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.errors import HeatlineBotError
from digests import intake, sync
from digests.library import Library, Unreadable
from digests.processes import Processes
from digests.sources.registry import Clone, Folder, Source, pull
from digests.sync import Progress, SyncReport

_T = TypeVar("_T")

MANY = 500
"""From so many files to read, or articles to judge, the work takes longer than starting a process."""


class Reading:
    """Reads sources into a library. Pulls that go on at the same time have a process each, where they need one."""

    def __init__(self, library: Library, published_from: int, clock: Callable[[], datetime]) -> None:
        self._library = library
        self._published_from = published_from
        self._clock = clock
        self._lock = threading.Lock()
        self._at_work: set[Processes] = set()
        self._ended = False

    async def pull(self, sources: Iterable[Source]) -> SyncReport:
        """Bring sources into the library and judge what is new.

        Raises:
            LibraryError: When the library cannot be read or written.
            HeatlineBotError: When the process that does it could not be started, or was ended.
        """
        processes = Processes(1)
        with self._lock:
            self._at_work.add(processes)
        try:
            report = await pull(self._library, [self._beside(each, processes) for each in sources])
            await asyncio.to_thread(self._take_in, processes, self._clock())
            return report
        finally:
            with self._lock:
                self._at_work.remove(processes)
                processes.kill()

    def end(self) -> None:
        """Break off what goes on in processes. What was not written down yet is done by the next start."""
        with self._lock:
            self._ended = True
            for each in self._at_work:
                each.kill()

    def _beside(self, source: Source, processes: Processes) -> Source:
        """The source, whose folder is brought in by us."""
        if isinstance(source, Folder | Clone):
            return replace(source, bring=partial(self._bring, processes))
        return source

    def _bring(self, processes: Processes, _library: Library, folder: Path, _progress: Progress) -> SyncReport:
        seen = sync.look(self._library, folder)
        if seen.changed < MANY:
            return sync.bring(self._library, seen)
        # It looks anew: to hand all of it over takes longer.
        return self._elsewhere(processes, partial(_sync, folder=folder))

    def _take_in(self, processes: Processes, now: datetime) -> None:
        judging = partial(intake.take_in, now=now, published_from=self._published_from)
        if self._library.unjudged(intake.JUDGEMENT, MANY) < MANY:
            judging(self._library)
        else:
            self._elsewhere(processes, judging)

    def _elsewhere(self, processes: Processes, work: Callable[[Library], _T]) -> _T:
        """What is made of the library in another process."""
        try:
            found, odd = self._begun(processes, work).result()
        except (BrokenExecutor, CancelledError) as error:
            raise HeatlineBotError(
                "the process that read and judged was ended, by the system for want of memory perhaps; "
                "the next look goes on where it was"
            ) from error
        for each in odd:
            self._library.tell(each)
        return found

    def _begun(self, processes: Processes, work: Callable[[Library], _T]) -> Future[tuple[_T, list[Unreadable]]]:
        url = self._library.database.url.render_as_string(hide_password=False)
        with self._lock:
            if self._ended:
                raise HeatlineBotError("the bot is ending")
            try:
                return processes.submit(_with_library, url, work)
            except OSError as error:
                raise HeatlineBotError(
                    f"no process could be started to read and judge ({error.strerror}); it is tried again at the next look"
                ) from error


def _with_library(url: str, work: Callable[[Library], _T]) -> tuple[_T, list[Unreadable]]:
    """In a process of its own: what is made of a library, and what of it could not be read back."""
    odd: list[Unreadable] = []
    library = Library.open(url, odd.append)
    try:
        return work(library), odd
    finally:
        library.close()


def _sync(library: Library, folder: Path) -> SyncReport:
    return sync.sync(library, [folder])
