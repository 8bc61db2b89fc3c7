"""The clerk: what comes at a time is stored in one transaction, before anybody goes on, and one's lost lease is no other's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.delivery import Delivery, DeliveryState, LeaseLost, Ledger, Part, PartState
from bot.delivery.clerk import Clerk
from bot.delivery.ledger import Claim
from bot.errors import LedgerError
from digests.library import Database
from digests.models import Message, Post

NOW = datetime(2026, 11, 23, 9, 0, 1, tzinfo=UTC)
SLOT = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)
POST = Post(Message("AI digest"), (Message("More"),))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database, owner="one")


def claimed(ledger: Ledger, number: int) -> tuple[Delivery, ...]:
    ledger.claims([Claim("daily", SLOT, f"C{n:04}", POST) for n in range(number)], NOW)
    return ledger.deliveries("daily", SLOT)


def commits(database: Database) -> list[object]:
    seen: list[object] = []
    event.listen(database._engine, "commit", seen.append)
    return seen


async def test_what_comes_together_is_one_transaction(database: Database, ledger: Ledger) -> None:
    parents = [each.parent for each in claimed(ledger, 300)]
    clerk, seen = Clerk(ledger), commits(database)
    sending = await asyncio.gather(*(clerk.write(ledger.sending, each, NOW) for each in parents))
    assert len(seen) <= 3  # the first alone perhaps, since nobody else had come yet
    assert [(each.state, each.attempts, each.tried_at) for each in sending] == [(PartState.SENDING, 1, NOW)] * 300
    stored = Ledger(database).deliveries("daily", SLOT)
    assert [each.parent for each in stored] == sending

    sent = await asyncio.gather(
        *(clerk.write(ledger.sent, each, f"17.{n:06}", NOW, f"C{n:04}") for n, each in enumerate(sending))
    )
    closed = (clerk.write(ledger.close, each.delivery_id, DeliveryState.DONE, NOW, None) for each in sent)
    await asyncio.gather(*closed)
    stored = Ledger(database).deliveries("daily", SLOT)
    assert [each.parent for each in stored] == sent
    assert {each.state for each in stored} == {DeliveryState.DONE}
    assert [each.conversation for each in stored] == [each.channel for each in stored]


async def test_a_change_is_stored_when_who_asked_goes_on(database: Database, ledger: Ledger) -> None:
    clerk, other = Clerk(ledger), Ledger(database)
    for each in claimed(ledger, 20):
        part = await clerk.write(ledger.sending, each.parent, NOW)
        assert other.delivery(each.id).parent == part  # type: ignore[union-attr]


async def test_who_lost_the_lease_is_told_and_nobody_else(database: Database, ledger: Ledger) -> None:
    deliveries = claimed(ledger, 12)
    other = Ledger(database, owner="two")
    lost = {each.id for each in other.resume(LATER, 3)}
    clerk = Clerk(ledger)
    results = await asyncio.gather(
        *(clerk.write(ledger.sending, each.parent, LATER) for each in deliveries), return_exceptions=True
    )
    assert {each.id for each, result in zip(deliveries, results, strict=True) if isinstance(result, LeaseLost)} == lost
    assert len(lost) == 3
    for each in ledger.deliveries("daily", SLOT):
        assert each.parent.state is (PartState.WAITING if each.id in lost else PartState.SENDING)
    for end in ("close", "renew"):
        calls = [
            clerk.write(ledger.close, each.id, DeliveryState.DONE, LATER)
            if end == "close"
            else clerk.write(ledger.renew, each.id, LATER)
            for each in deliveries
            if end == "renew" or each.id in lost
        ]
        failed = [each for each in await asyncio.gather(*calls, return_exceptions=True) if isinstance(each, LeaseLost)]
        assert len(failed) == 3


async def test_of_two_answers_the_first_stands_among_others(database: Database, ledger: Ledger) -> None:
    first, *others = claimed(ledger, 5)
    ledger.sent(first.parent, "17.000001", NOW)
    clerk = Clerk(ledger)
    sent = await asyncio.gather(
        *(clerk.write(ledger.sent, each.parent, "18.000001", LATER, "C1") for each in (first, *others))
    )
    assert [each.ts for each in sent] == ["17.000001", *["18.000001"] * 4]
    assert all(isinstance(each, Part) and each.state is PartState.SENT for each in sent)


async def test_changes_of_all_kinds_come_together(database: Database, ledger: Ledger) -> None:
    deliveries = claimed(ledger, 5)
    clerk, seen = Clerk(ledger), commits(database)
    one, two, three, four, five = (each.parent for each in deliveries)
    changed = await asyncio.gather(
        clerk.write(ledger.sending, one, NOW),
        clerk.write(ledger.waiting, two, "busy", NOW),
        clerk.write(ledger.ambiguous, three, "no answer", NOW),
        clerk.write(ledger.simplified, four, Message("Plain"), "invalid_blocks", NOW),
        clerk.write(ledger.failed, five, "no_text", NOW),
    )
    assert len(seen) == 1
    assert [each.parent for each in ledger.deliveries("daily", SLOT)] == changed


async def test_a_database_that_fails_is_everybodys_trouble_and_stores_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/heatline.db")
    ledger = Ledger(database)
    deliveries = claimed(ledger, 3)
    clerk = Clerk(ledger)
    with database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE parts RENAME TO away")
    results = await asyncio.gather(
        *(clerk.write(ledger.sending, each.parent, NOW) for each in deliveries), return_exceptions=True
    )
    assert all(isinstance(each, LedgerError) and not isinstance(each, LeaseLost) for each in results)
    with database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO parts")
    assert {each.parent.state for each in ledger.deliveries("daily", SLOT)} == {PartState.WAITING}
    await clerk.write(ledger.sending, deliveries[0].parent, NOW)  # it goes on
    database.close()


async def test_who_waits_no_longer_stops_nobody(ledger: Ledger) -> None:
    one, two = claimed(ledger, 2)
    clerk = Clerk(ledger)
    first = asyncio.create_task(clerk.write(ledger.sending, one.parent, NOW))
    second = asyncio.create_task(clerk.write(ledger.sending, two.parent, NOW))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).state is PartState.SENDING
    assert (await clerk.write(ledger.waiting, two.parent, "busy", NOW)).state is PartState.WAITING


def test_what_goes_to_many_channels_is_stored_once(database: Database, ledger: Ledger) -> None:
    wanted = [Claim("daily", SLOT, f"C{n:04}", POST) for n in range(50)]
    assert len(ledger.claims(wanted, NOW)) == 50
    assert ledger.claims(wanted, NOW) == ()
    with database.read() as connection:
        for table, number in (("deliveries", 50), ("parts", 100), ("messages", 2)):
            counted = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()  # names from above
            assert counted == number
    assert ledger.forget(SLOT + timedelta(days=1)) == 0  # they are on their way
    for each in ledger.unfinished():
        ledger.close(each.id, DeliveryState.DONE, NOW)
    assert ledger.forget(SLOT + timedelta(days=1)) == 50
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM messages").scalar() == 0


def test_posts_that_differ_in_their_digests_name_alone_are_stored_once(database: Database, ledger: Ledger) -> None:
    def post(name: str) -> Post:
        buttons = {"type": "actions", "elements": [{"type": "button", "action_id": "more", "value": f"{name} 17 0"}]}
        return Post(Message(f"sub-a and {name}", ({"type": "divider"}, buttons)))

    shared = post("sub-a")
    wanted = [Claim(name, SLOT, "C1", shared, drawn_for="sub-a") for name in ("sub-a", "sub-b")]
    assert len(ledger.claims(wanted, NOW)) == 2
    for name in ("sub-a", "sub-b"):
        (delivery,) = ledger.deliveries(name, SLOT)
        assert delivery.parent.message.blocks == post(name).parent.blocks
        assert delivery.parent.message.text == "sub-a and sub-a"  # words are no names
        (left,) = [each for each in ledger.resume(LATER) if each.digest == name] or [delivery]
        assert left.digest == name
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM messages").scalar() == 1
