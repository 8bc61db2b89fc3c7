"""Stories like what somebody wrote: what is shared has to tell something, and there is an end to what is looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest

from digests.library import Filed, Library, Stamp
from digests.models import Answer
from digests.relating import alike
from digests.topics import Catalogue
from tests.making import NOON, article

TOPICS = Catalogue.builtin()


@pytest.fixture
def stocked(library: Library) -> Library:
    titles = (
        "Portunel says 31 million face templates exposed",
        "Humanoid robots start work in parcel depots",
        "EU weighs five-year pause on facial recognition",
        "Ferry ticket sale begins on Thursday",
    )
    files = [
        Filed(f"{number}.md", Stamp(1, 1, str(number)), article(title, hours=number + 1))
        for number, title in enumerate(titles)
    ]
    library.put("one", files)
    return library


def titles(answer: Answer) -> list[str]:
    return [scored.lead.title for scored in answer.stories]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Our vendor is Portunel. Were templates exposed?", "Portunel says 31 million face templates exposed"),
        ("the PARCEL depots have robot workers now, see", "Humanoid robots start work in parcel depots"),
        ("a pause of five years? The EU is serious", "EU weighs five-year pause on facial recognition"),
        ("portunel", "Portunel says 31 million face templates exposed"),
    ],
)
def test_telling_words_find_their_story(stocked: Library, text: str, title: str) -> None:
    answer = alike(stocked, TOPICS, text, NOON)
    assert titles(answer) == [title]
    assert answer.total == 1
    assert set(answer.query.words) <= set(text.replace("?", " ").replace(".", " ").replace(",", " ").split())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Lunch at noon?",
        "Who has time on Thursday?",  # one shared word is chance
        "31 of 12, or 7",
        "the and of to",
        "start",  # one that everybody uses
        "x" * 50_000,
        "\x00\x07 <!channel> *_~`",
        '" OR NEAR( portu* AND',
    ],
)
def test_chance_finds_nothing(stocked: Library, text: str) -> None:
    answer = alike(stocked, TOPICS, text, NOON)
    assert titles(answer) == []


def test_what_names_a_topic_and_tells_nothing_else_is_about_the_topic(stocked: Library) -> None:
    answer = alike(stocked, TOPICS, "anyone here follow facial recognition?", NOON)
    assert answer.query.topics == ("facial-recognition",)
    assert "EU weighs five-year pause on facial recognition" in titles(answer)


def test_only_the_beginning_of_a_long_text_counts(stocked: Library) -> None:
    assert titles(alike(stocked, TOPICS, "Portunel templates exposed" + " and so on" * 5_000, NOON))
    assert not titles(alike(stocked, TOPICS, "and so on " * 5_000 + "Portunel templates exposed", NOON))


def test_so_many_at_most_the_likest_first(library: Library) -> None:
    files = [
        Filed(f"{number}.md", Stamp(1, 1, str(number)), article(f"Quokka census number {number}", hours=number + 1))
        for number in range(12)
    ]
    best = article("Quokka census by drone surprises Rottnest", hours=40)
    library.put("one", [*files, Filed("best.md", Stamp(1, 1, "best"), best)])
    answer = alike(library, TOPICS, "A quokka census on Rottnest, by drone", NOON + timedelta(hours=1), limit=5)
    assert len(answer.stories) == answer.total == 5
    assert titles(answer)[0] == best.title
