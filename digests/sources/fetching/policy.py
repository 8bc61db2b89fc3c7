"""When a feed is asked next, and what is remembered of it: from what happened to the next state. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from hashlib import blake2b

LEAST, START, MOST = timedelta(minutes=15), timedelta(hours=1), timedelta(hours=24)
"""How often a feed is asked: at most, at first, at least."""

LONGEST_WAIT = timedelta(days=7)
"""What a server may ask us to wait with ``Retry-After``."""

_FASTER, _SLOWER = 0.6, 1.3
_JITTER = 0.1
_LOST = 4  # failures in a row after which the place a feed moved to is given up for its own address


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is remembered of a feed between fetches.

    Attributes:
        url: As configured: its name for ever.
        location: Where permanent redirects have led; empty for nowhere else.
        etag: Of the last body, to ask for a newer one only.
        last_modified: The same by time.
        digest: Of the last body: a server without conditional requests sends the same again.
        interval: How long to wait between two fetches, as the feed's habits have it.
        next_at: When to ask next; None for at once.
        tried_at: When it was asked last.
        good_at: When it was last read, changed or not.
        changed_at: When something in it was last different.
        failures: In a row.
        error: What was wrong the last time; empty when it was good.
        gone: The server says that there will never be anything again.
    """

    url: str
    location: str = ""
    etag: str = ""
    last_modified: str = ""
    digest: str = ""
    interval: timedelta = START
    next_at: datetime | None = None
    tried_at: datetime | None = None
    good_at: datetime | None = None
    changed_at: datetime | None = None
    failures: int = 0
    error: str = ""
    gone: bool = False

    @property
    def conditions(self) -> dict[str, str]:
        """Headers that ask for a body only where there is a newer one."""
        found = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        # What is not plain cannot be sent back: a feed with such a name for its body is asked without conditions.
        return {name: value for name, value in found.items() if value.isascii() and value.isprintable() and value}


class Outcome(StrEnum):
    """How a fetch ended."""

    NEW = "new"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Happened:
    """What a server said: its status (0 for none) and headers by their small names, the body's digest, what went wrong."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""
    moved: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A feed after a fetch; ``body`` and ``headers`` only where something is new. ``location`` is where it came from."""

    state: FeedState
    outcome: Outcome
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    location: str = ""


def settled(
    state: FeedState, happened: Happened, now: datetime, every: timedelta | None = None
) -> tuple[FeedState, Outcome]:
    """The next state, and how the fetch ended.

    Args:
        state: Before the fetch.
        happened: What came of it.
        now: When (aware).
        every: How often the feed itself wishes to be read, where it says so.
    """
    tried = replace(state, tried_at=now)
    if happened.status == 410 and not state.location:  # where it moved to may be gone, and its own address know more
        return replace(tried, gone=True, error="the server says that it is gone for good (410)"), Outcome.GONE
    # That nothing has changed is no answer for a feed of which nothing was ever read: it would count as good, and stay empty.
    nothing_to_compare = happened.status == 304 and not state.conditions and not state.digest
    if happened.error or happened.status not in (200, 304) or nothing_to_compare:
        return _failed(tried, happened, now), Outcome.FAILED
    same = happened.status == 304 or (happened.digest != "" and happened.digest == state.digest)
    factor = _SLOWER if same else _FASTER
    interval = _within(max(state.interval * factor, _wish(happened.headers, every)))
    good = replace(
        tried,
        location=happened.moved or state.location,
        etag=happened.headers.get("etag", state.etag if same else "")[:1000],
        last_modified=happened.headers.get("last-modified", state.last_modified if same else "")[:200],
        digest=state.digest if same else happened.digest,
        interval=interval,
        next_at=now + _spread(state.url, interval),
        good_at=now,
        changed_at=state.changed_at if same else now,
        failures=0,
        error="",
        gone=False,
    )
    return good, Outcome.UNCHANGED if same else Outcome.NEW


def wished(state: FeedState, every: timedelta | None) -> FeedState:
    """The state with what a feed says of itself about how often it is worth reading."""
    if every is None or state.tried_at is None or every <= state.interval:
        return state
    interval = _within(every)
    return replace(state, interval=interval, next_at=state.tried_at + _spread(state.url, interval))


def unmoved(before: FeedState, state: FeedState) -> FeedState:
    """The state after a body that was another one, and told nothing new: a date in its head, an advertisement.

    Many feeds write the time of the request into each answer. Judged by their bytes they would change for ever.
    """
    if state.tried_at is None:
        return state
    interval = max(_within(before.interval * _SLOWER), state.interval)
    changed_at = before.changed_at or state.changed_at
    return replace(
        state, interval=interval, next_at=state.tried_at + _spread(state.url, interval), changed_at=changed_at
    )


def digest_of(body: bytes) -> str:
    """What two bodies that are the same have in common."""
    return blake2b(body, digest_size=16).hexdigest()


def _failed(state: FeedState, happened: Happened, now: datetime) -> FeedState:
    failures = state.failures + 1
    wait = _spread(state.url, min(MOST, LEAST * 2 ** min(failures - 1, 10)))
    asked = _retry_after(happened.headers.get("retry-after", ""), now)
    lost = state.location != "" and (failures >= _LOST or happened.status == 410)
    error = happened.error or f"the server answers {happened.status}{_MEANING.get(happened.status, '')}"
    return replace(
        state,
        failures=failures,
        error=error,
        next_at=now + max(wait, asked),
        # Where it moved to has died: its own address may know a newer place.
        location="" if lost else state.location,
        etag="" if lost else state.etag,
        last_modified="" if lost else state.last_modified,
    )


_MEANING: Mapping[int, str] = {
    304: ": it says that nothing has changed, to somebody who has nothing yet",
    401: ": it wants a password",
    403: ": it lets no feed reader in",
    410: ": it is gone for good",
    404: ": there is no feed at this address; look for its new one with `heatline feeds test`",
    429: ": it was asked too often",
    451: ": it may not be shown for legal reasons",
    500: ": it has an error of its own",
    502: ": it is being mended",
    503: ": it is overloaded or being mended",
}


def _wish(headers: Mapping[str, str], every: timedelta | None) -> timedelta:
    """How long the answer is good for, as server and feed have it."""
    match = re.search(r"\bmax-age\s*=\s*\"?(\d{1,9})", headers.get("cache-control", ""))
    return max(timedelta(seconds=int(match[1])) if match else timedelta(0), every or timedelta(0))


def _retry_after(text: str, now: datetime) -> timedelta:
    text = text.strip()
    if re.fullmatch(r"\d{1,9}", text):
        wait = timedelta(seconds=int(text))
    else:
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):  # whatever email's parser meets in it
            return timedelta(0)
        wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def _within(interval: timedelta) -> timedelta:
    return min(max(interval, LEAST), MOST)


def _spread(url: str, span: timedelta) -> timedelta:
    """The span, a little longer or shorter, the same for a feed every time: not all feeds are to be asked at once."""
    share = int.from_bytes(blake2b(url.encode(), digest_size=4).digest(), "big") / 2**32
    return span * (1 + _JITTER * (2 * share - 1))
