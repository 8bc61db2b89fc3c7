"""A small schema language for Block Kit: rules that look at one value and write down what Slack would object to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Rule = Callable[[Any, str, "Report"], None]

_WEB_ADDRESS = re.compile(r"https?://[^\s<>|]+", re.IGNORECASE)
_ANY_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>|]+", re.IGNORECASE)


@dataclass(slots=True)
class Report:
    """What was found wrong, in Slack's words, each with the JSON pointer to the place."""

    errors: list[str] = field(default_factory=list)

    def add(self, complaint: str, pointer: str) -> None:
        """Write one complaint down."""
        self.errors.append(f"{complaint} [json-pointer:{pointer}]")


def string(most: int, least: int = 1) -> Rule:
    """A string of `least` to `most` characters."""

    def rule(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add("must be a string", pointer)
        elif len(value) < least:
            report.add(f"must be more than {least - 1} characters", pointer)
        elif len(value) > most:
            report.add(f"must be less than {most + 1} characters", pointer)

    return rule


def address(most: int, *, web_only: bool = False) -> Rule:
    """A URL of at most `most` characters, without the characters that break links."""
    pattern = _WEB_ADDRESS if web_only else _ANY_ADDRESS

    def rule(value: Any, pointer: str, report: Report) -> None:
        before = len(report.errors)
        string(most)(value, pointer, report)
        if len(report.errors) == before and not pattern.fullmatch(value):
            report.add("invalid url", pointer)

    return rule


def boolean(value: Any, pointer: str, report: Report) -> None:
    """True or false."""
    if not isinstance(value, bool):
        report.add("must be a boolean", pointer)


def anything(value: Any, pointer: str, report: Report) -> None:
    """A value that Slack does not look into here."""


def integer(least: int, most: int) -> Rule:
    """A whole number in a range."""

    def rule(value: Any, pointer: str, report: Report) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            report.add("must be an integer", pointer)
        elif not least <= value <= most:
            report.add(f"must be between {least} and {most}", pointer)

    return rule


def choice(*values: str) -> Rule:
    """One of a few words."""

    def rule(value: Any, pointer: str, report: Report) -> None:
        if value not in values:
            report.add("must be a valid enum value", pointer)

    return rule


def pattern(expression: str, complaint: str) -> Rule:
    """A string of a given shape."""
    compiled = re.compile(expression)

    def rule(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            report.add(complaint, pointer)

    return rule


def array(item: Rule, most: int, least: int = 1) -> Rule:
    """A list of `least` to `most` items that follow one rule."""

    def rule(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, list):
            report.add("must be an array", pointer)
            return
        if len(value) < least:
            report.add(f"no less than {least} items allowed", pointer)
        if len(value) > most:
            report.add(f"no more than {most} items allowed", pointer)
        for index, entry in enumerate(value[:most]):
            item(entry, f"{pointer}/{index}", report)

    return rule


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """An object with these fields and no others; a field that is null counts as left out."""
    known = {**required, **(optional or {})}

    def rule(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add("must be an object", pointer)
            return
        for name in required:
            if value.get(name) is None:
                report.add(f"missing required field: {name}", pointer)
        for name, entry in value.items():
            if entry is None:
                continue
            if name in known:
                known[name](entry, f"{pointer}/{name}", report)
            else:
                report.add(f"invalid additional property: {name}", pointer)

    return rule


def typed(shapes: Mapping[str, Rule]) -> Rule:
    """An object whose `type` says which shape it has."""

    def rule(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add("must be an object", pointer)
            return
        kind = value.get("type")
        if kind is None:
            report.add("missing required field: type", pointer)
        elif not isinstance(kind, str) or kind not in shapes:
            report.add(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            shapes[kind](value, pointer, report)

    return rule


def every(*rules: Rule) -> Rule:
    """All of several rules."""

    def rule(value: Any, pointer: str, report: Report) -> None:
        for part in rules:
            part(value, pointer, report)

    return rule
