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
    """``Robotics from The Lantern · 1–5 of 23``."""
    title = f"{_title(answer)} {answer.narrowed}".rstrip()
    if answer.total > len(answer.stories):
        title = f"{title} · {answer.place} of {answer.count}"
    else:
        title = f"{title} · {answer.count} {'story' if answer.total == 1 else 'stories'}"
    return f"{title} · {answer.order}" if answer.order else title


def nothing(answer: AnswerView) -> str:
    """Why there is no story, in a sentence."""
    if answer.narrowed:
        return f"Nothing about {answer.title} {answer.narrowed}." if answer.title else f"No story {answer.narrowed}."
    if not answer.title:
        return "There is no news yet: no article has come in."
    return (
        f"No story in the library is about {answer.title} yet."
        if answer.is_topic
        else f"Nothing found for {answer.title}."
    )


def loosened(answer: AnswerView) -> list[str]:
    """What there is without one of the filters, a sentence each."""
    return [f"Without {each.without} {each.there}." for each in answer.loosened]


def _title(answer: AnswerView) -> str:
    return answer.title or ("Top stories" if answer.narrowed else "Top stories now")


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
    yield from loosened(answer)
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
