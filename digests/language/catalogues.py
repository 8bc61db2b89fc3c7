"""The catalogues: which there are, which one a locale is spoken in, and how a message of it is put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.lists import format_list
from babel.numbers import format_decimal
from fluent.runtime import FluentBundle, FluentResource

from digests.errors import LanguageError

ENGLISH = "en"
"""The language that says everything."""

LANGUAGES: Mapping[str, str] = MappingProxyType({ENGLISH: "en_GB", "de": "de_DE", "ja": "ja_JP"})
"""Every language that there is a catalogue of, by its code, with the locale that its numbers and dates are written in."""


class Language:
    """One language: its messages, and how it writes numbers, dates and lists. Safe to share between threads."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.locale = LANGUAGES[code]
        self._bundles = [_bundle(each) for each in dict.fromkeys((code, ENGLISH))]

    def __repr__(self) -> str:
        return f"Language({self.code!r})"

    def say(self, key: str, /, **values: str | float) -> str:
        """A message with its values; numbers are written as the language does, and choose its plural forms.

        Raises:
            LanguageError: For a message that there is none of, or a value that it lacks.
        """
        for bundle in self._bundles:
            if bundle.has_message(key) and (pattern := bundle.get_message(key).value) is not None:
                said, problems = bundle.format_pattern(pattern, values)
                if problems:
                    raise LanguageError(f"the message {key!r} ({self.code}) cannot be said: {problems[0]}")
                return str(said)
        raise LanguageError(f"there is no message {key!r}")

    def number(self, value: float) -> str:
        """``1,234`` or ``1.234``."""
        return str(format_decimal(value, locale=self.locale))

    def date(self, moment: datetime, zone: str = "UTC") -> str:
        """A day, such as ``Mon 23 Nov``: in the form that the message ``form-date`` says."""
        day = moment.astimezone(ZoneInfo(zone)).date()
        return str(format_date(day, format=self.say("form-date"), locale=self.locale))

    def time(self, moment: datetime, zone: str = "UTC") -> str:
        """A time of day: ``08:30``."""
        return str(format_time(moment, format=self.say("form-time"), tzinfo=ZoneInfo(zone), locale=self.locale))

    def moment(self, moment: datetime, zone: str = "UTC") -> str:
        """A day and a time: ``Mon 23 Nov 08:30``."""
        form = self.say("form-moment")
        return str(format_datetime(moment, format=form, tzinfo=ZoneInfo(zone), locale=self.locale))

    def weekday(self, moment: datetime, zone: str = "UTC") -> str:
        """A day of the week, short: ``Mon``."""
        return str(format_datetime(moment, format="EEE", tzinfo=ZoneInfo(zone), locale=self.locale))

    def all_of(self, parts: Sequence[str]) -> str:
        """``a, b and c``."""
        return str(format_list(list(parts), locale=self.locale))

    def any_of(self, parts: Sequence[str]) -> str:
        """``a, b or c``."""
        return str(format_list(list(parts), style="or", locale=self.locale))


def speaking(locale: str | None) -> Language:
    """The language of a locale as Slack or a setting gives it (``de-AT``, ``ja_JP``); English where there is none of it."""
    try:
        code = Locale.parse((locale or ENGLISH).replace("-", "_")).language
    except (ValueError, UnknownLocaleError):
        code = ENGLISH
    return _language(code if code in LANGUAGES else ENGLISH)


@cache
def _language(code: str) -> Language:
    return Language(code)


@cache
def _bundle(code: str) -> FluentBundle:
    bundle = FluentBundle([LANGUAGES[code].replace("_", "-")], use_isolating=False)
    folder = files(__package__) / code
    for chapter in sorted(
        (each for each in folder.iterdir() if each.name.endswith(".ftl")), key=lambda each: each.name
    ):
        bundle.add_resource(FluentResource(chapter.read_text(encoding="utf-8")))
    return bundle
