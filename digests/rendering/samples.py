"""Invented news that uses every variable of the templates, so that a wrong one is found before the morning post."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from digests.language import said
from digests.models import (
    Answer,
    Article,
    Edition,
    Image,
    Loosened,
    Provider,
    ScoredStory,
    Section,
    Signal,
    Story,
    Tally,
    Topic,
    TopicMatch,
    Update,
    Why,
)
from digests.query import Query, Since, Sort
from digests.rendering.homepage import ChannelDigest, HomePage, Hushed, Subscribed

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TOPIC = Topic("robotics", "Robotics")


def _article(title: str, number: int) -> Article:
    return Article(
        url=f"https://news.example.com/{number}",
        title=title,
        published_at=NOW - timedelta(hours=number),
        provider=Provider(f"Example {number}", "news.example.com"),
        excerpt="A sample sentence that says what happened.",
        heat=10 * number,
        images=(Image("https://news.example.com/picture.jpg", 640, 360),),
    )


def _story(number: int) -> ScoredStory:
    coverage = tuple(_article(f"Sample report {n}", n) for n in range(30, 30 + 3 * number))
    story = Story(str(number), _article(f"Sample story: {number} & more", number), coverage)
    update = Update(NOW - timedelta(days=1), "4 more providers") if number == 2 else None
    return ScoredStory(story, float(number), update=update)


EDITIONS = tuple(
    Edition("sample", "Sample digest", NOW, NOW, "UTC", sections, more, Tally(40, 9, 3, 20, 5, 4, 2, 1))
    for sections, more in (
        ((), ()),
        ((Section(TOPIC, (_story(1), _story(2))), Section(None, (_story(3),))), (_story(4),)),
        ((Section(TOPIC, tuple(_story(n) for n in range(1, 13))),), ()),
    )
)
HANDLES = {scored.lead.url: str(n) for n, scored in enumerate(EDITIONS[2].stories, start=1)}
SAVED = tuple(scored.lead for scored in EDITIONS[2].stories[:2])
_WHY = Why(SAVED[0], "sample", NOW, "UTC", "minor", said("reason-minor", value=0.4), title="Sample digest")
WHYS = (
    _WHY,
    replace(
        _WHY,
        fate="chosen",
        reason="",
        story=replace(_story(1), signals=(Signal("coverage", 1.0, 30.0, said("note-coverage", providers=9)),)),
        rank=1,
        of=9,
        section=TOPIC,
        match=TopicMatch("robotics", "robots", "title", 1.0),
        said="robot",
        made=True,
        changed=NOW,
        changed_by="U024BE7LH",
    ),
)
ANSWERS = (
    Answer(Query(("robots",)), (_story(1), _story(2)), 7, TOPIC),
    Answer(Query(("robtos",)), suggestions=("robotics",)),
    Answer(Query(topics=("robotics",)), topic=TOPIC),
    Answer(
        Query(("robots",), since=Since(NOW, "2026-11-23"), sort=Sort.new),
        loosened=(Loosened("since:2026-11-23", Query(("robots",)), 12),),
    ),
    Answer(Query()),
)
TREE = ((TOPIC, 0), (Topic("drones", "Drones", "robotics"), 1))
NOTE = "Why this matters"
HELP = (("/news topics", "the topics there are"),)
_CHANNEL = ChannelDigest(
    "daily@C0SAMPLE001",
    "AI digest",
    "Robotics",
    "weekdays at 9:00 (UTC)",
    12,
    "C0SAMPLE001",
    "C0SAMPLE001",
    "Tue 24 Nov 09:00",
    "Mon 23 Nov 18:00",
    "U024BE7LH",
    may=True,
)
CHANNELS = (_CHANNEL, replace(_CHANNEL, channel="", name="#robots", next="", changed="", by="", may=False))
HOMES = (
    HomePage("UTC"),
    HomePage("UTC", top=EDITIONS[1].stories, handles=HANDLES),
    HomePage(
        "Europe/Berlin",
        subscriptions=(
            Subscribed("s1", "Robotics", "weekdays at 8:30", "", "Tue 24 Nov 08:30"),
            Subscribed("s2", "AI Policy, AI Hardware", "daily at 18:00", "C0SAMPLE001", "Mon 23 Nov 18:00"),
        ),
        channels=CHANNELS,
        saved=SAVED,
        keys=HANDLES,
        saved_total=12,
        top=EDITIONS[1].stories,
        handles=HANDLES,
        about=("Robotics",),
        hushed=(Hushed("Drones", "topic drones"),),
        more=("Robotics",),
        less=("Drones", "Example 4"),
    ),
    HomePage("UTC", saved=SAVED, keys=HANDLES, saved_total=1, top=(), about=("Robotics",)),
)
