"""Reads documents beside the loop: a few in a thread, many also in processes, and every core reads."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor
from datetime import datetime
from types import TracebackType

from digests.processes import Processes
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
        self._processes: Processes | None = None

    async def __aenter__(self) -> Readers:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._processes is not None:
            await asyncio.to_thread(self._processes.close)

    async def read(self, body: bytes, url: str, headers: Mapping[str, str], now: datetime) -> FeedDocument:
        """The document, as `digests.sources.feeds.read` has it."""
        if not self._many:
            return await asyncio.to_thread(feeds.read, body, url, headers, now)
        for _ in range(_TRIES):
            processes = self._processes = self._processes or Processes(min(_MOST, os.cpu_count() or 1))
            try:
                return await asyncio.wrap_future(processes.submit(feeds.read, body, url, dict(headers), now))
            except BrokenExecutor:  # a document, or the system short of memory, has ended a process: all in it are lost
                if self._processes is processes:
                    self._processes = None  # the next try gets new ones
        return FeedDocument("", problems=(Problem("reading it ended the process that did", serious=True),))
