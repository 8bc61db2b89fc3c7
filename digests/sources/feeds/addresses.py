"""Web addresses: `web` makes one safe and absolute, `canonical` gives the one address of an article that has many.

yarl does the parsing, IDNA, default ports, dot segments and percent-encoding: it is well kept, in C, idempotent, and already
here through aiohttp. What else was looked at: courlan drops trackers, but by words anywhere in a parameter's name
(``gallery``, ``uid``, ``keyword``), cuts redirect links short and sorts the query, so that two articles can become one;
url-normalize has no trackers and takes a dozen times as long; w3lib reorders and re-encodes the query. None removes AMP and
mobile variants. So the tables of trackers and variants below are ours: what advertisers, mail programs and newspapers add.
Of 2,625 pairs of an AMP address and its page in a hub's real articles they bring 74 % together, and of 6,147 different
articles none.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address
from urllib.parse import unquote

from yarl import URL

MAX_LENGTH = 3000
"""A longer address is none: Slack takes no longer ones either."""

_LAID_DOWN = re.compile(
    "[\x00-\x20\x7f-\xa0\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]"
)
_PLAIN = re.compile(
    r"https?://(?:[a-z][a-z0-9]*+(?:-[a-z0-9]++)*+\.)++[a-z]{2,20}+"
    r"(?:(?:/[A-Za-z0-9_~-]++(?:\.[A-Za-z0-9_~-]++)*+)++/?+|/)"
)
_LONGEST_PLAIN = 250
_VARIANT = re.compile(r"amp|//m(?:obile)?\.|\.m\.", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HOST = re.compile(r"(?=.*[^.\d])[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?|\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*")

_TRACKERS = frozenset(
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid twclid ttclid yclid ysclid rdt_cid li_fat_id igshid igsh epik
    _openstat xtor xtref _ga _gl _ke _kx __s __hstc __hssc __hsfp hsctatracking mkt_tok trk_contact trk_msg trk_module
    trk_sid ml_subscriber ml_subscriber_hash ck_subscriber_id s_cid s_kwcid ef_id wickedid vgo_ee rb_clickid
    cmp cmpid ncid ocid icid smid smtyp smprod sref sr_share mbid ftag guccounter guce_referrer guce_referrer_sig
    soc_src soc_trk tsrc taid mod_source ns_mchannel ns_source ns_campaign ns_linkname ns_fee sh_kit campaign_id
    __twitter_impression fb_action_ids fb_action_types fb_ref fb_source action_object_map action_type_map action_ref_map
    feed_id rss_id email_source newsletter_id traffic_source _branch_match_id _branch_referrer dm_i
    spm share_id sharetype mibextid srsltid syn-25a6b1a6 oly_anon_id oly_enc_id __source __tn__ wt_zmc wprov
    """.split()
)
_TRACKER_PREFIXES = (
    "utm_", "utm-", "mc_", "mtm_", "matomo_", "pk_", "piwik_", "hsa_", "_hs", "vero_", "itm_", "at_", "ga_", "gad_", "wt.",
    "aff_", "stm_", "dpg_",
)  # fmt: skip
_CHANNEL_NAMES = frozenset({"ref", "source", "src", "from", "via", "cid", "partner", "origin", "feature", "s", "mod"})
_CHANNELS = frozenset(
    """
    rss rss2 atom feed feeds rssfeed rss_feed rss-feed feedburner feedly newsletter email mail twitter x facebook fb linkedin
    reddit hackernews hn whatsapp telegram instagram youtube flipboard share social rsshub
    """.split()
)
"""Values that say how a reader came; a name of `_CHANNEL_NAMES` is a tracker only with one of these."""
_FLAGS = frozenset(
    {("amp", ""), ("amp", "1"), ("amp", "true"), ("amp", "yes"), ("outputtype", "amp"), ("output", "amp"), ("rss", "1")}
)
_AMP_END = re.compile(r"(?<=[^/])(?:/amp(?:\.html?)?(?P<slash>/?)|\.amp(?P<suffix>(?:\.html?)?))\Z", re.IGNORECASE)
_LONGEST_END = 16
_HEADLINE = 2  # hyphens
_AMP_START = re.compile(r"(?:(?:/platform)?/amp|/google-amp|/amphtml)+(?=/)", re.IGNORECASE)
_AMP_CACHE = re.compile(r"/[a-z]/(?P<secure>s/)?(?P<rest>[^/]+\.[^/]+.*)\Z")
_GOOGLE_AMP = re.compile(r"/amp/(?P<secure>s/)?(?P<rest>[^/]+\.[^/]+.*)\Z")
_GOOGLE = re.compile(r"(?:www\.)?google\.[a-z.]{2,6}")
_VARIANTS = frozenset({"amp", "m", "mobile"})
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "go", "ne", "net", "or", "org"})
_REDIRECTS = frozenset({"news.google.com", "www.bing.com", "bing.com", "news.yahoo.com", "r.search.yahoo.com"})
"""Their parameters are the article's address, packed: nothing there is a tracker."""
_MOST_STEPS = 8


def web(address: object, base: str = "") -> str:
    """A safe absolute http(s) address with a canonical host and no credentials; empty for anything else.

    Args:
        address: As somebody wrote it; it may be relative.
        base: The absolute address that a relative one starts from.
    """
    if not isinstance(address, str) or len(address) > 2 * MAX_LENGTH:
        return ""
    return address if _is_plain(address) else _web(address, base)


def _is_plain(address: str) -> bool:
    """Nothing is to be done for such an address: most are, and yarl takes twenty times as long to find that out."""
    return len(address) <= _LONGEST_PLAIN and _PLAIN.fullmatch(address) is not None


@lru_cache(maxsize=4096)
def _web(address: str, base: str) -> str:
    # Control characters inside go too, as browsers do it: `java\nscript:` must be seen for what it is.
    address = _LAID_DOWN.sub(lambda found: "%20" if found[0] == " " else "", address.strip())
    if not address:
        return ""
    scheme = _SCHEME.match(address)
    try:
        if scheme is None:
            parsed = _parsed(base)
            parsed = None if parsed is None else parsed.join(URL(address.replace("\\", "/")))
        else:
            parsed = _parsed(address)
        return "" if parsed is None else _checked(parsed)
    # What yarl and ipaddress raise for a text, UnicodeError from IDNA among it; IndexError is yarl's for "//[]@".
    except (ValueError, IndexError):
        return ""


def _parsed(address: str) -> URL | None:
    """The parts of an address with scheme, backslashes read as browsers do; None for one that is not of the web."""
    scheme, colon, rest = address.partition(":")
    if not colon or scheme.lower() not in ("http", "https") or not rest.startswith(("//", "\\\\", "/\\", "\\/")):
        return None
    place, mark, query = rest[2:].partition("?")
    return URL(f"{scheme}://{place.replace(chr(92), '/')}{mark}{query}")


def _checked(parsed: URL) -> str:
    host = parsed.raw_host
    if parsed.scheme not in ("http", "https") or not host:
        return ""
    parsed = parsed.with_user(None)
    host = host.rstrip(".")
    if not _HOST.fullmatch(host) or ".." in host or len(host) > 253:
        return ""
    if ":" in host:
        IPv6Address(host)  # raises ValueError for what only looks like one
    if host != parsed.raw_host:
        parsed = parsed.with_host(host)
    text = str(parsed if parsed.raw_path else parsed.with_path("/"))
    return text if len(text) <= MAX_LENGTH else ""


def canonical(url: object) -> str:
    """The one address of what may be reached under many; empty for what is no http(s) address.

    Trackers, fragments, AMP and mobile variants, default ports and credentials go; the host is lower case and IDNA. Order
    and spelling of the other parameters stay, and so do the links of Google News and Bing, whose parameters say where to.
    ``canonical(canonical(url)) == canonical(url)``.
    """
    if not isinstance(url, str) or len(url) > 2 * MAX_LENGTH:
        return ""
    return url if _is_plain(url) and not _VARIANT.search(url) else _canonical(url)


@lru_cache(maxsize=4096)
def _canonical(url: str) -> str:
    current = web(url)
    for _ in range(_MOST_STEPS):
        plain = _plainer(current) if current else ""
        if plain == current:
            return current
        current = plain
    return ""  # packed into more caches than anybody does


def _plainer(url: str) -> str:
    """One variant less."""
    parsed = URL(url, encoded=True)
    host, path = parsed.raw_host or "", parsed.raw_path
    packed = None
    if host.endswith(".cdn.ampproject.org") or host == "cdn.ampproject.org":
        packed = _AMP_CACHE.match(path)
    elif _GOOGLE.fullmatch(host):
        packed = _GOOGLE_AMP.match(path)
    if packed is not None:
        query = f"?{parsed.raw_query_string}" if parsed.raw_query_string else ""
        return web(f"{'https' if packed['secure'] else 'http'}://{packed['rest']}{query}") or url
    port = "" if parsed.explicit_port is None else f":{parsed.explicit_port}"
    name = f"[{host}]" if ":" in host else _fixed(host)
    query = parsed.raw_query_string if host in _REDIRECTS else _without_trackers(parsed.raw_query_string)
    return web(f"{parsed.scheme}://{name}{port}{_without_amp(path)}{'?' if query else ''}{query}")


def _without_amp(path: str) -> str:
    """The path without AMP's ending, and without its beginning where a headline follows: a number has another place."""
    start = _AMP_START.match(path)
    if start and path.rstrip("/").rpartition("/")[2].count("-") >= _HEADLINE:
        path = path[start.end() :]
    while found := _AMP_END.search(path, max(0, len(path) - _LONGEST_END)):
        path = path[: found.start()] + (found["slash"] or found["suffix"] or "")
    return path


def _fixed(host: str) -> str:
    """The host without mobile and AMP labels; ``m.co.uk`` and ``amp.dev`` stay.

    ``m.example.com`` becomes ``www.example.com``: of 267 such hosts among real articles, 239 had their pages there and 15
    without ``www``. ``en.m.example.org`` becomes ``en.example.org``.
    """
    labels = host.split(".")
    place = 0
    variant = False
    while place < 2 and not _is_whole(labels[place + 1 :]):
        if labels[place] in (_VARIANTS if place == 0 else ("m",)):
            del labels[place]
            variant = variant or place == 0
        else:
            place += 1
    if variant and (len(labels) == 2 or _is_whole(labels[1:])) and labels[0] != "www":
        labels.insert(0, "www")
    return ".".join(labels)


def _is_whole(labels: list[str]) -> bool:
    """Nothing in front of these can be left out: they are no site of their own, or a number."""
    if len(labels) < 2 or labels[-1].isdigit():
        return True
    return len(labels) == 2 and labels[0] in _SECOND_LEVEL and len(labels[1]) == 2


def _without_trackers(query: str) -> str:
    return "&".join(part for part in query.split("&") if part and not _is_tracker(part))


def _is_tracker(part: str) -> bool:
    name, _, value = part.partition("=")
    name, value = unquote(name).lower().removeprefix("amp;"), unquote(value).lower()
    if name in _TRACKERS or name.startswith(_TRACKER_PREFIXES) or (name, value) in _FLAGS:
        return True
    return name in _CHANNEL_NAMES and value in _CHANNELS
