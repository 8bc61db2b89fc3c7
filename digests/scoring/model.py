"""Evidence -> quality: a sum of whole points, part by part, each with a note that says why. Pure.

The points in ``points.tsv`` were fitted to real articles by `tests/tools/fit_quality.py`; docs/scoring.md says how good
they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from digests.models import BEST_VALUE
from digests.scoring.evidence import MEASURES, PARTS, Evidence, measures


@dataclass(frozen=True, slots=True)
class Part:
    """One reason for a quality: what it adds or takes away, in whole points, and a note that says it in words."""

    name: str
    points: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Quality:
    """What an article is worth before anybody else tells it: 0 upwards, usually below 100. The parts' points sum to it."""

    value: int
    parts: tuple[Part, ...]


def quality(evidence: Evidence) -> Quality:
    """Judge an article by what is known of it. Never below 0: where the sum would be, a part "floor" makes up for it."""
    table, found = _points(), measures(evidence)
    sums = dict.fromkeys(PARTS, 0.0)
    for measure in MEASURES:
        sums[measure.part] += table[measure.name] * found[measure.name]
    parts = [Part(name, round(points), _NOTES[name](evidence)) for name, points in sums.items()]
    value = sum(part.points for part in parts)
    if value < 0:
        parts.append(Part("floor", -value, "no article has less than nothing"))
    return Quality(max(0, value), tuple(parts))


def _substance(evidence: Evidence) -> str:
    texts = (f"title of {len(evidence.title)} characters", f"excerpt of {len(evidence.excerpt)}")
    return ", ".join((*texts, f"text of {evidence.words} words" if evidence.words > 0 else "no text known"))


def _image(evidence: Evidence) -> str:
    if evidence.image is None:
        return "none"
    return f"{evidence.image.width} pixels wide" if evidence.image.width else "of unknown size"


def _originality(evidence: Evidence) -> str:
    said = ("first to tell the story",) * evidence.first + ("another provider's headline",) * evidence.copy
    return ", ".join(said) or "neither the first of several nor another's headline"


_NOTES: Mapping[str, Callable[[Evidence], str]] = {
    "base": lambda _: "what every article starts from",
    "standing": lambda e: f"the provider stands at {e.standing:.2f} of 1",
    "substance": _substance,
    "image": _image,
    "originality": _originality,
    "kind": lambda e: e.kind or "not judged",
    "news value": lambda e: f"{e.news_value:.1f} of {BEST_VALUE:.0f}" if e.kind else "not judged",
}


def points_of(lines: Sequence[str]) -> dict[str, float]:
    """Read the table of points: a head, then a measure a line with its points, tab-separated."""
    head, *rest = lines
    rows = {name: float(points) for name, points in (line.split("\t") for line in rest)}
    if head != "measure\tpoints" or set(rows) != {measure.name for measure in MEASURES}:
        raise ValueError("points.tsv does not fit this program: run tests/tools/fit_quality.py")
    return rows


@cache
def _points() -> Mapping[str, float]:
    return points_of((resources.files("digests.scoring") / "points.tsv").read_text(encoding="utf-8").splitlines())
