"""Templates to blocks: Jinja2 writes YAML, YAML becomes a list of blocks, every mistake names its file and line."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2
import yaml

from digests.errors import LanguageError, TemplateError
from digests.rendering.bounds import Folder, Sandbox, budget
from digests.rendering.limits import LINES, Block, Json, check_block
from digests.rendering.mrkdwn import live, mark_bold, mark_code, mark_italic, mark_link, unmarked
from digests.rendering.quoting import Origins, holds_value, origins, quote, unquote
from digests.rendering.shorten import shorten

BUNDLED = Path(__file__).parent / "templates"
SUFFIX = ".yaml.j2"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 40
_TEXT_KEYS = LINES | {"value", "action_id", "block_id", "type", "name", "style_name"}
_INTEGER = re.compile(r"[-+]?\d{1,15}\Z")
_CONSTANTS: Mapping[str, bool] = {"true": True, "false": False}
_MISTAKES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, jinja2.TemplateError)
"""What a wrong template can raise while it runs."""


class Templates:
    """The templates by name: those of an admin's folder first, then the bundled ones."""

    def __init__(self, folder: Path | None = None) -> None:
        if folder is not None and not folder.is_dir():
            raise TemplateError(f"{folder}: no such folder; create it, or leave the templates setting empty")
        self.folder = folder
        loader = jinja2.ChoiceLoader([Folder(f) for f in (folder, BUNDLED) if f is not None])
        self._yaml = Sandbox(
            loader,
            quote,
            extensions=[Origins],
            autoescape=False,  # the output is YAML; `quote` makes every value harmless in it
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._yaml.filters |= {
            "bold": mark_bold,
            "code": mark_code,
            "dots": dots,
            "italic": mark_italic,
            "link": mark_link,
            "shorten": shorten,
        }
        self._html = Sandbox(
            loader, _as_it_is, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._html.filters["dots"] = dots

    def names(self) -> list[str]:
        """The names of all block templates, without their suffix."""
        return [name.removesuffix(SUFFIX) for name in self._yaml.list_templates() if name.endswith(SUFFIX)]

    def blocks(self, name: str, values: Mapping[str, object]) -> list[Block]:
        """The blocks that the template makes of the values, not yet fitted into Slack's limits.

        Raises TemplateError where the template is missing or wrong.
        """
        rendered, lines = origins(self._render(self._yaml, name + SUFFIX, values))
        return _Reader(self, name + SUFFIX, lines).read(rendered)

    def check(self, name: str, blocks: Sequence[Mapping[str, object]]) -> None:
        """Raises TemplateError where fitted blocks are still none that Slack would take."""
        if not blocks:
            raise TemplateError(
                f"{self.place(name + SUFFIX)}: no block is left to send; write at least one with a text"
            )
        problems = [p for n, block in enumerate(blocks) for p in check_block(block, f"blocks[{n}]")]
        if problems:
            raise TemplateError(f"{self.place(name + SUFFIX)}: Slack would refuse this: {'; '.join(problems[:5])}")

    def page(self, name: str, values: Mapping[str, object]) -> str:
        """The HTML that the template makes of the values, autoescaped."""
        return self._render(self._html, name, values)

    def place(self, name: str, line: int | None = None) -> str:
        """``folder/name:line``, as editors and terminals link it."""
        folder = self.folder if self.folder and (self.folder / name).is_file() else BUNDLED
        return f"{folder / name}:{line}" if line else str(folder / name)

    def _render(self, environment: jinja2.Environment, name: str, values: Mapping[str, object]) -> str:
        try:
            with budget():
                return environment.get_template(name).render(values)
        except jinja2.TemplateNotFound as error:
            raise self._missing(str(error.name or name), name) from error
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(f"{self.place(error.name or name, error.lineno)}: {error.message}") from error
        except (TemplateError, LanguageError) as error:
            raise TemplateError(f"{self._running(name, error)}: {error}") from error
        except UnicodeDecodeError as error:
            raise TemplateError(f"{self.place(name)}: not UTF-8; save the file as UTF-8") from error
        except _MISTAKES as error:
            raise TemplateError(f"{self._running(name, error)}: {str(error) or type(error).__name__}") from error

    def _missing(self, missing: str, asked: str) -> TemplateError:
        folders = " and ".join(str(f) for f in (self.folder, BUNDLED) if f is not None)
        wanted = "" if missing == asked else f"{self.place(asked)}: "
        there = ", ".join(name + SUFFIX for name in self.names())
        return TemplateError(f"{wanted}no template {missing} in {folders}; create it there or use one of {there}")

    def _running(self, name: str, error: Exception) -> str:
        """The last line of a template that was running when the error came up."""
        paths = {str(folder) for folder in (self.folder, BUNDLED) if folder is not None}
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if str(Path(frame.filename).parent) in paths and frame.filename.endswith(".j2"):
                return f"{frame.filename}:{frame.lineno}"
        return self.place(name)


class _Reader:
    """One rendered template on its way from YAML to blocks."""

    def __init__(self, templates: Templates, name: str, lines: Sequence[tuple[str, int]]) -> None:
        self._templates = templates
        self._name = name
        self._lines = lines

    def read(self, text: str) -> list[Block]:
        try:
            tree = yaml.compose(text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise self._error(mark.line if mark else None, self._explain(text, mark, error.problem)) from error
        except yaml.YAMLError as error:
            raise self._error(None, f"not YAML: {error}") from error
        if tree is None:
            return []
        if not isinstance(tree, yaml.SequenceNode):
            raise self._error(tree.start_mark.line, "a template writes a list of blocks, each starting with '- type: '")
        blocks: list[Block] = []
        for node in tree.value:
            block = self._value(node, "", 0)
            if not isinstance(block, dict) or "type" not in block:
                raise self._error(node.start_mark.line, "each entry is a block and starts with '- type: '")
            blocks.append(block)
        return blocks

    def _value(self, node: yaml.Node, key: str, depth: int, *, kind: str = "") -> Json:
        if depth > _DEEPEST:
            raise self._error(node.start_mark.line, f"nested more than {_DEEPEST} deep")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(child, key, depth + 1) for child in node.value]
        return self._scalar(node, key, kind)

    def _mapping(self, node: yaml.MappingNode, depth: int) -> Block:
        kind = next((v.value for k, v in node.value if k.value == "type" and isinstance(v, yaml.ScalarNode)), "")
        mapping: Block = {}
        for key, value in node.value:
            line = key.start_mark.line
            if not isinstance(key, yaml.ScalarNode) or holds_value(key.value):
                raise self._error(line, "keys are plain words; a {{ value }} stands after the colon")
            if key.value in mapping:
                raise self._error(line, f"the key {key.value!r} stands here twice")
            mapping[key.value] = self._value(value, key.value, depth + 1, kind=kind)
        return mapping

    def _scalar(self, node: yaml.Node, key: str, kind: str) -> Json:
        text, line = str(node.value), node.start_mark.line
        style = getattr(node, "style", None) or None  # libyaml writes "" for plain
        value: Json
        if not holds_value(text):
            if style is not None or key in _TEXT_KEYS:
                return text
            if text in ("", "~", "null"):
                return None
            return int(text) if _INTEGER.match(text) else _CONSTANTS.get(text, text)
        if style != '"' or (value := unquote(text)) is None:
            raise self._error(line, _ALONE)
        if key == "type" or kind == "markdown":
            raise self._error(line, f"no {{{{ value }}}} may stand here; {_WHY[key == 'type']}")
        if not isinstance(value, str):
            return str(value) if key in _TEXT_KEYS else value
        return live(value) if kind == "mrkdwn" and key == "text" else unmarked(value)

    def _explain(self, text: str, mark: yaml.Mark | None, problem: str | None) -> str:
        line = text.split("\n")[mark.line] if mark and mark.line < text.count("\n") + 1 else ""
        return f"not YAML: {problem}; {_ALONE}" if holds_value(line) else f"not YAML: {problem}"

    def _error(self, line: int | None, what: str) -> TemplateError:
        name, number = self._lines[min(line, len(self._lines) - 1)] if line is not None else (self._name, 0)
        return TemplateError(f"{self._templates.place(name or self._name, number or None)}: {what}")


_ALONE = 'a {{ value }} stands alone after the colon, without quotes; put text around it inside: {{ "by " ~ name }}'
_WHY = {True: "write the type out", False: "a markdown block would act on it; use rich_text"}


def _as_it_is(value: object) -> object:
    return value


def dots(parts: Sequence[object]) -> str:
    """The ``dots`` filter: the parts that hold something, joined by ``·``."""
    return " · ".join(str(part) for part in parts if part)
