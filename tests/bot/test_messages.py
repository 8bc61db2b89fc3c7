"""What is read of messages: links, words, and nothing of what is neither."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import LONGEST, MOST_LINKS, Said, read

NEWS = "https://tidewater.example.com/2026/court-halts-facial-recognition.html"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"text": "Robots at the depot"}, Said((), "Robots at the depot")),
        (
            {"text": f"Look: <{NEWS}|the court> &amp; <@U1> <!channel> <#C1|news>"},
            Said((NEWS,), "Look: the court & court halts facial recognition"),
        ),
        ({"text": f"({NEWS}, read it)"}, Said((NEWS,), "( read it) court halts facial recognition")),
        ({"text": f"&lt;{NEWS}&gt;"}, Said((NEWS,), "< > court halts facial recognition")),
        ({"text": f"<{NEWS}>"}, Said((NEWS,), "court halts facial recognition")),
        ({"text": "<https://a.example.com/x?a=1&amp;b=2>"}, Said(("https://a.example.com/x?a=1&b=2",), "")),
        ({"text": "<mailto:a@example.com|a> <tel:1|b> <javascript:x|c>"}, Said((), "a b c")),
        ({"text": "a\x00b\u2028c"}, Said((), "a b c")),
        ({}, Said((), "")),
        (None, Said((), "")),
        ({"text": 7, "blocks": {"a": 1}, "attachments": "x"}, Said((), "")),
    ],
)
def test_links_and_words(message: object, said: Said) -> None:
    assert read(message) == said


def test_what_bots_write_in_blocks_and_attachments_is_read_too() -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": f"*Robots* <{NEWS}|here>"}}
    link = {"type": "link", "url": "https://b.example.com/", "text": "court"}
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link]}]}
    attachment = {"title": "Judges said", "title_link": "https://c.example.com/", "text": "on Monday", "from_url": NEWS}
    said = read({"text": "", "blocks": [section, rich], "attachments": [attachment]})
    assert said.links == (NEWS, "https://b.example.com/", "https://c.example.com/")
    assert said.words == "*Robots* here court Judges said on Monday court halts facial recognition"
    assert read({"text": "as told", "blocks": [section]}) == Said((NEWS,), "as told court halts facial recognition")


def test_there_is_an_end_to_it() -> None:
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [{"elements": deep, "text": "deep", "url": NEWS}]
    wide = [{"text": f"word{number}", "url": f"https://a.example.com/{number}"} for number in range(20_000)]
    for message in ({"blocks": deep}, {"blocks": wide}, {"text": "word " * 20_000}, {"text": f"<{NEWS}> " * 5_000}):
        said = read(message)
        assert len(said.words) <= LONGEST
        assert len(said.links) <= MOST_LINKS


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=40)
    | st.sampled_from([f"<{NEWS}|x>", "<@U1>", "https://["]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["text", "blocks", "attachments", "url", "elements", "title"]), inner, max_size=5
        )
    ),
    max_leaves=20,
)


@given(_JSON)
def test_anything_is_read(message: object) -> None:
    said = read(message)
    assert all(link.lower().startswith(("http://", "https://")) for link in said.links)
    assert "<@" not in said.words or "&lt;" in str(message) or "<@" in str(message)
