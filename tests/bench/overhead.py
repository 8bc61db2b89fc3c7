"""What a request costs: a signed slash command through the whole bot, beside raw Starlette and a bare Bolt app.

``python -m tests.bench.overhead raw|bolt ANSWER API``  serves one of the two peers; prints its port
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.manifest import EVENTS
from playground import demo
from playground.slack import BOT_TOKEN, SIGNING_SECRET
from playground.slack.delivery import encode, sign
from tests.bench import asking
from tests.bench.hours import pretend_slack
from tests.bench.hourslack import CHANNEL, USER

ASKED = "help"
"""The cheapest that `/news` answers: it reads no library."""

_WARM = 100  # requests before any is counted: imports, caches, and who asks
_READY = 60.0


def measured(turns: int, requests: int) -> dict[str, float]:
    """Medians of some turns, in each of which each server has so many requests of one client.

    ``rate_``, ``p50_`` and ``p99_`` of each server: requests a second and milliseconds. ``than_raw`` and ``than_bolt``: how
    many times as long as theirs a request takes, with the least and the most of a turn.
    """
    found: dict[str, list[list[float]]] = {"raw": [], "bolt": [], "bot": []}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="heatline-overhead-")))
        base_url, _, _ = stack.enter_context(pretend_slack(1, 0.0))
        api = f"{base_url}/api/"
        ports = {"bot": stack.enter_context(_bot(folder, api))}
        answer = _Client(ports["bot"]).ask()
        (folder / "answer").write_bytes(answer)
        for peer in ("raw", "bolt"):
            ports[peer] = stack.enter_context(_peer(peer, folder / "answer", api))
        clients = {name: _Client(ports[name]) for name in found}
        for name, client in clients.items():
            said = [client.ask() for _ in range(_WARM)][-1]
            assert json.loads(said) == json.loads(answer), f"{name} answers something else"
        for _ in range(turns):
            for name, client in clients.items():
                client.ask()
                found[name].append(sorted(client.timed() for _ in range(requests)))
    means = {name: [statistics.mean(times) for times in each] for name, each in found.items()}
    told: dict[str, float] = {"answer": float(len(answer)), "turns": float(turns), "requests": float(requests)}
    for name, each in found.items():
        told[f"rate_{name}"] = 1000 / statistics.median(means[name])
        for percent in (50, 99):
            told[f"p{percent}_{name}"] = statistics.median(asking.percentile(times, percent) for times in each)
    for peer in ("raw", "bolt"):
        ratios = [ours / theirs for ours, theirs in zip(means["bot"], means[peer], strict=True)]
        told |= {f"than_{peer}": statistics.median(ratios)}
        told |= {f"than_{peer}_least": min(ratios), f"than_{peer}_most": max(ratios)}
    return told


class _Client:
    """One client with one connection that stays open, as Slack's do."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self._asked = 0

    def timed(self) -> float:
        """Milliseconds until a signed command is answered; making it is not counted."""
        body, headers = self._request()
        began = time.perf_counter()
        self._answered(body, headers)
        return 1000 * (time.perf_counter() - began)

    def ask(self) -> bytes:
        """What a signed command is answered, over a new connection: a server closes one that was idle for some seconds."""
        self._connection.close()
        return self._answered(*self._request())

    def _request(self) -> tuple[str, dict[str, str]]:
        self._asked += 1
        command = {
            "command": "/news",
            "text": ASKED,
            "team_id": "T0PLAYGRND1",
            "user_id": USER.format(0),
            "channel_id": CHANNEL.format(0),
            "trigger_id": f"{id(self)}.{self._asked}",  # a trigger that comes again is a repeat
            "response_url": "http://127.0.0.1:9/",
        }
        body, kind = encode("slash_commands", command)
        now = str(int(time.time()))
        return body, {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": now,
            "X-Slack-Signature": sign(SIGNING_SECRET, now, body),
        }

    def _answered(self, body: str, headers: Mapping[str, str]) -> bytes:
        self._connection.request("POST", EVENTS, body, headers)
        response = self._connection.getresponse()
        said = response.read()
        assert response.status == 200, (response.status, said[:200])
        return said


@contextmanager
def _bot(folder: Path, api: str) -> Iterator[int]:
    """The bot as it is started, over an empty library; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = int(door.getsockname()[1])
    ours = demo.environment(folder, api) | {
        "HEATLINE_PORT": str(port),
        "HEATLINE_ARTICLES": "",
        "HEATLINE_FEEDS": "no",
        "HEATLINE_CHANNEL": "",
    }
    bot = subprocess.Popen([Path(sys.executable).with_name("heatline"), "run"], env={**os.environ, **ours}, cwd=folder)
    try:
        _reached(port)
        yield port
    finally:
        bot.terminate()
        bot.wait()


def _reached(port: int) -> None:
    """Wait until somebody listens."""
    until = time.monotonic() + _READY
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the bot does not listen")


@contextmanager
def _peer(name: str, answer: Path, api: str) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.bench.overhead", name, str(answer), api]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as peer:
        try:
            assert peer.stdout is not None
            yield int(peer.stdout.readline())
        finally:
            peer.terminate()


def raw(answer: bytes, _api: str) -> Starlette:
    """A route that looks at the signature and answers."""
    verifier = SignatureVerifier(SIGNING_SECRET)

    async def events(request: Request) -> Response:
        given = (request.headers.get(f"x-slack-{what}", "") for what in ("request-timestamp", "signature"))
        if not verifier.is_valid(await request.body(), *given):
            return PlainTextResponse("invalid signature", status_code=401)
        return Response(answer, media_type="application/json")

    return Starlette(routes=[Route(EVENTS, events, methods=["POST"])])


def bolt(answer: bytes, api: str) -> Starlette:
    """An app of Bolt with one listener, which acknowledges with the answer."""
    said: dict[str, Any] = json.loads(answer)
    app = AsyncApp(
        client=AsyncWebClient(BOT_TOKEN, base_url=api), signing_secret=SIGNING_SECRET, process_before_response=True
    )
    handler = AsyncSlackRequestHandler(app)

    @app.command("/news")
    async def news(ack: AsyncAck) -> None:
        await ack(**said)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route(EVENTS, events, methods=["POST"])])


PEERS: Mapping[str, Callable[[bytes, str], Starlette]] = {"raw": raw, "bolt": bolt}


def main(name: str, answer: str, api: str) -> None:
    """Serve a peer until told to end."""
    web = PEERS[name](Path(answer).read_bytes(), api)
    door = socket.create_server(("127.0.0.1", 0))
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(door.getsockname()[1], flush=True)
    # As the bot has it: see `bot.service`.
    uvicorn.Server(uvicorn.Config(web, log_config=None, lifespan="off", timeout_graceful_shutdown=3)).run([door])


if __name__ == "__main__":
    main(*sys.argv[1:])
