"""Draws Slack blocks for a terminal, the way a phone would show them, so that the demo shows what was really posted."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.style import Style
from rich.text import Text

_MARK = re.compile(
    r"<(?P<url>https?://[^|>]+)\|(?P<text>[^>]*)>|(?<!\w)\*(?P<bold>[^*\n]+)\*(?!\w)|(?<!\w)`(?P<code>[^`\n]+)`"
)


def drawn(blocks: Sequence[Mapping[str, Any]], text: str) -> Group:
    """The blocks of a message, or its text where it has none."""
    if not blocks:
        return Group(_mrkdwn(text))
    return Group(*(line for block in blocks for line in _block(block)))


def _block(block: Mapping[str, Any]) -> Iterator[Text]:
    kind = block["type"]
    if kind == "header":
        yield Text(block["text"]["text"], style="bold")
    elif kind == "section":
        if "text" in block:
            yield _text(block["text"])
        if block.get("accessory", {}).get("type") == "image":
            yield Text(f"[image: {block['accessory']['alt_text']}]", style="dim italic")
        for field in block.get("fields", ()):
            yield _text(field)
    elif kind == "context":
        for element in block["elements"]:
            line = _text(element)
            line.stylize("dim")
            yield line
    elif kind == "rich_text":
        for element in block["elements"]:
            yield from _rich(element)
    elif kind == "divider":
        yield Text("─" * 20, style="dim")
    elif kind == "image":
        yield Text(f"[image: {block['alt_text']}]", style="dim italic")
    else:
        yield Text(f"[{kind}]", style="dim")


def _text(text: Mapping[str, Any]) -> Text:
    return _mrkdwn(text["text"]) if text["type"] == "mrkdwn" else Text(text.get("text") or text.get("alt_text", ""))


def _rich(element: Mapping[str, Any]) -> Iterator[Text]:
    if element["type"] == "rich_text_list":
        indent = "  " * element.get("indent", 0)
        for item in element["elements"]:
            line = _spans(item["elements"])
            yield Text(f"{indent}• ") + Text(f"\n{indent}  ").join(line.split("\n"))
    else:
        yield _spans(element["elements"])


def _spans(spans: Sequence[Mapping[str, Any]]) -> Text:
    line = Text()
    for span in spans:
        style = span.get("style", {})
        shown = Style(
            bold=style.get("bold"),
            italic=style.get("italic"),
            strike=style.get("strike"),
            link=span.get("url"),
            color="blue" if "url" in span else None,
        )
        line.append(span.get("text") or span.get("url") or "", shown)
    return line


def _mrkdwn(text: str) -> Text:
    """Slack's own formatting: links, bold and code; everything else as it is, entities undone."""
    line = Text()
    end = 0
    for found in _MARK.finditer(text):
        line.append(html.unescape(text[end : found.start()]))
        if found["url"]:
            line.append(html.unescape(found["text"]), Style(color="blue", bold=True, link=html.unescape(found["url"])))
        elif found["bold"]:
            line.append(_mrkdwn(found["bold"]))
            line.stylize("bold", len(line) - len(_mrkdwn(found["bold"])))
        else:
            line.append(html.unescape(found["code"]), Style(color="cyan"))
        end = found.end()
    line.append(html.unescape(text[end:]))
    return line
