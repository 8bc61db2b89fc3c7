"""What is counted of the ledger and the library, in both kinds of database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.delivery import DeliveryState, Ledger
from bot.delivery.standing import Served, standing
from bot.readers import Subscriptions, user
from digests.desk import Desk
from digests.library import Library, feedbook, footprint
from digests.library.feedbook import Condition
from digests.models import DigestSpec, Message, Post
from digests.sources.catalogue import Feed
from digests.topics import Catalogue

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
POST = Post(Message("one", ({"type": "divider"},)), (Message("two", ({"type": "divider"},)),))


def test_an_empty_ledger_stands_at_nothing(library: Library) -> None:
    Ledger(library.database)
    found = standing(library.database, ["daily"])
    assert found.deliveries == dict.fromkeys(DeliveryState, 0)
    assert (found.doubtful, found.oldest, found.subscriptions, found.due, found.served) == (0, None, 0, None, {})


def test_what_is_counted(library: Library) -> None:
    ledger, subscriptions = Ledger(library.database), Subscriptions(library.database)
    for number, state in enumerate(
        (DeliveryState.DONE, DeliveryState.DONE, DeliveryState.FAILED, DeliveryState.AMBIGUOUS)
    ):
        made = ledger.claim("daily", NINE, f"C{number}", POST, NINE)
        assert made is not None
        if state is DeliveryState.AMBIGUOUS:
            ledger.ambiguous(ledger.sending(made.parts[0], NINE), "the answer was lost", NINE)
        ledger.close(made.id, state, NINE)
    for minutes in (7, 3):
        made = ledger.claim("daily", NINE, f"D{minutes}", POST, NINE - timedelta(minutes=minutes))
        assert made is not None
        ledger.ambiguous(ledger.sending(made.parts[1], NINE), "the answer was lost", NINE)
    ledger.seen("daily", "0 9 * * * UTC", NINE - timedelta(days=3))
    ledger.served("daily", NINE)
    one = subscriptions.add(user("T1", "U1"), "T1", "U1", ["ai"], "30 8 * * *", "UTC", 8, "en", NINE)
    gone = subscriptions.add(user("T1", "U2"), "T1", "U2", ["ai"], "15 7 * * *", "UTC", 8, "en", NINE)
    subscriptions.end(gone.id, "unsubscribed", NINE)
    found = standing(library.database, ["daily"])
    assert found.deliveries == {
        DeliveryState.CLAIMED: 2,
        DeliveryState.DONE: 2,
        DeliveryState.FAILED: 1,
        DeliveryState.AMBIGUOUS: 1,
    }
    assert found.doubtful == 3
    assert found.oldest == NINE - timedelta(minutes=7)
    assert (found.subscriptions, found.due) == (1, one.next_at)
    assert found.served == {"daily": Served("0 9 * * * UTC", NINE - timedelta(days=3), NINE)}
    assert standing(library.database, ["weekly"]).served == {}


def test_editions_and_room_are_counted(library: Library) -> None:
    desk = Desk(library, Catalogue.builtin())
    for name, days in (("daily", 2), ("sub-s1", 1)):
        for day in range(days):
            slot = NINE + timedelta(days=day)
            desk.frozen(DigestSpec(name), slot, slot)
    assert library.edition_counts() == {"daily": 2, "sub-s1": 1}
    assert footprint.taken(library.database) > 50_000
    left = footprint.left(library.database)
    assert (left is not None and left > 0) is (library.database.dialect == "sqlite")


def test_feeds_are_counted_without_their_articles(library: Library) -> None:
    feeds = [Feed(f"https://{name}.example.com/feed", name, f"{name}.example.com") for name in ("a", "b", "c")]
    assert feedbook.conditions(library, NINE, feeds) == {Condition.NEW: 3}
    for state in feedbook.claim(library, feeds[:2], "me", NINE):
        assert state.url
    assert feedbook.conditions(library, NINE, feeds) == {Condition.NEW: 3}
    assert not +feedbook.conditions(library, NINE, [])
    health = feedbook.health(library, NINE, feeds[:2])
    assert [each.condition for each in health] == [Condition.NEW] * 2
