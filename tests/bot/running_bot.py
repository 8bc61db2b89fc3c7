"""The real bot against the pretend Slack, for tests at the wire."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import inspect

from bot.clock import utc_now
from bot.service import FEEDS_EVERY, Service
from bot.wiring import newsroom, settings_from
from digests.library import Database
from playground import demo, sample
from playground.slack import APP_TOKEN, ThreadedSlack, Workspace, running
from tests import postgres, sqlite


def environment(folder: Path, api_url: str, **more: str) -> dict[str, str]:
    """Settings of a bot that keeps everything in a folder: the demo's, with fewer topics and all log lines."""
    ours = {"HEATLINE_TOPICS": "facial-recognition, robotics, ai", "HEATLINE_LOG_LEVEL": "info"}
    served = {"HEATLINE_DATABASE_URL": database_of(folder)} if _served else {}
    return {**demo.environment(folder, api_url), **ours, **served, **more}


@contextmanager
def command(folder: Path, slack: ThreadedSlack, **more: str) -> Iterator[subprocess.Popen[str]]:
    """`heatline run` as a process of its own, in a group of its own as a supervisor starts it."""
    settings = environment(folder, f"{slack.base_url}/api/", SLACK_APP_TOKEN=APP_TOKEN, **more)
    process = subprocess.Popen(
        [Path(sys.executable).with_name("heatline"), "run"],
        env={**os.environ, **settings}, cwd=folder, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


IN_A_FILE = pytest.mark.parametrize("wire", ["sqlite"], indirect=True)
"""For tests that look into the file."""

BOTH_DATABASES = pytest.mark.parametrize("wire", ["sqlite", "postgresql"], indirect=True)
"""For tests of bots that keep everything in a file once, and once on a server."""

_served: list[Callable[[Path], str]] = []


@contextmanager
def kept_in(kind: str) -> Iterator[None]:
    """While this lasts bots keep everything in a file of their folder, or, of the kind ``postgresql``, in a database of the
    server of this run, one for each folder."""
    if kind != "postgresql":
        yield
        return
    with ExitStack() as databases:
        _served.append(cache(lambda _folder: databases.enter_context(postgres.database(postgres.server()))))
        try:
            yield
        finally:
            _served.pop()


def database_of(folder: Path) -> str:
    """The URL of the database of a bot that keeps everything in a folder, made where there is none; see `kept_in`."""
    if _served:
        return _served[-1](folder)
    file = folder / "heatline.db"
    return f"sqlite:///{file}" if file.exists() else sqlite.empty(file)


@asynccontextmanager
async def bot(
    folder: Path,
    *,
    socket_mode: bool = False,
    clock: Callable[[], datetime] = utc_now,
    workspace: Workspace | None = None,
    feeds_every: timedelta = FEEDS_EVERY,
    **more: str,
) -> AsyncIterator[tuple[Workspace, Service]]:
    """A bot with the sample library that is ready to be talked to; over signed HTTP unless told otherwise."""
    if not (folder / "articles").exists():
        sample.write(folder / "articles", clock().astimezone(UTC))
    if socket_mode:
        more |= {"SLACK_APP_TOKEN": APP_TOKEN}
    if "HEATLINE_DATABASE_URL" not in more:
        more |= {"HEATLINE_DATABASE_URL": database_of(folder)}
    slack = workspace or Workspace()
    async with running(slack) as base_url:
        settings = settings_from(None, environment(folder, f"{base_url}/api/", **more))
        look_every = timedelta(seconds=1)
        service = Service(
            newsroom(settings), settings.require_slack(), clock, look_every=look_every, feeds_every=feeds_every
        )
        try:
            await service.start()
            if not socket_mode:
                slack.request_url = f"http://127.0.0.1:{service.port}/slack/events"
            yield slack, service
        finally:
            await service.stop()


def rows(database: Database) -> dict[str, str]:
    """All that a database keeps, as text, by table."""
    with database.read() as connection:
        tables = inspect(connection).get_table_names()
        return {each: str(connection.exec_driver_sql(f'SELECT * FROM "{each}"').all()) for each in tables}


class Clock:
    """A clock that runs from a given moment at the usual speed."""

    def __init__(self, moment: datetime) -> None:
        self._ahead = moment - utc_now()

    def __call__(self) -> datetime:
        return utc_now() + self._ahead

    def forward(self, span: timedelta) -> None:
        """Jump ahead."""
        self._ahead += span
