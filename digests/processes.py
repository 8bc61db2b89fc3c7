"""Processes of our own for long work: each starts afresh, hears no signal that is meant for the whole command, and ends with
the one that started it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Processes:
    """So many of them, started when there is work for the first time."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._context = _Context()
        self._pool: ProcessPoolExecutor | None = None

    def submit(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Have a function of a module called in one of them; what it is given and gives is pickled.

        Raises:
            OSError: One could not be started.
            BrokenExecutor: Here or from the future: one was ended, and with it the work of all.
        """
        if self._pool is None:
            # Not within `_deaf`: its locks start Python's own helper, which has the thread hear again.
            self._pool = ProcessPoolExecutor(self._number, self._context, initializer=_end_with_the_parent)
        with _deaf():
            return self._pool.submit(work, *args, **kwargs)

    def close(self) -> None:
        """Wait until what was begun is done, and end them. What was not begun never will be."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def kill(self) -> None:
        """End them at once: what they were at breaks, for whoever waits for it."""
        for each in self._context.started:
            if each.pid is not None:  # one that the system did not let start has none
                each.kill()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)


class _Process(SpawnProcess):
    """One of them. Signals that are meant for the whole command it does not hear: see `_deaf`."""

    def terminate(self) -> None:
        """End it, as the pool does with all when one has ended by itself."""
        self.kill()


class _Context(SpawnContext):
    """Starts them. They are not forked: the connections to the database and the threads of the bot must not be copied."""

    def __init__(self) -> None:
        self.started: list[SpawnProcess] = []

    def Process(self, *args: object, **kwargs: object) -> SpawnProcess:  # type: ignore[override]  # noqa: N802  # its name
        process = _Process(*args, **kwargs)  # type: ignore[arg-type]
        self.started.append(process)
        return process


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
    """In one of them: whose parent was killed would wait for work for ever."""
    threading.Thread(target=_wait_for_the_parents_end, name="parent", daemon=True).start()


def _wait_for_the_parents_end() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
