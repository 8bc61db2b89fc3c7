"""One log for our own lines and every library's: people's form on a terminal, JSON elsewhere, and never a secret in it.

    structlog loggers ─┐
                       ├─> shared processors ─> mask ─> console | JSON ─> mask again ─> stderr
    stdlib loggers ────┘   (slack_bolt, apscheduler, uvicorn, warnings)

Masking happens twice on purpose: before rendering it knows keys (``Authorization``) and whole values, after rendering it
sees what objects printed about themselves. ``Masker`` is also what keeps secrets out of settings errors.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple, TextIO

import structlog
from pydantic import SecretStr
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN: Final = "[hidden]"
LEVELS: Final = ("debug", "info", "warning", "error", "critical")
FORMATS: Final = ("console", "json", "auto")

_UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.access")
_QUIET = ("alembic", "apscheduler", "asyncio", "httpcore", "httpx", "uvicorn.access")
"""Libraries whose everyday lines (a job ran, a request was answered) would bury ours: warnings only, unless we debug."""

_TALKATIVE = ("slack_bolt", "slack_sdk", "urllib3", "websockets")
"""Libraries whose debug lines hold whole requests and answers, with what people wrote: never below info."""

_SECRET_KEY = re.compile(
    r"(?:^|[_.\s-])(?:token|secret|password|passwd|authorization|cookie|api[_-]?key|ticket)s?$"
    r"|^(?:response_url|x-slack-signature|set-cookie|trigger_id)$",
    re.IGNORECASE,
)


class _Rule(NamedTuple):
    """One shape that a secret takes in running text, and what is left of it."""

    shape: str
    left: str


_TOKEN = re.compile(r"(?:xox[a-z]|xapp|xwfp)(?:\.xox[a-z])?-[a-z0-9][a-z0-9-]*", re.IGNORECASE)
"""Tokens: xoxb-, xoxp-, xoxa-, xoxe.xoxb-1-, xapp-1- ... (https://docs.slack.dev/authentication/tokens).

The dash must be followed by a character, so that "copy the token (xoxb-...)" in our own advice stays readable.
"""

_RULES = (
    # Whoever holds one of these addresses can post: incoming webhooks, a command's response_url, the Socket Mode door.
    _Rule(r"https?://hooks\.slack(?:-gov)?\.com/[^\s\"'<>\\|)]+", HIDDEN),
    _Rule(r"([?&](?:ticket|token|client_secret|signature)=)[^\s\"'<>\\|)&]+", rf"\1{HIDDEN}"),
    # Signatures of requests, and whatever an Authorization header holds.
    _Rule(r"\bv0=[0-9a-f]{32,}", HIDDEN),
    _Rule(
        r"(\bauthorization\\?[\"']?\s*[:=]\s*(?:b(?=\\?[\"']))?\\?[\"']?)(?:[a-z]+\s+)?[^\s\"',;}\\]+", rf"\1{HIDDEN}"
    ),
    _Rule(r"\b(bearer|basic)\s+(?=\S*[0-9=])[a-z0-9._~+/=-]{12,}", rf"\1 {HIDDEN}"),
    # 'key': value and key=value for keys that hold nothing else; Slack's payloads call their verification token "token".
    _Rule(
        r"\b((?:\w+[_-])?(?:token|secret|password|passwd|api[_-]?key)|response_url|trigger_id|x-slack-signature|cookie)"
        r"(=|\\?[\"']\s*[:,]\s*(?:b(?=\\?[\"']))?)(?!none\b|null\b|\[hidden)(?:(?P<quote>\\?[\"'])(?:(?!(?P=quote)).)*|[^\s\"',;&}\\]+)",
        rf"\1\2\g<quote>{HIDDEN}",
    ),
    # Names and passwords in the addresses of databases and proxies.
    _Rule(r"(?<=://)[^\s/@\"'<>]+@", f"{HIDDEN}@"),
)
_SHAPES = tuple((re.compile(rule.shape, re.IGNORECASE), rule.left) for rule in _RULES)


class Masker:
    """Replaces secrets in text and in nested values by ``[hidden]``: the given ones wherever they stand, others by shape.

    Nothing of a secret is left, not even its beginning. The masker itself never shows what it knows.
    """

    def __init__(self, secrets: Iterable[SecretStr | str] = ()) -> None:
        texts = {s.get_secret_value() if isinstance(s, SecretStr) else s for s in secrets}
        spellings = {spelling for text in texts if text for spelling in _spellings(text)}
        # Longest first: where one secret begins another, the whole of it goes.
        alternatives = "|".join(re.escape(s) for s in sorted(spellings, key=lambda s: (-len(s), s)))
        self._known = re.compile(alternatives) if alternatives else None

    def __repr__(self) -> str:
        return "Masker()"

    def text(self, text: str) -> str:
        """The text without secrets."""
        text = self.tokens(text)
        for shape, left in _SHAPES:
            text = shape.sub(left, text)
        return text

    def tokens(self, text: str) -> str:
        """The text without the secrets that were given and without Slack tokens: what is a secret beyond doubt."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        return _TOKEN.sub(HIDDEN, text)

    def value(self, value: object, depth: int = 0) -> object:
        """The value without secrets: mappings and sequences are copied, exceptions become text, other objects are kept."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bytes):
            return self.text(value.decode("utf-8", "replace"))
        if isinstance(value, BaseException):
            return self.text(f"{type(value).__name__}: {value}")
        if depth > 8:  # also the end of a mapping that holds itself
            return HIDDEN if isinstance(value, Mapping | list | tuple | set | frozenset) else value
        if isinstance(value, Mapping):
            return {
                self.text(str(key)): HIDDEN if item and _SECRET_KEY.search(str(key)) else self.value(item, depth + 1)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(item, depth + 1) for item in value]
        return value


def _spellings(secret: str) -> set[str]:
    """A secret as it is, and as JSON, ``repr`` and Unicode escapes would write it."""
    return {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]}


def configure(
    level: str = "info",
    format: str = "auto",  # noqa: A002  # as the setting is called
    secrets: Iterable[SecretStr | str] = (),
    stream: TextIO | None = None,
) -> None:
    """Sets up structlog and the standard library's logging; may be called again, the last call counts.

    ``level`` and ``format`` are ``HEATLINE_LOG_LEVEL`` and ``HEATLINE_LOG_FORMAT``; ``auto`` is console on a terminal and
    JSON elsewhere. ``secrets`` are hidden by value, besides everything that looks like one. ``stream`` None is stderr,
    looked up for every line.

    uvicorn must be started with ``log_config=None``, else it puts its own handlers back.
    """
    terminal = (stream or sys.stderr).isatty()
    masker = Masker(secrets)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    people = format == "console" or (format == "auto" and terminal)
    handler = _Handler(masker, stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _Masking(masker, printable=people),
                *(_console(masker, colors=terminal) if people else _json(masker)),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    logging.captureWarnings(True)
    for name in _UVICORN:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.setLevel(logging.NOTSET)
        logger.propagate = True
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.NOTSET if level.lower() == "debug" else logging.WARNING)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.INFO, root.level))


class _Handler(logging.StreamHandler[TextIO]):
    """Writes to stderr as it is now (tests and command runners swap it), and keeps secrets out of its own failures too."""

    def __init__(self, masker: Masker, stream: TextIO | None) -> None:
        super().__init__(stream or sys.stderr)
        self._masker = masker
        self._follow = stream is None

    def emit(self, record: logging.LogRecord) -> None:
        if self._follow:
            self.stream = sys.stderr
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the standard library's name
        """Where a line cannot be rendered: the standard library would print its raw arguments."""
        kind, error, _ = sys.exc_info()
        reason = self._masker.text(f"{kind.__name__}: {error}" if kind else "unknown")
        line = f"heatline: a log line of {record.name} ({record.pathname}:{record.lineno}) failed: {reason}\n"
        with contextlib.suppress(OSError, ValueError):  # stderr is gone: there is nobody left to tell
            self.stream.write(line)


class _Masking:
    """The processor that masks an event before it is rendered; for people's eyes it also spells out control characters."""

    def __init__(self, masker: Masker, *, printable: bool) -> None:
        self._masker = masker
        self._printable = printable

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        masked: EventDict = {}
        for key, value in event.items():
            hidden = HIDDEN if value and _SECRET_KEY.search(key) else self._masker.value(value)
            masked[key] = _spelled(hidden) if self._printable and isinstance(hidden, str) else hidden
        return masked


_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


def _spelled(text: str) -> str:
    """Other people's text could hold terminal commands: control characters other than newline and tab become ``\\x1b``."""
    return text.translate(_CONTROL)


def _console(masker: Masker, *, colors: bool) -> list[Processor]:
    # Tracebacks come formatted and masked: structlog's rich ones would print local variables.
    renderer = structlog.dev.ConsoleRenderer(
        colors=colors, exception_formatter=structlog.dev.plain_traceback, sort_keys=False
    )
    return [renderer, _mask_line(masker.text)]


def _json(masker: Masker) -> list[Processor]:
    def told(thing: object) -> str:
        return masker.text(repr(thing))

    # The finished line is only searched for what is a secret beyond doubt: the other shapes could take a quote with them.
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False, default=told)
    return [_first_things_first, renderer, _mask_line(masker.tokens)]


def _mask_line(mask: Callable[[str], str]) -> Processor:
    """The last processor: the rendered line once more, for what objects printed about themselves."""

    def mask_line(_logger: WrappedLogger, _method: str, line: object) -> str:
        return mask(str(line))

    return mask_line


def _first_things_first(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Time, level, logger and event stand first in every line, for whoever reads it raw."""
    return {key: event[key] for key in ("timestamp", "level", "logger", "event") if key in event} | dict(event)
