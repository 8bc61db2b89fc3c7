"""Commands that Slack hands over again while, or soon after, they are answered: the same answer, worked out once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any

from digests.models import Message

_MOST = 200  # answers that are remembered; a command comes again within seconds or never


class Answers:
    """The answers of late, by Slack's trigger_id.

    A command that comes again has to be answered again, since its first answer was lost: so an answer is remembered here
    and not in the ledger. What a command stores, it stores once by itself.
    """

    def __init__(self) -> None:
        self._of: OrderedDict[str, asyncio.Task[Message]] = OrderedDict()

    def of(self, key: str, work: Callable[[], Coroutine[Any, Any, Message]]) -> tuple[asyncio.Task[Message], bool]:
        """The answer that is being made, or was, and whether somebody waits for it already; begun now where it is new."""
        known = self._of.get(key)
        if known is not None and not (known.done() and known.exception() is not None):
            return known, True
        made = asyncio.create_task(work())
        if key:
            self._of[key] = made
            while len(self._of) > _MOST:
                self._of.popitem(last=False)
        return made, False
