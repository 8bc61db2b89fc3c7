"""The catalogue of feeds: the built-in list holds what its head promises; bad lists and settings are told in full."""

from __future__ import annotations

import re
import time
from collections import Counter
from importlib import resources
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.errors import DigestsError, FeedListError, TopicError
from digests.sources import catalogue
from digests.sources.catalogue import Feed, builtin, changed, combined, domain_of, made, read_feeds, same
from digests.topics import Catalogue

TEXT = resources.files("digests").joinpath("feeds.yaml").read_text(encoding="utf-8")

ELSEWHERE = {
    "bbc.com": "feeds.bbci.co.uk",
    "epoch.ai": "epochai.substack.com",
    "news.sky.com": "feeds.skynews.com",
    "scientificamerican.com": "rss.sciam.com",
    "wsj.com": "feeds.content.dowjones.io",
    "xataka.com": "feeds.weblogssl.com",
}
"""Publishers whose feed comes from a host of another name, each looked at by a person."""

BEATS = (
    ("labs and companies", 15),
    ("newspapers, broadcasters, magazines", 15),
    ("technology and trade press", 20),
    ("policy, law, society", 10),
    ("research", 10),
    ("newsletters and people", 10),
    ("chips and data centres", 8),
    ("robots, drones, self-driving", 8),
    ("in Chinese", 4),
    ("in Japanese", 4),
    ("in Korean", 3),
    ("in German", 4),
    ("in French", 4),
    ("in Spanish and Portuguese", 4),
)


def sections() -> dict[str, list[Feed]]:
    """The feeds under each comment of the form ``# ---- name ----``."""
    parts = re.split(r"^# ---- (.+?) -+$", TEXT, flags=re.MULTILINE)
    return {name: list(read_feeds(text, name)) for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def test_the_builtin_list_is_long_and_holds_every_feed_once() -> None:
    assert len(builtin()) >= 80
    assert len({same(feed.url) for feed in builtin()}) == len(builtin())
    assert builtin() is builtin()


@pytest.mark.parametrize(("beat", "least"), BEATS)
def test_every_beat_is_covered(beat: str, least: int) -> None:
    assert len(sections()[beat]) >= least


def test_every_feed_stands_in_a_section() -> None:
    assert tuple(feed for feeds in sections().values() for feed in feeds) == builtin()


def test_the_addresses_belong_to_their_publishers() -> None:
    hosts = {feed.url: urlsplit(feed.url).hostname or "" for feed in builtin()}
    strange = {
        feed.domain: hosts[feed.url]
        for feed in builtin()
        if hosts[feed.url] != feed.domain and not hosts[feed.url].endswith(f".{feed.domain}")
    }
    assert strange == ELSEWHERE


def test_a_domain_has_one_provider_and_a_standing_of_its_own() -> None:
    """Two names of one publisher would count as two witnesses of one story."""
    shared = {"science.org": {"Science", "Science Robotics"}, "nature.com": {"Nature", "Nature Machine Intelligence"}}
    names: dict[str, set[str]] = {}
    for feed in builtin():
        names.setdefault(feed.domain, set()).add(feed.provider)
    assert {domain: found for domain, found in names.items() if len(found) > 1} == shared
    assert all("." in feed.domain and not feed.domain.startswith("www.") for feed in builtin())


def test_no_shops_no_mirrors_no_job_boards() -> None:
    banned = re.compile(
        r"reddit|producthunt|news\.google|rsshub|hnrss|rss2json|/jobs|shop|deals|raw\.githubusercontent"
    )
    assert [feed.url for feed in builtin() if banned.search(feed.url)] == []


def test_standings_are_spread_as_the_head_explains() -> None:
    standings = [feed.standing for feed in builtin()]
    assert min(standings) >= 0.3
    assert max(standings) <= 0.95
    steps = Counter(0.9 if s >= 0.85 else 0.7 if s >= 0.65 else 0.5 if s >= 0.45 else 0.3 for s in standings)
    assert all(steps[step] >= 5 for step in (0.9, 0.7, 0.5, 0.3))
    assert max(steps.values()) < 0.5 * len(standings)
    assert all(f"#       {step}   " in TEXT for step in (0.9, 0.7, 0.5, 0.3))


def test_topics_are_slugs_and_languages_are_many() -> None:
    assert {slug for feed in builtin() for slug in feed.topics} <= {t.slug for t in Catalogue.builtin().topics}
    assert {"zh", "zh-tw", "ja", "ko", "de", "fr", "es"} <= {feed.language for feed in builtin()}
    assert sum(not feed.topics for feed in builtin()) > 50


def test_the_head_says_that_nothing_was_fetched() -> None:
    assert "The addresses were not fetched" in TEXT


LIST = """
- {url: https://tidewater.example.com/ai.xml, provider: Tidewater Post, standing: 0.8, topics: [robotics, ai-safety]}
- url: "http://feeds.lagoon.example.org/rss"
  language: de
  topics: robotics, llms
- {url: https://www.blog.example.net/, provider: , standing: 1}
"""


def test_a_list_is_read_with_what_was_left_out() -> None:
    assert read_feeds(LIST, "my.yaml") == (
        Feed("https://tidewater.example.com/ai.xml", "Tidewater Post", "tidewater.example.com", 0.8, "en",
             ("robotics", "ai-safety")),
        Feed("http://feeds.lagoon.example.org/rss", "lagoon.example.org", "lagoon.example.org", 0.5, "de",
             ("robotics", "llms")),
        Feed("https://www.blog.example.net/", "blog.example.net", "blog.example.net", 1.0, "en", ()),
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[]", "\ufeff[]"])
def test_a_list_may_be_empty(text: str) -> None:
    assert read_feeds(text, "my.yaml") == ()


GOOD = "- url: https://tidewater.example.com/feed\n"
AI_21_TIMES = "['ai', 'ai', 'ai', 'ai', 'ai', 'ai', 'ai', 'ai', 'ai', 'ai', 'ai', 'ai', 'ai', 'ai', 'ai', 'ai', ..."
NO_LIST = ": is not a list; each feed is an entry that starts with `- url: https://...`"
NO_NUMBER = "is not a number from 0 to 1; see the head of digests/feeds.yaml for what it means"
NO_SCHEME = "does not start with https:// or http://; give the whole address of the feed"
NO_HOST = "has no host that can be asked; after https:// comes a name such as example.com"
NO_SPACE = "has a space or an invisible character in it; write a space as %20"
NO_SECRET = "has a user name or password in it, which lists and logs would show; use an address without"
NO_TAGS = "tags are not accepted, write the plain value"
TWICE = "http://www.tidewater.example.com/feed/ is the feed of line 1, too; take one of them out"

BAD = [
    ("feeds: []", NO_LIST),
    ("just words", NO_LIST),
    ("- https://a.example/", ":1: 'https://a.example/' is not a feed; write `- url: https://...` with its other keys below"),
    (GOOD + "- {provider: A}", ":2: has no url; every feed needs the address it is fetched from"),
    (GOOD + "- {url: }", ":2: has no url; every feed needs the address it is fetched from"),
    (GOOD + "  standng: 1", ":2: there is no key 'standng'; did you mean 'standing'?"),
    (GOOD + "  weight: 1", ":2: there is no key 'weight'; the keys are url, provider, domain, standing, language, topics, "
        "aggregator"),
    (GOOD + "  standing: 1.5", f":2: standing '1.5' {NO_NUMBER}"),
    (GOOD + "  standing: -1", f":2: standing -1 {NO_NUMBER}"),
    (GOOD + "  standing: nan", f":2: standing 'nan' {NO_NUMBER}"),
    (GOOD + "  standing: true", f":2: standing True {NO_NUMBER}"),
    (GOOD + "  provider: 404", ":2: provider 404 is not text; put quotes around it"),
    (GOOD + "  provider: [A, B]", ":2: provider ['A', 'B'] is not text"),
    (GOOD + f"  provider: {'n' * 201}", f":2: provider '{'n' * 96}... is 201 characters long; a name may have 200"),
    (GOOD + "  domain: http://b.example/", ":2: domain 'http://b.example/' is not a domain; "
     "write it without scheme and path, such as example.com"),
    (GOOD + "  language: English", ":2: language 'English' is not a language tag such as en, de or zh-tw"),
    (GOOD + "\n\n  topics: [robotix]", ":4: topics: there is no topic 'robotix'; did you mean 'robotics'?"),
    (GOOD + "  topics: {ai: 1}", ":2: topics {'ai': 1} is not a list of topics, such as [robotics, ai-research]"),
    (GOOD + f"  topics: {['ai'] * 21}", f":2: topics {AI_21_TIMES} has 21 topics; 20 are the most"),
    ("- url: ftp://example.com/feed", f":1: url 'ftp://example.com/feed' {NO_SCHEME}"),
    ("- url: example.com/feed", f":1: url 'example.com/feed' {NO_SCHEME}"),
    ("- url: https:///feed", f":1: url 'https:///feed' {NO_HOST}"),
    ("- url: https://<b>/feed", f":1: url 'https://<b>/feed' {NO_HOST}"),
    ("- url: https://b.example:x/", ":1: url 'https://b.example:x/' is not an address "
     "(Port could not be cast to integer value as 'x')"),
    ("- url: https://me:key@example.com/", f":1: url 'https://me:key@example.com/' {NO_SECRET}"),
    ('- url: "https://example.com/a b"', f":1: url 'https://example.com/a b' {NO_SPACE}"),
    ('- url: "https://example.com/\\u200b"', f":1: url 'https://example.com/\\u200b' {NO_SPACE}"),
    (f"- url: https://example.com/{'x' * 2000}",
     f":1: url 'https://example.com/{'x' * 76}... is 2,020 characters long; an address may have 2,000"),
    (GOOD + "- url: http://www.tidewater.example.com/feed/", f":2: {TWICE}"),
    (GOOD + "  url: https://b.example.com/", ":2: key 'url' stands twice"),
    ("- &a {url: https://a.example.com/}\n- *a", ":2: alias *a: aliases are not accepted, write the value out"),
    ("- !!python/object:os.system {}", f":1: tag tag:yaml.org,2002:python/object:os.system: {NO_TAGS}"),
    ("- {url: https://a.example.com/\n", ":2: broken YAML: did not find expected ',' or '}'"),
    (GOOD + "---\n" + GOOD, ":2: a second YAML document starts here: there may be one"),
    ("[" * 100, ":1: nested deeper than 32 levels"),
    ("x" * 1_000_001, ": 1,000,001 characters: a list of feeds may have 1,000,000"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BAD)
def test_a_bad_list_is_refused_with_place_and_remedy(text: str, message: str) -> None:
    with pytest.raises(FeedListError) as caught:
        read_feeds(text, "my.yaml")
    assert str(caught.value) == f"my.yaml{message}"
    assert isinstance(caught.value, DigestsError)


def test_all_mistakes_are_told_at_once() -> None:
    text = "- {url: ftp://a.example.com/, standing: 2}\n- {url: https://b.example.com/, topics: [nonesuch]}\n"
    with pytest.raises(FeedListError) as caught:
        read_feeds(text, "my.yaml")
    assert [problem[:14] for problem in caught.value.problems] == ["my.yaml:1: url", "my.yaml:1: sta", "my.yaml:2: top"]
    assert str(caught.value).count("\n- my.yaml:") == 3


def test_a_thousand_mistakes_are_counted_not_recited() -> None:
    with pytest.raises(FeedListError) as caught:
        read_feeds("- url: nowhere\n" * 1000, "my.yaml")
    assert len(caught.value.problems) == 1000
    assert str(caught.value).endswith("\n- and 980 more")


def test_topics_are_checked_by_the_function_that_is_given() -> None:
    asked: list[str] = []

    def topic(slug: str) -> None:
        asked.append(slug)
        if slug != "volcanoes":
            raise TopicError(f"nobody heard of {slug}")

    text = "- {url: https://a.example.com/, topics: [volcanoes]}\n- {url: https://b.example.com/, topics: [volcanoes]}"
    assert [feed.topics for feed in read_feeds(text, "my.yaml", topic)] == [("volcanoes",)] * 2
    assert asked == ["volcanoes"]
    with pytest.raises(FeedListError, match="nobody heard of ai"):
        read_feeds("- {url: https://a.example.com/, topics: [ai]}", "my.yaml", topic)


def test_many_unknown_topics_cost_little() -> None:
    text = "".join(f"- {{url: https://a.example.com/{i}, topics: [t{i}, u{i}]}}\n" for i in range(5000))
    started = time.perf_counter()
    with pytest.raises(FeedListError):
        read_feeds(text, "my.yaml")
    assert time.perf_counter() - started < 20


@given(st.text(max_size=300) | st.lists(st.sampled_from(["- ", "url: ", "https://a.example.com/", "\n", "  ", "topics",
       "[", "]", "{", "}", "&a", "*a", "!", "|", '"', "standing: 1"]), max_size=40).map("".join))  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_any_text_is_a_list_or_the_documented_error(text: str) -> None:
    try:
        feeds, problems = read_feeds(text, "my.yaml"), ("my.yaml: nothing",)
    except FeedListError as error:
        feeds, problems = (), error.problems
    assert problems
    assert all(problem.startswith("my.yaml:") for problem in problems)
    assert all(isinstance(feed, Feed) and 0 <= feed.standing <= 1 for feed in feeds)


@given(
    st.dictionaries(
        st.sampled_from([*catalogue.READERS, "other"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text(), max_size=3),
    )
)
@settings(max_examples=400, deadline=None)
def test_any_values_make_a_feed_or_problems(values: dict[str, object]) -> None:
    feed, problems = made(values)
    assert feed is not None or problems
    if feed is not None:
        again, none = made({name: getattr(feed, name) for name in catalogue.READERS})
        assert (again, none) == (feed, [])


FEEDS = (
    Feed("https://tidewater.example.com/ai.xml", "Tidewater Post", "tidewater.example.com", 0.8),
    Feed("https://tidewater.example.com/chips.xml", "Tidewater Post", "tidewater.example.com", 0.8),
    Feed("https://blog.lagoon.example.org/rss", "Lagoon Labs", "blog.lagoon.example.org", 0.6, "de"),
    Feed("https://reef.example.ai/feed", "reef.example.ai", "reef.example.ai"),
)

REMOVALS = [
    ("https://tidewater.example.com/ai.xml", [1, 2, 3]),
    ("http://www.tidewater.example.com/ai.xml/", [1, 2, 3]),
    ("tidewater.example.com", [2, 3]),
    ("WWW.Tidewater.example.com", [2, 3]),
    ("tidewater post", [2, 3]),
    ("lagoon.example.org", [0, 1, 3]),  # and what is below it
    ("example.org", [0, 1, 3]),
    (" reef.example.ai ", [0, 1, 2]),
]


@pytest.mark.parametrize(("item", "kept"), REMOVALS)
def test_removal_by_address_domain_and_name(item: str, kept: list[int]) -> None:
    assert changed(FEEDS, remove=[item]) == (tuple(FEEDS[i] for i in kept), ())


MISSES = [
    ("tidewater.example.con", "domain or name; did you mean 'tidewater.example.com'?"),
    ("Tidewater Pots", "domain or name; did you mean 'Tidewater Post'?"),
    ("https://tidewater.example.com/ay.xml", "address; did you mean 'https://tidewater.example.com/ai.xml'?"),
    ("ai", "domain or name; `heatline feeds` lists all"),
    ("water.example.com", "domain or name; did you mean 'tidewater.example.com'?"),
    ("", "domain or name; `heatline feeds` lists all"),
    ("http://[", "address"),
]


@pytest.mark.parametrize(("item", "message"), MISSES)
def test_a_removal_that_matches_nothing_is_told(item: str, message: str) -> None:
    assert changed(FEEDS, remove=[item]) == (FEEDS, (f"{item!r}: no feed has this {message}",))


def test_additions_are_named_after_their_domain() -> None:
    new = ["https://feeds.harbour.example.com/x?y=1", "https://xn--mnchen-3ya.example/feed"]
    added = changed(FEEDS, add=new)[0][4:]
    assert added == (
        Feed("https://feeds.harbour.example.com/x?y=1", "harbour.example.com", "harbour.example.com", 0.5, ""),
        Feed("https://xn--mnchen-3ya.example/feed", "münchen.example", "xn--mnchen-3ya.example", 0.5, ""),
    )
    assert [feed.named for feed in added] == [False, False]
    assert FEEDS[0].named
    assert not FEEDS[3].named


def test_a_domain_that_is_no_punycode_is_shown_as_it_is() -> None:
    ((feed,), _) = changed((), add=["https://xn--a-\u00e9.example/"])
    assert feed.provider == "xn--a-\u00e9.example"


def test_what_is_there_stays_and_what_was_removed_comes_back_bare() -> None:
    assert changed(FEEDS, add=["http://tidewater.example.com/ai.xml"]) == (FEEDS, ())
    back, _ = changed(FEEDS, add=[FEEDS[0].url, FEEDS[0].url], remove=["Tidewater Post"])
    assert back == (*FEEDS[2:], Feed(FEEDS[0].url, "tidewater.example.com", "tidewater.example.com", 0.5, ""))


def test_settings_tell_all_their_mistakes() -> None:
    with pytest.raises(FeedListError) as caught:
        changed(FEEDS, add=["reef.example.ai", ""], remove=["nobody"])
    assert caught.value.problems == (
        f"url 'reef.example.ai' {NO_SCHEME}",
        "has no url; every feed needs the address it is fetched from",
    )


def test_later_lists_win_and_keep_the_place() -> None:
    better = Feed("http://www.tidewater.example.com/ai.xml/", "Tidewater", "tidewater.example.com", 0.9)
    assert combined(FEEDS, [better]) == (better, *FEEDS[1:])
    assert combined() == ()


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.example.com/feed", "example.com"),
        ("https://feeds.example.com/feed", "example.com"),
        ("https://rss.feeds.example.com./", "example.com"),
        ("https://feeds.com/rss", "feeds.com"),
        ("https://Blog.Example.com:8080/", "blog.example.com"),
        ("http://127.0.0.1:8000/rss", "127.0.0.1"),
        ("http://localhost/rss", "localhost"),
    ],
)
def test_domain_of(url: str, domain: str) -> None:
    assert domain_of(url) == domain


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("https://example.com/feed", "http://www.example.com/feed/", True),
        ("https://example.com:443/feed", "https://EXAMPLE.com/feed", True),
        ("https://example.com/feed?a=1", "https://example.com/feed?a=2", False),
        ("https://example.com:8443/feed", "https://example.com/feed", False),
        ("https://example.com/Feed", "https://example.com/feed", False),
        ("https://rss.example.com/feed", "https://example.com/feed", False),
    ],
)
def test_same(one: str, other: str, alike: bool) -> None:
    assert (same(one) == same(other)) is alike
