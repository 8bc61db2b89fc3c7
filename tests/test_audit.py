"""What `make audit` says: findings fail, known ones do not for a while, and what was not asked is never called good."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.tools.audit import KNOWN, judged, read_known

TODAY = date(2026, 11, 30)
HOLE: dict[str, Any] = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-7"], "fix_versions": ["2.0"], "description": "..."}
GOOD: dict[str, Any] = {"name": "good", "version": "1.0", "vulns": []}
BAD: dict[str, Any] = {"name": "bad", "version": "1.0", "vulns": [HOLE]}
UNKNOWN = {"name": "unknown", "skip_reason": "not found on the index"}
REASON = 'id = "{id}"\npackage = "bad"\nwhy = "we never call what it is about"\nuntil = {until}\n'


def known(identifier: str = "PYSEC-2026-1", until: str = "2026-12-31") -> Any:
    return read_known("[[finding]]\n" + REASON.format(id=identifier, until=until))


def test_all_is_well() -> None:
    verdict = judged({"dependencies": [GOOD, GOOD]}, (), TODAY)
    assert not verdict.wrong
    assert verdict.lines == ("1 packages audited, 0 holes known to the service",)


def test_a_finding_fails_and_says_what_mends_it() -> None:
    verdict = judged({"dependencies": [GOOD, BAD, BAD]}, (), TODAY)
    assert verdict.wrong
    assert verdict.lines[0] == "WRONG: bad 1.0 has PYSEC-2026-1; mended in 2.0"
    unmended = {**BAD, "vulns": [{**HOLE, "fix_versions": []}]}
    assert "not mended yet" in judged({"dependencies": [unmended]}, (), TODAY).lines[0]


@pytest.mark.parametrize("identifier", ["PYSEC-2026-1", "CVE-2026-7"])
def test_a_known_finding_fails_only_when_its_reason_has_run_out(identifier: str) -> None:
    verdict = judged({"dependencies": [GOOD, BAD]}, known(identifier), TODAY)
    assert not verdict.wrong
    assert verdict.lines[0].endswith("until 2026-12-31: we never call what it is about")
    over = judged({"dependencies": [GOOD, BAD]}, known(identifier, "2026-11-29"), TODAY)
    assert over.wrong
    assert "has run out" in over.lines[0]


def test_a_reason_for_another_package_or_hole_excuses_nothing() -> None:
    assert judged({"dependencies": [{**BAD, "name": "worse"}, GOOD]}, known(), TODAY).wrong
    assert judged({"dependencies": [BAD, GOOD]}, known("PYSEC-2026-2"), TODAY).wrong
    assert "and not found" in judged({"dependencies": [GOOD]}, known(), TODAY).lines[0]


def test_what_was_not_asked_is_not_called_good() -> None:
    for report in ("no route to host", {"dependencies": [UNKNOWN, UNKNOWN]}):
        verdict = judged(report, (), TODAY)
        assert not verdict.wrong
        assert [line.partition(":")[0] for line in verdict.lines] == ["NOT AUDITED"]
    some = judged({"dependencies": [GOOD, UNKNOWN, BAD]}, (), TODAY)
    assert some.wrong
    assert "not audited, as the service does not know them: unknown" in some.lines
    assert some.lines[-1] == "2 packages audited, 1 holes known to the service"


def test_each_reason_is_one() -> None:
    with pytest.raises(ValueError, match="say why"):
        read_known('[[finding]]\nid = "A"\npackage = "b"\nwhy = "fine"\nuntil = 2027-01-01\n')
    read_known(KNOWN.read_text(encoding="utf-8"))


def test_both_lock_files_are_audited_by_lint() -> None:
    makefile = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8")
    lint = makefile.partition("\nlint:")[2].partition("\n\n")[0]
    assert "tests.tools.audit" in lint
    assert "ruff check --isolated --select S" in lint
