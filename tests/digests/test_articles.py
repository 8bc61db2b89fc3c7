"""The article format: real files of every vintage, hostile ones, and the two readers against each other."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digests import frontmatter
from digests.articles import MAX_BYTES, Reader, dump, parse
from digests.errors import ArticleError
from digests.models import Article, Image, Provider
from digests.sources import folders
from tests.making import article
from tests.shared import FOLDER, needs_shared

GOOD = """---
category: news
title: "Robots learn to fold laundry"
excerpt: "It took them a year."
publishedDateTime: 2026-11-23T09:00:00Z
webUrl: "https://tidewater.example.com/laundry"
type: article
quality: 76
heat: 106
published: true

provider:
  name: Tidewater Post
  domain: tidewater.example.com

topics:
  - AI
  - AI in Robotics

related:
  - title: "A year of laundry"
    publishedDateTime: 2026-11-22T09:00:00Z
    webUrl: "https://wire.example.com/laundry"
    type: article
    provider:
      name: Wire
      domain: wire.example.com
    quality: 40

secured: "AAAA;BBBB=="
---

The body.
"""


def without(key: str) -> str:
    return re.sub(rf"(?m)^{key}:.*\n", "", GOOD)


def with_line(line: str) -> str:
    key = line.partition(":")[0]
    return re.sub(rf"(?m)^{key}:.*\n", lambda _: f"{line}\n", GOOD)


def test_fields() -> None:
    read = parse(GOOD, "laundry.md")
    assert read.title == "Robots learn to fold laundry"
    assert read.published_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert read.provider == Provider("Tidewater Post", "tidewater.example.com")
    assert (read.quality, read.heat, read.published) == (76, 106, True)
    assert read.topics == ("AI", "AI in Robotics")
    assert [each.url for each in read.related] == ["https://wire.example.com/laundry"]
    assert read.body == "\nThe body.\n"
    assert dump(read) == GOOD


def test_secured_is_carried_and_never_shown() -> None:
    read = parse(GOOD)
    assert read.secured == "AAAA;BBBB=="
    assert "AAAA" not in repr(read)


@needs_shared
def test_seed_article_byte_for_byte() -> None:
    seed = (FOLDER / "corpus" / "seed-article.md").read_text(encoding="utf-8")
    read = parse(seed)
    assert len(read.related) == 3
    assert dump(read) == seed


@needs_shared
def test_every_real_file(corpus: Path, later_vintage: Path) -> None:
    """Each reads, survives writing and reading, and says what PyYAML reads there; nearly all are written byte for byte."""
    reader, again = Reader(), Reader()
    files = same = 0
    for folder in (corpus / "posts", later_vintage):
        for found in folders.scan(folder):
            data = Path(found.path).read_bytes()
            read = reader.read(data, found.path)
            written = dump(read).encode()
            assert again.read(written) == read, found.path
            front = data.decode().replace("\r\n", "\n").split("\n---\n")[0].removeprefix("---\n")
            assert_agrees(read, yaml.load(front, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
            files += 1
            same += written == data
    assert files == 6248
    assert same >= 6236


def assert_agrees(read: Article, reference: dict[str, object]) -> None:
    """What PyYAML's safe loader reads is what the article says, field by field."""
    url = reference.get("webUrl") or reference.get("sourceUrl") or reference.get("originalUrl")
    published_at = reference["publishedDateTime"]
    assert isinstance(published_at, datetime)
    assert (read.title, read.excerpt, read.url) == (reference["title"], reference.get("excerpt") or "", url)
    assert read.published_at == (published_at if published_at.tzinfo else published_at.replace(tzinfo=UTC))
    assert (read.quality, read.heat) == (reference.get("quality", 0), reference.get("heat", 0))
    assert read.published == reference.get("published", False)
    assert list(read.topics) == (reference.get("topics") or [])
    assert read.secured == reference.get("secured")
    provider = reference["provider"]
    assert isinstance(provider, dict)
    assert (read.provider.name, read.provider.domain) == (provider["name"], provider["domain"])
    for image, other in zip(read.images, reference.get("images") or [], strict=True):  # type: ignore[call-overload]
        assert (image.url, image.width, image.height) == (other["url"], other.get("width"), other.get("height"))
    related = reference.get("related") or []
    assert isinstance(related, list)
    for each, other in zip(read.related, related, strict=True):
        assert_agrees(each, other)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "no front matter"),
        ("# A heading\n", 1, "no front matter"),
        ("---\ntitle: x\n", 1, "does not end"),
        ("---\n---\n", 2, "not a list of `key: value`"),
        ("---\n- a\n- b\n---\n", 2, "not a list of `key: value`"),
        ("---\n'a: b\n---\n", 3, "broken YAML"),
        (with_line("title: [unclosed"), 4, "broken YAML"),
        (without("title"), 1, "no title"),
        (without("webUrl"), 1, "no address"),
        (without("publishedDateTime"), 1, "no date"),
        (with_line('title: "   "'), 3, "no title"),
        (with_line("title:"), 3, "no title"),
        (with_line("publishedDateTime: yesterday"), 5, "'yesterday', not a date"),
        (with_line("publishedDateTime: 2026-13-45T00:00:00Z"), 5, "not a date"),
        (with_line("publishedDateTime: 0001-01-01T00:00:00+14:00"), 5, "not a date"),
        (with_line("publishedDateTime: [1]"), 5, "not a text"),
        (with_line('webUrl: "javascript:alert(1)"'), 6, "does not start with http"),
        (with_line("webUrl: /relative"), 6, "does not start with http"),
        (with_line("quality: high"), 8, "not a whole number"),
        (with_line("quality: 99999999999999999999"), 8, "not a whole number"),
        (with_line("published: maybe"), 10, "true or false"),
        (with_line("title: !!python/object/apply:os.system [x]"), 3, "tags are not accepted"),
        (with_line("title: !mine x"), 3, "tags are not accepted"),
        (with_line("title: &a x\nexcerpt: *a"), 4, "aliases are not accepted"),
        (with_line('title: "a"\ntitle: "b"'), 4, "stands twice"),
        (with_line("title: {a: b}"), 3, "title is not a text"),
        (with_line("type: x\n? [a]\n: b"), 8, "a key has to be a plain word"),
        (GOOD.replace("---\n\nThe body", "...\n--- {a: b}\n---\n\nThe body"), None, "second YAML document"),
        (with_line('title: "a\x01b"'), 3, "U+0001"),
        ("---\n%TAG !a! x\n--- {a: b}\n---\n", 2, "directives are not accepted"),
        (with_line("category: " + "[" * 200_000), 2, "nested deeper"),
        (with_line("category: " + "[" * 200_000 + "]" * 200_000), 2, "nested deeper"),
        (with_line("category:\n " + "- " * 200_000 + "x"), 3, "nested deeper"),
        (with_line("category: " + "{a: " * 200_000), 2, ""),
    ],
)
def test_bad_files_are_refused_with_line_and_reason(text: str, line: int | None, reason: str) -> None:
    with pytest.raises(ArticleError) as caught:
        parse(text, "bad.md")
    assert caught.value.line == line or line is None
    assert reason in str(caught.value)
    assert str(caught.value).startswith("bad.md")


def test_a_fault_inside_something_is_placed_where_that_begins() -> None:
    with pytest.raises(ArticleError) as caught:
        parse(GOOD.replace('  - title: "A year of laundry"\n    publishedDateTime', "  - publishedDateTime"), "x.md")
    assert str(caught.value) == "x.md:20: related[1]: no title: an article needs a line `title: ...`"


def test_an_alias_bomb_is_refused_at_once() -> None:
    bomb = "---\na: &a [x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    with pytest.raises(ArticleError, match="aliases are not accepted"):
        parse(f"{bomb}---\n")


def test_not_utf8() -> None:
    with pytest.raises(ArticleError, match=r"x\.md:3: not UTF-8: byte 0xFF"):
        Reader().read(GOOD.encode().replace(b"Robots learn", b"Robots \xff"), "x.md")


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "huge.md").write_bytes(GOOD.encode())
    with (tmp_path / "huge.md").open("r+b") as file:
        file.truncate(50_000_000)
    (found,) = folders.scan(tmp_path)
    with pytest.raises(ArticleError, match="50,000,000 bytes"):
        folders.read(found, Reader())
    assert found.size > MAX_BYTES


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_windows_files(end: str, mark: str) -> None:
    read = Reader().read((mark + GOOD.replace("\n", end)).encode())
    assert replace(read, body="") == replace(parse(GOOD), body="")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("No", "No"), ("1.10", "1.10"), ("2020", "2020"), ("on", "on"), ("0x1F", "0x1F"), ("nan", "nan"), ("9to5", "9to5"),
     ("~x", "~x"), ("'It''s'", "It's"), ('"a\\u00e9"', "aé"), ("Nature: x", None), (">-\n    one\n    two", "one two")],
)  # fmt: skip
def test_a_providers_name_is_its_text(written: str, meant: str | None) -> None:
    text = GOOD.replace("name: Tidewater Post", f"name: {written}")
    if meant is None:
        with pytest.raises(ArticleError):
            parse(text)
    else:
        assert parse(text).provider.name == meant


def test_unknown_keys_survive() -> None:
    more = 'mood: cheerful\nscores: {a: [1, "two", null, true]}\nupdatedDateTime: 2026-11-23T10:00:00Z\n'
    text = GOOD.replace("type: article\nquality", f"type: article\n{more}quality")
    read = parse(text)
    assert read.extra["scores"] == {"a": [1, "two", None, True]}
    assert read.extra["updatedDateTime"] == "2026-11-23T10:00:00Z"
    assert parse(dump(read)) == read


def test_two_spellings_of_one_field_both_survive() -> None:
    read = parse(
        GOOD.replace("type: article\nquality", "sourceUrl: https://other.example.com/x\ntype: article\nquality")
    )
    assert read.url == "https://tidewater.example.com/laundry"
    assert parse(dump(read)) == read
    assert "https://other.example.com/x" in dump(read)


def test_a_changed_field_is_written() -> None:
    read = parse(GOOD)
    assert parse(dump(replace(read, heat=7))).heat == 7
    assert parse(dump(replace(read, amp_url="https://amp.example.com/x"))).amp_url == "https://amp.example.com/x"


texts = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("\"'\\:#-&*!|>%@`{}[],? \n\t\x00\x85\u2028\u202e~=<"),
        st.just("é"),
    ),
    min_size=1,
    max_size=30,
)
moments = st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
images = st.builds(Image, texts, st.none() | st.integers(0, 9999), st.none() | st.integers(0, 9999), st.none() | texts)
articles = st.builds(
    lambda title, **fields: replace(article("x"), title=title, **fields),
    texts.filter(lambda text: not text.isspace()),
    excerpt=texts | st.just(""),
    url=texts.map(lambda text: f"https://a.example.com/{text}"),
    published_at=moments,
    provider=st.builds(Provider, texts, texts, st.lists(images, max_size=2).map(tuple)),
    quality=st.integers(-(2**62), 2**62),
    heat=st.integers(-1, 500),
    topics=st.lists(texts, max_size=3).map(tuple),
    images=st.lists(images, max_size=2).map(tuple),
    secured=st.none() | texts,
    extra=st.dictionaries(
        st.from_regex(r"x[a-z]{1,8}", fullmatch=True),
        st.recursive(st.none() | st.booleans() | st.integers(-(10**15), 10**15) | texts,
                     lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=6),
        max_size=2,
    ),
    body=st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=40),
)  # fmt: skip


@given(articles, st.lists(articles, max_size=2))
@settings(max_examples=200)
def test_any_article_survives_writing_and_reading(written: Article, related: list[Article]) -> None:
    listed = tuple(replace(each, related=(), body="") for each in related)
    read = parse(dump(replace(written, related=listed)))
    assert stripped(read) == stripped(replace(written, related=listed))
    assert parse(dump(read)) == read


def stripped(each: Article) -> Article:
    """Without the layout, which an article that came from no file does not have."""
    return replace(each, layout=(), related=tuple(stripped(other) for other in each.related))


lines = st.one_of(
    st.sampled_from(["", "a:", "a: b", "  a: 1", "  - x", "- y", "  - a: b", "    c: d", 'a: "b"', "b: -1", "c: 1.5", "d: yes",
                     "e: null", "f: x # y", "g: x: y", "h: 'q'", "i: |", "  text", "j: *a", "k: !t x", "l: {a: b}", "m: [1]",
                     "---", "...", "n: 2020-01-01", "o: 010", "p: .5", "related:", "q: ~", "r: nan", "s: x#y", "t: a:b"]),
    st.builds("{}: {}".format, st.sampled_from("abcxyz"), texts.filter(lambda text: "\n" not in text)),
)  # fmt: skip


@given(st.lists(lines, max_size=8).map("\n".join))
@example("a: b\n  - c")
@example('a: "b\nrelated:\n  - c"\n')
@settings(max_examples=500)
def test_the_fast_reader_never_disagrees_with_the_careful_one(text: str) -> None:
    """Where the fast reader gives an answer at all, it is the careful one's."""
    fast = frontmatter.read_fast(f"{text}\n")
    if fast is not None:
        assert fast == frontmatter.read_carefully(f"{text}\n")


@given(
    st.binary(max_size=300)
    | st.lists(lines, max_size=10).map(lambda found: ("---\n" + "\n".join(found) + "\n---\n").encode())
)
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(ArticleError):
        assert Reader().read(data).title
