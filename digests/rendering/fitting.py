"""Messages brought inside Slack's limits: shortened at a word, emptied of what Slack refuses, or split into several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from digests.models import Message
from digests.rendering.limits import (
    BLOCKS,
    FALLBACK,
    LINES,
    MOST_OPTIONS,
    OPTION,
    SHAPES,
    TOTAL,
    VIEW_BLOCK_TYPES,
    VIEW_BLOCKS,
    VIEW_NAMES,
    VIEW_SIZE,
    VIEW_TEXTS,
    VIEW_TOTAL,
    Block,
    Json,
    Limit,
    preset,
    size,
    weight,
)
from digests.rendering.links import safe_url
from digests.rendering.shorten import ELLIPSIS, graphemes, shorten

_TOKEN = re.compile(r"<[^<>]*>|&(?:amp|lt|gt);|\s+|[^\s<>&]+|.", re.DOTALL)
_CUT = LINES - {"url", "image_url", "title_url"} | {"initial_value", "accessibility_label"}
_STEPS = (600, 300, 150, 80, 40)
"""How short the texts of a message become, step by step, while all of it together is too long."""


def fit(message: Message) -> Message:
    """The message inside the limits: nothing is changed where nothing is too long.

    Empty texts, images without a usable address and entries beyond a limit are left out, links to unusable addresses
    become plain text, long texts end at a word with ``…``. While the whole is too long, its texts get shorter, and
    list items and blocks are left out from the end, last resort.
    """
    return Message(shorten_mrkdwn(message.text.strip(), FALLBACK), tuple(fitted(message.blocks)))


def fitted(blocks: Sequence[Mapping[str, object]], *, most: int = BLOCKS, room: int = TOTAL) -> list[Block]:
    """Copies of the blocks, in the way of :func:`fit`: so many at most, and with so much text together."""
    fitting = tidied(blocks)
    while len(fitting) > most:
        _lose_block(fitting)
    for longest in _STEPS:
        if size(fitting) <= room:
            break
        fitting = [tidy for block in fitting if isinstance(tidy := _tidy(block, longest), dict)]
    while size(fitting) > room:
        if not _lose_item(max(fitting, key=size)):
            _lose_block(fitting)
    return fitting


def fit_view(view: Mapping[str, object]) -> Block:
    """A dialog or a Home tab inside the limits, in the way of :func:`fit`; what is to be filled in goes last of all."""
    fitting = {str(key): _copy(value) for key, value in view.items()}
    for key, limit in VIEW_TEXTS.items():
        text = fitting.get(key)
        if isinstance(text, dict) and isinstance(said := text.get("text"), str):
            text["text"] = shorten(said, limit.most)
    for key, limit in VIEW_NAMES.items():
        if _too_long(fitting.get(key), limit):  # it would name something else
            del fitting[key]
    blocks = [block for block in _list(fitting.get("blocks")) if isinstance(block, dict)]
    may_stand = [block for block in blocks if block.get("type") in VIEW_BLOCK_TYPES]
    inside = fitted(may_stand, most=VIEW_BLOCKS, room=VIEW_TOTAL)
    fitting["blocks"] = list(inside)
    while inside and weight(fitting) > VIEW_SIZE:
        _lose_block(inside)
        fitting["blocks"] = list(inside)
    return fitting


def fit_options(options: Sequence[object]) -> list[Json]:
    """The entries of a menu that are searched for, inside the limits: those that cannot be named are left out."""
    return _options([_tidy(_copy(option), None) for option in options[:MOST_OPTIONS]])


def tidied(blocks: Sequence[Mapping[str, object]]) -> list[Block]:
    """Copies of the blocks, each inside its own limits; whether they fit into one message is not asked."""
    return [tidy for block in blocks if isinstance(tidy := _tidy(_copy(block), None), dict)]


def inside(message: Message) -> bool:
    """Whether the message as a whole has room: blocks and text together."""
    return len(message.blocks) <= BLOCKS and size(message.blocks) <= TOTAL


def split(blocks: Sequence[Block], *, most: int = BLOCKS, room: int = TOTAL) -> list[list[Block]]:
    """The blocks, in order, in as few messages as hold them. A rich_text too long for one message is taken apart."""
    parts: list[list[Block]] = []
    used = 0
    for block in (piece for whole in blocks for piece in _pieces(whole, room)):
        length = size(block)
        if not parts or len(parts[-1]) >= most or used + length > room:
            parts.append([])
            used = 0
        parts[-1].append(block)
        used += length
    return parts


def shorten_mrkdwn(text: str, limit: int) -> str:
    """As :func:`shorten`, for text with ``<url|links>`` and entities, none of which is ever cut."""
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    head: list[str] = []
    used = 0
    for token in _TOKEN.findall(text):
        if used + len(token) > limit - 1:
            if not head or (len(token) > limit // 2 and token[0] not in "<&"):
                head.append(_start(token, limit - 1 - used))
            break
        head.append(token)
        used += len(token)
    cut = "".join(head).rstrip(" \t\n,:-–—·•")
    for mark in "*_`":  # a style that was cut open would show its mark, and style nothing
        if re.sub(r"<[^<>]*>", "", cut).count(mark) % 2:
            before, _, after = cut.rpartition(mark)
            cut = before + after
    return cut + ELLIPSIS


def _start(token: str, room: int) -> str:
    if token[0] in "<&":
        return ""
    taken = ""
    for cluster in graphemes(token[: room + 64]):
        if len(taken) + len(cluster) > room:
            break
        taken += cluster
    return taken


def _tidy(node: Json, most: int | None) -> Json:
    """The node inside the limits of its kind, its texts at most ``most`` long; None where nothing of it can stay."""
    if isinstance(node, list):
        return [tidy for child in node if (tidy := _tidy(child, most)) is not None]
    if not isinstance(node, dict):
        return node
    kind = node.get("type")
    lost = set()
    for key, child in list(node.items()):
        if isinstance(child, dict | list):
            tidy = _tidy(child, most)
            if tidy is None:
                lost.add(key)
                del node[key]
            else:
                node[key] = tidy
    if not isinstance(kind, str) or kind not in SHAPES:
        return node
    if kind == "link":
        _tidy_link(node)
        kind = str(node["type"])
    _shorten(node, kind, most)
    _tidy_choice(node)
    needed = lost.intersection(SHAPES[kind].needs)
    return None if needed or _misnamed(node, kind) or _hollow(node, kind) else node


def _tidy_choice(node: Block) -> None:
    """A menu without the entries that cannot be named, and what is typed in a field as long as it may be."""
    for key in ("options", "initial_options"):
        if isinstance(entries := node.get(key), list):
            node[key] = _options(entries)
    if (one := node.get("initial_option")) is not None and not _options([one]):
        del node["initial_option"]
    if isinstance(offered := node.get("options"), list):
        for chosen in preset(node):
            if chosen in offered:
                continue
            if chosen == node.get("initial_option"):
                del node["initial_option"]
            else:
                node["initial_options"] = [each for each in _list(node["initial_options"]) if each != chosen]
    if node.get("initial_options") == []:
        del node["initial_options"]
    typed, longest = node.get("initial_value"), node.get("max_length")
    if isinstance(typed, str) and isinstance(longest, int):
        node["initial_value"] = shorten(typed, longest) if len(typed) > longest else typed


def _options(entries: Sequence[Json]) -> list[Json]:
    kept: list[Json] = []
    for entry in entries:
        if isinstance(entry, dict) and entry.get("text") and not _too_long(entry.get("value"), OPTION["value"]):
            for key in ("text", "description"):
                if isinstance(text := entry.get(key), dict) and isinstance(said := text.get("text"), str):
                    text["text"] = shorten(said, OPTION[f"{key}.text"].most)
            kept.append(entry)
    return kept


def _too_long(value: Json, limit: Limit) -> bool:
    return isinstance(value, str) and len(value) > limit.most


def _misnamed(node: Block, kind: str) -> bool:
    """Whether what comes back when it is pressed would be another's: that can be cut nowhere."""
    limits = SHAPES[kind].limits
    return any(_too_long(node.get(key), limits[key]) for key in ("value", "action_id") if key in limits)


def _tidy_link(node: Block) -> None:
    url = node.get("url")
    safe = safe_url(url) if isinstance(url, str) else None
    if safe is not None:
        node["url"] = safe
        if node.get("text") == "":
            del node["text"]
    else:
        node.pop("url", None)
        node["type"] = "text"
        node.setdefault("text", "")


def _shorten(node: Block, kind: str, most: int | None) -> None:
    for path, limit in SHAPES[kind].limits.items():
        *way, key = path.split(".")
        for holder in _holders(node, way):
            value = holder.get(key)
            if isinstance(value, list):
                del value[limit.most :]
            elif isinstance(value, str) and key in _CUT:
                longest = limit.most if most is None or key not in LINES else min(limit.most, most)
                cut = shorten_mrkdwn if "mrkdwn" in (kind, holder.get("type")) else shorten
                if len(value) > longest and value != "\n":
                    holder[key] = cut(value, longest)


def _hollow(node: Block, kind: str) -> bool:
    """Whether nothing is left that Slack would take."""
    if kind in ("text", "plain_text", "mrkdwn"):
        return node.get("text") == ""
    if kind == "image" and "slack_file" not in node:
        url = node.get("image_url")
        safe = safe_url(url) if isinstance(url, str) else None
        if safe is not None:
            node["image_url"] = safe
        return safe is None
    if kind == "section":
        if not node.get("fields"):
            node.pop("fields", None)
        return not (node.get("text") or node.get("fields"))
    if kind == "header":
        return not node.get("text")
    return any(node.get(key) == [] for key in ("elements", "options") if key in SHAPES[kind].needs)


def _holders(node: Json, way: Sequence[str]) -> Iterator[Block]:
    if isinstance(node, list):
        for child in node:
            yield from _holders(child, way)
    elif isinstance(node, dict):
        if way:
            yield from _holders(node.get(way[0]), way[1:])
        else:
            yield node


def _pieces(block: Block, room: int) -> Iterator[Block]:
    """The block itself, or, for a rich_text that fills more than a message, several with the same parts in order."""
    if block.get("type") != "rich_text" or size(block) <= room:
        yield block
        return
    taken: list[Json] = []
    for part in _parts(block.get("elements")):
        if taken and size(taken) + size(part) > room:
            yield {"type": "rich_text", "elements": taken}
            taken = []
        last = taken[-1] if taken else None
        if isinstance(last, dict) and _same_list(last, part) and isinstance(last["elements"], list):
            last["elements"] += _list(part["elements"])
        else:
            taken.append(part)
    if taken:
        yield {"type": "rich_text", "elements": taken}


def _parts(elements: Json) -> Iterator[Block]:
    """The elements of a rich_text, lists item by item."""
    for element in _list(elements):
        if isinstance(element, dict) and element.get("type") == "rich_text_list":
            for item in _list(element.get("elements")):
                yield {**element, "elements": [item]}
        elif isinstance(element, dict):
            yield element


def _same_list(left: Block, right: Block) -> bool:
    return left.get("type") == "rich_text_list" and {**left, "elements": 0} == {**right, "elements": 0}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _lose_item(block: Block) -> bool:
    """Takes the last thing of the block: an item of its last list, or a word of its last item; False for a single one."""
    elements = _list(block.get("elements"))
    while elements:
        if len(elements) > 1 and not _is_list(elements[-1]):
            elements.pop()
            return True
        last = elements[-1]
        elements = _list(last.get("elements")) if isinstance(last, dict) else []
    return False


def _lose_block(blocks: list[Block]) -> None:
    """Takes the last block that is no field to fill in, where there is one."""
    blocks.pop(next((n for n in reversed(range(len(blocks))) if blocks[n].get("type") != "input"), -1))


def _is_list(node: Json) -> bool:
    return isinstance(node, dict) and node.get("type") == "rich_text_list"


def _copy(node: object) -> Json:
    """Plain, own lists and dictionaries, so that shortening never reaches into somebody else's message."""
    if isinstance(node, Mapping):
        return {str(key): _copy(child) for key, child in node.items()}
    if isinstance(node, list | tuple):
        return [_copy(child) for child in node]
    return node if isinstance(node, str | int | float | bool) else None
