"""One call to Slack, told apart by what it says about the message: done, surely not done, or nobody knows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.counters import CALLS
from bot.delivery.outgoing import TIMEOUT, Client
from bot.delivery.slack_errors import Action, Row, problem, row_for

_KEPT = 4.0  # seconds that a connection nobody uses stays open
_LONGEST = 60.0  # seconds between retries, at most


@dataclass(frozen=True, slots=True)
class Done:
    """Slack did it; ``data`` is its answer, which came with ``headers``."""

    data: Mapping[str, Any]
    headers: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack said no, with a code; ``why`` is for operators, ``needed`` the scope that is missing where it is one."""

    row: Row
    why: str
    needed: str = ""


@dataclass(frozen=True, slots=True)
class Busy:
    """Slack did nothing and asks to be called again after so many seconds."""

    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class Unreached:
    """The call never got to Slack."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The call may have been carried out: the answer was lost, late or none of Slack's."""

    why: str


Outcome = Done | Refused | Busy | Unreached | Unknown


def posting_client(token: str | SecretStr, api_url: str) -> Client:
    """The client that posts digests: it never sends anything a second time by itself.

    slack_sdk's default handler posts again after a connection that dropped when Slack had read the message already. Its
    handler for rate limits sleeps inside the call, past the end of a lease and of the process's own shutdown; the outbox
    waits by itself. So there is no handler at all.
    """
    return Client(token, api_url)


@asynccontextmanager
async def connected(client: AsyncWebClient) -> AsyncIterator[None]:
    """Let a client keep its connections: one for each call takes longer than the call.

    What nobody used for a few seconds is closed from here: Slack closing it just when a message is sent would leave open
    whether it took that.
    """
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEPT)  # so many at once as the outbox lets through
    timeout = aiohttp.ClientTimeout(total=client.timeout)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as client.session:
        try:
            yield
        finally:
            client.session = None


async def call(name: str, method: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: Any) -> Outcome:
    """Call a method of the client once; ``name`` is Slack's name for it, for the log."""
    outcome = await _called(name, method, arguments)
    CALLS.labels(name, type(outcome).__name__.lower()).inc()
    return outcome


async def _called(
    name: str, method: Callable[..., Awaitable[AsyncSlackResponse]], arguments: Mapping[str, Any]
) -> Outcome:
    try:
        response = await method(**arguments)
    except SlackApiError as error:
        return _refused(name, error.response)
    except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
        return Unreached(f"{name}: no connection to Slack ({type(error).__name__}: {error})")
    except asyncio.TimeoutError:  # noqa: UP041  # says whose it is
        return Unknown(f"{name}: no answer from Slack within {TIMEOUT} seconds")
    except (aiohttp.ClientError, OSError, SlackClientError, json.JSONDecodeError, UnicodeDecodeError) as error:
        return Unknown(f"{name}: the answer was lost ({type(error).__name__})")
    return Done(response.data if isinstance(response.data, dict) else {}, response.headers)


def patience(outcome: Outcome, attempts: int) -> tuple[str, float]:
    """Why a call did not work, and the seconds to wait before the next: what Slack says, else longer each time."""
    why = "" if isinstance(outcome, Done) else outcome.why
    return why, outcome.seconds if isinstance(outcome, Busy) else backoff(attempts)


def backoff(attempts: int) -> float:
    """The seconds to wait after so many attempts that did not work."""
    return float(min(2 ** min(attempts - 1, 10), _LONGEST))


def _refused(name: str, response: Any) -> Outcome:
    # Where a body cannot be read, slack_sdk hands over aiohttp's response in place of its own.
    if not isinstance(response, AsyncSlackResponse):
        return Unknown(f"{name}: the answer cannot be read")
    data = response.data if isinstance(response.data, dict) else {}
    code = data.get("error")
    if response.status_code == 429:
        return Busy(_retry_after(response.headers), f"{name}: {code or 'ratelimited'}")
    if not isinstance(code, str):
        return Unknown(f"{name}: HTTP {response.status_code} without an answer of Slack's")
    row = row_for(code)
    if row.action is Action.WAIT:
        return Busy(_retry_after(response.headers), f"{name}: {code}")
    why = str(problem(name, row, _detail(data)))
    if row.action is Action.LOOK or response.status_code >= 500:
        return Unknown(why)
    return Refused(row, why, str(data.get("needed") or "") if code == "missing_scope" else "")


def _retry_after(headers: Mapping[str, Any]) -> float:
    for key, value in headers.items():
        if key.lower() == "retry-after":
            text = value[0] if isinstance(value, list | tuple) else value
            try:
                return max(0.0, float(text))
            except ValueError:
                break
    return 1.0


def _detail(data: Mapping[str, Any]) -> str | None:
    """What Slack adds to some codes and an operator needs: the scope that is missing, the block that is wrong."""
    notes = [f"needs {data['needed']}"] if isinstance(data.get("needed"), str) else []
    errors = data.get("errors") or (data.get("response_metadata") or {}).get("messages") or []
    notes += [str(each)[:200] for each in errors[:3]]
    return ", ".join(notes) or None
