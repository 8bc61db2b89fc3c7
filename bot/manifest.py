"""The app's manifest: all that Slack has to be told of Heatline, with the least scopes, and what each is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.errors import HeatlineBotError

EVENTS = "/slack/events"
"""Where Slack's requests arrive over HTTP."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A permission of the app: what it is for, and whether the bot works without it."""

    name: str
    purpose: str
    needed: bool


SCOPES: tuple[Scope, ...] = (
    Scope("chat:write", "to post digests, and the stories that people share", True),
    Scope("commands", "to answer /news", True),
    Scope("users:read", "to know people's time zone and language, and who runs the workspace", False),
    Scope("channels:read", "to test that the bot is in its channels, and who may share or subscribe there", False),
    Scope("groups:read", "the same for private channels", False),
    Scope("channels:history", "to make sure after a lost connection that nothing is posted twice", False),
    Scope("im:write", "to find the direct message with a person, to make sure of the same there", False),
    Scope("im:history", "to make sure of it in direct messages, where people get what they subscribed to", False),
)


EVENTS_HEARD: tuple[str, ...] = ("app_home_opened",)
"""What Slack tells the bot of by itself: that somebody opened its Home tab."""


def manifest(url: str = "", *, least: bool = False) -> dict[str, Any]:
    """The manifest, as Slack's form takes it (https://docs.slack.dev/reference/app-manifest).

    Args:
        url: Where Slack reaches the bot over HTTP, such as ``https://news.example.com``; empty for Socket Mode.
        least: Only the scopes that the bot cannot do without.

    Raises:
        HeatlineBotError: For a URL that Slack would not take.
    """
    command = {
        "command": "/news",
        "description": "AI news: the top stories, a topic, or any words",
        "usage_hint": "[topic or words] | subscribe | settings | topics | digest | help",
        "should_escape": True,
    }
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
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "Heatline", "always_online": True},
            "slash_commands": [command if not url else {**command, "url": _reached(url)}],
        },
        "oauth_config": {"scopes": {"bot": [scope.name for scope in SCOPES if scope.needed or not least]}},
        "settings": {
            "event_subscriptions": {
                **({"request_url": _reached(url)} if url else {}),
                "bot_events": list(EVENTS_HEARD),
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
