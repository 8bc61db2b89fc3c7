"""What a person can press and fill in: finds elements in messages and views, makes Slack's action and state objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from playground.slack.values import Json, elements_of, with_ids

# How the value of each kind of element is called in Slack's payloads, and how its preset is called in the element.
_FIELDS: dict[str, tuple[str, str]] = {
    "button": ("value", "value"),
    "feedback_buttons": ("value", ""),
    "overflow": ("selected_option", ""),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
}


def interactive(blocks: Iterable[Json]) -> Iterator[tuple[str, Json]]:
    """Yield (block_id, element) for everything a person can act on."""
    for block in with_ids(blocks):
        for element in elements_of(block):
            if element.get("type") in _FIELDS:
                yield block["block_id"], element


def find(blocks: Iterable[Json], action_id: str, value: Any = None, block_id: str | None = None) -> tuple[str, Json]:
    """The element with this action_id; `value` tells buttons of the same action_id apart.

    Raises:
        LookupError: there is none; the error names those that are there.
    """
    there = list(interactive(blocks))
    for block, element in there:
        if element["action_id"] != action_id or block_id not in (None, block):
            continue
        if element["type"] == "button" and value is not None and element.get("value") != value:
            continue
        if element["type"] == "feedback_buttons" and value not in _thumbs(element):
            continue
        return block, element
    names = ", ".join(f"{element['action_id']}={_offered(element)}" for _, element in there) or "nothing"
    raise LookupError(f"nothing to press called {action_id!r} with value {value!r}; there is {names}")


def _thumbs(element: Json) -> list[Any]:
    """What the two buttons of a feedback element carry."""
    return [element[name]["value"] for name in ("positive_button", "negative_button")]


def _offered(element: Json) -> Any:
    return " or ".join(_thumbs(element)) if element["type"] == "feedback_buttons" else element.get("value")


def action(block_id: str, element: Json, value: Any, ts: str) -> Json:
    """The entry of `actions` for one element that a person acted on."""
    body: Json = {"type": element["type"], "action_id": element["action_id"], "block_id": block_id, "action_ts": ts}
    body |= filled(element, value)
    for name in ("text", "style", "url", "placeholder"):
        if name in element:
            body[name] = element[name]
    return body


def filled(element: Json, value: Any) -> Json:
    """The value of an element in Slack's words, such as {"selected_option": {...}}; options are given by their value.

    Raises:
        LookupError: the element does not offer that option.
    """
    name = _FIELDS[element["type"]][0]
    if element["type"] == "button":
        return {"value": element["value"]} if "value" in element else {}
    if value is None:
        return {name: None}
    if name == "selected_option":
        return {name: _option(element, value)}
    if name == "selected_options":
        return {name: [_option(element, entry) for entry in value]}
    return {name: value}


def _option(element: Json, value: Any) -> Json:
    if isinstance(value, dict):
        return value
    groups = [*element.get("option_groups", ()), {"options": element.get("options", ())}]
    offered: list[Json] = [option for group in groups for option in group["options"]]
    for option in offered:
        if option.get("value") == value:
            return option
    if element["type"].endswith("external_select"):
        return {"text": {"type": "plain_text", "text": str(value)}, "value": str(value)}
    names = ", ".join(str(option.get("value")) for option in offered)
    raise LookupError(f"{element['action_id']} does not offer {value!r}, only {names}")


def dispatches(blocks: Iterable[Json], block_id: str) -> bool:
    """Whether the bot hears at once what is done in a block: in an input only where it asked for that."""
    block = next(block for block in with_ids(blocks) if block["block_id"] == block_id)
    return block["type"] != "input" or bool(block.get("dispatch_action"))


def entry(element: Json, value: Any) -> Json:
    """What the state says of one element with a value."""
    return {"type": element["type"], **filled(element, value)}


def entries(blocks: Iterable[Json], values: Mapping[str, Any]) -> Json:
    """What the state says of the elements with these values, by action_id or block_id.

    Raises:
        LookupError: a value is for an input that is not there.
    """
    found: Json = {}
    for name, value in values.items():
        there = [each for each in interactive(blocks) if name in (each[0], each[1]["action_id"])]
        if not there:
            raise LookupError(f"the view has no input called {name}")
        block_id, element = there[0]
        found.setdefault(block_id, {})[element["action_id"]] = entry(element, value)
    return found


def kept(blocks: Iterable[Json], filled_in: Mapping[str, Any]) -> Json:
    """What of a state outlives an update: the inputs that are still there, by the same block_id and action_id."""
    there = {(block_id, element["action_id"], element["type"]) for block_id, element in interactive(blocks)}
    return {
        block: still
        for block, entries in filled_in.items()
        if (still := {name: each for name, each in entries.items() if (block, name, each["type"]) in there})
    }


def state_values(
    blocks: Iterable[Json], values: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> tuple[Json, list[str]]:
    """The `state.values` of a view: these values by action_id or block_id, else what was filled in `before`, else presets.

    Gives also the labels of required inputs that stayed empty: Slack would not submit those.

    Raises:
        LookupError: a value is for an input that is not there.
    """
    blocks = list(blocks)
    state: Json = {}
    empty: list[str] = []
    used: set[str] = set()
    kinds = {block["block_id"]: block for block in with_ids(blocks)}
    for block_id, element in interactive(blocks):
        if element["type"] in ("button", "overflow", "feedback_buttons"):
            continue
        name, preset = _FIELDS[element["type"]]
        key = next((key for key in (element["action_id"], block_id) if key in values), None)
        said = (before or {}).get(block_id, {}).get(element["action_id"])
        if key is not None:
            used.add(key)
            said = entry(element, values[key])
        elif said is None:
            preset_value = element.get(preset, [] if name == "selected_options" else None)
            said = {"type": element["type"], name: preset_value}
        state.setdefault(block_id, {})[element["action_id"]] = said
        block = kinds[block_id]
        if block["type"] == "input" and not block.get("optional") and said[name] in (None, "", []):
            empty.append(str(block["label"]["text"]))
    unknown = sorted(set(values) - used)
    if unknown:
        raise LookupError(f"the view has no input called {', '.join(unknown)}")
    return state, empty
