"""Addresses: what is safe, what is one and the same article."""
# ruff: noqa: E501 - a row of a table is a line, however long its feed

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digests.sources.feeds import addresses
from digests.sources.feeds.addresses import MAX_LENGTH, canonical, web

CANONICAL = [
    ("https://news.example.com/a", "https://news.example.com/a"),
    ("HTTPS://News.Example.COM:443/A", "https://news.example.com/A"),
    ("http://news.example.com:80", "http://news.example.com/"),
    ("http://news.example.com:8080/a", "http://news.example.com:8080/a"),
    ("https://user:secret@news.example.com/a", "https://news.example.com/a"),
    ("https://news.example.com/a#part", "https://news.example.com/a"),
    ("https://news.example.com/a/../b/./c", "https://news.example.com/b/c"),
    ("https://news.example.com/a?", "https://news.example.com/a"),
    ("https://news.example.com/a?b=2&a=1&a=&c", "https://news.example.com/a?b=2&a=1&a=&c"),
    ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
    ("https://faß.example/", "https://xn--fa-hia.example/"),
    ("https://ＮＥＷＳ.example.com/", "https://news.example.com/"),
    ("https://news.example.com./a", "https://news.example.com/a"),
    ("https://news.example.com/%7ea/%e4", "https://news.example.com/~a/%E4"),
    ("https://news.example.com/a b", "https://news.example.com/a%20b"),
    ("https://news.example.com/%zz", "https://news.example.com/%25zz"),
    ("https://news.example.com\\a", "https://news.example.com/a"),
    ("http://[2001:DB8::1]/a", "http://[2001:db8::1]/a"),
    ("http://192.0.2.7/a", "http://192.0.2.7/a"),
    (" \n https://news.example.com/a\u200b\u202e\n", "https://news.example.com/a"),
    ("https://news.exam\u00adple.com/a", "https://news.example.com/a"),
    # trackers
    ("https://news.example.com/a?utm_source=x&id=3&UTM_Medium=y&fbclid=z", "https://news.example.com/a?id=3"),
    ("https://news.example.com/a?gclid=1&mc_cid=2&mc_eid=3&igshid=4&msclkid=5&yclid=6", "https://news.example.com/a"),
    ("https://news.example.com/a?id=3&amp;utm_source=x", "https://news.example.com/a?id=3"),
    ("https://news.example.com/a?%75tm_source=x", "https://news.example.com/a"),
    ("https://news.example.com/a?ref=rss&source=twitter&via=newsletter", "https://news.example.com/a"),
    ("https://news.example.com/a?ref=main&source=7&via=ada", "https://news.example.com/a?ref=main&source=7&via=ada"),
    ("https://news.example.com/?gallery=5&uid=7&keyword=x&p=9&page=2", "https://news.example.com/?gallery=5&uid=7&keyword=x&p=9&page=2"),
    ("https://news.example.com/a?u=https://x.example.org/?utm_source=y", "https://news.example.com/a?u=https://x.example.org/?utm_source=y"),
    # AMP and mobile
    ("https://news.example.com/a/amp", "https://news.example.com/a"),
    ("https://news.example.com/a/amp/", "https://news.example.com/a/"),
    ("https://news.example.com/a.amp.html", "https://news.example.com/a.html"),
    ("https://news.example.com/a.amp", "https://news.example.com/a"),
    ("https://news.example.com/a?amp=1", "https://news.example.com/a"),
    ("https://news.example.com/a?amp&id=3", "https://news.example.com/a?id=3"),
    ("https://news.example.com/a?outputType=amp", "https://news.example.com/a"),
    ("https://amp.example.com/a", "https://www.example.com/a"),
    ("https://m.example.com/a", "https://www.example.com/a"),
    ("https://mobile.example.com/a", "https://www.example.com/a"),
    ("https://m.example.co.uk/a", "https://www.example.co.uk/a"),
    ("https://m.finance.example.com/a", "https://finance.example.com/a"),
    ("https://m.www.example.com/a", "https://www.example.com/a"),
    ("https://news.example.com/amp/robots-fold-laundry/", "https://news.example.com/robots-fold-laundry/"),
    ("https://news.example.com/google-amp/a/robots-fold-laundry", "https://news.example.com/a/robots-fold-laundry"),
    ("https://news.example.com/platform/amp/2026/robots-fold-laundry", "https://news.example.com/2026/robots-fold-laundry"),
    ("https://news.example.com/amp/12345", "https://news.example.com/amp/12345"),
    ("https://de.m.example.org/a", "https://de.example.org/a"),
    ("https://news-example-com.cdn.ampproject.org/c/s/news.example.com/a/amp?x=1", "https://news.example.com/a?x=1"),
    ("https://cdn.ampproject.org/v/news.example.com/a", "http://news.example.com/a"),
    ("https://www.google.com/amp/s/m.example.com/a?amp=1", "https://www.example.com/a"),
    ("https://news.example.com/a" + "/amp" * 700 + "/", "https://news.example.com/a/"),
    ("https://" + "m." * 60 + "example.com/a", "https://www.example.com/a"),
    ("https://amp.m.mobile.example.com/a.amp.amp/amp.html?amp&amp=1", "https://www.example.com/a"),
    ("https://" + "www.google.com/amp/s/" * 5 + "m.example.com/a", "https://www.example.com/a"),
    # what only looks like it
    ("https://news.example.com/amp", "https://news.example.com/amp"),
    ("https://news.example.com/a/amplifier", "https://news.example.com/a/amplifier"),
    ("https://news.example.com/stamp", "https://news.example.com/stamp"),
    ("https://amp.dev/a", "https://amp.dev/a"),
    ("https://m.co.uk/a", "https://m.co.uk/a"),
    ("https://mobile.example/a", "https://mobile.example/a"),
    ("https://mm.example.com/a", "https://mm.example.com/a"),
    # redirects carry the article in their parameters
    ("https://news.google.com/rss/articles/CBMi?oc=5", "https://news.google.com/rss/articles/CBMi?oc=5"),
    ("https://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fx.example%2fa&c=7", "https://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https://x.example/a&c=7"),
]  # fmt: skip

NONE = [
    "", " ", "news", "/a", "//news.example.com/a", "https:", "https://", "https:///a", "https:news.example.com", "http://:80/",
    "javascript:alert(1)", "java\nscript:alert(1)", "JaVaScRiPt:alert(1)", "\x01javascript:alert(1)", "data:text/html,<script>",
    "file:///etc/passwd", "vbscript:x", "ftp://news.example.com/a", "mailto:a@example.com", "about:blank", "blob:https://x/",
    "view-source:https://news.example.com/", "feed://news.example.com/", "http://exa mple.com/", "http://news..example.com/",
    "http://[::1", "http://[:::]/", "http://[::1%25eth0]/", "http://[1.2.3.4]/", "http://news.example.com:99999/", "http://news.example.com:x/", "http://%00/", "http://<script>/", "http://1.2.3/",
    "https://news.example.com/" + "a" * MAX_LENGTH, "http://" + "a." * 200 + "com/"
]  # fmt: skip


@pytest.mark.parametrize(("url", "expected"), CANONICAL)
def test_canonical(url: str, expected: str) -> None:
    assert canonical(url) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize("url", [*NONE, None, 7, b"https://news.example.com/"])
def test_what_is_no_address(url: object) -> None:
    assert canonical(url) == ""
    assert web(url) == ""


def test_what_is_packed_more_often_than_anybody_does_is_none() -> None:
    assert canonical("https://" + "google.com/amp/s/" * 90 + "a.com/") == ""


@pytest.mark.parametrize(
    ("address", "base", "expected"),
    [
        ("../x?y", "https://news.example.com/a/b/c", "https://news.example.com/a/x?y"),
        ("?q=1", "https://news.example.com/a", "https://news.example.com/a?q=1"),
        ("//other.example.org/x", "https://news.example.com/", "https://other.example.org/x"),
        ("x", "", ""),
        ("x", "javascript:1", ""),
        ("javascript:x", "https://news.example.com/", ""),
        ("https://[]@/x", "", ""),
        ("//[]@", "https://news.example.com/", ""),
        ("x:y/z", "https://news.example.com/", ""),
        ("x\\y", "https://news.example.com/z/", "https://news.example.com/z/x/y"),
        ("https://a:b@news.example.com/x?utm_source=y#z", "", "https://news.example.com/x?utm_source=y#z"),
    ],
)
def test_relative_addresses(address: str, base: str, expected: str) -> None:
    assert web(address, base) == expected


_PIECES = st.sampled_from(
    [*"aZ0/:?#&=%.@[]\\- \t\n", "http://", "https://", "//", "m.", "amp.", "/amp", ".amp", "?amp=1", "utm_x=", "%2f", "%zz", "ü",
     "..", "example.com", "cdn.ampproject.org/c/s/", "google.com/amp/s/", "\u202e", "\x00", "xn--", ":80", "&amp;", "ß", "；"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=25).map("".join) | st.text(max_size=80))
@settings(max_examples=600, deadline=None)
@example("https://m.m.m.amp.example.com/a/amp/amp.amp?amp&amp=1&amp;utm_x=1")
@example("https://www.google.com/amp/s/www.google.com/amp/s/m.example.com/")
def test_canonical_is_safe_and_settled_for_anything(text: str) -> None:
    for url in (text, f"https://{text}", f"https://news.example.com/{text}"):
        found = canonical(url)
        assert canonical(found) == found
        assert web(found) == found
        assert found == "" or (found.startswith(("https://", "http://")) and len(found) <= MAX_LENGTH)
        assert found.isascii()
        assert not any(sign in found for sign in " <>\"'`\n\r\t\\") or "'" in found
        assert "@" not in found.partition("://")[2].partition("/")[0]


_PLAIN_PIECES = st.sampled_from(
    [
        "/",
        "/a",
        "/B-c_d~1",
        ".html",
        "/amp",
        "/a/amp",
        ".amp",
        "/champ/x-y-z",
        "/.",
        "/..",
        "//",
        "/amp/a-b-c",
        "?a",
        "#a",
        ":80",
    ]
)


@given(
    st.sampled_from(["http", "https"]),
    st.lists(
        st.sampled_from(["a", "news", "m", "www", "mobile", "amp", "xn--bcher-kva", "google", "a-b", "co", "7"]),
        max_size=4,
    ),
    st.sampled_from(["com", "uk", "org", "museum", "x", "7"]),
    st.lists(_PLAIN_PIECES, max_size=4).map("".join),
)
@settings(max_examples=600, deadline=None)
def test_an_address_that_is_left_as_it_is_needs_nothing(scheme: str, labels: list[str], last: str, path: str) -> None:
    url = f"{scheme}://{'.'.join([*labels, last])}{path}"
    assert web(url) == addresses._web(url, "")
    assert canonical(url) == addresses._canonical(url)
