"""Golden files: everything the renderer draws from the invented data, in tests/data/golden/, for a person to read.

After a wanted change of the look, write them anew and read the difference:

    python -m tests.digests.test_rendering_golden
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from rich.console import Console, RenderableType

from digests.language import ENGLISH, LANGUAGES, Moment, said
from digests.models import Answer, Loosened, Message, Signal, Tie, Topic, TopicMatch, Why
from digests.query import Query, Since, Sort, Without
from digests.rendering import (
    Button,
    HomePage,
    Hushed,
    MissedPage,
    Renderer,
    SavedPage,
    SettingsPage,
    Subscribed,
    SubscriptionRow,
    check,
    message_json,
    post_json,
)
from tests.digests.test_rendering_data import ANSWER, EDITION, HELP, NEAR_MISS, NOW, QUIET, TREE

OTHERS = [code for code in LANGUAGES if code != ENGLISH]
GOLDEN = Path(__file__).parents[1] / "data" / "golden"
RENDERER = Renderer()
HANDLES = {scored.lead.url: str(number) for number, scored in enumerate(EDITION.stories, start=11)}
SAVED = tuple(scored.lead for scored in EDITION.stories[:3])
WHY = Why(
    EDITION.stories[0].lead,
    "daily",
    EDITION.slot,
    EDITION.timezone,
    "chosen",
    story=replace(
        EDITION.stories[0],
        signals=(
            Signal("quality", 0.8, 30, "80 of 100"),
            Signal("coverage", 0.6, 40, "8 other publishers"),
            Signal("feedback", -0.3, 10, "less of <!here> is wanted"),
        ),
    ),
    rank=1,
    of=143,
    section=Topic("facial-recognition", "Facial Recognition", "computer-vision"),
    match=TopicMatch("facial-recognition", "face scan", "title", 0.9),
    said="face scans",
    title=EDITION.title,
    made=True,
    ties=tuple(
        Tie(report, EDITION.stories[0].lead, 0.9, ("five-year", "ban") if number % 2 else ())
        for number, report in enumerate(EDITION.stories[0].story.coverage)
    ),
)
NOTHING = Answer(Query(("zeppelin", "<!here>")), (), 0)
NARROW = Query(
    ("robots",),
    without=Without(("drones",)),
    sources=("wire",),
    since=Since(NOW - timedelta(days=7), "7d"),
    sort=Sort.new,
)
FILTERED = replace(ANSWER, query=NARROW, topic=None)
LOOSENED = Answer(
    NARROW,
    suggestions=("robots source:wired",),
    loosened=tuple(Loosened(text, left, 12) for text, left in NARROW.filters()),
)
SAID_WHY = replace(
    WHY,
    reason=said("reason-told-already", day=Moment(NOW, "form-slot-day", "UTC"), publisher="Reuters"),
    story=replace(
        EDITION.stories[0],
        signals=(
            Signal("value", 0.8, 30, said("note-value", value=2.4)),
            Signal("coverage", 0.6, 30, said("note-coverage", providers=9)),
            Signal("feedback", -0.3, 30, said("note-less-wanted", what="<!here>", days=30)),
        ),
    ),
)

ROWS = (
    SubscriptionRow("s1", 7, "Robotics, *Drones*", "weekdays at 08:30 (UTC)", "", "", "Mon 23 Nov 08:30", 8, "6", True),
    SubscriptionRow(
        "s2", 8, "AI news", "daily at 18:00 (UTC)", "C0NEWS00001", "U0READER001", "Mon 23 Nov 18:00", 5, "6", False
    ),
)

MESSAGES: Mapping[str, Message] = {
    "answer": RENDERER.answer(ANSWER, NOW),
    "answer-page-2": RENDERER.answer(ANSWER, NOW, page=1, size=2),
    "answer-last-page": RENDERER.answer(
        replace(ANSWER, total=75), NOW, page=1, size=2, handles=HANDLES, order=["1-a", "2-b", "3-c", "4-d"], asked=NOW
    ),
    "answer-withdrawn": RENDERER.answer(replace(ANSWER, stories=()), NOW, page=0, size=2, order=["1-a", "2-b", "3-c"]),
    "answer-near-miss": RENDERER.answer(NEAR_MISS, NOW),
    "answer-nothing": RENDERER.answer(NOTHING, NOW),
    "answer-filtered": RENDERER.answer(FILTERED, NOW),
    "answer-loosened": RENDERER.answer(LOOSENED, NOW),
    "topics": RENDERER.topics(TREE),
    "help": RENDERER.help(HELP),
    "notice": RENDERER.notice("Slack is busy; try again in a minute."),
    "less": RENDERER.notice(
        "Noted. Robotics counts a little less here.", buttons=[Button("Undo", "story_unvote", "12")]
    ),
    "erase": RENDERER.notice(
        "Kept about you: 1 vote.",
        buttons=[Button("Erase all of it", "news_forget", "yes", "This erases for good: 1 vote.")],
    ),
    "find": RENDERER.find("U0READER001", SAVED[0], "For <!channel>:\n*read* this"),
    "coverage": RENDERER.coverage(EDITION.stories[0].story, NOW),
    "saved": RENDERER.saved(SavedPage(SAVED, {each.url: str(n) for n, each in enumerate(SAVED)}, 5, 5, 12), NOW),
    "saved-nothing": RENDERER.saved(SavedPage((), {}, 0, 5, 0), NOW),
    "missed": RENDERER.missed(MissedPage(EDITION, EDITION.more[:2], {}, 5, 5, 12), NOW),
    "missed-nothing": RENDERER.missed(MissedPage(EDITION, (), {}, 0, 5, 0), NOW),
    "glimpse": RENDERER.glimpse(EDITION, NOW),
    "glimpse-quiet": RENDERER.glimpse(QUIET, NOW),
    "settings": RENDERER.settings(SettingsPage(ROWS, 6, 6, 14)),
    "settings-over": RENDERER.settings(SettingsPage(ROWS[:1], 0, 6, 1, ("Ended: Drones. <!here> is archived.",))),
    "settings-nothing": RENDERER.settings(SettingsPage((), 0, 6, 0)),
    "answer-muted": RENDERER.answer(replace(ANSWER, muted=2), NOW),
    "why": RENDERER.why(WHY, NOW),
    "mistake": RENDERER.notice("scource:wire is no filter.", ("source:wire robots",)),
}

HOMES: Mapping[str, HomePage] = {
    "first visit": HomePage("Europe/Berlin", top=EDITION.stories[:2], handles=HANDLES),
    "in use": HomePage(
        "Europe/Berlin",
        subscriptions=(
            Subscribed("s1", "Facial Recognition, Robotics", "weekdays at 08:30", "", "Tue 24 Nov 08:30"),
            Subscribed("s2", "AI Hardware", "daily at 18:00", "C0NEWS00001", "Mon 23 Nov 18:00"),
        ),
        saved=SAVED,
        keys={each.url: str(number) for number, each in enumerate(SAVED)},
        saved_total=12,
        top=EDITION.stories[:5],
        handles=HANDLES,
        about=("Facial Recognition", "Robotics", "AI Hardware"),
        hushed=(Hushed("Drones", "topic drones"),),
        more=("Robotics",),
        less=("Drones", "<!here>"),
    ),
}


def _homes(locale: str) -> dict[str, list[object]]:
    return {name: list(RENDERER.speaking(locale).home(page, NOW)) for name, page in HOMES.items()}


def _spoken(code: str) -> Mapping[str, Message]:
    """What readers of another language are shown."""
    renderer = RENDERER.speaking(code)
    asked = {"answer": ANSWER, "nothing": NOTHING, "filtered": FILTERED, "loosened": LOOSENED}
    return {
        **{name: renderer.answer(answer, NOW, size=2, handles=HANDLES) for name, answer in asked.items()},
        "why": renderer.why(SAID_WHY, NOW),
        "coverage": renderer.coverage(EDITION.stories[0].story, NOW),
        "find": renderer.find("U0READER001", SAVED[0], "For <!channel>:\n*read* this"),
        "saved": renderer.saved(SavedPage(SAVED, {each.url: str(n) for n, each in enumerate(SAVED)}, 5, 5, 12), NOW),
        "topics": renderer.topics(TREE),
        "notice": renderer.notice(said("try-again"), ("robots",)),
    }


def _yaml(value: object) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=120)


def _console(renderable: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=80, legacy_windows=False, _environ={})
    with console.capture() as capture:
        console.print(renderable)
    return "".join(line.rstrip() + "\n" for line in capture.get().splitlines())


FILES: Mapping[str, Callable[[], str]] = {
    "digest.blocks.yaml": lambda: _yaml(post_json(RENDERER.post(EDITION, NOW, handles=HANDLES, foot=True))),
    "digest.txt": lambda: RENDERER.text(EDITION, NOW),
    "digest.html": lambda: RENDERER.html(EDITION, NOW, handles=HANDLES),
    "digest.json": lambda: json.dumps(RENDERER.json(EDITION), indent=1) + "\n",
    "digest.terminal.txt": lambda: _console(RENDERER.terminal(EDITION, NOW)),
    "quiet.blocks.yaml": lambda: _yaml(post_json(RENDERER.post(QUIET, NOW))),
    "quiet.txt": lambda: RENDERER.text(QUIET, NOW),
    "answer.txt": lambda: RENDERER.answer_text(ANSWER, NOW),
    "answer-loosened.txt": lambda: RENDERER.answer_text(LOOSENED, NOW),
    "answer.terminal.txt": lambda: _console(RENDERER.answer_terminal(ANSWER, NOW)),
    "messages.blocks.yaml": lambda: _yaml({name: message_json(message) for name, message in MESSAGES.items()}),
    "home.blocks.yaml": lambda: _yaml(_homes("en")),
    "home.de.blocks.yaml": lambda: _yaml(_homes("de")),
    "home.ja.blocks.yaml": lambda: _yaml(_homes("ja")),
    "home.html": lambda: RENDERER.page("Home", [], views=[RENDERER.home(page, NOW) for page in HOMES.values()]),
    "messages.html": lambda: RENDERER.page("Messages", list(MESSAGES.values())),
    **{
        f"digest.{code}.blocks.yaml": lambda code=code: _yaml(
            post_json(RENDERER.speaking(code).post(EDITION, NOW, handles=HANDLES, foot=True))
        )
        for code in OTHERS
    },
    **{f"quiet.{code}.txt": lambda code=code: RENDERER.speaking(code).text(QUIET, NOW) for code in OTHERS},
    **{
        f"messages.{code}.blocks.yaml": lambda code=code: _yaml(
            {name: message_json(message) for name, message in _spoken(code).items()}
        )
        for code in OTHERS
    },
}


@pytest.mark.parametrize("name", FILES)
def test_golden(name: str) -> None:
    expected = (GOLDEN / name).read_text(encoding="utf8")
    assert FILES[name]() == expected, "wanted? then run: python -m tests.digests.test_rendering_golden"


def test_everything_golden_may_be_sent() -> None:
    posts = [RENDERER.post(EDITION, NOW, handles=HANDLES, foot=True), RENDERER.post(QUIET, NOW)]
    posts += [RENDERER.speaking(code).post(EDITION, NOW, handles=HANDLES, foot=True) for code in OTHERS]
    spoken = [message for code in OTHERS for message in _spoken(code).values()]
    for message in (*MESSAGES.values(), *spoken, *(m for post in posts for m in (post.parent, *post.thread))):
        assert check(message) == []


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for file, drawn in FILES.items():
        (GOLDEN / file).write_text(drawn(), encoding="utf8")
