"""The clerk: writes down in the ledger what many deliveries change, all that comes at a time in one transaction.

Who asks for a change goes on only when it is stored. While one transaction waits for the disk, the changes for the next one
come together: so it is one wait for the disk however many messages are on their way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from bot.delivery.ledger import Change, Ledger

_T = TypeVar("_T")
_MOST = 500  # changes a transaction


class Clerk:
    """Writes changes of a ledger. Of one delivery there is one change at a time: who asked waits for it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._asked: list[tuple[Change, asyncio.Future[object]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, change: Callable[..., _T], *arguments: object) -> _T:
        """Carry out a method of the ledger, and give what it gives once that is stored; see `Ledger.together`.

        Raises:
            LeaseLost: As the method does.
            LedgerError: The ledger failed; nothing was stored.
        """
        done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._asked.append(((change, arguments), done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await done  # type: ignore[return-value]  # what the method gives

    async def _write(self) -> None:
        some: list[tuple[Change, asyncio.Future[object]]] = []
        try:
            while self._asked:
                some, self._asked = self._asked[:_MOST], self._asked[_MOST:]
                try:
                    results = await asyncio.to_thread(self._ledger.together, [change for change, _ in some])
                except Exception as error:  # noqa: BLE001  # it is those who asked whom it concerns
                    results = [error] * len(some)
                for (_, done), result in zip(some, results, strict=True):
                    if done.done():  # who asked was cancelled
                        continue
                    if isinstance(result, Exception):
                        done.set_exception(result)
                    else:
                        done.set_result(result)
        except asyncio.CancelledError:  # what became of them is not known here
            for _, done in (*some, *self._asked):
                done.cancel()
            self._asked = []
            raise
        finally:
            self._writing = None
