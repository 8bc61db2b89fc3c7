"""Web pages: the feeds they advertise, and what they say of their article."""
# ruff: noqa: E501 - a row of a table is a line, however long its feed

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digests.models import Image
from digests.sources.feeds import Link, PageDetails, discover, page
from tests.digests.feeds import NINE, NOW

URL = "https://news.example.com/2026/robots"


def details(text: str) -> PageDetails:
    return page(text.encode(), URL, {}, NOW)


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ('<link rel="alternate" type="application/rss+xml" title="AI &amp; more" href="/f.xml">', [Link("https://news.example.com/f.xml", "AI & more", "application/rss+xml")]),
        ("<LINK REL=ALTERNATE TYPE='Application/Atom+XML; charset=utf-8' HREF=atom>", [Link("https://news.example.com/2026/atom", "", "application/atom+xml")]),
        ('<link rel="alternate home" type="application/feed+json" href="f.json#x">', [Link("https://news.example.com/2026/f.json", "", "application/feed+json")]),
        ('<link rel="alternate" type="application/json" href="/feed.json">', [Link("https://news.example.com/feed.json", "", "application/json")]),
        ('<link rel="alternate" type="application/json" href="/wp-json/posts/7">', []),
        ('<link rel="alternate" type="text/xml" href="/rss">', [Link("https://news.example.com/rss", "", "text/xml")]),
        ('<link rel="feed" href="/f">', [Link("https://news.example.com/f")]),
        ('<base href="https://cdn.example.org/x/"><link rel=alternate type=application/rdf+xml href=f>', [Link("https://cdn.example.org/x/f", "", "application/rdf+xml")]),
        ('<base href="/x/"><link rel=alternate type=application/rss+xml href=f>', [Link("https://news.example.com/x/f", "", "application/rss+xml")]),
        ('<base href="javascript:x"><link rel=alternate type=application/rss+xml href=f>', [Link("https://news.example.com/2026/f", "", "application/rss+xml")]),
        ('<body><link rel=alternate type=application/rss+xml href=/f><link rel=alternate type=application/rss+xml href=/f title=x>', [Link("https://news.example.com/f", "", "application/rss+xml")]),
        ('<link rel="alternate" type="text/html" hreflang="de" href="/de">', []),
        ('<link rel="alternate stylesheet" type="text/css" href="/s.css">', []),
        ('<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">', []),
        ('<link rel="alternate" type="application/rss+xml" href="feed://news.example.com/f">', []),
        ('<!-- <link rel="alternate" type="application/rss+xml" href="/f"> -->', []),
        ('<script>var x = \'<link rel="alternate" type="application/rss+xml" href="/f">\'</script>', []),
        ("", []),
        ("<", []),
    ],
)  # fmt: skip
def test_feeds_that_a_page_advertises(html: str, links: list[Link]) -> None:
    assert list(discover(html.encode(), URL, {})) == links


def test_feeds_that_the_response_advertises() -> None:
    header = '</f>; rel="alternate"; type="application/rss+xml"; title="All", </a.css>; rel=preload, </m>; rel=alternate; type=text/html'
    assert discover(b"", URL, {"Link": header}) == (Link("https://news.example.com/f", "All", "application/rss+xml"),)


PAGE = """<!doctype html><html lang="en-GB"><head>
<title>Robots fold | Tidewater Post</title>
<script>if (a<b) { c("</p>") }</script>
<link rel="canonical" href="/2026/robots?utm_source=x"><link rel="amphtml" href="/2026/robots/amp">
<meta property="og:title" content="Robots &amp;amp; laundry"><meta property="og:site_name" content="Tidewater Post">
<meta property="og:description" content="It took   them a &lt;b&gt;year&lt;/b&gt;.">
<meta name="description" content="Not this one"><meta name="author" content="Ada Brook">
<meta property="og:image" content="/i/large.jpg"><meta property="og:image:width" content="1200"><meta property="og:image:height" content="630">
<meta name="twitter:image" content="https://img.example.com/t.jpg">
<meta property="article:published_time" content="2026-11-23T10:00:00+01:00">
<meta property="article:modified_time" content="2026-11-23T09:30:00Z">
</head><body><time datetime="2020-01-01">Once</time></body></html>"""


def test_what_a_page_says_of_its_article() -> None:
    assert details(PAGE) == PageDetails(
        url="https://news.example.com/2026/robots",
        title="Robots & laundry",
        description="It took them a year.",
        images=(Image("https://news.example.com/i/large.jpg", 1200, 630), Image("https://img.example.com/t.jpg")),
        published_at=NINE,
        updated_at=NINE + timedelta(minutes=30),
        author="Ada Brook",
        language="en-gb",
        site="Tidewater Post",
        amp_url="https://news.example.com/2026/robots/amp",
    )


LINKED = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
  {"@type": "Organization", "datePublished": "2001-01-01"},
  {"@type": ["NewsArticle"], "datePublished": "2026-11-23T09:00:00Z", "dateModified": "2026-11-23T09:30:00Z",
   "image": [{"url": "/ld.jpg"}], "author": [{"name": "Ada Brook"}, {"name": "Ben Cole"}]}]}</script>"""


@pytest.mark.parametrize(
    ("html", "published"),
    [
        (LINKED, NINE),
        (f"<script type='application/ld+json'>{{broken</script>{LINKED}", NINE),
        ('<meta itemprop="datePublished" content="2026-11-23T09:00:00Z">', NINE),
        ('<meta name="parsely-pub-date" content="2026-11-23T09:00:00Z">', NINE),
        ('<time datetime="2026-11-23T09:00:00Z">today</time>', NINE),
        ('<time datetime="2020-01-01">x</time><time itemprop="datePublished" datetime="2026-11-23T09:00:00Z">', NINE),
        ('<time pubdate datetime="2026-11-23">', datetime(2026, 11, 23, tzinfo=UTC)),
        ('<meta property="article:published_time" content="junk"><time datetime="2026-11-23T09:00:00Z">', NINE),
        ('<meta property="article:published_time" content="2027-11-23">', None),
        ('<meta property="article:published_time" content="1970-01-01">', None),
        ("<time>yesterday</time>", None),
        ("", None),
    ],
)
def test_when_an_article_was_published(html: str, published: datetime | None) -> None:
    assert details(html).published_at == published


def test_what_linked_data_says() -> None:
    found = details(LINKED)
    assert found.images == (Image("https://news.example.com/ld.jpg"),)
    assert found.author == "Ada Brook, Ben Cole"


@pytest.mark.parametrize(
    "html",
    [
        "",
        "\0",
        "<",
        "<html>",
        '<meta property="og:image" content="data:image/png;base64,AA"><link rel=canonical href="javascript:x">',
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
        '<script type="application/ld+json">{"@type": "Article", "datePublished": 7, "image": {"url": {"url": 7}}, "author": 7}</script>',
        '<script type="application/ld+json">[[[{"@type": 7}]], null, "x", {"@graph": {"@type": "Article"}}]</script>',
    ],
)  # fmt: skip
def test_a_page_that_says_nothing(html: str) -> None:
    assert details(html) == PageDetails()


def test_a_page_in_its_own_charset() -> None:
    html = '<meta charset="windows-1251"><meta property="og:title" content="Роботы складывают бельё">'
    assert page(html.encode("cp1251"), URL, {}, NOW).title == "Роботы складывают бельё"
