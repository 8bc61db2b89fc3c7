"""Any RSS, RDF or Atom text, however broken or hostile, into a small well-formed one that feedparser reads in bounded time.

Why not feedparser alone: on one hostile megabyte it took 1 to 5 seconds, and 15 on an author of 65,000 characters; and it
keeps whatever it is given. So lxml reads first (libxml2, recovering, in C: ten hostile megabytes take a third of a second),
only what a digest needs is written out again, cut to size, and feedparser has the say in what it means.

Nothing outside is ever opened and no entity expanded: what stands before the root element, a DOCTYPE with all its entities
among it, never reaches a parser. The parser's own guards (no network, no DTD, no entities, no huge trees) are the second lock.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html.entities import html5
from itertools import islice
from typing import TypeVar
from xml.sax.saxutils import escape

from lxml import etree

from digests.sources.feeds import addresses, moments
from digests.sources.feeds.fields import DECLARED, NOTHING, Field, line, xml
from digests.sources.feeds.texts import LONGEST

T = TypeVar("T")

MOST_ITEMS = 500
"""Of a longer document the newest items are read."""
MOST_TAGS = 400_000
"""A document is read to its so-many-eth ``<``, each a node of 120 bytes, or as many ``=``, or twice
as many ``&``. Real ones have fewer."""
MARKUP = 1_200_000
"""So many characters of markup are read of a document, shared out among its items."""

DATED = 750
"""Of a document with too many items, this many from either end are asked for their date."""
ELEMENTS = 10_000
"""So many elements are given to feedparser, shared out likewise; it takes 25 microseconds for one."""

_LEAST_ELEMENTS = 12
_LONGEST_TEXT = 9_900_000  # libxml2 takes no longer token
_CHUNK = 65_536
_WINDOW = 300_000
_LEAST_SHARE = 2_400
_LONGEST_TITLE = 2_000
_PER_ELEMENT = 8  # characters of markup that an element in it has at least, for what is read of it
_MOST_APART = 2_000
_LONGEST_OPENING = 2_000
_MANY = 20_000  # items, beyond which nobody counts, or elements beside them

_CONTROLS = bytes({*range(32)} - {*b"\t\n\r"})
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_STEPS = re.compile(
    r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<(?:[A-Za-z][\w.-]{0,40}:)?(rss|feed|rdf|channel)(?=[\s/>])"
    r"|<(!doctype\s+html|html|head|body)\b|<(meta|title|div|p|br|b|h1)(?=[\s/>])|<",
    re.IGNORECASE | re.DOTALL,
)
_CLOSED = re.compile(r"</(?:[A-Za-z][\w.-]{0,40}:)?(?:rss|feed|rdf)\s{0,40}>", re.IGNORECASE)
_LOOSE_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31};)")
_LOOSE_BRACKET = re.compile(r"<(?![A-Za-z_/!?])")
_ESCAPED = {letter: escape(letter) for letter in html5.values() if escape(letter) != letter}
_SCHEME = re.compile(r"\s*[A-Za-z][\w+.-]*:")
_LONG_WORD = re.compile(r"([\w.+-]{64})[\w.+-]++", re.ASCII)
_HTML_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,40}")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_NEXT_FIELD = re.compile(
    r"</?(?:title|link|guid|pubDate|description|item|entry|updated|published|id|summary|content)(?=[\s>:])"
)
_ISOLATED = tuple(
    (name, re.compile(rf"<{name}(?:\s[^<>]{{0,1000}})?(?<!/)>"))
    for name in (
        "title",
        "description",
        "summary",
        "content",
        "content:encoded",
        "link",
        "category",
        "author",
        "dc:creator",
    )
)
_ITEM_START = re.compile(r"<(item|entry)(?=[\s>])")
_UNFINISHED = frozenset({"ERR_TAG_NOT_FINISHED", "ERR_CDATA_NOT_FINISHED", "ERR_GT_REQUIRED", "ERR_LTSLASH_REQUIRED"})
_MISMATCHED = frozenset(
    {"ERR_TAG_NAME_MISMATCH", "ERR_RESOURCE_LIMIT", "ERR_DOCUMENT_END", "ERR_ATTRIBUTE_NOT_STARTED"}
)

_CORE = "core"
_NAMESPACES = {
    "http://www.w3.org/2005/atom": _CORE, "http://purl.org/atom/ns": _CORE, "http://purl.org/rss/1.0": _CORE,
    "http://my.netscape.com/rdf/simple/0.9": _CORE, "http://backend.userland.com/rss": _CORE,
    "http://backend.userland.com/rss2": _CORE, "http://blogs.law.harvard.edu/tech/rss": _CORE,
    "http://purl.org/rss/1.0/modules/rss091": _CORE, "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns": "rdf", "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/terms": "dcterms", "http://purl.org/rss/1.0/modules/content": "content",
    "http://purl.org/rss/1.0/modules/syndication": "sy", "http://search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes", "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.w3.org/xml/1998/namespace": "xml",
}  # fmt: skip
_LOOSE_PREFIXES = {
    "atom": _CORE,
    "atom10": _CORE,
    "rss": _CORE,
    "a10": _CORE,
    **{prefix: prefix for prefix in DECLARED},
}

# What is kept of a feed and of an item: how often, and how many characters of its text (0: none, only attributes). _HTML is
# markup, which may also stand there unescaped, _TITLE a line of it; _GROUP has elements of its own, _MEDIA pictures, _PICTURE
# is one, _PERSON a name.
_Table = Mapping[str, tuple[int, int]]
_HTML, _GROUP, _MEDIA, _PICTURE, _TITLE, _PERSON = -1, -2, -3, -4, -5, -6
_OF_FEED = {
    "title": (1, _TITLE), "link": (10, 3000), "language": (1, 60), "dc:language": (1, 60), "ttl": (1, 20), "id": (1, 1000),
    "sy:updateperiod": (1, 20), "sy:updatefrequency": (1, 20),
}  # fmt: skip
_OF_ITEM = {
    "title": (1, _TITLE), "dc:title": (1, _TITLE), "link": (10, 3000), "guid": (1, 2000), "id": (1, 2000),
    "feedburner:origlink": (1, 3000),
    "pubdate": (1, 100), "published": (1, 100), "issued": (1, 100), "created": (1, 100), "updated": (1, 100),
    "modified": (1, 100), "dc:date": (1, 100), "dcterms:issued": (1, 100), "dcterms:created": (1, 100),
    "dcterms:modified": (1, 100),
    "description": (1, _HTML), "summary": (1, _HTML), "content": (2, _HTML), "content:encoded": (1, _HTML),
    "fullitem": (1, _HTML), "xhtml:body": (1, _HTML), "dc:description": (1, _HTML), "itunes:summary": (1, _HTML),
    "author": (8, _GROUP), "dc:creator": (8, _PERSON), "itunes:author": (1, _PERSON),
    "category": (15, 200), "dc:subject": (8, 200), "keywords": (1, 500), "language": (1, 60), "dc:language": (1, 60),
    "enclosure": (4, 0), "media:content": (6, _MEDIA), "media:thumbnail": (4, _MEDIA), "media:group": (3, _MEDIA),
    "itunes:image": (1, 0), "image": (2, _PICTURE), "source": (1, _GROUP),
}  # fmt: skip
_INSIDE = {
    "author": {"name": (1, _PERSON), "email": (1, _PERSON)},
    "source": {"title": (1, _TITLE), "link": (4, 3000), "id": (1, 2000)},
}
_SAID = "any text"
_SPOKEN = frozenset(
    {"description", "summary", "content", "content:encoded", "fullitem", "xhtml:body", "dc:description"}
)
_XML, _RDF = "{http://www.w3.org/XML/1998/namespace}", "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ATTRIBUTES = frozenset("href url uri rel type medium width height term label version".split())
_SPELT = (
    ("ispermalink", ("isPermaLink", "ispermalink", "isPermalink")),
    ("xml:base", (f"{_XML}base",)),
    ("xml:lang", (f"{_XML}lang", "lang")),
    ("rdf:about", (f"{_RDF}about", "rdf:about")),
)
_ALL_ATTRIBUTES = (*_ATTRIBUTES, *(spelling for _, spellings in _SPELT for spelling in spellings))
_MANY_ATTRIBUTES = 30
_LONGEST_ADDRESS, _LONGEST_NAME = 3000, 300
_ADDRESSES = frozenset({"href", "url", "uri", "xml:base", "rdf:about"})
_TEXT_TYPES = re.compile(r"(?:text|html|xhtml|text/[\w.+-]+|application/xhtml\+xml|)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Distilled:
    """A small well-formed feed, and what had to be done for it.

    ``root`` is its root element, ``xml`` the same in UTF-8. ``lengths`` has for every item how many characters its longest
    text had before it was cut, 0 where it was not. ``found`` counts the items that the document had. ``mended`` is the first
    thing that was not well-formed, ``cut`` that the document ends in the middle, ``too_long`` that its end was not read.
    """

    root: Field
    lengths: tuple[int, ...]
    found: int
    mended: str = ""
    cut: bool = False
    too_long: bool = False

    @property
    def xml(self) -> bytes:
        return xml(self.root)


def kind(text: str) -> tuple[str, int]:
    """What a text is, "feed", "page" or "", and where its root element begins."""
    stray = -1
    for step in _STEPS.finditer(text[:_WINDOW]):
        if step[1]:
            return "feed", step.start()
        if step[2]:
            return "page", step.start()
        if step[3] and stray < 0:  # a program's complaint above the feed, or a page without its frame
            stray = step.start()
    return ("page", stray) if stray >= 0 else ("", -1)


def distil(text: str) -> Distilled | None:
    """The small feed in a text that begins with a feed's root element; None where no element can be read.

    Never raises for any text: lxml recovers from what is not well-formed, and is given no more than it can take.
    """
    text = _legal(text)
    read = _start_of(text)
    short = _mended(read)
    root, faults = _parsed(short)
    mended = "stray & or < in it, or entities of HTML" if short != read else ""
    mended = next((fault.message for fault in faults if fault.type_name not in _UNFINISHED), mended)
    items = [] if root is None else list(islice(_items(root), _MANY))
    if any(fault.type_name in _MISMATCHED for fault in faults):
        # An unclosed element swallows what follows: each item is then read for itself, and the others stay sound.
        saved, apart = _one_by_one(short)
        if saved is not None and len(apart) >= len(items):
            root, items = saved, apart
    if root is None:
        return None
    picked = newest(items, _date)
    share = max(_LEAST_SHARE, min(LONGEST, MARKUP // max(1, len(picked))))
    small, lengths = _small(root, picked, share)
    too_long = len(read) < len(text)
    cut = not too_long and _CLOSED.search(text[-2000:]) is None and _name(root) != "channel"
    return Distilled(small, lengths, len(items), mended, cut, too_long)


def _legal(text: str) -> str:
    """The text without what XML does not allow."""
    if not _ILLEGAL.search(text):
        return text
    # Bytes below 32 are in no other letter of UTF-8; millions of them take a pattern half a second.
    text = text.encode("utf-8", "surrogatepass").translate(None, _CONTROLS).decode("utf-8", "surrogatepass")
    return _ILLEGAL.sub("", text)


def _start_of(text: str) -> str:
    """As much of a text as is read."""
    tags = entities = values = 0
    for at in range(0, len(text), _CHUNK):
        tags += text.count("<", at, at + _CHUNK)
        entities += text.count("&", at, at + _CHUNK)
        values += text.count("=", at, at + _CHUNK)
        if tags > MOST_TAGS or values > MOST_TAGS or entities > 2 * MOST_TAGS:
            return text[:at]
    return text[:_LONGEST_TEXT]


def _parsed(text: str) -> tuple[etree._Element | None, list[etree._LogEntry]]:
    """The root element, and what was not well-formed."""
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True, strip_cdata=True, collect_ids=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # recovering, it raises for a text without any element only
        root = None
    return root, [fault for fault in parser.error_log if fault.level >= etree.ErrorLevels.FATAL]


def _mended(text: str) -> str:
    """The text with HTML's entities as letters, and stray ``&`` and ``<`` escaped, outside of CDATA."""
    outside, *sections = text.split("<![CDATA[")
    parts = [_escaped(outside)]
    for section in sections:
        inside, end, outside = section.partition("]]>")
        parts += ("<![CDATA[", inside, end, _escaped(outside))
    return "".join(parts)


def _escaped(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(_letter, _LOOSE_AMPERSAND.sub("&amp;", text))
    return _LOOSE_BRACKET.sub("&lt;", text)


def _letter(found: re.Match[str]) -> str:
    letter = html5.get(found[1])
    return f"&amp;{found[1]}" if letter is None else _ESCAPED.get(letter, letter)


def _one_by_one(text: str) -> tuple[etree._Element | None, list[etree._Element]]:
    """The feed without its items, and its items, each parsed for itself: what is wrong inside one stays there."""
    starts = [(found.start(), found[1]) for found in islice(_ITEM_START.finditer(text), _MOST_APART)]
    head = text[: starts[0][0]] if starts else text
    opening = head[: head.find(">") + 1]
    if len(opening) > _LONGEST_OPENING:
        opening = "<rss>"  # the usual prefixes are known without a declaration
    items: list[etree._Element] = []
    for place, (start, name) in enumerate(starts):
        end = starts[place + 1][0] if place + 1 < len(starts) else len(text)
        close = text.rfind(f"</{name}", start, end)
        inner = text[text.find(">", start) + 1 : close if close >= 0 else end]
        root, _ = _parsed(f"{opening}<{name}>{_isolated(inner)}</{name}>")
        items.extend([] if root is None else islice(_items(root), 1))
    return _parsed(_isolated(head))[0], items


def _isolated(inner: str) -> str:
    """The inside of an item with its texts in CDATA, each closed where the next element begins at the latest."""
    for name, opening in _ISOLATED:
        start = opening.search(inner)
        if start is None:
            continue
        end = inner.find(f"</{name}", start.end())
        if end < 0:
            following = _NEXT_FIELD.search(inner, start.end())
            end = following.start() if following else len(inner)
            inner = f"{inner[:end]}</{name}>{inner[end:]}"
        said = inner[start.end() : end]
        if "<" in said and "<![CDATA[" not in said:
            inner = f"{inner[: start.end()]}<![CDATA[{said.replace(']]>', ']] >')}]]>{inner[end:]}"
    return inner


def _items(root: etree._Element) -> Iterator[etree._Element]:
    return (each for each in root.iter("{*}item", "{*}entry", "{*}Item", "{*}ITEM") if _name(each) in ("item", "entry"))


def newest(items: list[T], date: Callable[[T], float | None]) -> list[T]:
    """At most `MOST_ITEMS` of a document's items, in their order: the newest, where most of them say when they were published.

    Of undated ones the first and the last: the newest may be at either end.
    """
    if len(items) <= MOST_ITEMS:
        return items
    asked = [*range(min(DATED, len(items))), *range(max(DATED, len(items) - DATED), len(items))]
    dated = [(found, place) for place in asked if (found := date(items[place])) is not None]
    if 2 * len(dated) < len(asked):
        half = MOST_ITEMS // 2
        return [*items[:half], *items[half - MOST_ITEMS :]]
    dated.sort(reverse=True)
    return [items[place] for place in sorted(place for _, place in dated[:MOST_ITEMS])]


def _date(item: etree._Element) -> float | None:
    for child in islice(item, 40):
        if _name(child) in ("pubdate", "published", "dc:date", "issued", "updated", "created"):
            found = moments.moment((child.text or "")[:100])
            return None if found is None else found.timestamp()
    return None


def _name(element: etree._Element) -> str:
    """A name with our prefix for its namespace, in lower case; of one that nobody knows, a name that is not kept."""
    tag = element.tag
    return _known(tag) if isinstance(tag, str) else ""  # an entity has a function for a tag


@lru_cache(maxsize=1024)
def _known(tag: str) -> str:
    if tag.startswith("{"):
        address, _, local = tag[1:].partition("}")
        prefix = _NAMESPACES.get(address[:100].lower().rstrip("/#"), "?")
    else:
        prefix, colon, local = tag.rpartition(":")
        prefix = _LOOSE_PREFIXES.get(prefix.lower(), "?") if colon else _CORE
    local = local.lower()
    return local if prefix == _CORE else f"{prefix}:{local}"


def _small(root: etree._Element, items: list[etree._Element], share: int) -> tuple[Field, tuple[int, ...]]:
    """What is kept of a feed, and the length of every item's longest text, 0 where it was not cut."""
    name = _name(root)
    channel = root if name == "channel" else next(root.iterchildren("{*}channel", "{*}Channel", "{*}CHANNEL"), root)
    others = islice((child for child in islice(channel, _MANY) if _name(child) not in ("item", "entry")), 200)
    inner: list[Field] = []
    _keep(inner, others, _OF_FEED, share)
    most = max(_LEAST_ELEMENTS, ELEMENTS // max(1, len(items)))
    lengths = []
    for item in items:
        fields: list[Field] = []
        longest = _keep(fields, islice(item, 300), _OF_ITEM, share, most)
        lengths.append(longest if longest > share else 0)
        inner.append(Field("item", "", _attributes(item), tuple(fields)))
    return _framed(root, name, channel, tuple(inner)), tuple(lengths)


def _framed(root: etree._Element, name: str, channel: etree._Element, inner: tuple[Field, ...]) -> Field:
    """The elements around what is kept of a feed, by which feedparser knows its form."""
    inherited = _attributes(root)
    if name == "feed":
        old = "purl.org/atom" in str(root.tag).lower()
        home = "http://purl.org/atom/ns#" if old else "http://www.w3.org/2005/Atom"
        return Field("feed", "", {"xmlns": home, **inherited}, inner)
    if name in ("rdf:rdf", "rdf"):
        old = any("netscape.com/rdf" in str(child.tag) for child in islice(root, 5))
        home = "http://my.netscape.com/rdf/simple/0.9/" if old else "http://purl.org/rss/1.0/"
        return Field("rdf:RDF", "", {"xmlns": home, **inherited}, (Field("channel", inner=inner),))
    of_channel = NOTHING if channel is root else _attributes(channel)
    return Field("rss", "", inherited, (Field("channel", "", of_channel, inner),))


def _keep(kept: list[Field], children: Iterable[etree._Element], table: _Table, share: int, most: int = 100) -> int:
    """Put what a table keeps of some elements into a list; the length of their longest text.

    Beyond ``most`` elements no name is kept a second time.
    """
    count: Counter[str] = Counter()
    longest = 0
    described = ""
    for child in children:
        name = _name(child)
        rule = table.get(name)
        if rule is None or (name in count and count[name] >= (rule[0] if count.total() < most else 1)):
            continue
        count[name] += 1
        attributes = _attributes(child)
        limit = rule[1]
        if limit in (_HTML, _TITLE):
            said, length = _markup(child, share // _PER_ELEMENT)
            if limit == _TITLE:
                said = said and said[:_LONGEST_TITLE]
            else:
                longest = max(longest, length)
            if said is not None:
                count[_SAID] += name in _SPOKEN
                kept.append(Field(name, line(said[:share]), _typed(child, attributes)))
        elif limit == _MEDIA:
            described = _keep_media(kept, child, share, count) or described
        elif limit == _PICTURE:  # feedparser takes an image for the feed's own
            kept.append(Field("media:thumbnail", "", {"url": _inside(child, "url")[:_LONGEST_ADDRESS]}))
        elif limit == _GROUP:
            inner: list[Field] = []
            _keep(inner, islice(child, 50), _INSIDE[name], share)
            kept.append(Field(name, "" if inner else _person(child, 300), attributes, tuple(inner)))
        elif limit == _PERSON:
            kept.append(Field(name, _person(child, 200), attributes))
        else:
            attributes = _of_identifier(child, name, attributes)
            kept.append(Field(name, line(_text(child)[:limit]), attributes))
    if described and not count[_SAID]:
        kept.append(Field("description", line(described)))
    return longest


def _keep_media(kept: list[Field], element: etree._Element, share: int, count: Counter[str]) -> str:
    """Keep the pictures of a media element, without the groups around them; the description that a group gives."""
    described = ""
    for child in islice(element.iter(), 60) if len(element) else (element,):
        name = _name(child)
        count[name] += child is not element
        if name == "media:description" and _name(element) == "media:group":
            described = described or _text(child)[:share]
        elif name == "media:content" and count[name] <= 6:
            kept.append(Field(name, "", _attributes(child)))
        elif name == "media:thumbnail" and count[name] <= 4:
            kept.append(Field(name, "", _attributes(child) or {"url": _text(child).strip()[:_LONGEST_ADDRESS]}))
    return described


def _attributes(element: etree._Element) -> Mapping[str, str]:
    """The attributes that mean something; what is longer than an address can be is no address."""
    number = len(element.attrib)
    if not number:
        return NOTHING
    if number < _MANY_ATTRIBUTES:
        said = dict(element.items())
    else:  # asked for by name: lxml's list of all of them takes time with the square of their number
        said = {name: value for name in _ALL_ATTRIBUTES if (value := element.get(name)) is not None}
    kept = {name: _cut(name, value) for name, value in said.items() if name in _ATTRIBUTES}
    if len(kept) < len(said):
        for name, spellings in _SPELT:
            value = next((said[spelling] for spelling in spellings if spelling in said), None)
            if value is not None and not (name == "xml:base" and _SCHEME.match(value) and not addresses.web(value)):
                kept[name] = _cut(name, value)
    return kept


def _cut(name: str, value: str) -> str:
    return value.strip()[: _LONGEST_ADDRESS + 1 if name in _ADDRESSES else _LONGEST_NAME]


def _of_identifier(element: etree._Element, name: str, attributes: Mapping[str, str]) -> Mapping[str, str]:
    """An id that is no address must not be taken for one, whatever its feed says."""
    if name in ("guid", "id") and not _WEB.match((element.text or "")[:200].strip()):
        return {"ispermalink": "false"}
    return attributes


def _typed(element: etree._Element, attributes: Mapping[str, str]) -> Mapping[str, str]:
    """The attributes of a text whose elements were turned into markup."""
    if not len(element):
        return attributes
    kept = {name: said for name, said in attributes.items() if name in ("xml:base", "xml:lang")}
    return {**kept, "type": "html"}


def _markup(element: etree._Element, most: int) -> tuple[str | None, int]:
    """What an element says, as text or as markup with at most so many elements, and its length with all of them.

    None for what is no text (a picture in base64).
    """
    if not _TEXT_TYPES.match(element.get("type") or "") or element.get("mode") == "base64":
        return None, 0
    if not len(element):
        return element.text or "", len(element.text or "")
    left_out = _pruned(element, most)
    parts = [escape(element.text or "")]
    for child in element:
        for each in child.iter(etree.Element):
            tag = str(each.tag)
            name = _html_name(tag)
            if name != tag:
                each.tag = name  # lxml takes no other names
        parts.append(etree.tostring(child, encoding="unicode", method="html"))
    markup = "".join(parts)
    return markup, len(markup) + left_out


def _pruned(element: etree._Element, most: int) -> int:
    """Take all but the first so many elements out of one; the length of the markup that goes with them."""
    first = next(islice(element.iterdescendants(), most, None), None)
    if first is None:
        return 0
    whole = len(etree.tostring(element, encoding="unicode"))
    parent = first.getparent()
    del parent[parent.index(first) :]
    while parent is not element:
        inner, parent = parent, parent.getparent()
        del parent[parent.index(inner) + 1 :]
    return whole - len(etree.tostring(element, encoding="unicode"))


@lru_cache(maxsize=1024)
def _html_name(tag: str) -> str:
    name = tag.rpartition("}")[2].rpartition(":")[2]
    return name if _HTML_NAME.fullmatch(name) else "x"


def _text(element: etree._Element) -> str:
    return "".join(element.itertext()) if len(element) else element.text or ""


def _person(element: etree._Element, limit: int) -> str:
    """Who an element names; feedparser looks for a mail address in it, with the square of the longest word."""
    return _LONG_WORD.sub(r"\1", line(_text(element)[:limit]))


def _inside(element: etree._Element, name: str) -> str:
    """The text of the element with a name inside another, or that one's own."""
    return next((_text(child) for child in islice(element, 20) if _name(child) == name), _text(element)).strip()
