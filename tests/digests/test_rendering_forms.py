"""The look of an edition in words, and its JSON forms."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from rich.console import Console

from digests.models import Edition, Section, Story, Tally
from digests.rendering import Renderer
from tests.digests.test_rendering_data import ANSWER, EDITION, NEAR_MISS, NOW, POEMS, ROBOTICS, TOP
from tests.making import article

RENDERER = Renderer()
QUIET = RENDERER.language.say("quiet")


def test_the_top_story_is_shown_once_and_its_empty_section_is_not() -> None:
    alone = replace(EDITION, sections=(Section(ROBOTICS, (TOP,)), Section(None, (POEMS,))), tally=Tally())
    post = RENDERER.post(alone, NOW)
    parent = json.dumps(post.parent.blocks, ensure_ascii=False)
    assert parent.count(f"|{TOP.lead.title}>") == 1
    assert "Robotics" not in parent
    assert [block["type"] for block in post.parent.blocks] == ["header", "context", "section", "section"]
    assert "Stories left out" not in parent
    assert RENDERER.text(alone, NOW).count(TOP.lead.title) == 1


def test_pictures_can_be_left_out() -> None:
    assert "accessory" in str(RENDERER.post(EDITION, NOW).parent.blocks)
    assert "accessory" not in str(RENDERER.post(EDITION, NOW, images=False).parent.blocks)


def test_excerpts_of_others_stand_where_room_allows() -> None:
    lined = replace(POEMS, story=replace(POEMS.story, lead=replace(POEMS.lead, excerpt="It rains in Low Saxon.")))
    few = replace(EDITION, sections=(Section(None, (TOP, lined)),))
    more = replace(EDITION, sections=(Section(None, (TOP, *[lined] * 12)),))
    many = replace(EDITION, sections=(Section(None, (TOP, *[lined] * 60)),))
    assert "It rains" in str(RENDERER.post(few, NOW).parent.blocks)
    assert str(RENDERER.post(more, NOW).parent.blocks).count("It rains") == 12
    assert "It rains" not in str(RENDERER.post(many, NOW).parent.blocks)


def test_no_news_is_said_and_not_sent_as_a_thread() -> None:
    quiet = Edition("d", "AI digest", NOW, NOW, "UTC", ())
    post = RENDERER.post(quiet, NOW)
    assert post.thread == ()
    assert post.parent.text == (
        "AI digest, Mon 23 Nov: A quiet spell: no new story that belongs in this digest. Nothing new came in."
    )


@pytest.mark.parametrize(
    ("tally", "said"),
    [
        (Tally(), "Nothing new came in."),
        (Tally(stale_feeds=1), "Nothing new came in. 1 feed is stale."),
        (Tally(articles=1), "1 article read."),
        (Tally(articles=1_200, merged=31, stale_feeds=2), "1,200 articles read, 31 merged. 2 feeds are stale."),
    ],
)
def test_a_quiet_day_tells_what_was_read_and_which_feeds_could_not_be(tally: Tally, said: str) -> None:
    """In every form, whatever is said of the day itself: it may be quiet because nothing could be read."""
    edition = Edition("d", "AI digest", NOW, NOW, "UTC", (), tally=tally)
    parent = RENDERER.post(edition, NOW).parent
    for form in (parent.text, str(parent.blocks), RENDERER.text(edition, NOW), RENDERER.html(edition, NOW)):
        assert f"{QUIET} {said}" in form
    console = Console(width=200)
    with console.capture() as drawn:
        console.print(RENDERER.terminal(edition, NOW, quiet="Nothing would be posted."))
    for form in (drawn.get(), RENDERER.text(edition, NOW, quiet="Nothing would be posted.")):
        assert f"Nothing would be posted. {said}" in form
        assert QUIET not in form


def test_a_digest_with_stories_tells_how_many_feeds_are_stale() -> None:
    for stale, said in ((0, ""), (1, " · 1 feed stale"), (2, " · 2 feeds stale")):
        edition = replace(EDITION, tally=replace(EDITION.tally, stale_feeds=stale))
        assert f"from 143 articles · 31 merged{said}\n" in RENDERER.text(edition, NOW)


def test_json_has_the_forms_that_evaluate_reads() -> None:
    form = json.loads(json.dumps(RENDERER.json(EDITION)))
    assert [section["topic"] for section in form["sections"]][:2] == ["Facial Recognition", "Computer Vision"]
    first = form["sections"][0]["stories"][0]
    assert first["url"] == TOP.lead.url
    assert [report["url"] for report in first["coverage"]] == [a.url for a in TOP.story.coverage]
    assert {"title", "provider", "topics", "quality", "heat", "score", "signals"} <= first.keys()
    assert first["signals"][0] == {
        "name": "heat",
        "value": 4.5,
        "weight": 1.0,
        "points": 4.5,
        "note": "told by many",
    }
    assert form["tally"]["merged"] == 31
    untold = RENDERER.json(replace(EDITION, sections=(Section(None, (POEMS,)),)))
    assert json.loads(json.dumps(untold))["sections"][0]["topic"] == ""


def test_stories_json_has_every_article_lead_first() -> None:
    form = json.loads(json.dumps(RENDERER.stories_json([TOP, POEMS.story])))
    assert [a["url"] for a in form["stories"][0]["articles"]] == [a.url for a in TOP.story.articles]
    assert form["stories"][1]["score"] is None
    assert form["stories"][1]["signals"] == []


def test_a_grouping_in_words_has_the_stories_of_most_providers_first() -> None:
    def told(title: str, *providers: str, hours: float = 1) -> Story:
        lead, *others = (article(title, hours, provider=p, url=f"https://{n}.example.com/{title}") for n, p in
                         enumerate(providers))  # fmt: skip
        return Story(title, lead, tuple(others))

    grouped = [
        told("Alone, old", "A", hours=9),
        told("Twice by one", "A", "A", "a"),
        told("Two, older", "A", "B", hours=5),
        told("Alone, \u202enew", "B"),
        told("Three", "A", "B", "C", hours=9),
        told("Two, newer", "A", "B", "B", hours=2),
    ]
    text = RENDERER.stories_text(grouped)
    assert text == RENDERER.stories_text(grouped[::-1])
    assert (
        text
        == """\
Told by several reports: 4

Three  (A) · 3 reports by 3 providers
    Three  (B)
    Three  (C)

Two, newer  (A) · 3 reports by 2 providers
    Two, newer  (B)
    Two, newer  (B)

Two, older  (A) · 2 reports by 2 providers
    Two, older  (B)

Twice by one  (A) · 3 reports by 1 provider
    Twice by one  (A)
    Twice by one  (a)

Told by one report: 2

Alone, new  (B)
Alone, old  (A)

6 stories from 13 articles, 4 told by several reports
"""
    )
    assert RENDERER.stories_text([]) == "0 stories from 0 articles, 0 told by several reports\n"


def test_secured_bodies_are_in_no_form() -> None:
    secret = replace(POEMS.lead, secured="c2VjcmV0;aXY=")
    kept = replace(POEMS, story=replace(POEMS.story, lead=secret))
    edition = replace(EDITION, sections=(Section(None, (kept,)),))
    drawn = [json.dumps(RENDERER.json(edition)), RENDERER.html(edition, NOW), RENDERER.text(edition, NOW)]
    drawn += [str(RENDERER.post(edition, NOW)), json.dumps(RENDERER.stories_json([kept]))]
    assert not any("c2VjcmV0" in text for text in drawn)


def test_answer_json_and_text() -> None:
    form = RENDERER.answer_json(ANSWER)
    assert form["topic"] == "facial-recognition"
    assert form["total"] == 3
    assert RENDERER.answer_json(NEAR_MISS)["topic"] is None
    assert RENDERER.answer_text(NEAR_MISS, NOW) == (
        "Nothing found for facal recogniton.\nDid you mean: facial-recognition, speech-recognition\n"
    )
