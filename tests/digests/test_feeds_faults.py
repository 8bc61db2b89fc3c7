"""What is wrong with feeds, one fault at a time, and what is made of it."""
# ruff: noqa: E501 - a row of a table is a line, however long its feed

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digests.sources.feeds import read
from tests.digests.feeds import DATE, LINK, NINE, NOW, URL, atom, document, only, problems, rss

LATIN = "<title>Café – “près”</title>"


@pytest.mark.parametrize(
    ("charset", "said", "declared"),
    [
        ("utf-8", "", ""),
        ("utf-8", "text/xml; charset=iso-8859-1", "iso-8859-1"),
        ("utf-8", "text/xml; charset=us-ascii", "utf-16"),
        ("utf-8-sig", "", "windows-1252"),
        ("utf-16", "", "utf-8"),
        ("utf-16-le", "", "utf-16"),
        ("utf-16-be", "", ""),
        ("utf-32", "", ""),
        ("cp1252", "application/xml; charset=windows-1252", "utf-8"),
        ("cp1252", "application/xml; charset=ISO-8859-1", ""),
        ("cp1252", "application/xml", "iso-8859-1"),
        ("cp1252", "application/xml; charset=utf-8", "windows-1252"),
        ("cp1252", "application/xml; charset=klingon", "no-such-thing"),
        ("cp1252", "", ""),
    ],
)
def test_the_charset_that_is_meant(charset: str, said: str, declared: str) -> None:
    encoding = f' encoding="{declared}"' if declared else ""
    text = (
        f'<?xml version="1.0"{encoding}?><rss version="2.0"><channel><item>{LATIN}{LINK}{DATE}</item></channel></rss>'
    )
    found = document(text.encode(charset), said)
    assert [item.title for item in found.items] == ["Café – “près”"]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("charset", "said", "title"),
    [
        ("shift_jis", "text/xml; charset=Shift_JIS", "猫型ロボット、11月に発売"),
        ("euc_kr", "text/xml; charset=euc-kr", "인공지능 로봇"),
        ("gb18030", "text/xml; charset=gb2312", "无人配送车"),
        ("big5", "text/xml; charset=big5", "人工智慧"),
        ("koi8-r", "text/xml; charset=koi8-r", "Роботы складывают бельё"),
        ("cp1251", "text/xml; charset=windows-1251", "Роботы складывают бельё"),
        ("iso2022_jp", "text/xml; charset=iso-2022-jp", "猫型ロボット"),
    ],
)
def test_other_scripts_in_their_charsets(charset: str, said: str, title: str) -> None:
    assert only(rss(f"<title>{title}</title>{LINK}").encode(charset), said).title == title


def test_a_text_cut_inside_a_letter_stays_utf_8() -> None:
    whole = rss(f"<title>Café près de la forêt à côté</title>{LINK}").encode()
    broken = whole.replace(b"</title>", b"\xc3</title>")
    assert "Café près de la forêt à côté" in only(broken).title


def test_utf_7_is_no_way_past_the_filters() -> None:
    body = rss(f"<title>+ADw-script+AD4-</title>{LINK}").encode()
    assert only(body, "text/xml; charset=utf-7").title == "+ADw-script+AD4-"


@pytest.mark.parametrize(
    "before",
    [
        "\n\n  ",
        "\ufeff",
        "\ufeff\n",
        "\0\0",
        "<!-- made by a program, <rss> it says -->\n",
        "<br />\n<b>Warning</b>: something in <b>/var/www/x.php</b> on line <b>7</b><br />\n",
        '<?xml-stylesheet href="x.xsl"?>',
        '<!DOCTYPE rss [<!ENTITY nbsp "&#160;"><!ELEMENT rss ANY>]>',
        "HTTP says hello\n",
    ],
)
def test_what_stands_before_a_feed_does_no_harm(before: str) -> None:
    text = rss(f"<title>x</title>{LINK}{DATE}")
    found = document(before + text)
    assert (found.form, len(found.items), found.problems) == ("rss 2.0", 1, ())


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("AT&amp;T &amp;amp; friends", "AT&T & friends"),
        ("AT&T and friends", "AT&T and friends"),
        ("Q&A;", "Q&A;"),
        ("a&nbsp;b &eacute; &hellip; &bogus;", "a b é … &bogus;"),
        ("It&#8217;s &amp;#8217;twas", "It’s ’twas"),
        ("It&#146;s", "It’s"),
        ("Fish &amp;amp;amp; chips", "Fish & chips"),
        ("<![CDATA[Fish &amp; <b>chips</b>]]>", "Fish & chips"),
        ("Fish <![CDATA[& chips]]> now", "Fish & chips now"),
        ("Fish <b>and</b> chips", "Fish and chips"),
        ("Fish<br/>and chips", "Fish and chips"),
        ("&lt;i&gt;Fish&lt;/i&gt; &amp;lt;b&amp;gt;chips&amp;lt;/b&amp;gt;", "Fish chips"),
        ("How to use &lt;script&gt; tags", "How to use ‹script› tags"),
        ("3 &lt; 4 &gt; 2", "3 < 4 > 2"),
        ("I &lt;3 robots", "I <3 robots"),
        ("  two\n\n lines\t here ", "two lines here"),
        ("nul\x00 bell\x07 esc\x1b", "nul bell esc"),
        ("&#0;&#7;ok&#x1F;", "ok"),
        ("over\u202eride \u2066iso\u2069late", "override isolate"),
        ("שלום עולם \u200fאב", "שלום עולם \u200fאב"),
        ("مرحبا بالعالم", "مرحبا بالعالم"),
        ("👩‍👩‍👧 family 🏴󠁧󠁢󠁥󠁮󠁧󠁿 flag", "👩‍👩‍👧 family 🏴󠁧󠁢󠁥󠁮󠁧󠁿 flag"),
        ("नमस्ते दुनिया", "नमस्ते दुनिया"),
        ("می‌خواهم", "می‌خواهم"),
    ],
)
def test_titles(written: str, title: str) -> None:
    assert only(rss(f"<title>{written}</title>{LINK}")).title == title


@pytest.mark.parametrize(
    ("kind", "written", "title"),
    [
        ("text", "AT&amp;T", "AT&T"),
        ("html", "AT&amp;amp;T &lt;b&gt;x&lt;/b&gt;", "AT&T x"),
        ("xhtml", '<div xmlns="http://www.w3.org/1999/xhtml">A <b>b</b><script>evil()</script></div>', "A b"),
        ("xhtml", '<h:div xmlns:h="http://www.w3.org/1999/xhtml">A <h:script>evil()</h:script></h:div>', "A"),
    ],
)
def test_titles_of_atom(kind: str, written: str, title: str) -> None:
    assert only(atom(f'<title type="{kind}">{written}</title><link href="/a"/>')).title == title


@pytest.mark.parametrize(
    ("item", "title"),
    [
        ("<description>&lt;p&gt;Robots fold.&lt;/p&gt;&lt;p&gt;Now.&lt;/p&gt;</description>", "Robots fold. Now."),
        ("<title>  </title><description>Robots fold.</description>", "Robots fold."),
        ("<title>&lt;img src=x&gt;</title><description>Robots fold.</description>", "Robots fold."),
        ("<description>" + "word " * 60 + "</description>", "word " * 19 + "word…"),
        ("<title/>", "robots fold laundry"),
    ],
)
def test_a_title_is_made_where_there_is_none(item: str, title: str) -> None:
    assert only(rss(f"<link>https://news.example.com/2026/robots-fold_laundry.html</link>{item}")).title == title
    assert only(rss(f"<link>https://news.example.com/</link>{'<title/>'}")).title == "news.example.com"


@pytest.mark.parametrize(
    ("written", "excerpt"),
    [
        ("<p>One</p><p>Two<br>three</p><ul><li>four<li>five</ul>", "One Two three four five"),
        ("a<script>alert(1)</script>b<style>p{}</style>c<!-- d --><iframe src=x>e</iframe>", "a b c"),
        ("<p onclick='evil()'>a</p><svg onload=evil()><text>x</text></svg><math>y</math>", "a"),
        ("<noscript><img src=x></noscript>a<template>b</template>", "a"),
        ("<a href='javascript:evil()'>click</a>", "click"),
        ("a &lt;script&gt;evil()&lt;/script&gt; b", "a b"),
        ("a &amp;lt;script&amp;gt; b", "a ‹script› b"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("<b>un</b>believable", "unbelievable"),
        ("<unknown>a</unknown> <x:y>b</x:y>", "a b"),
        ("Robots fold. [&#8230;]", "Robots fold.…"),
        ("Robots fold. <a href=x>Continue reading Robots &raquo;</a>", "Robots fold.…"),
        ("<p>Robots fold.</p><p>The post <a>Robots</a> appeared first on <a>Post</a>.</p>", "Robots fold."),
        ("Headline", ""),
        ("<a href=x>Headline</a>&nbsp;&nbsp;<font>Continental Wire</font>", ""),
        ("<p> </p>", ""),
        ("<img src=a.png>", ""),
        ("<p>bell&#7;, escape&#x1b; and &#xd800;</p>nul&#0;", "bell, escape and � nul�"),
    ],
)
def test_excerpts(written: str, excerpt: str) -> None:
    assert (
        only(rss(f"<title>Headline</title>{LINK}<description><![CDATA[{written}]]></description>")).excerpt == excerpt
    )


def test_an_excerpt_ends_at_a_word_and_words_count_the_whole_text() -> None:
    item = only(rss(f"<title>x</title>{LINK}<description>{'seven letters ' * 900}</description>"))
    assert len(item.excerpt) <= 1000
    assert item.excerpt.endswith("seven…")
    assert item.words == 1800


@pytest.mark.parametrize(
    ("text", "words"),
    [("one two three", 3), ("<p>one</p><p>two</p>", 2), ("无人配送车上路", 4), ("猫型ロボット launch", 4), ("", 0)],
)
def test_words(text: str, words: int) -> None:
    assert only(rss(f"<title>x</title>{LINK}<description><![CDATA[{text}]]></description>")).words == words


def test_the_words_of_a_text_too_long_to_read_are_reckoned() -> None:
    item = only(rss(f"<title>x</title>{LINK}<description>{'four ' * 100_000}</description>"))
    assert 99_000 < item.words < 101_000


@pytest.mark.parametrize(
    ("broken", "titles", "cut"),
    [
        ("<item><title>A</title>{0}</item><item><title>B</title>{1}</item><item><title>C", "A B", True),
        ("<item><title>A</title>{0}</item><item><title>B</title>{1}<descr", "A B", True),
        ("<item><title>A</title>{0}</item><item><title>B</title>{1}<description><![CDATA[<p>in the mid", "A B", True),
        ("<item><title>A</title>{0}</item><item><title>B</title>{1}</item></channel>", "A B", True),
        ("<item><title>A<br>a</title>{0}</item><item><title>B</title>{1}</item></channel></rss>", "A_a B", False),
        ("<item><title>A</title>{0}<description>x <p>y <b>z</description></item><item><title>B</title>{1}</item></channel></rss>", "A B", False),
        ("<item><title>A</title>{0}<item><title>B</title>{1}</item></channel></rss>", "A B", False),
        ("<item><title>A{0}</item><item><title>B</title>{1}</item></channel></rss>", "A B", False),
        ("<item><title>A</title>{0}</i></b></item><item><title>B</title>{1}</item></channel></rss>", "A B", False),
        ("<item><title>A</title>{0}<x y=z w></item><item><title>B</title>{1}</item></channel></rss>", "A B", False),
        ("<item><title>A</title>{0}</item></channel></rss><item><title>B</title>{1}</item>", "A B", False),
    ],
)  # fmt: skip
def test_broken_xml(broken: str, titles: str, cut: bool) -> None:
    links = [f"<link>https://news.example.com/{number}</link>{DATE}" for number in range(2)]
    found = document(f'<rss version="2.0"><channel><title>x</title>{broken.format(*links)}')
    assert [item.title for item in found.items] == [title.replace("_", " ") for title in titles.split()]
    assert any("ends in the middle" in problem.what for problem in found.problems) == cut
    assert found.problems
    assert not any(problem.serious for problem in found.problems)


@pytest.mark.parametrize("cut", range(0, 900, 23))
def test_every_item_before_the_break_is_kept(cut: int) -> None:
    text = rss(
        *(f"<title>Robots {number}</title><link>https://news.example.com/{number}</link>{DATE}" for number in range(9))
    )
    found = document(text[: len(text) - cut])
    whole = text[: len(text) - cut].count("</item>")
    assert len(found.items) in (whole, whole + 1)
    assert [item.title for item in found.items[:whole]] == [f"Robots {number}" for number in range(whole)]


@pytest.mark.parametrize(
    ("date", "moment", "problem"),
    [
        ("<pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate>", NINE, ""),
        ("", None, "item 1 has no date"),
        ("<pubDate> </pubDate>", None, "item 1 has no date"),
        ("<pubDate>soon</pubDate>", None, "item 1 has a date that cannot be read: 'soon'"),
        ("<pubDate>Mon, 23 Nov 2026 13:00:00 GMT</pubDate>", NOW, ""),
        ("<pubDate>Tue, 24 Nov 2026 11:59:00 GMT</pubDate>", NOW, ""),
        ("<pubDate>Tue, 24 Nov 2026 12:01:00 GMT</pubDate>", None, "item 1 is dated in the future: 'Tue, 24 Nov 2026 12:01:00 GMT'"),
        ("<pubDate>Fri, 31 Dec 9999 23:59:59 GMT</pubDate>", None, "item 1 is dated in the future: 'Fri, 31 Dec 9999 23:59:59 GMT'"),
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", None, "item 1 is dated before 1990: 'Thu, 01 Jan 1970 00:00:00 GMT'"),
        ("<pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate><pubDate>Sun, 22 Nov 2026 09:00:00 GMT</pubDate>", NINE, ""),
        ("<pubDate>junk</pubDate><dc:date>2026-11-23T09:00:00Z</dc:date>", NINE, ""),
        ("<dc:date>2026-11-23</dc:date>", datetime(2026, 11, 23, tzinfo=UTC), ""),
        ("<pubDate>Δευ, 23 Νοέ 2026 09:00:00 EET</pubDate>", NINE, ""),
    ],
)  # fmt: skip
def test_dates(date: str, moment: datetime | None, problem: str) -> None:
    found = document(rss(f"<title>x</title>{LINK}{date}"))
    assert found.items[0].published_at == moment
    assert [each.what for each in found.problems] == ([problem] if problem else [])


def test_now_is_an_argument() -> None:
    body = rss(f"<title>x</title>{LINK}{DATE}").encode()
    before = read(body, URL, {}, NINE - timedelta(days=3))
    assert before.items[0].published_at is None
    assert "in the future" in before.problems[0].what


def test_the_same_item_twice() -> None:
    links = ("a?utm_source=rss", "b", "a#top", "a?fbclid=7", "c")
    found = document(
        rss(*(f"<title>{link}</title><link>https://news.example.com/{link}</link>{DATE}" for link in links))
    )
    assert [item.title for item in found.items] == ["a?utm_source=rss", "b", "c"]
    assert [problem.what for problem in found.problems] == ["items 3 and 4 have the address of an earlier one"]


@pytest.mark.parametrize(
    "bad", ["http://[bad", "//[", "http://a]b/", "http://a\u2100b/", "http://a:99999999/", "urn:[", "javascript:x"]
)
@pytest.mark.parametrize(
    "element",
    [
        "<link>{}</link>", "<guid>{}</guid>", "<enclosure url='{}'/>", "<media:content url='{}'/>", "<itunes:image href='{}'/>",
        "<source url='{}'>x</source>", "<description xml:base='{}'>x</description>", "<atom:link href='{}'/>",
        "<content type='{}'>x</content>", "<pubDate>{}</pubDate>",
    ],
)  # fmt: skip
def test_one_bad_address_spoils_nothing_else(bad: str, element: str) -> None:
    spoilt = element.replace("{}", bad)
    head = f"<title>x</title>{spoilt}<image><url>{bad}</url></image>"
    found = document(rss(f"<title>A</title><link>/a</link>{DATE}", f"<title>B</title>{spoilt}", head=head))
    assert (found.items[0].title, found.items[0].url) == ("A", "https://news.example.com/a")
    assert bad not in repr(found.items)


def test_a_base_that_is_none_is_not_taken() -> None:
    text = rss("<title>A</title><link>/a</link>").replace("<rss ", "<rss xml:base='javascript:x' ")
    assert only(text).url == "https://news.example.com/a"


def test_problems_of_many_items_are_one_line() -> None:
    found = problems(rss(*["<title>x</title>"] * 7))
    assert found == ["items 1, 2, 3 and 4 more have no link"]
    assert problems(rss(*["<title>x</title>"] * 4))[0] == "items 1, 2, 3 and 4 have no link"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the document is empty"),
        ("Not found", "this is not a feed"),
        ("<html><body>Hello", "this is a web page, not a feed"),
        (
            '<html><link rel=alternate type=application/rss+xml href="/f">',
            "it names the feed https://news.example.com/f",
        ),
        ("[]", "it has no list `items`"),
        ('{"items": {}}', "it has no list `items`"),
        ('{"items": [', "the document is not JSON"),
        ('{"items": [' + "9" * 5000 + "]}", "the document is not JSON"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_what_is_no_feed(text: str, problem: str) -> None:
    found = document(text)
    assert found.items == ()
    assert [each.serious for each in found.problems] == [True]
    assert problem in found.problems[0].what


def test_an_empty_feed_says_so() -> None:
    assert problems(rss()) == ["the feed has no items"]
    assert problems('{"version": "https://jsonfeed.org/version/1.1", "items": []}') == ["the feed has no items"]


def test_a_json_feed_that_ends_in_the_middle() -> None:
    text = '{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"url": "/1", "title": "A"}, {"url": "/2", "ti'
    found = document(text)
    assert (found.form, found.title, [item.title for item in found.items]) == ("json feed 1.1", "T", ["A"])
    assert "ends in the middle" in found.problems[0].what


@pytest.mark.parametrize(
    "entry", [None, 7, "x", [], {}, {"url": 7}, {"url": "file:///etc/passwd"}, {"url": {"a": 1}, "id": []}]
)
def test_an_entry_of_a_json_feed_that_is_none(entry: object) -> None:
    import json

    found = document(
        json.dumps({"version": "https://jsonfeed.org/version/1", "items": [entry, {"url": "/1", "title": "A"}]})
    )
    assert [item.title for item in found.items] == ["A"]
    assert found.problems[0].what.startswith("item 1 ")


def test_a_json_item_without_its_own_text() -> None:
    item = only('{"items": [{"id": "https://news.example.com/a", "content_text": "Robots < people.\\n\\nSo far."}]}')
    assert (item.url, item.title, item.words) == ("https://news.example.com/a", "Robots < people. So far.", 5)
