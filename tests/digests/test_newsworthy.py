"""What an article is, and what it is worth: in a table of invented items, and for anything at all."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.models import Article, Provider
from digests.newsworthy import JUNK, KINDS, judge
from digests.newsworthy.features import cues
from tests.making import NOON


def item(
    title: str, excerpt: str = "", url: str = "https://news.example.com/1", provider: str = "Tidewater Post"
) -> Article:
    return Article(url, title, NOON, Provider(provider, url.split("/")[2]), excerpt)


TABLE = [
    (
        "news",
        item(
            "Court orders Lumio to delete faces scraped from school websites",
            "A judge in Leeds said on Monday that the firm broke data law.",
        ),
    ),
    (
        "news",
        item(
            "Senators vote to ban AI voices in political calls", "The bill passed on Tuesday and goes to the president."
        ),
    ),
    (
        "research",
        item(
            "Neural network reads sleep stages from breathing alone, study finds",
            "Researchers at Lakeshore University trained the model on 4,000 nights. The study was published in a journal.",
        ),
    ),
    (
        "analysis",
        item(
            "Why AI agents will not replace your accountant",
            "The future of bookkeeping is not what the hype promises, and here is why.",
        ),
    ),
    ("analysis", item("Opinion: We should stop calling chatbots intelligent", "The words we choose shape the debate.")),
    (
        "tutorial",
        item(
            "How to fine-tune a small language model with Python, step by step",
            "In this tutorial you learn how to prepare the data and build a model using Python.",
            "https://dev.example.com/tutorial/1",
        ),
    ),
    (
        "promo",
        item(
            "Last chance: early bird tickets for the AI Summit end Friday",
            "Register now and save $400 on your conference pass.",
            "https://events.example.com/events/ai-summit",
        ),
    ),
    (
        "market-report",
        item(
            "Global AI Chip Market Size, Share & Forecast 2026-2033: Key Players, CAGR of 28.4%",
            "The report covers market size, segmentation, drivers and restraints.",
            "https://wire.example.com/press-release/1",
        ),
    ),
    (
        "pr",
        item(
            "Veridell Appoints Dana Osei as Chief Clinical Officer",
            "SAN MATEO, Calif., Oct. 7, 2025 -- Veridell Inc., a leading provider of AI screening, today announced Dana Osei.",
            "https://wire.example.com/news-release/2",
            "Example Newswire",
        ),
    ),
    ("off-topic", item("Bakers in Lyon strike over flour prices", "Hundreds of bakers closed their shops on Monday.")),
    (
        "off-topic",
        item(
            "Cloud region opens in Auckland",
            "The new availability zone offers storage, databases and networking to local firms.",
        ),
    ),
]


@pytest.mark.parametrize(("kind", "article"), TABLE)
def test_kinds(kind: str, article: Article) -> None:
    found = judge(article)
    assert found.kind == kind, found
    assert found.reasons or kind == "off-topic"


def test_reasons_name_whole_words_as_they_stand_in_the_text() -> None:
    named = 0
    for _, article in TABLE:
        text = f"{article.title} {article.excerpt}"
        for word in re.findall(r'says "([^"]+)" in the', " ".join(judge(article).reasons)):
            assert re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text), (word, text)
            named += 1
    assert named > 3


def test_what_an_editor_would_give() -> None:
    worth = {kind: judge(article).value for kind, article in reversed(TABLE)}
    assert worth["news"] > 0.7
    assert max(worth["promo"], worth["market-report"], worth["off-topic"], worth["pr"]) < 0.5


def test_ai_in_the_title_does_not_make_it_about_ai() -> None:
    plain = judge(
        item(
            "Air India flight AI 417 diverted to Muscat after a bird strike",
            "All 180 passengers of flight AI 417 were unhurt.",
        )
    )
    about = judge(
        item("AI predicts bird strikes at Muscat airport", "A machine learning model warns pilots of flocks.")
    )
    assert plain.kind == "off-topic"
    assert about.kind in ("news", "research")


@given(st.text(max_size=200), st.text(max_size=400), st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_anything_is_judged(title: str, excerpt: str, path: str) -> None:
    found = judge(item(title, excerpt, "https://x.example.com/" + path))
    assert found.kind in KINDS
    assert sum(found.chances.values()) == pytest.approx(1, abs=1e-4)
    assert 0 <= found.value <= 3
    assert 0 <= found.junk <= 1.0001
    assert found == judge(item(title, excerpt, "https://x.example.com/" + path))


def test_every_kind_has_a_meaning_and_every_cue_words() -> None:
    assert set(KINDS) > JUNK
    assert all(cue.means[0].islower() for cue in cues().values())
