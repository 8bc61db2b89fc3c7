"""Days and times as people write them: what they mean, what is told back, and that this reads to the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.crontab import parse
from bot.when import DEFAULT, MOST_TIMES, When, WhenError, begins, of_cron, read, told
from digests.language import LANGUAGES, VARIANTS, speaking

WHENS = st.builds(
    When,
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    st.sets(st.integers(0, 23), min_size=1, max_size=MOST_TIMES).map(lambda hours: tuple(sorted(hours))),
    st.integers(0, 59),
)


@pytest.mark.parametrize(
    ("text", "cron"),
    [
        ("at 8:30 on weekdays", "30 8 * * mon-fri"),
        ("every monday at 9am", "0 9 * * mon"),
        ("daily at 18h", "0 18 * * *"),
        ("on tue and fri at noon", "0 12 * * tue,fri"),
        ("8.30", "30 8 * * *"),
        ("täglich um 8:30", "30 8 * * *"),
        ("Werktags", "0 9 * * mon-fri"),
        ("werktags um 8 Uhr 30", "30 8 * * mon-fri"),
        ("jeden Montag um 9 Uhr", "0 9 * * mon"),
        ("montags und donnerstags, 17:15 Uhr", "15 17 * * mon,thu"),
        ("Mo-Fr 7:05", "5 7 * * mon-fri"),
        ("monday to thursday at 9", "0 9 * * mon,tue,wed,thu"),
        ("fri - mon at 6 p.m.", "0 18 * * mon,fri,sat,sun"),
        ("at 9 and 17h on business days", "0 9,17 * * mon-fri"),
        ("every day", "0 9 * * *"),
        ("every day, mon-fri", "0 9 * * mon-fri"),
        ("at midnight on weekends", "0 0 * * sat,sun"),
        ("12 am", "0 0 * * *"),
        ("12:15pm", "15 12 * * *"),
        ("0830 sundays", "30 8 * * sun"),
        ("weekly at 10", "0 10 * * mon"),
        ("weekly on Wednesday", "0 9 * * wed"),
        ("毎日8時半", "30 8 * * *"),
        ("平日 午後3時", "0 15 * * mon-fri"),
        ("月・水・金 9時15分", "15 9 * * mon,wed,fri"),
        ("月曜から金曜まで 8:00", "0 8 * * mon-fri"),
        ("　AT　８：３０ ON WEEKDAYS ", "30 8 * * mon-fri"),
        ("at 8 o'clock, every tuesday", "0 8 * * tue"),
        ("at 7 and 7", "0 7 * * *"),
        ("eight", "0 8 * * *"),
        ("eight thirty", "30 8 * * *"),
        ("half past eight", "30 8 * * *"),
        ("half eight", "30 8 * * *"),
        ("weekdays at quarter to nine", "45 8 * * mon-fri"),
        ("every monday at a quarter past nine", "15 9 * * mon"),
        ("ten minutes to nine", "50 8 * * *"),
        ("twenty-five past seven", "25 7 * * *"),
        ("seven oh five", "5 7 * * *"),
        ("eight pm", "0 20 * * *"),
        ("half past eight in the evening", "30 20 * * *"),
        ("quarter to noon", "45 11 * * *"),
        ("noon", "0 12 * * *"),
        ("mornings", "0 9 * * *"),
        ("every morning", "0 9 * * *"),
        ("afternoons", "0 15 * * *"),
        ("every evening", "0 18 * * *"),
        ("at night", "0 21 * * *"),
        ("in the evening at 7", "0 19 * * *"),
        ("at 7 in the evening", "0 19 * * *"),
        ("at 8, in the evening", "0 20 * * *"),
        ("at 7 and 9 in the evening", "0 19,21 * * *"),
        ("evenings at 7 and 9", "0 19,21 * * *"),
        ("evenings at 7 and 15:00", "0 15,19 * * *"),
        ("mornings at 8 and evenings at 6", "0 8,18 * * *"),
        ("mornings and evenings at 8", "0 8,20 * * *"),
        ("at 8 in the morning and in the evening", "0 8,20 * * *"),
        ("at 8 in the morning and 6 in the evening", "0 8,18 * * *"),
        ("at 8 and in the evening", "0 8,18 * * *"),
        ("12 in the morning", "0 0 * * *"),
        ("weekday mornings at half eight", "30 8 * * mon-fri"),
        ("every week on monday at ten", "0 10 * * mon"),
        ("monday to friday at eight", "0 8 * * mon-fri"),
        ("halb neun", "30 8 * * *"),
        ("Viertel nach acht", "15 8 * * *"),
        ("viertel vor neun", "45 8 * * *"),
        ("Viertel neun", "15 8 * * *"),
        ("dreiviertel neun", "45 8 * * *"),
        ("fünf vor halb neun", "25 8 * * *"),
        ("werktags um acht Uhr dreißig", "30 8 * * mon-fri"),
        ("zwanzig Uhr", "0 20 * * *"),
        ("morgens", "0 9 * * *"),
        ("jeden Morgen um acht", "0 8 * * *"),
        ("am Morgen um 7", "0 7 * * *"),
        ("abends um 7", "0 19 * * *"),
        ("Montagmorgen um acht", "0 8 * * mon"),
        ("Sonntagabend", "0 18 * * sun"),
        ("nachts um 2", "0 2 * * *"),
        ("mittags um eins", "0 13 * * *"),
        ("um 12 am Montag", "0 12 * * mon"),
        ("um 8 am Abend", "0 20 * * *"),
        ("jede Woche am Montag um zwölf", "0 12 * * mon"),
        ("毎朝8時", "0 8 * * *"),
        ("朝8時半", "30 8 * * *"),
        ("毎朝", "0 9 * * *"),
        ("平日の朝八時半", "30 8 * * mon-fri"),
        ("毎晩九時", "0 21 * * *"),
        ("夕方6時15分", "15 18 * * *"),
        ("毎日 二十時", "0 20 * * *"),
        ("at 9 17", "0 9,17 * * *"),
        ("12 midnight", "0 0 * * *"),
        ("twelve noon on sundays", "0 12 * * sun"),
        ("drei viertel acht", "45 7 * * *"),
        ("nachmittags um halb vier", "30 15 * * *"),
        ("null Uhr dreißig", "30 0 * * *"),
        ("early in the morning, around eight", "0 8 * * *"),
        ("mon wed fri at seven thirty pm", "30 19 * * mon,wed,fri"),
        ("毎週月曜 午前9時半", "30 9 * * mon"),
        ("週末の昼", "0 12 * * sat,sun"),
        ("", "0 9 * * mon-fri"),
    ],
)
def test_what_people_write_is_understood(text: str, cron: str) -> None:
    assert read(text).cron == cron
    assert parse(cron)


@pytest.mark.parametrize(
    ("text", "key", "meant"),
    [
        ("evry monday at 9am", "when-odd-word", ("every monday at 9am",)),
        ("on wekdays at 8:30", "when-odd-word", ("on weekdays at 8:30",)),
        ("every mondy", "when-odd-word", ("every monday",)),
        ("jeden Dinestag", "when-odd-word", ("jeden dienstag",)),
        ("evry mornig at eigth", "when-odd-word", ("every morning at eight",)),
        ("jden Morgen um acth", "when-odd-word", ("jeden morgen um acht",)),
        ("every teh day", "when-odd-word", ()),
        ("every the day", "when-odd-word", ()),
        ("every other day", "when-odd-word", ()),
        ("every two weeks", "when-odd-word", ()),
        ("quarter", "when-odd-word", ()),
        ("9 to 17", "when-odd-word", ()),
        ("at 9 tomorrow", "when-once", ()),
        ("halb 25", "when-odd-time", ()),
        ("at eight, ten past nine", "when-minutes", ()),
        ("at 9 <!channel>", "when-odd-word", ()),
        ("to friday", "when-odd-word", ()),
        ("friday to", "when-odd-word", ()),
        ("at 25:00", "when-odd-time", ()),
        ("at 8:75", "when-odd-time", ()),
        ("13pm", "when-odd-time", ()),
        ("at 99999999999999999999", "when-odd-time", ()),
        ("at 8:30 and 17:00", "when-minutes", ()),
        ("at 1, 2, 3, 4, 5", "when-many-times", ()),
        ("at 9 " * 100, "when-too-long", ()),
    ],
)
def test_what_nobody_can_mean_is_said(text: str, key: str, meant: tuple[str, ...]) -> None:
    with pytest.raises(WhenError) as told_off:
        read(text)
    assert (told_off.value.key, told_off.value.meant) == (key, meant)
    for code in LANGUAGES:
        assert speaking(code).say(key, **told_off.value.values)


MONDAY = 0


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("tomorrow at 9", ("every day at 09:00", "every Tuesday at 09:00")),
        ("today at half past eight", ("every day at 08:30", "every Monday at 08:30")),
        ("tonight", ("every day at 18:00", "every Monday at 18:00")),
        ("morgen um 9", ("every day at 09:00", "every Tuesday at 09:00")),
        ("morgen früh um 7", ("every day at 07:00", "every Tuesday at 07:00")),
        ("明日 9時", ("every day at 09:00", "every Tuesday at 09:00")),
        ("next friday at 10", ("every day at 10:00", "every Friday at 10:00")),
        ("once at 10", ("every day at 10:00",)),
    ],
)
def test_one_day_only_gets_days_that_recur(text: str, instead: tuple[str, ...]) -> None:
    with pytest.raises(WhenError) as told_off:
        read(text, MONDAY)
    assert told_off.value.key == "when-once"
    assert tuple(told(each.cron, speaking("en")) for each in told_off.value.instead) == instead


@pytest.mark.parametrize("code", [*LANGUAGES, *VARIANTS])
@given(when=WHENS)
def test_what_is_told_reads_back_to_the_same(code: str, when: When) -> None:
    words = told(when.cron, speaking(code))
    assert read(words) == when
    assert of_cron(when.cron) == when


@given(text=st.text(max_size=120))
def test_any_text_is_read_or_refused_and_then_told(text: str) -> None:
    try:
        when = read(text)
    except WhenError as error:
        for meant in error.meant:
            assert "\n" not in meant
            assert read(meant)  # nobody is offered what is not understood either
        return
    assert read(told(when.cron, speaking("en"))) == when


@given(
    words=st.lists(
        st.sampled_from(
            "at on 9 8:30 mon friday to - weekdays daily noon , and 9am uhr 毎日 月 robots half halb quarter past vor eight "
            "thirty morning evening am pm fünf minutes oh 朝 tomorrow evry mornig teh day".split()
        )
    )
)
def test_known_words_in_any_order_do_no_harm(words: list[str]) -> None:
    try:
        whens = [read(" ".join(words), MONDAY)]
    except WhenError as error:
        whens = [*map(read, error.meant), *error.instead]
    assert all(of_cron(when.cron) == when for when in whens)


@pytest.mark.parametrize(
    ("cron", "said"),
    [
        ("30 8 * * mon-fri", ("weekdays at 08:30", "werktags um 08:30", "平日 8:30")),
        ("0 9 * * 1", ("every Monday at 09:00", "jeden Montag um 09:00", "毎週月曜日 9:00")),
        ("0 9,17 * * 0-6", ("every day at 09:00 and 17:00", "täglich um 09:00 und 17:00", "毎日 9:00、17:00")),
        (
            "0 12 * * tue,fri",
            ("every Tuesday and Friday at 12:00", "jeden Dienstag und Freitag um 12:00", "毎週火曜日、金曜日 12:00"),
        ),
        (
            "*/5 * 1 * *",
            ("by the crontab line */5 * 1 * *", "nach der Crontab-Zeile */5 * 1 * *", "crontab の行 */5 * 1 * *"),
        ),
    ],
)
def test_a_crontab_line_is_told_in_words(cron: str, said: tuple[str, ...]) -> None:
    assert tuple(told(cron, speaking(code)) for code in LANGUAGES) == said


@pytest.mark.parametrize(
    "word",
    (
        "at on every Weekdays daily 8:30 9am um täglich 毎日 毎日8時半 mon-fri "
        "eight half mornings abends 朝8時半 tomorrow morgen"
    ).split(),
)
def test_words_that_begin_a_time(word: str) -> None:
    assert begins(word)


@pytest.mark.parametrize(
    "word",
    [
        "robotics",
        "in",
        "and",
        "on-device",
        "AI",
        "&",
        ",",
        "",
        "the",
        "monkeys",
        "日本",
        "Half-Life",
        "of",
        "past",
        "to",
    ],
)
def test_words_that_do_not(word: str) -> None:
    assert not begins(word)


def test_nothing_said_means_weekdays_at_nine() -> None:
    assert read(" ") == DEFAULT
