"""Drawing: editions and answers as Slack blocks, plain text, HTML, JSON and for terminals. Pure; ``now`` is passed in.

``Renderer`` is the whole of it. ``check``, ``fit`` and ``ensure`` hold messages made elsewhere to Slack's limits;
``plain``, ``escape``, ``inert`` and ``link`` make other people's text safe for one; ``message_json`` and ``post_json``
show what is sent.
"""

from __future__ import annotations

from digests.rendering.ages import age, day
from digests.rendering.fitting import fit
from digests.rendering.homepage import ChannelDigest, HomePage, Hushed, Subscribed
from digests.rendering.jsonform import message_json, post_json
from digests.rendering.limits import check, ensure
from digests.rendering.links import safe_url
from digests.rendering.mrkdwn import escape, inert, link
from digests.rendering.plain import plain
from digests.rendering.renderer import (
    NOTE,
    Button,
    KeptPage,
    KeptRow,
    MissedPage,
    Renderer,
    SavedPage,
    SettingsPage,
    SubscriptionRow,
)
from digests.rendering.shorten import shorten

__all__ = [
    "NOTE",
    "Button",
    "ChannelDigest",
    "HomePage",
    "Hushed",
    "KeptPage",
    "KeptRow",
    "MissedPage",
    "Renderer",
    "SavedPage",
    "SettingsPage",
    "Subscribed",
    "SubscriptionRow",
    "age",
    "check",
    "day",
    "ensure",
    "escape",
    "fit",
    "inert",
    "link",
    "message_json",
    "plain",
    "post_json",
    "safe_url",
    "shorten",
]
