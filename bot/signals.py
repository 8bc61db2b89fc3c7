"""Ends a command in good order when it is told to, by Ctrl-C or by SIGTERM."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from types import FrameType, TracebackType
from typing import Any, TypeVar

from bot.terminal import notes

T = TypeVar("T")


class UntilTold:
    """Work until it ends or is told to, by SIGINT, which is Ctrl-C, or by SIGTERM: then the command ends with one line.

    Work in an event loop is cancelled and gives back what it has taken: feeds would be nobody's for as long as they are
    leased. Being told again meanwhile changes nothing. Threads are not waited for: what they have not written down by
    then is undone, as after a crash.
    """

    def __init__(self) -> None:
        self._told: signal.Signals | None = None
        self._end: Callable[[], object] = _interrupt

    def __enter__(self) -> UntilTold:
        heard = [each for each in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(each) is not signal.SIG_IGN]
        self._before = {each: signal.signal(each, self._tell) for each in heard}  # none that a script has switched off
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._told is not None and isinstance(error, KeyboardInterrupt | asyncio.CancelledError):
            notes(f"stopped by {self._told.name}: what is left is for the next `heatline sync`")
            sys.stdout.flush()
            os._exit(128 + self._told)  # as shells say it
        for each, handler in self._before.items():
            signal.signal(each, handler)

    def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What comes of work in an event loop."""

        async def cancelled_when_told() -> T:
            task = asyncio.current_task()
            assert task is not None
            self._end = partial(task.get_loop().call_soon_threadsafe, task.cancel)
            if self._told is not None:
                raise asyncio.CancelledError
            try:
                return await work()
            finally:
                self._end = _nothing

        self._end = _nothing  # until there is something to cancel; it is noted
        runner = asyncio.Runner()
        try:
            result = runner.run(cancelled_when_told())
        finally:
            self._end = _interrupt
            if self._told is None:
                runner.close()  # waits for threads
        if self._told is not None:
            raise KeyboardInterrupt
        return result

    def _tell(self, number: int, _frame: FrameType | None) -> None:
        if self._told is None:
            self._told = signal.Signals(number)
            self._end()


def _interrupt() -> None:
    raise KeyboardInterrupt


def _nothing() -> None:
    pass
