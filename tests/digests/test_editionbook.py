"""Editions as they are stored: what many digests tell stands once, and each has its own past."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import insert, select

from digests.desk import Desk, Wanted
from digests.library import Filed, Library, Stamp
from digests.library.editionbook import Content, edition_json
from digests.library.schema import contents, contents_told, editions, told
from digests.library.store import forget_editions
from digests.models import DigestSpec, Edition
from digests.topics import Catalogue
from tests.making import NOON, article

DAY = timedelta(days=1)
TITLES = (
    "Robots learn to fold laundry",
    "EU weighs ban on facial recognition",
    "AI chip maker Halden doubles its output",
)


def desk(library: Library) -> Desk:
    made = [article(title, heat=90) for title in TITLES]
    library.put("x", [Filed(each.url, Stamp(1, 1, "x"), each) for each in made])
    return Desk(library, Catalogue.builtin())


def wanted(*names: str, **more: object) -> list[Wanted]:
    return [Wanted(DigestSpec(name, topics=("ai", "robotics")), NOON, **more) for name in names]  # type: ignore[arg-type]


def keys(library: Library) -> set[str]:
    with library.database.read() as connection:
        return set(connection.execute(select(contents.c.id)).scalars())


def test_what_is_wanted_alike_is_made_and_stored_once(library: Library) -> None:
    made = desk(library).keeping().frozen_all(wanted("one", "two", "three"), NOON)
    assert [each.digest for each in made] == ["one", "two", "three"]
    assert len(keys(library)) == 1
    assert made[0].sections is made[1].sections is made[2].sections
    assert [library.edition(each.digest, NOON) for each in made] == made
    assert library.told("one") == library.told("two") == dict.fromkeys(library.told("one"), NOON)
    assert set(library.told("one")) == {url for each in (*made[0].stories, *made[0].more) for url in each.story.urls}
    alone = desk(library).edition(wanted("one")[0].spec, NOON, NOON)
    assert alone.sections == made[0].sections


def test_what_readers_want_tells_them_apart(library: Library) -> None:
    keeping = desk(library).keeping()
    one, two = keeping.frozen_all([*wanted("one"), *wanted("two", feedback={"provider:Tidewater Post": -1.0})], NOON)
    assert [each.score for each in one.stories] != [each.score for each in two.stories]
    assert len(keys(library)) == 2


def test_the_past_tells_them_apart_as_far_as_it_can_be_told_of_still(library: Library) -> None:
    keeping = desk(library).keeping()
    before = NOON - timedelta(minutes=50)
    keeping.frozen_all([replace(each, slot=before) for each in wanted("old")], before)
    old, new = desk(library).keeping().frozen_all(wanted("old", "new"), NOON)
    assert len(new.stories) > len(old.stories)
    assert library.told("old") == {**dict.fromkeys(library.told("old"), NOON), **library.told("old")}
    assert min(library.told("old").values()) == before


def test_made_twice_it_stands_as_it_was_made_first(library: Library) -> None:
    first = desk(library).keeping().frozen_all(wanted("one", "two"), NOON)
    library.put("y", [Filed("new", Stamp(1, 1, "x"), article("Robots win the AI chess cup", heat=300))])
    assert desk(library).keeping().frozen_all(wanted("two", "one"), NOON + DAY) == first[::-1]
    assert desk(library).frozen(wanted("one")[0].spec, NOON, NOON + DAY) == first[0]
    assert library.freeze_all([]) == []


def test_a_desk_that_keeps_nothing_makes_the_same(library: Library) -> None:
    assert desk(library).frozen_all(wanted("one"), NOON) == [library.edition("one", NOON)]


def test_what_nobody_tells_any_more_is_forgotten(library: Library) -> None:
    desk(library).keeping().frozen_all(
        [*wanted("one", "two"), *wanted("three", feedback={"provider:Tidewater Post": 1.0})], NOON
    )
    assert len(keys(library)) == 2
    with library.database.write() as connection:
        forget_editions(connection, ["one", "three"])
    assert len(keys(library)) == 1
    assert library.told("two")
    assert library.told("one") == {}
    assert library.forget(NOON + DAY) == 1
    assert keys(library) == set()
    with library.database.read() as connection:
        assert connection.execute(select(contents_told.c.url)).all() == []


def test_an_edition_of_before_is_read_and_its_past_is_its_own(library: Library) -> None:
    made = desk(library).edition(wanted("one")[0].spec, NOON - DAY, NOON - DAY)
    fresh = desk(library).edition(wanted("one")[0].spec, NOON, NOON)
    document = edition_json().dump_json(made).decode()
    with library.database.write() as connection:
        row = {"name": "one", "slot": made.slot, "made_at": made.made_at, "document": document}
        connection.execute(insert(editions), row)
        connection.execute(insert(told), {"name": "one", "url": fresh.stories[0].lead.url, "slot": made.slot})
    assert library.edition("one", made.slot) == made
    assert library.told("one") == {fresh.stories[0].lead.url: made.slot}
    one, two = desk(library).keeping().frozen_all(wanted("one", "two"), NOON)
    assert fresh.stories[0].lead.url not in {each.lead.url for each in one.stories}
    assert fresh.stories[0].lead.url in {each.lead.url for each in two.stories}
    assert library.unreadable() == ()


def test_a_content_has_no_name_and_no_moment() -> None:
    bare = Edition("one", "AI", NOON, NOON, "UTC", ())
    assert Content.of(bare) == Content.of(replace(bare, digest="two", made_at=NOON + DAY))
    assert Content.of(bare) != Content.of(replace(bare, title="Robots"))
