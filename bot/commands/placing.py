"""Where a subscription may go: a person's direct messages, or a channel that both the person and the bot are in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.delivery.calls import Outcome, Refused
from bot.delivery.lookup import Lookup, Unseen
from bot.errors import HeatlineBotError
from bot.membership import PLACE, Conversation, conversation, lacks_scope, member
from bot.office import Office
from bot.people import Person
from digests.language import Said, said

HERE = frozenset("here hier ここ".split())
"""What people call the conversation that they are in."""

DIRECT = frozenset("dm me pn dms ＤＭ".split())
"""What people call a direct message."""

_MENTION = re.compile(r"<#([A-Z0-9]+)(?:\|([^<>]*))?>")


@dataclass(frozen=True, slots=True)
class Placed:
    """A place that a person may subscribe: Slack's id of a channel, and its name; of the person, without one."""

    where: str
    name: str = ""


class Misplaced(HeatlineBotError):  # noqa: N818  # nothing is broken
    """A place that a person may not subscribe; ``why`` tells that person, and what to do."""

    def __init__(self, why: Said) -> None:
        self.why = why
        super().__init__(str(why))

    @property
    def for_reader(self) -> Said:
        """What the person is told."""
        return self.why


def mentioned(text: str) -> dict[str, str]:
    """The channels that a command names as Slack escapes them, ``<#C123|robots>``: their ids by ``#robots``."""
    return {f"#{match[2] or match[1]}".casefold(): match[1] for match in _MENTION.finditer(text)}


def is_place(word: str) -> bool:
    """Whether a word is a place: ``#robots``, a channel's id, ``here`` or ``dm``."""
    return word.startswith("#") or word.casefold() in HERE | DIRECT or bool(PLACE.fullmatch(word) and len(word) > 8)


async def placed(
    office: Office, person: Person, word: str, here: str, channels: Mapping[str, str], *, carried: bool = False
) -> Placed:
    """The place that a person means.

    Args:
        office: To ask Slack.
        person: Who asks.
        word: What was typed; nothing means a direct message.
        here: The conversation in which it was typed.
        channels: Ids of channels by what was typed, from `mentioned`.
        carried: That a dialog carried ``here`` along: the person may have left it since.

    Raises:
        Misplaced: For a place that there is not, or where the person or the bot is not.
    """
    called = word.casefold()
    if not word or called in DIRECT or (called in HERE and not PLACE.fullmatch(here)):
        return Placed(person.id)
    where = here if called in HERE else channels.get(called) or await _named(office, word)
    found = await conversation(office.slack, where)
    if not isinstance(found, Conversation):
        raise Misplaced(_unseen(found, word))
    if found.direct:
        raise Misplaced(said("place-direct"))
    name = f"#{found.name}" if found.name else word
    if not found.public:  # to a stranger nothing is told of it, not even that it is there
        await _allow(office, person, found, here, word, carried=carried)
    if found.archived:
        raise Misplaced(said("place-archived", name=name))
    if not found.inside:
        raise Misplaced(said("place-not-in", name=name))
    if found.public:
        await _allow(office, person, found, here, name, carried=carried)
    return Placed(where, name)


async def belongs(
    office: Office, person: Person, where: str, here: str, *, carried: bool = False
) -> bool | Outcome | None:
    """Whether a person is in a channel: Slack is asked, but for the one in which the person is just now.

    One that a dialog carried along is believed only where the app may not ask.
    """
    if where == here and not carried:
        return True
    there = await member(office.slack, person.id, where)
    return True if where == here and lacks_scope(there) else there


async def _allow(office: Office, person: Person, found: Conversation, here: str, name: str, *, carried: bool) -> None:
    there = True if person.admin else await belongs(office, person, found.id, here, carried=carried)
    if there is True:
        return
    if there is False:
        raise Misplaced(said("place-stranger" if found.public else "place-unknown", name=name))
    raise Misplaced(said("place-crowded", name=name) if there is None else _unseen(there, name))


async def _named(office: Office, word: str) -> str:
    if PLACE.fullmatch(word.removeprefix("#")):
        return word.removeprefix("#")
    found = await Lookup(office.slack).channel(f"#{word.removeprefix('#')}")
    if isinstance(found, Unseen):
        raise Misplaced(_unseen(found.outcome, word))
    return found


def _unseen(outcome: Outcome, name: str) -> Said:
    if lacks_scope(outcome):
        return said("place-no-scope", name=name)
    if isinstance(outcome, Refused):
        return said("place-unknown", name=name)
    return said("place-unreached")
