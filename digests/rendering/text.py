"""Editions and answers as plain text: for mail, logs and terminals without colour."""

from __future__ import annotations

from collections.abc import Iterator

from digests.language import Language
from digests.rendering.views import AnswerView, EditionView, StoryView, headline


def edition_text(edition: EditionView, language: Language) -> str:
    """The whole edition, thread list included, ending with a newline."""
    return "\n".join(_edition(edition, language)).strip() + "\n"


def answer_text(answer: AnswerView, language: Language) -> str:
    """The answer, ending with a newline."""
    return "\n".join(_answer(answer, language)).strip() + "\n"


def heading(answer: AnswerView, language: Language) -> str:
    """``Robotics from The Lantern · 1–5 of 23``."""
    title = answer.title or language.say("answer-top" if answer.narrowed else "answer-top-now")
    title = f"{title} {answer.narrowed}".rstrip()
    return " · ".join(filter(None, (title, answer.where, answer.order)))


def nothing(answer: AnswerView, language: Language) -> str:
    """Why there is no story, in a sentence."""
    return language.say(nothing_key(answer), title=answer.title, narrowed=answer.narrowed)


def nothing_key(answer: AnswerView) -> str:
    """The message that says why there is no story."""
    if answer.narrowed:
        return "nothing-narrowed" if answer.title else "nothing-narrowed-only"
    if not answer.title:
        return "nothing-yet"
    return "nothing-about-topic" if answer.is_topic else "nothing-found"


def loosened(answer: AnswerView, language: Language) -> list[str]:
    """What there is without one of the filters, a sentence each."""
    return [language.say("answer-without", filter=each.without, there=each.there) for each in answer.loosened]


def meta(story: StoryView, *, full: bool = False) -> str:
    """``The Guardian · 5 h · heat 106 · +3 others``; in full with the names of others that tell it."""
    parts = (story.provider, story.age, story.heat, story.also if full else story.others, story.told)
    return " · ".join(part for part in parts if part)


def _edition(edition: EditionView, language: Language) -> Iterator[str]:
    yield f"{edition.title} · {edition.date}"
    if edition.top is None:
        yield from (edition.quiet, "")
    else:
        yield from (edition.summary, "", headline(edition.top), meta(edition.top, full=True))
        yield from filter(None, (edition.top.excerpt, edition.top.url))
        yield ""
    for section in edition.sections:
        yield from _list(section.name, section.stories)
    yield from _list(language.say("thread-overflow"), edition.overflow)
    yield from _list(language.say("thread-more"), edition.more)
    if edition.left_out:
        yield edition.left_out


def _answer(answer: AnswerView, language: Language) -> Iterator[str]:
    if answer.stories:
        yield from _list(heading(answer, language), answer.stories)
    else:
        yield nothing(answer, language)
    yield from loosened(answer, language)
    if answer.suggestions:
        yield f"{language.say('meant')} {language.listed(answer.suggestions)}"


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
