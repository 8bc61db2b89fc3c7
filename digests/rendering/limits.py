"""Slack's limits as one table, and the check that tells where a message breaks one.

Figures from https://docs.slack.dev/reference/block-kit and from measurement (see DESIGN.md, "Facts worth knowing").
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from digests.errors import PayloadError
from digests.models import Message
from digests.rendering.links import LONGEST, safe_url

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Block: TypeAlias = dict[str, Json]

BLOCKS = 50
FALLBACK = 3_000
"""Ours: Slack cuts the top-level text at 40,000, but it is read aloud, and nobody listens that long."""

TOTAL = 9_999
"""All text of a message together must stay below 10,000; near 13,000 Slack answers ``msg_blocks_too_long``."""

VIEW_BLOCKS = 100
VIEW_TOTAL = 30_000
"""Ours: Slack takes views of 250 kB. So much text stays below, also where each character is written as six."""

VIEW_SIZE = 250_000
"""Bytes of a view as JSON, with the values that its buttons carry."""

LINES = frozenset({"text", "alt_text", "url", "image_url", "title_url"})
"""Keys whose strings count towards :data:`TOTAL`; addresses are counted too, to be on the safe side."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` characters (or, for lists, entries) and at least ``least``, where the key is there at all."""

    most: int
    least: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of object: the keys it must have, and the limits of its keys (``a.b`` looks one level down)."""

    needs: tuple[str, ...] = ()
    limits: Mapping[str, Limit] = field(default_factory=dict)


_ID = Limit(255)
_STYLED = Shape(("elements",), {"elements": Limit(1_000, 1)})
_CONFIRM: Mapping[str, Limit] = {
    "confirm.title.text": Limit(100, 1),
    "confirm.text.text": Limit(300, 1),
    "confirm.confirm.text": Limit(30, 1),
    "confirm.deny.text": Limit(30, 1),
}
_ASKED = {"placeholder.text": Limit(150, 1), "action_id": _ID, **_CONFIRM}
OPTION: Mapping[str, Limit] = {"text.text": Limit(75, 1), "value": Limit(150, 1), "description.text": Limit(75, 1)}
"""An entry of a menu, which has no type of its own."""


def _offering(*keys: str) -> dict[str, Limit]:
    return {f"{key}.{path}": limit for key in keys for path, limit in OPTION.items()}


def _choice(most: int) -> Shape:
    offered = {"options": Limit(most, 1), "initial_options": Limit(most, 1)}
    return Shape(("options",), {**offered, **_offering("options", "initial_option", "initial_options"), **_ASKED})


_SEARCHED = Shape((), {"initial_options": Limit(100, 1), **_offering("initial_option", "initial_options"), **_ASKED})
_PICKED = Shape((), _ASKED)
_TYPED = Shape((), {"initial_value": Limit(3_000), **_ASKED})
SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        # blocks
        "header": Shape(("text",), {"text.text": Limit(150, 1), "block_id": _ID}),
        "section": Shape((), {"text.text": Limit(3_000, 1), "fields": Limit(10, 1), "fields.text": Limit(2_000, 1)}),
        "context": Shape(("elements",), {"elements": Limit(10, 1), "block_id": _ID}),
        "actions": Shape(("elements",), {"elements": Limit(25, 1), "block_id": _ID}),
        "divider": Shape(),
        "image": Shape(
            ("alt_text",), {"image_url": Limit(LONGEST, 1), "alt_text": Limit(2_000), "title.text": Limit(2_000)}
        ),
        "rich_text": Shape(("elements",), {"elements": Limit(1_000, 1), "block_id": _ID}),
        "markdown": Shape(("text",), {"text": Limit(12_000, 1)}),
        "context_actions": Shape(("elements",), {"elements": Limit(5, 1)}),
        "input": Shape(
            ("label", "element"), {"label.text": Limit(2_000, 1), "hint.text": Limit(2_000, 1), "block_id": _ID}
        ),
        "video": Shape(("alt_text", "title", "thumbnail_url", "video_url"), {"title.text": Limit(200, 1)}),
        "table": Shape(("rows",), {"rows": Limit(100, 1)}),
        # text objects
        "plain_text": Shape(("text",), {"text": Limit(3_000, 1)}),
        "mrkdwn": Shape(("text",), {"text": Limit(3_000, 1)}),
        # rich text
        "rich_text_section": _STYLED,
        "rich_text_list": Shape(("elements", "style"), {"elements": Limit(1_000, 1)}),
        "rich_text_quote": _STYLED,
        "rich_text_preformatted": _STYLED,
        "text": Shape(("text",), {"text": Limit(3_000, 1)}),
        "link": Shape(("url",), {"url": Limit(LONGEST, 1), "text": Limit(3_000, 1)}),
        "emoji": Shape(("name",)),
        "user": Shape(("user_id",)),
        "usergroup": Shape(("usergroup_id",)),
        "channel": Shape(("channel_id",)),
        "broadcast": Shape(("range",)),
        "date": Shape(("timestamp", "format")),
        "color": Shape(("value",)),
        # elements that are pressed
        "button": Shape(
            ("text",),
            {"text.text": Limit(75, 1), "value": Limit(2_000), "url": Limit(LONGEST), "action_id": _ID, **_CONFIRM},
        ),
        "overflow": _choice(5),
        "radio_buttons": _choice(10),
        "checkboxes": _choice(10),
        "static_select": _choice(100),
        "multi_static_select": _choice(100),
        "external_select": _SEARCHED,
        "multi_external_select": _SEARCHED,
        "conversations_select": _PICKED,
        "channels_select": _PICKED,
        "users_select": _PICKED,
        "timepicker": _PICKED,
        "datepicker": _PICKED,
        "plain_text_input": _TYPED,
        "feedback_buttons": Shape(
            ("positive_button", "negative_button"),
            {
                f"{button}.{key}": limit
                for button in ("positive_button", "negative_button")
                for key, limit in (
                    ("text.text", Limit(75, 1)),
                    ("value", Limit(2_000)),
                    ("accessibility_label", Limit(75)),
                )
            }
            | {"action_id": _ID},
        ),
        "icon_button": Shape(("icon", "text")),
    }
)
BLOCK_TYPES = frozenset(
    {"header", "section", "context", "actions", "divider", "image", "rich_text"}
    | {"markdown", "context_actions", "input", "video", "table"}
)
_FLAGS = frozenset({"bold", "italic", "strike", "code", "emoji", "verbatim"})
VIEW_BLOCK_TYPES = BLOCK_TYPES - {"markdown", "context_actions", "table"}
VIEW_TEXTS = MappingProxyType({"title": Limit(24, 1), "submit": Limit(24, 1), "close": Limit(24, 1)})
VIEW_NAMES = MappingProxyType({"private_metadata": Limit(3_000), "callback_id": _ID, "external_id": _ID})
MOST_OPTIONS = 100
_FREE = frozenset({"table", "video", "icon_button"})
"""Kinds whose inside we never make ourselves: only their own row is checked."""


def check(message: Message) -> list[str]:
    """Everything Slack would refuse, each as ``where: what``; empty where the message may leave."""
    problems = []
    if not message.text.strip():
        problems.append("text: empty, but it is what notifications and screen readers read")
    if len(message.text) > FALLBACK:
        problems.append(f"text: {len(message.text):,} characters, at most {FALLBACK:,}")
    if len(message.blocks) > BLOCKS:
        problems.append(f"blocks: {len(message.blocks)}, at most {BLOCKS}")
    if (total := size(message.blocks)) > TOTAL:
        problems.append(f"blocks: {total:,} characters of text together, at most {TOTAL:,}")
    for number, block in enumerate(message.blocks):
        problems += check_block(block, f"blocks[{number}]")
    return problems


def check_view(view: Mapping[str, object]) -> list[str]:
    """Everything for which Slack would refuse a dialog or a Home tab, as `check` tells it of a message."""
    problems = []
    for key, limit in (*VIEW_TEXTS.items(), *VIEW_NAMES.items()):
        value = view.get(key)
        text = value.get("text") if isinstance(value, Mapping) else value
        if isinstance(text, str) and not limit.least <= len(text) <= limit.most:
            problems.append(f"{key}: {len(text):,} characters, {limit.least} to {limit.most:,}")
    blocks = _entries(view.get("blocks"))
    if len(blocks) > VIEW_BLOCKS:
        problems.append(f"blocks: {len(blocks)}, at most {VIEW_BLOCKS}")
    if (total := size(blocks)) > VIEW_TOTAL:
        problems.append(f"blocks: {total:,} characters of text together, at most {VIEW_TOTAL:,}")
    if (total := weight(view)) > VIEW_SIZE:
        problems.append(f"{total:,} bytes, at most {VIEW_SIZE:,}")
    for number, block in enumerate(blocks):
        problems += check_block(block, f"blocks[{number}]", VIEW_BLOCK_TYPES)
    return problems


def check_options(options: Sequence[object]) -> list[str]:
    """Everything for which Slack would refuse the entries of a menu that are searched for."""
    problems = [] if len(options) <= MOST_OPTIONS else [f"options: {len(options)}, at most {MOST_OPTIONS}"]
    for number, option in enumerate(options):
        problems += _within(option, OPTION, f"options[{number}]")
    return problems


def ensure(message: Message) -> Message:
    """The message itself; raises PayloadError with every problem where Slack would refuse it."""
    if problems := check(message):
        raise PayloadError(problems)
    return message


def check_block(block: object, place: str, types: Collection[str] = BLOCK_TYPES) -> list[str]:
    """The problems of one block, without those that only the whole message has."""
    kind = block.get("type") if isinstance(block, Mapping) else None
    if not isinstance(kind, str) or kind not in types:
        return [f"{place}: type {kind!r} is no block; there are {', '.join(sorted(types))}"]
    return list(_problems(block, place))


def preset(node: Mapping[str, object]) -> list[object]:
    """What is chosen in a menu before anybody chooses."""
    one = node.get("initial_option")
    return [*_entries(node.get("initial_options")), *([] if one is None else [one])]


def weight(view: object) -> int:
    """Bytes of something as JSON."""
    return len(json.dumps(view))


def size(value: object) -> int:
    """Characters of text and addresses in blocks, however deep."""
    if isinstance(value, Mapping):
        return sum(len(v) if k in LINES and isinstance(v, str) else size(v) for k, v in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return sum(map(size, value))
    return 0


def _problems(node: object, place: str) -> Iterator[str]:
    if isinstance(node, Mapping):
        kind = node.get("type")
        if isinstance(kind, str):
            shape = SHAPES.get(kind)
            if shape is None:
                yield f"{place}: Slack has no element of type {kind!r}"
                return
            yield from _by_shape(node, kind, shape, place)
            yield from _by_kind(node, kind, place)
        if kind not in _FREE:
            for key, child in node.items():
                yield from _problems(child, f"{place}.{key}")
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for number, child in enumerate(node):
            yield from _problems(child, f"{place}[{number}]")


def _by_shape(node: Mapping[str, object], kind: str, shape: Shape, place: str) -> Iterator[str]:
    for key in shape.needs:
        if node.get(key) is None:
            yield f"{place}.{key}: missing, a {kind} needs it"
    yield from _within(node, shape.limits, place)


def _within(node: object, limits: Mapping[str, Limit], place: str) -> Iterator[str]:
    for path, limit in limits.items():
        for value, where in _reach(node, path.split("."), place):
            unit = "characters" if isinstance(value, str) else "entries"
            if not isinstance(value, str | list | tuple):
                yield f"{where}: {value!r} should be text"
            elif len(value) > limit.most:
                yield f"{where}: {len(value):,} {unit}, at most {limit.most:,}"
            elif len(value) < limit.least:
                yield f"{where}: empty"


def _by_kind(node: Mapping[str, object], kind: str, place: str) -> Iterator[str]:
    """The rules that do not fit into a table."""
    if kind == "section" and not (node.get("text") or node.get("fields")):
        yield f"{place}: a section needs text or fields"
    if kind == "header" and _type(node.get("text")) != "plain_text":
        yield f"{place}.text: a header takes plain_text only"
    if kind == "image" and not (node.get("image_url") or node.get("slack_file")):
        yield f"{place}: an image needs image_url"
    offered = node.get("options")
    for chosen in preset(node):
        if isinstance(offered, list | tuple) and chosen not in offered:
            yield f"{place}: {chosen!r:.80} is chosen, and not offered"
    longest = node.get("max_length")
    if isinstance(longest, int) and len(str(node.get("initial_value") or "")) > longest:
        yield f"{place}.initial_value: more than the {longest:,} characters that may be typed"
    for key in ("url", "image_url"):
        address = node.get(key)
        if isinstance(address, str) and address and safe_url(address) != address:
            yield f"{place}.{key}: {address[:80]!r} is no http or https address"
    style = node.get("style")
    flags = {**node, **style} if isinstance(style, Mapping) else node
    for key in _FLAGS & flags.keys():
        if not isinstance(flags[key], bool):
            yield f"{place}: {key} is true or false, not {flags[key]!r}"
    if kind in ("rich_text", "rich_text_list"):
        wanted = "rich_text_section" if kind == "rich_text_list" else "rich_text_"
        for number, child in enumerate(_entries(node.get("elements"))):
            if not _type(child).startswith(wanted):
                yield f"{place}.elements[{number}]: {_type(child) or 'it'} may not stand directly in a {kind}"


def _reach(node: object, path: Sequence[str], place: str) -> Iterator[tuple[object, str]]:
    if not path:
        yield node, place
    elif isinstance(node, Mapping):
        if node.get(path[0]) is not None:
            yield from _reach(node[path[0]], path[1:], f"{place}.{path[0]}")
    elif isinstance(node, list | tuple):
        for number, child in enumerate(node):
            yield from _reach(child, path, f"{place}[{number}]")


def _type(node: object) -> str:
    kind = node.get("type") if isinstance(node, Mapping) else None
    return kind if isinstance(kind, str) else ""


def _entries(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
