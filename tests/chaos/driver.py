"""Drives a run of chaos: starts the bot's processes before a Slack in bad weather, kills them, and waits for the end."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, make_url, select

from bot.delivery import DeliveryState
from bot.delivery.schema import deliveries, messages, parts
from bot.readers import Subscriptions, user
from bot.wiring import newsroom, settings_from
from digests.library import Database
from playground import sample
from playground.slack import APP_TOKEN, ThreadedSlack
from tests.bot.running_bot import environment
from tests.chaos.plan import NINE, Plan
from tests.chaos.verdict import Row, Verdict, judge
from tests.chaos.weather import Crowd, Weather

_ROOT = Path(__file__).parents[2]
_LEAD = timedelta(seconds=8)
"""So long before nine a run begins: the bot is up by then, or was killed."""

_EARLIER = timedelta(hours=1)
_TRACED = 5  # deliveries of which a trace is kept
_TOPICS = ("", "robotics", "facial-recognition", "self-driving-cars", "healthcare", "ai-hardware", "regulation")


class RunError(Exception):
    """The run could not be brought to its end."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    posts: int
    finished: int
    kills: int
    faults: int


@dataclass(slots=True)
class Figures:
    """What came of a run."""

    plan: Plan
    database: str
    verdict: Verdict
    seconds: float
    kills: int
    faults: Counter[str]
    calls: Counter[str]
    taken_over: int
    attempts: int
    logged: Counter[str] = field(default_factory=Counter)
    traces: tuple[str, ...] = ()
    """Of what went wrong: what Slack was asked, and what the bot said about it."""


def run(plan: Plan, folder: Path, database: str, told: Callable[[Progress], None] = lambda _progress: None) -> Figures:
    """Play a plan on an empty database.

    Raises:
        RunError: It did not end in time, or a process ended that nobody had killed.
    """
    ahead = (NINE - _LEAD).timestamp() - time.time()
    sample.write(folder / "articles", NINE)
    weather = Weather(plan.seed, plan.rates, plan.delays)
    slack = Crowd(weather, ahead)
    for owner in plan.owners:
        slack.add_user(owner)
    for room in plan.rooms:
        slack.add_channel(room)
    with ThreadedSlack(slack):
        ours = dict(plan.environment()) | {
            "HEATLINE_CHANNEL": "",
            "HEATLINE_TOPICS": "",
            "HEATLINE_DATABASE_URL": database,
            "HEATLINE_SYNC_EVERY": "0",
            "HEATLINE_LOG_LEVEL": "warning",
            "HEATLINE_LOG_FORMAT": "json",
            "SLACK_APP_TOKEN": APP_TOKEN,
        }
        settings = environment(folder, f"{slack.base_url}/api/", **ours)
        pairs = _wanted(plan, settings, slack.team_id)
        crew = _Crew(folder, settings, plan, slack)
        try:
            # The bot was there an hour before, so what is due until it comes again was missed.
            crew.start(0, ahead - _EARLIER.total_seconds())
            crew.wait_ready(0)
            crew.end()
            began = time.monotonic()
            kills = _storm(plan, crew, slack, weather, Database(database), told)
            seconds = time.monotonic() - began
            crew.end()
        finally:
            crew.clear()
        rows = list(_rows(Database(database)))
        verdict = judge(rows, slack.all_messages(), pairs)
        again, attempts = _efforts(Database(database))
        troubled = [each for each in {row.delivery for row in rows} if any(each in said for said in verdict.problems)]
        traces = [line for each in troubled[:_TRACED] for line in (*slack.tally.posted[each], *crew.said_of(each))]
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[make_url(database).get_backend_name()]
    return Figures(
        plan,
        kind,
        verdict,
        seconds,
        kills,
        weather.done,
        slack.tally.counts,
        again,
        attempts,
        crew.logged(),
        tuple(traces),
    )


def _wanted(plan: Plan, settings: dict[str, str], team: str) -> list[tuple[str, str]]:
    """Subscribes; gives every (digest, channel) that has to be posted."""
    room = newsroom(settings_from(None, settings))
    store: Subscriptions = room.subscriptions
    pairs = [(name, room.id) for number, name in enumerate(plan.names) for room in plan.places(number)]
    for number in range(plan.subscriptions):
        owner = user(team, plan.owners[number // 10].id)
        where = plan.rooms[number % plan.channels].id
        topic = _TOPICS[number // plan.channels % len(_TOPICS)]
        cron = plan.cron(number)
        made = store.add(owner, team, where, [topic] if topic else [], cron, "UTC", 3, "en-GB", NINE - _EARLIER)
        pairs.append((made.digest, where))
    room.library.close()
    return pairs


def _storm(
    plan: Plan,
    crew: _Crew,
    slack: Crowd,
    weather: Weather,
    database: Database,
    told: Callable[[Progress], None],
) -> int:
    """From the start of all processes until every post is finished; gives how often a process was killed."""
    dice = random.Random(f"{plan.seed} storm")
    deaths, kills, deadline = list(plan.deaths()), 0, time.monotonic() + plan.seconds
    ahead = crew.ahead
    for number in range(plan.processes):
        crew.start(number, ahead)
    asked = 0.0
    finished = 0
    while True:
        time.sleep(0.05)
        crew.check()
        now = time.monotonic()
        if deaths and slack.begun >= deaths[0][0]:
            _, later, victim = deaths.pop(0)
            time.sleep(later)
            crew.kill(victim)
            kills += 1
            time.sleep(dice.uniform(0, 0.3))
            crew.start(victim, ahead)
        if now - asked > 1:
            asked = now
            finished, unfinished = _state(database)
            told(Progress(slack.begun, finished, kills, weather.done.total()))
            if not deaths and finished >= plan.expected and not unfinished:
                break
        if now > deadline:
            done = f"{finished} of {plan.expected} deliveries finished, {slack.begun} posts begun, {kills} kills"
            raise RunError(f"not done within {plan.seconds:g} seconds: {done}\n{crew.last_lines()}")
    database.close()
    return kills


def _state(database: Database) -> tuple[int, int]:
    """How many deliveries are finished, and how many are not."""
    counted = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    with database.read() as connection:
        states = {str(state): int(number) for state, number in connection.execute(counted)}
    unfinished = states.pop(DeliveryState.CLAIMED, 0)
    return sum(states.values()), unfinished


def _rows(database: Database) -> Iterator[Row]:
    joined = select(
        deliveries.c.id,
        deliveries.c.digest,
        deliveries.c.channel,
        deliveries.c.state,
        parts.c.number,
        parts.c.state,
        parts.c.ts,
        messages.c.body["text"].as_string(),
    )
    joined = joined.join(parts, parts.c.delivery_id == deliveries.c.id).join(messages, messages.c.id == parts.c.content)
    with database.read() as connection:
        for row in connection.execute(joined):
            yield Row(*row)
    database.close()


def _efforts(database: Database) -> tuple[int, int]:
    """How many deliveries another process took over, and how many times parts were handed to Slack."""
    again = select(func.count()).where(deliveries.c.attempts > 1)
    with database.read() as connection:
        taken = int(connection.execute(again).scalar_one())
        attempts = int(connection.execute(select(func.sum(parts.c.attempts))).scalar_one())
    database.close()
    return taken, attempts


class _Crew:
    """The processes of the bot, each in its place, and the logs they leave."""

    def __init__(self, folder: Path, settings: dict[str, str], plan: Plan, slack: Crowd) -> None:
        self.ahead = (NINE - _LEAD).timestamp() - time.time()
        self._folder = folder
        self._settings = {**os.environ, **settings}
        self._plan = plan
        self._slack = slack
        self._aboard: dict[int, subprocess.Popen[bytes]] = {}
        self._log = folder / "bot.log"

    def start(self, place: int, ahead: float) -> None:
        """A process takes its place."""
        arguments = [sys.executable, "-m", "tests.chaos.process", str(ahead), json.dumps(asdict(self._plan.times))]
        with self._log.open("ab") as log:
            self._aboard[place] = subprocess.Popen(arguments, cwd=_ROOT, env=self._settings, stdout=log, stderr=log)

    def wait_ready(self, place: int, seconds: float = 60) -> None:
        """Wait until a process is connected to Slack and begins with its schedule."""
        deadline = time.monotonic() + seconds
        while not self._slack.sockets.connected:
            self.check()
            if time.monotonic() > deadline:
                raise RunError(f"process {place} was not ready within {seconds:g} seconds\n{self.last_lines()}")
            time.sleep(0.05)

    def kill(self, place: int) -> None:
        """SIGKILL."""
        process = self._aboard.pop(place)
        process.kill()
        process.wait()

    def check(self) -> None:
        """Nobody may have ended by itself."""
        for place, process in self._aboard.items():
            if process.poll() is not None:
                raise RunError(f"process {place} ended by itself, code {process.returncode}\n{self.last_lines()}")

    def end(self) -> None:
        """SIGTERM to all; every one must end well within its ten seconds."""
        for process in self._aboard.values():
            process.send_signal(signal.SIGTERM)
        for place, process in self._aboard.items():
            code = process.wait(30)
            if code not in (0, -signal.SIGTERM):  # the signal itself ends one that has only just begun to start
                raise RunError(f"process {place} ended with code {code} after SIGTERM\n{self.last_lines()}")
        self._aboard.clear()

    def clear(self) -> None:
        """Leave no process behind."""
        for process in self._aboard.values():
            process.kill()
            process.wait()

    def logged(self) -> Counter[str]:
        """What the processes wrote into their logs, by level and event."""
        counts: Counter[str] = Counter()
        for line in self._lines():
            try:
                said = json.loads(line)
            except ValueError:
                counts["unreadable"] += 1
            else:
                counts[f"{said.get('level')}: {said.get('event')}"] += 1
        return counts

    def said_of(self, delivery: str) -> list[str]:
        """What the processes wrote about a delivery."""
        return [line for line in self._lines() if delivery in line]

    def last_lines(self) -> str:
        """The end of the log."""
        return "\n".join(self._lines()[-20:])

    def _lines(self) -> list[str]:
        return self._log.read_text(encoding="utf-8", errors="replace").splitlines() if self._log.exists() else []
