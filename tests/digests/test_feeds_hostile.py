"""Hostile documents: nothing outside is opened, nothing grows, and what each library is given is bounded.

Times are not tested, since they are the machine's; the bounds that make them are.
"""
# ruff: noqa: E501 - a row of a table is a line, however long its feed

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from digests.sources.feeds import distil, page, pages, read, texts
from digests.sources.feeds.distil import ELEMENTS, MARKUP, MOST_ITEMS, MOST_TAGS
from tests.digests.feeds import DATE, NINE, NOW, URL, document, only, rss

MEGABYTE = 1024 * 1024


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file that no document may make us read."""
    path = tmp_path / "secret"
    path.write_text("SECRET")
    return path


@pytest.fixture
def sealed(secret: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every try to reach a file or an address from Python; that libxml2 read the secret would show in the items."""
    tries: list[str] = []

    def refuse(*where: Any, **_: Any) -> None:
        tries.append(repr(where))
        raise OSError("sealed")

    document(rss("<title>x</title>"))  # what is imported late is imported now
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    return tries


def with_entities(declared: str, used: str) -> bytes:
    item = f"<title>{used}</title><link>https://news.example.com/a?x={used}</link><description>{used}</description>"
    return f'<?xml version="1.0"?><!DOCTYPE rss [{declared}]><rss version="2.0"><channel><item>{item}</item></channel></rss>'.encode()


def test_external_entities_and_dtds_do_nothing(sealed: list[str], secret: Path) -> None:
    for address in (secret.as_uri(), str(secret), "http://127.0.0.1:9/x", "ftp://127.0.0.1:9/x"):
        for declared in (
            f"<!ENTITY x SYSTEM '{address}'>",
            f"<!ENTITY % p SYSTEM '{address}'>%p;",
            f"<!ENTITY % p '<!ENTITY x SYSTEM \"{address}\">'>%p;",
        ):
            found = read(with_entities(declared, "&x;"), URL, {}, NOW)
            assert "SECRET" not in repr(found)
    outside = (
        f'<!DOCTYPE rss SYSTEM "{secret.as_uri()}"><rss xmlns:xi="http://www.w3.org/2001/XInclude"><channel><item>'
    )
    inside = (
        f'<title>x</title><link>/a</link><description><xi:include href="{secret.as_uri()}" parse="text"/></description>'
    )
    assert "SECRET" not in repr(document(f"{outside}{inside}</item></channel></rss>"))
    assert sealed == []


def test_entities_are_never_expanded() -> None:
    laughs = "<!ENTITY a0 'lol'>" + "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(20))
    for declared, used in ((laughs, "&a20;"), (f"<!ENTITY a '{'x' * 100_000}'>", "&a;" * 10_000)):
        small = distil.distil(with_entities(declared, used).decode().partition("]>")[2])
        assert small is not None
        assert len(small.xml) < 20_000 + 2 * distil.MARKUP
        found = read(with_entities(declared, used), URL, {}, NOW)
        assert "lol" not in repr(found)
        assert "xxx" not in repr(found)


def test_entities_in_the_middle_of_a_document_are_never_expanded() -> None:
    late = "<rss><!DOCTYPE x [<!ENTITY a 'EXPANDED'>]><channel><item><title>&a;</title><link>/a</link></item></channel></rss>"
    assert "EXPANDED" not in repr(document(late))


def test_the_newest_items_of_a_long_document_are_kept() -> None:
    dates = [f"<pubDate>{1 + number % 28} Oct 2026 09:00:00 GMT</pubDate>" for number in range(1400)]
    items = [
        f"<title>{number}</title><link>https://news.example.com/{number}</link>{date}"
        for number, date in enumerate(dates)
    ]
    found = document(rss(*items))
    assert len(found.items) == MOST_ITEMS
    assert min(item.published_at.day for item in found.items if item.published_at) == 28 - 9
    assert [problem.what for problem in found.problems] == [
        "the document has 1,400 items; 500 are kept, the newest where it dates them"
    ]
    numbers = [int(item.title) for item in found.items]
    assert numbers == sorted(numbers)


def test_both_ends_of_a_long_document_without_dates_are_kept() -> None:
    items = [f"<title>{number}</title><link>https://news.example.com/{number}</link>" for number in range(700)]
    kept = [int(item.title) for item in document(rss(*items)).items]
    assert kept == [*range(250), *range(450, 700)]  # some feeds have the oldest first
    entries = ",".join(f'{{"url": "/{number}", "title": "{number}"}}' for number in range(700))
    assert [int(item.title) for item in document(f'{{"items": [{entries}]}}').items] == kept


HOSTILE = {
    "open tags": "<a>" * (MEGABYTE // 3),
    "open items": "<item>" * (MEGABYTE // 6),
    "titles": "<item>" + "<title>" * (MEGABYTE // 7),
    "brackets": "<" * MEGABYTE,
    "ampersands": "<item><title>" + "&" * MEGABYTE,
    "entities": "<item><title>" + "&bogus;" * (MEGABYTE // 7),
    "attributes": "<item " + " ".join(f"a{n}=''" for n in range(100_000)) + ">",
    "namespaces": "<item " + " ".join(f"xmlns:a{n}='x'" for n in range(50_000)) + ">",
    "an attribute": "<item><link href='" + "x" * MEGABYTE + "'/>",
    "a text": "<item><link>/a</link><description>" + "x" * MEGABYTE,
    "comments": "<!--" * (MEGABYTE // 4),
    "sections": "<![CDATA[" * (MEGABYTE // 9),
    "mismatches": "<item><a></b></item>" * (MEGABYTE // 20),
    "categories": "<item><link>/a</link>" + "<category>a</category>" * (MEGABYTE // 22),
    "pictures": "<item><link>/a</link>" + "<media:content url='/a.png'/>" * (MEGABYTE // 29),
    "groups": "<item><link>/a</link>" + "<media:group><media:content url='/a.png'/></media:group>" * (MEGABYTE // 60),
    "an author": "<item><link>/a</link><author>" + "a.b-" * (MEGABYTE // 4),
    "a date": "<item><link>/a</link><pubDate>" + "1 " * (MEGABYTE // 2),
    "nuls": "\0" * MEGABYTE,
    "a link": "<item><link>https://news.example.com/" + "/amp" * (MEGABYTE // 4),
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("root", ["<rss><channel>", '<feed xmlns="http://www.w3.org/2005/Atom">'])
def test_what_feedparser_is_given_is_bounded(hostile: str, root: str) -> None:
    small = distil.distil(root + hostile)
    assert small is not None
    assert len(small.lengths) <= MOST_ITEMS
    assert small.xml.count(b"<") <= 2 * (2 * ELEMENTS + 60 * len(small.lengths) + 500)
    assert len(small.xml) <= 3 * MARKUP
    assert read((root + hostile).encode(), URL, {}, NOW).problems


def test_what_is_read_of_a_document_is_bounded() -> None:
    small = distil.distil("<rss>" + "<a/>" * (2 * MOST_TAGS))
    assert small is not None
    assert small.too_long
    small = distil.distil("<rss>" + "&lt;" * (3 * MOST_TAGS))
    assert small is not None
    assert small.too_long


def test_what_is_read_of_the_elements_in_a_text_is_bounded() -> None:
    inside = "<div>" + "<b>one</b><i>two</i> " * 50_000
    found = distil.distil(f"<rss><channel><item><link>/a</link><description>{inside}")
    assert found is not None
    assert found.xml.count(b"<b>") < texts.LONGEST // 8
    assert found.lengths[0] > 800_000
    item = only(f"<rss><channel><item><link>/a</link><description>{inside}")
    assert item.excerpt.startswith("onetwo onetwo ")
    assert 45_000 < item.words < 55_000
    many = f"<item><link>/a</link><description>{'<br/>' * 700}</description></item>" * MOST_ITEMS
    found = distil.distil(f"<rss><channel>{many}")
    assert found is not None
    assert found.xml.count(b"<br>") <= MARKUP // 8


def test_no_word_of_an_author_is_longer_than_what_feedparser_can_take() -> None:
    for author in (f"<author>{'a.b-' * 70}</author>", f"<author><name>{'a.b-' * 50} Lovelace</name></author>"):
        found = distil.distil(f"<rss><channel><item><link>/a</link>{author}")
        assert found is not None
        assert found.xml.count(b"a.b-") == 16
    assert (
        only(rss("<author>ada.lovelace@mail.example.com (Ada Lovelace)</author><link>/a</link>")).author
        == "Ada Lovelace"
    )


@pytest.mark.parametrize("value", ["{}", "1 ", "[[]] ", '"" ', "true "])
def test_what_is_saved_of_a_broken_json_document_is_bounded(value: str) -> None:
    found = document('{"items": [{"url": "/a", "title": "x"} ' + value * (MEGABYTE // len(value)))
    assert [item.title for item in found.items] == ["x"]
    assert "20,000 items" in repr(found.problems)


@pytest.mark.parametrize("nested", ['{"a":', "[", "{}, ", '"a": 1, '])
def test_a_json_document_of_millions_of_values_is_refused(nested: str) -> None:
    found = document('{"items": [' + nested * (10 * MEGABYTE // len(nested)))
    assert [problem.what for problem in found.problems] == ["the JSON document has too many values to be read"]


@pytest.mark.parametrize(
    "noise", ["<script ", "<script application/ld+json", "<script a='application/ld+json' ", "<script>"]
)
def test_scripts_without_an_end_do_not_hide_what_a_page_says(noise: str) -> None:
    said = '<script type="application/ld+json">{"@type": "Article", "datePublished": "2026-11-23T09:00:00Z"}</script>'
    assert page(f"<html>{said}{noise * 5000}".encode(), URL, {}, NOW).published_at == NINE
    assert len(list(pages._linked_data(noise * 50_000))) == 0


@pytest.mark.parametrize(
    "tag",
    [
        "<a " + "".join(f"x{n}=1 " for n in range(9000)) + ">",
        '<a x=">" ' + "".join(f"x{n}=1 " for n in range(9000)) + ">",
        "<a " + "".join(f"<x{n} " for n in range(9000)) + ">",
        "<a " + "".join(f"x{n}/" for n in range(9000)) + ">",
        "<a " + "".join(f"x{n}='>' " for n in range(9000)) + ">",
    ],
)
def test_no_element_of_a_text_has_many_attributes(tag: str) -> None:
    root = texts.tree(f"<p>before</p>{tag}inside</a><p>after</p>")
    assert root is not None
    assert max(len(element.attrib) for element in root.iter()) < 100
    assert "before" in texts.read(f"<p>before</p>{tag}").text


def test_a_long_picture_keeps_its_address() -> None:
    picture = f'<img srcset="{"/a.png 100w, " * 100}" alt="x" src="/a.png" width="640" style="{"x" * 5000}">'
    found = only(rss(f"<title>x</title><link>/a</link>{DATE}<description><![CDATA[{picture}]]></description>"))
    assert [(image.url, image.width) for image in found.images] == [("https://news.example.com/a.png", 640)]


def test_a_failure_of_feedparser_is_a_serious_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("a bug that nobody knows")

    monkeypatch.setattr("feedparser.parse", fail)
    found = document(rss("<title>x</title>"))
    assert [(problem.what, problem.serious) for problem in found.problems] == [
        ("feedparser cannot read this feed: AssertionError", True)
    ]
