"""Requests that somebody else sends: forged, stale, sent again word for word, or without end. Over HTTP, byte for byte."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from bot import web
from bot.readers import user
from bot.service import Service
from playground.slack import NEWS, READER, SIGNING_SECRET, Person, Workspace
from playground.slack.delivery import encode
from tests.bot.running_bot import bot
from tests.bot.test_secrets import stories, values


def signed(body: bytes, *, at: float | None = None, secret: str = SIGNING_SECRET) -> dict[str, str]:
    """The headers with which Slack would send a body."""
    timestamp = str(int(time.time() if at is None else at))
    proof = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    kind = "application/json" if body.startswith(b"{") else "application/x-www-form-urlencoded"
    return {"content-type": kind, "x-slack-request-timestamp": timestamp, "x-slack-signature": f"v0={proof}"}


async def sent(service: Service, body: bytes, headers: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        return await client.post(f"http://127.0.0.1:{service.port}/slack/events", content=body, headers=headers)


async def twice(service: Service, body: bytes) -> list[int]:
    """The very same request, as whoever has read one on its way would send it: at once, and once more."""
    headers = signed(body)
    together = await asyncio.gather(sent(service, body, headers), sent(service, body, headers))
    return [answer.status_code for answer in (*together, await sent(service, body, headers))]


def command(slack: Workspace, text: str) -> bytes:
    """A command as Slack would send it."""
    address = slack.issue_response_url(READER.id, NEWS.id, None)
    trigger = slack.issue_trigger(READER.id)
    asked = {"command": "/news", "text": text, "team_id": slack.team_id, "user_id": READER.id, "channel_id": NEWS.id}
    return urlencode({**asked, "trigger_id": trigger, "response_url": address}).encode()


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"at": -400},
        {"at": 400},
        {"secret": "another0000000000000000000000000"},
        {"headers": {"x-slack-signature": ""}},
        {"headers": {"x-slack-request-timestamp": ""}},
        {"headers": {"x-slack-signature": "v0="}},
        {"body": b"command=%2Fnews&text=unsubscribe+1"},
    ],
    ids=["no headers", "stale", "of the future", "forged", "unsigned", "no time", "half a signature", "another body"],
)
async def test_what_slack_did_not_send_just_now_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    async with bot(tmp_path) as (slack, service):
        body = command(slack, "subscribe robotics at 8:30")
        at = time.time() + wrong["at"] if "at" in wrong else None
        headers = signed(body, at=at, secret=wrong.get("secret", SIGNING_SECRET)) if wrong else {}
        answer = await sent(service, wrong.get("body", body), {**headers, **wrong.get("headers", {})})
        assert answer.status_code == 401
        assert answer.text == "invalid signature"
        assert service.room.subscriptions.count() == 0
        assert (await sent(service, body, signed(body))).status_code == 200
        assert service.room.subscriptions.count() == 1


async def test_a_command_that_is_sent_again_does_its_work_once(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        assert await twice(service, command(slack, "subscribe robotics at 8:30")) == [200, 200, 200]
        assert service.room.subscriptions.count() == 1
        gone = command(slack, "unsubscribe 1")
        assert await twice(service, gone) == [200, 200, 200]
        assert service.room.subscriptions.count() == 0
        await sent(
            service, command(slack, "subscribe drones at 8:30"), signed(command(slack, ""))
        )  # refused: another body
        assert service.room.subscriptions.count() == 0


async def test_a_press_that_is_sent_again_does_its_work_once(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        answer = await stories(slack, person, "robots")
        entries = list(values(answer.blocks))
        saving = await person.click("story_menu", next(each for each in entries if each.startswith("save ")), answer)
        place = user(slack.team_id, READER.id)
        assert service.room.saved.count(place) == 1
        body = encode(saving.kind, saving.payload)[0].encode()
        (kept,) = service.room.saved.of(place)
        service.room.saved.drop(place, kept.key)
        assert await twice(service, body) == [200, 200, 200]
        assert service.room.saved.count(place) == 0  # it was undone, and stays so


async def test_a_dialog_that_is_sent_again_posts_once(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        answer = await stories(slack, person, "robots")
        share = next(each for each in values(answer.blocks) if each.startswith("share "))
        opened = await person.click("story_menu", share, answer)
        await slack.wait_for(lambda: opened.views, 10)
        shared = await person.submit_view(opened.views[0], {"where": NEWS.id})
        await slack.wait_for(lambda: slack.messages(NEWS.id), 10)
        assert await twice(service, encode(shared.kind, shared.payload)[0].encode()) == [200, 200, 200]
        await service.app.drain()
        assert len(slack.messages(NEWS.id)) == 1


async def test_an_event_that_is_sent_again_is_answered_once(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        _, reply = await Person(slack, READER.id).mention("robots")
        await reply.first()
        anew = {**reply.payload, "event_id": "Ev0ANEW"}  # the same once more, which nobody was told yet
        assert await twice(service, encode(reply.kind, anew)[0].encode()) == [200, 200, 200]
        ours = lambda: [each for each in slack.all_messages(NEWS.id) if each.bot_id]  # noqa: E731
        await slack.wait_for(lambda: len(ours()) > 1, 10)
        await service.app.drain()
        assert len(ours()) == 2


async def test_a_body_without_end_is_refused_signed_or_not(tmp_path: Path) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while read < 50 * web.LARGEST:
            read += 100_000
            yield b"x" * 100_000

    async with bot(tmp_path) as (_, service):
        large = b"text=" + b"x" * web.LARGEST
        assert (await sent(service, large, signed(large))).status_code == 413
        async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
            url = f"http://127.0.0.1:{service.port}/slack/events"
            with contextlib.suppress(httpx.TransportError):  # it may hang up before its answer is read
                assert (await client.post(url, content=endless(), headers=signed(b""))).status_code == 413
        assert read < 50 * web.LARGEST


async def test_a_body_that_never_comes_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "PATIENCE", 0.2)
    async with bot(tmp_path) as (_, service):
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        await writer.drain()
        assert (await asyncio.wait_for(reader.readline(), 20)).startswith(b"HTTP/1.1 408")
        writer.close()
