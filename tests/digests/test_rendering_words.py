"""Rendering's small tools: cleaning, escaping, links, shortening and ages."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.rendering import age, day, escape, inert, link, plain, safe_url, shorten
from digests.rendering.fitting import shorten_mrkdwn
from digests.rendering.mrkdwn import live, mark_bold, mark_link, unmarked
from digests.rendering.plain import paragraphs
from digests.rendering.shorten import graphemes
from digests.rendering.views import _excerpt

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
FAMILY = "👨‍👩‍👧‍👦"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  two\n words\t\r\n ", "two words"),
        ("nul\0 bell\a esc\x1b[31m", "nul bell esc[31m"),
        ("\u202eevil\u202c \u200fmark\u2066s", "evil marks"),
        ("zero\u200bwidth\ufeff soft\u00adhyphen", "zerowidth softhyphen"),
        ("line\u2028para\u2029nel\x85end", "line para nel end"),
        ("lone \ud83d surrogate", "lone surrogate"),
        ("private \ue000s00\ue001 \U00100000", "private s00"),
        ("blank \u3164\u2800", "blank"),
        (f"{FAMILY} {SCOTLAND} 👍🏽 1️⃣", f"{FAMILY} {SCOTLAND} 👍🏽 1️⃣"),
        ("tags \U000e0041\U000e0042 hidden", "tags hidden"),
        ("می‌خواهم", "می‌خواهم"),
        ("a\u200db", "ab"),
        ("שלום عربي", "שלום عربي"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 8),
        ("日本語　テキスト", "日本語 テキスト"),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


@given(st.text())
def test_plain_is_one_visible_line_and_stable(text: str) -> None:
    clean = plain(text)
    assert clean == plain(clean)
    assert "  " not in clean
    assert clean == clean.strip()
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Zl", "Zp") for c in clean)
    assert not any(c in clean for c in "\u200b\u200e\u200f\u202a\u202e\u2066\u2069\ufeff")


def test_paragraphs_keep_single_breaks() -> None:
    assert paragraphs(" one \r\n\r\n two\u202e\x00 \n") == "one\ntwo"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a & b < c > d", "a &amp; b &lt; c &gt; d"),
        ("&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;"),
        ("\"quotes\" 'stay' *too*", "\"quotes\" 'stay' *too*"),
    ],
)
def test_escape_is_exactly_three_characters(text: str, expected: str) -> None:
    assert escape(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!channel> <@U1> <#C1>", "&lt;!channel&gt; &lt;@U1&gt; &lt;#C1&gt;"),
        ("*bold* ~strike~ `code`", "∗bold∗ ∼strike∼ ˋcodeˋ"),
        ("_italic_ but snake_case_name", "ˍitalicˍ but snake_case_name"),
        (":tada: at 10:30", "∶tada: at 10:30"),
        ("> quoted", "› quoted"),
        ("a > b", "a &gt; b"),
        (
            "@here and @Channel and me@herefordshire.example.com",
            "＠here and ＠Channel and me@herefordshire.example.com",
        ),
    ],
)
def test_inert(text: str, expected: str) -> None:
    assert inert(text) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/a?b=1&c=2#d", "https://example.com/a?b=1&c=2#d"),
        (" HTTPS://Example.com/ ", "HTTPS://Example.com/"),
        ("https://example.com/a b|c<d>e", "https://example.com/a%20b%7Cc%3Cd%3Ee"),
        ("https://example.com/a\nb", "https://example.com/ab"),
        ("https://example.com/\u202egpj.exe", "https://example.com/%E2%80%AEgpj.exe"),
        ("https://münchen.example.com/ß", "https://münchen.example.com/ß"),
        ("http://user:pw@example.com:8080/x", "http://user:pw@example.com:8080/x"),
        ("http://[2001:db8::1]:80/", "http://[2001:db8::1]:80/"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("ftp://example.com/", None),
        ("//example.com/", None),
        ("example.com", None),
        ("http://", None),
        ("https:///path", None),
        ("http://[::1", None),
        ("https://example.com:99999/", None),
        ("https://ex ample.com/", None),
        ("https://<!channel>/", None),
        ("https://a|b/", None),
        ("https://example.com/\ud800", None),
        ("https://example.com/" + "a" * 3000, None),
        ("", None),
    ],
)
def test_safe_url(url: str, expected: str | None) -> None:
    assert safe_url(url) == expected


@given(st.text(), st.text())
def test_link_is_one_link_or_none(url: str, text: str) -> None:
    for address in (url, "https://example.com/" + url):
        drawn = link(address, plain(text))
        opens = drawn.count("<")
        assert opens == drawn.count(">") <= 1
        if opens:
            assert drawn.startswith("<http")
            assert drawn.endswith(">")
            assert drawn.count("|") >= 1
            assert not any(c.isspace() for c in drawn.partition("|")[0])


def test_link_to_nowhere_is_its_text() -> None:
    assert link("javascript:alert(1)", "a <b>") == "a &lt;b&gt;"


def test_only_filters_make_mrkdwn_live() -> None:
    marked = mark_bold(mark_link("*1* > 0", "https://example.com/?a=1&b=*2*")) + "\n_not_"
    assert live(marked) == "*<https://example.com/?a=1&amp;b=*2*|∗1∗ &gt; 0>*\nˍnotˍ"
    assert unmarked(marked) == "*1* > 0\n_not_"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 5, "short"),
        ("the quick brown fox", 12, "the quick…"),
        ("the quick brown fox", 10, "the quick…"),
        ("the quick, brown fox", 12, "the quick…"),
        ("the quick (brown) fox", 12, "the quick…"),
        ("Donaudampfschifffahrtsgesellschaft", 10, "Donaudamp…"),
        ("a Donaudampfschifffahrtsgesellschaft", 12, "a Donaudamp…"),
        ("人工知能が天気予報を書く時代", 6, "人工知能が…"),
        ("read https://example.com/a/very/long/path now", 30, "read…"),
        ("https://example.com/a/very/long/path", 20, "…"),
        ("x<https://example.com/a/very/long/path", 20, "x<…"),
        ("x", 0, ""),
        ("xy", 1, "…"),
        (f"ab{FAMILY}cd", 6, "ab…"),
        ("e\u0301e\u0301e\u0301e\u0301", 6, "e\u0301e\u0301…"),
        ("🇩🇪🇫🇷🇯🇵", 4, "🇩🇪…"),
        ("👍🏽👍🏽👍🏽", 4, "👍🏽…"),
    ],
)
def test_shorten(text: str, limit: int, expected: str) -> None:
    assert shorten(text, limit) == expected


@given(st.text(), st.integers(0, 60))
def test_shorten_never_exceeds_and_only_cuts_the_end(text: str, limit: int) -> None:
    cut = shorten(text, limit)
    assert len(cut) <= limit
    if cut != text and limit:
        assert cut.endswith("…")
        assert text.startswith(cut[:-1])


@given(st.text())
def test_graphemes_lose_nothing(text: str) -> None:
    assert "".join(graphemes(text)) == text


@pytest.mark.parametrize(
    "text",
    [FAMILY, SCOTLAND, "👍🏽", "🇯🇵", "e\u0301", "1️⃣", "각", "की"],
)
def test_graphemes_stay_whole(text: str) -> None:
    assert list(graphemes(f"a{text}b")) == ["a", text, "b"]


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("see <https://example.com/x|the long report> now", 20, "see…"),
        ("a &amp; b &amp; c", 8, "a &amp;…"),
        ("*bold words that go on* and on", 14, "bold words…"),
        ("fits", 4, "fits"),
        ("<https://example.com/x|the long report>", 10, "…"),
    ],
)
def test_shorten_mrkdwn_never_cuts_a_link(text: str, limit: int, expected: str) -> None:
    assert shorten_mrkdwn(text, limit) == expected


@pytest.mark.parametrize(
    ("ago", "expected"),
    [
        (timedelta(seconds=-90), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(days=1), "1 d"),
        (timedelta(days=6, hours=23), "6 d"),
        (timedelta(days=7), "16 Nov"),
        (timedelta(days=400), "19 Oct 2025"),
    ],
)
def test_age(ago: timedelta, expected: str) -> None:
    assert age(NOW - ago, NOW) == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", "Mon 23 Nov"),
        ("Asia/Tokyo", "Tue 24 Nov"),
        ("America/New_York", "Mon 23 Nov"),
        ("Nowhere/Land", "Mon 23 Nov"),
        ("", "Mon 23 Nov"),
    ],
)
def test_day_is_the_zones(zone: str, expected: str) -> None:
    assert day(datetime(2026, 11, 23, 20, 0, tzinfo=UTC), zone) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It goes on ...", "It goes on…"),
        ("It goes on [...]", "It goes on…"),
        ("A title - and then more", "and then more"),
        ("A title", ""),
        ("...", ""),
    ],
)
def test_excerpts_do_not_repeat_the_title(text: str, expected: str) -> None:
    assert _excerpt(text, "A title") == expected
