"""Anything at all as a feed or a page: never an exception, and nothing comes out that could do harm."""
# ruff: noqa: E501 - a row of a table is a line, however long its feed

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from digests.sources.feeds import FeedDocument, discover, page, read
from digests.sources.feeds.addresses import canonical
from tests.digests.feeds import NOW, URL
from tests.digests.test_feeds_forms import ATOM_1, JSON_1, RSS_1, RSS_2
from tests.digests.test_feeds_pages import LINKED, PAGE

SIGNS = [
    "<item>", "</item>", "<entry>", "<title>", "</title>", "<link>", "<link href='", "'/>", "<description>", "<![CDATA[", "]]>",
    "<script>", "</script>", "&lt;script&gt;", "&amp;lt;script>", "<img src=", " onerror=alert(1)", "javascript:alert(1)", "&#0;",
    "&#x202e;", "\u202e", "\x00", "\x85", "\u2028", "<pubDate>", "9999-12-31T23:59:59-14:00", "<svg/onload=x>", "<!--", "-->",
    "<!DOCTYPE x [<!ENTITY a 'b'>]>", "&a;", "xml:base='http://[::1'", "xml:base='x:'", "<media:group>", "<content type='xhtml'>",
    "<content mode='base64'>", "<category term=''/>", "<author><name>", "<source url=''>", "\ufffe", "\ud800", "http://[", "//", "%",
    '"', "{", "}", "[", "]", ",", "null", "1e999", "NaN", "-1", "\\ud800", "</feed>", "</rss>", "<rss>", "<feed>", "<guid>", "<svg>",
    "<image>", "<textInput>", "<dc:creator>", "ａ", "é", "猫", "<rdf:RDF>", "<cloud/>", "<itunes:image/>", "<a href='//x'>",
]  # fmt: skip
HEADERS = st.sampled_from(
    [
        {},
        {"content-type": "text/xml; charset=utf-16"},
        {"Content-Type": "x; charset=idna"},
        {"content-type": "charset=\0"},
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A sound feed or page with pieces cut out, doubled and put in, or a text made of nothing but such pieces."""
    text = draw(st.sampled_from([RSS_2, RSS_1, ATOM_1, JSON_1, PAGE, LINKED, "", "<rss><channel>", '{"items": [']))
    for _ in range(draw(st.integers(0, 12))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 60)))
        piece = draw(st.sampled_from(SIGNS) | st.just(text[start:end] * 2) | st.text(max_size=8))
        text = text[:start] + piece + text[end:]
    charset = draw(st.sampled_from(["utf-8", "utf-16", "cp1252", "utf-8-sig", "gb18030", "utf-32"]))
    body = text.encode(charset, "replace")
    return body[: draw(st.integers(0, len(body)))] if draw(st.booleans()) else body


def check(found: FeedDocument) -> None:
    """What holds for every document."""
    assert found.form or any(problem.serious for problem in found.problems)
    assert all(problem.what and "\n" not in problem.what for problem in found.problems)
    assert found.every is None or timedelta(0) < found.every <= timedelta(days=30)
    assert not found.home or canonical(found.home) == found.home
    seen = [item.url for item in found.items]
    assert len(set(seen)) == len(seen) <= 500
    for item in found.items:
        assert canonical(item.url) == item.url != ""
        addresses = [item.url, item.original_url, item.amp_url, *(image.url for image in item.images)]
        assert all(address.startswith(("https://", "http://")) for address in addresses if address is not None)
        lines = [item.title, item.excerpt, item.author, item.source, item.id, item.language, *item.categories]
        lines += [image.title or "" for image in item.images]
        for line in lines:
            assert "<script" not in line.lower()
            assert line == " ".join(line.split())
            assert not any(sign in line for sign in "\x00\x1b\u202a\u202b\u202d\u202e\u2066\u2067\u2068\ufeff\u2028")
            line.encode()  # no lone surrogates
        assert 0 < len(item.title) <= 300
        assert len(item.excerpt) <= 1000
        assert item.words >= 0
        for moment in (item.published_at, item.updated_at):
            assert moment is None or (
                moment.utcoffset() == timedelta(0) and datetime(1990, 1, 1, tzinfo=NOW.tzinfo) <= moment <= NOW
            )


@given(st.binary(max_size=400) | mutated(), HEADERS)
@settings(max_examples=500, deadline=None)
def test_anything_as_a_feed(body: bytes, headers: dict[str, str]) -> None:
    check(read(body, URL, headers, NOW))


@given(
    st.sampled_from([RSS_2, RSS_1, ATOM_1]),
    st.lists(st.tuples(st.integers(0, 4000), st.sampled_from(SIGNS)), max_size=6),
)
@settings(max_examples=300, deadline=None)
def test_a_feed_with_something_put_in(text: str, pieces: list[tuple[int, str]]) -> None:
    for place, piece in pieces:
        text = text[:place] + piece + text[place:]
    check(read(text.encode("utf-8", "surrogatepass"), URL, {}, NOW))


@given(mutated(), HEADERS)
@settings(max_examples=300, deadline=None)
def test_anything_as_a_page(body: bytes, headers: dict[str, str]) -> None:
    for link in discover(body, URL, headers):
        assert link.url.startswith(("https://", "http://"))
        assert "<script" not in link.title.lower()
    found = page(body, URL, headers, NOW)
    assert "<script" not in f"{found.title}{found.description}{found.author}{found.site}".lower()
    assert found.url == canonical(found.url)
    assert found.published_at is None or found.published_at <= NOW


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([*SIGNS, "/a", "2026-11-23"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=6,
)
FIELDS = (
    "id url external_url title content_html content_text summary image banner_image date_published date_modified authors author "
    "tags language attachments"
).split()
ENTRIES = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=12) | st.fixed_dictionaries(
    {"url": st.sampled_from(["/a", "/b", "https://m.example.com/c/amp"])},
    optional=dict.fromkeys(FIELDS[2:], VALUES),
)


@given(
    st.fixed_dictionaries(
        {"items": st.lists(ENTRIES | VALUES, max_size=5) | VALUES},
        optional=dict.fromkeys(("version", "title", "home_page_url", "language"), VALUES),
    )
)
@settings(max_examples=400, deadline=None)
def test_any_dictionary_as_a_json_feed(feed: dict[str, Any]) -> None:
    check(read(json.dumps(feed).encode("utf-8", "surrogatepass"), URL, {}, NOW))
