"""What operators see of the running bot: probes, metrics, lines of the log that belong together, and `heatline status`."""

from __future__ import annotations

import asyncio
import io
import json
import re
import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from bot import acts, logs, readiness
from bot.cli import app
from bot.delivery import DeliveryState, Ledger
from bot.service import Service
from bot.terminal import REJECTED
from bot.wiring import newsroom, settings_from
from digests.models import DigestSpec, Message, Post
from playground import feeds
from playground.slack import NEWS, Fault, Person, Workspace
from tests.bot.running_bot import Clock, bot, environment
from tests.bot.test_app import BOTH

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday
BEFORE_NINE = NINE - timedelta(seconds=4)
OPERATORS = {"HEATLINE_METRICS": "0"}
PROBED = ("process", "database", "slack", "schedule", "feeds")


pytestmark = pytest.mark.usefixtures("restored_logging")


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verdicts are not kept: each look is a new one."""
    for name in ("KEPT", "_SLACK_KEPT", "_SLACK_AGAIN"):
        monkeypatch.setattr(readiness, name, 0.0)


async def asked(service: Service, path: str = "/readyz", *, public: bool = False) -> httpx.Response:
    port = service.port if public else service.metrics_port
    async with httpx.AsyncClient(trust_env=False, timeout=30) as web:
        return await web.get(f"http://127.0.0.1:{port}{path}")


async def unready(service: Service) -> dict[str, str]:
    """What is not well, and why; nothing where the bot says that it is ready."""
    answer = await asked(service)
    said = answer.json()
    assert answer.status_code == (200 if said["ready"] else 503)
    assert tuple(said["checks"]) == PROBED
    return {name: check["why"] for name, check in said["checks"].items() if not check["ok"]}


# Probes.


@BOTH
async def test_a_bot_that_can_work_is_alive_and_ready(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode, **OPERATORS) as (_, service):
        assert (await asked(service, "/healthz")).text == "ok"
        assert await unready(service) == {}


async def test_the_public_door_says_no_more_than_yes_or_no(tmp_path: Path, forgetful: None) -> None:
    async with bot(tmp_path) as (slack, service):
        assert service.metrics_port is None  # nobody asked for the other door
        assert (await asked(service, "/healthz", public=True)).text == "ok"
        answer = await asked(service, public=True)
        assert (answer.status_code, answer.text) == (200, "ready")
        slack.faults.add(Fault("auth.test", "refused", error="account_inactive"))
        answer = await asked(service, public=True)
        assert (answer.status_code, answer.text) == (503, "not ready")
        assert (await asked(service, "/metrics", public=True)).status_code == 404


async def test_no_door_keeps_an_answer_back_until_its_head_has_arrived(tmp_path: Path) -> None:
    async with bot(tmp_path, **OPERATORS) as (_, service):
        for door in (service._door, service._watchers):
            assert door is not None
            assert door.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)  # what it accepts has the same


async def test_a_database_that_cannot_be_read_is_told_and_the_rest_too(tmp_path: Path, forgetful: None) -> None:
    async with bot(tmp_path, **OPERATORS) as (_, service):
        with service.room.library.database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE schedules RENAME TO elsewhere")
        assert list(await unready(service)) == ["database"]
        missing = {"sqlite": "no such table: schedules", "postgresql": 'relation "schedules" does not exist'}
        assert missing[service.room.library.database.dialect] in (await unready(service))["database"]
        broken = await asked(service, "/metrics")
        assert (broken.status_code, broken.text) == (503, "the database cannot be read")
        assert (await asked(service, "/healthz")).status_code == 200  # a restart would mend nothing
        with service.room.library.database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO schedules")
        assert await unready(service) == {}


async def test_a_database_that_hangs_is_asked_no_second_time(
    tmp_path: Path, forgetful: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for, over = [], threading.Event()
    async with bot(tmp_path, **OPERATORS) as (_, service):
        newest = service.room.library.newest

        def hanging() -> datetime | None:
            asked_for.append(1)
            over.wait(30)
            return newest()

        monkeypatch.setattr(readiness, "PATIENCE", 0.2)
        monkeypatch.setattr(service.room.library, "newest", hanging)
        for _ in range(3):
            assert await unready(service) == {"database": "did not answer within 0.2 seconds"}
        assert asked_for == [1]
        over.set()
        monkeypatch.setattr(readiness, "PATIENCE", 10)
        assert await unready(service) == {}


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault("auth.test", "refused", error="token_revoked"), "token_revoked"),
        (Fault("auth.test", "drop_before"), "the answer was lost"),
        (Fault("auth.test", "delay", seconds=30), "no answer within 0.3 seconds"),
        (Fault("auth.test", "server_error"), "HTTP 503"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
async def test_a_slack_that_does_not_know_us_is_told(
    tmp_path: Path, forgetful: None, fault: Fault, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "PATIENCE", 0.3 if fault.kind == "delay" else readiness.PATIENCE)
    async with bot(tmp_path, **OPERATORS) as (slack, service):
        slack.faults.add(fault)
        found = await unready(service)
        assert list(found) == ["slack"]
        assert why in found["slack"]
        monkeypatch.setattr(readiness, "PATIENCE", 5)
        assert await unready(service) == {}


async def test_a_slack_that_is_busy_makes_nobody_unready(tmp_path: Path, forgetful: None) -> None:
    async with bot(tmp_path, **OPERATORS) as (slack, service):
        slack.faults.add(Fault("auth.test", "rate_limited"))
        assert await unready(service) == {}


async def test_a_lost_socket_is_told_until_there_is_a_new_one(tmp_path: Path, forgetful: None) -> None:
    async with bot(tmp_path, socket_mode=True, **OPERATORS) as (slack, service):
        slack.faults.add(Fault("apps.connections.open", "server_error", times=None))
        await slack.sockets.close()
        async with asyncio.timeout(20):
            while "slack" not in (found := await unready(service)):
                await asyncio.sleep(0.05)
        assert "is not connected over Socket Mode" in found["slack"]


async def test_a_schedule_that_nobody_looks_at_is_told(tmp_path: Path, forgetful: None) -> None:
    async with bot(tmp_path, **OPERATORS) as (_, service):
        service.schedule._scheduler.pause()
        assert service.schedule.looked is not None
        service.schedule.looked -= 500
        found = await unready(service)
        assert list(found) == ["schedule"]
        assert re.fullmatch(r"digests: nothing was done for 5\d\d seconds", found["schedule"])
        service.schedule._scheduler.resume()
        await service.schedule.tick()
        assert await unready(service) == {}


async def test_feeds_none_of_which_can_be_read_are_told(tmp_path: Path, forgetful: None) -> None:
    with feeds.FeedServer().running() as server:
        (tmp_path / "articles").mkdir()
        server.statuses["/broken"] = 500
        more = {
            "HEATLINE_FEEDS_ADD": server.url("/broken"),
            "HEATLINE_FEEDS": "no",
            "HEATLINE_ALLOW_HOSTS": "127.0.0.1",
        }
        async with bot(tmp_path, **OPERATORS, **more) as (_, service):
            async with asyncio.timeout(20):
                while not (found := await unready(service)):
                    await asyncio.sleep(0.05)
            assert found == {"feeds": "1 failing"}


async def test_a_bot_that_starts_or_stops_is_not_ready(tmp_path: Path) -> None:
    async with bot(tmp_path, **OPERATORS) as (_, service):
        late = Service(newsroom(service.room.settings), service._slack)
        found = {check.name: check.why for check in await late.readiness.checks() if not check.ok}
        assert found == {"process": "is starting", "schedule": "digests: not begun"}
        late.room.library.close()
    assert [check.why for check in await service.readiness.checks() if check.name == "process"] == ["is stopping"]


async def test_probes_are_cheap_however_often_they_come(tmp_path: Path) -> None:
    async with bot(tmp_path, **OPERATORS) as (slack, service):
        before = len([call for call in slack.calls if call.method == "auth.test"])
        answers = await asyncio.gather(*(asked(service, path) for path in ("/readyz", "/metrics") for _ in range(10)))
        assert {answer.status_code for answer in answers} == {200}
        assert len([call for call in slack.calls if call.method == "auth.test"]) == before + 1


# Metrics.


def value(text: str, name: str) -> float:
    (found,) = re.findall(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found)


async def test_metrics_tell_what_was_posted_also_after_a_restart(tmp_path: Path) -> None:
    clock, slack = Clock(BEFORE_NINE), Workspace()
    slack.faults.add(Fault("chat.postMessage", "drop_before"))
    async with bot(tmp_path, clock=clock, workspace=slack, **OPERATORS) as (_, service):
        before = (await asked(service, "/metrics")).text
        await slack.wait_for(lambda: len(slack.messages(NEWS.id)) == 1, 60)
        done = lambda: service.room.ledger.last("daily")[0].state is DeliveryState.DONE  # noqa: E731
        await slack.wait_for(done, 20)
        person = Person(slack)
        await person.slash("/news", "robots")
        await person.slash("/news", "subscribe robotics at 8:30")
        await asyncio.sleep(readiness.KEPT)
        text = (await asked(service, "/metrics")).text
        assert value(text, 'heatline_deliveries{state="done"}') == 1
        assert value(text, 'heatline_editions{digest="daily"}') == 1
        assert value(text, "heatline_articles") == 253
        assert value(text, "heatline_subscriptions") == 1
        assert value(text, "heatline_library_bytes") > 1_000_000
        if service.room.library.database.dialect == "sqlite":  # a server's disk is not seen from here
            assert value(text, "heatline_disk_free_bytes") > 0
        for name, grown in {
            "heatline_retries_total": 1,
            "heatline_search_seconds_count": 1,
            'heatline_slack_calls_total{method="chat.postMessage",outcome="unknown"}': 1,
        }.items():
            at_first = value(before, name) if name in before else 0
            assert value(text, name) >= at_first + grown, name
        assert 'heatline_request_seconds_count{kind="command"}' in text
    async with bot(tmp_path, clock=clock, workspace=slack, **OPERATORS) as (_, service):
        text = (await asked(service, "/metrics")).text
        assert value(text, 'heatline_deliveries{state="done"}') == 1
        assert value(text, 'heatline_editions{digest="daily"}') == 1


async def test_metrics_tell_what_waits_and_what_is_in_doubt(tmp_path: Path) -> None:
    clock = Clock(NINE + timedelta(hours=1))
    async with bot(tmp_path, clock=clock, **OPERATORS) as (_, service):
        now = clock()
        ledger = Ledger(service.room.library.database, lease=timedelta(hours=9), owner="another process")
        post = Post(Message("one", ({"type": "divider"},)), ())
        claimed = ledger.claim("daily", NINE, "C0ELSEWHERE", post, now - timedelta(minutes=40))
        assert claimed is not None
        ledger.ambiguous(ledger.sending(claimed.parts[0], now), "the answer was lost", now)
        text = (await asked(service, "/metrics")).text
        assert value(text, 'heatline_deliveries{state="claimed"}') == 1
        assert value(text, "heatline_ambiguous") == 1
        assert 2400 <= value(text, "heatline_queue_age_seconds") < 2500


async def test_metrics_tell_a_digest_that_is_late(tmp_path: Path) -> None:
    clock = Clock(BEFORE_NINE)
    async with bot(tmp_path, clock=clock):
        pass  # seen once, before nine
    clock.forward(timedelta(hours=5))  # and away at nine, for longer than an edition may be late
    async with bot(tmp_path, clock=clock, **OPERATORS) as (_, service):
        text = (await asked(service, "/metrics")).text
        assert 5 * 3600 - 60 < value(text, 'heatline_digest_late_seconds{digest="daily"}') < 5 * 3600 + 60


async def test_metrics_have_one_name_for_all_subscriptions(tmp_path: Path) -> None:
    async with bot(tmp_path, **OPERATORS) as (slack, service):
        for topic in ("robotics", "drones"):
            await Person(slack).slash("/news", f"subscribe {topic} at 8:30")
        for each in service.room.subscriptions.due(service.clock() + timedelta(days=8), 9):
            service.room.desk.frozen(DigestSpec(each.digest), NINE, NINE)
        text = (await asked(service, "/metrics")).text
        assert value(text, 'heatline_editions{digest="subscriptions"}') == 2
        assert "sub-" not in text


# The log.


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


@BOTH
async def test_all_lines_of_a_request_carry_its_name(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        out = io.StringIO()
        logs.configure("debug", "json", stream=out)
        person = Person(slack)
        subscribed = await person.slash("/news", "subscribe robotics at 8:30")
        service.room.settings.digests  # noqa: B018
        ended = await person.slash("/news", "unsubscribe 1")
        assert "Ended" in ended.text or "ended" in ended.text
        mentioned = await person.event({"type": "app_uninstalled"}, event_id="Ev0123")
        assert subscribed.ok
        assert mentioned.ok
        of = {line["request"] for line in lines(out) if line["event"] == "subscription ended"}
        assert of == {ended.trigger_id.rpartition(".")[0]}
        told = [line for line in lines(out) if line.get("request") == "Ev0123"]
        assert told
        # What opens dialogs is no part of the name.
        assert ended.trigger_id not in out.getvalue()
        assert not [
            line
            for line in lines(out)
            if line.get("request") not in (None, *of, "Ev0123", subscribed.trigger_id.rpartition(".")[0])
        ]


ACTS = ("no answer, looking in the channel", "part found in the channel", "delivery finished")
"""What is logged of a delivery whose first answer is lost."""


async def test_all_lines_of_an_edition_and_a_delivery_carry_their_names(tmp_path: Path) -> None:
    clock, slack, out = Clock(BEFORE_NINE), Workspace(), io.StringIO()
    slack.faults.add(Fault("chat.postMessage", "lost_reply"))
    logs.configure("info", "json", stream=out)
    ends = {"delivery finished", "edition published"}
    async with bot(tmp_path, clock=clock, workspace=slack) as (_, service):
        await slack.wait_for(lambda: ends <= {line["event"] for line in lines(out)}, 60)
        (delivery,) = service.room.ledger.deliveries("daily", NINE)
    name = acts.edition("daily", NINE)
    assert name == "daily@2026-11-23T09:00:00Z"
    ours = [line for line in lines(out) if line["logger"].startswith("bot.")]
    made = [line for line in ours if line["event"] == "edition published"]
    sent = [line for line in ours if line["event"] in ACTS]
    assert len(made) == 1
    assert len({line["event"] for line in sent}) == len(ACTS)
    assert {line["edition"] for line in made + sent} == {name}
    assert {line["delivery"] for line in sent} == {delivery.id}
    (ready,) = [line for line in ours if line["event"] == "heatline is ready"]
    assert not {"edition", "delivery", "request"} & set(ready)


def test_names_of_requests() -> None:
    assert acts.request({"event_id": "Ev1", "trigger_id": "1.2.3"}) == "Ev1"
    assert acts.request({"trigger_id": "13345224609.738474920.8088930838d88f008e0"}) == "13345224609.738474920"
    assert acts.request({}) != acts.request({})


# `heatline status`.


def heatline(env: dict[str, str], *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["status", *arguments], env={**env, "COLUMNS": "200"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, result.stdout


async def test_status_tells_what_the_metrics_and_the_probes_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with bot(tmp_path, **OPERATORS) as (slack, service):
        now = service.clock().replace(second=0, microsecond=0)
        await service.publisher.publish(service.room.settings.digests[0], now, now)
        env = {**environment(tmp_path, f"{slack.base_url}/api/"), "HEATLINE_METRICS": str(service.metrics_port)}
        code, said = await asyncio.to_thread(heatline, env, "--json")
        found = json.loads(said)
        assert (code, found["troubles"]) == (0, [])
        assert found["bot"]["ready"] is True
        assert tuple(found["bot"]["checks"]) == PROBED
        text = (await asked(service, "/metrics")).text
        assert found["deliveries"] == {
            state.value: value(text, f'heatline_deliveries{{state="{state}"}}') for state in DeliveryState
        }
        assert found["deliveries"]["done"] == 1
        assert found["library"]["articles"] == value(text, "heatline_articles") == 253
        assert [each["state"] for each in found["digests"][0]["last"]] == ["done"]
        code, said = await asyncio.to_thread(heatline, env)
        assert code == 0
        for words in (
            "bot ",
            "ready",
            "digest daily",
            "next on",
            f"to {NEWS.id}: done",
            "1 done",
            "253 articles",
            "schedule",
        ):
            assert words in said
        told = (await Person(slack).slash("/news", "status")).text
        assert "Deliveries: 1 posted, 0 on their way" in told
        assert "253 articles" in told


async def test_status_tells_what_to_look_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with bot(tmp_path, HEATLINE_CHANNEL="C0NOWHERE01") as (slack, service):
        now = service.clock().replace(second=0, microsecond=0)
        await service.publisher.publish(service.room.settings.digests[0], now, now)
        api = f"{slack.base_url}/api/"
    env = {**environment(tmp_path, api), "HEATLINE_CHANNEL": "C0NOWHERE01", "HEATLINE_METRICS": "9"}
    code, said = await asyncio.to_thread(heatline, env)
    assert code == REJECTED
    assert "LOOK no bot answers at http://127.0.0.1:9/readyz: is it running?" in said
    assert "LOOK daily did not reach C0NOWHERE01: part 0: " in said
    assert "no connection to Slack" in said
    code, said = await asyncio.to_thread(heatline, env, "--offline", "--json")
    assert code == REJECTED
    assert [each.partition(":")[0] for each in json.loads(said)["troubles"]] == ["daily did not reach C0NOWHERE01"]


def test_status_works_before_anything_was_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    env = {"HEATLINE_DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}", "HEATLINE_FEEDS": "no"}
    code, said = heatline(env, "--offline")
    assert code == 0
    assert "not scheduled: it has no channel" in said
    assert "0 articles" in said


def test_what_operators_see_listens_on_this_machine_alone_unless_told_otherwise() -> None:
    settings = settings_from(None, {"HEATLINE_METRICS": "9464"})
    assert (settings.host, settings.metrics) == ("127.0.0.1", ("127.0.0.1", 9464))
    settings = settings_from(None, {"HEATLINE_METRICS": "0.0.0.0:9464", "HEATLINE_HOST": "::"})
    assert (settings.host, settings.metrics) == ("::", ("0.0.0.0", 9464))
