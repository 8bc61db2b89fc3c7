"""The sandbox in which templates run: they see what they are given, read their own folder, and come to an end.

Who writes a template need not be trusted with the machine. It reaches no file, no environment and no inside of an object
(Jinja2's sandbox sees to that, and the loader to links), and what it does is counted: turns of loops, calls, and characters
that it makes. Counting needs no clock, so a template that works does so on every machine. A few ways to make much out of
nothing in one step, such as `"x" * 999999999`, are measured before they are done, or are not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import jinja2
from jinja2 import nodes
from jinja2.loaders import split_template_path
from jinja2.runtime import Context, markup_join, str_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import pass_context
from jinja2.visitor import NodeTransformer

from digests.errors import TemplateError

STEPS = 50_000
"""Turns of loops, calls and the like that a rendering may take; the longest of ours takes a few thousand."""

CHARACTERS = 2_000_000
"""Characters that it may make, what it throws away included."""

LARGEST = 256_000
"""Bytes of a template file."""

_WIDEST = 10_000  # entries of a list, counted into the depth; numbers of a range
_LONGEST_NUMBER = 512  # bits

_FILTERS = frozenset(
    (
        "abs attr capitalize count d default dictsort e escape first float forceescape groupby indent int items join last "
        "length list lower map max min reject rejectattr replace reverse safe select selectattr sort string striptags sum "
        "title trim truncate unique upper urlencode wordcount"
    ).split()
)
"""Jinja2's filters that are there: those that make no more than they are given, or are measured beforehand."""

_GLOBALS = frozenset({"cycler", "dict", "joiner", "namespace", "range"})

_TEXT_METHODS = frozenset(
    (
        "capitalize casefold count endswith find index isalnum isalpha isascii isdecimal isdigit islower isnumeric isprintable "
        "isspace istitle isupper lower lstrip partition removeprefix removesuffix rfind rindex rpartition rsplit rstrip split "
        "splitlines startswith strip swapcase title upper"
    ).split()
)
"""What can be called on a text. The rest can make it longer than anybody wants: there are filters for that."""


class _Budget:
    """What a rendering may still do."""

    def __init__(self) -> None:
        self.steps = STEPS
        self.characters = CHARACTERS

    def step(self, number: int = 1) -> None:
        self.steps -= number
        if self.steps < 0:
            raise TemplateError(f"takes more than {STEPS:,} steps: loop over less, and not inside each other")

    def make(self, number: int) -> None:
        self.characters -= number
        if self.characters < 0:
            raise TemplateError(f"makes more than {CHARACTERS:,} characters: write less")


_budget: ContextVar[_Budget | None] = ContextVar("budget", default=None)


@contextmanager
def budget() -> Iterator[None]:
    """A rendering, which ends with a TemplateError where it takes too long or makes too much."""
    token = _budget.set(_Budget())
    try:
        yield
    finally:
        _budget.reset(token)


def _left() -> _Budget:
    return _budget.get() or _Budget()  # none while a template is compiled


def counted(value: object) -> object:
    """A value that something is made of: a text by its length, a list by all that is in it."""
    if isinstance(value, str):
        _left().make(len(value))
    elif isinstance(value, list | tuple | dict | set | frozenset):
        _left().step(_weight(value))
    return value


def _weight(value: object) -> int:
    """The entries of lists in lists, each as often as it would be written."""
    weight, left = 0, [value]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            left += [*each.keys(), *each.values()]
        elif isinstance(each, list | tuple | set | frozenset):
            left += each
        else:
            continue
        weight += len(each)
        if weight > _WIDEST:
            raise TemplateError(f"makes a list of more than {_WIDEST:,} entries")
    return weight


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment whose templates are bounded, within `budget`."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, loader: jinja2.BaseLoader, finalize: Callable[[object], object], **more: Any) -> None:
        super().__init__(loader=loader, finalize=lambda value: counted(finalize(value)), **more)
        self.filters = {name: _filter(self.filters[name]) for name in _FILTERS}
        self.filters |= {"indent": _indent(self.filters["indent"]), "join": _join(self.filters["join"])}
        self.filters |= {"replace": _replace(self.filters["replace"])}
        self.filters |= {_TURNS: _turns, _BODY: _body, _JOINED: _joined, _LISTED: _listed}
        self.globals = {name: each for name, each in self.globals.items() if name in _GLOBALS} | {"range": _range}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether an attribute may be looked at."""
        if isinstance(obj, str | bytes | bytearray) and callable(value) and attr not in _TEXT_METHODS:
            return False
        if isinstance(obj, int | float) and attr.startswith(("to_", "from_")):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:  # noqa: ARG002
        """No `format` of texts: a width in it can be of any size."""
        return None

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Call what a template calls."""
        _left().step()
        return counted(super().call(__context, __obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Calculate, where the result is of a size that is meant."""
        if operator == "**" or (operator == "%" and isinstance(left, str | bytes)):
            raise TemplateError(f"the operator {operator} is not there")
        if operator == "*":
            sizes = [len(each) for each in (left, right) if isinstance(each, Sized)]
            times = [each for each in (left, right) if isinstance(each, int)]
            if sizes and times:
                _left().make(sizes[0] * max(times[0], 0))
                _left().step(1 if isinstance(left, str) or isinstance(right, str) else sizes[0] * max(times[0], 0))
            elif len(times) == 2 and sum(each.bit_length() for each in times) > _LONGEST_NUMBER:
                raise TemplateError("makes a number that is too large")
        return counted(super().call_binop(context, operator, left, right))

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        return super()._generate(_Counting(self).visit(source), name, filename, defer_init)


class Folder(jinja2.FileSystemLoader):
    """A folder of templates. A link that leads out of it is refused; one within it is how some systems mount files."""

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The text of a template, where it lies and whether it is still the same."""
        (folder,) = map(Path, self.searchpath)
        path = folder.joinpath(*split_template_path(template))
        if path.exists() or path.is_symlink():
            if not path.resolve().is_relative_to(folder.resolve()):
                raise TemplateError(f"{path} leads out of {folder}: templates have to lie in their folder")
            if path.is_file() and path.stat().st_size > LARGEST:
                raise TemplateError(f"{path} has more than {LARGEST:,} bytes")
        return super().get_source(environment, template)


# What the compiler puts in. No template can call these: what it types has no spaces.
_TURNS, _BODY, _JOINED, _LISTED = "each turn", "a body", "all joined", "a list"


_Bodied = TypeVar("_Bodied", nodes.Template, nodes.Macro, nodes.CallBlock, nodes.Block, nodes.For)


class _Counting(NodeTransformer):
    """Puts into a template what counts: at each turn of a loop, each body, each text that is joined, each list."""

    def __init__(self, environment: Sandbox) -> None:
        self._environment = environment

    def visit_Template(self, node: nodes.Template) -> nodes.Node:  # noqa: N802
        return self._with_body(node)

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:  # noqa: N802
        return self._with_body(node)

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:  # noqa: N802
        return self._with_body(node)

    def visit_Block(self, node: nodes.Block) -> nodes.Node:  # noqa: N802
        return self._with_body(node)

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        if node.recursive:
            raise jinja2.TemplateSyntaxError("loops are not recursive here; include a template instead", node.lineno)
        self._with_body(node)
        node.iter = self._filter(_TURNS, node.iter, node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return self._filter(_JOINED, nodes.List(node.nodes, lineno=node.lineno), node.lineno)

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return self._filter(_LISTED, node, node.lineno)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return self._filter(_LISTED, node, node.lineno)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return node if node.ctx == "store" else self._filter(_LISTED, node, node.lineno)

    def _with_body(self, node: _Bodied) -> _Bodied:
        self.generic_visit(node)
        text = sum(len(data.data) for data in node.find_all(nodes.TemplateData))
        entered = self._filter(_BODY, nodes.Const(text, lineno=node.lineno), node.lineno)
        node.body.insert(0, nodes.ExprStmt(entered, lineno=node.lineno))
        return node

    def _filter(self, name: str, node: Any, line: int) -> nodes.Filter:
        made = nodes.Filter(node, name, [], [], None, None, lineno=line)
        made.set_environment(self._environment)
        return made


# With the context they are never worked out by the compiler, which would count nothing at run time.


@pass_context
def _turns(_context: Context, values: Any) -> Iterator[Any]:
    return _one_by_one(iter(values))


def _one_by_one(values: Iterator[Any]) -> Iterator[Any]:
    for each in values:
        _left().step()
        yield each


@pass_context
def _body(_context: Context, characters: int) -> None:
    _left().step()
    _left().make(max(characters, 0))


@pass_context
def _joined(context: Context, values: list[Any]) -> str:
    for each in values:
        counted(each)
    return markup_join(values) if context.eval_ctx.autoescape else str_join(values)


@pass_context
def _listed(_context: Context, values: Any) -> Any:
    return counted(values)


def _filter(work: Callable[..., Any]) -> Callable[..., Any]:
    """A filter whose values are counted, before and after; what comes one by one is counted one by one."""

    @wraps(work)
    def measured(*args: Any, **kwargs: Any) -> Any:
        given = [_one_by_one(each) if isinstance(each, Iterator) else counted(each) for each in args]
        made = work(*given, **kwargs)
        return _one_by_one(made) if isinstance(made, Iterator) else counted(made)

    return measured


def _indent(work: Callable[..., Any]) -> Callable[..., Any]:
    def indent(text: Any, width: int | str = 4, first: bool = False, blank: bool = False) -> Any:
        _left().make((str(text).count("\n") + 1) * (len(width) if isinstance(width, str) else max(width, 0)))
        return work(text, width, first, blank)

    return indent


def _join(work: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(work)
    def join(context: Any, value: Any, d: Any = "", attribute: Any = None) -> Any:
        values = list(_one_by_one(iter(value)))
        _left().make(len(str(d)) * len(values))
        return work(context, values, d, attribute)

    return join


def _replace(work: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(work)
    def replace(context: Any, text: Any, old: Any, new: Any, count: int | None = None) -> Any:
        found = str(text).count(str(old))
        _left().make(len(str(new)) * (found if count is None or count < 0 else min(found, count)))
        return work(context, text, old, new, count)

    return replace


def _range(*args: int) -> range:
    """Numbers, not too many."""
    numbers = range(*args)
    if len(numbers) > _WIDEST:
        raise TemplateError(f"counts further than {_WIDEST:,}")
    return numbers
