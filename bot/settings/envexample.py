"""The text of ``.env.example``, made from the rows: no setting is forgotten there, and no default goes stale."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping

from bot.settings.rows import DIGEST, GROUPS, env_name, fields_of

_HEAD = """\
Heatline's settings, each with its default. Copy this file to .env, fill in the lines that do not start with #, and run \
`heatline check`. The environment goes before this file; an empty value counts as not set.
"""

_DIGESTS_HEAD = """\
Each has a name, and takes what it does not say from the settings of "The digest". When HEATLINE_CHANNEL is \
set they stand beside that one, which is called daily; else they replace it. Any setting of "The digest" can follow the name:
"""

_TOPICS_HEAD = """\
Add topics, and change built-in ones. After the topic's slug come NAME, KEYWORDS (what articles say), ALIASES \
(what people type) and PARENT (a slug, or none). Words starting with + are added to a built-in topic's, with - taken away.
"""

_NESTED_EXAMPLES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    (
        "Several digests",
        _DIGESTS_HEAD,
        {
            "HEATLINE_DIGESTS__WEEKLY__TITLE": "The week in AI",
            "HEATLINE_DIGESTS__WEEKLY__CRON": "0 16 * * fri",
            "HEATLINE_DIGESTS__WEEKLY__WINDOW": "7d",
            "HEATLINE_DIGESTS__WEEKLY__CHANNEL": "#ai-weekly",
        },
    ),
    (
        "Topics",
        _TOPICS_HEAD,
        {
            "HEATLINE_TOPIC__CLIMATE_TECH__KEYWORDS": "climate model, carbon capture, weather forecasting",
            "HEATLINE_TOPIC__CLIMATE_TECH__ALIASES": "climate tech, green AI",
            "HEATLINE_TOPIC__ROBOTICS__KEYWORDS": "+warehouse robot",
        },
    ),
)

_FILL_IN = ("slack_bot_token", "slack_app_token", "slack_signing_secret", "channel")


def example() -> str:
    """The text of ``.env.example``, made from the rows."""
    lines = [*_comment(_HEAD)]
    for group in GROUPS:
        lines += ["", "", f"# {group}"]
        for name, field in fields_of(group).items():
            mark = "" if name in _FILL_IN else "# "
            lines += ["", *_comment(field.description or ""), mark + _assignment(env_name(name), field.default or "")]
        if group == DIGEST:
            for title, head, values in _NESTED_EXAMPLES:
                lines += ["", "", f"# {title}", "", *_comment(head), *(f"# {_assignment(*v)}" for v in values.items())]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, 98, break_on_hyphens=False)]


def _assignment(name: str, value: str) -> str:
    quote = '"' if re.search(r"[\s#*&'$]", value) else ""
    return f"{name}={quote}{value}{quote}"
