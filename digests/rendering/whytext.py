"""Why a story is, or is not, in an edition: as plain text for a terminal or a message."""

from __future__ import annotations

from collections.abc import Iterator

from digests.language import speaking
from digests.models import ScoredStory, Why, shown
from digests.rendering.plain import plain
from digests.rendering.shorten import line

_ENGLISH = speaking(None)
_TITLE, _TIES, _RAW = 110, 12, 2_000


def why_text(why: Why) -> str:
    """The explanation, ending with a newline."""
    return "\n".join(_lines(why)).rstrip() + "\n"


def _lines(why: Why) -> Iterator[str]:
    article = why.article
    yield _said(article.title)
    yield f"{_said(article.publisher)} · {article.published_at:%d %b %Y %H:%M} UTC · {plain(article.url[:_RAW])}"
    yield f"Kind: {article.kind}{f' (it {_and(tuple(map(_said, why.kind_reasons)))})' if why.kind_reasons else ''}"
    yield ""
    head = f"Digest {why.digest}, {_ENGLISH.moment(why.slot, why.timezone)} {why.timezone}: {why.fate}"
    yield f"{head}, {why.reason}." if why.reason else f"{head}."
    if why.changed is not None:
        by = f" by {_said(why.changed_by)}" if why.changed_by else ""
        yield f"{_ENGLISH.say('channel-changed', moment=_ENGLISH.moment(why.changed, why.timezone))}{by}."
    if why.story is not None and why.rank:
        yield f"Rank {why.rank} of {why.of} stories, {shown(why.story.score, '.1f')} points"
    if why.match is not None:
        where = f" under {why.section.name}" if why.section else ""
        whose = f" of a report by {_said(why.by)}" if why.by else ""
        words = _said(why.said or why.match.keyword)
        yield f"Topic {why.match.topic}{where}: {words!r} in the {why.match.place}{whose}"
    if why.story is not None:
        yield from _story(why.story)
    yield from _together(why)
    if why.last is not None:
        yield ""
        yield f"The last story that was chosen: {_brief(why.last)}"
    if why.missed:
        yield "Just missed the cut:"
        yield from (f"  {_brief(each)}: {_said(str(reason))}" for each, reason in why.missed)


def _story(scored: ScoredStory) -> Iterator[str]:
    if scored.update is not None:
        yield f"An update: {scored.update.note} since the edition of {scored.update.slot:%d %b %H:%M} UTC"
    yield f"Lead: {_said(scored.lead.title)} ({_said(scored.lead.publisher)})"
    yield ""
    total = sum(abs(signal.points) for signal in scored.signals) or 1.0
    yield "Signal      value   weight   points   share"
    for signal in sorted(scored.signals, key=lambda s: -abs(s.points)):
        share = abs(signal.points) / total
        sum_of = f"{shown(signal.value, '.2f'):>6} x {signal.weight:6.1f} = {shown(signal.points, '.1f'):>6}"
        row = f"{signal.name:10} {sum_of}  {share:6.0%}   {_said(str(signal.note))}"
        yield row.rstrip()


def _together(why: Why) -> Iterator[str]:
    if not why.ties:
        return
    yield ""
    yield f"The story has {len(why.ties) + 1} reports. Each joins by the one it is likest to:"
    for tie in why.ties[:_TIES]:
        yield f"- {_said(tie.article.title)} ({_said(tie.article.publisher)})"
        said = f"both say {', '.join(map(_said, tie.shared))}" if tie.shared else "alike in their wording"
        but = f"; but {', '.join(map(_said, tie.apart))}" if tie.apart else ""
        yield f"  {tie.likelihood:.0%} like {_said(tie.to.title)!r}: {said}{but}"
    if len(why.ties) > _TIES:
        yield f"  and {len(why.ties) - _TIES} more"
    yield from why.changes


def _brief(scored: ScoredStory) -> str:
    return f"{shown(scored.score, '.1f')}  {_said(scored.lead.title)} ({_said(scored.lead.publisher)})"


def _said(text: str) -> str:
    return line(text, _TITLE)


def _and(parts: tuple[str, ...]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
