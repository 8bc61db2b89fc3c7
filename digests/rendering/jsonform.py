"""Editions, answers and stories as plain data for JSON: the forms that replay/evaluate.py reads, and all else known.

Texts are as the publisher wrote them; nothing is cleaned, shortened or escaped here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from digests.models import Answer, Article, Edition, Message, Post, ScoredStory, Signal, Story, Update, Why
from digests.rendering.limits import Json


def edition_json(edition: Edition) -> dict[str, Json]:
    """``{"sections": [{"topic": name, "stories": [...]}], "more": [...], ...}``; topic is "" where there is none."""
    return {
        "digest": edition.digest,
        "title": edition.title,
        "slot": edition.slot.isoformat(),
        "made_at": edition.made_at.isoformat(),
        "timezone": edition.timezone,
        "ranking": edition.ranking,
        "tally": {name: int(number) for name, number in asdict(edition.tally).items()},
        "sections": [
            {"topic": s.topic.name if s.topic else "", "stories": [story_json(story) for story in s.stories]}
            for s in edition.sections
        ],
        "more": [story_json(story) for story in edition.more],
    }


def stories_json(stories: Sequence[Story | ScoredStory]) -> dict[str, Json]:
    """``{"stories": [{"articles": [{"url": ...}, ...], ...}]}``: the lead is the first of the articles."""
    return {
        "stories": [
            {**story_json(story), "articles": [article_json(a) for a in _story(story).articles]} for story in stories
        ]
    }


def answer_json(answer: Answer) -> dict[str, Json]:
    """``{"query", "topic", "total", "stories": [...], ...}``; topic is a slug or null.

    ``query`` is the question as it can be asked again, ``loosened`` what there is without one of its filters.
    """
    return {
        "query": str(answer.query),
        "topic": answer.topic.slug if answer.topic else None,
        "total": answer.total,
        "stories": [story_json(story) for story in answer.stories],
        "suggestions": list(answer.suggestions),
        "loosened": [
            {"without": each.without, "query": str(each.query), "total": each.total} for each in answer.loosened
        ],
    }


def story_json(story: Story | ScoredStory) -> dict[str, Json]:
    """One story by its lead; ``score`` is null, and ``signals`` are empty, before it was ranked.

    ``topics`` are the slugs it matched, best first; before matching, the lead's own labels.
    """
    scored = story if isinstance(story, ScoredStory) else None
    lead = _story(story).lead
    topics = (m.topic for m in scored.topics) if scored and scored.topics else iter(lead.topics)
    return {
        "id": _story(story).id,
        **article_json(lead),
        "excerpt": lead.excerpt,
        "topics": list(dict.fromkeys(topics)),
        "quality": lead.quality,
        "heat": lead.heat,
        "score": scored.score if scored else None,
        "news_value": lead.news_value,
        "update": _update_json(scored.update) if scored and scored.update else None,
        "signals": [_signal_json(signal) for signal in scored.signals] if scored else [],
        "coverage": [article_json(article) for article in _story(story).coverage],
    }


def article_json(article: Article) -> dict[str, Json]:
    """What tells one report from another. The encrypted body is never part of it."""
    return {
        "url": article.url,
        "title": article.title,
        "provider": article.provider.name,
        "published_at": article.published_at.isoformat(),
        "kind": article.kind,
    }


def message_json(message: Message) -> dict[str, Json]:
    """The arguments of ``chat.postMessage``, as they would be sent."""
    blocks: list[Json] = [dict(block) for block in message.blocks]  # type: ignore[arg-type]  # blocks are plain data
    return {"text": message.text, "blocks": blocks}


def post_json(post: Post) -> dict[str, Json]:
    """``{"parent": message, "thread": [message, ...]}``."""
    return {"parent": message_json(post.parent), "thread": [message_json(message) for message in post.thread]}


def _update_json(update: Update) -> dict[str, Json]:
    return {"slot": update.slot.isoformat(), "note": update.note}


def why_json(why: Why) -> dict[str, Json]:
    """An explanation as plain data; ``story`` is null where no story was in reach."""
    return {
        "url": why.article.url,
        "title": why.article.title,
        "provider": why.article.provider.name,
        "published_at": why.article.published_at.isoformat(),
        "kind": why.article.kind,
        "kind_reasons": list(why.kind_reasons),
        "news_value": why.article.news_value,
        "digest": why.digest,
        "slot": why.slot.isoformat(),
        "fate": why.fate,
        "reason": str(why.reason),
        "rank": why.rank,
        "of": why.of,
        "section": why.section.slug if why.section else None,
        "match": {**asdict(why.match), "said": why.said, "by": why.by} if why.match else None,
        "story": story_json(why.story) if why.story else None,
        "ties": [
            {
                "url": tie.article.url,
                "to": tie.to.url,
                "likelihood": tie.likelihood,
                "shared": list(tie.shared),
                "apart": list(tie.apart),
            }
            for tie in why.ties
        ],
        "changes": list(why.changes),
        "last": _brief(why.last) if why.last else None,
        "missed": [{**_brief(each), "reason": str(reason)} for each, reason in why.missed],
    }


def _brief(scored: ScoredStory) -> dict[str, Json]:
    return {"url": scored.lead.url, "title": scored.lead.title, "score": scored.score}


def _signal_json(signal: Signal) -> dict[str, Json]:
    return {
        "name": signal.name,
        "value": signal.value,
        "weight": signal.weight,
        "points": signal.points,
        "note": str(signal.note),
    }


def _story(story: Story | ScoredStory) -> Story:
    return story.story if isinstance(story, ScoredStory) else story
