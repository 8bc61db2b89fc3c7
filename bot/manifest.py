"""The app's manifest: all that Slack has to be told of Heatline, its scopes and events, and what each is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.errors import HeatlineBotError

SEARCH, RELATED = "search_news", "related_news"
"""The callback_ids of the shortcuts, and of the dialogs that they open."""

EVENTS = "/slack/events"
"""Where Slack's requests arrive over HTTP."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A permission of the app: what it is for, and whether the bot works without it."""

    name: str
    purpose: str
    needed: bool


SCOPES: tuple[Scope, ...] = (
    Scope("chat:write", "to post digests, answers where it is mentioned, and the stories that people share", True),
    Scope("commands", "to answer /news, and for the shortcuts", True),
    Scope("users:read", "to know people's time zone and language, who runs the workspace, and who has left it", False),
    Scope(
        "channels:read",
        "to test that the bot is in its channels, and who may share or subscribe there; to hear when it is invited there, and "
        "when a channel is renamed or gone",
        False,
    ),
    Scope("groups:read", "the same for private channels", False),
    Scope("channels:history", "to make sure after a lost connection that nothing is posted twice", False),
    Scope("im:write", "to find the direct message with a person, to make sure of the same there", False),
    Scope("app_mentions:read", "to answer where it is mentioned", False),
    Scope("im:history", "to answer direct messages, and to make sure that nothing is posted twice there", False),
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that Slack tells the bot: what comes of it, and the scope that it takes, empty where it takes none."""

    name: str
    purpose: str
    scope: str = ""


_CHANNEL, _GROUP = "channels:read", "groups:read"
_GONE = "its subscriptions end"
_RENAMED = "the log says which digest of the settings goes by the old name"

HEARD: tuple[Event, ...] = (
    Event("app_mention", "it is answered in its thread", "app_mentions:read"),
    Event("message.im", "it is answered there", "im:history"),
    Event("member_joined_channel", "the bot tells who invited it what it posts there", _CHANNEL),
    Event("member_left_channel", f"if it is the bot: {_GONE}", _CHANNEL),
    Event("channel_left", _GONE, _CHANNEL),
    Event("channel_archive", _GONE, _CHANNEL),
    Event("channel_deleted", _GONE, _CHANNEL),
    Event("channel_rename", _RENAMED, _CHANNEL),
    Event("group_left", _GONE, _GROUP),
    Event("group_archive", _GONE, _GROUP),
    Event("group_deleted", _GONE, _GROUP),
    Event("group_rename", _RENAMED, _GROUP),
    Event("channel_id_changed", "what is kept of it goes along: it was shared with another company", _GROUP),
    Event(
        "user_change",
        "zone, language and rights are asked for anew; what comes directly to somebody who was deactivated ends",
        "users:read",
    ),
    Event("app_home_opened", "the Home tab is drawn"),
    Event("app_uninstalled", "all subscriptions of the workspace end"),
    Event("tokens_revoked", "the log says what to mend"),
)
"""What Slack tells the bot by itself. The bot works without any of it."""

SHORTCUTS: tuple[dict[str, str], ...] = (
    {
        "name": "Search news",
        "type": "global",
        "callback_id": SEARCH,
        "description": "Find AI news without leaving where you are",
    },
    {
        "name": "Related news",
        "type": "message",
        "callback_id": RELATED,
        "description": "What is known about the link, or the words, of this message",
    },
)
"""What people find in Slack's menus."""


def manifest(url: str = "", *, least: bool = False) -> dict[str, Any]:
    """The manifest, as Slack's form takes it (https://docs.slack.dev/reference/app-manifest).

    Args:
        url: Where Slack reaches the bot over HTTP, such as ``https://news.example.com``; empty for Socket Mode.
        least: Only the scopes that the bot cannot do without, and the events that take no other.

    Raises:
        HeatlineBotError: For a URL that Slack would not take.
    """
    command = {
        "command": "/news",
        "description": "AI news: the top stories, a topic, or any words",
        "usage_hint": "[topic or words] | subscribe | settings | topics | digest | help",
        "should_escape": True,
    }
    scopes = [scope.name for scope in SCOPES if scope.needed or not least]
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Heatline",
            "description": "The AI news that matters, each story once",
            "background_color": "#7a1f0e",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": "im:history" not in scopes,  # nobody shall write to who cannot hear
            },
            "bot_user": {"display_name": "Heatline", "always_online": True},
            "shortcuts": list(SHORTCUTS),
            "slash_commands": [command if not url else {**command, "url": _reached(url)}],
        },
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {
            "event_subscriptions": {
                **({"request_url": _reached(url)} if url else {}),
                "bot_events": [event.name for event in HEARD if not event.scope or event.scope in scopes],
            },
            "interactivity": {
                "is_enabled": True,
                # The second is where menus whose entries are searched for get them; over Socket Mode it needs no address.
                **({"request_url": _reached(url), "message_menu_options_url": _reached(url)} if url else {}),
            },
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def _reached(url: str) -> str:
    """The address of Slack's requests below a URL, given with or without it."""
    try:
        parts = urlsplit(url)
        good = (
            parts.scheme == "https" and bool(parts.hostname) and not (parts.query or parts.fragment or parts.username)
        )
        _ = parts.port
    except ValueError:
        good = False
    if not good:
        raise HeatlineBotError(f"{url!r} is no address that Slack can reach: give one such as https://news.example.com")
    return f"{url.rstrip('/').removesuffix(EVENTS)}{EVENTS}"
