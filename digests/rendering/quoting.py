"""How values travel through a template that writes YAML: each ``{{ value }}`` is one quoted scalar, whatever it holds.

A value is written as ``"\ue000s6e657773\ue001"``: a YAML double-quoted scalar whose inside is hexadecimal, so there is
no character in any title that YAML or Jinja could act on, and a value that stands inside a larger scalar is noticed by
its marks, always, and not only when a title happens to hold a quote. Strings stay strings; whole numbers and yes/no
keep their type, so that ``indent: {{ depth }}`` works.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from digests.errors import TemplateError

OPEN, CLOSE = "\ue000", "\ue001"
_LINE, _LINE_END = "\ue002", "\ue003"
_QUOTED = re.compile(f"{OPEN}([sib])([0-9a-fA-F]*){CLOSE}")
_ORIGIN = re.compile(f"{_LINE}([^{_LINE_END}]*):(\\d+){_LINE_END}")
_ALL = re.compile(f"[{OPEN}{CLOSE}{_LINE}{_LINE_END}]")


def quote(value: object) -> str:
    """The value as a quoted YAML scalar; the ``finalize`` of the environment. None is the empty text."""
    if isinstance(value, bool):
        return f'"{OPEN}b{int(value)}{CLOSE}"'
    if isinstance(value, int):
        return f'"{OPEN}i{str(value).encode().hex()}{CLOSE}"'
    if value is None:
        value = ""
    if isinstance(value, float):
        value = f"{value:g}"
    if isinstance(value, list | tuple | dict | set | frozenset) or hasattr(value, "__dataclass_fields__"):
        raise TemplateError(
            f"{{{{ }}}} takes a text, not a {type(value).__name__}; loop over it or name one of its fields"
        )
    text = str(value)
    if _ALL.search(text):
        raise TemplateError(
            "{{ }} takes a text, not the output of a macro or a set block; "
            "put the shared part into a file of its own and {% include %} it"
        )
    return f'"{OPEN}s{text.encode("utf-8", "surrogatepass").hex()}{CLOSE}"'


def unquote(scalar: str) -> str | int | bool | None:
    """The value that :func:`quote` wrote, or None where the scalar is not exactly one such value."""
    found = _QUOTED.fullmatch(scalar)
    if found is None:
        return None
    kind, digits = found.groups()
    if kind == "b":
        return digits == "1"
    text = bytes.fromhex(digits).decode("utf-8", "replace")
    return int(text) if kind == "i" else text


def holds_value(scalar: str) -> bool:
    """Whether a part of the scalar came out of a ``{{ }}``."""
    return OPEN in scalar or CLOSE in scalar


class Origins(Extension):
    """Marks each line of a template's own text with where it stands, so that errors in the YAML can name it."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Called by Jinja2 with the tokens of one template."""
        for token in stream:
            if token.type == "data":
                first, *rest = token.value.split("\n")
                marked = [_mark(stream.name, token.lineno) + first]
                marked += (_mark(stream.name, token.lineno + n) + line for n, line in enumerate(rest, 1))
                yield Token(token.lineno, token.type, "\n".join(marked))
            else:
                yield token


def origins(rendered: str) -> tuple[str, list[tuple[str, int]]]:
    """The rendered text without marks, and for each of its lines the template and the line it came from."""
    where: list[tuple[str, int]] = []
    last = ("", 0)
    for line in rendered.split("\n"):
        marks = _ORIGIN.findall(line)
        if marks:
            last = (marks[0][0], int(marks[0][1]))
        where.append(last)
    return _ORIGIN.sub("", rendered), where


def _mark(name: str | None, line: int) -> str:
    return f"{_LINE}{name or ''}:{line}{_LINE_END}"
