"""Text -> words: one way to cut a title, a keyword or a question into words, so that they can be compared.

    words("Nvidia’s GPT-4, A.I. & C++")  ->  ["Nvidia", "GPT", "4", ",", "AI", "&", "C++"]

Hyphens, slashes, apostrophes and dots inside a word, and underscores, part words as a space does. Punctuation that ends a
phrase stays as a word of its own, so that no phrase is found across a comma. ``C++``, ``C#``, ``.NET`` and ``4.5`` stay
whole, ``A.I.`` is ``AI``, a possessive ``'s`` falls away, and scripts without spaces (Chinese, Japanese, Thai ...) give one
word a character. Invisible characters (zero-width, direction marks, soft hyphens) do not exist.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, takewhile
from typing import Any, Generic, NamedTuple, TypeVar

import snowballstemmer
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

T = TypeVar("T")

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
# Before NFKC, which would glue a "TM" to the name in front of it and part the acute accent from its place.
_SIGNS = str.maketrans({"™": " ", "℠": " ", "´": "'", "‘": "'", "’": "'", "ʼ": "'"})
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))

_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
SPACELESS = re.compile(f"[{_SPACELESS}]")
"""One character of a script that writes no spaces between words."""

_HANGUL = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff"
# Vowel signs and accents that NFKC leaves apart: letters to a reader, not to Python's \w.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0963\u0966-\u0dff"
)
_LETTERS = rf"[^\W_{_SPACELESS}{_HANGUL}]+ (?: [{_MARKS}]+ [^\W_{_SPACELESS}{_HANGUL}]* )*"
_WORD = re.compile(
    rf"""(   (?<![\w.]) (?:[^\W\d_]\.)+ [^\W\d_] (?!\w) \.?   # A.I.  U.S.
         |   \d+ (?:[.,]\d+)+ (?: {_LETTERS} )?            # 4.5  1,000  3.5B
         |   (?<![\w.]) \. (?=[^\W\d_]) {_LETTERS}        # .NET
         |   {_LETTERS} (?: \+\+ | \#(?!\w) )?            # words, C++, C#
         |   [{_HANGUL}]+
         |   [{_SPACELESS}]
         |   (?! (?<=\w) [-'./] (?=\w) ) [^\w\s]          # what ends a phrase
         )   (?: '[sS] (?!\w) )?                          # a possessive is dropped
    """,
    re.VERBOSE,
)
_ACCENTS = re.compile("[\u0300-\u036f]")  # of letters; other marks make another letter
_TOKEN = re.compile(r"[^\W_]+")

STOP_WORDS = frozenset(
    "a an the of to in on for and or with as is are was be by at from its it this that how what why will can you your new "
    "has have into over after more their they not but we our i about up out who which when than says say said s us here "
    "all may could would he she his her him them there these those been being were do does did so if no just also only one "
    "t re ve d ll m mr mrs ms had some most other very much many any each per via amid among while where then now "
    "der die das und ist von mit für den dem ein eine zu im auf le la les des du et un une en el los las y del que il di per "
    "della не и в на с по о к из за от что как для это".split()
)
"""Words that say nothing about what a text is about, in the languages that most of our feeds are written in."""

_LONGEST_NAME = 300
_FEW_LETTERS = 4  # too few to tell how like two words are
_stemmer = snowballstemmer.stemmer("english")
_stemming = threading.Lock()  # the stemmer keeps the word it works on in itself: two threads would mix theirs up


def clean(text: str) -> str:
    """The text as it is compared: NFKC, straight quotes and hyphens, nothing invisible."""
    if not text.isascii():
        text = _INVISIBLE.sub("", text.translate(_SIGNS))
        # In pieces: a long run of accents takes the time of its square.
        pieces = (unicodedata.normalize("NFKC", text[i : i + 1000]) for i in range(0, len(text), 1000))
        text = "".join(pieces).translate(_HYPHENS)
    return text


@lru_cache(maxsize=10_000)
def name_key(name: str) -> str:
    """A name as it is compared: no case, no invisible or doubled characters, no look-alikes of width."""
    return " ".join(clean(name[:_LONGEST_NAME]).casefold().split())


def words(text: str) -> list[str]:
    """The words of a text in order and in its own case, with phrase-ending punctuation between them."""
    found = _WORD.findall(clean(text))
    return [_undotted(word) if "." in word else word for word in found] if "." in text else found


def passage(text: str, start: int, end: int) -> str:
    """What a text has from the word number `start` up to `end` (not included), with all that stands between them."""
    text = clean(text)
    found = list(islice(_WORD.finditer(text), start, end))
    return text[found[0].start(1) : found[-1].end(1)] if found else ""


def fold(found: list[str]) -> list[str]:
    """The same words without case, exactly as many as were given."""
    return "\n".join(found).casefold().split("\n") if found else []


def is_word(word: str) -> bool:
    """Whether one of :func:`words` is a word, not punctuation."""
    return any(letter.isalnum() for letter in word)


class Word(NamedTuple):
    """A content word: its stem, as it was written, and whether it starts a sentence (its capital then means nothing)."""

    stem: str
    written: str
    starts: bool


def content_words(text: str) -> list[Word]:
    """The words of a text that carry meaning: no stop words; two neighbours make one where the script knows no spaces."""
    return list(_remembered(text))


@lru_cache(maxsize=4096)  # what is judged is compared next
def _remembered(text: str) -> tuple[Word, ...]:
    return tuple(_content_words(text))


def as_written(found: Iterable[Word]) -> dict[str, str]:
    """Stem -> the word as it stands where it is met first; what is cut from a script without spaces stays as it is cut."""
    of: dict[str, str] = {}
    for word in found:
        of.setdefault(word.stem, word.stem if SPACELESS.match(word.stem) else word.written)
    return of


def _content_words(text: str) -> Iterator[Word]:
    found = words(text)
    starts, before = True, ""
    for written, folded in zip(found, fold(found), strict=True):
        if not (written[0].isalnum() or is_word(written)):
            starts, before = starts or written in ".!?:;", ""
        elif SPACELESS.match(written):
            if before:
                yield Word(before + written, written, False)
            starts, before = False, written
        else:
            if folded not in STOP_WORDS:
                yield Word(stem(folded), written, starts)
            starts, before = False, ""


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of an English word in small letters; any other word as it is."""
    if len(word) <= 3 or not (word.isascii() and word.isalpha()):
        return word
    with _stemming:
        return str(_stemmer.stemWord(word))


def plural_of(word: str) -> str:
    """The regular English plural: ``drone`` -> ``drones``, ``GPU`` -> ``GPUs``. Empty where there can be none."""
    lower = word.lower()
    if len(word) < 2 or not word.isascii() or not word.isalpha():
        return ""
    if lower.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if lower.endswith("y") and lower[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def plural(phrase: str) -> str:
    """The phrase with its last word in the plural; the phrase itself where that has none."""
    head, space, last = phrase.rpartition(" ")
    return head + space + (plural_of(last) or last)


def singular_of(word: str) -> str:
    """The word without a plural ending; the word itself where it has none or is too short to tell (``us``, ``AWS``)."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("xes", "ches", "shes", "sses")) else word[:-1]


def tokens(text: str) -> list[str]:
    """The words of a text as the full-text index has them: runs of letters and digits, small, without accents."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))
    return _TOKEN.findall(text.lower())


def key(text: str, *, singular: bool = False) -> str:
    """What is left of a name when case, spaces, hyphens, punctuation and "and" do not count; without plurals on request.

    ``key("Face-Recognition") == key("face recognition") == "facerecognition"``; empty where the text has no word.
    """
    found = [word for word in fold(words(text)) if word != "and" and is_word(word)]
    return "".join(map(singular_of, found) if singular else found)


def spaced(text: str) -> str:
    """The words of a text in small letters with one space between them, without punctuation."""
    return " ".join(filter(is_word, fold(words(text))))


def likeness(asked: str, phrase: str) -> float:
    """How alike two :func:`spaced` phrases are, 0..100, for finding what a mistyped word meant.

    Letters as typed, words in another order, and the beginning of something longer count. Where either is too short for
    letters to tell (``gtp``, ``frt``), only two swapped letters or a beginning do.
    """
    if asked == phrase:
        return 100.0
    begun = 90.0 if phrase.startswith(asked if len(asked) > 3 else asked + " ") else 0.0
    if len(asked) <= _FEW_LETTERS or len(phrase) <= _FEW_LETTERS:
        return max(begun, 90.0 * (sorted(asked) == sorted(phrase) and OSA.distance(asked, phrase) == 1))
    return max(begun, fuzz.ratio(asked, phrase), fuzz.token_sort_ratio(asked, phrase))


class Likest:
    """Phrases, from which those like another are found at once, as :func:`likeness` has it."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self._short = [place for place, phrase in enumerate(phrases) if len(phrase) <= _FEW_LETTERS]
        self._phrases = phrases
        self._alphabetic = sorted((phrase, place) for place, phrase in enumerate(phrases))
        self._sorted = [" ".join(sorted(phrase.split())) for phrase in phrases]

    def like(self, asked: str, least: float) -> dict[int, float]:
        """The places of the phrases that are so much like it, and how much. ``least`` is above nothing."""
        if len(asked) <= _FEW_LETTERS:
            near = ((n, p) for n, p in enumerate(self._phrases) if len(p) == len(asked) or p.startswith(asked))
            return {place: alike for place, phrase in near if (alike := likeness(asked, phrase)) >= least}
        # A longer text is like a short phrase only where it is the same.
        begun = islice(self._alphabetic, bisect_left(self._alphabetic, (asked,)), None)
        found = {place: 90.0 for _, place in takewhile(lambda each: each[0].startswith(asked), begun)}
        in_order = " ".join(sorted(asked.split()))
        for text, phrases in ((asked, self._phrases), (in_order, self._sorted)):
            for _, alike, place in process.extract(text, phrases, scorer=fuzz.ratio, score_cutoff=least, limit=None):
                found[place] = max(found.get(place, 0.0), alike)
        for place in self._short:
            found.pop(place, None)
        return {place: alike for place, alike in found.items() if alike >= least}


def _undotted(word: str) -> str:
    """``A.I.`` -> ``AI``, ``e.g.`` -> ``EG``; anything else with a dot (``4.5``, ``.NET``, a full stop) as it is."""
    return word.replace(".", "").upper() if word[1:2] == "." and word[0].isalpha() else word


class Phrases(Generic[T]):
    """Phrases to be found in texts, each with a value; one walk over a text finds them all, however many there are.

    A phrase in small letters matches any case; one with a capital letter matches only as written. The last word may stand
    in the plural, "and" may be "&". Punctuation around a phrase does not count, punctuation inside ("Mr. Robot") does.
    """

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        self._root: dict[str | None, Any] = {}  # folded word -> next node; None -> [(exact words or None, value)]
        for phrase, value in phrases:
            for way in _ways(phrase):
                node = self._root
                for word in fold(list(way)):
                    node = node.setdefault(word, {})
                node.setdefault(None, []).append((way if phrase != phrase.lower() else None, value))

    def find(self, text: str) -> list[tuple[T, int, int]]:
        """(value, first word, word after the last) of every phrase in the text, overlapping ones too, first come first."""
        found = words(text)
        folded = fold(found)
        hits = []
        for start, word in enumerate(folded):
            node = self._root.get(word)
            end = start + 1
            while node is not None:
                for exact, value in node.get(None, ()):
                    if exact is None or exact == tuple(found[start:end]):
                        hits.append((value, start, end))
                node = node.get(folded[end]) if end < len(folded) else None
                end += 1
        return hits


def _ways(phrase: str) -> Iterator[tuple[str, ...]]:
    """The words of a phrase as texts may write it: as it stands, in the plural, and with "&" for "and" or the reverse."""
    found = words(phrase)
    places = [place for place, word in enumerate(found) if is_word(word)]
    if not places:
        return
    stem = found[places[0] : places[-1] + 1]
    other = {"and": "&", "&": "and"}
    for last in filter(None, (stem[-1], plural_of(stem[-1]))):
        way = (*stem[:-1], last)
        yield way
        if not other.keys().isdisjoint(way):
            yield tuple(other.get(word, word) for word in way)
