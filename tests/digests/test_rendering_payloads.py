"""Whatever leaves for Slack is taken there: the pretend Slack is the referee of messages, dialogs, Homes and menus."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digests.rendering.limits import VIEW_BLOCKS, check_options, check_view
from digests.rendering.payloads import within
from playground.slack import check_message
from playground.slack import check_view as referee
from playground.slack.limits import check_options as referee_of_options

CALM = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
TEXT = st.one_of(
    st.text("ab <&>*", min_size=1, max_size=20),
    st.integers(1, 9_000).map(lambda length: "word " * (length // 5) + "x"),
)
VALUE = st.one_of(st.text("abc", min_size=1, max_size=9), st.integers(1, 4_000).map(lambda length: "v" * length))


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def options(most: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.fixed_dictionaries({"text": TEXT.map(plain), "value": VALUE}, optional={"description": TEXT.map(plain)})
    return st.lists(one, min_size=1, max_size=most)


@st.composite
def menu(draw: st.DrawFn, kind: str, several: bool) -> dict[str, Any]:
    """A menu with its entries, of which one or some may be chosen before."""
    entries = draw(options(130))
    chosen = draw(st.lists(st.sampled_from(entries), max_size=3, unique_by=id))
    preset = {"initial_options": chosen} if several else {"initial_option": chosen[0] if chosen else None}
    holds = {"options": entries} if "external" not in kind else {}
    return {"type": kind, **holds, **{key: value for key, value in preset.items() if value}}


@st.composite
def typed(draw: st.DrawFn) -> dict[str, Any]:
    """A field to write into."""
    longest = draw(st.integers(1, 3_000))
    return {"type": "plain_text_input", "max_length": longest, "initial_value": draw(TEXT)}


KINDS = {"static_select": False, "radio_buttons": False, "external_select": False}
KINDS |= {"checkboxes": True, "multi_external_select": True, "multi_static_select": True}
FIELD = st.one_of(typed(), *(menu(kind, several) for kind, several in KINDS.items()))


@st.composite
def asked(draw: st.DrawFn) -> dict[str, Any]:
    """A field with its label."""
    element = {**draw(FIELD), "action_id": draw(st.text("ab", min_size=1, max_size=300))}
    if "select" in element["type"]:
        element["placeholder"] = plain(draw(TEXT))
    made = {"type": "input", "label": plain(draw(TEXT)), "element": element}
    return {**made, "hint": plain(draw(TEXT))} if draw(st.booleans()) else made


@st.composite
def pressed(draw: st.DrawFn) -> dict[str, Any]:
    """Buttons in a row."""
    texts = draw(st.lists(st.tuples(TEXT, VALUE), min_size=1, max_size=30))
    return {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": f"b{n}", "text": plain(text), "value": value}
            for n, (text, value) in enumerate(texts)
        ],
    }


def told(text: str) -> dict[str, Any]:
    return {"type": "section", "text": plain(text)}


BLOCK = st.one_of(TEXT.map(told), asked(), pressed(), st.just({"type": "context_actions", "elements": []}))


@CALM
@given(
    blocks=st.lists(BLOCK, max_size=12),
    times=st.integers(1, 12),
    title=TEXT,
    more=st.fixed_dictionaries({"private_metadata": VALUE, "callback_id": VALUE}, optional={"close": TEXT.map(plain)}),
)
def test_every_dialog_is_taken_once_it_is_fitted(
    blocks: list[Any], times: int, title: str, more: dict[str, Any]
) -> None:
    view = {"type": "modal", "title": plain(title), "submit": plain(title), **more, "blocks": blocks * times}
    before = copy.deepcopy(view)
    fitted, problems = within({"trigger_id": "1", "view": view})
    assert view == before
    assert referee(fitted["view"]) is None
    assert check_view(fitted["view"]) == []
    assert bool(problems) == bool(check_view(view))
    if not problems:
        assert fitted["view"] is view
    again, none = within(fitted)
    assert (again, none) == (fitted, [])


@CALM
@given(entries=options(130))
def test_every_menu_is_taken_once_it_is_fitted(entries: list[Any]) -> None:
    fitted, problems = within({"options": entries})
    assert referee_of_options({"options": fitted["options"]}) is None
    assert bool(problems) == bool(check_options(entries))


@CALM
@given(blocks=st.lists(st.one_of(TEXT.map(told), pressed()), min_size=1, max_size=60), text=TEXT)
def test_every_message_is_taken_once_it_is_fitted(blocks: list[Any], text: str) -> None:
    fitted, _ = within({"channel": "C1", "text": text, "blocks": blocks})
    assert check_message(fitted) is None
    assert fitted["channel"] == "C1"


def field(name: str) -> dict[str, Any]:
    return {"type": "input", "block_id": name, "label": plain(name), "element": {"type": "timepicker"}}


def test_fields_stay_where_what_is_told_has_no_room() -> None:
    blocks = [field("first"), *([told("x" * 3_000)] * 120), field("last")]
    view = {"type": "modal", "title": plain("Title"), "submit": plain("Go"), "blocks": blocks}
    fitted, _ = within({"view": view})
    assert referee(fitted["view"]) is None
    names = [block.get("block_id") for block in fitted["view"]["blocks"]]
    assert names[0] == "first"
    assert names[-1] == "last"
    assert 2 < len(names) <= VIEW_BLOCKS


def test_a_home_of_many_heavy_buttons_becomes_light_enough() -> None:
    row = {"type": "actions", "elements": [{"type": "button", "text": plain("x"), "value": "v" * 2_000}] * 1}
    fitted, problems = within({"view": {"type": "home", "blocks": [row] * 100}, "user_id": "U1"})
    assert problems == []
    many = [{**row, "elements": [{**row["elements"][0], "action_id": f"a{n}"} for n in range(25)]}] * 100  # type: ignore[dict-item]
    fitted, problems = within({"view": {"type": "home", "blocks": many}, "user_id": "U1"})
    assert "bytes" in problems[0]
    assert referee(fitted["view"]) is None
    assert fitted["view"]["blocks"]


@pytest.mark.parametrize("key", ["text", "value"])
def test_what_is_chosen_is_one_of_what_is_offered(key: str) -> None:
    long = {"text": plain("t" * 200 if key == "text" else "t"), "value": "v" * 200 if key == "value" else "v"}
    menu = {"type": "static_select", "options": [long, {"text": plain("b"), "value": "b"}], "initial_option": long}
    view = {
        "type": "modal",
        "title": plain("Title"),
        "submit": plain("Go"),
        "blocks": [{"type": "input", "label": plain("Which"), "element": menu}],
    }
    fitted, _ = within({"view": view})
    element = fitted["view"]["blocks"][0]["element"]
    assert referee(fitted["view"]) is None
    if key == "text":
        assert element["initial_option"] in element["options"]
        assert element["initial_option"]["text"]["text"].endswith("…")
    else:  # a value that is cut would choose something else
        assert "initial_option" not in element
        assert [each["value"] for each in element["options"]] == ["b"]
