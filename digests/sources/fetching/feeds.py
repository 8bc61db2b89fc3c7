"""Fetches many feeds at once, and hands each over as soon as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime

from digests.errors import FetchError
from digests.sources.fetching.client import Client
from digests.sources.fetching.policy import FeedState, Fetched, Happened, Outcome, digest_of, settled


async def fetch_all(client: Client, feeds: Iterable[FeedState], now: datetime) -> AsyncIterator[Fetched]:
    """Fetch feeds, many at a time; the quick ones come first.

    No more bodies are held than there are requests at once: who takes them slowly slows the fetching down. Ending the
    loop early ends the requests.
    """
    waiting = iter(feeds)
    done: asyncio.Queue[Fetched | _Ended] = asyncio.Queue(maxsize=client.limits.at_once)

    async def work() -> None:
        try:
            for feed in waiting:
                await done.put(await fetch(client, feed, now))
        except Exception as error:  # noqa: BLE001  # a mistake of ours: raised where the feeds are read
            await done.put(_Ended(error))
        else:
            await done.put(_Ended())

    # More workers than places: those whose host is busy wait without holding up the others.
    workers = [asyncio.create_task(work()) for _ in range(2 * client.limits.at_once)]
    try:
        ended = 0
        while ended < len(workers):
            match await done.get():
                case _Ended(error=None):
                    ended += 1
                case _Ended(error=error):
                    assert error is not None
                    raise error
                case fetched:
                    yield fetched
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Ended:
    """A worker has no more to do, or failed."""

    error: Exception | None = None


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
