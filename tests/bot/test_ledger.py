"""The ledger: one claim a slot and channel, leases, fencing, and the states of parts."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, text

from bot.delivery import Delivery, DeliveryState, LeaseLost, Ledger, PartState
from bot.delivery.schema import MIGRATIONS, metadata
from bot.errors import LedgerError
from digests.library import Database, Library
from digests.models import Message, Post

NOW = datetime(2026, 11, 23, 9, 0, 1, tzinfo=UTC)
SLOT = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEASE = timedelta(seconds=60)
BLOCK = {"type": "section", "text": {"type": "mrkdwn", "text": "EU weighs <https://example.com|ban> ☕ &amp; more"}}
POST = Post(Message("AI digest", (BLOCK,)), (Message("More", (BLOCK, {"type": "divider"})), Message("Left out")))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database, lease=LEASE, owner="one")


@pytest.fixture
def other(database: Database) -> Ledger:
    return Ledger(database, lease=LEASE, owner="two")


def claimed(ledger: Ledger, channel: str = "C0NEWS00001", slot: datetime = SLOT, now: datetime = NOW) -> Delivery:
    delivery = ledger.claim("daily", slot, channel, POST, now)
    assert delivery is not None
    return delivery


def test_the_newest_migration_is_the_one_the_ledger_wants() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS.folder))
    assert ScriptDirectory.from_config(config).get_current_head() == MIGRATIONS.head


def test_a_claim_freezes_the_messages(ledger: Ledger) -> None:
    delivery = claimed(ledger)
    assert [part.number for part in delivery.parts] == [0, 1, 2]
    assert [part.message for part in delivery.parts] == [POST.parent, *POST.thread]
    assert [part.message.blocks for part in delivery.parts] == [m.blocks for m in (POST.parent, *POST.thread)]
    assert {part.state for part in delivery.parts} == {PartState.WAITING}
    assert (delivery.slot, delivery.lease_until, delivery.claimed_by) == (SLOT, NOW + LEASE, "one")
    assert ledger.delivery(delivery.id) == delivery
    assert ledger.deliveries("daily", SLOT) == (delivery,)
    assert ledger.unfinished() == (delivery,)


def test_the_second_claim_gets_nothing(ledger: Ledger, other: Ledger) -> None:
    first = claimed(ledger)
    for each in (ledger, other):
        assert each.claim("daily", SLOT, "C0NEWS00001", POST, NOW) is None
    ledger.close(first.id, DeliveryState.DONE, NOW)
    assert other.claim("daily", SLOT, "C0NEWS00001", POST, NOW + timedelta(days=1)) is None
    assert other.claim("daily", SLOT.astimezone(), "C0NEWS00001", POST, NOW) is None


def test_other_channels_slots_and_digests_are_claims_of_their_own(ledger: Ledger) -> None:
    claimed(ledger)
    claimed(ledger, channel="C0OTHER0001")
    claimed(ledger, slot=SLOT + timedelta(days=1))
    assert ledger.claim("weekly", SLOT, "C0NEWS00001", POST, NOW) is not None
    assert len(ledger.unfinished()) == 4


def test_of_many_claims_at_once_one_wins(database_url: str) -> None:
    url = database_url
    Database(url).upgrade(MIGRATIONS)
    databases = [Database(url) for _ in range(8)]
    ledgers = [Ledger(each) for each in databases]
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda each: each.claim("daily", SLOT, "C1", POST, NOW), ledgers))
    assert len([delivery for delivery in won if delivery]) == 1
    for each in databases:
        each.close()


def test_a_lease_is_taken_over_once_and_only_when_it_has_run_out(ledger: Ledger, other: Ledger) -> None:
    delivery = claimed(ledger)
    assert other.resume(NOW + LEASE - timedelta(seconds=1)) == ()
    (taken,) = other.resume(NOW + LEASE)
    assert (taken.id, taken.claimed_by, taken.attempts) == (delivery.id, "two", 2)
    assert taken.lease_until == NOW + 2 * LEASE
    assert ledger.resume(NOW + LEASE) == ()


def test_of_many_takeovers_at_once_one_wins(ledger: Ledger, database: Database) -> None:
    claimed(ledger)
    ledgers = [Ledger(database) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda each: each.resume(NOW + LEASE), ledgers))
    assert sum(map(len, won)) == 1


def test_who_lost_the_lease_may_not_send(ledger: Ledger, other: Ledger) -> None:
    delivery = claimed(ledger)
    other.resume(NOW + LEASE)
    later = NOW + LEASE
    for act in (
        lambda: ledger.sending(delivery.parent, later),
        lambda: ledger.waiting(delivery.parent, "why", later),
        lambda: ledger.failed(delivery.parent, "why", later),
        lambda: ledger.renew(delivery.id, later),
        lambda: ledger.close(delivery.id, DeliveryState.DONE, later),
    ):
        with pytest.raises(LeaseLost):
            act()
    ledger.release(delivery.id, later)
    assert other.delivery(delivery.id).lease_until == later + LEASE  # type: ignore[union-attr]


def test_sending_is_a_sign_of_life(ledger: Ledger, other: Ledger) -> None:
    delivery = claimed(ledger)
    later = NOW + timedelta(seconds=50)
    part = ledger.sending(delivery.parent, later)
    assert (part.state, part.attempts, part.tried_at) == (PartState.SENDING, 1, later)
    assert other.resume(NOW + LEASE) == ()
    assert len(other.resume(later + LEASE)) == 1


def test_that_slack_has_it_is_stored_whoever_holds_the_lease_and_the_first_ts_stands(
    ledger: Ledger, other: Ledger
) -> None:
    delivery = claimed(ledger)
    part = ledger.sending(delivery.parent, NOW)
    (taken,) = other.resume(NOW + LEASE)
    sent = ledger.sent(part, "1700000000.000100", NOW + LEASE, "C0NEWS00001")
    assert (sent.state, sent.ts, sent.sent_at) == (PartState.SENT, "1700000000.000100", NOW + LEASE)
    assert other.sent(taken.parent, "1700000009.000900", NOW + LEASE).ts == "1700000000.000100"
    with pytest.raises(LeaseLost, match="sent meanwhile"):
        other.sending(taken.parent, NOW + LEASE)
    assert other.delivery(delivery.id).conversation == "C0NEWS00001"  # type: ignore[union-attr]


def test_parts_go_through_their_states(ledger: Ledger) -> None:
    delivery = claimed(ledger)
    part = ledger.ambiguous(ledger.sending(delivery.parts[1], NOW), "no answer", NOW)
    assert (part.state, part.error) == (PartState.AMBIGUOUS, "no answer")
    assert [each.id for each in ledger.flagged()] == [delivery.id]
    part = ledger.waiting(part, "not in the channel", NOW)
    assert (part.state, part.attempts) == (PartState.WAITING, 1)
    assert ledger.flagged() == ()
    plain = Message("More")
    part = ledger.simplified(part, plain, "invalid_blocks", NOW)
    assert (part.message, part.message.blocks, part.state) == (plain, (), PartState.WAITING)
    assert ledger.failed(part, "no_text", NOW).settled
    stored = ledger.delivery(delivery.id)
    assert stored is not None
    assert [each.state for each in stored.parts] == [PartState.WAITING, PartState.FAILED, PartState.WAITING]


def test_a_finished_delivery_is_not_resumed(ledger: Ledger) -> None:
    delivery = claimed(ledger)
    closed = ledger.close(delivery.id, DeliveryState.FAILED, NOW, "is_archived")
    assert (closed.state, closed.error) == (DeliveryState.FAILED, "is_archived")
    assert ledger.resume(NOW + timedelta(days=1)) == ()
    assert ledger.unfinished() == ()


def test_a_released_delivery_is_free_at_once_or_later(ledger: Ledger, other: Ledger) -> None:
    delivery = claimed(ledger)
    ledger.release(delivery.id, NOW, until=NOW + timedelta(minutes=10))
    assert other.resume(NOW + LEASE) == ()
    ledger.release(delivery.id, NOW)
    assert [each.id for each in other.resume(NOW)] == [delivery.id]


def test_a_digest_begins_when_it_is_first_seen_and_anew_when_its_schedule_changes(ledger: Ledger) -> None:
    later = NOW + timedelta(days=3)
    assert ledger.last_slot("daily") is None
    assert ledger.seen("daily", "0 9 * * * UTC", NOW).since == NOW
    assert ledger.seen("daily", "0 9 * * * UTC", later).since == NOW
    ledger.served("daily", SLOT)
    changed = ledger.seen("daily", "0 7 * * * UTC", later)
    assert (changed.since, changed.last_slot) == (later, SLOT)


def test_the_last_slot_only_moves_forward(ledger: Ledger) -> None:
    for days, expected in ((0, 0), (2, 2), (1, 2)):
        ledger.served("daily", SLOT + timedelta(days=days))
        assert ledger.last_slot("daily") == SLOT + timedelta(days=expected)


def _about_comments(difference: Any) -> bool:
    """They are for those who read the code; PostgreSQL would keep them."""
    return isinstance(difference, list) and all(each[0] == "modify_comment" for each in difference)


def test_migrations_make_what_the_schema_says_beside_the_library(database: Database) -> None:
    Library(database)
    Ledger(database)
    with database.read() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables},
        )
        differences = [each for each in compare_metadata(context, metadata) if not _about_comments(each)]
        assert differences == []
        assert connection.execute(text("SELECT version_num FROM ledger_version")).scalar() == MIGRATIONS.head
    Ledger(database)  # a second time there is nothing to do


def test_messages_of_before_are_moved_and_stand_once(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/before.db")
    database.upgrade(replace(MIGRATIONS, head="ledger_0007"))
    body = {"text": "AI digest", "blocks": [BLOCK]}
    times = dict.fromkeys(("slot", "lease_until", "created_at", "updated_at"), NOW)
    with database.write() as connection:
        before = {name: Table(name, MetaData(), autoload_with=connection) for name in ("deliveries", "parts")}
        for n in range(1200):
            row = {
                "id": f"d{n}",
                "digest": "daily",
                "channel": f"C{n}",
                "state": "claimed",
                "claimed_by": "x",
                "attempts": 1,
            }
            connection.execute(
                before["deliveries"].insert(), row | {k: v.replace(tzinfo=None) for k, v in times.items()}
            )
            part = {"delivery_id": f"d{n}", "state": "sent", "ts": f"17.{n}", "attempts": 1}
            rows = [
                part | {"number": 0, "message": body},
                part | {"number": 1, "message": {"text": f"{n % 3}", "blocks": []}},
            ]
            connection.execute(before["parts"].insert(), rows)
    ledger = Ledger(database)
    found = ledger.deliveries("daily", NOW)
    assert len(found) == 1200
    for each in found:
        assert each.parent.message == Message("AI digest", (BLOCK,))
        assert [part.message.text for part in each.parts] == ["AI digest", f"{int(each.id[1:]) % 3}"]
        assert each.parent.ts == f"17.{each.id[1:]}"
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM messages")).scalar() == 4
    database.close()


def test_a_broken_database_is_a_ledger_error(tmp_path: Path) -> None:
    (tmp_path / "heatline.db").write_bytes(b"no database" * 200)
    with pytest.raises(LedgerError, match=r"heatline\.db"):
        Ledger(Database(f"sqlite:///{tmp_path}/heatline.db"))
