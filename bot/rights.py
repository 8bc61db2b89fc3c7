"""What is decided for a channel, and who may: its members, and the people who run the workspace."""

from __future__ import annotations

from bot.delivery.calls import Refused
from bot.membership import lacks_scope, member
from bot.office import Office
from bot.people import Person
from bot.readers import Place
from bot.readers.places import is_channel
from bot.readers.subscriptions import named
from bot.refusals import told
from bot.wiring import Newsroom


def shared(room: Newsroom, conversation: str) -> bool:
    """Whether a digest is posted in a conversation of several people: what is said there counts for all of them."""
    return bool(conversation) and not conversation.startswith("D") and bool(room.ledger.digests(conversation))


def readable(room: Newsroom, digest: str, who: Place, conversation: str) -> bool:
    """Whether a person may read editions of a digest that a button in a conversation names.

    Digests of the settings are everybody's; a subscription's are its owner's, and theirs to whom they were posted there.
    """
    key = named(digest)
    if not key or (conversation and digest in room.ledger.digests(conversation)):
        return True
    found = room.subscriptions.get(key)
    return found is not None and found.owner == who


async def refused(room: Newsroom, office: Office, person: Person, place: Place, here: Place) -> str:
    """Why a person may not decide for a place, in words; empty where that is fine, as it is for the person's own.

    Where the app may not ask Slack who is in a channel, whoever presses a button there, ``here``, is taken for a member.
    """
    if person.admin or not is_channel(place):
        return ""
    there = await member(office.slack, person.id, place.removeprefix("channel:"))
    if there is True or (place == here and lacks_scope(there)):
        return ""
    if there is False:
        return room.say("members-only")
    if there is None:
        return room.say("members-crowded")
    return room.tell(told(there)) if isinstance(there, Refused) else room.say("members-unknown")
