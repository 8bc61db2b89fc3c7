"""Slack's limits: what is noticed, and how a message is brought inside them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.errors import PayloadError
from digests.models import Message
from digests.rendering import check, ensure, fit
from digests.rendering.fitting import split
from digests.rendering.limits import BLOCKS, TOTAL, size


def plain_text(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def rich(*texts: str) -> dict[str, Any]:
    items = [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]} for text in texts]
    return {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": items}]}


SECTION = {"type": "section", "text": mrkdwn("words")}
BUTTON = {"type": "button", "text": plain_text("Go"), "action_id": "go"}
LINK = {"type": "link", "url": "https://example.com/", "text": "x"}
OPTION = {"text": plain_text("a"), "value": "a"}

FIXABLE: list[tuple[str, dict[str, Any], str]] = [
    (
        "header",
        {"type": "header", "text": plain_text("word " * 40)},
        "blocks[0].text.text: 200 characters, at most 150",
    ),
    ("section", {"type": "section", "text": mrkdwn("word " * 700)}, "blocks[0].text.text: 3,500 characters"),
    ("fields", {"type": "section", "fields": [mrkdwn("a")] * 11}, "blocks[0].fields: 11 entries, at most 10"),
    ("field", {"type": "section", "fields": [mrkdwn("word " * 500)]}, "blocks[0].fields[0].text: 2,500"),
    ("context", {"type": "context", "elements": [plain_text("a")] * 11}, "blocks[0].elements: 11 entries"),
    ("actions", {"type": "actions", "elements": [BUTTON] * 26}, "blocks[0].elements: 26 entries"),
    ("button", {"type": "actions", "elements": [{**BUTTON, "text": plain_text("w " * 50)}]}, "at most 75"),
    (
        "overflow",
        {"type": "actions", "elements": [{"type": "overflow", "options": [OPTION] * 6}]},
        "blocks[0].elements[0].options: 6 entries, at most 5",
    ),
    (
        "alt text",
        {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "word " * 500},
        "blocks[0].alt_text: 2,500 characters, at most 2,000",
    ),
    (
        "image",
        {**SECTION, "accessory": {"type": "image", "image_url": "data:image/png,x", "alt_text": "x"}},
        "blocks[0].accessory.image_url: 'data:image/png,x' is no http or https address",
    ),
    (
        "link",
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{**LINK, "url": "javascript:alert(1)"}]}],
        },
        "blocks[0].elements[0].elements[0].url",
    ),
    ("empty text", rich("a", ""), "blocks[0].elements[0].elements[1].elements[0].text: empty"),
]


@pytest.mark.parametrize(("block", "problem"), [row[1:] for row in FIXABLE], ids=[row[0] for row in FIXABLE])
def test_problems_are_found_and_fitted(block: dict[str, Any], problem: str) -> None:
    message = Message("text", (block,))
    assert problem in " | ".join(check(message))
    with pytest.raises(PayloadError, match="blocks"):
        ensure(message)
    fitted = fit(message)
    assert check(fitted) == []
    assert len(fitted.blocks) == 1


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ({"type": "secton"}, "blocks[0]: type 'secton' is no block; there are actions, context"),
        ({}, "type None is no block"),
        ({"type": "section"}, "blocks[0]: a section needs text or fields"),
        ({"type": "header", "text": mrkdwn("x")}, "blocks[0].text: a header takes plain_text only"),
        ({"type": "header"}, "blocks[0].text: missing, a header needs it"),
        ({"type": "image", "image_url": "https://example.com/a.png"}, "alt_text: missing, a image needs it"),
        (
            {"type": "rich_text", "elements": [{"type": "text", "text": "x"}]},
            "text may not stand directly in a rich_text",
        ),
        ({"type": "section", "text": {**mrkdwn("x"), "verbatim": "yes"}}, "verbatim is true or false, not 'yes'"),
        ({"type": "context", "elements": [{"type": "txt"}]}, "Slack has no element of type 'txt'"),
        ({"type": "section", "text": mrkdwn(7)}, "7 should be text"),  # type: ignore[arg-type]
    ],
)
def test_mistakes_are_named(block: dict[str, Any], problem: str) -> None:
    assert problem in " | ".join(check(Message("text", (block,))))


def test_what_fits_is_not_touched() -> None:
    message = Message("text", (SECTION, rich("a", "b")))
    assert check(message) == []
    assert fit(message) == message
    assert fit(message).blocks == message.blocks


def test_fallback_text_is_needed_and_limited() -> None:
    assert "text: empty" in check(Message(""))[0]
    long = Message("word " * 1000)
    assert "at most 3,000" in check(long)[0]
    assert check(fit(long)) == []


def test_the_whole_message_gets_shorter_texts_before_it_loses_blocks() -> None:
    message = Message("text", tuple(rich("word " * 200) for _ in range(20)))
    assert "together" in check(message)[0]
    fitted = fit(message)
    assert check(fitted) == []
    assert len(fitted.blocks) == 20
    crowd = Message("text", tuple({"type": "section", "text": mrkdwn("word " * 50)} for _ in range(80)))
    assert f"at most {BLOCKS}" in check(crowd)[0]
    assert check(fit(crowd)) == []
    assert len(fit(crowd).blocks) == BLOCKS


def test_split_keeps_order_and_takes_a_long_list_apart() -> None:
    words = [f"{n} " + "word " * 20 for n in range(200)]
    parts = split([rich(*words), {"type": "divider"}])
    assert len(parts) == 3
    assert all(size(part) <= TOTAL and len(part) <= BLOCKS for part in parts)
    texts = [
        span["text"]
        for part in parts
        for block in part
        if block["type"] == "rich_text"
        for element in block["elements"]  # type: ignore[union-attr]
        for item in element["elements"]  # type: ignore[index,call-overload]
        for span in item["elements"]
    ]
    assert texts == words
    assert parts[-1][-1] == {"type": "divider"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=200),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "url", "fields", "accessory", "style", "options", "value"]),
            inner
            | st.sampled_from(
                ["section", "rich_text", "rich_text_section", "link", "text", "mrkdwn", "image", "header"]
            ),
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(
    st.text(max_size=200), st.lists(st.dictionaries(st.sampled_from(["type", "text", "elements"]), JSON), max_size=5)
)
def test_check_and_fit_survive_anything(text: str, blocks: list[dict[str, Any]]) -> None:
    message = Message(text, tuple(blocks))
    check(message)
    check(fit(message))
