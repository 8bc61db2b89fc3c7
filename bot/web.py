"""HTTP: Slack's requests at /slack/events, checked before anything reads them, and what whoever watches the process asks.

Two doors. The public one, where Slack comes in, says of the process only whether it is alive and ready. The operator's own,
on this machine unless told otherwise, says why not, and has the metrics.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.errors import HeatlineBotError
from bot.manifest import EVENTS
from bot.readiness import Check
from digests.errors import DigestsError

log = structlog.get_logger(__name__)

PATIENCE = 5.0
"""Seconds in which a request has to arrive whole; Slack's come at once."""

LARGEST = 1_000_000
"""Bytes of a request that are read; Slack's own stay far below."""


_HANG_UP = {"connection": "close"}  # else what is still to come would be read, and thrown away

Checks = Callable[[], Awaitable[tuple[Check, ...]]]
"""Gives the verdicts of `bot.readiness`."""


def create_web(bolt: AsyncApp, signing_secret: str, checks: Checks) -> Starlette:
    """The public door. Only what Slack has signed, a moment ago, reaches Bolt, which parses before it checks."""
    handler = AsyncSlackRequestHandler(bolt)
    verifier = SignatureVerifier(signing_secret)

    def signed(request: Request, body: bytes) -> bool:
        timestamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        try:
            return verifier.is_valid(body, timestamp, signature)
        except (ValueError, TypeError, OverflowError):  # a timestamp that is no number, a body that is no text
            return False

    async def slack_events(request: Request) -> Response:
        try:
            async with asyncio.timeout(PATIENCE):
                if await _too_large(request):
                    return PlainTextResponse("request too large", status_code=413, headers=_HANG_UP)
        except TimeoutError:
            return PlainTextResponse("request too slow", status_code=408, headers=_HANG_UP)
        if not signed(request, await request.body()):
            return PlainTextResponse("invalid signature", status_code=401)
        return await handler.handle(request)

    async def readyz(_request: Request) -> Response:
        ready = all(check.ok for check in await checks())
        return PlainTextResponse("ready" if ready else "not ready", status_code=200 if ready else 503)

    return Starlette(
        routes=[
            Route(EVENTS, slack_events, methods=["POST"]),
            Route("/healthz", _healthz, methods=["GET"]),
            Route("/readyz", readyz, methods=["GET"]),
        ]
    )


def create_operators(checks: Checks, metrics: Callable[[], Awaitable[bytes]]) -> Starlette:
    """The operator's door."""

    async def readyz(_request: Request) -> Response:
        found = await checks()
        ready = all(check.ok for check in found)
        said = {check.name: {"ok": check.ok, "why": check.why} for check in found}
        return JSONResponse({"ready": ready, "checks": said}, status_code=200 if ready else 503)

    async def scraped(_request: Request) -> Response:
        try:
            return Response(await metrics(), media_type=CONTENT_TYPE_LATEST)
        except (DigestsError, HeatlineBotError) as error:
            log.error("metrics not read", error=str(error))
            return PlainTextResponse("the database cannot be read", status_code=503)

    return Starlette(
        routes=[
            Route("/healthz", _healthz, methods=["GET"]),
            Route("/readyz", readyz, methods=["GET"]),
            Route("/metrics", scraped, methods=["GET"]),
        ]
    )


async def _healthz(_request: Request) -> Response:
    """It is alive: its loop turns, as it answers."""
    return PlainTextResponse("ok")


async def _too_large(request: Request) -> bool:
    """Whether the body exceeds `LARGEST`, read no further than that; the body is then there for the handler."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST:
            return True
        chunks.append(chunk)
    request._body = b"".join(chunks)  # noqa: SLF001  # where Starlette itself keeps a body that was read
    return False
