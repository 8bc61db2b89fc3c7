"""The store of subscriptions: bounded, never double, due by an index, and moved on only by who read it as it stands."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text

from bot.delivery.schema import subscriptions as table
from bot.readers import Place, Subscription, Subscriptions, user
from bot.readers.subscriptions import ENDED, MOST, REMEMBERED, AlreadyThere, TooMany, due_query, named
from digests.library import Library

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # a Monday
ADA, BO = user("T1", "U0ADA"), user("T1", "U0BO")


@pytest.fixture
def store(library: Library) -> Subscriptions:
    return Subscriptions(library.database)


def add(
    store: Subscriptions,
    owner: Place = ADA,
    where: str = "",
    topics: tuple[str, ...] = ("robotics",),
    cron: str = "30 8 * * mon-fri",
    zone: str = "Europe/Berlin",
    now: datetime = NOW,
) -> Subscription:
    return store.add(owner, "T1", where or owner.rpartition("/")[2], topics, cron, zone, 8, "de-DE", now)


def test_a_subscription_is_kept_as_it_was_made_and_begins_with_its_next_slot(store: Subscriptions) -> None:
    made = add(store, topics=("robotics", "ai-law", "robotics"))
    assert made.next_at == datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    assert (made.topics, made.size, made.locale, made.ended) == (("robotics", "ai-law"), 8, "de-DE", "")
    assert (made.direct, made.user, named(made.digest)) == (True, "U0ADA", made.id)
    assert store.get(made.id) == made
    assert store.of(ADA) == (made,)
    assert store.of(BO) == store.within("C1") == ()
    assert add(store, cron="0 8 * * *").next_at == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # this very moment is over
    assert named("daily") == ""


def test_the_same_twice_is_told_and_not_doubled(store: Subscriptions) -> None:
    made = add(store, where="C1")
    for owner in (ADA, BO):
        with pytest.raises(AlreadyThere) as told:
            add(store, owner, where="C1")
        assert told.value.subscription == made
    other = add(store, where="C1", cron="0 9 * * *")
    with pytest.raises(AlreadyThere):
        store.change(other.id, now=NOW, cron=made.cron)
    assert store.change(made.id, now=NOW, size=3) is not None  # not the same as itself
    assert store.end(made.id, "unsubscribed", NOW)
    assert add(store, BO, where="C1").owner == BO


def test_many_at_once_make_one(store: Subscriptions) -> None:
    def attempt(_: int) -> bool:
        try:
            add(store, where="C1")
        except AlreadyThere:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(16))) == 1
    assert len(store.within("C1")) == 1


def test_a_person_and_a_channel_have_so_many_at_most(store: Subscriptions) -> None:
    for hour in range(MOST):
        add(store, cron=f"0 {hour} * * *")
    with pytest.raises(TooMany) as told:
        add(store)
    assert not told.value.channel
    for number in range(MOST):
        add(store, user("T1", f"U{number}"), where="C1", cron=f"0 {number} * * *")
    with pytest.raises(TooMany) as told:
        add(store, BO, where="C1")
    assert told.value.channel
    moved = add(store, BO)
    with pytest.raises(TooMany):
        store.change(moved.id, now=NOW, where="C1")
    assert store.end(store.of(ADA)[0].id, "unsubscribed", NOW)
    assert add(store).owner == ADA


def test_a_change_begins_with_the_next_slot_and_leaves_the_rest(store: Subscriptions) -> None:
    made = add(store)
    changed = store.change(made.id, now=NOW, cron="0 7 * * *", timezone="Asia/Tokyo", size=99)
    assert changed is not None
    assert changed.next_at == datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    assert (changed.size, changed.topics, changed.id, changed.where) == (30, made.topics, made.id, made.where)
    assert store.get(made.id) == changed
    store.end(made.id, "unsubscribed", NOW)
    assert store.change(made.id, now=NOW, size=3) is None
    assert store.change("s", now=NOW, size=3) is None


def test_an_end_is_remembered_for_a_while_with_its_reason(store: Subscriptions) -> None:
    made, other = add(store), add(store, cron="0 9 * * *")
    assert store.end(made.id, "is_archived", NOW)
    assert not store.end(made.id, "unsubscribed", NOW)
    (ended,) = store.ended(ADA, NOW)
    assert (ended.id, ended.ended) == (made.id, "is_archived")
    assert store.of(ADA) == (other,)
    later = NOW + REMEMBERED + timedelta(days=1)
    assert store.ended(ADA, later) == ()
    assert store.orphans(["daily", made.digest, other.digest]) == set()
    assert store.forget(NOW + REMEMBERED) == 0
    assert store.forget(later) == 1
    assert store.get(made.id) is None
    assert store.orphans(["daily", made.digest, other.digest]) == {made.digest}


def test_what_is_due_is_taken_by_one_and_moved_on_once(store: Subscriptions) -> None:
    made, other = add(store), add(store, cron="0 9 * * *")
    at = made.next_at
    assert store.due(at - timedelta(seconds=1), 10) == ()
    assert store.take(at - timedelta(seconds=1), 10, at) == ()
    lease = at + timedelta(minutes=1)
    assert store.take(at, 10, lease) == (made,)
    assert store.take(at, 10, lease) == ()
    assert store.take(lease, 10, lease + timedelta(minutes=1)) == (made,)  # who took it has died
    following = at + timedelta(days=1)
    assert store.served(made, following)
    assert not store.served(made, following + timedelta(days=1))
    assert store.due(following - timedelta(seconds=1), 10) == (other,)
    store.later(other, following + timedelta(hours=1))
    assert [each.id for each in store.due(following, 10)] == [made.id]
    store.end(made.id, "unsubscribed", following)
    assert store.due(following, 10) == ()


def test_a_change_while_its_slot_is_served_stands(store: Subscriptions) -> None:
    made = add(store)
    (taken,) = store.take(made.next_at, 10, made.next_at + timedelta(minutes=1))
    changed = store.change(made.id, now=made.next_at, cron="0 12 * * *")
    assert changed is not None
    assert not store.served(taken, made.next_at + timedelta(days=1))
    assert store.get(made.id) == changed


def test_of_what_ended_only_the_newest_of_each_person_stays(store: Subscriptions) -> None:
    others = add(store, BO)
    assert store.end(others.id, "unsubscribed", NOW)
    ended = []
    for number in range(ENDED + 3):
        made = add(store)
        assert store.end(made.id, "unsubscribed", NOW + timedelta(seconds=number))
        ended.append(made.id)
    running = add(store)
    left = {each.id for each in store.ended(ADA, NOW + timedelta(minutes=5))}
    assert left == set(ended[3:])
    assert store.get(ended[0]) is None
    assert store.get(others.id) is not None
    assert store.of(ADA) == (running,)


def test_what_is_due_of_twenty_thousand_is_found_by_an_index(store: Subscriptions, library: Library) -> None:
    first = add(store)
    row = {"owner": BO, "team": "T1", "topics": "robotics", "cron": "0 9 * * *", "timezone": "UTC", "size": 8}
    rows = [
        {
            **row,
            "id": f"s{number:010x}",
            "where": f"U{number}",
            "locale": "en",
            "created_at": NOW,
            "next_at": NOW + timedelta(minutes=number),
            "due_at": NOW + timedelta(minutes=number),
            "ended": "" if number % 5 else "unsubscribed",
        }
        for number in range(20_000)
    ]
    with library.database.write() as connection:
        connection.execute(insert(table), rows)
    found = store.due(NOW + timedelta(days=30), 100)
    assert len(found) == 100
    assert found[0].id == "s0000000001"
    assert first in found
    with library.database.write() as connection:
        connection.execute(text("ANALYZE subscriptions"))
        query = due_query(NOW, 100).compile(connection, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        plan = " ".join(str(each) for each in connection.exec_driver_sql(f"{explain} {query}"))
    if connection.dialect.name == "sqlite":
        assert "SEARCH subscriptions USING INDEX subscriptions_due (ended=? AND due_at<?)" in plan
    else:
        assert "Index Scan using subscriptions_due on subscriptions" in plan
    assert "B-TREE" not in plan  # in order already
    assert "Sort" not in plan
