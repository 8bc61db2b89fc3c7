"""What was worked out last, so that who asks the same at once gets the same: it is worked out once, however many ask."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """So many values, those that were asked for last, by keys that hold all that a value depends on.

    Safe to share between threads. What raises is not kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._slots: OrderedDict[Hashable, _Slot[T]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of a key, made now where it is not there."""
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            while len(self._slots) > self._most:
                self._slots.popitem(last=False)
        with slot.making:
            if not slot.made:
                slot.made.append(make())
        return slot.made[0]


class _Slot(Generic[T]):
    def __init__(self) -> None:
        self.making = threading.Lock()
        self.made: list[T] = []
