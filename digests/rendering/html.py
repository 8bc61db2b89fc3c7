"""Messages drawn as HTML, the way Slack would show them: for `preview --format html`, the docs and screenshots."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import unescape
from types import MappingProxyType

from markupsafe import Markup, escape

from digests.models import Message
from digests.rendering.links import safe_url

_MRKDWN = re.compile(
    r"<(?P<link>[^<>]*)>|(?<![\w*])\*(?P<bold>[^*\n]+)\*(?![\w*])|(?<!\w)_(?P<italic>[^_\n]+)_(?!\w)"
    r"|(?<![\w~])~(?P<strike>[^~\n]+)~(?![\w~])|`(?P<code>[^`\n]+)`"
)
_STYLES: Mapping[str, Markup] = MappingProxyType(
    {
        "bold": Markup("<b>{}</b>"),
        "italic": Markup("<i>{}</i>"),
        "strike": Markup("<s>{}</s>"),
        "code": Markup("<code>{}</code>"),
        "underline": Markup("<u>{}</u>"),
    }
)
_PARAGRAPHS: Mapping[object, Markup] = MappingProxyType(
    {
        "rich_text_section": Markup("<p>{}</p>"),
        "rich_text_quote": Markup("<blockquote>{}</blockquote>"),
        "rich_text_preformatted": Markup("<pre>{}</pre>"),
    }
)
_BULLETS, _NUMBERS = Markup('<ul class="indent{}">{}</ul>'), Markup('<ol class="indent{}">{}</ol>')
_IMAGE = Markup('<img src="{}" alt="{}" loading="lazy" referrerpolicy="no-referrer">')
_LINK = Markup('<a href="{}" rel="noopener noreferrer nofollow" dir="auto">{}</a>')
_Node = Mapping[str, object]


def draw(message: Message) -> Markup:
    """The message's blocks as HTML; its fallback text where it has none. Text is escaped, links are http or https."""
    if not message.blocks:
        return _div("section", mrkdwn(message.text))
    return Markup("\n").join(_block(block) for block in message.blocks)


def mrkdwn(text: str) -> Markup:
    """Slack's mrkdwn as HTML."""
    out: list[Markup] = []
    end = 0
    for found in _MRKDWN.finditer(text):
        out += (_lines(unescape(text[end : found.start()])), _styled(found))
        end = found.end()
    out.append(_lines(unescape(text[end:])))
    return Markup().join(out)


def _styled(found: re.Match[str]) -> Markup:
    kind = found.lastgroup or ""
    inner = found[kind]
    if kind != "link":
        return _STYLES[kind].format(_lines(unescape(inner)) if kind == "code" else mrkdwn(inner))
    url, _, label = inner.partition("|")
    if url.startswith(("!", "@", "#")):
        return Markup('<span class="mention">{}</span>').format(label or url)
    return _link(unescape(url), unescape(label or url))


def _block(block: _Node) -> Markup:
    drawer = _BLOCKS.get(str(block.get("type")))
    return drawer(block) if drawer else Markup()


def _header(block: _Node) -> Markup:
    return Markup("<h1>{}</h1>").format(_text(block.get("text")))


def _section(block: _Node) -> Markup:
    parts = [Markup("<div>{}</div>").format(_text(block.get("text")))] if block.get("text") else []
    parts += [Markup('<div class="field">{}</div>').format(_text(field)) for field in _nodes(block.get("fields"))]
    accessory = block.get("accessory")
    aside = _element(accessory) if isinstance(accessory, Mapping) else Markup()
    return _div("section", Markup('<div class="words">{}</div>').format(Markup().join(parts)) + aside)


def _context(block: _Node) -> Markup:
    return _div("context", Markup(" ").join(_element(e) for e in _nodes(block.get("elements"))))


def _actions(block: _Node) -> Markup:
    return _div("actions", Markup(" ").join(_element(e) for e in _nodes(block.get("elements"))))


def _input(block: _Node) -> Markup:
    element = block.get("element")
    drawn = _element(element) if isinstance(element, Mapping) else Markup()
    label = Markup('<div class="label">{}</div>').format(_text(block.get("label")))
    hint = Markup('<div class="context">{}</div>').format(_text(block.get("hint"))) if block.get("hint") else Markup()
    return _div("input", label + drawn + hint)


def _image_block(block: _Node) -> Markup:
    return _div("image", _element(block))


def _divider(_: _Node) -> Markup:
    return Markup("<hr>")


def _rich_text(block: _Node) -> Markup:
    return _div("rich", Markup().join(_rich(element) for element in _nodes(block.get("elements"))))


def _rich(element: _Node) -> Markup:
    kind, inside = element.get("type"), _nodes(element.get("elements"))
    if kind == "rich_text_list":
        indent = element.get("indent")
        depth = indent if isinstance(indent, int) else 0
        items = Markup().join(Markup("<li>{}</li>").format(_spans(item.get("elements"))) for item in inside)
        return (_NUMBERS if element.get("style") == "ordered" else _BULLETS).format(min(depth, 8), items)
    return _PARAGRAPHS.get(kind, _PARAGRAPHS["rich_text_section"]).format(_spans(inside))


def _spans(spans: object) -> Markup:
    return Markup().join(map(_span, _nodes(spans)))


def _span(span: _Node) -> Markup:
    kind = span.get("type")
    if kind == "link":
        url = str(span.get("url", ""))
        drawn = _link(url, str(span.get("text") or url))
    elif kind == "text":
        drawn = _lines(str(span.get("text", "")))
    else:
        name = next((span[k] for k in ("name", "user_id", "channel_id", "range", "fallback") if k in span), kind)
        drawn = Markup('<span class="mention">{}</span>').format(str(name))
    style = span.get("style")
    for name, on in style.items() if isinstance(style, Mapping) else ():
        if on and name in _STYLES:
            drawn = _STYLES[name].format(drawn)
    return drawn


def _element(element: _Node) -> Markup:
    kind = element.get("type")
    if kind == "image":
        url = safe_url(str(element.get("image_url", "")))
        return _IMAGE.format(url, str(element.get("alt_text", ""))) if url else Markup()
    if kind in ("plain_text", "mrkdwn"):
        return Markup("<span>{}</span>").format(_text(element))
    if kind == "feedback_buttons":
        pair = [element.get(name) for name in ("positive_button", "negative_button")]
        return Markup(" ").join(_element(each) for each in pair if isinstance(each, Mapping))
    if kind in ("checkboxes", "radio_buttons"):
        chosen = [*_nodes(element.get("initial_options")), element.get("initial_option")]
        return Markup().join(_choice(option, option in chosen) for option in _nodes(element.get("options")))
    label = element.get("text") or element.get("placeholder")
    drawn = Markup(" ").join(_preset(element)) or (_text(label) if label else "···")
    return Markup('<span class="button">{}</span>').format(drawn)


def _choice(option: _Node, chosen: bool) -> Markup:
    return Markup('<div class="choice">{} {}</div>').format("●" if chosen else "○", _text(option.get("text")))


def _preset(element: _Node) -> Iterator[Markup]:
    """What stands in a field before anybody has filled it in."""
    for option in (element.get("initial_option"), *_nodes(element.get("initial_options"))):
        if isinstance(option, Mapping):
            yield _text(option.get("text"))
    for key in ("initial_time", "initial_conversation", "initial_value"):
        if isinstance(element.get(key), str):
            yield _lines(str(element[key]))


def _text(text: object) -> Markup:
    if not isinstance(text, Mapping):
        return Markup()
    words = str(text.get("text", ""))
    return mrkdwn(words) if text.get("type") == "mrkdwn" else _lines(words)


def _link(url: str, text: str) -> Markup:
    safe = safe_url(url)
    if safe is None:
        return _lines(text)
    return _LINK.format(safe, _lines(text))


def _lines(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))


def _div(name: str, inside: Markup) -> Markup:
    return Markup('<div class="{}">{}</div>').format(name, inside)


def _nodes(value: object) -> Sequence[_Node]:
    entries: Iterable[object] = value if isinstance(value, list | tuple) else ()
    return [entry for entry in entries if isinstance(entry, Mapping)]


_BLOCKS: Mapping[str, Callable[[_Node], Markup]] = MappingProxyType(
    {
        "header": _header,
        "section": _section,
        "context": _context,
        "actions": _actions,
        "context_actions": _actions,
        "image": _image_block,
        "input": _input,
        "divider": _divider,
        "rich_text": _rich_text,
    }
)
