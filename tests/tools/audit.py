"""`make audit`: asks whether anything that the lock files pin has a known hole, and never says so of what it could not ask.

pip-audit asks the advisory service of the package index. Where that is not reached, or does not know the packages, as behind
a mirror, pip-audit itself ends well all the same; here the last line then says that nothing was audited. That is no failure: a
change is not at fault for a service that is away. A finding is one, unless `audit.toml` says why it does no harm here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
KNOWN = ROOT / "audit.toml"
PATIENCE = 180
_SHOWN = 5


@dataclass(frozen=True)
class Known:
    """A finding that does no harm here: why, and until when that is believed."""

    id: str
    package: str
    why: str
    until: date


@dataclass(frozen=True)
class Verdict:
    """What came of it: whether anything is wrong, and what is said."""

    wrong: bool
    lines: tuple[str, ...]


def main() -> int:
    """Audit both lock files; the exit code."""
    known = read_known(KNOWN.read_text(encoding="utf-8"))
    verdict = judged(_report(), known, datetime.now(UTC).date())
    print("\n".join(verdict.lines))
    return int(verdict.wrong)


def read_known(text: str) -> tuple[Known, ...]:
    """The findings that are known, each with a reason.

    Raises:
        ValueError: For one without.
    """
    found = tuple(Known(**each) for each in tomllib.loads(text).get("finding", ()))
    for each in found:
        if len(each.why.split()) < 4:
            raise ValueError(f"{each.id} of {each.package}: say why it does no harm here")
    return found


def judged(report: Mapping[str, Any] | str, known: Sequence[Known], today: date) -> Verdict:
    """What to say of a report of pip-audit, or of the reason why there is none."""
    if isinstance(report, str):
        return Verdict(wrong=False, lines=(f"NOT AUDITED: the advisory service gave no answer ({report})",))
    packages = report["dependencies"]
    unknown = sorted({each["name"] for each in packages if "skip_reason" in each})
    if len(unknown) == len({each["name"] for each in packages}):
        said = "NOT AUDITED: the advisory service that is reached from here knows none of the packages"
        return Verdict(wrong=False, lines=(said,))
    holes = {
        (each["name"], hole["id"]): (each, hole) for each in packages for hole in each.get("vulns", ()) if hole["id"]
    }
    lines, excused = [], set[Known]()
    for (name, identifier), (each, hole) in sorted(holes.items()):
        names = {identifier, *hole.get("aliases", ())}
        reason = next((one for one in known if one.package == name and one.id in names), None)
        if reason is not None and today <= reason.until:
            excused.add(reason)
            lines.append(f"known: {name} {each['version']} {identifier}, until {reason.until}: {reason.why}")
            continue
        fixed = f"; mended in {', '.join(hole['fix_versions'])}" if hole.get("fix_versions") else "; not mended yet"
        over = " (what audit.toml says of it has run out)" if reason is not None else ""
        lines.append(f"WRONG: {name} {each['version']} has {identifier}{fixed}{over}")
    wrong = any(line.startswith("WRONG") for line in lines)
    lines += [f"note: {one.id} of {one.package} is in audit.toml, and not found" for one in known if one not in excused]
    if unknown:
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        lines.append(f"not audited, as the service does not know them: {', '.join(unknown[:_SHOWN])}{more}")
    audited = len({each["name"] for each in packages}) - len(unknown)
    lines.append(f"{audited} packages audited, {len(holes)} holes known to the service")
    return Verdict(wrong, tuple(lines))


def _report() -> Mapping[str, Any] | str:
    """What pip-audit says, or why it says nothing."""
    locks = [argument for name in LOCKS for argument in ("-r", str(ROOT / name))]
    how = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--timeout", "10", "--format", "json")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pip_audit", *locks, *how],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"within {PATIENCE} seconds"
    try:
        report = json.loads(done.stdout)
    except ValueError:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        if "No module named" in said[-1]:
            raise SystemExit(f"{said[-1]}: make audit wants .venv-dev") from None
        return said[-1][:200]
    return report if isinstance(report, dict) else "it said something else"


if __name__ == "__main__":
    sys.exit(main())
