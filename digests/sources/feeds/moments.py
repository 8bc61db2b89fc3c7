"""Dates as feeds write them: `moment` reads one, `judged` says what is wrong with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from dateutil import parser as dateutil_parser

AHEAD = timedelta(days=1)
"""A clock may be wrong by less than this: such a time is taken for now. What is further ahead is no publication date."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""There was no web before it: dates from there are a program's zero."""

_LONGEST = 80
_FIRST_WORD = re.compile(r"\A([^\W\d]+)\.?\s*,?\s*")
_ENGLISH_MONTH = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)
_FILLERS = re.compile(r"(?<=[\s\d,.])(?:de|del|di|le|der|den|of|at|à|a las|um|kl|uhr|г)\.?(?=\s|\Z)", re.IGNORECASE)
_HALF_DAY = re.compile(r"(?<=[\d\s])([ap])\.?\s?m\b\.?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+\.?")
_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:(?:\s*T\s*|\s+)(\d{1,2}):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?",
    re.IGNORECASE,
)
_USUAL = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d\d?) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ((?:19|20)\d\d)"
    r" ([01]\d|2[0-3]):([0-5]\d):([0-5]\d) (?:GMT|UTC|([+-])(0\d|1[0-4])([0-5]\d))",
    re.ASCII,
)
_EAST_ASIAN = re.compile(
    r"(\d{4})\s*[年년][.\s]*(\d{1,2})\s*[月월][.\s]*(\d{1,2})\s*[日일]?[^\d]{0,12}"
    r"(?:(\d{1,2})[:時时시]\s*(\d{1,2})?(?:[:分분]\s*(\d{1,2}))?)?.{0,4}"
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_OFFSET_COLON = re.compile(r"([+-]\d\d):(\d\d)\Z")
_NAMED_OFFSET = re.compile(r"\b(?:GMT|UTC|UT|Z)\s*(?=[+-]\d)", re.IGNORECASE)
_MIDNIGHT = re.compile(r"(?<!:)\b24:00(?::00)?\b")
_LEAP = re.compile(r"(:\d\d):60\b")
_FRACTION = re.compile(r"(:\d\d:\d\d)[.,]\d+")
_SHORT_OFFSET = re.compile(r"(?<=[\d\s])([+-])(\d{1,2})\Z")
_SHORT_YEAR = re.compile(r"\A\d{1,2}([-./])\d{1,2}\1\d{1,2}\b")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\b")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b")

_MONTHS = {
    spelling: english
    for english, spellings in (
        ("Jan", "janvier janv jänner januar enero ene gennaio gen janeiro januari stycznia января янв sty"),
        ("Feb", "février févr fév fevrier febrero febbraio fevereiro fev februar februari lutego lut февраля фев"),
        ("Mar", "mars märz mär mrz maart mrt marzo março marca марта мар"),
        ("Apr", "avril avr abril abr aprile kwietnia kwi апреля апр"),
        ("May", "mai mayo maggio mag maio mei maja мая май"),
        ("Jun", "juin juni junio giugno giu junho czerwca cze июня июн"),
        ("Jul", "juillet juil juli julio luglio lug julho lipca lip июля июл"),
        ("Aug", "août aout agosto ago augustus sierpnia sie августа авг"),
        ("Sep", "sept septembre septiembre settembre setembro set września wrz сентября сен"),
        ("Oct", "octobre oktober okt octubre ottobre ott outubro out października paź октября окт"),
        ("Nov", "novembre noviembre novembro listopada lis ноября ноя"),
        ("Dec", "décembre déc decembre dezember dez diciembre dic dicembre dezembro grudnia gru декабря дек"),
    )
    for spelling in spellings.split()
}
_ENGLISH_MONTHS = {
    name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}
_ZONES = {
    name: minutes * 60
    for minutes, names in (
        (-600, "HST"), (-540, "AKST"), (-480, "PST AKDT"), (-420, "PDT MST"), (-360, "MDT CST"), (-300, "CDT EST"),
        (-240, "EDT AST"), (-180, "ADT BRT ART"), (0, "UTC GMT UT Z WET"), (60, "BST CET MEZ WEST"),
        (120, "CEST MESZ EET SAST"), (180, "EEST MSK"), (330, "IST"), (480, "HKT SGT AWST"), (540, "JST KST"),
        (600, "AEST"), (660, "AEDT"), (720, "NZST"), (780, "NZDT"),
    )
    for name in names.split()
}  # fmt: skip
_ZONE = re.compile(rf"\b({'|'.join(sorted(_ZONES, key=len, reverse=True))})\Z")


def moment(written: str) -> datetime | None:
    """The moment that a text names, aware and in UTC; None where it names none. A time without a zone is UTC.

    Half a date ("Monday", "9:00", "2026") is none, and neither is one that can be two ("03/04/2026", "26-11-23").
    """
    text = " ".join(written[: 2 * _LONGEST].split())
    if not text or len(text) > _LONGEST:
        return None
    try:
        found = _usual(text) or _epoch(text) or _iso(text) or _east_asian(text) or _mail(text)
        return None if found is None else (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # a day that no month has, a year beyond 9999
        return None


def judged(found: datetime | None, now: datetime) -> tuple[datetime | None, str]:
    """The moment as it can be believed at ``now``, and what is wrong with it ("" for nothing)."""
    if found is None:
        return None, ""
    if found < EARLIEST:
        return None, "before 1990"
    if found > now + AHEAD:
        return None, "in the future"
    return min(found, now), ""


def _usual(text: str) -> datetime | None:
    """The date of nearly every RSS feed, which needs no library: twenty times as quick."""
    parts = _USUAL.fullmatch(text)
    if parts is None:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = parts.groups()
    try:
        found = datetime(int(year), _ENGLISH_MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except ValueError:  # the 31st of February; the others may make something of it
        return None
    if not sign:
        return found
    away = timedelta(hours=int(hours), minutes=int(minutes))
    return found + away if sign == "-" else found - away


def _epoch(text: str) -> datetime | None:
    if not _EPOCH.fullmatch(text):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC)


def _iso(text: str) -> datetime | None:
    parts = _ISO.fullmatch(text)
    if parts is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in parts.groups()[:6])
    found = _assembled(year, month, day, hour, minute, second)
    zone = (parts[7] or "").upper().replace(":", "")
    if zone in ("", "Z", "UTC", "GMT"):
        return found.replace(tzinfo=UTC)
    sign = -1 if zone[0] == "-" else 1
    away = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5] or 0))
    if away >= timedelta(days=1):
        return None
    return (found - sign * away).replace(tzinfo=UTC)


def _east_asian(text: str) -> datetime | None:
    parts = _EAST_ASIAN.fullmatch(text)
    if parts is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in parts.groups())
    if ("오후" in text or "午後" in text or "下午" in text) and hour < 12:
        hour += 12
    return _assembled(year, month, day, hour, minute, second)


def _assembled(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime:
    """A time, with the two spellings that `datetime` refuses: hour 24 is the next day's midnight, second 60 is 59."""
    if (hour, minute, second) == (24, 0, 0):
        return datetime(year, month, day, tzinfo=UTC) + timedelta(days=1)
    return datetime(year, month, day, hour, minute, min(second, 59) if second == 60 else second, tzinfo=UTC)


def _mail(text: str) -> datetime | None:
    """A date as mails have it and its many misspellings: the usual faults are mended, then the libraries read it."""
    text = _WORD.sub(lambda word: _MONTHS.get(word[0].rstrip(".").lower(), word[0]), text)
    first = _FIRST_WORD.match(text)
    if first and not _ENGLISH_MONTH.match(first[1]):
        text = text[first.end() :]
    text = _NAMED_OFFSET.sub("", _FRACTION.sub(r"\1", _LEAP.sub(r"\1:59", _FILLERS.sub(" ", text))))
    text, halves = _HALF_DAY.subn(r"\1m", text)
    text, midnights = _MIDNIGHT.subn("00:00:00", text)
    text = _OFFSET_COLON.sub(r"\1\2", text)
    if ":" in text:
        text = _SHORT_OFFSET.sub(lambda offset: f"{offset[1]}{int(offset[2]):02}00", text)
    text = _ZONE.sub(lambda zone: _offset(_ZONES[zone[1]]), text)
    found = (None if halves else _by_mail_rules(text)) or _by_guess(text)
    return None if found is None else found + timedelta(days=1 if midnights else 0)


def _offset(seconds: int) -> str:
    sign, minutes = "-" if seconds < 0 else "+", abs(seconds) // 60
    return f"{sign}{minutes // 60:02}{minutes % 60:02}"


def _by_mail_rules(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):  # TypeError and IndexError: Python bugs 30681 and 45001
        return None


def _by_guess(text: str) -> datetime | None:
    if _SHORT_YEAR.match(text):
        return None
    slashed = _SLASHED.search(text)
    if slashed and int(slashed[1]) <= 12 and int(slashed[2]) <= 12 and slashed[1] != slashed[2]:
        return None
    day_first = bool(_DOTTED.search(text))
    found = _guess(text, _STARTS[0], day_first=day_first)
    # What the text does not say comes from the default: where the two differ, it was no whole date.
    return found if found and found == _guess(text, _STARTS[1], day_first=day_first) else None


_STARTS = (datetime(2001, 2, 3), datetime(2004, 5, 6))  # noqa: DTZ001 - a zone is the text's to say


def _guess(text: str, start: datetime, *, day_first: bool) -> datetime | None:
    try:
        found = dateutil_parser.parse(text, default=start, dayfirst=day_first, tzinfos=_zone)
    except (ValueError, OverflowError, TypeError, AttributeError, IndexError, ArithmeticError):
        return None  # ParserError is a ValueError; the rest is what its tracker knows of odd input
    return found if isinstance(found, datetime) else None


def _zone(name: str | None, offset: int | None) -> int | None:
    return offset if offset is not None else _ZONES.get((name or "").upper())
