"""Drawing for many channels: once for all that get the same, and nothing else than if each was drawn by itself."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.delivery.drawer import Drawer, drawn
from bot.delivery.values import Drawing
from digests.desk import Desk
from digests.library import Filed, Library, Stamp
from digests.models import DigestSpec, Edition, Post
from digests.rendering import Renderer
from digests.steering import TOPIC, Mute
from digests.topics import Catalogue
from tests.making import NOON, article

LINK = "https://playground.slack.com/archives/C{:09}/p17000000000{:05}"
DAY = timedelta(days=1)


class Counting(Renderer):
    """A renderer that counts its posts."""

    posts = 0

    def post(self, *arguments: Any, **named: Any) -> Post:
        type(self).posts += 1
        return super().post(*arguments, **named)


@pytest.fixture
def desk(library: Library) -> Desk:
    return Desk(library, Catalogue.builtin())


@pytest.fixture
def edition(library: Library, desk: Desk) -> Edition:
    """An edition with an update of a story that the one before told."""

    def report(title: str, at: datetime, provider: str) -> None:
        made = article(title, provider=provider, published_at=at, quality=90, heat=90)
        library.put("x", [Filed(made.url, Stamp(1, 1, "x"), made)])

    spec = DigestSpec("daily", topics=("ai",))
    for provider in ("Tidewater Post", "Mercator News"):
        report("Halden Labs opens robot factory in Oslo with AI arms", NOON - DAY - timedelta(hours=2), provider)
    assert desk.frozen(spec, NOON - DAY, NOON - DAY).stories
    for number in range(7):
        at = NOON - timedelta(hours=2)
        report("Halden Labs opens robot factory in Oslo with AI arms, after union deal", at, f"Paper {number}")
    made = desk.frozen(spec, NOON, NOON)
    assert any(each.update for each in made.stories)
    return made


def nothing(_urls: Iterable[str]) -> Mapping[str, str]:
    return {}


def whole(post: Post) -> str:
    return json.dumps([[each.text, each.blocks] for each in (post.parent, *post.thread)])


def alone(desk: Desk, edition: Edition, drawing: Drawing, muted: Collection[Mute] = ()) -> str:
    """The post as it is drawn for one channel by itself."""
    quiet = desk.quiet(edition, muted)
    handles = desk.handles({scored.lead.url for scored in quiet.stories})
    return whole(drawn(Renderer(), quiet, replace(drawing, handles=handles)))


def test_channels_with_links_of_their_own_share_a_drawing(desk: Desk, edition: Edition) -> None:
    Counting.posts = 0
    drawer, base = Drawer(desk, Counting()), Drawing(NOON, foot=True)
    for number in range(20):
        drawing = replace(base, earlier={NOON - DAY: LINK.format(number, number)})
        made = drawer.draw(edition, drawing, nothing)
        assert whole(made.post) == alone(desk, edition, drawing)
        assert LINK.format(number, number) in whole(made.post)
        assert made.drawing.earlier == drawing.earlier
        assert (made.digest, "earlier-0" in whole(made.post)) == ("daily", False)
    assert Counting.posts == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/p1",
        "https://playground.slack.com/archives/C000000001/p1700000000000001?thread_ts=1&cid=C1",
        'https://playground.slack.com/archives/C000000001/p1700000000000001"<!channel>',
    ],
)
def test_an_address_of_another_kind_is_drawn_by_itself(desk: Desk, edition: Edition, url: str) -> None:
    drawing = Drawing(NOON, foot=True, earlier={NOON - DAY: url})
    assert whole(Drawer(desk, Renderer()).draw(edition, drawing, nothing).post) == alone(desk, edition, drawing)


def test_what_a_channel_muted_and_where_it_has_no_earlier_post(desk: Desk, edition: Edition) -> None:
    drawer, muted = Drawer(desk, Renderer()), (Mute(TOPIC, "robotics"),)
    for drawing in (Drawing(NOON, foot=True), Drawing(NOON, note="weekdays"), Drawing(NOON, foot=True, muted=muted)):
        assert whole(drawer.draw(edition, drawing, nothing).post) == alone(desk, edition, drawing, drawing.muted)


def test_what_feeds_had_is_kept_with_the_drawing(desk: Desk, edition: Edition) -> None:
    def moved(urls: Iterable[str]) -> Mapping[str, str]:
        return dict.fromkeys(urls, "https://moved.example.com/")

    made = Drawer(desk, Renderer()).draw(edition, Drawing(NOON), moved)
    assert set(made.drawing.addresses) >= {each.lead.url for each in edition.stories}
