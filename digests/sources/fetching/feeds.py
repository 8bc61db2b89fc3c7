"""Fetches feeds: what a server says, or does wrong, becomes the feed's next state."""

from __future__ import annotations

from datetime import datetime

from digests.errors import FetchError
from digests.sources.fetching.client import Client
from digests.sources.fetching.policy import FeedState, Fetched, Happened, Outcome, digest_of, settled


async def fetch(client: Client, feed: FeedState, now: datetime) -> Fetched:
    """Fetch one feed. What a server does wrong is in the state, and raises nothing."""
    try:
        answer = await client.get(feed.location or feed.url, feed.conditions)
    except FetchError as error:
        state, outcome = settled(feed, Happened(error=str(error)), now)
        return Fetched(state, outcome)
    happened = Happened(answer.status, answer.headers, digest_of(answer.body) if answer.body else "", answer.moved)
    state, outcome = settled(feed, happened, now)
    if outcome is Outcome.NEW:
        return Fetched(state, outcome, answer.body, answer.headers, answer.url)
    return Fetched(state, outcome, location=answer.url)
