"""Reads the YAML front matter of an article file: a fast reader for the plain dialect, a careful one for everything else.

Both give the same values (`digests.models.Value`): whole numbers, true, false and null are themselves, every other plain
scalar is its text, so a provider called "No", version "1.10" and a date survive as written.

The fast reader is rapidyaml, which is forgiving (it ignores tags and anchors and joins documents), so it only gets texts in
which every line is of a shape that all YAML readers agree on (``_DIALECT``). Whatever is not goes to the careful reader:
PyYAML's event stream, walked with a stack of our own, since PyYAML's C composer dies of nesting 200,000 deep and expands
alias bombs. It names the line of what it refuses.
"""

from __future__ import annotations

import json
import re
from typing import Any

import ryml
import yaml

from digests.errors import ArticleError
from digests.models import Value

MAX_DEPTH = 32
"""Mappings and lists may nest this deep; the deepest real file has four levels."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Control characters, and what YAML 1.1 takes for line breaks (NEL, LS, PS), a byte order mark or non-characters.
_ODD = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff"
_INTEGER = r"-?(?:0|[1-9][0-9]{0,17})(?![0-9])"  # longer rows of digits are text
_QUOTED = rf'"[^"\\{_ODD}]*+(?:\\["\\][^"\\{_ODD}]*+)*+"'
# Starts with nothing that YAML gives a meaning, is no number but a whole one, has no ": " or " #", ends in no space.
_PLAIN = (
    rf"(?![-+.]?(?:[0-9][-+0-9.eE_:xobXOB]*$|[nN][aA][nN]$|[iI][nN][fF](?:[iI][nN][iI][tT][yY])?$))"
    rf"[^\s\-?:,\[\]{{}}#&*!|>'\"%@`~+.=<{_ODD}]"
    rf"[^:#{_ODD}]*+(?:(?::(?=[^\s{_ODD}])|(?<=\S)#)[^:#{_ODD}]*+)*+(?<! )"
)
_VALUE = rf"(?:{_QUOTED}|{_INTEGER}|{_PLAIN})"
_DIALECT = re.compile(rf"(?:(?: *(?:- )?[A-Za-z_][A-Za-z0-9_-]*+:(?: {_VALUE})?| *- {_VALUE})?\n)*+", re.MULTILINE)
# The repeats are possessive: nothing is kept to go back to, so a hostile file costs no memory.
_DEEP = re.compile(r"^ {24}", re.MULTILINE)  # no real file goes deeper than eight spaces; rapidyaml complains aloud
_QUICK = 512 * 1024
_DIRECTIVE = re.compile(r"^%", re.MULTILINE)
_IS_INTEGER = re.compile(rf"{_INTEGER}\Z")
PLAIN = re.compile(_PLAIN, re.MULTILINE)
"""A text that may stand in front matter without quotes, line by line."""


def read_fast(text: str) -> Value | None:
    """The values of a front matter in the plain dialect, or None where the careful reader has to decide."""
    if len(text) > _QUICK or _DEEP.search(text) or not _DIALECT.fullmatch(text):
        return None
    try:
        written = ryml.emit_json(ryml.parse_in_arena(text.encode()))
        if written is None:  # an empty document
            return None
        value: Value = json.loads(written, object_pairs_hook=_unique, parse_float=_undecided)
    except (ryml.ryml.ExceptionBasic, ValueError):
        return None
    return value


def _unique(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _undecided(number: str) -> Value:
    raise ValueError(f"{number} is for the careful reader")


def read_carefully(text: str, *, path: str | None = None, first_line: int = 1) -> Value:
    """The values of any front matter that is one plain YAML document.

    Args:
        text: The front matter without its ``---`` lines.
        path: For error messages.
        first_line: The number, in the file, of the first line of `text`.

    Raises:
        ArticleError: For broken YAML, and for what an article never needs and a hostile one uses: aliases, tags, keys
            that are not scalars or stand twice, more than one document, nesting deeper than `MAX_DEPTH`.
    """

    def refuse(reason: str, line: int | None) -> ArticleError:
        return ArticleError(reason, path=path, line=None if line is None else first_line + line)

    directive = _DIRECTIVE.search(text)
    if directive is not None:  # libyaml takes the time of the square of their number
        raise refuse("a line that starts with %: directives are not accepted", text.count("\n", 0, directive.start()))
    builder = _Builder()
    loader = None
    try:
        loader = _Loader(text)
        while loader.check_event():
            event = loader.get_event()
            problem = builder.take(event)
            if problem:
                raise refuse(problem, event.start_mark.line)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or ""
        hint = ": put quotes around a value that has ': ' in it" if problem.startswith("mapping values") else ""
        raise refuse(f"broken YAML: {problem}{hint}", mark.line if mark else None) from error
    except yaml.reader.ReaderError as error:
        # The C reader counts bytes, the Python one characters: look the character up again.
        odd = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, odd.start()) if odd else None
        what = f"character U+{ord(odd[0]):04X}" if odd else "a control character"
        raise refuse(f"{what} may not stand in YAML", line) from error
    except yaml.YAMLError as error:
        raise refuse(f"broken YAML: {error}", None) from error
    finally:
        if loader is not None:
            loader.dispose()
    return builder.value


class _Builder:
    """Puts a value together from parse events without recursion."""

    def __init__(self) -> None:
        self.value: Value = None
        self._open: list[list[Value] | dict[str, Value]] = []
        self._keys: list[str | None] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> str | None:
        """Add one event; returns what is wrong with it, or None."""
        if isinstance(event, yaml.AliasEvent):
            return f"alias *{event.anchor}: aliases are not accepted, write the value out"
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            return "a second YAML document starts here: there may be one" if self._documents > 1 else None
        if isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._keys.pop()
            return None
        if not isinstance(event, yaml.NodeEvent):
            return None
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            return f"tag {tag}: tags are not accepted, write the plain value"
        if isinstance(event, yaml.ScalarEvent):
            return self._add(_resolved(event), event)
        if len(self._open) >= MAX_DEPTH:
            return f"nested deeper than {MAX_DEPTH} levels"
        opened: list[Value] | dict[str, Value] = {} if isinstance(event, yaml.MappingStartEvent) else []
        problem = self._add(opened, event)
        self._open.append(opened)
        self._keys.append(None)
        return problem

    def _add(self, value: Value, event: yaml.NodeEvent) -> str | None:
        if not self._open:
            self.value = value
            return None
        parent = self._open[-1]
        if isinstance(parent, list):
            parent.append(value)
            return None
        key = self._keys[-1]
        if key is None:
            if not isinstance(event, yaml.ScalarEvent):
                return "a key has to be a plain word"
            self._keys[-1] = event.value
            return f"key {event.value!r} stands twice" if event.value in parent else None
        parent[key] = value
        self._keys[-1] = None
        return None


def _resolved(event: yaml.ScalarEvent) -> Value:
    text: str = event.value
    if event.style:  # quoted or a block: text whatever it looks like
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    return int(text) if _IS_INTEGER.match(text) else text
