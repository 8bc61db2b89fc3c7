"""Times of day as people say them, "half past eight", "abends um 7" or "朝8時半": which are meant, and the words left. Pure.

No library reads all of these. Tried: recurrent takes "every monday at half past eight" for every eighth Monday and knows no
"half past"; parsedatetime knows neither that nor any German; ctparse has "halb neun", yet drops the minutes of "eight thirty"
and the hour of "jeden Morgen um acht"; dateparser takes "18h" for eighteen hours ago. None knows "朝8時". text2num has the
number words, not the Japanese, and is native code that Linux on ARM would have to build: a row of words a language does it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day: the hour that it means alone, the hours that are after noon in it, and what 12 means in it."""

    hour: int
    later: range
    twelve: int


_MORNING = Part(9, range(0), 0)
_MIDDAY = Part(12, range(1, 6), 12)
_AFTERNOON = Part(15, range(1, 12), 12)
_EVENING = Part(18, range(1, 12), 0)
_NIGHT = Part(21, range(6, 12), 0)
PARTS: Mapping[str, Part] = {
    word: part
    for part, words in (
        (_MORNING, "morning mornings morgens frühmorgens vormittag vormittags früh frueh 朝 毎朝 午前"),
        (_MIDDAY, "mittag mittags lunchtime 昼 お昼"),
        (_AFTERNOON, "afternoon afternoons nachmittag nachmittags 午後"),
        (_EVENING, "evening evenings abend abends 夕方 毎夕"),
        (_NIGHT, "night nights nacht nachts 夜 毎晩 晩 深夜"),
    )
    for word in words.split()
}
"""Parts of the day, as people call them."""

CLOCKS: Mapping[str, int] = {
    **dict.fromkeys("noon midday 正午".split(), 12),
    **dict.fromkeys("midnight mitternacht mitternachts".split(), 0),
}
"""Times that have names, by their hour."""

_OCLOCK = frozenset("uhr o'clock oclock".split())
_MINUTES = frozenset("minutes minute min minuten".split())
_AFTER = frozenset("past after nach".split())
_BEFORE = frozenset("to before of til till vor".split())
_QUARTERS = frozenset("quarter viertel".split())
_TO_NEXT: Mapping[str, int] = {"halb": 30, "dreiviertel": 15, "viertel": 45}
"""Minutes that lack to the hour that German names with them."""

AND = frozenset("and und & 、 と".split())
"""What parts one time from another."""

FRACTIONS = _OCLOCK | _MINUTES | _AFTER | _BEFORE | _QUARTERS | frozenset(_TO_NEXT) | {"half"}
"""Words that say something only beside a time."""


def _spelt() -> Iterator[tuple[str, int]]:
    """``eight``, ``twenty-five``, ``fünfundzwanzig``, ``二十五``: up to 59, each with its number."""
    english = (
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen"
    ).split()
    german = (
        "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
        "siebzehn achtzehn neunzehn"
    ).split()
    digits = "〇一二三四五六七八九"
    yield from [*zip(english, range(20), strict=True), *zip(german, range(20), strict=True), ("ein", 1), ("zwo", 2)]
    tens = zip("twenty thirty forty fifty".split(), "zwanzig dreissig vierzig fünfzig".split(), strict=True)
    for ten, (twenty, zwanzig) in enumerate(tens, 2):
        yield from ((twenty, ten * 10), (zwanzig, ten * 10))
        for one in range(1, 10):
            yield from ((f"{twenty}{gap}{english[one]}", ten * 10 + one) for gap in "- ")
            yield f"{'ein' if one == 1 else german[one]}und{zwanzig}", ten * 10 + one
    for number in range(60):
        ten, one = divmod(number, 10)
        yield f"{digits[ten] if ten > 1 else ''}{'十' if ten else ''}{digits[one] if one or not ten else ''}", number


_NUMBERS: Mapping[str, int] = {
    word.translate(accents): number
    for word, number in _spelt()
    for accents in ({}, str.maketrans({"ü": "ue", "ö": "oe"}))
}
NUMBERS = frozenset(word for word, number in _NUMBERS.items() if word.isalpha() and word[0] < "〇" and number <= 24)
"""The hours as words."""

_AM = r"(?!\s+(?:morgen|vor|nach|mittag|abend|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonn|wochen))"
_HALF = rf"(?P<half>[ap])\.?m\.?(?!\w){_AM}"  # but "um 8 am Montag"
_KANJI = "[〇一二三四五六七八九十]{1,3}"


def _tokens(run_on: Iterable[str]) -> re.Pattern[str]:
    """How a text comes apart; ``run_on`` are words that are written without spaces."""
    words = sorted((word for word in _NUMBERS if word[0] < "〇"), key=len, reverse=True)
    joined = sorted({*run_on, *(word for word in PARTS if not word.isascii() and not word[0].islower())}, key=len)
    return re.compile(
        rf"""
          (?P<h1>\d{{1,2}})[:.](?P<m1>\d{{2}})(?!\d)(?:\s*{_HALF})?
        | (?P<h2>\d{{1,2}})\s*{_HALF.replace("half", "half2")}
        | (?P<h3>\d{{1,2}})\s*(?:h|uhr)(?!\s*[:.\d]{{3}})(?:\s*(?P<m3>\d{{2}}))?(?!\w)
        | (?P<h4>[0-2]\d)(?P<m4>[0-5]\d)(?!\d)
        | (?P<h5>\d{{1,2}}|{_KANJI})時(?:(?P<m5>\d{{1,2}}|{_KANJI})分|(?P<thirty>半))?
        | (?P<digits>\d+)
        | (?P<spelt>{"|".join(words)})(?![^\W\d_])
        | {_HALF.replace("half", "half3")}
        | (?P<word>{"|".join(map(re.escape, reversed(joined)))}|o'clock|[^\W\d_]+|\S)
        """,
        re.VERBOSE,
    )


class OddTime(ValueError):  # noqa: N818  # people's, not ours
    """What is no time of day, as it was said."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, a number, a part of the day or a whole time of a text; a number's ``minute`` is not said."""

    text: str
    hour: int | None = None
    minute: int | None = None
    half: str = ""
    spelt: bool = False

    @property
    def number(self) -> int | None:
        """The number that this is, and nothing more."""
        return self.hour if self.minute is None else None


@dataclass(frozen=True, slots=True)
class _Run:
    """Times with the part of the day that they were said with; ``leads`` where that comes before them."""

    part: Part | None
    times: tuple[Piece, ...]
    leads: bool


class Hours:
    """Finds the times of day in texts (small letters, NFKC); ``run_on`` are other words that are written without spaces."""

    def __init__(self, run_on: Iterable[str]) -> None:
        self._token = _tokens(run_on)

    def pieces(self, text: str) -> list[Piece]:
        """The text in pieces; numbers are not put together yet."""
        return [_piece(match) for match in self._token.finditer(text) if match[0].strip()]

    def read(self, text: str) -> tuple[list[tuple[int, int]], list[str]]:
        """The times (hour, minute) in the order in which they are said, each once, and the words that are part of none.

        Raises:
            OddTime: For what is no time of day.
        """
        items, words = _put_together(self.pieces(text))
        return list(dict.fromkeys(_times(items))), words


def _piece(match: re.Match[str]) -> Piece:
    said = match.groupdict()
    text = match[0]
    if said["word"]:
        return Piece(text, CLOCKS[text], 0) if text in CLOCKS else Piece(text)
    if said["half3"]:
        return Piece(text, half=said["half3"])
    if said["digits"] or said["spelt"]:
        return Piece(text, _NUMBERS[text] if said["spelt"] else int(text[:4]), spelt=bool(said["spelt"]))
    hour = next(said[f"h{n}"] for n in range(1, 6) if said[f"h{n}"])
    minute = "30" if said["thirty"] else next((said[f"m{n}"] for n in (1, 3, 4, 5) if said[f"m{n}"]), "0")
    return Piece(text, _number(hour), _number(minute), said["half"] or said["half2"] or "")


def _number(text: str) -> int:
    return int(text) if text.isdigit() and text not in _NUMBERS else _NUMBERS[text]


def _put_together(pieces: Sequence[Piece]) -> tuple[list[Piece], list[str]]:
    """Times, parts of the day and what parts them; and all words that are neither."""
    items: list[Piece] = []
    words: list[str] = []
    place = 0
    while place < len(pieces):
        found = _time(pieces, place)
        if found is not None:
            time, place = found
            if time.half == "" and place < len(pieces) and pieces[place].half and pieces[place].hour is None:
                time, place = replace(time, half=pieces[place].half), place + 1
            items.append(time)
            continue
        piece = pieces[place]
        if piece.text in PARTS or piece.text in AND:
            items.append(piece)
        if piece.text not in PARTS:
            words.append(piece.text)
        place += 1
    return items, words


_Found = tuple[Piece, int]  # a time, and the place behind it


def _time(pieces: Sequence[Piece], place: int) -> _Found | None:
    """The time that begins at a place."""
    return _beside(pieces, place) or _fraction(pieces, place) or _whole(pieces, place)


def _beside(pieces: Sequence[Piece], place: int) -> _Found | None:
    """``quarter to nine``, ``ten past eight``, ``fünf vor halb neun``."""
    first = pieces[place]
    minutes = 15 if first.text in _QUARTERS else first.number
    behind = place + 1
    named = first.text in _QUARTERS or (behind < len(pieces) and pieces[behind].text in _MINUTES)
    behind += behind < len(pieces) and pieces[behind].text in _MINUTES
    if minutes is None or behind + 1 >= len(pieces) or not (named or minutes % 5 == 0) or not 0 < minutes < 60:
        return None
    way = pieces[behind].text
    found = _fraction(pieces, behind + 1) or _hour(pieces, behind + 1)
    if way not in _AFTER | _BEFORE or found is None:
        return None
    return _moved(found, minutes if way in _AFTER else -minutes, pieces, place)


def _fraction(pieces: Sequence[Piece], place: int) -> _Found | None:
    """``half past eight``, ``halb neun``, ``dreiviertel acht``."""
    text = pieces[place].text
    if text == "half":
        past = place + 1 < len(pieces) and pieces[place + 1].text in _AFTER
        found, minutes = _hour(pieces, place + 1 + past), 30
    else:
        found, minutes = (_hour(pieces, place + 1), -_TO_NEXT[text]) if text in _TO_NEXT else (None, 0)
    return found and _moved(found, minutes, pieces, place)


def _moved(found: _Found, minutes: int, pieces: Sequence[Piece], place: int) -> _Found:
    time, end = found
    text = " ".join(piece.text for piece in pieces[place:end])
    hour, minute = time.hour or 0, time.minute or 0
    if hour > 23:
        raise OddTime(text)
    moved = (hour * 60 + minute + minutes) % (24 * 60)
    return replace(time, text=text, hour=moved // 60, minute=moved % 60), end


def _hour(pieces: Sequence[Piece], place: int) -> _Found | None:
    """A full hour: ``nine``, ``9``, ``9 uhr``, ``noon``."""
    if place >= len(pieces) or pieces[place].hour is None or pieces[place].minute:
        return None
    end = place + 1
    end += end < len(pieces) and pieces[end].text in _OCLOCK
    return replace(pieces[place], minute=0), end


def _whole(pieces: Sequence[Piece], place: int) -> _Found | None:
    """``8:30``, ``nine``, ``eight thirty``, ``acht uhr dreißig``, ``seven oh five``."""
    piece = pieces[place]
    if piece.hour is None or piece.minute is not None:
        return None if piece.hour is None else (piece, place + 1)
    if piece.hour == 12 and place + 1 < len(pieces) and pieces[place + 1].text in CLOCKS:
        return pieces[place + 1], place + 2  # "12 midnight"
    hour, end = _hour(pieces, place) or (piece, place + 1)
    closely = piece.spelt or end > place + 1  # "at 8 17" are two times
    if end + 1 < len(pieces) and closely and pieces[end].text in ("oh", "o", "null"):
        minute = pieces[end + 1].number
        if minute is not None and minute < 10:
            return replace(hour, minute=minute), end + 2
    minute = pieces[end].number if end < len(pieces) else None
    if minute is not None and (10 if closely else 24) <= minute < 60 and not _before_more(pieces, end):
        text = f"{piece.text} {pieces[end].text}"
        return replace(hour, text=text, minute=minute), end + 1
    return hour, end


def _before_more(pieces: Sequence[Piece], place: int) -> bool:
    """Whether a number is that of other minutes: ``at eight, ten past nine``."""
    return _beside(pieces, place) is not None


def _times(items: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    runs = [run for group in _groups(items) for run in _runs(group)]
    around = [None, *runs, None]
    for (before, run), after in zip(pairwise(around), around[2:], strict=False):
        assert run is not None
        if run.part is None:
            part = before.part if before and before.leads else after.part if after and not after.leads else None
            yield from (_said(time, part if not time.half and (time.hour or 0) <= 12 else None) for time in run.times)
            continue
        times = run.times
        if not times:  # "mornings and evenings at 8"
            beside = after if after and after.leads and after.times else before if before and before.part else None
            times = beside.times if beside else ()
        yield from [_said(time, run.part) for time in times] or [(run.part.hour, 0)]


def _groups(items: Sequence[Piece]) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    for item in items:
        if item.text not in AND:
            group.append(item)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _runs(group: Sequence[Piece]) -> Iterator[_Run]:
    """The times of what no "and" parts, each with the part of the day before it, or behind it where a time comes first."""
    leads = group[0].text in PARTS
    part: Part | None = None
    times: list[Piece] = []
    for item in group:
        if item.text not in PARTS:
            times.append(item)
        elif not leads:
            yield _Run(PARTS[item.text], tuple(times), leads=False)
            times = []
        else:
            if times or part not in (None, PARTS[item.text]):
                yield _Run(part, tuple(times), leads=True)
                times = []
            part = PARTS[item.text]
    if times or leads:
        yield _Run(part, tuple(times), leads)


def _said(time: Piece, part: Part | None) -> tuple[int, int]:
    hour, minute, half = time.hour or 0, time.minute or 0, time.half
    if hour > 23 or minute > 59 or (half and hour > 12):
        raise OddTime(time.text)
    if part is not None and half != "p":
        hour = part.twelve if hour in (0, 12) else hour + 12 if hour in part.later else hour
    elif half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour, minute
