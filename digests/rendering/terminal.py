"""Editions and answers as rich renderables, with links that can be clicked where the terminal knows how."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from digests.language import Language
from digests.rendering.text import heading, loosened, meta, nothing
from digests.rendering.views import AnswerView, EditionView, StoryView, headline

_HEAD = Style(bold=True, color="cyan")
_QUIET = Style(dim=True)


def edition_group(edition: EditionView, language: Language) -> Group:
    """The edition as one renderable, thread list included."""
    parts: list[RenderableType] = [Text(f"{edition.title} · {edition.date}", Style(bold=True, reverse=True))]
    if edition.top is None:
        parts += (Text(), Text(edition.quiet))
    else:
        parts += (Text(edition.summary, _QUIET), Text())
        parts.append(_title(edition.top, bold=True))
        parts.append(Text(meta(edition.top, full=True), _QUIET))
        if edition.top.excerpt:
            parts.append(Text(edition.top.excerpt))
    for section in edition.sections:
        parts += _list(section.name, section.stories)
    parts += _list(language.say("thread-overflow"), edition.overflow)
    parts += _list(language.say("thread-more"), edition.more)
    if edition.left_out:
        parts += (Text(), Text(edition.left_out, _QUIET))
    return Group(*parts)


def answer_group(answer: AnswerView, language: Language) -> Group:
    """The answer as one renderable."""
    parts: list[RenderableType] = [Text(nothing(answer, language))]
    if answer.stories:
        parts = _list(heading(answer, language), answer.stories, lines=True)[1:]
    parts += map(Text, loosened(answer, language))
    if answer.suggestions:
        meant = (language.listed(answer.suggestions), Style(bold=True))
        parts += (Text(), Text.assemble(f"{language.say('meant')} ", meant))
    return Group(*parts)


def _list(name: str, stories: tuple[StoryView, ...], *, lines: bool = False) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if not stories:
        return parts
    parts.append(Text())
    if name:
        parts.append(Text(name, _HEAD))
    for story in stories:
        item = [_title(story), Text(meta(story), _QUIET)]
        if lines and story.line:
            item.append(Text(story.line, Style(italic=True)))
        parts.append(_item(item))
    return parts


def _item(lines: list[Text]) -> Table:
    """The lines two cells in, however they wrap, and a bullet in front."""
    item = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    item.add_row("•", Text("\n").join(lines))
    return item


def _title(story: StoryView, *, bold: bool = False) -> Text:
    return Text(headline(story), Style(bold=bold, link=story.url or None))
