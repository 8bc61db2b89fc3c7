"""Why an article is, or is not, in an edition: from what became of every story to one explanation. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digests import stories
from digests.language import Moment, Said, said
from digests.models import Article, DigestSpec, Edition, ScoredStory, Story, Tie, Why
from digests.selection import Fate, Selection

_MISSED = 3  # stories that just missed the cut
_LATE = "not in the edition"


@dataclass(frozen=True, slots=True)
class Draft:
    """An edition in the making.

    Attributes:
        whole: The stories in reach with all their reports, by id.
        ranked: Those with a report in the digest's window, as that tells them, best first.
        selection: What became of each of these.
        unranked: Why a story in reach may not be among the ranked; None where none can be missing.
    """

    whole: Mapping[str, Story]
    ranked: Sequence[ScoredStory]
    selection: Selection
    unranked: Said | None = None

    @property
    def shown(self) -> tuple[ScoredStory, ...]:
        """The chosen stories, then those of the thread."""
        return (*(s for section in self.selection.sections for s in section.stories), *self.selection.more)


def explained(found: Why, draft: Draft, spec: DigestSpec, frozen: Edition | None) -> Why:
    """What a draft says of an article, and what the edition says that was made of an earlier draft, where there is one."""
    url = found.article.url
    whole = next((story for story in draft.whole.values() if url in story.urls), None)
    if whole is None:
        found = replace(found, fate="out of reach", reason=_out_of_reach(found.article, spec, found.slot))
    else:
        found = replace(_drafted(found, draft, whole, spec), ties=_ties(whole))
    return found if frozen is None else _as_made(replace(found, title=frozen.title, made=True), draft, frozen, spec)


def _drafted(found: Why, draft: Draft, whole: Story, spec: DigestSpec) -> Why:
    fates = draft.selection.fates
    rank = next((n for n, each in enumerate(draft.ranked, 1) if each.story.id == whole.id), 0)
    if not rank:
        unreached = _out_of_reach(found.article, spec, found.slot)
        fate = "not ranked" if draft.unranked else "out of reach"
        return replace(found, fate=fate, reason=draft.unranked or unreached)
    fate, reason = fates[whole.id]
    chosen = [each for each in draft.ranked if fates[each.story.id][0] is Fate.CHOSEN]
    missed = [each for each in draft.ranked if fates[each.story.id][0] in (Fate.MORE, Fate.OVER_CAPS)]
    scored = next((each for each in draft.shown if each.story.id == whole.id), draft.ranked[rank - 1])
    return replace(
        found,
        fate=fate.value,
        reason=reason or _told_already(found.article, scored, spec),
        story=scored,
        rank=rank,
        of=len(draft.ranked),
        last=chosen[-1] if chosen else None,
        missed=tuple((each, fates[each.story.id][1] or "") for each in missed[:_MISSED]),
    )


def _as_made(found: Why, draft: Draft, edition: Edition, spec: DigestSpec) -> Why:
    """The edition stands as it was made; what the library has learnt since changes nothing in it."""
    url = found.article.url
    told = next((each for each in edition.stories if url in each.story.urls), None)
    thread = next((each for each in edition.more if url in each.story.urls), None)
    last = edition.stories[-1] if edition.stories else None
    known = draft.selection.fates
    missed = tuple((each, known.get(each.story.id, ("", None))[1] or "") for each in edition.more[:_MISSED])
    found = replace(found, last=last, missed=missed)
    if told is not None:
        fate, against = known.get(told.story.id, (Fate.CHOSEN, None))
        # A major story may have been told against a mute.
        reason = _told_already(found.article, told, spec) or (against if fate is Fate.CHOSEN else None)
        return replace(found, fate=Fate.CHOSEN.value, reason=reason or "", story=told)
    if thread is not None:
        room = said("reason-room", room=spec.stories)
        reason = found.reason if found.fate in (Fate.MORE, Fate.OVER_CAPS) else room
        return replace(found, fate=Fate.MORE.value, reason=reason, story=thread)
    if found.fate in (Fate.CHOSEN, Fate.MORE):
        return replace(found, fate=_LATE, reason=said("reason-late", moment=_at(edition.made_at, spec)))
    return found


def _told_already(article: Article, scored: ScoredStory, spec: DigestSpec) -> Said | str:
    """For a report that an update leaves out, since an edition told it before."""
    if scored.update is None or article.url in scored.story.urls:
        return ""
    day = Moment(scored.update.slot, "form-slot-day", spec.timezone)
    return said("reason-told-already", day=day, publisher=scored.lead.publisher)


def _out_of_reach(article: Article, spec: DigestSpec, slot: datetime) -> Said:
    if article.published_at > slot:
        return said("reason-after", moment=_at(article.published_at, spec))
    hours = f"{spec.window.total_seconds() / 3600:.0f}"
    return said("reason-out-of-reach", hours=hours, moment=_at(article.published_at, spec))


def _at(moment: datetime, spec: DigestSpec) -> Moment:
    """A moment in the digest's own time zone."""
    return Moment(moment, "form-slot", spec.timezone)


def _ties(story: Story) -> tuple[Tie, ...]:
    of = {article.url: article for article in story.articles}
    return tuple(
        Tie(of[join.url], of[join.to], join.evidence.likelihood, join.evidence.shared, join.evidence.apart)
        for join in stories.joins(story)
    )
