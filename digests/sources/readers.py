"""Reads documents beside the loop: a few in a thread, many also in processes, and every core reads."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.context import SpawnContext, SpawnProcess
from types import TracebackType

from digests.sources import feeds
from digests.sources.feeds import FeedDocument, Problem

MANY = 60
"""From so many documents on, starting processes is worth its second."""

_TRIES = 3  # for a document: the process may have been ended by another one's
_MOST = 4  # processes: each takes the memory of an interpreter


class Readers:
    """Whoever reads the documents of one pull. Use it as an asynchronous context manager."""

    def __init__(self, documents: int) -> None:
        """Args:
        documents: About how many there will be.
        """
        self._many = documents >= MANY
        self._pool: ProcessPoolExecutor | None = None

    async def __aenter__(self) -> Readers:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)

    async def read(self, body: bytes, url: str, headers: Mapping[str, str], now: datetime) -> FeedDocument:
        """The document, as `digests.sources.feeds.read` has it."""
        if not self._many:
            return await asyncio.to_thread(feeds.read, body, url, headers, now)
        for _ in range(_TRIES):
            pool = self._pool = self._pool or _processes()
            try:
                with _deaf():  # processes are started as they are needed
                    reading = asyncio.get_running_loop().run_in_executor(
                        pool, feeds.read, body, url, dict(headers), now
                    )
                return await reading
            except BrokenExecutor:  # a document, or the system short of memory, has ended a process: all in it are lost
                if self._pool is pool:
                    self._pool = None  # the next try gets new processes
        return FeedDocument("", problems=(Problem("reading it ended the process that did", serious=True),))


class _Reader(SpawnProcess):
    """A process that reads. Signals that are meant for the whole command it does not hear: see `_deaf`."""

    def terminate(self) -> None:
        """End it, as the pool does with all when one has ended by itself."""
        self.kill()


class _Readers(SpawnContext):
    # Not forked: the database's connections and the threads of the bot must not be copied.
    Process = _Reader


def _processes() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(min(_MOST, os.cpu_count() or 1), _Readers(), initializer=_end_with_the_parent)


@contextmanager
def _deaf() -> Iterator[None]:
    """What is started within hears neither Ctrl-C nor SIGTERM, from its first moment on.

    Terminals and supervisors send them to all processes; the one that started the others is to end them in good order.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_the_parent() -> None:
    """In a process that reads: one whose parent was killed would wait for documents for ever."""
    threading.Thread(target=_wait_for_the_parents_end, name="parent", daemon=True).start()


def _wait_for_the_parents_end() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
