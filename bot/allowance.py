"""How much one person may ask in a row: a burst, then a little at a time, so that nobody keeps the bot from the others."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from bot.readers import Place

BURST = 30
"""Messages to the bot, and presses of its buttons, that are answered in a row."""

A_SECOND = 1.0
"""How many more there are each second; nobody reads faster."""

_PEOPLE = 10_000  # who are remembered; who was longest silent is forgotten first


class Turn(Enum):
    """What is done for somebody now."""

    GO = auto()
    SLOW_DOWN = auto()
    """Nothing but saying so, which is said once until that person has rested."""

    SILENCE = auto()


@dataclass(slots=True)
class _Left:
    number: float
    at: datetime
    told: bool = False


class Allowance:
    """Everybody's, while the bot runs."""

    def __init__(self, burst: int = BURST, a_second: float = A_SECOND) -> None:
        self._burst = float(burst)
        self._a_second = a_second
        self._of: OrderedDict[Place, _Left] = OrderedDict()

    def take(self, who: Place, now: datetime) -> Turn:
        """Take one of what a person may ask at a moment."""
        left = self._of.setdefault(who, _Left(self._burst, now))
        self._of.move_to_end(who)
        while len(self._of) > _PEOPLE:
            self._of.popitem(last=False)
        passed = max(0.0, (now - left.at).total_seconds())
        left.number, left.at = min(self._burst, left.number + passed * self._a_second), now
        if left.number == self._burst:
            left.told = False
        if left.number >= 1:
            left.number -= 1
            return Turn.GO
        if left.told:
            return Turn.SILENCE
        left.told = True
        return Turn.SLOW_DOWN
