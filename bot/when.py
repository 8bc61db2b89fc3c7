"""Days and times as people write them, "every monday at 9am" or "werktags um 8:30": into a crontab line, and told back. Pure.

`bot.hours` finds the times of day; here are the days, by Babel's names of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from babel import Locale
from rapidfuzz import fuzz, process

from bot.crontab import CronError, parse
from bot.hours import AND, CLOCKS, FRACTIONS, NUMBERS, PARTS, Hours, OddTime, Piece
from digests.language import LANGUAGES, Language

MOST_TIMES = 4
"""Times a day."""

_LONGEST = 120
_NEAR, _MOST_NEAR = 75.0, 3
_CRON_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAILY, _WEEKDAYS, _WEEKEND = tuple(range(7)), tuple(range(5)), (5, 6)
_GROUPS: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys("daily everyday täglich taeglich tgl 毎日".split(), _DAILY),
    **dict.fromkeys(
        "weekday weekdays workday workdays werktag werktage werktags wochentag wochentage wochentags arbeitstag "
        "arbeitstage arbeitstags 平日".split(),
        _WEEKDAYS,
    ),
    **dict.fromkeys("weekend weekends wochenende wochenenden wochenends 週末 土日".split(), _WEEKEND),
}
_MORE_NAMES = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3, "sonnabend": 5, "sonnabends": 5}
_WEEKLY = frozenset("weekly week wöchentlich woche 毎週".split())
# Links that begin no time, so that topics may have them, and what is no link but beside a time.
_LITTLE = frozenset(
    "the and in und von from der den dem a past after of before vor nach to by about early ca ab".split()
)
_LINKS = (
    AND
    | _LITTLE - {"from", "to", "past", "after", "of", "before", "vor", "nach"}
    | frozenset("at on every each from um am an im jeden jede jedem jeder uhr o'clock oclock".split())
    | frozenset("around gegen etwa に の まで には".split())
    | frozenset("&,/@+;.・")
)
_TO = frozenset("to through thru until till bis から - – — ~ 〜 ～".split())
# What is said of one day only, with the days from today on where it says which.
_ONCE: Mapping[str, int | None] = {
    **dict.fromkeys("today heute 今日".split(), 0),
    **dict.fromkeys("tomorrow morgen 明日 あした".split(), 1),
    **dict.fromkeys("übermorgen 明後日 あさって".split(), 2),
    **dict.fromkeys("once next einmal nächste nächsten nächster nächstes kommenden 来週 次".split()),
}

# Words that are no typing mistakes, but say what no subscription can.
_BEYOND = frozenset(
    "day days tag tage tagen weeks wochen other second third zweite zweiten dritte dritten month months monthly monat monate "
    "monatlich hour hours hourly stunde stunden stündlich fortnight fortnightly year yearly".split()
)


def _day_names() -> dict[str, int]:
    found = dict(_MORE_NAMES)
    for code in LANGUAGES.values():
        for widths in Locale.parse(code).days.values():
            for width in ("wide", "abbreviated", "short"):
                for day, name in widths[width].items():
                    plain = name.casefold().rstrip(".")
                    found[plain] = day
                    if width == "wide":
                        found[f"{plain}s" if plain.isascii() else plain.removesuffix("日")] = day
    return found


_DAYS = _day_names()
_WORDS = frozenset({*_DAYS, *_GROUPS, *_WEEKLY, *_LINKS, *_TO, *CLOCKS, *PARTS, *FRACTIONS, *NUMBERS, *_ONCE})
_NEAR_WORDS = sorted(word for word in _WORDS - _ONCE.keys() - _LITTLE if len(word) > 2)
_HOURS = Hours(word for word in _WORDS if not word.isascii() and not word[0].islower())
_GERMAN = "|".join(name.casefold() for name in Locale.parse(LANGUAGES["de"]).days["format"]["wide"].values())
_SPELLED = (
    (re.compile(r"\b(?:business|working|work|week)[ -]days?\b"), "weekdays"),
    (re.compile(r"\b(?:every|each) day\b|\bjeden tag\b"), "daily"),
    (re.compile(rf"\b({_GERMAN}|sonnabend)(morgen|vormittag|mittag|nachmittag|abend|nacht)(?=s?\b)"), r"\1 \2"),
    (re.compile(r"\bdrei viertel\b"), "dreiviertel"),
    (re.compile(r"\bo clock\b"), "o'clock"),
    (re.compile(r"\btonight\b"), "today evening"),
    (re.compile("今夜|今晩"), "今日 夜"),
    # Alone it is tomorrow.
    (re.compile(rf"\b(jeden|jedem|am|{_GERMAN}|sonnabend) morgen\b"), r"\1 morgens"),
)


class WhenError(ValueError):
    """A text that says no days and times: the message ``key`` with its ``values``, and what was probably meant instead.

    ``meant`` are texts that can be read, ``instead`` days and times that recur where one day alone was said.
    """

    def __init__(
        self,
        key: str,
        values: Mapping[str, str | float],
        meant: Sequence[str] = (),
        instead: Sequence[When] = (),
    ) -> None:
        self.key = key
        self.values = values
        self.meant = tuple(meant)
        self.instead = tuple(instead)
        super().__init__(key, dict(values))


@dataclass(frozen=True, slots=True)
class When:
    """Days of the week (Monday is 0) and the hours of these days, all at one minute of the hour."""

    days: tuple[int, ...]
    hours: tuple[int, ...]
    minute: int = 0

    @property
    def cron(self) -> str:
        """The crontab line: ``30 8 * * mon-fri``."""
        days = {_DAILY: "*", _WEEKDAYS: "mon-fri"}.get(self.days) or ",".join(_CRON_DAYS[day] for day in self.days)
        return f"{self.minute} {','.join(map(str, self.hours))} * * {days}"


DEFAULT = When(_WEEKDAYS, (9,))
"""What is meant where nothing is said: weekdays at 9:00."""


def read(text: str, today: int | None = None) -> When:
    """The days and times that a person means. Without a day it is every day, without a time 9:00.

    A part of the day alone means its own hour: mornings 9:00, afternoons 15:00, evenings 18:00, nights 21:00.

    Args:
        text: What was written.
        today: The day of the week where the person is, for what to offer instead of tomorrow.

    Raises:
        WhenError: For a word or a time that is none, for more times than may be, for times that differ in their minutes, and
            for what comes on one day only.
    """
    whole = _whole(text)
    try:
        return _read(_spelled(whole), today)
    except WhenError as error:
        if error.key in ("when-odd-word", "when-once") and (meant := _meant(whole)):
            raise WhenError(error.key, error.values, [meant]) from None
        raise


def begins(word: str) -> bool:
    """Whether a word can begin what `read` reads, and no topic is called so: "at", "weekdays", "9:00", "毎日", "eight"."""
    plain = unicodedata.normalize("NFKC", word).casefold().strip(",")
    pieces = _HOURS.pieces(plain)
    if not pieces:
        return False
    first = pieces[0]
    if first.hour is not None and not first.spelt and first.text not in CLOCKS:
        return True
    long = len(first.text) > 1 or first.text in PARTS
    return first.text in _WORDS - _LITTLE and long and all(map(_known, pieces))


def leads(word: str) -> bool:
    """Whether a word may stand before one that `begins`: "in the" before "morning"."""
    return word.casefold() in ("in", "the", "at", "on", "am", "im", "der", "den", "dem")


def of_cron(cron: str) -> When | None:
    """What a crontab line says, where it is as simple as that."""
    try:
        said = parse(cron)
    except CronError:
        return None
    minutes, hours = _numbers(said["minute"]), _numbers(said["hour"])
    if said["day"] != "*" or said["month"] != "*" or len(minutes) != 1 or not 1 <= len(hours) <= MOST_TIMES:
        return None
    named = said["day_of_week"]
    days = _DAILY if named == "*" else tuple(sorted(_CRON_DAYS.index(name) for name in named.split(",")))
    return When(days, hours, minutes[0])


def told(cron: str, language: Language) -> str:
    """A crontab line in words, which `read` understands: "weekdays at 08:30"; one that is not so simple as it is."""
    when = of_cron(cron)
    if when is None:
        return language.say("when-cron", cron=cron)
    groups = {_DAILY: "when-daily", _WEEKDAYS: "when-weekdays", _WEEKEND: "when-weekend"}
    names = Locale.parse(language.locale).days["stand-alone"]["wide"]
    days = (
        language.say(groups[when.days])
        if when.days in groups
        else language.say("when-every", days=language.all_of([names[day] for day in when.days]))
    )
    times = [language.time(datetime(2000, 1, 1, hour, when.minute, tzinfo=UTC)) for hour in when.hours]
    return language.say("when-told", days=days, times=language.all_of(times))


def _whole(text: str) -> str:
    whole = " ".join(unicodedata.normalize("NFKC", text[: _LONGEST * 4]).casefold().split())
    if len(whole) > _LONGEST:
        raise WhenError("when-too-long", {"most": _LONGEST})
    return whole


def _spelled(whole: str) -> str:
    for spelled, word in _SPELLED:
        whole = spelled.sub(word, whole)
    return whole


def _read(plain: str, today: int | None) -> When:
    try:
        times, words = _HOURS.read(plain)
    except OddTime as odd:
        raise WhenError("when-odd-time", {"time": str(odd)}) from odd
    if len({minute for _, minute in times}) > 1:
        raise WhenError("when-minutes", {})
    if len(times) > MOST_TIMES:
        raise WhenError("when-many-times", {"most": MOST_TIMES})
    hours = tuple(sorted(hour for hour, _ in times)) or DEFAULT.hours
    minute = times[0][1] if times else DEFAULT.minute
    once = [word for word in words if word in _ONCE]
    days = _days([word for word in words if word not in _ONCE], plain)
    if once:
        raise WhenError("when-once", {"word": once[0]}, instead=[*_instead(once, days, hours, minute, today)])
    return When(days or (_DAILY if times else DEFAULT.days), hours, minute)


def _instead(
    once: Sequence[str], days: tuple[int, ...], hours: tuple[int, ...], minute: int, today: int | None
) -> Iterator[When]:
    """What recurs instead of what was said of one day: every day, and that day every week."""
    yield When(_DAILY, hours, minute)
    ahead = [away for word in once if (away := _ONCE[word]) is not None]
    if not days and ahead and today is not None:
        days = ((today + ahead[0]) % 7,)
    if days:
        yield When(days, hours, minute)


def _days(words: Sequence[str], whole: str) -> tuple[int, ...]:
    found: set[int] = set()
    narrow: set[int] = set()  # "every day, mon-fri" means the latter
    last: int | None = None
    span = weekly = False
    for word in words:
        if word in _TO:
            if last is None:
                raise WhenError("when-odd-word", {"word": word})
            span = True
        elif word in _DAYS:
            day = _DAYS[word]
            first = last if span and last is not None else day
            narrow.update((first + step) % 7 for step in range((day - first) % 7 + 1))
            last, span = day, False
        elif word in _GROUPS:
            (found if _GROUPS[word] == _DAILY else narrow).update(_GROUPS[word])
            last = None
        elif word in _WEEKLY:
            weekly = True
        elif word not in _LINKS:
            raise WhenError("when-odd-word", {"word": word})
    if span:
        raise WhenError("when-odd-word", {"word": whole.split()[-1]})
    return tuple(sorted(narrow or found or ({0} if weekly else set())))


def _meant(whole: str) -> str:
    """The text with each word that is none as the one that it was probably meant to be; empty where that cannot be read."""
    choices = [
        (
            piece.text,
            [
                near
                for near, _, _ in process.extract(
                    piece.text, _NEAR_WORDS, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=_MOST_NEAR
                )
            ],
        )
        for piece in _HOURS.pieces(_spelled(whole))
        if not _known(piece)
    ]
    if any(word in _BEYOND for word, _ in choices):
        return ""
    for number in range(_MOST_NEAR):
        text = whole
        for word, near in choices:
            if near:
                text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", near[min(number, len(near) - 1)], text, count=1)
        if choices and _readable(text):
            return text
    return ""


def _readable(text: str) -> bool:
    try:
        _read(_spelled(text), None)
    except WhenError:
        return False
    return True


def _known(piece: Piece) -> bool:
    return piece.hour is not None or bool(piece.half) or piece.text in _WORDS


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split(",")) if text != "*" else ()
