"""What ends when a channel, a person or the app goes, with a note of why in the log; and what goes along with a channel."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import structlog

from bot.events import Happening, on
from bot.readers import user
from bot.readers.moving import move
from bot.readers.subscriptions import Subscription
from bot.readers.variants import digest_of
from bot.rounds import INACTIVE

if TYPE_CHECKING:
    from bot.app import SlackApp

log = structlog.get_logger(__name__)

UNINSTALLED = "app_uninstalled"
"""Why a subscription ended with the app itself."""

_REMOVED, _ARCHIVED, _DELETED = "not_in_channel", "is_archived", "channel_not_found"  # Slack's own codes

REASONS: Mapping[str, str] = MappingProxyType(
    {
        _REMOVED: "the bot was removed from the channel",
        _ARCHIVED: "the channel was archived",
        _DELETED: "the channel was deleted",
        INACTIVE: "the person was deactivated",
        UNINSTALLED: "the app was uninstalled",
    }
)
"""Why subscriptions end here: the codes that are kept, and what the log says of each."""

ENDS: Mapping[str, str] = MappingProxyType(
    {
        "channel_left": _REMOVED,
        "group_left": _REMOVED,
        "member_left_channel": _REMOVED,
        "channel_archive": _ARCHIVED,
        "group_archive": _ARCHIVED,
        "channel_deleted": _DELETED,
        "group_deleted": _DELETED,
    }
)
"""Events after which nothing can be posted in a channel any more, and the code of that in `REASONS`."""


def listen(app: SlackApp) -> None:
    """Listen to what goes, and to what is called something else."""
    for kind, why in ENDS.items():
        # Others leave, too, and that is told by an event of the same name.
        ours = _is_the_bot if kind == "member_left_channel" else _any
        on(app, kind, partial(_channel_gone, app, why), ours)
    for kind in ("channel_rename", "group_rename"):
        on(app, kind, partial(_renamed, app))
    on(app, "channel_id_changed", partial(_moved, app))
    on(app, "user_change", partial(_changed, app), remembered=False)  # there are many, and they may be heard twice
    on(app, "app_uninstalled", partial(_uninstalled, app))
    on(app, "tokens_revoked", _revoked)


async def _channel_gone(app: SlackApp, why: str, happening: Happening) -> None:
    channel = happening.channel
    ended = await asyncio.to_thread(_end, app, app.room.subscriptions.within(channel), why)
    log.info("channel.gone", channel=channel, why=REASONS[why], subscriptions=ended)
    for name in await asyncio.to_thread(_digests_of, app, channel):
        log.warning(
            "digest.cannot_be_posted",
            digest=name,
            channel=channel,
            why=REASONS[why],
            do="invite the bot, or name another channel",
        )


async def _renamed(app: SlackApp, happening: Happening) -> None:
    """Subscriptions go by ids. A digest of the settings may go by the old name, which is nobody's now, or another's."""
    described = happening.event.get("channel")
    name = str(described.get("name") or "") if isinstance(described, Mapping) else ""
    digests = {digest.name: digest for digest in app.room.settings.digests}
    for each in await asyncio.to_thread(_digests_of, app, happening.channel):
        if not {happening.channel, f"#{name}"} & set(digests[each].channels):
            log.warning(
                "digest.names_channel_by_old_name",
                digest=each,
                channel=happening.channel,
                name=name,
                do=f"name the channel by its ID, {happening.channel}",
            )


async def _moved(app: SlackApp, happening: Happening) -> None:
    """A channel goes by another id for ever, and nothing can be posted under the old one."""
    old, new = (str(happening.event.get(f"{which}_channel_id") or "") for which in ("old", "new"))
    if not old or not new or old == new:
        return
    number = await asyncio.to_thread(move, app.room.library.database, old, new, app.clock())
    log.info("channel.moved", channel=old, to=new, subscriptions=number)
    for each in app.room.settings.digests:
        if old in each.channels:
            do = f"name the channel by its new ID, {new}"
            log.warning("digest.names_channel_by_old_id", digest=each.name, channel=old, do=do)


async def _changed(app: SlackApp, happening: Happening) -> None:
    """Ask anew about a person. Of who is deactivated what came directly ends; what is a channel's own goes on."""
    app.office.people.changed(happening.team, happening.user)
    described = happening.event.get("user")
    if isinstance(described, Mapping) and described.get("deleted"):
        mine = await asyncio.to_thread(app.room.subscriptions.of, user(happening.team, happening.user))
        direct = [each for each in mine if each.direct]
        ended = await asyncio.to_thread(_end, app, direct, INACTIVE)
        log.info("person.deactivated", user=happening.user, subscriptions=ended)


async def _uninstalled(app: SlackApp, happening: Happening) -> None:
    every = await asyncio.to_thread(app.room.subscriptions.of_team, happening.team)
    ended = await asyncio.to_thread(_end, app, every, UNINSTALLED)
    log.error(
        "app.uninstalled", team=happening.team, subscriptions=ended, do="install the app again, and set its new token"
    )


async def _revoked(happening: Happening) -> None:
    """A token may be revoked to be replaced, so nothing ends; who uninstalls the app is told of by its own event, too."""
    tokens = happening.event.get("tokens")
    if isinstance(tokens, Mapping) and tokens.get("bot"):
        log.error("app.token_revoked", team=happening.team, do="install the app again, and set its new token")


def _end(app: SlackApp, subscriptions: Iterable[Subscription], why: str) -> int:
    """End subscriptions for one of `REASONS`; how many ran."""
    number = 0
    for each in subscriptions:
        if app.room.subscriptions.end(each.id, why, app.clock()):
            log.info("subscription.ended", subscription=each.id, where=each.where, why=REASONS[why])
            number += 1
    return number


def _digests_of(app: SlackApp, channel: str) -> tuple[str, ...]:
    """The digests of the settings that go to a channel: by its id, or, as was seen, by its name."""
    posted = {digest_of(name) for name in app.room.ledger.digests(channel)}
    return tuple(
        each.name
        for each in app.room.settings.digests
        if channel in each.channels or (each.name in posted and any(name.startswith("#") for name in each.channels))
    )


def _is_the_bot(happening: Happening) -> bool:
    return bool(happening.bot) and happening.user == happening.bot


def _any(_happening: Happening) -> bool:
    return True
