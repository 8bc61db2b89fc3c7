"""HTTP: Slack's requests at /slack/events, signature-checked by Bolt, and /healthz for whoever watches the process."""

from __future__ import annotations

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

LARGEST = 1_000_000
"""Bytes of a request that are read; Slack's own stay far below."""


def create_web(bolt: AsyncApp) -> Starlette:
    """The web application."""
    handler = AsyncSlackRequestHandler(bolt)

    async def slack_events(request: Request) -> Response:
        if await _too_large(request):
            return PlainTextResponse("request too large", status_code=413)
        return await handler.handle(request)

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok")

    return Starlette(
        routes=[Route("/slack/events", slack_events, methods=["POST"]), Route("/healthz", healthz, methods=["GET"])]
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
