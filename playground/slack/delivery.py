"""How Slack reaches the bot: signed HTTP requests, or envelopes over Socket Mode when the bot is connected there."""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
import time
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal
from urllib.parse import urlencode

import httpx

from playground.slack.state import Workspace
from playground.slack.values import Json

Kind = Literal["slash_commands", "interactive", "events_api"]
ACK_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What the bot said to one delivery.

    status     HTTP status; 200 for a Socket Mode ack; 0 when nothing came back
    body       what the ack carried: JSON, text, or None
    error      `operation_timeout`, `dispatch_failed` (no connection, or a status other than 200), or None
    seconds    until the ack, or until Slack gave up
    """

    status: int
    body: Any
    error: str | None
    seconds: float


def sign(secret: str, timestamp: str, body: str) -> str:
    """Slack's v0 signature of a request body: https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()


def encode(kind: Kind, payload: Json) -> tuple[str, str]:
    """The HTTP body and content type in which Slack sends this kind of payload."""
    if kind == "events_api":
        return json.dumps(payload), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form), "application/x-www-form-urlencoded"


async def deliver(
    workspace: Workspace,
    kind: Kind,
    payload: Json,
    *,
    transport: Literal["auto", "http", "socket"] = "auto",
    request_url: str = "",
    signed: bool = True,
    age: float = 0.0,
    retry: tuple[int, str] | None = None,
) -> Acknowledged:
    """Bring one payload to the bot and wait at most three seconds for its ack.

    `signed=False` forges the signature, `age` backdates it by seconds; both only matter over HTTP. `retry` is the
    number and reason of a repeated event.

    Raises:
        ConnectionError: there is neither a Socket Mode connection nor a request URL.
    """
    if transport == "socket" or (transport == "auto" and workspace.sockets.connected):
        return await _over_socket(workspace, kind, payload, retry)
    address = request_url or workspace.request_url
    if not address:
        raise ConnectionError("set workspace.request_url, or connect the bot over Socket Mode")
    body, content_type = encode(kind, payload)
    timestamp = str(int(workspace.clock() - age))
    secret = workspace.signing_secret if signed else "forged" + workspace.signing_secret
    headers = {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": sign(secret, timestamp, body),
    }
    if retry:
        headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
    return await _over_http(address, body, headers)


@cache
def _trust() -> ssl.SSLContext:
    """Whom to believe, read once: that takes longer than the request."""
    return ssl.create_default_context()


async def _over_http(address: str, body: str, headers: dict[str, str]) -> Acknowledged:
    start = time.perf_counter()
    async with httpx.AsyncClient(timeout=ACK_SECONDS, trust_env=False, verify=_trust()) as client:
        try:
            response = await client.post(address, content=body.encode(), headers=headers)
        except httpx.TimeoutException:
            return Acknowledged(0, None, "operation_timeout", time.perf_counter() - start)
        except httpx.TransportError:
            return Acknowledged(0, None, "dispatch_failed", time.perf_counter() - start)
    seconds = time.perf_counter() - start
    is_json = response.headers.get("content-type", "").startswith("application/json")
    said = response.json() if is_json and response.content else (response.text or None)
    return Acknowledged(response.status_code, said, None if response.status_code == 200 else "dispatch_failed", seconds)


async def _over_socket(workspace: Workspace, kind: Kind, payload: Json, retry: tuple[int, str] | None) -> Acknowledged:
    start = time.perf_counter()
    ack = await workspace.sockets.deliver(
        kind,
        payload,
        accepts_response_payload=kind != "events_api",
        patience=ACK_SECONDS,
        extra={"retry_attempt": retry[0], "retry_reason": retry[1]} if retry else None,
    )
    if ack is None:
        return Acknowledged(0, None, "operation_timeout", time.perf_counter() - start)
    return Acknowledged(200, ack.payload or None, None, ack.seconds)
