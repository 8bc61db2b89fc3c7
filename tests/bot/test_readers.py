"""What readers keep: saved stories, votes by person and place; bounded, taken back, and erased as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.delivery.schema import MIGRATIONS
from bot.readers import Kept, SavedStories, Votes, channel, digest, erase, user
from bot.readers.erasing import kept
from bot.readers.saved import MOST
from digests.library import Database, Library
from tests.making import NOON, article

ADA, BO = user("T1", "U1"), user("T1", "U2")
ROOM = channel("C1")


def test_saving_is_once_and_the_newest_come_first(library: Library) -> None:
    saved = SavedStories(library.database)
    robots, cameras = article("Robots walk", provider="Tidewater Post"), article("Court bans cameras")
    assert saved.save(ADA, robots, NOON)
    assert saved.save(ADA, cameras, NOON + timedelta(minutes=1))
    assert not saved.save(ADA, robots, NOON + timedelta(minutes=2))
    assert [each.article.title for each in saved.of(ADA)] == ["Court bans cameras", "Robots walk"]
    assert saved.of(ADA)[1].saved_at == NOON
    assert saved.of(ADA)[1].article.publisher == "Tidewater Post"
    assert saved.of(BO) == ()
    key = saved.of(ADA)[1].key
    assert not saved.drop(BO, key)  # another person's
    assert saved.drop(ADA, key)
    assert not saved.drop(ADA, key)
    assert not saved.drop(ADA, "1 OR 1")
    assert saved.count(ADA) == 1


def test_the_oldest_of_too_many_go(library: Library) -> None:
    saved = SavedStories(library.database)
    for number in range(MOST + 3):
        saved.save(ADA, article(f"Robot {number} walks"), NOON + timedelta(minutes=number))
    found = saved.of(ADA)
    assert (len(found), found[0].article.title, found[-1].article.title) == (
        MOST,
        f"Robot {MOST + 2} walks",
        "Robot 3 walks",
    )
    assert saved.of(ADA, start=1, limit=2) == found[1:3]


def test_everybody_has_one_vote_an_article_and_a_person_is_heard_anywhere(library: Library) -> None:
    votes = Votes(library.database)
    about = ("topic:robotics",)
    votes.give(ROOM, "https://a.example.com/1", about, 1.0, NOON, by=ADA)
    one = votes.standing([ROOM], NOON)["topic:robotics"]
    votes.give(ROOM, "https://a.example.com/1", about, 1.0, NOON, by=ADA)
    assert votes.standing([ROOM], NOON)["topic:robotics"] == one
    votes.give(ROOM, "https://a.example.com/1", about, 1.0, NOON, by=BO)
    assert votes.standing([ROOM], NOON)["topic:robotics"] > one
    assert votes.standing([ADA], NOON) == votes.standing([BO], NOON)
    votes.give(ROOM, "https://a.example.com/1", about, -1.0, NOON, by=BO)
    assert votes.standing([ROOM], NOON)["topic:robotics"] == 0
    assert votes.standing([digest("daily")], NOON) == {}
    assert votes.forget(ROOM) == 2
    assert votes.standing([ADA, BO, ROOM], NOON) == {}


def test_a_person_is_erased_and_others_are_not(library: Library) -> None:
    saved, votes = SavedStories(library.database), Votes(library.database)
    for who in (ADA, BO):
        saved.save(who, article("Robots walk"), NOON)
        votes.give(ROOM, "https://a.example.com/1", ("topic:robotics",), 1.0, NOON, by=who)
    assert erase(library.database, ADA) == Kept(saved=1, votes=1)
    assert kept(library.database, ADA) == Kept()
    assert kept(library.database, BO) == Kept(1, 1)


def test_votes_that_admins_gave_before_still_count(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/old.db")
    database.upgrade(replace(MIGRATIONS, head="ledger_0002"))
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO votes (digest, url, about, value, at) VALUES "
                """('daily', 'https://a.example.com/1', '["topic:robotics"]', 1, '2026-11-23 12:00:00.000000')"""
            )
        )
    assert Votes(database).standing([digest("daily")], NOON) == {"topic:robotics": pytest.approx(1 / 3, abs=1e-6)}
