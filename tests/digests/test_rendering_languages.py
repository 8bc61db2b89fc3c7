"""Every template and every form in every language: nothing of ours is English, and Slack's limits hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

from digests.errors import QueryError
from digests.language import ENGLISH, LANGUAGES, Moment, Said, said, speaking
from digests.models import ALL_FILTERS, Answer, Loosened, Message, Signal, TopicMatch, Update, Why, capped
from digests.query import Query, Since, Sort, Without, read
from digests.ranking import EDITOR, Context, score
from digests.rendering import Button, Renderer, SavedPage, check, samples
from digests.rendering.blocks import Templates
from digests.rendering.limits import FALLBACK
from digests.selection import Fate
from digests.topics import Catalogue
from tests.digests.test_rendering_data import ANSWER, EDITION, FACES, NEAR_MISS, NOW, QUIET, TOP, TREE
from tests.spoken import CATALOGUES, foreign, greek, messages, visible

ROOT = Path(__file__).parents[2]
OTHERS = [code for code in LANGUAGES if code != ENGLISH]
KNOWN = (
    "/news topics",
    "computer-vision",
    "facial-recognition speech-recognition robotics daily",
    "source: since: topic: sort:new yesterday",
)
HANDLES = {each.lead.url: str(n) for n, each in enumerate((*EDITION.stories, *EDITION.more))}
NARROW = Query(
    ("robots",),
    without=Without(("drones",), sources=("post",)),
    topics=("computer-vision",),
    sources=("wire", "lantern"),
    since=Since(NOW - timedelta(days=400), "400d"),
    sort=Sort.new,
)
ANSWERS = (
    ANSWER,
    NEAR_MISS,
    replace(ANSWER, query=NARROW, topic=None),
    replace(ANSWER, query=replace(NARROW, sort=Sort.hot), topic=None, total=150, at_least=True),
    replace(ANSWER, stories=()),
    Answer(Query(("robots",))),
    Answer(Query(topics=("robotics",)), topic=FACES),
    Answer(replace(NARROW, words=())),
    Answer(Query()),
    Answer(
        NARROW,
        loosened=(
            Loosened("-drones", NARROW, 1),
            Loosened("source:wire", NARROW, 12, at_least=True),
            Loosened(ALL_FILTERS, NARROW, 2),
        ),
    ),
)
REASONS = (
    Said("reason-off-topic"),
    said("reason-unwanted", kind=Said("kind-promo")),
    said("reason-told-nothing-new", moment=Moment(NOW, "form-slot")),
    said("reason-out-of-reach", hours="24", moment=Moment(NOW, "form-slot", "Asia/Tokyo")),
    said("reason-minor", value=0.4),
)
FATES = (*(fate.value for fate in Fate), "not in the edition", "out of reach", "not ranked")
PLACES = ("title", "excerpt", "label")


def whys() -> Iterator[Why]:
    context = Context(NOW, timedelta(hours=24), 0.9, said("note-topic-title", topic="Α", words="β"), novelty=0.5)
    scored = score(
        TOP.story, EDITOR, replace(context, feedback=-1.0, feedback_note=said("note-less-wanted", what="α", days=30))
    )
    for fate in FATES:
        for reason in ("", *REASONS):
            yield Why(TOP.lead, "daily", NOW, "UTC", fate, reason, title="News", made=bool(reason))
    for place in PLACES:
        match = TopicMatch("α", "robots", place, 0.9)
        yield Why(TOP.lead, "daily", NOW, "UTC", "chosen", "", (), scored, 1, 1, FACES, match, current=False)
        yield Why(TOP.lead, "daily", NOW, "UTC", "chosen", "", (), scored, 2, 9, None, match)
        for section in (FACES, None):
            yield Why(
                TOP.lead, "daily", NOW, "UTC", "chosen", section=section, match=match, about=FACES, said="β", by="γ"
            )
    for signal in (
        *scored.signals,
        Signal("novelty", 1.0, 1.0),
        Signal("quality", 1, 1, said("note-quality", quality=capped(2000))),
    ):
        yield Why(TOP.lead, "daily", NOW, "UTC", "chosen", "", (), replace(scored, signals=(signal,)))


def drawn(renderer: Renderer) -> Iterator[Message]:
    """Everything that the renderer draws for Slack, of news in Greek letters."""
    told = replace(greek(TOP), update=Update(NOW - timedelta(days=1), ""))
    edition = greek(EDITION)
    updated = replace(edition, sections=(replace(edition.sections[0], stories=(told, *edition.stories[1:])),))
    many = greek(samples.EDITIONS[2])
    for each in (edition, updated, greek(QUIET), many, *greek(samples.EDITIONS)):
        post = renderer.post(each, NOW, handles=HANDLES)
        yield from (post.parent, *post.thread)
    order = [str(n) for n in range(9)]
    for answer in greek(ANSWERS):
        yield renderer.answer(answer, NOW, handles=HANDLES)
        yield renderer.answer(answer, NOW, page=1, size=2, handles=HANDLES, order=order, asked=NOW)
    yield from (renderer.why(why, NOW, zone) for why in greek(tuple(whys())) for zone in ("", "Asia/Tokyo"))
    yield renderer.coverage(greek(TOP.story), NOW)
    yield renderer.coverage(greek(EDITION.sections[1].stories[0].story), NOW)
    yield renderer.find("U0READER001", greek(TOP.lead), "α")
    yield renderer.topics(greek(TREE))
    yield renderer.topics(greek(TREE * 60))
    articles = tuple(scored.lead for scored in greek(EDITION).stories[:2])
    yield renderer.saved(SavedPage(articles, HANDLES, 5, 2, 12), NOW)
    yield renderer.saved(SavedPage((), {}, 0, 5, 0), NOW)
    yield renderer.notice("", ("robots",), [Button("α", "story_unvote", "1", "α")])
    yield renderer.notice(mistake("scource:wire"), ("source:wire",))


def mistake(question: str) -> Said:
    with pytest.raises(QueryError) as refused:
        read(question, Catalogue.builtin(), NOW)
    return refused.value.said


def texts(message: Message) -> Sequence[str]:
    return (message.text, *visible(message.blocks))


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_drawn_is_english_and_all_of_it_may_be_sent(code: str) -> None:
    known = (*KNOWN, "scource source:wire robots", "U0READER001", "drones")
    for message in drawn(Renderer().speaking(code)):
        assert foreign(texts(message), code, known) == set(), message
        assert check(message) == []
        assert len(message.text) <= FALLBACK


def test_what_is_english_would_be_found() -> None:
    """The test above can fail: of the same things drawn in English it says so of nearly all."""
    for code in OTHERS:
        found = [bool(foreign(texts(message), code, KNOWN)) for message in drawn(Renderer())]
        assert sum(found) > 0.9 * len(found)


class Drawn(Templates):
    """Templates that keep what was drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, Sequence[Mapping[str, object]]]] = []

    def check(self, name: str, blocks: Sequence[Mapping[str, object]]) -> None:
        self.found.append((name, blocks))
        super().check(name, blocks)


def written(path: Path, function: str = "") -> Iterator[str]:
    """The texts in a module, or in its functions that have a word in their names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and function in each.name]
    for node in (each for part in (functions if function else [tree]) for each in ast.walk(part)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize("code", OTHERS)
def test_every_template_is_drawn_from_the_samples_and_speaks(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `heatline check` draws has every template, a new one as well, and no English but that of the samples."""
    folder = ROOT / "digests" / "rendering"
    known = (
        *written(folder / "samples.py"),
        *written(folder / "renderer.py", "samples"),
        "news",
        "check",
        "saved",
        "help",
    )
    renderer, templates = Renderer().speaking(code), Drawn()
    monkeypatch.setattr(renderer, "_templates", templates)
    assert renderer.check() == []
    for name, blocks in templates.found:
        assert foreign(visible(blocks), code, known) == set(), name
    bundled = {
        path.name.removesuffix(".yaml.j2"): path.read_text(encoding="utf-8") for path in folder.glob("*/*.yaml.j2")
    }
    parts = {part for text in bundled.values() for part in re.findall(r'{% include "([a-z_]+)\.yaml\.j2" %}', text)}
    assert {name for name, _ in templates.found} == bundled.keys() - parts


@pytest.mark.parametrize("code", OTHERS)
def test_plain_text_pages_and_terminals_speak_it_too(code: str) -> None:
    renderer = Renderer().speaking(code)
    console = Console(width=300)
    for edition in (greek(EDITION), greek(QUIET), *greek(samples.EDITIONS)):
        with console.capture() as shown:
            console.print(renderer.terminal(edition, NOW))
        forms = (renderer.text(edition, NOW), shown.get(), *Seen(renderer.html(edition, NOW, handles=HANDLES)).texts)
        assert foreign(forms, code, ("Heatline APP",)) == set()
    for answer in greek(ANSWERS):
        with console.capture() as shown:
            console.print(renderer.answer_terminal(answer, NOW))
        forms = (renderer.answer_text(answer, NOW), shown.get())
        assert foreign(forms, code, (*KNOWN, "drones wire")) == set()
    assert f'<html lang="{code}">' in renderer.html(greek(EDITION), NOW)


class Seen(HTMLParser):
    """The texts of a page that people see or hear."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._style = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        self.texts += [value for name, value in attrs if name in ("alt", "aria-label") and value]

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.texts.append(data)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(
    "question",
    [
        "topic:",
        "-since:7d x",
        "scource:wire x",
        "topic:zzzz",
        "source:!!",
        "since:blorb",
        "since:2030-01-01",
        "sort:odd",
    ],
)
def test_a_mistake_in_a_question_is_told_in_every_language(code: str, question: str) -> None:
    told = speaking(code).tell(mistake(question))
    assert question.split()[0] in told
    if code != ENGLISH:
        assert foreign([told], code, [question, *KNOWN, "police facial recognition robots theverge com in"]) == set()


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_message_can_be_said(code: str) -> None:
    values: dict[str, set[str]] = {}
    for path in (CATALOGUES / ENGLISH).glob("*.ftl"):
        for block in re.split(r"\n(?=[a-z])", path.read_text(encoding="utf-8")):
            values[block.partition(" =")[0]] = set(re.findall(r"\$([a-z_]+)", block))
    for key in messages(ENGLISH):
        for number in (0, 1, 2, 1234):
            assert speaking(code).say(key, **dict.fromkeys(values[key], number)) or key == "gap"


def test_a_long_value_is_said_whole_and_pieces_stand_in_the_languages_order() -> None:
    long = "<!channel> { $x } " * 2_000
    assert speaking("de").say("saved", title=long) == f"Gespeichert: {long}"
    assert list(speaking("en").pieces("find-shares", "person", "story")) == [
        ("person", ""),
        ("", " shares "),
        ("story", ""),
    ]
    assert next(speaking("ja").pieces("nothing-found", "title")) == ("title", "")


def test_what_was_left_to_be_said_is_english_where_nobody_says_a_language() -> None:
    told = said("reason-unwanted", kind=Said("kind-market-report"))
    assert str(told) == "it is taken for market-report, of which the digest takes none"
    assert speaking("de").tell(told) == "Sie gilt als Marktbericht, und davon nimmt der Digest nichts"
    assert speaking("de").tell("as it is") == "as it is"
