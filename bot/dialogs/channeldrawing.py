"""The dialog of a channel's digest, drawn: a form, what the channel has now, and a language in; a view for Slack out. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel import Locale

from bot.dialogs.channelform import LANGUAGE, ChannelForm
from bot.dialogs.choices import plain
from bot.dialogs.drawing import asked, field, named, select
from bot.plan import Outlet
from bot.readers.places import Place, user_id
from bot.settings import DigestSettings
from bot.when import told
from digests.language import LANGUAGES, Language
from digests.rendering.shorten import line
from digests.topics import Catalogue

SETTLING = "channel"
"""The callback_id of the dialog. Its elements have this before the names of their fields."""

RESET = "channel_reset"
"""The button that gives the channel the digest as it is."""

OWN = "customize_own"
"""The button that opens the dialog of a subscription like it."""

_TITLE = 100


def drawn(
    filled: ChannelForm, outlet: Outlet, where: str, catalogue: Catalogue, language: Language, now: datetime
) -> dict[str, Any]:
    """The dialog with what stands in it.

    ``where`` is the channel's id, empty where it is not known.
    """
    say = language.say
    offered = {code: Locale.parse(code).get_display_name(language.locale) or code for code in LANGUAGES}
    buttons = [{"type": "button", "action_id": f"{SETTLING}_preview", "text": plain(say("dialog-preview"))}]
    if outlet.own is not None:
        buttons.append(_reset(language))
    like = {"action_id": OWN, "value": outlet.standard.name, "text": plain(say("channel-yourself"))}
    blocks = [
        _head(outlet, where, language),
        *asked(filled.form, catalogue, language, now),
        field(LANGUAGE, say("channel-language"), select(offered, filled.language)),
        {"type": "actions", "elements": [*buttons, {"type": "button", **like}]},
    ]
    return {
        "type": "modal",
        "callback_id": SETTLING,
        "private_metadata": filled.about(),
        "title": plain(say("channel-title")),
        "submit": plain(say("dialog-save")),
        "close": plain(say("dialog-cancel")),
        "blocks": named(SETTLING, blocks),
    }


def as_it_is(digest: DigestSettings, language: Language) -> str:
    """When a digest comes, and how much of it, in words."""
    when = language.say("channel-when", when=told(digest.cron, language), zone=digest.spec.timezone)
    return f"{when} · {language.say('dialog-stories', count=digest.spec.stories)}"


def _head(outlet: Outlet, where: str, language: Language) -> dict[str, Any]:
    """Which digest of which channel it is; whether that is its own, and what it is otherwise."""
    channel = line(outlet.channel, _TITLE) or outlet.standard.name
    there = {"type": "channel", "channel_id": where} if where else _text(channel, bold=True)
    title = _text(line(outlet.standard.spec.title, _TITLE) or outlet.standard.name, bold=True)
    first = [title, _text(f" {language.say('channel-in')} "), there]
    second = [_text(language.say("channel-everywhere"))]
    if outlet.own is not None and outlet.variant is not None:
        moment = language.moment(outlet.variant.at, outlet.own.timezone)
        second = [_text(language.say("channel-changed", moment=moment)), *by(outlet.variant.by, language)]
        second.append(_text("\n" + language.say("channel-standard", standard=as_it_is(outlet.standard, language))))
    sections = [{"type": "rich_text_section", "elements": each} for each in (first, second)]
    return {"type": "rich_text", "elements": sections}


def by(person: str, language: Language) -> list[dict[str, Any]]:
    """Who did something, as a mention that tells nobody; nothing for nobody."""
    if not person:
        return []
    return [_text(f" {language.say('channel-by')} "), {"type": "user", "user_id": user_id(Place(person))}]


def _reset(language: Language) -> dict[str, Any]:
    say = language.say
    confirm = {
        "title": plain(say("settings-sure")),
        "text": plain(say("channel-reset-sure")),
        "confirm": plain(say("channel-reset")),
        "deny": plain(say("settings-cancel")),
    }
    return {"type": "button", "action_id": RESET, "text": plain(say("channel-reset")), "confirm": confirm}


def _text(text: str, *, bold: bool = False) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"style": {"bold": True}} if bold else {})}
