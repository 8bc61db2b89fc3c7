"""A pretend Slack of many channels and people that answers after a while: python -m tests.bench.hourslack PLACES SECONDS.

Prints its address; told to end, it prints what came: how many posts and replies, the first and the last of them in seconds
since 1970, what came twice, and the shortest time between two in one place.
"""

from __future__ import annotations

import asyncio
import gc
import json
import signal
import sys
from collections import Counter
from itertools import pairwise

from playground.slack import Channel, Fault, User, Workspace, running

CHANNEL, USER = "C{:06}", "U{:06}"


def summary(slack: Workspace) -> dict[str, float]:
    """What the workspace got, as plain numbers."""
    every = slack.all_messages()
    payloads = [(message.metadata or {}).get("event_payload") or {} for message in every]
    seen = Counter((payload.get("delivery"), payload.get("part")) for payload in payloads)
    by_place: dict[str, list[float]] = {}
    for message in every:
        by_place.setdefault(message.channel, []).append(message.at)
    gaps = [after - before for times in by_place.values() for before, after in pairwise(sorted(times))]
    replies = sum(message.is_reply for message in every)
    times = [message.at for message in every]
    return {
        "posts": len(every) - replies,
        "replies": replies,
        "places": len(by_place),
        "first": min(times, default=0.0),
        "last": max(times, default=0.0),
        "last_post": max((message.at for message in every if not message.is_reply), default=0.0),
        "twice": sum(number - 1 for number in seen.values()),
        "gap": min(gaps, default=0.0),
        "calls": len(slack.calls),
        "refused": sum(not call.ok for call in slack.calls),
    }


async def main(places: int, seconds: float) -> None:
    slack = Workspace()
    for n in range(places):
        slack.add_channel(Channel(CHANNEL.format(n), f"channel-{n}"))
        slack.add_user(User(USER.format(n), f"person{n}"))
    slack.faults.add(Fault("*", "delay", times=None, seconds=seconds))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    gc.disable()  # it keeps all that comes, and would look through it again and again
    async with running(slack) as base_url:
        print(base_url, flush=True)
        await stop.wait()
        print(json.dumps(summary(slack)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
