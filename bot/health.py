"""How the bot does, in numbers: library, feeds, scopes. `heatline check` and `/news status` tell the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.manifest import SCOPES, Scope
from digests.library import Library
from digests.library.feedbook import FeedHealth


@dataclass(frozen=True, slots=True)
class LibraryHealth:
    """How many articles there are, and when the newest is from; None where there is none."""

    articles: int
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class FeedsHealth:
    """How the feeds do together.

    ``read`` of ``number`` were read at least once, ``asked`` says whether any was asked; ``week`` counts articles of seven
    days, ``told`` is the share of a month's that editions told (None where there are none). ``failing`` failed the last
    time, ``stale`` were not read for days.
    """

    number: int
    asked: bool
    read: int
    week: int
    told: float | None
    failing: int
    stale: tuple[FeedHealth, ...]


def library_health(library: Library) -> LibraryHealth:
    """How the library does."""
    return LibraryHealth(library.count(), library.newest())


def feeds_health(number: int, health: Sequence[FeedHealth]) -> FeedsHealth:
    """How so many configured feeds do together."""
    month = sum(each.month for each in health)
    return FeedsHealth(
        number,
        asked=any(each.state.tried_at for each in health),
        read=sum(each.state.good_at is not None for each in health),
        week=sum(each.week for each in health),
        told=sum(each.told for each in health) / month if month else None,
        failing=sum(bool(each.state.failures) and not each.stale for each in health),
        stale=tuple(each for each in health if each.stale),
    )


def granted(headers: Mapping[str, object]) -> frozenset[str]:
    """The scopes of the token, from the headers of one of Slack's answers; none where they do not say."""
    said = [value for key, value in headers.items() if key.lower() == "x-oauth-scopes"]
    lists = [value if isinstance(value, list) else [value] for value in said]
    return frozenset(filter(None, (scope.strip() for some in lists for each in some for scope in str(each).split(","))))


def missing(has: Collection[str]) -> tuple[Scope, ...]:
    """The scopes that the app asks for and the token lacks; none where Slack does not say what it has."""
    return tuple(scope for scope in SCOPES if has and scope.name not in has)
