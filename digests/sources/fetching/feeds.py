"""Fetches feeds: what a server says, or does wrong, becomes the feed's next state."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

from digests.errors import FetchError
from digests.sources.fetching.client import Answer, Client
from digests.sources.fetching.policy import FeedState, Fetched, Happened, Outcome, digest_of, settled


@asynccontextmanager
async def fetching(client: Client, feed: FeedState, now: datetime) -> AsyncIterator[Fetched]:
    """Fetch one feed. What a server does wrong is in the state, and raises nothing.

    Read the body within the block and let go of it: so long it has a place among the few big ones, as `Client.getting` says.
    """
    async with AsyncExitStack() as place:
        try:
            answer = await place.enter_async_context(client.getting(feed.location or feed.url, feed.conditions))
        except FetchError as error:
            fetched = Fetched(*settled(feed, Happened(error=str(error)), now))
        else:
            fetched = _fetched(feed, answer, now)
        yield fetched


def _fetched(feed: FeedState, answer: Answer, now: datetime) -> Fetched:
    happened = Happened(answer.status, answer.headers, digest_of(answer.body) if answer.body else "", answer.moved)
    state, outcome = settled(feed, happened, now)
    if outcome is Outcome.NEW:
        return Fetched(state, outcome, answer.body, answer.headers, answer.url)
    return Fetched(state, outcome, location=answer.url)
