"""Tokens go into one header and nowhere else, and what people write into no log: the whole bot, at its most talkative."""

from __future__ import annotations

import contextlib
import io
import logging
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from bot import logs
from bot.commands import news
from bot.delivery import posting_client
from bot.settings import load
from digests.models import Message
from playground.slack import APP_TOKEN, BOT_TOKEN, NEWS, SIGNING_SECRET, Fault, Person, Workspace, running
from playground.slack import Message as SlackMessage
from playground.slack import server as slack_server
from tests.bot import running_bot
from tests.bot.running_bot import bot, environment, rows
from tests.bot.test_app import BOTH

SECRETS = (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET)
WRITTEN = "zanzibar-quokka"
"""What somebody writes that nobody else does."""


pytestmark = pytest.mark.usefixtures("restored_logging")


class Raw(logging.Handler):
    """Every line of the log as it is before anything is masked, with its traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        more = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self.lines.append(f"{record.name} {record.getMessage()} {record.__dict__} {more}")


class Wire:
    """An application that notes what arrives: the path with its query, the headers, the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.seen: list[tuple[str, dict[str, str], bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {key.decode(): value.decode() for key, value in scope["headers"]}
        place = len(self.seen)
        self.seen.append((f"{scope['path']}?{scope['query_string'].decode()}", headers, b""))

        async def noted() -> dict[str, object]:
            message = dict(await receive())
            path, head, body = self.seen[place]
            more = message.get("body") or message.get("bytes") or str(message.get("text") or "").encode()
            self.seen[place] = (path, head, body + bytes(more))  # type: ignore[call-overload]
            return message

        await self._app(scope, noted, send)  # type: ignore[arg-type]


@contextlib.contextmanager
def talkative(*secrets: str) -> Iterator[tuple[io.StringIO, Raw]]:
    """The log at its most talkative: as it is written, and as it was before."""
    out, raw = io.StringIO(), Raw()
    logs.configure("debug", "json", secrets, out)
    logging.getLogger().addHandler(raw)
    yield out, raw


async def stories(slack: Workspace, person: Person, question: str) -> SlackMessage:
    """The answer to a question with its stories, also where the bot is slow and says first that it is looking."""
    reply = await person.slash("/news", question)
    await slack.wait_for(lambda: reply.messages and list(values(reply.messages[-1].blocks)), 30)
    return reply.messages[-1]


async def busy(slack: Workspace, person: Person) -> None:
    """A bit of everything: answers, a refusal, a bug, a forged request, buttons, a dialog, an event, a mention."""
    assert (await person.slash("/news", f"robots {WRITTEN}")).ok
    await person.slash("/news", "robots", sign=False)
    answer = await stories(slack, person, "robots")
    await person.click(
        "story_menu", next(value for value in values(answer.blocks) if value.startswith("save ")), answer
    )
    reply = await person.click("story_menu", next(v for v in values(answer.blocks) if v.startswith("share ")), answer)
    await slack.wait_for(lambda: reply.views, 5)
    await person.submit_view(reply.views[0], {"where": NEWS.id, "note": f"look, {WRITTEN}"})
    await slack.wait_for(lambda: any(WRITTEN in str(m.blocks) for m in slack.all_messages(NEWS.id) if m.bot_id), 5)
    _, mentioned = await person.mention(f"what about {WRITTEN}?")
    await mentioned.first()
    await person.tell(f"{WRITTEN} and robots")
    slack.faults.add(Fault("chat.postMessage", "refused", error="invalid_auth"))
    await person.mention("robots")
    slack.faults.add(Fault("views.publish", "lost_reply"))
    await person.open_home()


def values(thing: object) -> Iterator[str]:
    """Every value that buttons and menus of blocks carry."""
    if isinstance(thing, dict):
        if isinstance(thing.get("value"), str):
            yield thing["value"]
        for each in thing.values():
            yield from values(each)
    elif isinstance(thing, list | tuple):
        for each in thing:
            yield from values(each)


def files(folder: Path) -> dict[str, bytes]:
    """What the bot has written: the database, and what SQLite keeps beside it."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@BOTH
async def test_no_secret_leaves_the_process_but_in_its_header(
    tmp_path: Path, socket_mode: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    wires: list[Wire] = []

    @contextlib.asynccontextmanager
    async def watched(workspace: Workspace, port: int = 0) -> AsyncIterator[str]:
        made = slack_server.create_app

        def create(of: Workspace) -> Wire:
            wires.append(Wire(made(of)))
            return wires[-1]

        monkeypatch.setattr(slack_server, "create_app", create)
        async with running(workspace, port) as url:
            yield url

    async def broken(*_: object) -> Message:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(running_bot, "running", watched)
    pages: list[str] = []
    with talkative(*SECRETS) as (out, raw):
        async with bot(tmp_path, socket_mode=socket_mode, HEATLINE_METRICS="0") as (slack, service):
            person = Person(slack)
            await busy(slack, person)
            now = service.clock().replace(microsecond=0)
            await service.publisher.publish(service.room.settings.digests[0], now, now)
            with monkeypatch.context() as patch:
                patch.setattr(news, "answer", broken)
                await person.slash("/news", "robots")
            async with httpx.AsyncClient(trust_env=False) as web:
                for port in filter(None, (service.port, service.metrics_port)):
                    for path in ("/", "/healthz", "/readyz", "/metrics", "/slack/events"):
                        answer = await web.get(f"http://127.0.0.1:{port}{path}")
                        pages.append(f"{answer.headers} {answer.text}")
            kept = {name: text.encode() for name, text in rows(service.room.library.database).items()}
            held = [service, service.room, service.room.settings, service._slack, service.app.bolt, service.app.office]
            shown = [
                repr(each) for each in (*held, service.app.bolt.client, posting_client(BOT_TOKEN, "http://x/api/"))
            ]
    assert "a bug of ours" in out.getvalue()
    assert "heatline is ready" in out.getvalue()
    kept |= files(tmp_path)  # with the database, also what is free in it, where that is a file
    assert "heatline.db" in kept or service.room.library.database.dialect == "postgresql"
    assert len(kept["deliveries"]) > 100
    for secret in SECRETS:
        assert secret not in out.getvalue()
        assert not [line for line in raw.lines if secret in line]  # nothing had to be masked
        assert not [page for page in pages if secret in page]
        assert not [text for text in shown if secret in text]
        assert not [name for name, text in kept.items() if secret.encode() in text]
        for path, headers, body in (each for wire in wires for each in wire.seen):
            assert secret not in path
            assert secret.encode() not in body
            holding = {name: value for name, value in headers.items() if secret in value}
            assert set(holding) <= {"authorization"}
            assert set(holding.values()) <= {f"Bearer {secret}"}
    tokens = {headers.get("authorization") for wire in wires for _, headers, _ in wire.seen}
    assert {f"Bearer {BOT_TOKEN}", *([f"Bearer {APP_TOKEN}"] if socket_mode else [])} <= tokens


@BOTH
async def test_what_people_write_stands_in_no_log(tmp_path: Path, socket_mode: bool) -> None:
    with talkative() as (out, raw):
        async with bot(tmp_path, socket_mode=socket_mode) as (slack, _):
            await busy(slack, Person(slack))
    assert WRITTEN not in out.getvalue()
    assert not [line for line in raw.lines if WRITTEN in line]


@pytest.mark.parametrize("command", [["run"], ["check"]])
def test_a_command_that_fails_tells_no_secret(tmp_path: Path, command: list[str]) -> None:
    """Slack is not there at all, so each of them ends with what it could not do."""
    env = {**environment(tmp_path, "http://127.0.0.1:9/api/"), "SLACK_APP_TOKEN": APP_TOKEN}
    env |= {"HEATLINE_LOG_LEVEL": "debug", "HEATLINE_ARTICLES": "", "HEATLINE_FEEDS": "no", "PYTHONPATH": "."}
    env |= {"HEATLINE_HTTPS_PROXY": "http://ada:hunter2hunter2@proxy.internal:3128"}
    code = [sys.executable, "-c", "from bot.cli import main; main()", *command, "--env-file", "/dev/null"]
    done = subprocess.run(code, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert said
    assert not [secret for secret in (*SECRETS, "hunter2hunter2") if secret in said]


def test_settings_show_no_secret_and_no_password() -> None:
    addresses = {
        "HEATLINE_HTTP_PROXY": "http://ada:hunter2@proxy.internal:3128",
        "HEATLINE_HTTPS_PROXY": "ada:hunter2@proxy.internal:3128",
        "HEATLINE_FEEDS_ADD": "https://ada:hunter2@feeds.example.com/private",
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    }
    settings = load(None, addresses)
    assert settings.http_proxy == addresses["HEATLINE_HTTP_PROXY"]
    for shown in (repr(settings), str(settings), f"{settings!s}", repr(settings.require_slack())):
        assert not [secret for secret in ("hunter2", *SECRETS) if secret in shown]
    assert "proxy.internal:3128" in repr(settings)


def test_a_password_in_an_address_is_hidden_wherever_it_stands() -> None:
    settings = load(None, {"HEATLINE_HTTP_PROXY": "http://ada:correct-horse@proxy.internal:3128"})
    assert logs.Masker(settings.secrets).text("407: correct-horse was refused") == f"407: {logs.HIDDEN} was refused"
    short = load(None, {"HEATLINE_HTTP_PROXY": "http://ada:news@proxy.internal:3128"})
    assert logs.Masker(short.secrets).text("all the news") == "all the news"


def test_a_traceback_with_local_variables_shows_no_secret() -> None:
    from rich.console import Console
    from rich.traceback import Traceback

    settings = load(None, {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SIGNING_SECRET})
    slack = settings.require_slack()
    try:
        sqlite3.connect(":memory:").execute("no such statement")
    except sqlite3.Error:
        out = io.StringIO()
        Console(file=out, width=400).print(Traceback(show_locals=True, locals_max_string=None))
    assert "slack = SlackSettings" in out.getvalue()
    assert slack.bot_token.get_secret_value() == BOT_TOKEN
    assert not [secret for secret in SECRETS if secret in out.getvalue()]
