"""What counts as a correction of a told edition, and the laws that hold for any of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.corrections import Correction, briefer, corrected, corrections, only, told
from digests.models import Article, Edition, Provider, ScoredStory, Section, Story
from digests.rendering import Renderer
from digests.rendering.links import host
from tests.making import NOON, article

TOLD = article(
    "EU weighs five-year ban on facial recognition", path="eu.md", excerpt="A draft would pause its use in public."
)
FIXED = "EU weighs four-year ban on facial recognition"


def edition(*leads: Article, more: tuple[Article, ...] = ()) -> Edition:
    """An edition that tells these, the best first."""

    def scored(some: tuple[Article, ...]) -> tuple[ScoredStory, ...]:
        return tuple(ScoredStory(Story(each.url, each), 100.0 - n) for n, each in enumerate(some))

    return Edition("daily", "AI digest", NOON, NOON, "UTC", (Section(None, scored(leads)),), scored(more))


def found(now: Article, link: str = "", before: Article = TOLD) -> Correction | None:
    """The correction of one told article, where there is one."""
    links = {before.url: link} if link else {}
    made = corrections(told(edition(before)), {before.url: now}, links)
    assert len(made) <= 1
    return made[0] if made else None


BASE = "https://tidewater-post.example.com"
TITLES = [
    (FIXED, True),
    (f"{TOLD.title}: live, 12 updates", True),
    ("Nothing of the kind is weighed, says EU", True),  # the same address tells it
    (TOLD.title, False),
    ("", False),
    (" \u200b\u2060\n", False),
]


@pytest.mark.parametrize(("title", "fixed"), TITLES)
def test_a_title_is_corrected_where_there_is_another(title: str, fixed: bool) -> None:
    made = found(replace(TOLD, title=title))
    assert (made is not None) is fixed
    assert made is None or (made.title, made.link, made.article) == (title, TOLD.url, TOLD.url)


FILES = [
    ({"url": f"{BASE}/eu-weighs-ban"}, True),
    ({"url": "http://www.tidewater-post.example.com/eu"}, True),
    ({"url": "https://amp.tidewater-post.example.com/eu"}, True),  # below the provider's domain
    ({"url": f"{BASE}/eu", "title": FIXED}, True),
    ({"url": f"{BASE}/eu", "published_at": TOLD.published_at + timedelta(hours=2)}, False),  # the file has other news
    ({"url": f"{BASE}/eu", "title": "Robots learn to fold laundry"}, False),
    ({"url": "https://tidewater-post.example.net/eu"}, False),
    ({"url": "https://evil.example.net#@tidewater-post.example.com/eu"}, False),
    ({"url": "https://evil.example.net?@tidewater-post.example.com/eu"}, False),
    ({"url": "https://evil.example.net\\@tidewater-post.example.com/eu"}, False),
    ({"url": "https://tidewater-post.example.com.example.net/eu"}, False),
    ({"url": "javascript://tidewater-post.example.com/%0aalert(1)"}, False),
    ({"url": f"{BASE}/eu", "provider": Provider("The Lantern", "lantern.example.com")}, False),
]


@pytest.mark.parametrize(("change", "fixed"), FILES)
def test_a_file_with_another_address_corrects_the_link_to_its_own_publishers_pages_only(
    change: dict[str, object], fixed: bool
) -> None:
    now = replace(TOLD, **change)  # type: ignore[arg-type]
    made = found(now)
    assert (made is not None) is fixed
    assert made is None or (made.link, made.article, made.title) == (now.url, now.url, now.title)


ADDRESSES = [
    (f"{BASE}/another-place", f"{BASE}/another-place"),
    (f"{TOLD.url}?token=1", ""),
    (TOLD.url.replace("https://", "http://www."), ""),
    ("https://evil.example.net/eu", ""),
    ("mailto:a@tidewater-post.example.com", ""),
    ("https://[", ""),
]


@pytest.mark.parametrize(("address", "link"), ADDRESSES)
def test_a_feeds_new_address_is_a_new_link_where_it_leads_elsewhere(address: str, link: str) -> None:
    made = found(TOLD, address)
    assert (made.link if made else "") == link
    assert made is None or made.article == TOLD.url
    both = found(replace(TOLD, title=FIXED), address)  # a bad link does not keep a title from being mended
    assert both is not None
    assert (both.title, both.link) == (FIXED, link or TOLD.url)


def test_a_provider_may_spell_its_name_anew_but_not_become_another() -> None:
    title = replace(TOLD, title=FIXED)
    assert found(replace(title, provider=Provider("The Tidewater Post", TOLD.provider.domain)))
    assert found(replace(title, provider=Provider("The Lantern", "lantern.example.com"))) is None


def test_older_words_that_came_back_are_no_correction() -> None:
    other = replace(TOLD, title=FIXED, path="other.md")
    assert found(replace(other, published_at=TOLD.published_at - timedelta(hours=1))) is None
    assert found(replace(other, published_at=TOLD.published_at + timedelta(hours=1)))
    assert found(replace(other, path=TOLD.path, published_at=TOLD.published_at - timedelta(hours=1)))


def test_a_link_that_the_edition_tells_already_is_not_told_twice() -> None:
    second = article("EU weighs five-year ban on facial recognition now", path="b.md")
    for news in (edition(TOLD, second), edition(TOLD, more=(second,))):
        assert corrections(told(news), {TOLD.url: replace(TOLD, url=second.url)}, {}) == ()
    both = {each.url: replace(each, url=f"{BASE}/one-place") for each in (TOLD, second)}
    assert len(corrections(told(edition(TOLD, second)), both, {})) == 1


def test_the_excerpt_is_shown_as_before_where_it_repeats_the_title() -> None:
    before = replace(TOLD, excerpt=f"{TOLD.title}. A draft would pause its use.")
    made = corrections(told(edition(before)), {before.url: replace(before, title=FIXED)}, {})
    old, new = edition(before), corrected(edition(before), made)
    drawn = [Renderer().post(each, NOON) for each in (old, new)]
    assert "A draft would pause its use." in str(drawn[0].parent.blocks)
    assert str(drawn[1].parent.blocks) == str(drawn[0].parent.blocks).replace(TOLD.title, FIXED)


WORDS = st.text("abc <>&*_`é—", min_size=1, max_size=60)
MOVES = st.lists(st.tuples(WORDS, st.booleans(), st.booleans()), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)  # each draws four posts
@given(MOVES)
def test_the_laws_of_corrections(moves: list[tuple[str, bool, bool]]) -> None:
    leads = [article(f"Robot {n} learns to walk the dog of its maker", path=f"{n}.md") for n in range(len(moves))]
    half = len(leads) // 2
    before = edition(*leads[half:], more=tuple(leads[:half]))
    current, links = {}, {}
    for lead, (words, retitled, moved) in zip(leads, moves, strict=True):
        current[lead.url] = replace(lead, title=f"{lead.title} {words}" if retitled else lead.title)
        if moved:
            links[lead.url] = f"{lead.url}/there"
    made = corrections(told(before), current, links)
    after = corrected(before, made)
    assert corrected(before, ()) == before
    old, new = (*before.stories, *before.more), (*after.stories, *after.more)
    assert len(old) == len(new)
    for was, now in zip(old, new, strict=True):
        assert now.story.id == was.story.id
        assert now.score == was.score
        same = replace(now.lead, title=was.lead.title, url=was.lead.url)
        assert same == was.lead
        assert host(now.lead.url) == host(was.lead.url)
    assert len(told(after)) == len(told(before))
    there = {links.get(url, url): replace(each, url=links.get(url, url)) for url, each in current.items()}
    assert corrections(told(after), there, {}) == ()  # what was corrected is right
    assert corrections(told(before), current, links) == made
    draw = Renderer()
    assert len(draw.post(after, NOON).thread) == len(draw.post(before, NOON).thread)
    assert only(made, {}, draw.post(before, NOON), draw.post(after, NOON))


def test_more_than_a_correction_is_told_apart() -> None:
    long = Correction(TOLD.url, TOLD.title, f"{FIXED} {'and so on ' * 30}", TOLD.url, TOLD.url)
    fill = [article(f"Robot {n} {'walks the dog of its maker ' * 3}", excerpt="It does so. " * 12) for n in range(40)]
    before, draw = edition(TOLD, *fill[:5], more=(*fill[5:9],)), Renderer()
    drawn = draw.post(before, NOON)
    right = draw.post(corrected(before, (long,)), NOON)
    assert only((long,), {}, drawn, right)
    other = replace(long, url=fill[0].url, was=fill[0].title)
    assert not only((long,), {}, drawn, draw.post(corrected(before, (long, other)), NOON))
    assert not only((long,), {}, drawn, replace(right, thread=()))
    assert not only((long,), {}, drawn, draw.post(corrected(before, (long,)), NOON + timedelta(hours=3)))


def test_a_long_title_that_costs_others_their_place_gets_a_shorter_form() -> None:
    long = Correction(TOLD.url, TOLD.title, f"{FIXED} {'and so on ' * 30}", TOLD.url, TOLD.url)
    assert len(briefer((long,))[0].title) <= len(TOLD.title)
    fill = [article(f"Robot {n} {'walks the dog of its maker ' * 3}") for n in range(42)]
    draw = Renderer()
    costly = 0
    for room in range(0, 120, 30):  # from hardly any room left in the post to some
        before = edition(TOLD, replace(fill[0], title="Robot " * (20 - room // 6)), *fill[1:])
        drawn = draw.post(before, NOON)
        whole, brief = (draw.post(corrected(before, made), NOON) for made in ((long,), briefer((long,))))
        assert only((long,), {}, drawn, brief)
        costly += not only((long,), {}, drawn, whole)
    assert costly
