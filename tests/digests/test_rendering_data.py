"""Invented editions and answers that the rendering tests draw, and a few checks of the data itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from digests.models import (
    Answer,
    Article,
    Edition,
    Image,
    Provider,
    ScoredStory,
    Section,
    Signal,
    Story,
    Tally,
    Topic,
    TopicMatch,
)
from digests.query import Query

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

VISION = Topic("computer-vision", "Computer Vision")
FACES = Topic("facial-recognition", "Facial Recognition", parent="computer-vision")
ROBOTICS = Topic("robotics", "Robotics")
MODELS = Topic("language-models", "Language Models")
POLICY = Topic("policy", "AI Policy")
TREE = ((VISION, 0), (FACES, 1), (MODELS, 0), (POLICY, 0), (ROBOTICS, 0))


def article(title: str, provider: str, hours: float, heat: int = 0, excerpt: str = "", image: str = "") -> Article:
    """An article of an invented publisher, ``hours`` old."""
    domain = "".join(c for c in provider.lower() if c.isalnum()) + ".example.com"
    words = "-".join("".join(c if c.isalnum() else " " for c in title.lower()).split())
    return Article(
        url=f"https://{domain}/{words}?utm=a&b=1",
        title=title,
        published_at=NOW - timedelta(hours=hours),
        provider=Provider(provider, domain),
        excerpt=excerpt,
        quality=60,
        heat=heat,
        images=(Image(image, 700, 400),) if image else (),
    )


def story(lead: Article, *coverage: Article, score: float = 1.0, topic: str = "robotics") -> ScoredStory:
    """A scored story with two signals."""
    return ScoredStory(
        Story(lead.url, lead, coverage),
        score,
        (Signal("heat", score / 2, 1.0, "told by many"), Signal("age", score / 2, 1.0, "fresh")),
        (TopicMatch(topic, "robot", "title", 0.9),),
    )


def reports(title: str, *providers: str) -> tuple[Article, ...]:
    """The same event as other publishers tell it."""
    ways = ("{}", "{}: what we know", "Why it matters: {}", "{}, sources say", "Explained: {}")
    return tuple(article(ways[n % 5].format(title), p, 4 + n) for n, p in enumerate(providers))


TOP = story(
    article(
        "Harbour city weighs five-year ban on face scans in public squares",
        "The Daily Lantern",
        3,
        189,
        "A leaked draft would pause the use of face recognition in streets, stations and stadiums until its risks are "
        "better understood, and would make an exception for border posts and for research under a licence ...",
        "https://img.example.com/square.jpg",
    ),
    *reports(
        "City may ban face scans",
        "Northern Post",
        "Wire Four",
        "Civic Review",
        "Morning Slate",
        "Metro Dispatch",
        "Quayside Times",
        "Public Square",
        "Signal & Noise",
    ),
    score=9.0,
    topic="facial-recognition",
)
TRIAL = story(
    article("Transit police begin live trials of face matching at two stations", "Gazette & Herald", 5, 106),
    *reports("Face matching trial begins", "Northern Post", "Wire Four", "Metro Dispatch"),
    score=6.0,
    topic="facial-recognition",
)
SURGERY = story(
    article("Camera the size of a grain of salt sees like a full-size one", "Optics Weekly", 9, 64),
    score=4.0,
    topic="computer-vision",
)
CRANES = story(
    article("Orchard robots pick their first full apple harvest in the valley", "Field & Furrow", 2, 88),
    *reports("Robots pick apples", "Northern Post"),
    score=5.5,
)
WAREHOUSE = story(article("Warehouse arm learns to fold boxes from forty videos", "Makers' Mark", 30, 41), score=3.0)
POEMS = story(
    article("Small language model writes weather reports in nine dialects", "The Daily Lantern", 12, 73),
    score=5.0,
    topic="language-models",
)
LATER = (
    story(article("Ferry line tests an autopilot with a human hand on the wheel", "Quayside Times", 7, 38), score=2.5),
    story(article("Museum lets visitors question a portrait", "Civic Review", 20, 22), score=2.0),
)

EDITION = Edition(
    digest="daily",
    title="AI digest",
    slot=NOW,
    made_at=NOW,
    timezone="Europe/Berlin",
    sections=(
        Section(FACES, (TOP, TRIAL)),
        Section(VISION, (SURGERY,)),
        Section(ROBOTICS, (CRANES, WAREHOUSE)),
        Section(MODELS, (POEMS,)),
    ),
    more=LATER,
    tally=Tally(articles=143, stories=112, merged=31, off_topic=83, told_before=9, over_caps=12),
)
QUIET_TALLY = Tally(articles=41, stories=38, merged=3, off_topic=37, told_before=1, stale_feeds=2)
QUIET = Edition("daily", "AI digest", NOW, NOW, "UTC", (), tally=QUIET_TALLY)
ANSWER = Answer(Query(("facial", "recognition")), (TOP, TRIAL, SURGERY), 3, FACES, (), "Europe/Berlin")
NEAR_MISS = Answer(Query(("facal", "recogniton")), (), 0, None, ("facial-recognition", "speech-recognition"))
HELP = (
    ("/news", "top stories now"),
    ("/news WORDS", "the best matches for words or a topic"),
    ("/news topics", "the topics I know"),
    ("/news help", "this list"),
)


def test_data_is_invented() -> None:
    """Only example.com addresses, so that no test reads as a claim about a real publisher."""
    found = [a.url for s in (*EDITION.stories, *EDITION.more) for a in s.story.articles]
    assert all(".example.com/" in url for url in found)
    assert EDITION.top is TOP
