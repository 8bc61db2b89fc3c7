"""Each exception from a rule about security says why it is one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOUSES = ("bot", "digests", "playground")
_NOQA = re.compile(r"#\s*noqa:\s*((?:[A-Z]+\d+[,\s]*)+)(.*)")


def exceptions() -> list[tuple[str, str, str]]:
    """Where each exception from a rule of S stands, its line, and the line before."""
    found = []
    for house in HOUSES:
        for path in sorted((ROOT / house).rglob("*.py")):
            lines = path.read_text(encoding="utf-8").splitlines()
            for number, line in enumerate(lines):
                said = _NOQA.search(line)
                if said and re.search(r"\bS\d{3}\b", said[1]):
                    found.append((f"{path.relative_to(ROOT)}:{number + 1}", line, lines[number - 1]))
    return found


def test_there_are_few_exceptions() -> None:
    assert 0 < len(exceptions()) < 25


@pytest.mark.parametrize(("place", "line", "before"), exceptions(), ids=lambda value: value[:60])
def test_each_exception_says_why(place: str, line: str, before: str) -> None:
    said = _NOQA.search(line)
    assert said is not None
    reason = said[2].strip(" #-")
    assert len(reason) > 5 or before.strip().startswith("# "), f"{place} says not why"


def test_no_rule_is_left_out_without_a_word() -> None:
    """A rule of S is left out of the whole only with a comment; for tests all of them are, which the table says."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lint = tomllib.loads(text)["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    left_out = [code for code in lint["ignore"] if re.fullmatch(r"S\d*", code)]
    assert left_out == ["S101"]
    assert re.search(r'"S101",\s+# \w+', text)
    where = {path for path, codes in lint["per-file-ignores"].items() if any(re.fullmatch(r"S\d*", c) for c in codes)}
    assert where == {"tests/**"}
