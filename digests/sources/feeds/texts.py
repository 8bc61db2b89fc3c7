"""Plain text out of other people's markup: nothing that could be executed, and no control characters, is left.

lxml reads the HTML: well kept, in C, and here for the feeds anyway. It stops at elements nested deeper than 256, where
selectolax did not end within 100 seconds on a megabyte of ``<div>``, and it lets us put spaces between paragraphs, which nh3,
a cleaner, does not. What it is slow in, thousands of attributes on one element, is cut down before (`_slim`).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from itertools import islice

from lxml import etree

LONGEST = 64_000
"""Of a longer piece of markup the rest is not read; its words are reckoned from the part that is."""

_LONG_TAG = 300
_MOST_PICTURES = 20
_CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff\ud800-\udfff]"
)

# Each of these matches to the end of the text where its own end is missing, so that no text is looked at twice.
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<!(?!--)[^>]*+>?|<\?[^>]*+>?|<(script|style|iframe|svg|math|template|noscript|object|xmp)\b.*?(?:</\1\b[^>]*+>?|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_TAGS = re.compile(r"""<[A-Za-z](?:[^>=]++|=\s*+(?:"[^"]*+"?|'[^']*+'?)?)*+>?""")

_TAG_NAME = re.compile(r"<[A-Za-z][A-Za-z0-9]{0,20}")
_KEPT_ATTRIBUTE = re.compile(
    r"""\s(src|data-src|href|width|height|alt|rel|type|title|name|property|content|datetime|lang|charset)\s*+=\s*+"""
    r"""("[^"]{0,3000}"|'[^']{0,3000}'|[^\s"'<>]{1,3000})""",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[A-Za-z/!?]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MARKUP = re.compile(
    r"</(?:p|a|div|span|b|i|em|strong|ul|ol|li|h[1-6]|blockquote|figure|table|td|tr|pre|code|script|style|sup|sub|u|font)\s*>"
    r"|<(?:br|hr|img|p)\b[^<>]{0,3000}>",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"<([A-Za-z/!?][^<>]{0,200})>")
_OPENING = re.compile(r"<(?=[A-Za-z/!?])")
_LETTERS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_MORE = re.compile(
    r"\s*(?:\[?(?:…|\.\.\.)\]?|\[[^\[\]]{0,40}(?:…|\.\.\.)\]"
    r"|\(?(?:Continue reading|Read more|Read the full (?:story|article))[^.!?]{0,100})(?:\s?(?:»|→|\.\.\.|…))?\Z",
    re.IGNORECASE,
)
_LONGEST_MORE = 160
_MAYBE_MORE = re.compile(r"…|\.\.\.|[Rr][Ee][Aa][Dd]")
_POSTED_BY = re.compile(r"The post .{1,400} (?:first appeared|appeared first) on .{1,200}\Z")
_LONGEST_LINE = 640

_EXECUTED = frozenset(
    "script style iframe frame frameset object embed applet noscript template svg math head title textarea select button "
    "audio video canvas noframes noembed xmp".split()
)
_BLOCKS = frozenset(
    "p div br hr li ul ol dl dt dd h1 h2 h3 h4 h5 h6 blockquote pre table tr td th section article header footer figure "
    "figcaption aside nav main address details summary center img".split()
)


@dataclass(frozen=True, slots=True)
class Picture:
    """An ``img`` of some markup, as written."""

    source: str
    width: str = ""
    height: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text on one line, the pictures that stood in it, and how many words it has."""

    text: str = ""
    pictures: tuple[Picture, ...] = ()
    words: int = 0


_NOTHING = Text()


def read(markup: str, *, is_text: bool = False, length: int = 0) -> Text:
    """The plain text of some markup.

    Args:
        markup: HTML as people write it. At most `LONGEST` characters of it are read.
        is_text: It is said to be text; it is taken for HTML all the same where it plainly is.
        length: How long the markup was before somebody cut it; 0 for uncut. Its words are reckoned from that.
    """
    if not markup:
        return _NOTHING
    part = markup[:LONGEST]
    text, pictures = _once(part, is_text=is_text)
    if "&" in text or "<" in text:  # was it escaped twice?
        if _MARKUP.search(text):
            text, more = _once(text, is_text=False)
            pictures = pictures or more
        elif _ENTITY.search(text):
            text = html.unescape(text)
    text = clean(text)
    words = count_words(text)
    whole = max(length, len(markup))
    return Text(text, pictures, words if whole <= len(part) else words * whole // max(1, len(part)))


def plain(markup: object, *, limit: int, is_text: bool = False) -> str:
    """The plain text of some markup on one line, at most ``limit`` characters; empty for what is no text at all."""
    return shorten(read(markup[: 4 * limit + 1000], is_text=is_text).text, limit) if isinstance(markup, str) else ""


def clean(text: str) -> str:
    """The text on one line without control characters, bidi overrides and what could be taken for markup."""
    text = " ".join((text if text.isprintable() else _CONTROLS.sub("", text)).split())
    if "<" in text:  # a headline on <script> keeps its word, in brackets that are none to a browser
        text = _OPENING.sub("‹", _BRACKETED.sub(r"‹\1›", text))
    return text


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters that end at a word; with an ellipsis where something was left out."""
    if len(text) <= limit:
        return text
    part = text[: limit - 1]
    if not text[limit - 1].isspace():
        at = part.rfind(" ", limit // 2)  # a text without spaces is cut where it has to be
        part = part[:at] if at > 0 else part
    return f"{part.rstrip(' ,;:–—-')}…"


def excerpt(text: str, title: str, limit: int) -> str:
    """The start of a text, without the lines that programs put below it; empty where it only says the title again."""
    if len(text) <= 4 * limit:
        # Both lines stand at the end: what is far from it is not looked at.
        if "The post " in text and (line := _POSTED_BY.search(text, max(0, len(text) - _LONGEST_LINE))):
            text = text[: line.start()].rstrip()
        end = max(0, len(text) - _LONGEST_MORE)
        if _MAYBE_MORE.search(text, end) and (more := _MORE.search(text, end)):
            text = f"{text[: more.start()].rstrip()}…"
    if len(text) - len(title) <= 40 and text.casefold().startswith(title.casefold()):
        return ""
    return shorten(text, limit) if text.strip(" ….") else ""


def count_words(text: str) -> int:
    """The words of a text; where a script puts no spaces between them, two letters count as one."""
    if text.isascii():
        return len(text.split())
    others, runs = _LETTERS.subn(" ", text)
    return len(others.split()) + (len(text) - len(others) + runs + 1) // 2


def _once(markup: str, *, is_text: bool) -> tuple[str, tuple[Picture, ...]]:
    """One layer of markup taken off."""
    looks = _MARKUP if is_text else _TAG
    if "<" not in markup or not looks.search(markup):
        return (html.unescape(markup) if "&" in markup else markup), ()
    root = tree(markup)
    if root is None:
        return "", ()
    pictures = tuple(map(_picture, islice(root.iter("img"), _MOST_PICTURES)))
    parts: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if element.tag in _BLOCKS:
            parts.append(" ")
        if event == "end":
            parts.append(element.tail or "")
        elif element.tag in _EXECUTED:
            walk.skip_subtree()
        else:
            parts.append(element.text or "")
    return "".join(parts), pictures


def tree(markup: str) -> etree._Element | None:
    """The elements of an HTML text without scripts, styles and comments; None where it has none."""
    markup = _HIDDEN.sub(" ", markup.replace("\0", ""))
    if len(markup) > 4 * _LONG_TAG:
        markup = _TAGS.sub(_slim, markup)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # all there is to raise for bytes with a known charset: no element in it
        return None


def _slim(found: re.Match[str]) -> str:
    """A tag without all but a few attributes, where it is long: lxml's time grows with the square of their number."""
    tag = found[0]
    if len(tag) <= _LONG_TAG:
        return tag
    name = _TAG_NAME.match(tag)
    kept: dict[str, str] = {}
    for attribute in _KEPT_ATTRIBUTE.finditer(tag[:8000]):
        kept.setdefault(attribute[1].lower(), attribute[2])
    return f"{name[0] if name else '<x'}{''.join(f' {key}={value}' for key, value in kept.items())}>"


def _picture(image: etree._Element) -> Picture:
    def said(name: str) -> str:
        return str(image.get(name) or "").strip()

    return Picture(said("data-src") or said("src"), said("width"), said("height"), said("alt"))
