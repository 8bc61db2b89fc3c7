"""Slack's mrkdwn: escaping, links, and live formatting that other people's text can never switch on.

Templates compose text with ``~`` and filters, so a plain string has to carry which of its parts are ours. Filters such
as ``bold`` and ``link`` therefore set private-use marks instead of ``*`` and ``<``; :func:`live` escapes and disarms
the whole string first and turns the marks into mrkdwn last. ``plain`` removes private-use characters from foreign text,
so nobody else can write a mark.
"""

from __future__ import annotations

import re

from digests.rendering.links import safe_url

_OPEN, _BAR, _CLOSE = "\ue010", "\ue011", "\ue012"
_BOLD, _ITALIC, _CODE = "\ue013", "\ue014", "\ue015"
MARKS = _OPEN + _BAR + _CLOSE + _BOLD + _ITALIC + _CODE

_LINK = re.compile(f"{_OPEN}([^{_BAR}{_CLOSE}]*){_BAR}([^{_CLOSE}]*){_CLOSE}")
_STYLES = str.maketrans({_BOLD: "*", _ITALIC: "_", _CODE: "`", _OPEN: None, _BAR: None, _CLOSE: None})
_NO_MARKS = str.maketrans("", "", MARKS)

_LOOKALIKES = str.maketrans({"*": "\u2217", "~": "\u223c", "`": "\u02cb"})
_LOOSE_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_SHORTCODE = re.compile(r":(?=[A-Za-z0-9_+'-]+:)")
_QUOTE = re.compile(r"^([^\S\n]*)(>+)", re.MULTILINE)
_EVERYONE = re.compile(r"@(?=(?:channel|here|everyone|group)\b)", re.IGNORECASE)


def escape(text: str) -> str:
    """The text with exactly ``&``, ``<`` and ``>`` escaped, as Slack asks; nothing else is changed."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def disarm(text: str) -> str:
    """The text with everything that mrkdwn would act on replaced by look-alikes; still to be escaped.

    Slack has no way to escape ``*``, ``_``, ``~``, backticks, ``:emoji:``, a leading ``>`` and ``@here``, and
    zero-width characters around them switch formatting on rather than off, so only another character is certain.
    """
    text = _LOOSE_UNDERSCORE.sub("\u02cd", text.translate(_LOOKALIKES))
    text = _SHORTCODE.sub("\u2236", text)
    text = _QUOTE.sub(lambda m: m[1] + "\u203a" * len(m[2]), text)
    return _EVERYONE.sub("\uff20", text)


def inert(text: str) -> str:
    """The text for a place that mrkdwn parses, where it must do nothing: disarmed and escaped."""
    return escape(disarm(text))


def link(url: str, text: str) -> str:
    """``<url|text>`` in mrkdwn; the inert text alone where the address may not be linked."""
    return live(mark_link(text, url))


def mark_link(text: str, url: str) -> str:
    """The ``link`` filter: marked text that becomes a link where the address is http or https."""
    safe, text = safe_url(url), text.translate(_NO_MARKS)
    return f"{_OPEN}{safe}{_BAR}{text}{_CLOSE}" if safe and text else text


def mark_bold(text: str) -> str:
    """The ``bold`` filter. Bold ends at a line break in mrkdwn, so the text is kept in one line."""
    return _wrap(text, _BOLD)


def mark_italic(text: str) -> str:
    """The ``italic`` filter."""
    return _wrap(text, _ITALIC)


def mark_code(text: str) -> str:
    """The ``code`` filter."""
    return _wrap(text, _CODE)


def live(marked: str) -> str:
    """Marked text as mrkdwn: all of it inert, but for the parts that our filters marked."""
    out: list[str] = []
    end = 0
    for found in _LINK.finditer(marked):
        out += (inert(marked[end : found.start()]), f"<{escape(found[1])}|{inert(found[2])}>")
        end = found.end()
    out.append(inert(marked[end:]))
    return "".join(out).translate(_STYLES)


def unmarked(marked: str) -> str:
    """Marked text as plain text, for places that Slack does not parse: links become their text."""
    return _LINK.sub(r"\2", marked).translate(_NO_MARKS)


def _wrap(text: str, mark: str) -> str:
    text = " ".join(text.split())
    return f"{mark}{text}{mark}" if text else ""
