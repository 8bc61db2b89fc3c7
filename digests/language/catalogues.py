"""The catalogues: which there are, which one a locale is spoken in, and how a message of it is put together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal
from fluent.runtime import FluentBundle, FluentResource

from digests.errors import LanguageError
from digests.language.telling import Moment, Said, Value

ENGLISH = "en"
"""The language that says everything."""

LANGUAGES: Mapping[str, str] = MappingProxyType({ENGLISH: "en_GB", "de": "de_DE", "ja": "ja_JP"})
"""Every language that there is a catalogue of, by its code, with the locale that its numbers and dates are written in."""

VARIANTS: Mapping[str, str] = MappingProxyType({"en_US": "en-US"})
"""Where a language writes dates and times in a way of its own, by the locale, with the chapter that says how."""

_DATES = {ENGLISH: "en_US"}  # months are cut to three letters there; Britain's "Sept" is the one that is not
_LONG = 1_000  # characters of a value that Fluent takes for an attack beyond 2,500
_SPOT = re.compile("\ue020([a-z_]+)\ue021")  # private characters, which are cleaned out of other people's texts


class Language:
    """One language: its messages, and how it writes numbers, dates and lists. Safe to share between threads.

    A ``variant`` of it says some messages otherwise.
    """

    def __init__(self, code: str, variant: str = "") -> None:
        self.code = code
        self.locale = LANGUAGES[code]
        self._dates = _DATES.get(code, self.locale)
        own = [_bundle(code, variant)] if variant else []
        self._bundles = [*own, *(_bundle(each) for each in dict.fromkeys((code, ENGLISH)))]

    def __repr__(self) -> str:
        return f"Language({self.code!r})"

    def say(self, key: str, /, **values: Value) -> str:
        """A message with its values; numbers are written as the language does, and choose its plural forms.

        Raises:
            LanguageError: For a message that there is none of, or a value that it lacks.
        """
        put = {name: self._put(each) for name, each in values.items()}
        long = {name: text for name, text in put.items() if isinstance(text, str) and len(text) > _LONG}
        put |= {name: _spot(name) for name in long}
        for bundle in self._bundles:
            if bundle.has_message(key) and (pattern := bundle.get_message(key).value) is not None:
                said, problems = bundle.format_pattern(pattern, put)
                if problems:
                    raise LanguageError(f"the message {key!r} ({self.code}) cannot be said: {problems[0]}")
                return _SPOT.sub(lambda found: long.get(found[1], found[0]), str(said)) if long else str(said)
        raise LanguageError(f"there is no message {key!r}")

    def tell(self, what: Said | str) -> str:
        """What was left to be told; a text as it is."""
        return what if isinstance(what, str) else self.say(what.key, **what.values)

    def pieces(self, key: str, *spots: str, **values: Value) -> Iterator[tuple[str, str]]:
        """A message in pieces, for one in which some values are drawn, not said: links, people, what stands in bold.

        Each piece is ``("", text)``, or ``(spot, "")`` for the place of such a value, in the language's order.
        """
        told = self.say(key, **values, **{spot: _spot(spot) for spot in spots})
        for number, piece in enumerate(_SPOT.split(told)):
            if number % 2:
                yield piece, ""
            elif piece:
                yield "", piece

    def topic(self, slug: str, name: str) -> str:
        """What a topic is called: a built-in one by its name in this language, one that an admin named as it is named."""
        return self.tell(topic_said(slug, name))

    def number(self, value: float) -> str:
        """``1,234`` or ``1.234``."""
        return str(format_decimal(value, locale=self.locale))

    def date(self, moment: datetime, zone: str = "UTC", form: str = "form-date") -> str:
        """A moment in the form that a message says, else a day, such as ``Mon 23 Nov``; in UTC where nobody knows the zone."""
        pattern = self.say(form)
        return str(format_datetime(moment, format=pattern, tzinfo=timezone(zone), locale=self._dates))

    def time(self, moment: datetime, zone: str = "UTC") -> str:
        """A time of day: ``08:30``."""
        return self.date(moment, zone, "form-time")

    def moment(self, moment: datetime, zone: str = "UTC", reader: str = "") -> str:
        """A day and a time: ``Mon 23 Nov 08:30``; with its zone's name where a ``reader``'s clock shows another time then."""
        said = self.date(moment, zone, "form-moment")
        if (
            not reader
            or moment.astimezone(timezone(zone)).utcoffset() == moment.astimezone(timezone(reader)).utcoffset()
        ):
            return said
        return self.say("form-zoned", moment=said, zone=zone)

    def weekday(self, moment: datetime, zone: str = "UTC") -> str:
        """A day of the week, short: ``Mon``."""
        return self.date(moment, zone, "form-weekday")

    def listed(self, parts: Iterable[str]) -> str:
        """``a, b, c``."""
        return self.say("comma").join(parts)

    def sentences(self, parts: Iterable[str]) -> str:
        """``A. B.``"""
        return self.say("gap").join(filter(None, parts))

    def all_of(self, parts: Sequence[str]) -> str:
        """``a, b and c``."""
        return str(format_list(list(parts), locale=self.locale))

    def any_of(self, parts: Sequence[str]) -> str:
        """``a, b or c``."""
        return str(format_list(list(parts), style="or", locale=self.locale))

    def _put(self, value: Value) -> str | float:
        if isinstance(value, Said):
            return self.tell(value)
        return self.date(value.at, value.zone, value.form) if isinstance(value, Moment) else value


def _spot(name: str) -> str:
    return f"\ue020{name}\ue021"


def timezone(name: str) -> tzinfo:
    """The IANA zone of that name; UTC where there is none: a date in UTC beats no digest, and settings check names."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return UTC


def speaking(locale: str | None) -> Language:
    """The language of a locale as Slack or a setting gives it (``de-AT``, ``ja_JP``); English where there is none of it."""
    try:
        found = Locale.parse((locale or ENGLISH).replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        found = Locale(ENGLISH)
    code = found.language if found.language in LANGUAGES else ENGLISH
    return _language(code, VARIANTS.get(f"{code}_{found.territory}", ""))


@lru_cache(1_000)
def topic_said(slug: str, name: str) -> Said | str:
    """What a topic is called, for `Language.topic` and for what is told later: editions are stored with such names."""
    key = f"topic-{slug}"
    return Said(key) if _bundle(ENGLISH).has_message(key) and speaking(None).say(key) == name else name


@cache
def _language(code: str, variant: str) -> Language:
    return Language(code, variant)


@cache
def _bundle(code: str, variant: str = "") -> FluentBundle:
    bundle = FluentBundle([LANGUAGES[code].replace("_", "-")], use_isolating=False)
    folder = files(__package__)
    chapters = [folder / "variants" / f"{variant}.ftl"] if variant else (folder / code).iterdir()
    for chapter in sorted((each for each in chapters if each.name.endswith(".ftl")), key=lambda each: each.name):
        bundle.add_resource(FluentResource(chapter.read_text(encoding="utf-8")))
    return bundle
