"""Ten thousand deliveries due at one hour: the bot through its real start, a pretend Slack in a process of its own.

The hour is a whole minute that comes soon. What is measured is from there to what Slack has taken last. For everyday use
there is a case that waits for no minute: the bot starts with subscriptions that are due already.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import insert

from bot.delivery.schema import subscriptions
from bot.readers import Subscriptions, user
from digests import intake
from digests.library import Filed, Library, Stamp, batches
from digests.topics import Catalogue
from playground import demo
from tests.bench import asking
from tests.bench.hourslack import CHANNEL, USER
from tests.bench.memory import peak
from tests.bench.news import articles

ANSWERS_AFTER = 0.1
"""Seconds until the pretend Slack answers any call."""

ARTICLES, DAYS = 4000, 8
SETS = 30
"""Distinct wishes among the subscriptions: sets of topics, with their rhythm and zone."""

_RHYTHMS = ("{minute} {hour} * * *", "{minute} {hour} * * mon-sun", "{minute} * * * *")
_LEAD = timedelta(seconds=20)  # the bot has started by then
_FEW = (600, 1)  # articles and days where no minute is waited for
_PATIENCE = 600.0


def measured(case: str, number: int, folder: Path) -> dict[str, float]:
    """Seconds from the hour to the first message and the last, and the bot's peak memory in MB.

    ``case`` is ``digest`` for one digest to so many channels, ``subscriptions`` for so many personal ones, ``soon`` for
    these, due at the start.
    """
    database = folder / "heatline.db"
    _library(database, *(_FEW if case == "soon" else (ARTICLES, DAYS)))
    slot = (datetime.now(UTC) + _LEAD + timedelta(minutes=1)).replace(second=0, microsecond=0)
    hour = slot
    if case == "soon":
        hour = datetime.now(UTC)
        slot = hour.replace(second=0, microsecond=0)
    cron = f"{slot.minute} {slot.hour} * * *"
    if case != "digest":
        _subscribe(database, number, slot, hour)
        more = {"HEATLINE_CHANNEL": "", "HEATLINE_CRON": "0 0 1 1 *"}
    else:
        more = {"HEATLINE_CHANNEL": ",".join(CHANNEL.format(n) for n in range(number)), "HEATLINE_CRON": cron}
    with pretend_slack(number) as (base_url, said, slack):
        ours = demo.environment(folder, f"{base_url}/api/") | more
        ours |= {
            "HEATLINE_ARTICLES": "",
            "HEATLINE_FEEDS": "no",
            "HEATLINE_TIMEZONE": "UTC",
            "HEATLINE_LOG_LEVEL": "info",
        }
        with (folder / "log").open("wb") as log:
            bot = subprocess.Popen(
                [Path(sys.executable).with_name("heatline"), "run"], env={**os.environ, **ours}, cwd=folder, stderr=log
            )
            try:
                time.sleep(max(0.0, hour.timestamp() - time.time() - 3))
                idle = peak(bot.pid)
                done = _delivered(database, number, hour)
                most, cpu, beside = peak(bot.pid), _cpu(bot.pid), _cpu(slack)
            finally:
                bot.terminate()
                ended = bot.wait()
    found = said()
    since = hour.timestamp()
    return {
        **{key: found[key] for key in ("posts", "replies", "places", "twice", "gap", "calls", "refused")},
        "first": found["first"] - since,
        "last_post": found["last_post"] - since,
        "work": found["last"] - since,
        "span": found["last"] - found["first"],
        "done": done,
        "cpu": cpu,
        "slack_cpu": beside,
        "idle": idle,
        "peak": most,
        "database": sum(each.stat().st_size for each in folder.glob("heatline.db*")) / 1e6,
        "exit": ended,
    }


def _library(database: Path, number: int, days: int) -> None:
    """News of some days until now, judged, as a bot has it that runs."""
    now = datetime.now(UTC)
    catalogue = Catalogue.builtin()
    subjects = [phrase for topic in catalogue.topics for phrase in islice(catalogue.phrases(topic.slug), 4)]
    library = Library.open(f"sqlite:///{database}")
    made = [asking.in_life(each, n, subjects) for n, each in enumerate(articles(number, timedelta(days=days), 1, now))]
    for some in batches([each for each in made if each.published_at <= now]):
        library.put("made", [Filed(each.url, Stamp(1, 1, "x"), each) for each in some])
    intake.take_in(library, now)
    Subscriptions(library.database)
    library.close()


def _subscribe(database: Path, number: int, slot: datetime, due: datetime) -> None:
    """So many people, each with a subscription for the slot that is due then, and of some tens of kinds."""
    slugs = [topic.slug for topic in Catalogue.builtin().topics]
    kinds = [
        {
            "topics": " ".join(slugs[kind * 3 : kind * 3 + 1 + kind % 3]) if kind else "",
            "cron": _RHYTHMS[kind % len(_RHYTHMS)].format(minute=slot.minute, hour=slot.hour),
            "size": 5 + kind % 4,
        }
        for kind in range(SETS)
    ]
    rows = [
        {
            **kinds[n % SETS],
            "id": f"s{n:010x}",
            "owner": user("T0PLAYGRND1", USER.format(n)),
            "team": "T0PLAYGRND1",
            "where": USER.format(n),
            "timezone": "UTC",
            "locale": "en",
            "created_at": slot - timedelta(days=1),
            "next_at": slot,
            "due_at": due,
        }
        for n in range(number)
    ]
    library = Library.open(f"sqlite:///{database}")
    with library.database.write() as connection:
        connection.execute(insert(subscriptions), rows)
    library.close()


@contextmanager
def pretend_slack(
    places: int, seconds: float = ANSWERS_AFTER
) -> Iterator[tuple[str, Callable[[], Mapping[str, float]], int]]:
    """A pretend Slack of so many channels and people that answers after so long: its address, what came in the end, its id."""
    command = [sys.executable, "-m", "tests.bench.hourslack", str(places), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as slack:
        assert slack.stdout is not None
        lines: list[str] = []

        def said() -> Mapping[str, float]:
            return dict(json.loads(lines[0]))

        try:
            yield slack.stdout.readline().strip(), said, slack.pid
        finally:
            slack.terminate()
            lines.append(slack.stdout.readline() or "{}")


def _delivered(database: Path, number: int, hour: datetime) -> float:
    """Wait until so many deliveries have ended; gives the seconds from the hour until that was seen."""
    until = time.time() + _PATIENCE
    while time.time() < until:
        time.sleep(1)
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        ended = connection.execute("SELECT count(*) FROM deliveries WHERE state != 'claimed'").fetchone()[0]
        connection.close()
        if ended >= number:
            break
    return time.time() - hour.timestamp()


def _cpu(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(case: str, number: int) -> dict[str, float]:
    """One measurement in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="heatline-hours-") as name:
        return measured(case, number, Path(name))
