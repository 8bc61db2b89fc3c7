"""An explanation in the words of a message: what decided about a story, most first, short enough for a phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digests.models import Why
from digests.rendering.shorten import line
from digests.rendering.views import LINE, ReportView, count, report_view

_SIGNALS, _REPORTS, _NOTE = 5, 5, 120


@dataclass(frozen=True, slots=True)
class SignalView:
    """A signal that counted: its name, its share of all points and what it says."""

    name: str
    share: str
    note: str


@dataclass(frozen=True, slots=True)
class TieView:
    """A report of the story: whose it is, and why it is taken for the same event."""

    title: str
    url: str
    provider: str
    because: str


@dataclass(frozen=True, slots=True)
class WhyView:
    """An explanation for the why template; texts are empty where there is nothing to say."""

    title: str
    url: str
    provider: str
    age: str
    verdict: str
    topic: str
    signals: tuple[SignalView, ...]
    reports: tuple[TieView, ...]
    further: int


def why_view(why: Why, now: datetime) -> WhyView:
    """The explanation in words."""
    report: ReportView = report_view(why.article, now, why.timezone)
    scored = why.story
    signals: tuple[SignalView, ...] = ()
    if scored is not None:
        total = sum(abs(signal.points) for signal in scored.signals) or 1.0
        ranked = sorted((s for s in scored.signals if s.points), key=lambda s: -abs(s.points))
        signals = tuple(
            SignalView(s.name, f"{'−' if s.points < 0 else ''}{abs(s.points) / total:.0%}", line(s.note, _NOTE))
            for s in ranked[:_SIGNALS]
        )
    ties = tuple(
        TieView(
            line(tie.article.title, LINE),
            tie.article.url,
            line(tie.article.publisher, LINE),
            f"both say {line(', '.join(tie.shared), LINE)}" if tie.shared else "alike in wording",
        )
        for tie in why.ties
    )
    return WhyView(
        title=report.title,
        url=report.url,
        provider=report.provider,
        age=report.age,
        verdict=_verdict(why),
        topic=_topic(why),
        signals=signals,
        reports=ties[:_REPORTS],
        further=max(0, len(ties) - _REPORTS),
    )


def _verdict(why: Why) -> str:
    place = f" Number {why.rank} of {count(why.of, 'story', 'stories')} by score." if why.rank else ""
    fate = f"{why.fate[:1].upper()}{why.fate[1:]}"
    reason = f", {why.reason}" if why.reason else ""
    return f"{fate}{reason}.{place}"


def _topic(why: Why) -> str:
    if why.match is None:
        return ""
    under = f"Under {why.section.name}" if why.section else f"On {why.match.topic}"
    return f"{under}, for “{line(why.said or why.match.keyword, LINE)}” in its {why.match.place}."
