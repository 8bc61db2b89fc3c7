"""What `heatline preview` says of an edition without stories: what would be posted, where the news is, and what to do."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from bot.settings import DigestSettings
from digests.models import DigestSpec

_DAY = timedelta(days=1)
_LONGEST = timedelta(days=60)  # as HEATLINE_WINDOW has it


def posted_when_quiet(digest: DigestSettings) -> str:
    """What stands in place of the post where an edition without stories is not posted; empty where it is."""
    if digest.on_quiet != "skip":
        return ""
    return "Nothing would be posted: no new story belongs in this digest, and HEATLINE_ON_QUIET is skip."


def nothing_in_reach(spec: DigestSpec, moment: datetime, newest: datetime, *, stored: bool = True) -> str:
    """For a moment with no article in the digest's window before it: where the newest one is, and how to see some.

    Args:
        spec: The digest.
        moment: The moment of the edition.
        newest: When the newest article was published.
        stored: The articles are the library's, which `heatline sync` fills; else those of folders.
    """
    since = f"{_span(spec.window)} before {_said(moment)}"
    which = "newest stored article" if stored else "newest article in these folders"
    ways = ["run `heatline sync`"] if stored and newest < moment else []
    if newest < moment and moment - newest <= _LONGEST - _DAY:
        ways.append(f"look further back with `--window {ceil((moment - newest) / _DAY)}d`")
    # Seconds are not shown, so the minute after it: the edition has to see the article.
    ways.append(f"go where the news is with `--at {newest + timedelta(minutes=1):%Y-%m-%dT%H:%MZ}`")
    said = f"No article was published in the {since}; the {which} is of {_said(newest)}."
    return f"{said} You can {', '.join(ways[:-1])}{' or ' if ways[1:] else ''}{ways[-1]}."


def _said(moment: datetime) -> str:
    return f"{moment:%d %b %Y %H:%M} UTC"


def _span(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    return f"{hours:g} h" if hours >= 1 else f"{span / timedelta(minutes=1):g} min"
