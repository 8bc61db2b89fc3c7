"""Feeds of every form, read whole: what each of them says, in our values."""
# ruff: noqa: E501 - a row of a table is a line, however long its feed

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from digests.models import Image
from digests.sources.feeds import FeedDocument, Item
from tests.digests.feeds import DATE, LINK, NAMESPACES, NINE, atom, document, only, problems, rss

RSS_2 = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" {NAMESPACES}>
  <channel>
    <title>Tidewater Post: Technology</title>
    <link>https://tidewater.example.com/</link>
    <atom:link href="https://tidewater.example.com/feed" rel="self" type="application/rss+xml"/>
    <language>en-GB</language>
    <ttl>30</ttl>
    <image><url>https://tidewater.example.com/logo.png</url><title>Not a headline</title><link>https://ads.example.com/</link></image>
    <item>
      <title>Robots learn to fold laundry</title>
      <link>https://tidewater.example.com/laundry?utm_source=rss&amp;utm_medium=feed</link>
      <guid isPermaLink="false">tw-1017</guid>
      <pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate>
      <dc:creator><![CDATA[Ada Brook]]></dc:creator>
      <category>Robotics</category>
      <category><![CDATA[Home & Garden]]></category>
      <category>robotics</category>
      <description><![CDATA[<p>It took them a <b>year</b>.</p><p>Nobody&#8217;s socks were hurt.</p>]]></description>
      <content:encoded><![CDATA[<p>It took them a year.</p><p>Nobody's socks were hurt, the makers say in a long report.</p>]]></content:encoded>
      <media:content url="https://img.example.com/small.jpg" medium="image" width="150" height="100"/>
      <media:content url="https://img.example.com/large.jpg" medium="image" width="1200" height="800"/>
      <source url="https://wire.example.com/feed">Continental Wire</source>
    </item>
  </channel>
</rss>"""

LAUNDRY = Item(
    id="tw-1017",
    url="https://tidewater.example.com/laundry",
    title="Robots learn to fold laundry",
    excerpt="It took them a year. Nobody’s socks were hurt.",
    published_at=NINE,
    author="Ada Brook",
    images=(
        Image("https://img.example.com/large.jpg", 1200, 800),
        Image("https://img.example.com/small.jpg", 150, 100),
    ),
    categories=("Robotics", "Home & Garden"),
    language="en-gb",
    words=16,
    original_url="https://tidewater.example.com/laundry?utm_source=rss&utm_medium=feed",
    source="Continental Wire",
)

RSS_1 = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
         xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
  <channel rdf:about="https://journal.example.org/feed">
    <title>Journal of Folding</title><link>https://journal.example.org/</link>
    <sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>
    <dc:language>de</dc:language>
    <items><rdf:Seq><rdf:li rdf:resource="https://journal.example.org/1"/></rdf:Seq></items>
  </channel>
  <item rdf:about="https://journal.example.org/1">
    <title>Maschinen falten Wäsche</title><link>https://journal.example.org/1</link>
    <description>Ein Jahr hat es gedauert.</description>
    <dc:creator>A. Bach</dc:creator><dc:creator>B. Brook</dc:creator><dc:date>2026-11-23T10:00:00+01:00</dc:date>
    <dc:subject>Robotik</dc:subject>
  </item>
</rdf:RDF>"""

ATOM_1 = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="https://lab.example.net/">
  <title type="html">Lab &amp;amp; Bench</title>
  <link rel="self" href="feed.atom"/><link href="/"/>
  <id>urn:uuid:1</id><updated>2026-11-23T09:30:00Z</updated>
  <entry xml:lang="en-US">
    <id>tag:lab.example.net,2026:7</id>
    <title type="text">Sorting &lt;b&gt; tags, and why 3 &lt; 4</title>
    <link rel="enclosure" type="image/png" href="/img/7.png" length="1"/>
    <link rel="related" href="https://elsewhere.example.com/"/>
    <link rel="alternate" type="application/json" href="/7.json"/>
    <link rel="alternate" type="text/html" href="/posts/7#start"/>
    <link rel="amphtml" href="/posts/7/amp"/>
    <published>2026-11-23T09:00:00Z</published><updated>2026-11-23T09:30:00Z</updated>
    <author><name>Ada Brook</name><email>ada@lab.example.net</email></author><author><name>Ben Cole</name></author>
    <category term="nlp" label="Language"/>
    <summary>Short.</summary>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One two</p><p>three <em>four</em>.</p></div></content>
  </entry>
</feed>"""

JSON_1 = """{
  "version": "https://jsonfeed.org/version/1.1", "title": "Bench & Lab", "home_page_url": "https://bench.example.net",
  "language": "en",
  "items": [{
    "id": 42, "url": "https://bench.example.net/42", "external_url": "https://elsewhere.example.com/x",
    "title": "A <small> model", "content_html": "<p>One <i>two</i> three.</p>", "summary": "Two words",
    "image": "/i/42.png", "banner_image": "https://bench.example.net/b.png", "date_published": "2026-11-23T10:00:00+01:00",
    "date_modified": "2026-11-23T09:30:00Z", "authors": [{"name": "Ada Brook"}, {"url": "https://x.example.com"}],
    "tags": ["AI", "small", 7], "language": "en-US",
    "attachments": [{"url": "https://bench.example.net/a.mp3", "mime_type": "audio/mpeg"},
                    {"url": "https://bench.example.net/c.jpg", "mime_type": "image/jpeg"}]
  }]
}"""

GOLDEN = [
    (
        RSS_2,
        FeedDocument(
            "rss 2.0",
            "Tidewater Post: Technology",
            "https://tidewater.example.com/",
            "en-gb",
            (LAUNDRY,),
            every=timedelta(minutes=30),
        ),
    ),
    (
        RSS_1,
        FeedDocument(
            "rss 1.0",
            "Journal of Folding",
            "https://journal.example.org/",
            "de",
            (
                Item(
                    id="https://journal.example.org/1",
                    url="https://journal.example.org/1",
                    title="Maschinen falten Wäsche",
                    excerpt="Ein Jahr hat es gedauert.",
                    published_at=NINE,
                    updated_at=NINE,
                    author="A. Bach, B. Brook",
                    categories=("Robotik",),
                    language="de",
                    words=5,
                ),
            ),
            every=timedelta(hours=6),
        ),
    ),
    (
        ATOM_1,
        FeedDocument(
            "atom 1.0",
            "Lab & Bench",
            "https://lab.example.net/",
            "en",
            (
                Item(
                    id="tag:lab.example.net,2026:7",
                    url="https://lab.example.net/posts/7",
                    title="Sorting ‹b› tags, and why 3 < 4",
                    excerpt="Short.",
                    published_at=NINE,
                    updated_at=NINE + timedelta(minutes=30),
                    author="Ada Brook, Ben Cole",
                    images=(Image("https://lab.example.net/img/7.png"),),
                    categories=("nlp",),
                    language="en-us",
                    words=4,
                    original_url="https://lab.example.net/posts/7#start",
                    amp_url="https://lab.example.net/posts/7/amp",
                ),
            ),
        ),
    ),
    (
        JSON_1,
        FeedDocument(
            "json feed 1.1",
            "Bench & Lab",
            "https://bench.example.net/",
            "en",
            (
                Item(
                    id="42",
                    url="https://bench.example.net/42",
                    title="A ‹small› model",
                    excerpt="Two words",
                    published_at=NINE,
                    updated_at=NINE + timedelta(minutes=30),
                    author="Ada Brook",
                    images=(
                        Image("https://news.example.com/i/42.png"),
                        Image("https://bench.example.net/b.png"),
                        Image("https://bench.example.net/c.jpg"),
                    ),
                    categories=("AI", "small"),
                    language="en-us",
                    words=3,
                ),
            ),
        ),
    ),
]


@pytest.mark.parametrize(("text", "expected"), GOLDEN, ids=[expected.form for _, expected in GOLDEN])
def test_a_feed_of_every_form(text: str, expected: FeedDocument) -> None:
    assert document(text) == expected


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('<rss version="0.91"><channel/></rss>', "rss 0.91"),
        (
            '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "x.dtd"><rss version="0.91"/>',
            "rss 0.91",
        ),
        ('<rss version="0.92"><channel/></rss>', "rss 0.92"),
        ('<rss version="2.0.1"><channel/></rss>', "rss 2.0"),
        ("<RSS VERSION='2.0'><CHANNEL/></RSS>", "rss"),
        ("<rss><channel/></rss>", "rss"),
        ("<channel><title>x</title></channel>", "rss"),
        (RSS_1.replace("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/", 1), "rss 0.90"),
        ('<feed version="0.3" xmlns="http://purl.org/atom/ns#"/>', "atom 0.3"),
        ('<a:feed xmlns:a="http://www.w3.org/2005/Atom"/>', "atom 1.0"),
        ('{"version": "https://jsonfeed.org/version/1", "items": []}', "json feed 1.0"),
        ('{"items": []}', "json feed"),
        ("<!doctype html><title>News</title>", "html page"),
        ("<html><body>rss</body></html>", "html page"),
        ("<div>We are sorry</div>", "html page"),
        ("Not found", ""),
        ("[1, 2]", ""),
        ('{"error": "no such feed"}', ""),
        ("", ""),
        ("   \n", ""),
    ],
)
def test_the_form_of_a_document(text: str, form: str) -> None:
    found = document(text)
    assert found.form == form
    assert any(problem.serious for problem in found.problems) == (form in ("html page", ""))


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ('<link href="/a"/>', "https://news.example.com/a"),
        ('<link rel="ALTERNATE" href="a"/>', "https://news.example.com/feeds/a"),
        (
            '<link rel="alternate" type="text/html" href="/html"/><link rel="alternate" href="/any"/>',
            "https://news.example.com/html",
        ),
        (
            '<link rel="alternate" type="application/pdf" href="/pdf"/><link href="/html"/>',
            "https://news.example.com/html",
        ),
        ('<link rel="alternate" type="application/pdf" href="/pdf"/>', "https://news.example.com/pdf"),
        ('<link rel="self" href="/self"/><link rel="via" href="/via"/><link href="/a"/>', "https://news.example.com/a"),
        ("<id>https://news.example.com/by-id</id>", "https://news.example.com/by-id"),
        ('<link xml:base="https://base.example.com/x/" href="a"/>', "https://base.example.com/x/a"),
    ],
)
def test_the_article_of_an_atom_entry(entry: str, url: str) -> None:
    assert only(atom(f"<title>x</title>{entry}")).url == url


@pytest.mark.parametrize(
    "entry",
    [
        '<link rel="self" href="/self"/>',
        '<link rel="enclosure" href="/a.mp3"/><link rel="related" href="/r"/><link rel="replies" href="/c"/>',
        '<link rel="alternate" type="application/atom+xml" href="/feed"/>',
        '<link href="javascript:alert(1)"/>',
        "<id>urn:uuid:7</id>",
        "",
    ],
)
def test_an_entry_that_links_no_article(entry: str) -> None:
    found = document(atom(f"<title>x</title>{entry}"))
    assert found.items == ()
    assert "item 1 has no link" in found.problems[0].what


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<guid>https://news.example.com/g</guid>", "https://news.example.com/g"),
        ("<guid isPermaLink='true'>https://news.example.com/g</guid><link>/l</link>", "https://news.example.com/l"),
        ("<link>\n  https://news.example.com/a?x=1&amp;y=2 \n</link>", "https://news.example.com/a?x=1&y=2"),
        ("<link><![CDATA[https://news.example.com/a?x=1&y=2]]></link>", "https://news.example.com/a?x=1&y=2"),
        ("<link>https://news.example.com/a?x=1&y=2</link>", "https://news.example.com/a?x=1&y=2"),
        ("<link>//news.example.com/a</link>", "https://news.example.com/a"),
        ("<link>../a</link>", "https://news.example.com/a"),
        ('<atom:link href="https://news.example.com/a"/>', "https://news.example.com/a"),
        (
            '<atom:link rel="self" href="https://news.example.com/self"/><link>https://news.example.com/a</link>',
            "https://news.example.com/a",
        ),
        (
            '<enclosure url="https://news.example.com/a.mp3" type="audio/mpeg"/><link>https://news.example.com/a</link>',
            "https://news.example.com/a",
        ),
        (
            "<link>https://feedproxy.example.com/~r/x</link><feedburner:origLink>https://news.example.com/a</feedburner:origLink>",
            "https://news.example.com/a",
        ),
    ],
)
def test_the_article_of_an_rss_item(item: str, url: str) -> None:
    assert only(rss(f"<title>x</title>{item}")).url == url


@pytest.mark.parametrize(
    "item", ["<guid isPermaLink='false'>https://news.example.com/g</guid>", "<guid>77</guid>", "<link/>"]
)
def test_an_rss_item_that_links_no_article(item: str) -> None:
    assert "item 1 has no link" in problems(rss(f"<title>x</title>{item}"))[0]


@pytest.mark.parametrize(
    ("address", "counts"),
    [
        ("https://pixel.wp.example.com/b.gif?x=1", True),
        ("https://stats.example.com/x", True),
        ("https://news.example.com/1x1.gif", True),
        ("https://news.example.com/wp-includes/images/smilies/smile.png", True),
        ("https://feeds.feedburner.com/~ff/x?d=7", True),
        ("https://news.example.com/encounter.jpg", False),
        ("https://news.example.com/clearview.jpg", False),
        ("https://news.example.com/pixel-9-pro.png", False),
        ("https://news.example.com/tracking-robots.jpg", False),
    ],
)
def test_pictures_that_only_count_readers(address: str, counts: bool) -> None:
    text = rss(f"<title>x</title>{LINK}<description>&lt;img src='{address}'&gt;</description>")
    assert [image.url for image in only(text).images] == ([] if counts else [address])


@pytest.mark.parametrize(
    ("item", "images"),
    [
        ('<media:thumbnail url="/t.jpg" width="100px"/>', [Image("https://news.example.com/t.jpg", 100)]),
        (
            '<media:group><media:content url="/g.jpg" medium="image"/></media:group>',
            [Image("https://news.example.com/g.jpg")],
        ),
        (
            '<media:content url="/v.mp4" medium="video"><media:thumbnail url="/t.jpg"/></media:content>',
            [Image("https://news.example.com/t.jpg")],
        ),
        ('<media:content url="/a.webp?w=100"/>', [Image("https://news.example.com/a.webp?w=100")]),
        ('<media:content url="/v.mp4"/>', []),
        ('<enclosure url="/e.png" type="image/png" length="7"/>', [Image("https://news.example.com/e.png")]),
        ('<enclosure url="/e.mp3" type="audio/mpeg"/>', []),
        ('<itunes:image href="/cover.jpg"/>', [Image("https://news.example.com/cover.jpg")]),
        ("<image><url>/i.png</url></image>", [Image("https://news.example.com/i.png")]),
        ("<image>https://img.example.com/i.png</image>", [Image("https://img.example.com/i.png")]),
        ('<media:thumbnail url="/t.jpg"/><media:thumbnail url="/t.jpg"/>', [Image("https://news.example.com/t.jpg")]),
        ('<media:thumbnail url="data:image/png;base64,AAAA"/>', []),
        (
            '<description>&lt;img src="p.png" alt="A dog"&gt; x</description>',
            [Image("https://news.example.com/feeds/p.png", title="A dog")],
        ),
        (
            '<description>&lt;img src="/1.gif" width="1" height="1"&gt;&lt;img src="/2.png"&gt;&lt;img src="/3.png"&gt;</description>',
            [Image("https://news.example.com/2.png")],
        ),
        ('<description>&lt;img src="https://feeds.feedburner.com/~r/x/~4/y"&gt; x</description>', []),
        (
            '<description>&lt;img src="data:x" data-src="/lazy.png"&gt; x</description>',
            [Image("https://news.example.com/lazy.png")],
        ),
        (
            '<description>&lt;img src="/in.png"&gt;</description><media:thumbnail url="/t.jpg"/>',
            [Image("https://news.example.com/t.jpg")],
        ),
    ],
)
def test_images(item: str, images: list[Image]) -> None:
    assert list(only(rss(f"<title>x</title>{LINK}{item}")).images) == images


@pytest.mark.parametrize(
    ("item", "author"),
    [
        ("<author>ada@news.example.com (Ada Brook)</author>", "Ada Brook"),
        ("<author>Ada Brook</author>", "Ada Brook"),
        ("<author>ada@news.example.com</author>", ""),
        ("<dc:creator>Ada Brook</dc:creator><dc:creator>Ben Cole</dc:creator>", "Ada Brook, Ben Cole"),
        ("<dc:creator>Ada &amp;amp; Ben</dc:creator>", "Ada & Ben"),
        ("<itunes:author>Ada Brook</itunes:author>", "Ada Brook"),
    ],
)
def test_authors(item: str, author: str) -> None:
    assert only(rss(f"<title>x</title>{LINK}{item}")).author == author


@pytest.mark.parametrize(
    ("head", "every"),
    [
        ("<ttl>60</ttl>", timedelta(hours=1)),
        ("<ttl>0</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>9999999</ttl>", timedelta(days=30)),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", timedelta(hours=1)),
        (
            "<sy:updatePeriod> hourly </sy:updatePeriod><sy:updateFrequency> 2 </sy:updateFrequency>",
            timedelta(minutes=30),
        ),
        ("<sy:updatePeriod>weekly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", timedelta(weeks=1)),
        ("<sy:updatePeriod>often</sy:updatePeriod>", None),
    ],
)
def test_how_often_a_feed_asks_to_be_read(head: str, every: timedelta | None) -> None:
    assert document(rss(f"{LINK}{DATE}", head=head)).every == every


def test_a_description_of_a_media_group_is_a_summary_where_there_is_none() -> None:
    group = (
        '<media:group><media:description>Sixty robots.</media:description><media:thumbnail url="/t.jpg"/></media:group>'
    )
    link = '<title>x</title><link href="/v"/>'
    assert only(atom(f"{link}{group}")).excerpt == "Sixty robots."
    assert only(atom(f"{link}{group}<summary>Robots.</summary>")).excerpt == "Robots."


def test_prefixes_that_nobody_declared_are_understood_all_the_same() -> None:
    text = f'<rss version="2.0"><channel><item><title>x</title>{LINK}<dc:creator>Ada</dc:creator><media:thumbnail url="/t.png"/></item></channel></rss>'
    item = only(text)
    assert (item.author, item.images) == ("Ada", (Image("https://news.example.com/t.png"),))


def test_the_final_address_is_what_relative_links_start_from() -> None:
    text = rss("<title>x</title><link>a/b</link>")
    assert only(text, url="https://moved.example.org/x/feed").url == "https://moved.example.org/x/a/b"


def test_an_aggregator_names_the_publisher() -> None:
    item = "<title>Robots fold - Continental Wire</title><link>https://news.google.com/rss/articles/CBMiX?oc=5</link>"
    text = rss(f'{item}{DATE}<source url="https://wire.example.com">Continental Wire</source>')
    assert only(text).source == "Continental Wire"
    assert only(text).url == "https://news.google.com/rss/articles/CBMiX?oc=5"
    entry = '<title>x</title><link href="/a"/><source><title>Continental Wire</title><link href="https://wire.example.com/"/></source>'
    assert replace(only(atom(entry)), original_url=None).source == "Continental Wire"
    assert only(atom(entry)).url == "https://news.example.com/a"
