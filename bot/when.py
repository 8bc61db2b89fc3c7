"""Days and times as people write them, "every monday at 9am" or "werktags um 8:30": into a crontab line, and told back. Pure.

dateparser, which reads the moments of questions, is no help here: it takes "18h" for eighteen hours ago and "7" for July.
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
from digests.language import LANGUAGES, Language

MOST_TIMES = 4
"""Times a day."""

_LONGEST = 100
_NEAR = 75.0
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
_WEEKLY = frozenset("weekly wöchentlich 毎週".split())
_LINKS = frozenset(
    "at on every each the and from um am an jeden jede jedem jeder und von uhr o'clock oclock に の と まで".split()
) | frozenset("&,/@+;.・、")
_TO = frozenset("to through thru until till bis から - – — ~ 〜 ～".split())
_NAMED_TIMES = {
    **dict.fromkeys("noon midday mittag mittags 正午".split(), 12),
    **dict.fromkeys("midnight mitternacht mitternachts".split(), 0),
}
_SPELLED = (
    (re.compile(r"\b(?:business|working|work|week)[ -]days?\b"), "weekdays"),
    (re.compile(r"\b(?:every|each) day\b|\bjeden tag\b"), "daily"),
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
_WORDS = frozenset({*_DAYS, *_GROUPS, *_WEEKLY, *_LINKS, *_TO, *_NAMED_TIMES})
_NEAR_WORDS = frozenset(word for word in _WORDS if len(word) > 2)
# What is written without spaces is looked for by itself, the longest first.
_RUN_ON = sorted((word for word in _WORDS if not word.isascii() and not word[0].islower()), key=len, reverse=True)
_HALF = r"(?P<half>[ap])\.?m\.?(?!\w)"
_TOKEN = re.compile(
    rf"""
      (?P<h1>\d{{1,2}})[:.](?P<m1>\d{{2}})(?!\d)(?:\s*{_HALF})?
    | (?P<h2>\d{{1,2}})\s*{_HALF.replace("half", "half2")}
    | (?P<h3>\d{{1,2}})\s*(?:h|uhr)(?!\s*[:.\d]{{3}})(?:\s*(?P<m3>\d{{2}}))?(?!\w)
    | (?P<h4>[0-2]\d)(?P<m4>[0-5]\d)(?!\d)
    | (?P<part>午前|午後)?(?P<h5>\d{{1,2}})時(?:(?P<m5>\d{{1,2}})分|(?P<thirty>半))?
    | (?P<h6>\d+)
    | (?P<word>{"|".join(map(re.escape, _RUN_ON))}|o'clock|[^\W\d_]+|\S)
    """,
    re.VERBOSE,
)


class WhenError(ValueError):
    """A text that says no days and times: the message ``key`` with its ``values``, and what was probably meant instead."""

    def __init__(self, key: str, values: Mapping[str, str | float], meant: Sequence[str] = ()) -> None:
        self.key = key
        self.values = values
        self.meant = tuple(meant)
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


def read(text: str) -> When:
    """The days and times that a person means. Without a day it is every day, without a time 9:00.

    Raises:
        WhenError: For a word or a time that is none, for more times than may be, and for times that differ in their minutes.
    """
    whole = unicodedata.normalize("NFKC", text[: _LONGEST * 4]).casefold()
    plain = " ".join(whole.split())
    if len(plain) > _LONGEST:
        raise WhenError("when-too-long", {"most": _LONGEST})
    for spelled, word in _SPELLED:
        plain = spelled.sub(word, plain)
    tokens = [match for match in _TOKEN.finditer(plain) if match[0].strip()]
    times = tuple(dict.fromkeys(_times(tokens)))
    if len({minute for _, minute in times}) > 1:
        raise WhenError("when-minutes", {})
    if len(times) > MOST_TIMES:
        raise WhenError("when-many-times", {"most": MOST_TIMES})
    days = _days([match["word"] for match in tokens if match["word"]], plain)
    hours = tuple(sorted(hour for hour, _ in times)) or DEFAULT.hours
    minute = times[0][1] if times else DEFAULT.minute
    return When(days or (_DAILY if times else DEFAULT.days), hours, minute)


def begins(word: str) -> bool:
    """Whether a word can begin what `read` reads, and no topic is called so: "at", "weekdays", "9:00", "毎日"."""
    plain = unicodedata.normalize("NFKC", word).casefold().strip(",")
    first = _TOKEN.match(plain)
    if first is None or not plain:
        return False
    if first["word"] is None:
        return True
    return first[0] in _WORDS - {"the", "and", "und", "from", "von"} and len(first[0]) > 1 and _all_known(plain)


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


def _times(tokens: Sequence[re.Match[str]]) -> Iterator[tuple[int, int]]:
    for match in tokens:
        said = match.groupdict()
        if said["word"]:
            if said["word"] in _NAMED_TIMES:
                yield _NAMED_TIMES[said["word"]], 0
            continue
        hour = int(next(said[f"h{n}"] for n in range(1, 7) if said[f"h{n}"])[:4])
        minute = 30 if said["thirty"] else int(next((said[f"m{n}"] for n in (1, 3, 4, 5) if said[f"m{n}"]), "0"))
        half = said["half"] or said["half2"] or {"午前": "a", "午後": "p"}.get(said["part"] or "")
        if (half and hour > 12) or hour > 23 or minute > 59:
            raise WhenError("when-odd-time", {"time": match[0]})
        yield (hour % 12 + (12 if half == "p" else 0)) if half else hour, minute


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
        elif word not in _LINKS and word not in _NAMED_TIMES:
            raise WhenError("when-odd-word", {"word": word}, _meant(word, whole))
    if span:
        raise WhenError("when-odd-word", {"word": whole.split()[-1]})
    return tuple(sorted(narrow or found or ({0} if weekly else set())))


def _meant(word: str, whole: str) -> list[str]:
    """The whole text with the word that it was probably meant to be."""
    near = process.extractOne(word, sorted(_NEAR_WORDS), scorer=fuzz.ratio, score_cutoff=_NEAR)
    return [] if near is None else [re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", near[0], whole, count=1)]


def _all_known(plain: str) -> bool:
    return all(match["word"] is None or match["word"] in _WORDS for match in _TOKEN.finditer(plain))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split(",")) if text != "*" else ()
