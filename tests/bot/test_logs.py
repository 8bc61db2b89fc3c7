"""The log: one form for our own lines and every library's, and never a secret in it."""

from __future__ import annotations

import io
import json
import logging
import string
import subprocess
import sys
import warnings
from datetime import UTC, datetime

import pytest
import structlog
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.logs import FORMATS, HIDDEN, Masker, configure

SIGNING = "8f742231b10e8888abcd99baddecafe5"


pytestmark = pytest.mark.usefixtures("restored_logging")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def logged(form: str = "json", level: str = "info", stream: io.StringIO | None = None) -> io.StringIO:
    """A stream that the log is written to from now on."""
    stream = stream or io.StringIO()
    configure(level, form, [SecretStr(SIGNING)], stream)
    return stream


# The form.


@pytest.mark.parametrize(
    ("form", "stream", "is_json"),
    [
        ("auto", io.StringIO, True),
        ("auto", Terminal, False),
        ("console", io.StringIO, False),
        ("json", Terminal, True),
    ],
)
def test_form(form: str, stream: type[io.StringIO], is_json: bool) -> None:
    out = logged(form, stream=stream())
    structlog.get_logger("bot.x").info("posted", channel="#ai")
    assert out.getvalue().startswith("{") is is_json
    assert ("\x1b[" in out.getvalue()) is (stream is Terminal and not is_json)


def test_a_json_line() -> None:
    out = logged()
    before = datetime.now(UTC)
    structlog.get_logger("bot.x").warning("late", minutes=3, at="Zürich")
    line = out.getvalue()
    assert line.count("\n") == 1
    assert "Zürich" in line
    fields = json.loads(line)
    assert list(fields)[:4] == ["timestamp", "level", "logger", "event"]
    assert before <= datetime.fromisoformat(fields.pop("timestamp")) <= datetime.now(UTC)
    assert fields == {"level": "warning", "logger": "bot.x", "event": "late", "minutes": 3, "at": "Zürich"}


@pytest.mark.parametrize("name", ["slack_bolt.AsyncApp", "apscheduler.scheduler", "uvicorn.error", "anything"])
def test_libraries_write_the_same_lines(name: str) -> None:
    out = logged()
    logging.getLogger(name).warning("Starting %s", "soon", extra={"job": 7})
    fields = json.loads(out.getvalue())
    assert (fields["logger"], fields["level"], fields["event"], fields["job"]) == (name, "warning", "Starting soon", 7)
    assert fields["timestamp"].endswith("Z")


def test_a_masked_line_is_still_json() -> None:
    out = logged()
    texts = [
        "a token",
        ("password", 1),
        {"secret": 5},
        'he said "token": "x"',
        Talkative('token": "y'),
        "authorization: a\\",
    ]
    structlog.get_logger("bot.x").info("x", texts=texts)
    assert json.loads(out.getvalue())["texts"][:3] == ["a token", ["password", 1], {"secret": HIDDEN}]


def test_warnings_are_logged() -> None:
    out = logged()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn(f"old {SIGNING}", DeprecationWarning, stacklevel=1)
    assert json.loads(out.getvalue())["logger"] == "py.warnings"
    assert SIGNING not in out.getvalue()


@pytest.mark.parametrize(
    ("level", "said"),
    [("debug", ["debug", "info", "quiet", "error"]), ("info", ["info", "error"]), ("error", ["error"])],
)
def test_levels(level: str, said: list[str]) -> None:
    out = logged(level=level)
    log = structlog.get_logger("bot.x")
    log.debug("debug")
    log.info("info")
    logging.getLogger("apscheduler.executors.default").info("quiet")
    log.error("error")
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == said


def test_the_last_call_counts() -> None:
    first, second = logged(), logged()
    structlog.get_logger("bot.x").info("once")
    assert first.getvalue() == ""
    assert second.getvalue().count("\n") == 1


def test_stderr_is_looked_up_for_every_line(monkeypatch: pytest.MonkeyPatch) -> None:
    configure("info", "json")
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    structlog.get_logger("bot.x").info("posted")
    assert "posted" in sys.stderr.getvalue()  # type: ignore[attr-defined]


def test_an_exception_is_told_without_local_variables() -> None:
    for form in FORMATS:
        out = logged(form)
        password = "local-" + "variable"
        try:
            raise LookupError(f"no {SIGNING}") from ValueError("xoxb-1-abcdef")
        except LookupError:
            structlog.get_logger("bot.x").exception("failed")
            logging.getLogger("library").exception("failed")
        text = out.getvalue()
        assert text.count(f"LookupError: no {HIDDEN}") == 2
        assert text.count(f"ValueError: {HIDDEN}") == 2
        assert SIGNING not in text
        assert password not in text


def test_a_line_that_cannot_be_rendered_hides_its_arguments_too() -> None:
    out = logged()
    logging.getLogger("library").info("%d", SIGNING)
    assert out.getvalue().startswith("heatline: a log line of library (")
    assert SIGNING not in out.getvalue()


def test_other_peoples_text_cannot_command_the_terminal() -> None:
    out = logged("console")
    structlog.get_logger("bot.x").info("title \x1b[2J\x07\x9b\r", title="\x1b]0;owned\x07")
    assert not {"\x1b", "\x07", "\x9b", "\r"} & set(out.getvalue())


def test_uvicorn_keeps_no_handlers_of_its_own() -> None:
    logging.getLogger("uvicorn").addHandler(logging.NullHandler())
    out = logged()
    logging.getLogger("uvicorn.error").info("Started")
    assert logging.getLogger("uvicorn").handlers == []
    assert out.getvalue().count("\n") == 1


def test_from_outside() -> None:
    """In a process of its own: stderr, JSON without a terminal, nothing on stdout."""
    code = (
        "from bot import logs; import structlog; "
        f"logs.configure(secrets=[{SIGNING!r}]); structlog.get_logger('x').info({SIGNING!r})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert json.loads(done.stderr)["event"] == HIDDEN


# Masking.


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy", HIDDEN),
        ("(xoxp-1-2-3-abc)", f"({HIDDEN})"),
        ("xoxe.xoxb-1-Mi0yLTE and xoxe-1-My0x", f"{HIDDEN} and {HIDDEN}"),
        ("token=XAPP-1-A0-1-ff", f"token={HIDDEN}"),
        ("the signing secret " + SIGNING, f"the signing secret {HIDDEN}"),
        ("Authorization: Bearer abc", f"Authorization: {HIDDEN}"),
        ("{'Authorization': 'Basic dTpw', 'a': 1}", f"{{'Authorization': '{HIDDEN}', 'a': 1}}"),
        ("sent Bearer eyJhbGciOiJIUzI1NiJ9.e30", f"sent Bearer {HIDDEN}"),
        ("POST https://hooks.slack.com/commands/T1/2/abc 200", f"POST {HIDDEN} 200"),
        ("<https://hooks.slack.com/services/T1/B1/x|here>", f"<{HIDDEN}|here>"),
        ("https://hooks.slack-gov.com/actions/T1/2/abc", HIDDEN),
        (
            "wss://wss-primary.slack.com/link/?ticket=a-b&app_id=c",
            f"wss://wss-primary.slack.com/link/?ticket={HIDDEN}&app_id=c",
        ),
        ("X-Slack-Signature: v0=" + "ab" * 32, f"X-Slack-Signature: {HIDDEN}"),
        ("{'token': 'a b', 'trigger_id': '1.2'}", f"{{'token': '{HIDDEN}', 'trigger_id': '{HIDDEN}'}}"),
        ('{"response_url": "http://127.0.0.1/r/1"}', f'{{"response_url": "{HIDDEN}"}}'),
        ("token=abc&team=T1", f"token={HIDDEN}&team=T1"),
        ("{'bot_token': None}", "{'bot_token': None}"),
        ("postgresql://user:pass@host/db", f"postgresql://{HIDDEN}@host/db"),
        # What must stay readable.
        (
            "copy the Bot User OAuth Token (xoxb-...) from your app",
            "copy the Bot User OAuth Token (xoxb-...) from your app",
        ),
        ("Basic research: the secret: robots eat 4096 tokens", "Basic research: the secret: robots eat 4096 tokens"),
        ("https://slack.com/api/chat.postMessage", "https://slack.com/api/chat.postMessage"),
        ("max_tokens=5 editor@example.com", "max_tokens=5 editor@example.com"),
    ],
)
def test_shapes(text: str, left: str) -> None:
    masker = Masker([SIGNING])
    assert masker.text(text) == left
    assert masker.text(left) == left


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ({"Authorization": "x", "Cookie": ["a"], "a": 1}, {"Authorization": HIDDEN, "Cookie": HIDDEN, "a": 1}),
        ({"bot_token": None, "signing-secret": "x"}, {"bot_token": None, "signing-secret": HIDDEN}),
        ({SIGNING: (SIGNING, [SIGNING.encode()])}, {HIDDEN: [HIDDEN, [HIDDEN]]}),
        (ValueError(SIGNING), f"ValueError: {HIDDEN}"),
        (3, 3),
    ],
)
def test_values(value: object, left: object) -> None:
    assert Masker([SIGNING]).value(value) == left


def test_a_value_that_holds_itself() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert HIDDEN in str(Masker().value(loop))


def test_a_secret_that_begins_another_is_hidden_whole() -> None:
    assert Masker(["abcdefgh", "abcdefghij"]).text("abcdefghij") == HIDDEN


def test_the_masker_does_not_tell() -> None:
    assert SIGNING not in repr(Masker([SIGNING]))


def test_long_text_is_masked_in_time() -> None:
    masker = Masker([SIGNING])
    for text in (
        "a-" * 50_000,
        "://" * 50_000,
        "token" * 20_000,
        "authorization" * 8_000,
        "_" * 100_000,
        "xoxb" * 25_000,
    ):
        masker.text(text)


class Talkative:
    """An object whose repr tells what it holds."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def __repr__(self) -> str:
        return f"<Talkative {self.secret}>"


BODY = st.text(alphabet=string.ascii_letters + string.digits, min_size=10, max_size=30)
AROUND = st.text(alphabet=string.printable, max_size=12)
WAYS = (
    lambda log, text, _: log.info(text),
    lambda log, text, _: log.info("x", value=text),
    lambda log, text, _: log.info("x", value={"a": [text, (text,)], text: 1}),
    lambda log, text, _: log.info("x", value=text.encode()),
    lambda log, text, _: log.info("x", value=Talkative(text)),
    lambda log, text, _: log.info("x", value=[Talkative(text)], error=ValueError(text)),
    lambda log, text, _: log.info("x %s", text),
    lambda log, text, _: log.bind(bound=text).error("x", stack_info=True),
    lambda _, text, library: library.warning("x %s %r", text, {"a": text}),
    lambda _, text, library: library.warning("x", extra={"more": text}),
    lambda _, text, library: library.warning("%d", text),
    lambda log, text, _: _raised(log, text),
    lambda _, text, library: _raised(library, text),
)


def _raised(log: logging.Logger, text: str) -> None:
    try:
        try:
            raise KeyError(text)
        except KeyError as error:
            raise RuntimeError(text) from error
    except RuntimeError:
        log.exception("failed")


@pytest.mark.parametrize("way", range(len(WAYS)))
@pytest.mark.parametrize("form", ["json", "console"])
@given(
    body=BODY, before=AROUND, after=AROUND, kind=st.sampled_from(["xoxb-", "xoxp-1-", "xapp-1-A-", "xoxe.xoxb-1-", ""])
)
def test_a_secret_never_shows(way: int, form: str, body: str, before: str, after: str, kind: str) -> None:
    assume(body not in f"{before} {after}")
    out = io.StringIO()
    configure("info", form, [SecretStr(body)] if not kind else [], out)
    WAYS[way](structlog.get_logger("bot.x"), f"{before} {kind}{body} {after}", logging.getLogger("library"))
    assert out.getvalue()
    assert body not in out.getvalue()
    for line in out.getvalue().splitlines() if form == "json" and way != 10 else ():
        json.loads(line)
