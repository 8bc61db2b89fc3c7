"""The referee: what Slack takes and refuses, as tables."""

from __future__ import annotations

from typing import Any

import pytest

from playground.slack import Refusal, check_message, check_view

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **more}


def header(text: str) -> Json:
    return {"type": "header", "text": plain(text)}


def context(*elements: Json) -> Json:
    return {"type": "context", "elements": list(elements)}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def feedback(**more: Any) -> Json:
    buttons = {name: {"text": plain(), "value": "v"} for name in ("positive_button", "negative_button")}
    return {"type": "context_actions", "elements": [{"type": "feedback_buttons", **buttons, **more}]}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), **more}


def image(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://img.test/a.png", "alt_text": "a", **more}


def option(text: str = "x", value: str = "v") -> Json:
    return {"text": plain(text), "value": value}


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "s", "options": [option()], **more}


def overflow(count: int) -> Json:
    return {"type": "overflow", "options": [option(value=str(number)) for number in range(count)]}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def words(*inline: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(inline)}


def bullets(*items: Json, **more: Any) -> Json:
    return {"type": "rich_text_list", "style": "bullet", "elements": list(items), **more}


def entry(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": element, **more}


def text_input(**more: Any) -> Json:
    return {"type": "plain_text_input", "action_id": "t", **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("Hi"), "submit": plain("Save"), "blocks": list(blocks), **more}


def home(*blocks: Json, **more: Any) -> Json:
    return {"type": "home", "blocks": list(blocks), **more}


TEXT = {"type": "text", "text": "x"}
LINK = {"type": "link", "url": "https://news.test/1", "text": "title", "style": {"bold": True}}
CONFIRM = {"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain()}

TAKEN = [
    [header("x" * 150)],
    [section(text=mrkdwn("x" * 3000))],
    [section(fields=[mrkdwn("x" * 1000)] * 10)],
    [{"type": "section", "fields": [plain()]}],
    [section(accessory=image(alt_text="x" * 2000))],
    [section(accessory=overflow(5))],
    [section(block_id="x" * 255, expand=True)],
    [context(*[mrkdwn()] * 9, image())],
    [actions(*[button(action_id=str(number)) for number in range(25)])],
    [actions(button(text=plain("x" * 75), value="v" * 2000, url="https://a.test", style="primary", confirm=CONFIRM))],
    [actions(select(placeholder=plain("x" * 150)), select(action_id="other"))],
    [image(title=plain("t"))],
    [{"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a"}],
    [{"type": "divider"}] * 50,
    [rich(words(TEXT, LINK, {"type": "emoji", "name": "fire"}), bullets(words(TEXT), words(LINK), indent=1, border=1))],
    [rich({"type": "rich_text_quote", "elements": [TEXT]}, {"type": "rich_text_preformatted", "elements": [TEXT]})],
    [rich(words({"type": "user", "user_id": "U123"}, {"type": "broadcast", "range": "here"}))],
    [rich(words({"type": "date", "timestamp": 1600000000, "format": "{date}", "fallback": "then"}))],
    [{"type": "markdown", "text": "# x"}],
    [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}, rich(words(TEXT))]]}],
    [section(accessory=None, text=mrkdwn())],
    [header("x" * 150)] * 50,
    [feedback()],
    [feedback(action_id="a", positive_button={"text": plain("x" * 75), "value": "v", "accessibility_label": "x" * 75})],
    [{"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": plain()}]}],
]

REFUSED = [
    ([{"type": "context_actions", "elements": []}], "no less than 1 items allowed", "/blocks/0/elements"),
    ([{"type": "context_actions", "elements": [button()]}], "unsupported type: button", "/blocks/0/elements/0/type"),
    ([feedback(negative_button=None)], "missing required field: negative_button", "/blocks/0/elements/0"),
    ([feedback(value="v")], "invalid additional property: value", "/blocks/0/elements/0"),
    ([feedback(positive_button={"text": plain()})], "missing required field: value", "/elements/0/positive_button"),
    (
        [feedback(positive_button={"text": plain("x" * 76), "value": "v"})],
        "must be less than 76 characters",
        "/elements/0/positive_button/text/text",
    ),
    ([header("x" * 151)], "must be less than 151 characters", "/blocks/0/text/text"),
    ([header("")], "must be more than 0 characters", "/blocks/0/text/text"),
    ([{"type": "header", "text": mrkdwn()}], "unsupported type: mrkdwn", "/blocks/0/text/type"),
    ([section(text=mrkdwn("x" * 3001))], "must be less than 3001 characters", "/blocks/0/text/text"),
    ([section(text="x")], "must be an object", "/blocks/0/text"),
    ([{"type": "section"}], "must define either `text` or `fields`", "/blocks/0"),
    ([section(fields=[mrkdwn()] * 11)], "no more than 10 items allowed", "/blocks/0/fields"),
    ([section(fields=[mrkdwn("x" * 2001)])], "must be less than 2001 characters", "/blocks/0/fields/0/text"),
    ([section(block_id="x" * 256)], "must be less than 256 characters", "/blocks/0/block_id"),
    ([section(colour="red")], "invalid additional property: colour", "/blocks/0"),
    ([section(expand="yes")], "must be a boolean", "/blocks/0/expand"),
    ([section(accessory=text_input())], "unsupported type: plain_text_input", "/blocks/0/accessory/type"),
    ([section(accessory=overflow(6))], "no more than 5 items allowed", "/blocks/0/accessory/options"),
    ([section(accessory=overflow(0))], "no less than 1 items allowed", "/blocks/0/accessory/options"),
    ([context()], "no less than 1 items allowed", "/blocks/0/elements"),
    ([context(*[mrkdwn()] * 11)], "no more than 10 items allowed", "/blocks/0/elements"),
    ([context(button())], "unsupported type: button", "/blocks/0/elements/0/type"),
    ([context(image(alt_text=""))], "must be more than 0 characters", "/blocks/0/elements/0/alt_text"),
    (
        [actions(*[button(action_id=str(number)) for number in range(26)])],
        "no more than 25 items allowed",
        "/blocks/0/elements",
    ),
    ([actions(button(text=plain("x" * 76)))], "must be less than 76 characters", "/blocks/0/elements/0/text/text"),
    ([actions(button(text=mrkdwn()))], "unsupported type: mrkdwn", "/blocks/0/elements/0/text/type"),
    ([actions(button(value="x" * 2001))], "must be less than 2001 characters", "/blocks/0/elements/0/value"),
    ([actions(button(url="nowhere"))], "invalid url", "/blocks/0/elements/0/url"),
    ([actions(button(url="https://a.test/" + "x" * 3000))], "must be less than 3001 characters", "/elements/0/url"),
    ([actions(button(style="wild"))], "must be a valid enum value", "/blocks/0/elements/0/style"),
    ([actions(button(confirm={"title": plain()}))], "missing required field: deny", "/blocks/0/elements/0/confirm"),
    ([actions(select(options=[option(value="x" * 151)]))], "must be less than 151 characters", "/options/0/value"),
    ([actions(select(options=[option(text="x" * 76)]))], "must be less than 76 characters", "/options/0/text/text"),
    ([actions(select(options=[option()] * 101))], "no more than 100 items allowed", "/blocks/0/elements/0/options"),
    ([actions(select(option_groups=[]))], "must define exactly one of: options, option_groups", "/elements/0"),
    (
        [actions(button(action_id="a"), button(action_id="a"))],
        "action_id a already exists in this block",
        "/blocks/0/elements",
    ),
    ([section(block_id="b"), section(block_id="b")], "block_id b already exists", "/blocks/1/block_id"),
    ([{"type": "image", "image_url": "https://a.test"}], "missing required field: alt_text", "/blocks/0"),
    ([image(alt_text="x" * 2001)], "must be less than 2001 characters", "/blocks/0/alt_text"),
    ([image(image_url="https://a.test/" + "x" * 3000)], "must be less than 3001 characters", "/blocks/0/image_url"),
    ([image(image_url="data:image/png;base64,x")], "invalid url", "/blocks/0/image_url"),
    ([image(image_url="https://a.test/a b")], "invalid url", "/blocks/0/image_url"),
    ([{"type": "image", "alt_text": "a"}], "must define exactly one of: image_url, slack_file", "/blocks/0"),
    ([{"type": "divider"}] * 51, "no more than 50 items allowed", "/blocks"),
    ([{"type": "nonsense"}], "unsupported type: nonsense", "/blocks/0/type"),
    ([{"text": plain()}], "missing required field: type", "/blocks/0"),
    ([button()], "unsupported type: button", "/blocks/0/type"),
    ([rich(words({"type": "text", "text": ""}))], "must be more than 0 characters", "/elements/0/elements/0/text"),
    ([rich(words({"type": "link", "text": "x"}))], "missing required field: url", "/blocks/0/elements/0/elements/0"),
    ([rich(TEXT)], "unsupported type: text", "/blocks/0/elements/0/type"),
    ([rich(words(words(TEXT)))], "unsupported type: rich_text_section", "/blocks/0/elements/0/elements/0/type"),
    ([rich(bullets(TEXT))], "unsupported type: text", "/blocks/0/elements/0/elements/0/type"),
    ([rich(bullets(words(TEXT), indent=9))], "must be between 0 and 8", "/blocks/0/elements/0/indent"),
    ([rich(bullets(words(TEXT), style="star"))], "must be a valid enum value", "/blocks/0/elements/0/style"),
    ([rich(words({**TEXT, "style": {"loud": True}}))], "invalid additional property: loud", "/elements/0/style"),
    ([rich(words({"type": "user", "user_id": "@ada"}))], "must be a valid user id", "/elements/0/user_id"),
    ([{"type": "table", "rows": [[plain()]]}], "unsupported type: plain_text", "/blocks/0/rows/0/0/type"),
    ([{"type": "markdown", "text": "x" * 12_001}], "must be less than 12001 characters", "/blocks/0/text"),
    ([{"type": "markdown", "text": "x" * 6_001}] * 2, "markdown blocks must be less than 12001", "/blocks"),
]


@pytest.mark.parametrize("blocks", TAKEN, ids=range(len(TAKEN)))
def test_taken(blocks: list[Json]) -> None:
    assert check_message({"text": "x", "blocks": blocks}) is None


@pytest.mark.parametrize(("blocks", "complaint", "pointer"), REFUSED, ids=range(len(REFUSED)))
def test_refused_with_the_place(blocks: list[Json], complaint: str, pointer: str) -> None:
    refusal = check_message({"text": "x", "blocks": blocks})
    assert refusal is not None
    assert refusal.error == "invalid_blocks"
    assert [told for told in refusal.complaints if told.startswith(complaint) and told.endswith(f"{pointer}]")], refusal


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ({}, "no_text"),
        ({"text": " \n"}, "no_text"),
        ({"text": "", "blocks": []}, "no_text"),
        ({"text": "", "blocks": [{"type": "divider"}]}, None),
        ({"text": "x" * 40_000}, None),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": "[]x"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"text": "x", "blocks": ["divider"]}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [section(text=mrkdwn("x" * 2999))] * 4}, None),
        ({"text": "x", "blocks": [section(text=mrkdwn("x" * 2600))] * 5}, "msg_blocks_too_long"),
        ({"text": "x", "blocks": [rich(words(*[{"type": "text", "text": "x" * 1300}] * 10))]}, "msg_blocks_too_long"),
        ({"attachments": [{"blocks": [{"type": "nonsense"}]}]}, "invalid_blocks"),
        ({"attachments": "x"}, "invalid_attachments"),
        ({"attachments": [{}] * 101}, "too_many_attachments"),
        ({"text": "x", "metadata": {"event_type": "e", "event_payload": {}}}, None),
        ({"text": "x", "metadata": "e"}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "e e", "event_payload": {}}}, "invalid_metadata_schema"),
        ({"text": "x", "metadata": {"event_type": "e"}}, "invalid_metadata_schema"),
        ({"text": "x", "metadata": {"event_type": "e", "event_payload": {"a": "x" * 8000}}}, "metadata_too_large"),
    ],
)
def test_whole_messages(payload: Json, error: str | None) -> None:
    refusal = check_message(payload)
    assert (refusal.error if refusal else None) == error


@pytest.mark.parametrize(
    "view",
    [
        home(),
        home(*[{"type": "divider"}] * 100, private_metadata="x" * 3000),
        modal(entry(text_input(initial_value="", max_length=3000)), close=plain(), private_metadata=""),
        modal(entry(select(initial_option=option()), optional=True, hint=plain())),
        modal(entry({"type": "multi_channels_select", "action_id": "c", "initial_channels": ["C0NEWS00001"]})),
        modal(entry({"type": "timepicker", "action_id": "t", "initial_time": "09:30"})),
        modal(entry({"type": "datepicker", "action_id": "t", "initial_date": "2020-11-23"})),
        modal(entry({"type": "checkboxes", "action_id": "t", "options": [{"text": mrkdwn(), "value": "v"}]})),
        modal(entry({"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "min_value": "1"})),
        modal({"type": "divider"}, submit=None),
    ],
)
def test_views_taken(view: Json) -> None:
    assert check_view(view) is None


@pytest.mark.parametrize(
    ("view", "complaint"),
    [
        (None, "must be an object [json-pointer:/view]"),
        ({"type": "window"}, "unsupported type: window [json-pointer:/view/type]"),
        (home(*[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (home(private_metadata="x" * 3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        (home(title=plain()), "invalid additional property: title [json-pointer:/view]"),
        (home(section(block_id="b"), header("x") | {"block_id": "b"}), "block_id b already exists"),
        (home({"type": "markdown", "text": "x"}), "unsupported type: markdown [json-pointer:/view/blocks/0/type]"),
        (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(title=None), "missing required field: title [json-pointer:/view]"),
        (modal(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
        (modal(entry(text_input()), submit=None), "missing required field: submit [json-pointer:/view]"),
        (modal(entry(button())), "unsupported type: button [json-pointer:/view/blocks/0/element/type]"),
        (modal(entry(text_input(max_length=3001))), "must be between 1 and 3000"),
        (modal(entry(text_input(max_length="9"))), "must be an integer"),
        (modal(entry({"type": "timepicker", "initial_time": "25:00"})), "must be a valid time in HH:mm format"),
        (modal(entry({"type": "datepicker", "initial_date": "23 Nov"})), "must be a valid date in YYYY-MM-DD format"),
        (modal({"type": "input", "element": text_input()}), "missing required field: label"),
    ],
)
def test_views_refused(view: Any, complaint: str) -> None:
    refusal = check_view(view)
    assert refusal is not None
    assert refusal.error == "invalid_arguments"
    assert [told for told in refusal.complaints if told.startswith(complaint)], refusal


def test_a_view_can_be_too_large() -> None:
    refusal = check_view(home(*[section(text=mrkdwn("x" * 3000))] * 90))
    assert refusal is not None
    assert refusal.error == "view_too_large"


def test_a_workspace_may_refuse_a_type_of_block() -> None:
    refusal = check_message({"text": "x", "blocks": [section(), feedback()]}, refused_blocks={"context_actions"})
    assert refusal is not None
    assert refusal.error == "invalid_blocks"
    assert refusal.complaints == ("unsupported type: context_actions [json-pointer:/blocks/1/type]",)
    assert check_message({"text": "x", "blocks": [section()]}, refused_blocks={"context_actions"}) is None


def test_an_image_that_cannot_be_downloaded_spoils_the_message() -> None:
    payload = {"text": "x", "blocks": [section(accessory=image())]}
    refusal = check_message(payload, {"https://img.test/a.png"})
    assert refusal is not None
    assert refusal.complaints == ("downloading image failed [json-pointer:/blocks/0/accessory/image_url]",)
    assert check_message(payload, {"https://img.test/b.png"}) is None


def test_a_refusal_is_told_as_slack_does() -> None:
    refusal = Refusal("invalid_blocks", ("wrong [json-pointer:/blocks/0]",))
    assert refusal.to_json() == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": ["wrong [json-pointer:/blocks/0]"],
        "response_metadata": {"messages": ["[ERROR] wrong [json-pointer:/blocks/0]"]},
    }
    assert Refusal("no_text").to_json() == {"ok": False, "error": "no_text"}
