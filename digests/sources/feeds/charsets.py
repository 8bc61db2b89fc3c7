"""Bytes to text, whatever they say of themselves: header, declaration and reality often differ."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from functools import lru_cache

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"), (b"<\0r\0", "utf-16-le"), (b"\0<\0r", "utf-16-be"))

# What browsers know (https://encoding.spec.whatwg.org/), by Python's names; each label stands for the larger set that pages
# with it really use. Nothing else is decoded: Python has codecs that are no charsets (zip, rot13), slow (punycode, idna) or a
# way past every filter (utf-7).
_CHARSETS = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "hz": "hz", "big5": "cp950", "cp950": "cp950",
    "big5hkscs": "big5hkscs", "shift_jis": "cp932", "cp932": "cp932", "euc_jp": "euc_jp", "iso2022_jp": "iso2022_jp",
    "euc_kr": "cp949", "cp949": "cp949", "johab": "johab", "utf-8": "utf-8", "utf-16": "utf-16-le",
    "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be", "utf-32": "utf-32-le", "mac-roman": "mac-roman",
    "mac-cyrillic": "mac-cyrillic", "koi8-r": "koi8-r", "koi8-u": "koi8-u", "cp866": "cp866", "cp874": "cp874",
    **{f"cp{number}": f"cp{number}" for number in range(1250, 1259)},
    **{f"iso8859-{number}": f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
}  # fmt: skip

_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_IN_TEXT = re.compile(
    rb"<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']?([\w.:-]{1,40})|<meta\b[^>]{0,200}?\bcharset\s*=\s*[\"']?([\w.:-]{1,40})",
    re.IGNORECASE,
)
_HEAD = 4096
_SINGLE = ("cp125", "cp866", "cp874", "iso8859", "koi8", "mac")
_SHIFTED = frozenset({"iso2022_jp", "hz"})
_WIDE = frozenset({"utf-16-le", "utf-16-be", "utf-32-le"})


def header(headers: Mapping[str, str], name: str) -> str:
    """A header's value whatever the case of its name; empty where there is none."""
    return headers.get(name) or next((value for key, value in headers.items() if key.lower() == name), "")


def decode(body: bytes, headers: Mapping[str, str]) -> str:
    """The text of a document. A byte order mark is believed first, then UTF-8 that proves to be it, then what is said.

    The header is believed before the declaration in the text (RFC 7303), and either only where the bytes agree with it.
    """
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    for start, charset in _UNMARKED:
        if body.startswith(start):
            return body.decode(charset, "replace")
    said = _said(body, headers)
    if body.isascii():
        shifted = next((charset for charset in said if charset in _SHIFTED), "")
        return (_decoded(body, shifted) if shifted else None) or body.decode("ascii")
    for charset in ("utf-8", *said):
        text = None if charset in _WIDE else _decoded(body, charset)
        if text is not None:
            return text
    # Nothing fits. UTF-8 with a few broken bytes (a text cut inside a letter) stays UTF-8.
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    other = next((charset for charset in said if charset not in ("utf-8", *_WIDE)), "cp1252")
    letters = len(text) - len(text.encode("ascii", "ignore"))
    return text if broken * 2 <= letters else _forced(body, other)


def _said(body: bytes, headers: Mapping[str, str]) -> list[str]:
    labels = [found[1] for found in [_IN_HEADER.search(header(headers, "content-type")[:1000])] if found]
    written = _IN_TEXT.search(body[:_HEAD])
    if written:
        labels.append((written[1] or written[2]).decode("ascii", "ignore"))
    return [charset for charset in map(_known, labels) if charset]


def _known(label: str) -> str:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):  # ValueError: a label with a NUL in it
        return ""
    return _CHARSETS.get(name, "")


def _decoded(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except UnicodeDecodeError:
        return None


def _forced(body: bytes, charset: str) -> str:
    """The text in a charset that the bytes do not agree with."""
    if charset.startswith(_SINGLE):  # without the bytes it lacks first: replacing each while decoding takes a second
        body = body.translate(_sound_bytes(charset))
    return body.decode(charset, "replace")


@lru_cache(maxsize=64)
def _sound_bytes(charset: str) -> bytes:
    """A table that makes a question mark of every byte that a charset of single bytes does not have."""
    return bytes(ord("?") if bytes([byte]).decode(charset, "ignore") == "" else byte for byte in range(256))
