"""HTTP: Slack's requests at /slack/events, signature-checked by Bolt, and /healthz for whoever watches the process."""

from __future__ import annotations

import asyncio

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.manifest import EVENTS

PATIENCE = 5.0
"""Seconds in which a request has to arrive whole; Slack's come at once."""

LARGEST = 1_000_000
"""Bytes of a request that are read; Slack's own stay far below."""


def create_web(bolt: AsyncApp, signing_secret: str) -> Starlette:
    """The web application. Only what Slack has signed, a moment ago, reaches Bolt, which parses before it checks."""
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
                    return PlainTextResponse("request too large", status_code=413)
        except TimeoutError:
            return PlainTextResponse("request too slow", status_code=408)
        if not signed(request, await request.body()):
            return PlainTextResponse("invalid signature", status_code=401)
        return await handler.handle(request)

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok")

    return Starlette(
        routes=[Route(EVENTS, slack_events, methods=["POST"]), Route("/healthz", healthz, methods=["GET"])]
    )


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
