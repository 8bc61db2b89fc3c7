"""What is muted: per place, a channel's for a while, a person's own without end; counted, erased, and common to channels."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.readers import How, Mutes, SavedStories, Votes, channel, erase, user
from bot.readers.erasing import kept
from bot.readers.mutes import LASTS, MOST
from bot.readers.votes import WORTH
from digests.library import Library
from digests.steering import SOURCE, TOPIC, Mute
from tests.making import NOON, article

ADA, BO = user("T1", "U1"), user("T1", "U2")
ROOM, HALL = channel("C1"), channel("C2")
ABOUT = ("topic:robotics",)


def test_a_channels_mute_ends_and_a_persons_own_does_not(library: Library) -> None:
    mutes = Mutes(library.database)
    assert mutes.mute(ROOM, TOPIC, "robotics", NOON, ADA) == Mute(TOPIC, "robotics", NOON + LASTS, NOON)
    assert mutes.mute(ADA, SOURCE, "The Lantern", NOON, ADA).until is None
    assert mutes.of(ROOM) == (Mute(TOPIC, "robotics", NOON + LASTS, NOON),)
    assert mutes.of(BO) == ()
    assert mutes.everywhere([ROOM], NOON - timedelta(minutes=1)) == ()
    assert mutes.everywhere([ROOM], NOON + LASTS - timedelta(minutes=1)) == mutes.of(ROOM)
    assert mutes.everywhere([ROOM], NOON + LASTS) == ()
    assert mutes.everywhere([ADA], NOON + 9 * LASTS) == mutes.of(ADA)
    later = NOON + timedelta(days=3)
    mutes.mute(ROOM, TOPIC, "robotics", later, BO)  # anew: it lasts longer, and held all the time
    assert mutes.of(ROOM) == (Mute(TOPIC, "robotics", later + LASTS, NOON),)
    assert mutes.unmute(ROOM, TOPIC, "robotics")
    assert not mutes.unmute(ROOM, TOPIC, "robotics")
    assert mutes.of(ROOM) == ()


def test_what_all_channels_muted_is_muted_for_all_to_the_first_end(library: Library) -> None:
    mutes = Mutes(library.database)
    later = NOON + timedelta(days=1)
    mutes.mute(ROOM, TOPIC, "robotics", NOON, ADA)
    mutes.mute(ROOM, TOPIC, "chips", NOON, ADA)
    mutes.mute(HALL, TOPIC, "robotics", later, ADA)
    assert mutes.everywhere([ROOM, HALL], NOON) == ()
    (both,) = mutes.everywhere([ROOM, HALL], later)
    assert (both.name, both.until) == ("robotics", NOON + LASTS)
    assert mutes.everywhere([], NOON) == ()


def test_there_is_a_bound_and_the_oldest_go(library: Library) -> None:
    mutes = Mutes(library.database)
    for number in range(MOST + 2):
        mutes.mute(ADA, SOURCE, f"Paper {number}", NOON + timedelta(minutes=number), ADA)
    names = [each.name for each in mutes.of(ADA)]
    assert (len(names), names[0], names[-1]) == (MOST, f"Paper {MOST + 1}", "Paper 2")


def test_everything_about_a_person_is_counted_and_erased(library: Library) -> None:
    database = library.database
    mutes, votes, saved = Mutes(database), Votes(database), SavedStories(database)
    for who in (ADA, BO):
        mutes.mute(who, TOPIC, "robotics", NOON, who)
        saved.save(who, article(), NOON)
        for how in How:
            votes.give(ROOM, "https://a.example.com/1", ABOUT, 1.0, NOON, by=who, how=how)
    mutes.mute(ROOM, TOPIC, "chips", NOON, ADA)
    found = kept(database, ADA)
    assert (found.saved, found.votes, found.shares, found.mutes) == (1, 3, 1, 2)  # what was saved once and is no more
    assert erase(database, ADA) == found
    assert not kept(database, ADA).any
    assert mutes.of(ADA) == ()
    assert [each.name for each in mutes.of(ROOM)] == ["chips"]  # everybody's there
    assert votes.count(ADA) == 0
    other = kept(database, BO)
    assert (other.saved, other.votes, other.shares, other.mutes) == (1, 3, 1, 1)


def test_saving_and_sharing_count_less_than_saying_so_and_less_for_the_channel(library: Library) -> None:
    votes = Votes(library.database)
    found = {}
    for number, how in enumerate((How.SAID, How.SHARED, How.SAVED)):
        who, room = user("T1", f"U{number}"), channel(f"C{number}")
        votes.give(room, "https://a.example.com/1", ABOUT, 1.0, NOON, by=who, how=how)
        found[how] = (votes.standing([who], NOON)["topic:robotics"], votes.standing([room], NOON)["topic:robotics"])
    assert found[How.SAID][0] == found[How.SAID][1] == round(1 / 3, 6)
    assert found[How.SAID][0] > found[How.SHARED][0] == found[How.SAVED][0] > found[How.SHARED][1] / 2
    assert found[How.SHARED][1] > found[How.SAVED][1] > 0


def test_what_was_said_saved_and_shared_stands_side_by_side_and_is_taken_back_alone(library: Library) -> None:
    votes = Votes(library.database)
    url = "https://a.example.com/1"
    votes.give(ROOM, url, ABOUT, -1.0, NOON, by=ADA)
    votes.give(ROOM, url, ABOUT, 1.0, NOON, by=ADA, how=How.SAVED)
    assert votes.standing([ROOM], NOON)["topic:robotics"] == round(-0.75 / 2.75, 6)
    votes.take_back(ADA, url, How.SAVED)
    assert votes.standing([ROOM], NOON)["topic:robotics"] == round(-1 / 3, 6)
    assert votes.urls(ROOM, ADA) == (url,)


VOTES = st.lists(
    st.tuples(st.sampled_from([ADA, BO]), st.sampled_from(sorted(WORTH)), st.sampled_from([-1.0, 1.0])), max_size=25
)


@given(VOTES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_much_is_said_there_is_a_bound_and_one_person_alone_counts_as_two(
    library: Library, given_votes: list[tuple[str, How, float]]
) -> None:
    votes = Votes(library.database)
    votes.forget(ROOM)
    for number, (who, how, value) in enumerate(given_votes):
        votes.give(ROOM, f"https://a.example.com/{number}", ABOUT, value, NOON, by=who, how=how)  # type: ignore[arg-type]
    found = votes.standing([ROOM], NOON).get("topic:robotics", 0.0)
    assert abs(found) <= 0.667  # two people, of whom each counts as two votes at most
    assert all(-1 < votes.standing([who], NOON).get("topic:robotics", 0.0) < 1 for who in (ADA, BO))
    assert votes.forget(ROOM) == len(given_votes)
    assert votes.standing([ROOM], NOON) == {}


def test_thumbs_for_whole_posts_are_counted_by_place_and_shift_nothing(library: Library) -> None:
    votes = Votes(library.database)
    for who, post, value in ((ADA, "1", 1.0), (BO, "1", -1.0), (ADA, "2", 1.0), (ADA, "2", 1.0)):
        votes.give(ROOM, f"digest:daily@{post}", (), value, NOON, by=who, how=How.POST)
    votes.give(HALL, "digest:daily@1", (), 1.0, NOON, by=ADA, how=How.POST)
    assert votes.posts(ROOM, NOON - timedelta(days=1)) == (2, 1)
    assert votes.posts(ROOM, NOON + timedelta(days=1)) == (0, 0)
    assert votes.standing([ROOM], NOON) == {}
