"""What a reader is told where Slack did not do something: what is wrong, and who mends it how."""

from __future__ import annotations

from bot.delivery.calls import Busy, Outcome, Refused, Unreached
from bot.errors import said_of
from digests.language import Said

UNREACHED = Said("slack-unreached")
BUSY = Said("slack-busy")
UNKNOWN = Said("slack-unknown")


def told(outcome: Outcome) -> Said:
    """What somebody in Slack is told of a call that came to this; nothing else of Slack's answer is shown."""
    match outcome:
        case Refused():
            return said_of(outcome.row.code, outcome.needed)
        case Busy():
            return BUSY
        case Unreached():
            return UNREACHED
        case _:
            return UNKNOWN
