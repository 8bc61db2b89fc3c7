"""An explanation in the words of a message: what decided about a story, most first, short enough for a phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from digests.models import Signal, Why
from digests.rendering.ages import day, zone
from digests.rendering.shorten import line
from digests.rendering.views import LINE, QUERY, ReportView, count, report_view

_SIGNALS, _NOTE = 3, 120


@dataclass(frozen=True, slots=True)
class WhyView:
    """An explanation for the why template; texts are empty where there is nothing to say.

    ``edition`` is the one that it speaks of, ``AI digest, Wed 25 Nov 08:30``; ``signals`` are the few that counted most, and
    what readers said, in words.
    """

    title: str
    url: str
    provider: str
    age: str
    edition: str
    verdict: str
    topic: str
    signals: tuple[str, ...]


def why_view(why: Why, now: datetime) -> WhyView:
    """The explanation in words."""
    report: ReportView = report_view(why.article, now, why.timezone)
    topic = _topic(why)
    found = why.story.signals if why.story is not None else ()
    said = (s for s in found if s.points and not (topic and s.name == "topic") and _in_words(s))
    ranked = sorted(said, key=lambda s: -abs(s.points))
    # What readers said is told however little it counts: they want to see what came of it.
    most = [*ranked[:_SIGNALS], *(s for s in ranked[_SIGNALS:] if s.name == "feedback")]
    return WhyView(
        title=report.title,
        url=report.url,
        provider=report.provider,
        age=report.age,
        edition=_edition(why),
        verdict=_verdict(why),
        topic=topic,
        signals=tuple(map(_in_words, most)),
    )


def _edition(why: Why) -> str:
    local = why.slot.astimezone(zone(why.timezone))
    said = f"{line(why.title or why.digest, QUERY)}, {day(why.slot, why.timezone)} {local:%H:%M}"
    return said if why.made else f"a preview of {said}"


def _verdict(why: Why) -> str:
    place = f" Number {why.rank} of {count(why.of, 'story', 'stories')} by score." if why.rank else ""
    fate = f"{why.fate[:1].upper()}{why.fate[1:]}"
    reason = f", {why.reason}" if why.reason else ""
    return f"{fate}{reason}.{place}{'' if why.current else ' This digest is no longer set up.'}"


def _topic(why: Why) -> str:
    if why.match is None:
        return ""
    under = f"Under {why.section.name}" if why.section else f"On {why.match.topic}"
    return f"{under}, for “{line(why.said or why.match.keyword, LINE)}” in its {why.match.place}."


def _in_words(signal: Signal) -> str:
    note = line(signal.note, _NOTE)
    form = _WORDS.get(signal.name, "{}")
    said = form.format(note) if note else _ALONE.get(signal.name, "")
    said = f"{said[:1].upper()}{said[1:]}"
    return f"Against it: {said}" if said and signal.points < 0 else said


_WORDS: Mapping[str, str] = {
    "value": "Worth {} to an editor",
    "kind": "It is {}",
    "topic": "Fits {}",
    "standing": "{} is a publisher of good standing",
    "novelty": "New, if {}",
}
"""How a signal is said with its note; others are said by their notes alone."""

_ALONE: Mapping[str, str] = {"novelty": "Unlike what was told lately"}
"""How a signal is said that has no note."""
