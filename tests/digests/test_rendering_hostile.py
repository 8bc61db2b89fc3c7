"""Whatever other people write, the structure of a message stays, nothing in it is live, and every message may be sent."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digests.language import Moment, said
from digests.models import (
    Answer,
    Article,
    Edition,
    Image,
    Message,
    Provider,
    ScoredStory,
    Section,
    Signal,
    Story,
    Tie,
    Topic,
    TopicMatch,
    Update,
    Why,
)
from digests.query import Query
from digests.rendering import (
    Button,
    HomePage,
    Hushed,
    MissedPage,
    Renderer,
    SavedPage,
    SettingsPage,
    Subscribed,
    SubscriptionRow,
    check,
    message_json,
    post_json,
    safe_url,
)
from digests.rendering.limits import Block
from playground.slack import check_view
from tests.digests.test_rendering_data import NOW

RENDERER = Renderer()
ATTACKS = [
    "<!channel>", "<!here|x>", "<@U1>", "<#C1|general>", "<!subteam^S1>", "<!date^0^x|y>", "&lt;!channel&gt;",
    "@channel", "@here", "*bold*", "_it_", "~no~", "`code`", "```pre```", ":tada:", "> quote",
    "<https://evil.example.com|x>", "|", ">", "<", "&amp;", "{{ 7*7 }}", "{% for x in y %}", "{# no #}",
    "{{ edition }}", "': \"", "- item", "\n- type: divider", "key: value", "#c", "&a *a", "!!python/object:os.system",
    "%TAG", "--- ", "...", "\"", "'", "\\", "\x00", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ud800", "\udfff",
    "\u202e", "\u200f", "\u200b", "\u2066", "\ufeff", "\ue000s00\ue001", "\ue002x:1\ue003", "\ue010u\ue011t\ue012",
    "\ue013", "👨‍👩‍👧‍👦", "עברית", "日本語", "e\u0301" * 9, "</script><script>alert(1)</script>", "\" onload=\"x",
    "&quot;", "\U0010ffff",
]  # fmt: skip
LONG = ["wide " * 3000, "W" * 20_000, "漢" * 20_000, "<!channel>" * 900, "&" * 9_000]
HOSTILE = st.lists(st.sampled_from(ATTACKS) | st.text(max_size=12), max_size=8).map(lambda parts: f"x{''.join(parts)}x")
URLS = (
    HOSTILE
    | HOSTILE.map("https://example.com/{}".format)
    | HOSTILE.map("https://{}.example.com".format)
    | st.sampled_from(["", "javascript:alert(1)", "https://a.example.com/ok?a=1&b=2", "http://[", "data:text/html,<b>"])
)


def story(title: str, url: str, provider: str, excerpt: str, image: str, others: int = 7) -> ScoredStory:
    lead = Article(
        url,
        title,
        NOW - timedelta(hours=2),
        Provider(provider, "example.com"),
        excerpt,
        heat=9,
        images=(Image(image),),
    )
    coverage = tuple(replace(lead, provider=Provider(f"{n}{provider}", "e.example.com")) for n in range(others))
    return ScoredStory(Story("1", lead, coverage), 2.0)


def edition(scored: ScoredStory, name: str = "Topic") -> Edition:
    second = replace(scored, score=1.0)
    return Edition("d", "AI digest", NOW, NOW, "UTC", (Section(Topic("t", name), (scored, second)),), (second,))


HARMLESS = story("Words", "https://example.com/", "Paper", "More", "https://example.com/a.png")


def shape(value: object) -> object:
    """Types and counts; a link and a text are one kind here, since an address that may not be linked becomes text."""
    if isinstance(value, dict):
        kind = "text" if value.get("type") == "link" else value.get("type")
        children = {
            k: shape(v) for k, v in value.items() if k not in ("type", "url", "text") or isinstance(v, dict | list)
        }
        return (kind, tuple(sorted(children.items())))
    if isinstance(value, list | tuple):
        return tuple(shape(v) for v in value)
    return type(value).__name__


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [s for v in value.values() for s in strings(v)]
    if isinstance(value, list | tuple):
        return [s for v in value for s in strings(v)]
    return [value] if isinstance(value, str) else []


def mrkdwn_texts(message: Message) -> list[str]:
    def within(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["text"]] if value.get("type") == "mrkdwn" else []
            return own + [t for v in value.values() for t in within(v)]
        return [t for v in value for t in within(v)] if isinstance(value, list | tuple) else []

    return within(message.blocks)


LIVE = ("broadcast", "channel", "date", "emoji", "team", "user", "usergroup")


def live(value: object) -> list[str]:
    """The parts of rich text that Slack does something about, each as its kind and what it names."""
    if isinstance(value, dict):
        kind = value.get("type")
        own = [f"{kind} {value.get(f'{kind}_id')}"] if kind in LIVE else []
        return own + [found for each in value.values() for found in live(each)]
    return [found for each in value for found in live(each)] if isinstance(value, list | tuple) else []


def assert_inert(message: Message, *named: str) -> None:
    """Nothing live but links to http and https, made by us, and in rich text what is named."""
    assert live(message.blocks) == list(named)
    for parsed in (message.text, *mrkdwn_texts(message)):
        for token in re.findall(r"<([^>]*)>?", parsed):
            url, bar, _ = token.partition("|")
            assert bar
            assert re.fullmatch(r"https?://[^\s<>|]+", url)
        outside = re.sub(r"<[^<>|]*\|([^<>]*)>", r"\1", parsed)
        assert not re.search(r"&(?!amp;|lt;|gt;)", outside)
        assert "`" not in outside
        assert "~" not in outside
        assert not re.search(r"^\s*&gt;", outside, re.MULTILINE)
        assert not re.search(r"@(channel|here|everyone)\b", outside, re.IGNORECASE)
        assert outside.count("*") in (0, 2)
        assert not re.search(r":[a-z0-9_+'-]+:", outside, re.IGNORECASE)
    assert "<" not in message.text
    for text in strings(message.blocks):
        assert not re.search(
            "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]", text
        )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=HOSTILE, provider=HOSTILE, excerpt=HOSTILE, url=URLS, image=URLS, topic=HOSTILE)
def test_structure_stays(title: str, provider: str, excerpt: str, url: str, image: str, topic: str) -> None:
    hostile = story(title, url, provider, f"y{excerpt}", image)
    usable = image if safe_url(image) and not image.endswith((".svg", ".webp")) else ""
    calm = story("Words", url if safe_url(url) else "https://example.com/", "Paper", "More", usable)
    post = RENDERER.post(edition(hostile, topic), NOW)
    expected = RENDERER.post(edition(calm), NOW)
    assert shape(post.parent.blocks) == shape(expected.parent.blocks)
    if safe_url(url):
        assert [shape(m.blocks) for m in post.thread] == [shape(m.blocks) for m in expected.thread]
    for message in (post.parent, *post.thread):
        assert check(message) == []
        assert_inert(message)
    json.dumps(post_json(post)).encode("ascii")
    json.dumps(post_json(post), ensure_ascii=False).encode("utf8")


@settings(max_examples=100, deadline=None)
@given(query=st.text() | HOSTILE, words=st.lists(HOSTILE, max_size=4), found=st.booleans())
def test_answers_stay_inert(query: str, words: list[str], found: bool) -> None:
    answer = Answer(Query((query,)), (HARMLESS,) if found else (), int(found), None, tuple(words))
    for message in (RENDERER.answer(answer, NOW), RENDERER.notice(query), RENDERER.help([(query, query)])):
        assert check(message) == []
        assert_inert(message)


def whys(hostile: ScoredStory, words: str) -> list[Why]:
    """Explanations that have other people's words wherever they can stand."""
    topic = Topic("t", words)
    signals = (Signal("coverage", 0.9, 30, words), Signal("value", 0.5, 30, words), Signal("feedback", -0.5, 9, words))
    plain = Why(hostile.lead, words, NOW, "UTC", "minor", words, title=words)
    ties = tuple(Tie(each, hostile.lead, 0.9, (words,)) for each in hostile.story.coverage)
    chosen = replace(
        plain,
        fate="chosen",
        story=replace(hostile, signals=signals),
        rank=1,
        of=9,
        section=topic,
        match=TopicMatch("t", words, "title", 0.9),
        said=words,
        ties=ties,
        made=True,
    )
    told = said("reason-told-already", day=Moment(NOW, "form-slot-day", "UTC"), publisher=words)
    return [
        plain,
        chosen,
        replace(chosen, section=None, said=""),
        replace(plain, reason=told, current=False),
    ]


def assert_may_be_sent(message: Message, *named: str) -> None:
    assert check(message) == []
    assert_inert(message, *named)
    json.dumps(message_json(message), ensure_ascii=False).encode("utf8")


def about_stories(hostile: ScoredStory, words: str) -> list[Message]:
    """All that is said of stories beside posts and answers."""
    handles = {hostile.lead.url: "12"}
    told = edition(hostile, words)
    told = replace(told, title=words, more=(replace(hostile, update=Update(NOW - timedelta(days=1), words)),))
    saved = SavedPage((hostile.lead,) * 5, handles, 5, 5, 12)
    return [
        *(RENDERER.why(why, NOW) for why in whys(hostile, words)),
        RENDERER.coverage(hostile.story, NOW),
        RENDERER.saved(saved, NOW),
        RENDERER.missed(MissedPage(told, told.more * 5, handles, 5, 5, 12), NOW),
        RENDERER.missed(MissedPage(told, (), {}, 0, 5, 0), NOW),
        RENDERER.glimpse(told, NOW),
        RENDERER.glimpse(Edition("d", words, NOW, NOW, "UTC", ()), NOW),
        RENDERER.notice(words, (words,) * 5, [Button(f"Unmute {words}", "news_unmute", "12", words)]),
    ]


def settings_of(words: str) -> Message:
    row = SubscriptionRow("s1", 7, words, words, "C0NEWS00001", "U0READER001", "Mon 23 Nov 08:30", 8, "6", True)
    return RENDERER.settings(SettingsPage((row,) * 6, 0, 6, 14, (words,) * 5))


SET = ["channel C0NEWS00001", "user U0READER001"] * 6


def home_of(hostile: ScoredStory, words: str) -> tuple[Block, ...]:
    page = HomePage(
        "Europe/Berlin",
        subscriptions=(Subscribed("s1", words, "weekdays at 8:30", "C0NEWS00001", "Tue 24 Nov 08:30"),) * 20,
        saved=(hostile.lead,) * 5,
        keys={hostile.lead.url: "12"},
        saved_total=12,
        top=(hostile,) * 5,
        handles={hostile.lead.url: "12"},
        about=(words,) * 9,
        hushed=(Hushed(words, "topic drones"),) * 10,
        more=(words,) * 6,
        less=(words,) * 6,
    )
    return RENDERER.home(page, NOW)


def assert_home(blocks: tuple[Block, ...]) -> None:
    assert check_view({"type": "home", "blocks": list(blocks)}) is None
    assert_inert(Message("", blocks), *(["channel C0NEWS00001"] * 20))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=HOSTILE, provider=HOSTILE, excerpt=HOSTILE, url=URLS, image=URLS, words=HOSTILE | st.text())
def test_all_else_about_stories_stays_inert(
    title: str, provider: str, excerpt: str, url: str, image: str, words: str
) -> None:
    hostile = story(title, url, provider, f"y{excerpt}", image)
    for message in about_stories(hostile, words):
        assert_may_be_sent(message)
    assert_home(home_of(hostile, words))


@settings(max_examples=100, deadline=None)
@given(title=HOSTILE, provider=HOSTILE, url=URLS, note=HOSTILE | st.text())
def test_a_note_stays_a_quotation(title: str, provider: str, url: str, note: str) -> None:
    find = RENDERER.find("U0READER001", story(title, url, provider, "", "").lead, f"y{note}")
    assert_may_be_sent(find, "user U0READER001")
    calm = RENDERER.find("U0READER001", HARMLESS.lead, "Words")
    assert shape(find.blocks) == shape(calm.blocks)


@settings(max_examples=100, deadline=None)
@given(words=HOSTILE | st.text())
def test_settings_stay_inert(words: str) -> None:
    assert_may_be_sent(settings_of(words), *SET)


@pytest.mark.parametrize("attack", [*ATTACKS, *LONG])
def test_all_else_of_any_length_may_be_sent(attack: str) -> None:
    url = "https://example.com/" + "u" * 2_900
    hostile = story(f"x{attack}", url, f"x{attack}", f"y{attack}", url, others=30)
    for message in about_stories(hostile, attack):
        assert_may_be_sent(message)
    assert_home(home_of(hostile, attack))
    assert_may_be_sent(settings_of(attack), *SET)
    assert_may_be_sent(RENDERER.find("U0READER001", hostile.lead, f"y{attack}"), "user U0READER001")


@pytest.mark.parametrize("attack", [*ATTACKS, *LONG])
def test_fifty_stories_of_any_length_may_be_sent(attack: str) -> None:
    url = "https://example.com/" + "u" * 2_900
    one = story(f"x{attack}", url, f"x{attack}", f"y{attack}", url, others=30)
    many = tuple(replace(one, score=float(n)) for n in range(50))
    sections = tuple(Section(Topic(str(n), f"x{attack}"), many[n * 10 : n * 10 + 10]) for n in range(5))
    post = RENDERER.post(Edition("d", attack, NOW, NOW, "UTC", sections, many[:5]), NOW)
    for message in (post.parent, *post.thread):
        assert check(message) == []
        assert_inert(message)
    topics = RENDERER.topics([(Topic(str(n), f"x{attack}"), n % 12) for n in range(500)])
    help_ = RENDERER.help([(attack, attack)] * 60)
    answer = RENDERER.answer(
        Answer(Query((attack,)), many, 10**9, Topic("t", attack), (attack,) * 50), NOW, page=3, size=50
    )
    assert [check(message) for message in (topics, help_, answer)] == [[], [], []]


def test_every_story_is_told_somewhere() -> None:
    url = "https://example.com/" + "u" * 400
    many = tuple(replace(story(f"Story {n} " + "w" * 120, url, "Paper", "y", ""), score=float(n)) for n in range(50))
    post = RENDERER.post(Edition("d", "D", NOW, NOW, "UTC", (Section(None, many),)), NOW)
    parent, thread = json.dumps(post.parent.blocks), json.dumps([m.blocks for m in post.thread])
    inside = [n for n in range(50) if f"Story {n} " in parent]
    assert inside == list(range(min(inside), 50)), "the best stay"
    assert 10 < len(inside) < 50
    assert all(f"Story {n} " in thread for n in range(min(inside)))


class Page(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


@settings(max_examples=60, deadline=None)
@given(title=HOSTILE, url=URLS, image=URLS)
def test_pages_hold_no_script_and_only_web_addresses(title: str, url: str, image: str) -> None:
    page = Page()
    drawn = RENDERER.html(edition(story(title, url, title, title, image), title), NOW)
    page.feed(drawn)
    drawn.encode("utf8")
    assert "script" not in page.tags
    assert page.handlers == []
    assert all(address.lower().startswith(("http://", "https://")) for address in page.addresses)
