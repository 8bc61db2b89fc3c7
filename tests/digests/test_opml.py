"""OPML: what is written comes back the same, other readers' files are read as they are, hostile ones do nothing."""

from __future__ import annotations

import random
import time
import xml.etree.ElementTree as ET
from datetime import timedelta, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.errors import FeedListError, TopicError
from digests.sources.catalogue import READERS, Feed, builtin, made
from digests.sources.opml import MAX_BYTES, NAMESPACE, read_opml, write_opml
from digests.topics import Catalogue
from tests.making import NOON

FEED = Feed("https://tidewater.example.com/ai?a=1&b=2", 'Tidewater "Post" & Sons <b>', "tidewater.example.com", 0.8, "de",
            ("robotics", "ai-safety"), aggregator=True)  # fmt: skip


def opml(*outlines: str, start: str = '<?xml version="1.0" encoding="UTF-8"?>\n') -> bytes:
    """A document with an outline a line, the first in line 3."""
    lines = "\n".join(outlines)
    return f'{start}<opml version="1.0"><head/><body>\n{lines}\n</body></opml>'.encode()


def outline(name: str = "tidewater", **attributes: str) -> str:
    given = {"text": name.title(), "type": "rss", "xmlUrl": f"https://{name}.example.com/feed", **attributes}
    return "<outline {}/>".format(" ".join(f'{key}="{value}"' for key, value in given.items() if value))


def test_the_written_document() -> None:
    assert write_opml([FEED], "Sources & more", NOON.astimezone(timezone(timedelta(hours=9)))) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<opml xmlns:heatline="urn:x-heatline:feeds:1" version="2.0">\n'
        "  <head>\n"
        "    <title>Sources &amp; more</title>\n"
        "    <dateCreated>Mon, 23 Nov 2026 12:00:00 GMT</dateCreated>\n"
        "    <docs>http://opml.org/spec2.opml</docs>\n"
        "  </head>\n"
        "  <body>\n"
        '    <outline text="Tidewater &quot;Post&quot; &amp; Sons &lt;b&gt;" title="'
        'Tidewater &quot;Post&quot; &amp; Sons &lt;b&gt;" type="rss" xmlUrl="https://tidewater.example.com/ai?a=1&amp;b=2" htmlUrl="https://tidewater.example.com/"'
        ' language="de" category="robotics,ai-safety" heatline:domain="tidewater.example.com" heatline:standing="0.8"'
        ' heatline:aggregator="true"/>\n'
        "  </body>\n"
        "</opml>\n"
    )


def test_the_builtin_list_comes_back_whole() -> None:
    feeds, problems = read_opml(write_opml(builtin(), "All", NOON).encode(), "all.opml")
    assert problems == []
    assert sorted(feeds, key=repr) == sorted(builtin(), key=repr)


def test_the_order_given_makes_no_difference() -> None:
    shuffled = random.Random(7).sample(builtin(), len(builtin()))
    assert write_opml(shuffled, "All", NOON) == write_opml(builtin(), "All", NOON)


def test_other_readers_find_what_the_specification_names() -> None:
    """Read with another parser, by the rules of OPML 2.0 alone."""
    root = ET.fromstring(write_opml(builtin(), "All", NOON))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert parsedate_to_datetime(root.findtext("head/dateCreated") or "") == NOON
    lines = root.findall("body/outline")
    assert len(lines) == len(builtin())
    assert all(line.get("text") and line.get("type") == "rss" and line.get("xmlUrl") for line in lines)
    known = {"text", "title", "type", "xmlUrl", "htmlUrl", "language", "category"}
    assert {name for line in lines for name in line.attrib if not name.startswith(f"{{{NAMESPACE}}}")} <= known


ADDRESSES = st.builds(
    "{}://{}{}".format,
    st.sampled_from(["http", "https", "HTTPS"]),
    st.from_regex(r"[a-z0-9]{1,8}(\.[a-z0-9-]{0,5}[a-z0-9]){1,3}(:[1-9][0-9]{0,3})?", fullmatch=True),
    st.text(max_size=30).map(lambda path: f"/{path}"),
)


@st.composite
def feeds(draw: st.DrawFn) -> Feed:
    """Any feed that some list could bring in."""
    slugs = st.sampled_from([topic.slug for topic in Catalogue.builtin().topics])
    values = {
        "url": draw(ADDRESSES),
        "provider": draw(st.text(max_size=40)),
        "domain": draw(st.just("") | st.from_regex(r"[a-zé0-9]{1,8}(\.[a-z]{1,5}){0,2}", fullmatch=True)),
        "standing": draw(st.floats(0, 1)),
        "language": draw(st.sampled_from(["", "en", "de", "zh-tw", "EN_us"])),
        "topics": draw(st.lists(slugs, max_size=4)),
    }
    feed, _ = made(values)
    return feed or FEED


@given(st.lists(feeds(), max_size=6, unique_by=lambda feed: feed.domain + feed.url.split("?")[0].lower()), st.text())
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read(given_feeds: list[Feed], title: str) -> None:
    text = write_opml(given_feeds, title, NOON)
    found, problems = read_opml(text.encode(), "own.opml")
    twice = [problem for problem in problems if "once more (left out)" in problem]
    assert problems == twice
    assert len(found) == len(given_feeds) - len(twice)
    assert set(found) <= set(given_feeds)
    ET.fromstring(text)


@given(
    st.binary(max_size=200)
    | st.lists(
        st.sampled_from(
            [b"<opml>", b"<body>", b"</body>", b"</opml>", b"<outline ", b'xmlUrl="', b"https://a.example.com/", b'"', b"/>",
             b"<!DOCTYPE opml [", b"<!ENTITY a 'b'>", b"]>", b"&a;", b"&", b"\xff\xfe", b"\0", b"\xe9", b"<?xml ", b"?>",
             b" encoding='", b"utf-16", b"utf-7", b"punycode", b"zip", b"'", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"text"]
        ),
        max_size=40,
    ).map(b"".join)
)  # fmt: skip
@settings(max_examples=600, deadline=None)
def test_any_bytes_are_a_list_or_the_documented_error(body: bytes) -> None:
    try:
        found, problems = read_opml(body, "any.opml")
    except FeedListError as error:
        found, problems = [], [str(error)]
    assert all(isinstance(feed, Feed) for feed in found)
    assert all(problem.startswith("any.opml:") for problem in problems)


TIDEWATER = ("https://tidewater.example.com/feed", "Tidewater", "tidewater.example.com")
LAGOON = ("https://lagoon.example.com/feed", "Lagoon", "lagoon.example.com")
COAST = ("https://tidewater.example.com/feed", "Küste", "tidewater.example.com")
UNNAMED = ("https://tidewater.example.com/feed", "tidewater.example.com", "tidewater.example.com")

READ = [
    ("plain", opml(outline()), [TIDEWATER]),
    ("folders in folders",
     opml('<outline text="News"><outline text="AI">', outline(), "</outline></outline>", outline("lagoon")),
     [TIDEWATER, LAGOON]),
    ("a feed with outlines below it", opml(outline().replace("/>", ">"), outline("lagoon"), "</outline>"), [TIDEWATER, LAGOON]),
    ("small letters",
     opml(outline(xmlUrl="", xmlurl="https://tidewater.example.com/f", htmlurl="https://www.tide.example.com/")),
     [("https://tidewater.example.com/f", "Tidewater", "tide.example.com")]),
    ("capital letters",
     opml(outline(xmlUrl="", XMLURL="https://tidewater.example.com/f")).replace(b"outline", b"OUTLINE"),
     [("https://tidewater.example.com/f", "Tidewater", "tidewater.example.com")]),
    ("early url", opml(outline(xmlUrl="", url="https://tidewater.example.com/f")),
     [("https://tidewater.example.com/f", "Tidewater", "tidewater.example.com")]),
    ("title alone", opml(outline(text="", title="The  Tide\n Post")),
     [("https://tidewater.example.com/feed", "The Tide Post", "tidewater.example.com")]),
    ("text and title", opml(outline(title="The Tide Post")), [TIDEWATER]),
    ("no name", opml(outline(text="")), [UNNAMED]),
    ("named by its address", opml(outline(text="https://tidewater.example.com/feed")), [UNNAMED]),
    ("site elsewhere", opml(outline(htmlUrl="https://www.lagoon.example.org/blog/")),
     [("https://tidewater.example.com/feed", "Tidewater", "lagoon.example.org")]),
    ("site is no address", opml(outline(htmlUrl="about:blank")), [TIDEWATER]),
    ("bare ampersands", opml(outline(text="R & D&nbsp;&eacute;&bogus;", xmlUrl="https://a.example.com/f?x=1&copy=2&amp;y=3")),
     [("https://a.example.com/f?x=1&copy=2&y=3", "R & D é&bogus;", "a.example.com")]),
    ("invisible characters", opml(outline(text="Tide\u202e\u200bwater \u2067Post")),
     [("https://tidewater.example.com/feed", "Tidewater Post", "tidewater.example.com")]),
    ("language unknown", opml(outline(language="unknown")), [TIDEWATER]),
    ("no head, no body", f"<opml>{outline()}</opml>".encode(), [TIDEWATER]),
    ("a default namespace", opml(outline()).replace(b"<opml ", b'<opml xmlns="http://opml.org/spec2" '), [TIDEWATER]),
    ("comments", opml("<!-- one -->", outline(), f"<!-- {outline('lagoon')} -->"), [TIDEWATER]),
    ("a document type", opml(outline(), start='<!DOCTYPE opml SYSTEM "http://127.0.0.1:9/opml.dtd">'), [TIDEWATER]),
    ("utf-8 mark", b"\xef\xbb\xbf" + opml(outline(text="Küste")), [COAST]),
    ("utf-16", opml(outline(text="Küste")).decode().encode("utf-16"), [COAST]),
    ("utf-16 without a mark", opml(outline(text="Küste")).decode().encode("utf-16-be"), [COAST]),
    ("latin-1, as it says", opml(outline(text="Küste")).decode().replace("UTF-8", "ISO-8859-1").encode("latin-1"), [COAST]),
    ("shift-jis, as it says", opml(outline(text="潮の新聞")).decode().replace("UTF-8", "Shift_JIS").encode("shift_jis"),
     [("https://tidewater.example.com/feed", "潮の新聞", "tidewater.example.com")]),
    ("no feeds", b"<opml/>", []),
]  # fmt: skip


@pytest.mark.parametrize(("body", "found"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_files_as_other_readers_write_them(body: bytes, found: list[tuple[str, str, str]]) -> None:
    read, problems = read_opml(body, "subs.opml")
    assert [(feed.url, feed.provider, feed.domain) for feed in read] == found
    assert problems == []
    assert all((feed.standing, feed.language, feed.topics) == (0.5, "", ()) for feed in read)


PROBLEMS = [
    (opml('<outline text="Tidewater"/>'), 0, ["subs.opml:3: 'Tidewater': has no xmlUrl, the address of its feed (left out)"]),
    (opml("<outline/>"), 0, ["subs.opml:3: an outline without a name: has no xmlUrl, the address of its feed (left out)"]),
    (opml('<outline text="More" type="include" url="https://a.example.com/x.opml"/>'), 0,
     ["subs.opml:3: 'More': a link to a page or to another list, not a feed (left out)"]),
    (opml(outline(), outline("lagoon", xmlUrl="feed://lagoon.example.com/")), 1,
     ["subs.opml:4: 'Lagoon': url 'feed://lagoon.example.com/' does not start with https:// or http://; "
      "give the whole address of the feed (left out)"]),
    (opml(outline(), outline("lagoon"), outline(text="Again", xmlUrl="http://www.tidewater.example.com/feed/")), 2,
     ["subs.opml:5: 'Again': the feed of line 3 once more (left out)"]),
    (opml(outline(language="Klingon")), 1,
     ["subs.opml:3: 'Tidewater': language 'Klingon' is not a language tag such as en, de or zh-tw (read without it)"]),
    (opml(outline(**{f'xmlns:h="{NAMESPACE}" h:standing': "9", "category": "robotics,robotix"})), 1,
     ["subs.opml:3: 'Tidewater': standing '9' is not a number from 0 to 1; "
      "see the head of digests/feeds.yaml for what it means (read without it)",
      "subs.opml:3: 'Tidewater': topics: there is no topic 'robotix'; did you mean 'robotics'? (read without it)"]),
    (opml(outline(text="Küste")).decode().encode("latin-1"), 1,
     ["subs.opml: is not utf-8, though it should be; names with accents may have suffered"]),
    (opml(outline(), start='<?xml version="1.0" encoding="utf-16"?>\n'), 1,
     ["subs.opml: says that its encoding is 'utf-16', which cannot be; read as UTF-8"]),
    (opml(outline(), start='<?xml version="1.0" encoding="punycode"?>\n'), 1,
     ["subs.opml: says that its encoding is 'punycode', which cannot be; read as UTF-8"]),
    (opml(outline(), start='<?xml version="1.0" encoding="klingon"?>\n'), 1,
     ["subs.opml: says that its encoding is 'klingon', which cannot be; read as UTF-8"]),
    (opml('<outline text="Tidewater"/>', start='\n\n<?xml version="1.0"?>\n'), 0,
     ["subs.opml:5: 'Tidewater': has no xmlUrl, the address of its feed (left out)"]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "count", "told"), PROBLEMS)
def test_what_is_wrong_is_told_with_its_line(body: bytes, count: int, told: list[str]) -> None:
    read, problems = read_opml(body, "subs.opml")
    assert (len(read), problems) == (count, told)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (opml(outline(), outline("lagoon"))[:-10], 5),
        (opml(outline(), outline("lagoon"), '<outline text=oops xmlUrl="https://a.example.com/"/>'), 5),
        (opml(outline(), outline("lagoon"), "</outline>"), 5),
    ],
)
def test_broken_xml_is_read_as_far_as_it_goes(body: bytes, line: int) -> None:
    """What exactly is broken is told in the words of libxml2."""
    read, problems = read_opml(body, "subs.opml")
    assert [feed.provider for feed in read][:2] == ["Tidewater", "Lagoon"]
    assert problems[0].startswith(f"subs.opml:{line}: broken XML, mended: ")


REFUSED = [
    (b"", "subs.opml:1: is not XML: Document is empty, line 1, column 1"),
    (b"not XML", "subs.opml: is not XML: nothing in it can be read"),
    (b"\x00\xff" * 50, "subs.opml: is not XML: nothing in it can be read"),
    (b"<html><body/></html>", "subs.opml: is not OPML but <html>; export the list of feeds as OPML once more"),
    (b"<rss version='2.0'/>", "subs.opml: is not OPML but <rss>; export the list of feeds as OPML once more"),
    (opml(outline(text="&a;"), start='<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'),
     "subs.opml: declares entities, which no list of feeds needs; take its <!DOCTYPE> out"),
    (opml(outline(text="&a;"), start='<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]>').decode().encode("utf-16"),
     "subs.opml: declares entities, which no list of feeds needs; take its <!DOCTYPE> out"),
    (opml(outline(), start='<!DOCTYPE opml [<!ENTITY % a SYSTEM "http://127.0.0.1:9/"> %a;]>'),
     "subs.opml: declares entities, which no list of feeds needs; take its <!DOCTYPE> out"),
    (b" " * (MAX_BYTES + 1), "subs.opml: 10,000,001 bytes: an OPML file may have 10,000,000"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "message"), REFUSED)
def test_what_is_no_list_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(FeedListError) as caught:
        read_opml(body, "subs.opml")
    assert str(caught.value) == message


def test_nothing_of_another_file_gets_in(tmp_path: Path) -> None:
    secret = tmp_path / "secret.dtd"
    secret.write_text('<!ENTITY a "the secret">')
    read, _ = read_opml(opml(outline(text="&a;"), start=f'<!DOCTYPE opml SYSTEM "{secret.as_uri()}">'), "subs.opml")
    assert [feed.provider for feed in read] == ["&a;"]


LARGE = [
    b"<opml>" + b"<outline>" * 1_000_000,
    b"<opml>" + b'<outline text="x"/>' * 500_000,
    b"<opml>" + b"&" * 9_900_000,
    b"<opml>" + b"<a " * 3_300_000,
    b"<?xml " + b" " * 9_900_000,
    b"<opml " + b" a=''" * 1_900_000,
    b'<opml><outline xmlUrl="https://a.example.com/' + b"a" * 9_900_000,
    opml(outline(**{f'xmlns:h="{NAMESPACE}" h:standing': "1", "category": "x," * 4_000_000})),
]


@pytest.mark.parametrize("body", LARGE, ids=range(len(LARGE)))
def test_the_largest_files_take_seconds_at_most(body: bytes) -> None:
    assert len(body) <= MAX_BYTES
    started = time.perf_counter()
    try:
        _, problems = read_opml(body, "subs.opml")
    except FeedListError as error:
        problems = list(error.problems)
    assert 1 <= len(problems) <= 201
    assert time.perf_counter() - started < 30


def test_topics_of_foreign_lists_are_names_of_folders() -> None:
    read, problems = read_opml(opml(outline(category="/Robotics,robotics")), "subs.opml")
    assert (read[0].topics, problems) == ((), [])


def test_topics_are_checked_by_the_function_that_is_given() -> None:
    def topic(slug: str) -> None:
        if slug != "volcanoes":
            raise TopicError(f"nobody heard of {slug}")

    body = write_opml([Feed(FEED.url, "A", "a.example.com", topics=("volcanoes", "ai"))], "A", NOON).encode()
    read, problems = read_opml(body, "own.opml", topic)
    assert read[0].topics == ("volcanoes",)
    assert problems == ["own.opml:9: 'A': topics: nobody heard of ai (read without it)"]


def test_what_xml_cannot_hold_is_replaced() -> None:
    text = write_opml([Feed("https://a.example.com/\ud800", "A\x00B", "a.example.com")], "T\x1b", NOON)
    assert 'text="A\ufffdB"' in text
    assert "<title>T\ufffd</title>" in text
    ET.fromstring(text)


def test_every_value_of_a_feed_is_written() -> None:
    """A value added to `Feed` has to find its place in OPML."""
    read, problems = read_opml(write_opml([FEED], "One", NOON).encode(), "own.opml")
    assert (read, problems) == ([FEED], [])
    assert set(READERS) == set(Feed.__dataclass_fields__)
