"""The bot as a process of its own that may be killed: settings from the environment, times and clock from the command line.

python -m tests.chaos.process AHEAD TIMES    seconds that its clock is ahead, and `plan.Times` as JSON
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from datetime import datetime, timedelta

from bot import logs
from bot.clock import utc_now
from bot.delivery.pacing import Pacing
from bot.service import Service, until_told
from bot.wiring import newsroom, settings_from
from tests.chaos.plan import Times


def service(ahead: float, times: Times) -> Service:
    """The whole bot, as `heatline run` makes it, with other times."""

    def clock() -> datetime:
        return utc_now() + timedelta(seconds=ahead)

    settings = settings_from(None)
    logs.configure(settings.log_level, settings.log_format, settings.secrets)
    room = newsroom(settings)
    made = Service(room, settings.require_slack(), clock, look_every=timedelta(seconds=times.look))
    room.ledger.lease = made.rounds.lease = timedelta(seconds=times.lease)
    made.outbox.settle = timedelta(seconds=times.settle)
    made.outbox.pacing = Pacing(timedelta(seconds=times.pace))
    made.outbox.client.timeout = int(times.timeout)
    return made


def _end_with(parent: int) -> None:
    """Nobody is left behind where the driver itself was killed."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with, args=[os.getppid()], daemon=True).start()
    _, given, spoken = sys.argv
    sys.exit(asyncio.run(until_told(service(float(given), Times(**json.loads(spoken))))))
