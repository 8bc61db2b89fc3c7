"""An explanation in the words of a message: what decided about a story, most first, short enough for a phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from digests.language import Language
from digests.models import Signal, Why
from digests.rendering.shorten import line
from digests.rendering.views import LINE, QUERY, ReportView, report_view

_SIGNALS, _NOTE, _REASON = 3, 120, 300


@dataclass(frozen=True, slots=True)
class WhyView:
    """An explanation for the why template; texts are empty where there is nothing to say.

    ``edition`` is the one that it speaks of, ``AI digest, Wed 25 Nov 08:30``; ``signals`` are the few that counted most, and
    what readers said, in words. ``changed`` tells when the channel's settings were changed, ``changed_by`` whom, by Slack's id.
    """

    title: str
    url: str
    provider: str
    age: str
    edition: str
    verdict: str
    topic: str
    signals: tuple[str, ...]
    changed: str
    changed_by: str


def why_view(why: Why, now: datetime, language: Language, timezone: str = "") -> WhyView:
    """The explanation in words, for a reader in that zone; moments are in the digest's, which is named where it differs."""
    report: ReportView = report_view(why.article, now, timezone or why.timezone, language)
    topic = _topic(why, language)
    found = why.story.signals if why.story is not None else ()
    said = (s for s in found if s.points and not (topic and s.name == "topic") and _in_words(s, language))
    ranked = sorted(said, key=lambda s: -abs(s.points))
    # What readers said is told however little it counts: they want to see what came of it.
    most = [*ranked[:_SIGNALS], *(s for s in ranked[_SIGNALS:] if s.name == "feedback")]
    return WhyView(
        title=report.title,
        url=report.url,
        provider=report.provider,
        age=report.age,
        edition=_edition(why, language, timezone),
        verdict=_verdict(why, language),
        topic=topic,
        signals=tuple(_in_words(signal, language) for signal in most),
        changed=language.say("channel-changed", moment=language.moment(why.changed, why.timezone))
        if why.changed
        else "",
        changed_by=why.changed_by,
    )


def _edition(why: Why, language: Language, timezone: str) -> str:
    moment = language.moment(why.slot, why.timezone, timezone)
    said = language.say("why-edition", title=line(why.title or why.digest, QUERY), moment=moment)
    return said if why.made else language.say("why-preview", edition=said)


def _verdict(why: Why, language: Language) -> str:
    say, reason = language.say, line(language.tell(why.reason), _REASON)
    fate = _capital(say(_FATES[why.fate]) if why.fate in _FATES else why.fate)
    parts = [say("why-fate-for", fate=fate, reason=reason) if reason else say("why-fate", fate=fate)]
    parts += [say("why-place", rank=str(why.rank), of=why.of)] if why.rank else []
    parts += [] if why.current else [say("why-not-current")]
    return language.sentences(parts)


def _topic(why: Why, language: Language) -> str:
    if why.match is None:
        return ""
    words, place = line(why.said or why.match.keyword, LINE), language.say(_PLACES[why.match.place])
    topic = why.section or why.about
    name = line(language.topic(topic.slug, topic.name) if topic else why.match.topic, QUERY)
    values = {"topic": name, "words": words, "place": place}
    by = line(why.by, QUERY)
    if why.section:
        return language.say("why-under-by", publisher=by, **values) if by else language.say("why-under", **values)
    return language.say("why-on-by", publisher=by, **values) if by else language.say("why-on", **values)


def _in_words(signal: Signal, language: Language) -> str:
    note = line(language.tell(signal.note), _NOTE)
    key = (_WORDS if note else _ALONE).get(signal.name, "")
    said = _capital(language.say(key, note=note) if key else note)
    return language.say("why-against", signal=said) if said and signal.points < 0 else said


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


_FATES: Mapping[str, str] = {
    "off topic": "fate-off-topic",
    "unwanted kind": "fate-unwanted-kind",
    "told before": "fate-told-before",
    "minor": "fate-minor",
    "muted": "fate-muted",
    "chosen": "fate-chosen",
    "in the thread": "fate-in-the-thread",
    "over the caps": "fate-over-the-caps",
    "not in the edition": "fate-late",
    "out of reach": "fate-out-of-reach",
    "not ranked": "fate-not-ranked",
}
"""How what became of a story is said."""

_PLACES: Mapping[str, str] = {"title": "place-title", "excerpt": "place-excerpt", "label": "place-label"}
"""How it is said where a topic's words stand."""

_WORDS: Mapping[str, str] = {
    "value": "why-value",
    "kind": "why-kind",
    "topic": "why-topic",
    "standing": "why-standing",
    "novelty": "why-novelty",
}
"""How a signal is said with its note; others are said by their notes alone."""

_ALONE: Mapping[str, str] = {"novelty": "why-novelty-alone"}
"""How a signal is said that has no note."""
