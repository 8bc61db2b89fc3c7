"""Quantities in a headline: money, shares, counts, versions, ordinals, quarters, comparable however they are written.

quantities("Acme raises $40M, up 7 %")  ->  {("money", "40000000"), ("percent", "7")}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from digests.words import SPACELESS, clean

_MONTHS = MappingProxyType(
    {
        name: number
        for number, name in enumerate(
            "January February March April May June July August September October November December".split(), 1
        )
    }
)
# "May" and "March" are months where a word of time or a number stands beside them; their capital tells little in a title.
_MONTH = re.compile(
    rf"\b(?:(?P<sure>{'|'.join(name for name in _MONTHS if name not in ('May', 'March'))})"
    rf"|(?:(?:[Ii]n|[Ss]ince|[Uu]ntil|[Ff]or|[Bb]y|[Ff]rom)\s|\d\s)(?P<before>May|March)|(?P<after>May|March)(?=\s\d))\b"
)
_COUNTING = "zero one two three four five six seven eight nine ten eleven twelve"
_ORDERING = "first second third fourth fifth sixth seventh eighth ninth tenth"
_DIGITS = MappingProxyType({word: number for number, word in enumerate(_COUNTING.split())})
_ORDINALS = MappingProxyType({word: number for number, word in enumerate(_ORDERING.split(), 1)})
_SCALES = MappingProxyType(
    {
        10**3: "k thousand",
        10**4: "万 만",
        10**5: "lakh",
        10**6: "m mn mln mio million millions millionen млн",
        10**7: "crore",
        10**8: "億 亿 억",
        10**9: "b bn bln billion billions mrd milliarden млрд",
        10**12: "t tn trillion",
    }
)
_SCALE_OF = MappingProxyType({word: size for size, words in _SCALES.items() for word in words.split()})
_BIG = 10**6  # from here on a number in the news is money, also without its sign
_SCALE = "|".join(sorted(map(re.escape, _SCALE_OF), key=len, reverse=True))
_QUANTITY = re.compile(
    rf"""(?P<sign> (?:US|A|C|NZ|HK|S)?\$ | [€£¥₹₩] | \b(?:USD|EUR|GBP|Rs\.?|CHF|INR|JPY|CNY|RMB)\s? )?
         (?P<number> \d+(?:[.,]\d+)* )
         (?: \s?-?(?P<scale>{_SCALE})(?![a-z]) )?
         (?P<percent> \s?(?:[%％] | percent\b | per\s?cent\b | pct\b | prozent\b | процент | パーセント) )?
         (?P<unit> \s?(?:dollars?|euros?|pounds?|yen|yuan|rupees|won|USD|EUR|€|元|円|달러|долларов|دولار)(?![a-z]) )?
         (?P<ordinal> (?:st|nd|rd|th)\b )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_QUARTER = re.compile(rf"\bq(?P<digit>[1-4])\b|\b(?P<word>{'|'.join(list(_ORDINALS)[:4])})[- ]quarter\b", re.IGNORECASE)
_IN_WORDS = re.compile(
    rf"\b(?P<digit>{'|'.join(_DIGITS)})\b(?P<percent>\sper\s?cent\b)?"
    rf"|\b(?P<ordinal>{'|'.join(_ORDINALS)})\b(?![- ]quarter)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
# Letters that match these words where case does not count, and are others when they are looked up.
_TWINS = str.maketrans("ıİſK", "iisk")
_NAME_BEFORE = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,12})-?\Z")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


class Quantity(NamedTuple):
    """What kind of quantity, and how much: money, percent, count, ordinal, quarter, month, version or year."""

    kind: str
    value: str


def quantities(text: str) -> frozenset[Quantity]:
    """Every quantity of a text, each once. Currencies are not told apart: the same sum is reported in several."""
    return frozenset(quantity for quantity, _ in _found(clean(text).translate(_TWINS)))


def as_written(text: str) -> dict[Quantity, str]:
    """Every quantity of a text with the words that give it, where it stands first: ``$40M``, ``7 %``, ``first quarter``."""
    found: dict[Quantity, str] = {}
    for quantity, words in _found(clean(text).translate(_TWINS)):
        found.setdefault(quantity, words.strip())
    return found


def _found(text: str) -> Iterator[tuple[Quantity, str]]:
    for match in _QUARTER.finditer(text):
        yield Quantity("quarter", match["digit"] or str(_ORDINALS[match["word"].lower()])), match[0]
    for match in _MONTH.finditer(text):
        name = match["sure"] or match["before"] or match["after"]
        yield Quantity("month", str(_MONTHS[name])), name
    for match in _QUANTITY.finditer(text) if _DIGIT.search(text) else ():
        name = _NAME_BEFORE.search(text, max(0, match.start() - 13), match.start())
        if name and not match["sign"] and not SPACELESS.match(name[1][-1]):
            if name[1].lower() != "q":  # GPT-4, H100, v2.1: a number that is part of a name
                yield Quantity("version", name[1].lower() + match["number"]), name[0] + match["number"]
            continue
        yield _quantity(match), match[0]
    for match in _IN_WORDS.finditer(text):
        if match["ordinal"]:
            yield Quantity("ordinal", str(_ORDINALS[match["ordinal"].lower()])), match[0]
        elif match["percent"]:
            yield Quantity("percent", str(_DIGITS[match["digit"].lower()])), match[0]
        elif _DIGITS[match["digit"].lower()] > 1:  # "one" mostly counts nothing
            yield Quantity("count", str(_DIGITS[match["digit"].lower()])), match[0]


def _quantity(match: re.Match[str]) -> Quantity:
    number = match["number"]
    value = _value(number)
    if value is None:
        return Quantity("version", number)
    size = _SCALE_OF.get((match["scale"] or "").lower(), 1)
    amount = _said(value * size)
    if match["percent"]:
        return Quantity("percent", _said(value))
    if match["sign"] or match["unit"] or value * size >= _BIG:
        return Quantity("money", amount)
    if match["ordinal"]:
        return Quantity("ordinal", amount)
    if size == 1 and "." in number:
        return Quantity("version", number)
    return Quantity("year" if size == 1 and len(number) == 4 and 1900 <= value <= 2100 else "count", amount)


def _value(number: str) -> Decimal | None:
    """``1,200`` and ``1.5`` and ``1,5`` as numbers; None for ``2.1.3``, which is no number."""
    number = number[:30]
    if _THOUSANDS.fullmatch(number):
        return Decimal(number.replace(",", ""))
    if number.count(".") + number.count(",") > 1:
        return None
    return Decimal(number.replace(",", "."))


def _said(value: Decimal) -> str:
    return f"{value.normalize():f}"
