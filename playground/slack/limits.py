"""The referee: checks messages and views against Slack's documented limits and answers with Slack's own errors.

Independent of the bot on purpose. Sources: https://docs.slack.dev/reference/block-kit and the chat.* method pages.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.slack.schema import (
    Report,
    Rule,
    address,
    anything,
    array,
    boolean,
    choice,
    every,
    integer,
    pattern,
    shape,
    string,
    typed,
)
from playground.slack.values import Json, elements_of, texts

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_TEXT = 40_000
BLOCKS_TEXT = 13_000
MARKDOWN_TEXT = 12_000
METADATA_SIZE = 8_000
VIEW_SIZE = 250_000
ATTACHMENTS = 100


@dataclass(eq=False)
class Refusal(Exception):  # noqa: N818  for Slack it is an answer, not an error
    """Why Slack says `ok: false`: its error code, the detailed complaints, and further fields of the answer."""

    error: str
    complaints: tuple[str, ...] = ()
    more: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        return ": ".join([self.error, *self.complaints])

    def to_json(self) -> Json:
        """The body of the answer."""
        body: Json = {"ok": False, "error": self.error, **(self.more or {})}
        if self.complaints:
            body["errors"] = list(self.complaints)
            body["response_metadata"] = {"messages": [f"[ERROR] {complaint}" for complaint in self.complaints]}
        return body


# Composition objects


def _plain(most: int) -> Rule:
    return typed({"plain_text": shape({"type": anything, "text": string(most)}, {"emoji": boolean})})


def _text(most: int) -> Rule:
    return typed(
        {
            "plain_text": shape({"type": anything, "text": string(most)}, {"emoji": boolean}),
            "mrkdwn": shape({"type": anything, "text": string(most)}, {"verbatim": boolean}),
        }
    )


_CONFIRM = shape(
    {"title": _plain(100), "text": _text(300), "confirm": _plain(30), "deny": _plain(30)},
    {"style": choice("primary", "danger")},
)
_OPTION = shape({"text": _plain(75), "value": string(150)}, {"description": _plain(75)})
_RICH_OPTION = shape({"text": _text(75), "value": string(150)}, {"description": _text(75)})
_OVERFLOW_OPTION = shape({"text": _plain(75), "value": string(150)}, {"description": _plain(75), "url": address(3000)})
_OPTION_GROUP = shape({"label": _plain(75), "options": array(_OPTION, 100)})
_FILTER = shape(
    {},
    {
        "include": array(choice("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_DISPATCH = shape({}, {"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), 2)})
_DATE = pattern(r"\d{4}-\d{2}-\d{2}", "must be a valid date in YYYY-MM-DD format")
_TIME = pattern(r"([01]\d|2[0-3]):[0-5]\d", "must be a valid time in HH:mm format")
_USER = pattern(r"[UW][A-Z0-9]{2,}", "must be a valid user id")
_CONVERSATION = pattern(r"[CGD][A-Z0-9]{2,}", "must be a valid conversation id")


# Elements


def _element(required: Mapping[str, Rule], optional: Mapping[str, Rule], *, focus: bool = True) -> Rule:
    common: dict[str, Rule] = {"action_id": string(255)}
    if focus:
        common["focus_on_load"] = boolean
    return shape({"type": anything, **required}, {**common, **optional})


def _exactly_one(*names: str) -> Rule:
    def rule(value: Any, pointer: str, report: Report) -> None:
        if sum(value.get(name) is not None for name in names) != 1:
            report.add("must define exactly one of: " + ", ".join(names), pointer)

    return rule


def _menu(required: Mapping[str, Rule], optional: Mapping[str, Rule], initial: Mapping[str, Rule]) -> tuple[Rule, Rule]:
    """The single and the multi form of a select menu; `initial` names the preset, single first, multi second."""
    single, multi = initial.items()
    shared: dict[str, Rule] = {"placeholder": _plain(150), "confirm": _CONFIRM, **optional}
    return (
        _element(required, {**shared, single[0]: single[1], "response_url_enabled": boolean}),
        _element(required, {**shared, multi[0]: multi[1], "max_selected_items": integer(1, 100)}),
    )


_STATIC, _MULTI_STATIC = (
    every(rule, _exactly_one("options", "option_groups"))
    for rule in _menu(
        {},
        {"options": array(_OPTION, 100), "option_groups": array(_OPTION_GROUP, 100)},
        {"initial_option": _OPTION, "initial_options": array(_OPTION, 100)},
    )
)
_EXTERNAL, _MULTI_EXTERNAL = _menu(
    {}, {"min_query_length": integer(0, 3000)}, {"initial_option": _OPTION, "initial_options": array(_OPTION, 100)}
)
_USERS, _MULTI_USERS = _menu({}, {}, {"initial_user": _USER, "initial_users": array(_USER, 100)})
_CHANNELS, _MULTI_CHANNELS = _menu(
    {}, {}, {"initial_channel": _CONVERSATION, "initial_channels": array(_CONVERSATION, 100)}
)
_CONVERSATIONS, _MULTI_CONVERSATIONS = _menu(
    {},
    {"default_to_current_conversation": boolean, "filter": _FILTER},
    {"initial_conversation": _CONVERSATION, "initial_conversations": array(_CONVERSATION, 100)},
)

_BUTTON = _element(
    {"text": _plain(75)},
    {
        "url": address(3000),
        "value": string(2000, least=0),
        "style": choice("primary", "danger"),
        "confirm": _CONFIRM,
        "accessibility_label": string(75),
    },
    focus=False,
)
_IMAGE_FIELDS: dict[str, Rule] = {
    "image_url": address(3000, web_only=True),
    "slack_file": anything,
}
_IMAGE_ELEMENT = every(
    shape({"type": anything, "alt_text": string(2000)}, _IMAGE_FIELDS), _exactly_one("image_url", "slack_file")
)
_PICKER: dict[str, Rule] = {"confirm": _CONFIRM, "placeholder": _plain(150)}
_TYPED_INPUT: dict[str, Rule] = {"placeholder": _plain(150), "dispatch_action_config": _DISPATCH}

_ACTION_ELEMENTS: dict[str, Rule] = {
    "button": _BUTTON,
    "checkboxes": _element(
        {"options": array(_RICH_OPTION, 10)}, {"initial_options": array(_RICH_OPTION, 10), "confirm": _CONFIRM}
    ),
    "radio_buttons": _element(
        {"options": array(_RICH_OPTION, 10)}, {"initial_option": _RICH_OPTION, "confirm": _CONFIRM}
    ),
    "datepicker": _element({}, {**_PICKER, "initial_date": _DATE}),
    "datetimepicker": _element({}, {"initial_date_time": integer(10**9, 10**10 - 1), "confirm": _CONFIRM}),
    "timepicker": _element({}, {**_PICKER, "initial_time": _TIME, "timezone": string(100)}),
    "overflow": _element({"options": array(_OVERFLOW_OPTION, 5)}, {"confirm": _CONFIRM}, focus=False),
    "static_select": _STATIC,
    "external_select": _EXTERNAL,
    "users_select": _USERS,
    "conversations_select": _CONVERSATIONS,
    "channels_select": _CHANNELS,
    "workflow_button": anything,
}
_MULTI_SELECTS: dict[str, Rule] = {
    "multi_static_select": _MULTI_STATIC,
    "multi_external_select": _MULTI_EXTERNAL,
    "multi_users_select": _MULTI_USERS,
    "multi_conversations_select": _MULTI_CONVERSATIONS,
    "multi_channels_select": _MULTI_CHANNELS,
}
_INPUT_ELEMENTS: dict[str, Rule] = {
    **{kind: rule for kind, rule in _ACTION_ELEMENTS.items() if kind not in ("button", "overflow", "workflow_button")},
    **_MULTI_SELECTS,
    "plain_text_input": _element(
        {},
        {
            **_TYPED_INPUT,
            "initial_value": string(3000, least=0),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
    ),
    "email_text_input": _element({}, {**_TYPED_INPUT, "initial_value": string(3000)}),
    "url_text_input": _element({}, {**_TYPED_INPUT, "initial_value": address(3000)}),
    "number_input": _element(
        {"is_decimal_allowed": boolean},
        {**_TYPED_INPUT, "initial_value": string(100), "min_value": string(100), "max_value": string(100)},
    ),
    "rich_text_input": _element({}, {**_TYPED_INPUT, "initial_value": anything}),
    "file_input": _element({}, {"filetypes": array(string(20), 50), "max_files": integer(1, 10)}),
}


# rich_text

_STYLE = shape(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), boolean
    ),
)
_INLINE: dict[str, Rule] = {
    "text": shape({"type": anything, "text": string(MESSAGE_TEXT)}, {"style": _STYLE}),
    "link": shape(
        {"type": anything, "url": address(3000)}, {"text": string(MESSAGE_TEXT), "unsafe": boolean, "style": _STYLE}
    ),
    "emoji": shape(
        {"type": anything, "name": string(100)},
        {"unicode": string(100), "skin_tone": integer(1, 6), "url": address(3000), "style": _STYLE},
    ),
    "user": shape({"type": anything, "user_id": _USER}, {"style": _STYLE}),
    "channel": shape({"type": anything, "channel_id": _CONVERSATION}, {"style": _STYLE}),
    "usergroup": shape({"type": anything, "usergroup_id": string(30)}, {"style": _STYLE}),
    "team": shape({"type": anything, "team_id": string(30)}, {"style": _STYLE}),
    "broadcast": shape({"type": anything, "range": choice("here", "channel", "everyone")}, {"style": _STYLE}),
    "color": shape(
        {"type": anything, "value": pattern(r"#[0-9a-fA-F]{6}", "must be a valid color")}, {"style": _STYLE}
    ),
    "date": shape(
        {"type": anything, "timestamp": integer(0, 10**11), "format": string(200)},
        {"url": address(3000), "fallback": string(1000), "style": _STYLE},
    ),
}
_SECTION_OF_TEXT = shape({"type": anything, "elements": array(typed(_INLINE), 10_000, least=0)})
_RICH: dict[str, Rule] = {
    "rich_text_section": _SECTION_OF_TEXT,
    "rich_text_list": shape(
        {
            "type": anything,
            "style": choice("bullet", "ordered"),
            "elements": array(typed({"rich_text_section": _SECTION_OF_TEXT}), 1000),
        },
        {"indent": integer(0, 8), "offset": integer(0, 10**6), "border": integer(0, 1)},
    ),
    "rich_text_preformatted": shape(
        {
            "type": anything,
            "elements": array(typed({kind: _INLINE[kind] for kind in ("text", "link")}), 10_000, least=0),
        },
        {"border": integer(0, 1), "language": string(50)},
    ),
    "rich_text_quote": shape(
        {"type": anything, "elements": array(typed(_INLINE), 10_000, least=0)}, {"border": integer(0, 1)}
    ),
}


# Blocks


def _block(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    return shape({"type": anything, **required}, {"block_id": string(255), **(optional or {})})


def _text_or_fields(value: Any, pointer: str, report: Report) -> None:
    if value.get("text") is None and value.get("fields") is None:
        report.add("must define either `text` or `fields`", pointer)


_RICH_TEXT = _block({"elements": array(typed(_RICH), 1000, least=0)})
_COMMON_BLOCKS: dict[str, Rule] = {
    "actions": _block({"elements": array(typed(_ACTION_ELEMENTS), 25)}),
    "context": _block(
        {"elements": array(typed({"image": _IMAGE_ELEMENT, "plain_text": _text(3000), "mrkdwn": _text(3000)}), 10)}
    ),
    "divider": _block({}),
    "header": _block({"text": _plain(150)}, {"level": integer(1, 4)}),
    "image": every(
        _block({"alt_text": string(2000)}, {**_IMAGE_FIELDS, "title": _plain(2000)}),
        _exactly_one("image_url", "slack_file"),
    ),
    "input": _block(
        {"label": _plain(2000), "element": typed(_INPUT_ELEMENTS)},
        {"hint": _plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": _RICH_TEXT,
    "section": every(
        _block(
            {},
            {
                "text": _text(3000),
                "fields": array(_text(2000), 10),
                "accessory": typed({"image": _IMAGE_ELEMENT, **_ACTION_ELEMENTS, **_MULTI_SELECTS}),
                "expand": boolean,
            },
        ),
        _text_or_fields,
    ),
    "video": _block(
        {
            "alt_text": string(2000),
            "title": _plain(199),
            "thumbnail_url": address(3000, web_only=True),
            "video_url": address(3000, web_only=True),
        },
        {
            "author_name": string(49),
            "description": _plain(200),
            "provider_icon_url": address(3000),
            "provider_name": string(100),
            "title_url": address(3000),
        },
    ),
}
_FEEDBACK_BUTTON = shape({"text": _plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
_CONTEXT_ACTIONS: dict[str, Rule] = {
    "feedback_buttons": _element(
        {"positive_button": _FEEDBACK_BUTTON, "negative_button": _FEEDBACK_BUTTON}, {}, focus=False
    ),
    "icon_button": _element(
        {"icon": choice("trash"), "text": _plain(75)},
        {
            "value": string(2000, least=0),
            "confirm": _CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": array(_USER, 100),
        },
        focus=False,
    ),
}
_CELL = typed(
    {"raw_text": shape({"type": anything, "text": string(MESSAGE_TEXT)}), "rich_text": _RICH_TEXT},
)
_COLUMN = shape({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})
_MESSAGE_ONLY: dict[str, Rule] = {
    "context_actions": _block({"elements": array(typed(_CONTEXT_ACTIONS), 5)}),
    "file": _block({"external_id": string(255), "source": choice("remote")}),
    "markdown": _block({"text": string(MARKDOWN_TEXT)}),
    "table": _block({"rows": array(array(_CELL, 20), 100)}, {"column_settings": array(_COLUMN, 20, least=0)}),
}
_MESSAGE_BLOCK = typed({**_COMMON_BLOCKS, **_MESSAGE_ONLY})
_VIEW_BLOCK = typed(_COMMON_BLOCKS)
_VIEW = typed(
    {
        "modal": shape(
            {"type": anything, "title": _plain(24), "blocks": array(_VIEW_BLOCK, VIEW_BLOCKS, least=0)},
            {
                "submit": _plain(24),
                "close": _plain(24),
                "private_metadata": string(3000, least=0),
                "callback_id": string(255, least=0),
                "external_id": string(255, least=0),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
        ),
        "home": shape(
            {"type": anything, "blocks": array(_VIEW_BLOCK, VIEW_BLOCKS, least=0)},
            {
                "private_metadata": string(3000, least=0),
                "callback_id": string(255, least=0),
                "external_id": string(255, least=0),
            },
        ),
    }
)


def check_message(
    payload: Mapping[str, Any], broken_images: Collection[str] = (), refused_blocks: Collection[str] = ()
) -> Refusal | None:
    """Say why Slack would refuse a message with these arguments, or None when it would take it.

    payload holds `text`, `blocks`, `attachments` and `metadata` as plain data; `broken_images` are image addresses
    that cannot be downloaded, `refused_blocks` types of blocks that this workspace does not take.
    """
    blocks, attachments = payload.get("blocks") or [], payload.get("attachments") or []
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return Refusal("invalid_blocks_format")
    if not isinstance(attachments, list) or not all(isinstance(entry, dict) for entry in attachments):
        return Refusal("invalid_attachments")
    if len(attachments) > ATTACHMENTS:
        return Refusal("too_many_attachments")
    text = payload.get("text")
    if not blocks and not attachments and not (isinstance(text, str) and text.strip()):
        return Refusal("no_text")
    if isinstance(text, str) and len(text) > MESSAGE_TEXT:
        return Refusal("msg_too_long")
    report = Report()
    _check_blocks(blocks, "/blocks", report, broken_images)
    for number, block in enumerate(blocks):
        if block.get("type") in refused_blocks:
            report.add(f"unsupported type: {block['type']}", f"/blocks/{number}/type")
    for number, attachment in enumerate(attachments):
        _check_blocks(attachment.get("blocks") or [], f"/attachments/{number}/blocks", report, broken_images)
    if report.errors:
        return Refusal("invalid_blocks", tuple(report.errors))
    if sum(len(piece) for piece in texts([blocks, attachments])) >= BLOCKS_TEXT:
        return Refusal("msg_blocks_too_long")
    return _check_metadata(payload.get("metadata"))


def check_view(view: object) -> Refusal | None:
    """Say why Slack would refuse a modal or Home tab, or None when it would take it."""
    report = Report()
    if not isinstance(view, dict):
        return Refusal("invalid_arguments", ("must be an object [json-pointer:/view]",))
    _VIEW(view, "/view", report)
    blocks = view.get("blocks")
    if isinstance(blocks, list) and all(isinstance(block, dict) for block in blocks):
        _check_ids(blocks, "/view/blocks", report)
        has_input = any(block.get("type") == "input" for block in blocks)
        if view.get("type") == "modal" and has_input and view.get("submit") is None:
            report.add("missing required field: submit", "/view")
    if report.errors:
        return Refusal("invalid_arguments", tuple(report.errors))
    if len(json.dumps(view)) > VIEW_SIZE:
        return Refusal("view_too_large")
    return None


def check_options(answer: object) -> Refusal | None:
    """Say why Slack would refuse what the bot answers to a person who types into an external select."""
    report = Report()
    options = shape({}, {"options": array(_OPTION, 100, least=0), "option_groups": array(_OPTION_GROUP, 100, least=0)})
    every(options, _exactly_one("options", "option_groups"))(answer if isinstance(answer, dict) else {}, "", report)
    return Refusal("invalid_arguments", tuple(report.errors)) if report.errors else None


def _check_blocks(blocks: list[Json], pointer: str, report: Report, broken_images: Collection[str]) -> None:
    array(_MESSAGE_BLOCK, MESSAGE_BLOCKS, least=0)(blocks, pointer, report)
    _check_ids(blocks, pointer, report)
    if sum(len(str(block.get("text"))) for block in blocks if block.get("type") == "markdown") > MARKDOWN_TEXT:
        report.add(f"markdown blocks must be less than {MARKDOWN_TEXT + 1} characters together", pointer)
    for place, image in _images(blocks, pointer):
        if image in broken_images:
            report.add("downloading image failed", place)


def _check_ids(blocks: list[Json], pointer: str, report: Report) -> None:
    seen: set[object] = set()
    for number, block in enumerate(blocks):
        name = block.get("block_id")
        if isinstance(name, str) and name:
            if name in seen:
                report.add(f"block_id {name} already exists", f"{pointer}/{number}/block_id")
            seen.add(name)
        actions = [element["action_id"] for element in elements_of(block) if isinstance(element.get("action_id"), str)]
        for action in sorted({action for action in actions if actions.count(action) > 1}):
            report.add(f"action_id {action} already exists in this block", f"{pointer}/{number}/elements")


def _images(node: object, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "image_url" and isinstance(value, str):
                yield f"{pointer}/{key}", value
            else:
                yield from _images(value, f"{pointer}/{key}")
    elif isinstance(node, list):
        for number, item in enumerate(node):
            yield from _images(item, f"{pointer}/{number}")


def _check_metadata(metadata: object) -> Refusal | None:
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        return Refusal("invalid_metadata_format")
    name, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(name, str) or not name or " " in name or not isinstance(payload, dict):
        return Refusal("invalid_metadata_schema")
    if len(json.dumps(metadata)) > METADATA_SIZE:
        return Refusal("metadata_too_large")
    return None
