"""`heatline status`: how the bot does, for a person or as JSON; the numbers of `/news status` and `/metrics`."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import httpx
import typer
from rich.table import Table
from rich.text import Text

from bot import logs
from bot.clock import utc_now
from bot.delivery import posting_client
from bot.delivery.calls import Done, call
from bot.health import LATE, DigestHealth, Health, health, minutes
from bot.settings import DOT_ENV, Settings
from bot.terminal import REJECTED, EnvFile, errors, newsroom_of, out, print_json, settings_in

_PATIENCE = 10.0
_SHOWN = 8  # feeds in a row


@dataclass(frozen=True, slots=True)
class Process:
    """What a running bot says of itself: where it was asked, and its verdicts, why by name; None where nobody answers."""

    address: str
    checks: dict[str, tuple[bool, str]] | None

    @property
    def ready(self) -> bool:
        """Whether it answers, and all is well."""
        return self.checks is not None and all(ok for ok, _ in self.checks.values())


def status(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask neither Slack nor the running bot.")] = False,
    env_file: EnvFile = DOT_ENV,
) -> None:
    """Say how the bot does: whether it runs, its digests, deliveries, library and feeds, and what to look at.

    Exits with 1 where there is something to look at.
    """
    settings = settings_in(env_file)
    with errors():
        logs.configure("error", settings.log_format, settings.secrets)
        room = newsroom_of(settings, empty_is_fine=True)
        found = health(room, utc_now())
        process = None if offline else _process(settings)
        slack = "" if offline or (process and process.checks) else asyncio.run(_slack(settings))
    troubles = [*_process_troubles(process), *([slack] if slack else []), *found.troubles]
    if as_json:
        print_json({**_plain(found), "bot": _bot(process), "troubles": troubles})
    else:
        out.print(_table(found, process, settings))
        for each in troubles:
            out.print(Text.assemble(("LOOK ", "bold yellow"), each), highlight=False, soft_wrap=True)
    raise typer.Exit(REJECTED if troubles else 0)


def _process(settings: Settings) -> Process | None:
    """The running bot, where its operator's door has an address."""
    if settings.metrics is None or not settings.metrics[1]:
        return None
    host, port = settings.metrics
    address = f"http://{_near(host)}:{port}/readyz"
    try:
        answer = httpx.get(address, timeout=_PATIENCE, trust_env=False)
        checks = {name: (bool(each["ok"]), str(each["why"])) for name, each in answer.json()["checks"].items()}
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError):  # nobody, or somebody else, is there
        return Process(address, None)
    return Process(address, checks)


def _near(host: str) -> str:
    """Where to ask for what listens on a host: on this machine for what listens everywhere."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "[::1]"
    return host if address.version == 4 else f"[{host}]"


def _process_troubles(process: Process | None) -> Iterator[str]:
    if process is not None and process.checks is None:
        yield f"no bot answers at {process.address}: is it running?"
    elif process is not None and process.checks is not None:
        yield from (f"the bot is not ready: {name} {why}" for name, (ok, why) in process.checks.items() if not ok)


async def _slack(settings: Settings) -> str:
    """What is wrong with Slack; empty where nothing is, or where there is no token."""
    if settings.slack_bot_token is None:
        return "SLACK_BOT_TOKEN is not set"
    outcome = await call(
        "auth.test", partial(posting_client(settings.slack_bot_token, settings.slack_api_url).auth_test)
    )
    return "" if isinstance(outcome, Done) else outcome.why


def _table(found: Health, process: Process | None, settings: Settings) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for subject, said in _rows(found, process, settings):
        table.add_row(subject, Text(said))
    return table


def _rows(found: Health, process: Process | None, settings: Settings) -> Iterator[tuple[str, str]]:
    zone = ZoneInfo(settings.timezone)
    yield "heatline", found.version
    if process is not None:
        yield "bot", "ready" if process.ready else "not running" if process.checks is None else "not ready"
        yield from ((f"  {name}", why) for name, (_, why) in (process.checks or {}).items())
    for digest in found.digests:
        yield f"digest {digest.settings.name}", _digest(digest, found.now)
        for delivery in digest.last:
            at = f"{delivery.slot.astimezone(zone):%a %d %b %H:%M}"
            yield (
                "",
                f"{at} to {delivery.channel}: {delivery.state.value}{f' ({delivery.error})' if delivery.error else ''}",
            )
    ledger = found.ledger
    yield "deliveries", ", ".join(f"{number:,} {state.value}" for state, number in ledger.deliveries.items())
    if ledger.oldest is not None:
        yield "", f"the oldest unfinished one has waited for {minutes(found.waiting)}"
    if ledger.doubtful:
        yield "", f"{ledger.doubtful} messages in doubt"
    late = f", one of them {minutes(found.overdue)} late" if found.overdue > LATE else ""
    yield "subscriptions", f"{ledger.subscriptions:,}{late}"
    if any(found.corrections.values()):
        yield "corrections", ", ".join(f"{number:,} {state.value}" for state, number in found.corrections.items())
    library = found.library
    newest = f", the newest of {library.newest.astimezone(zone):%d %b %Y %H:%M}" if library.newest else ""
    yield "library", f"{library.articles:,} articles{newest}; {library.size / 1_000_000:,.1f} MB"
    if (feeds := found.feeds) is not None:
        yield (
            "feeds",
            f"{feeds.read} of {feeds.number} read, {feeds.week:,} articles in seven days, {feeds.failing} failing",
        )
        if feeds.stale:
            more = f" and {len(feeds.stale) - _SHOWN} more" if len(feeds.stale) > _SHOWN else ""
            yield "  stale", ", ".join(each.state.url for each in feeds.stale[:_SHOWN]) + more


def _digest(digest: DigestHealth, now: datetime) -> str:
    if digest.next is None:
        return "not scheduled: it has no channel"
    zone = digest.settings.spec.timezone
    said = f"next on {digest.next.astimezone(ZoneInfo(zone)):%a %d %b %Y at %H:%M} ({zone})"
    return f"{said}; LATE by {minutes(now - digest.missed)}" if digest.missed and now - digest.missed > LATE else said


def _plain(found: Health) -> dict[str, Any]:
    """The numbers as JSON has them; moments in ISO 8601, in UTC."""
    ledger, feeds = found.ledger, found.feeds
    return {
        "version": found.version,
        "now": found.now.isoformat(),
        "digests": [
            {
                "name": each.settings.name,
                "next": _moment(each.next),
                "missed": _moment(each.missed),
                "last": [
                    {
                        "slot": _moment(delivery.slot),
                        "channel": delivery.channel,
                        "state": delivery.state.value,
                        "error": delivery.error,
                    }
                    for delivery in each.last
                ],
            }
            for each in found.digests
        ],
        "deliveries": {state.value: number for state, number in ledger.deliveries.items()},
        "ambiguous": ledger.doubtful,
        "queue_age_seconds": round(found.waiting.total_seconds()),
        "subscriptions": {"running": ledger.subscriptions, "late_seconds": round(found.overdue.total_seconds())},
        "corrections": {state.value: number for state, number in found.corrections.items()},
        "library": {
            "articles": found.library.articles,
            "newest": _moment(found.library.newest),
            "bytes": found.library.size,
        },
        "feeds": None
        if feeds is None
        else {"number": feeds.number, "read": feeds.read, "failing": feeds.failing, "stale": len(feeds.stale)},
    }


def _bot(process: Process | None) -> dict[str, Any] | None:
    if process is None:
        return None
    checks = {name: {"ok": ok, "why": why} for name, (ok, why) in (process.checks or {}).items()}
    return {"address": process.address, "running": process.checks is not None, "ready": process.ready, "checks": checks}


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
