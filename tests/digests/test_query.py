"""The language of questions: what is a filter, what is a word, what is refused, and that a query prints itself back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.errors import QueryError
from digests.moments import moment
from digests.query import FILTERS, Query, Since, Sort, Without, read
from digests.topics import Catalogue
from tests.making import NOON

TOPICS = Catalogue.builtin()


def asked(text: str, timezone: str = "UTC", now: datetime = NOON) -> Query:
    """The query that a text is."""
    return read(text, TOPICS, now, timezone)


def words(*found: str) -> Query:
    """A query of words alone."""
    return Query(found)


READ = {
    "": Query(),
    "  Fjord   4 ": words("Fjord", "4"),
    "GPT-5: what now": words("GPT-5:", "what", "now"),
    "https://a.example.com/b?c=d": words("https://a.example.com/b?c=d"),
    "re:Invent": words("re:Invent"),
    "C++ .NET #ai $NVDA 12:30": words("C++", ".NET", "#ai", "$NVDA", "12:30"),
    "-5% -40°C": words("-5%", "-40°C"),
    "AI - the future – now": words("AI", "-", "the", "future", "–", "now"),
    "AI —the future": words("AI", "—the", "future"),
    "--flag -> x": words("--flag", "->", "x"),
    "Sora:OpenAI": words("Sora:OpenAI"),  # a product, and one letter from sort:
    "resource:allocation": words("resource:allocation"),
    "topic robotics": words("topic", "robotics"),
    "state-of-the-art": words("state-of-the-art"),
    "😀": words("😀"),
    '"five-year  pause" police': Query(("police",), ("five-year pause",)),
    '""': Query(),
    '"': Query(),
    '"five-year pause': Query((), ("five-year pause",)),  # telephones close late
    'a"b c"d': Query(("a", "d"), ("b c",)),
    "“five-year pause” „zwei Wörter“ «trois mots»": Query((), ("five-year pause", "zwei Wörter", "trois mots")),
    '"topic:robotics"': Query((), ("topic:robotics",)),
    "-drones": Query(without=Without(("drones",))),
    "–drones −robots": Query(without=Without(("drones", "robots"))),
    "-$NVDA -.NET": Query(without=Without(("$NVDA", ".NET"))),
    '-"face scan" -“2026”': Query(without=Without((), ("face scan", "2026"))),
    "topic:robotics": Query(topics=("robotics",)),
    "TOPIC:Robots topic:robotics": Query(topics=("robotics",)),
    'topic:"facial recognition"': Query(topics=("facial-recognition",)),
    "topic:“Face-Recognition”": Query(topics=("facial-recognition",)),
    "topic：ＦＲＴ": Query(topics=("facial-recognition",)),
    "-topic:robotics": Query(without=Without(topics=("robotics",))),
    "source:TheVerge.example.com": Query(sources=("theverge.example.com",)),
    "source:https://www.a.example.com:8080/tech?x=y#z": Query(sources=("a.example.com",)),
    "source:www.a.example.com source:a.example.com": Query(sources=("a.example.com",)),
    'source:"Tidewater Post", source:AC/DC': Query(sources=("Tidewater Post", "AC/DC")),
    "-source:a.example.com": Query(without=Without(sources=("a.example.com",))),
    "sort:new": Query(sort=Sort.new),
    "sort:HOT sort:best": Query(),
    "robots since:7d": Query(("robots",), since=Since(NOON - timedelta(days=7), "7d")),
    'since:"7  days ago"': Query(since=Since(NOON - timedelta(days=7), "7 days ago")),
}


@pytest.mark.parametrize("text", READ)
def test_read(text: str) -> None:
    assert asked(text) == READ[text]


REFUSED = {
    "scource:wire robots": ("scource:wire is no filter", ["source:wire robots"]),
    "robots -Topics:ai": ("-Topics:ai is no filter", ["robots -topic:ai"]),
    'site:"Tidewater Post"': ('site:"Tidewater Post" is no filter', ['source:"Tidewater Post"']),
    "after:monday": ("after:monday is no filter", ["since:monday"]),
    "topic: robotics": ("topic: has nothing behind its colon", ["topic:robotics"]),
    "chips since:": ("since: has nothing behind its colon", []),
    'source:""': ('source:"" has nothing behind its colon', []),
    "source:-": ("source:- names no publisher", []),
    "topic:robtics chips": ("topic:robtics names no topic", ["topic:robotics chips"]),
    "-topic:robtics": ("-topic:robtics names no topic", ["-topic:robotics"]),
    "topic:qqqqqq": ("topic:qqqqqq names no topic", []),
    "since:soon": ("since:soon is no time I know", []),
    "since:tomorrow": ("since:tomorrow lies in the future", []),
    "sort:newest robots": ("sort:newest is no order I know", ["sort:new robots"]),
    "sort:backwards": ("sort:backwards is no order I know", []),
    "chips -since:7d": ("-since:7d cannot be turned round", ["chips since:7d"]),
    "-sort:new": ("-sort:new cannot be turned round", ["sort:new"]),
}


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    said, meant = REFUSED[text]
    with pytest.raises(QueryError) as refused:
        asked(text)
    assert str(refused.value).startswith(f"{said}. ")
    assert list(refused.value.meant) == meant
    for instead in meant:  # what is offered can be asked
        asked(instead)


def test_every_example_of_a_filter_uses_it() -> None:
    plain = asked("police robots")
    for each in FILTERS.values():
        assert f"{each.name}:" in each.example
        assert asked(each.example) not in (plain, words(each.example))


PIECES = st.sampled_from(
    [
        *READ,
        *FILTERS,
        ":",
        "-",
        "–",
        '"',
        " ",
        "“",
        "»",
        "www.",
        "a.example.com",
        "robotics",
        "7d",
        "x",
        "ŉ",
        "İ",
        "\u1ffd",
        ",",
        "_",
        "@",
        "/",
    ]
)


@given(st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join) | st.text(max_size=60))
def test_any_text_is_a_query_that_prints_itself_back_or_a_clear_refusal(text: str) -> None:
    try:
        query = asked(text)
    except QueryError:
        return
    assert asked(str(query)) == query
    for written, left in query.filters():
        assert left != query
        assert all(part in str(query) for part in written.split())
        assert asked(str(left)) == left


BERLIN = "Europe/Berlin"
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # 10:30 in Berlin

MOMENTS = {
    "90m": datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
    "24h": datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    "24 hours ago": datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    "7d": datetime(2026, 11, 16, 9, 30, tzinfo=UTC),
    "2W": datetime(2026, 11, 9, 9, 30, tzinfo=UTC),
    "today": datetime(2026, 11, 22, 23, 0, tzinfo=UTC),
    "yesterday": datetime(2026, 11, 21, 23, 0, tzinfo=UTC),
    "sunday": datetime(2026, 11, 21, 23, 0, tzinfo=UTC),
    "monday": datetime(2026, 11, 15, 23, 0, tzinfo=UTC),  # on a Monday the one before
    "last friday": datetime(2026, 11, 19, 23, 0, tzinfo=UTC),
    "2026-11-20": datetime(2026, 11, 19, 23, 0, tzinfo=UTC),
    "2026-11-20 08:30": datetime(2026, 11, 20, 7, 30, tzinfo=UTC),
    "2026-11-20T08:30+05:00": datetime(2026, 11, 20, 3, 30, tzinfo=UTC),
    "20.11.2026": datetime(2026, 11, 19, 23, 0, tzinfo=UTC),
    "20 nov": datetime(2026, 11, 19, 23, 0, tzinfo=UTC),
    "yesterday 8am": datetime(2026, 11, 22, 7, 0, tzinfo=UTC),
    "8:30": datetime(2026, 11, 23, 7, 30, tzinfo=UTC),
    "july": datetime(2026, 6, 30, 22, 0, tzinfo=UTC),
    "last month": datetime(2026, 9, 30, 22, 0, tzinfo=UTC),
    "2025": datetime(2024, 12, 31, 23, 0, tzinfo=UTC),
}


@pytest.mark.parametrize("text", MOMENTS)
def test_moments(text: str) -> None:
    assert moment(text, MONDAY, BERLIN) == MOMENTS[text]


@pytest.mark.parametrize(
    "text",
    ["", "a", "26", "1", "soon", "robots", "2026-11-31", "11/20", "20/11/2026", "7x", "-7d", "99999d", "x" * 200],
)
def test_what_is_no_moment(text: str) -> None:
    assert moment(text, MONDAY, BERLIN) is None


def test_hours_are_hours_and_days_are_days_where_the_clocks_change() -> None:
    noon = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)  # noon in Berlin, on the day that has 23 hours
    assert moment("24h", noon, BERLIN) == noon - timedelta(hours=24)
    assert moment("1d", noon, BERLIN) == noon - timedelta(hours=23)
    assert moment("today", noon, BERLIN) == datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    assert moment("3 hours ago", datetime(2026, 3, 29, 2, 0, tzinfo=UTC), BERLIN) == datetime(
        2026, 3, 28, 23, tzinfo=UTC
    )


@given(st.text(max_size=45) | st.from_regex(r"[0-9]{1,4} ?[a-z]{1,7}( ago)?", fullmatch=True))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    at = moment(text, MONDAY, BERLIN)
    assert at is None or at.tzinfo is UTC
