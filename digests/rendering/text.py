"""Editions and answers as plain text: for mail, logs and terminals without colour."""

from __future__ import annotations

from collections.abc import Iterator

from digests.rendering.views import AnswerView, EditionView, StoryView, headline


def edition_text(edition: EditionView) -> str:
    """The whole edition, thread list included, ending with a newline."""
    return "\n".join(_edition(edition)).strip() + "\n"


def answer_text(answer: AnswerView) -> str:
    """The answer, ending with a newline."""
    return "\n".join(_answer(answer)).strip() + "\n"


def heading(answer: AnswerView) -> str:
    """``Robotics · 1–5 of 23``."""
    title = answer.title or "Top stories now"
    if answer.total > len(answer.stories):
        return f"{title} · {answer.place} of {answer.count}"
    return f"{title} · {answer.count} {'story' if answer.total == 1 else 'stories'}"


def nothing(answer: AnswerView) -> str:
    """Why there is no story, in a sentence."""
    if not answer.title:
        return "There is no news yet: no article has come in."
    return (
        f"No story in the library is about {answer.title} yet."
        if answer.is_topic
        else f"Nothing found for {answer.title}."
    )


def meta(story: StoryView, *, full: bool = False) -> str:
    """``The Guardian · 5 h · heat 106 · +3``; in full with the names of others that tell it."""
    parts = (story.provider, story.age, story.heat, story.also if full else story.others, story.told)
    return " · ".join(part for part in parts if part)


def _edition(edition: EditionView) -> Iterator[str]:
    yield f"{edition.title} · {edition.date}"
    if edition.top is None:
        yield from (edition.quiet, "")
    else:
        yield from (edition.summary, "", headline(edition.top), meta(edition.top, full=True))
        yield from filter(None, (edition.top.excerpt, edition.top.url))
        yield ""
    for section in edition.sections:
        yield from _list(section.name, section.stories)
    yield from _list("Also in this digest", edition.overflow)
    yield from _list("More stories", edition.more)
    if edition.left_out:
        yield edition.left_out


def _answer(answer: AnswerView) -> Iterator[str]:
    if answer.stories:
        yield from _list(heading(answer), answer.stories)
    else:
        yield nothing(answer)
    if answer.suggestions:
        yield f"Did you mean: {', '.join(answer.suggestions)}"


def _list(name: str, stories: tuple[StoryView, ...]) -> Iterator[str]:
    if not stories:
        return
    if name:
        yield name
    for story in stories:
        yield f"- {headline(story)}"
        yield f"  {meta(story)}"
        if story.url:
            yield f"  {story.url}"
    yield ""
