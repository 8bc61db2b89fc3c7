"""Works on many things beside the loop, so many at a time, and hands over what comes of each as soon as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")


@asynccontextmanager
async def working(
    things: Iterable[T], work: Callable[[T], Coroutine[Any, Any, R]], hands: int, waiting: int
) -> AsyncIterator[AsyncIterator[R]]:
    """What comes of each thing, the quick ones first::

        async with working(feeds, fetch, 64, 32) as results:
            async for each in results:
                ...

    However the block ends, no work goes on after it: a bare generator would be closed only when it is collected.

    Args:
        things: What there is to do.
        work: Does it. What it raises is raised where the results are taken, and ends all.
        hands: So many are worked on at a time.
        waiting: So many results may wait to be taken: who takes them slowly slows the work down.
    """
    left = iter(things)
    done: asyncio.Queue[R | _Ended] = asyncio.Queue(maxsize=waiting)

    async def worker() -> None:
        try:
            for thing in left:
                await done.put(await work(thing))
        except Exception as error:  # noqa: BLE001  # raised where the results are taken
            await done.put(_Ended(error))
        else:
            await done.put(_Ended())

    async def results() -> AsyncGenerator[R, None]:
        ended = 0
        while ended < hands:
            result = await done.get()
            if not isinstance(result, _Ended):
                yield result
            elif result.error is not None:
                raise result.error
            else:
                ended += 1

    workers = [asyncio.create_task(worker()) for _ in range(hands)]
    try:
        async with aclosing(results()) as taken:
            yield taken
    finally:
        for each in workers:
            each.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Ended:
    """A worker has no more to do, or failed."""

    error: Exception | None = None
