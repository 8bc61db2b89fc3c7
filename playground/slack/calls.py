"""What a Web API method gets to work with: the workspace and its typed arguments; also Slack's cursors."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from playground.slack.limits import Refusal
from playground.slack.state import Workspace
from playground.slack.values import Channel, Json, User

T = TypeVar("T")
Caller = Literal["bot", "app", "any", "none"]

_TRUE = frozenset({"1", "true", "True"})


@dataclass(frozen=True, slots=True)
class Request:
    """One Web API call: form fields and JSON fields look the same to a method."""

    workspace: Workspace
    method: str
    args: Json

    def text(self, name: str, default: str = "") -> str:
        """A string argument; numbers that a client sent as JSON are taken too."""
        value = self.args.get(name)
        return default if value is None else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean argument: true, "true", "1"."""
        value = self.args.get(name)
        if value is None:
            return default
        return value if isinstance(value, bool) else str(value) in _TRUE

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number in a range.

        Raises:
            Refusal: `invalid_limit` when it is none.
        """
        value = self.args.get(name)
        if value in (None, ""):
            return default
        try:
            number = int(str(value))
        except ValueError:
            raise Refusal("invalid_limit") from None
        if not least <= number <= most:
            raise Refusal("invalid_limit")
        return number

    def data(self, name: str, error: str) -> Any:
        """A structured argument, as JSON or as a string that holds JSON.

        Raises:
            Refusal: `error` when the string holds none.
        """
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise Refusal(error) from None

    def channel(self, name: str = "channel") -> Channel:
        """The conversation that an argument names.

        Raises:
            Refusal: `channel_not_found`, also for private channels that the bot is not in.
        """
        channel = self.workspace.find_channel(self.text(name))
        if channel is None or (channel.is_private and not channel.is_member):
            raise Refusal("channel_not_found")
        return channel

    def user(self, name: str = "user") -> User:
        """The person that an argument names.

        Raises:
            Refusal: `user_not_found`.
        """
        user = self.workspace.users.get(self.text(name))
        if user is None:
            raise Refusal("user_not_found")
        return user

    def need(self, *scopes: str) -> None:
        """Refuse the call unless the bot was granted one of these scopes.

        Raises:
            Refusal: `missing_scope`, with what is needed and what was granted.
        """
        granted = self.workspace.scopes
        if scopes and not granted.intersection(scopes):
            more = {"needed": scopes[0], "provided": ",".join(sorted(granted))}
            raise Refusal("missing_scope", more=more)


@dataclass(frozen=True, slots=True)
class Method:
    """One row of the Web API table.

    scopes     one of these must be granted (none: any token will do)
    required   arguments that must be there, with the error Slack gives without them
    caller     whose token it wants
    """

    name: str
    answer: Callable[[Request], Json]
    scopes: tuple[str, ...] = ()
    required: tuple[tuple[str, str], ...] = ()
    caller: Caller = "bot"


def page(items: Sequence[T], request: Request, *, default: int, most: int = 1000) -> tuple[list[T], str]:
    """Cut one page out of a list by `cursor` and `limit`; gives the page and the next cursor ("" at the end).

    Raises:
        Refusal: `invalid_cursor` or `invalid_limit`.
    """
    limit = request.number("limit", default, 1, most)
    start = _read_cursor(request.text("cursor"))
    if start > len(items):
        raise Refusal("invalid_cursor")
    end = start + limit
    return list(items[start:end]), _make_cursor(end) if end < len(items) else ""


def _make_cursor(place: int) -> str:
    return base64.b64encode(f"place:{place}".encode()).decode()


def _read_cursor(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, place = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal("invalid_cursor") from None
    if word != "place" or not place.isdecimal():
        raise Refusal("invalid_cursor")
    return int(place)
