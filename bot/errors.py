"""Everything that can go wrong in the service house, as one tree.

    HeatlineBotError
    ├── SettingsError     the environment does not say what the bot needs: every problem at once
    ├── SlackProblem      Slack refused a call: the method, its error code, what it means and what to do
    └── DeliveryError     an edition could not be handed to a conversation, or nobody knows whether it was
        └── LedgerError   the store of deliveries cannot be opened, read or written

``str(error)`` is for operators, ``for_reader`` for somebody in Slack. Errors from other libraries are translated into these
once, where they enter; never with a cause that carries a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from digests.language import Said, said

TRY_AGAIN = Said("try-again")
"""Said to somebody in Slack where nothing more helpful can be."""

NOT_NOW = Said("not-now")
"""Said to somebody in Slack while the library or the ledger cannot be read or written."""


class HeatlineBotError(Exception):
    """Base of all errors that ``bot`` raises on purpose."""

    @property
    def for_reader(self) -> Said:
        """One sentence for somebody in Slack: no method, no code, no name of a setting."""
        return TRY_AGAIN


@dataclass(frozen=True, slots=True)
class Problem:
    """One setting to mend. ``value`` is safe to show (already masked), None where there is none or it is a secret.

    ``text`` goes on where the name and the value end: "is not an IANA time zone, such as 'Europe/Berlin'".
    """

    name: str
    text: str
    value: str | None = None

    def __str__(self) -> str:
        given = "" if self.value is None else f"={self.value!r}"
        return f"{self.name}{given} {self.text}"


class SettingsError(HeatlineBotError):
    """Settings that cannot be used; ``problems`` holds all of them, in the order of ``.env.example``."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        head = "1 setting needs mending:" if count == 1 else f"{count} settings need mending:"
        return "\n".join([head, *(f"  {problem}" for problem in self.problems)])


class Advice(NamedTuple):
    """What one of Slack's error codes means and what an operator does about it."""

    means: str
    do: str


_AFRESH = "copy the token afresh from your app's page at api.slack.com/apps"
_INVITE = "invite the bot: /invite it in the channel"
_LATER = "nothing; the call is made again later"

ADVICE: Mapping[str, Advice] = MappingProxyType(
    {
        "account_inactive": Advice("the token's app or user was removed", "install the app again and " + _AFRESH),
        "channel_not_found": Advice(
            "no such channel, or a private one the bot is not in", "check the channel's ID, then " + _INVITE
        ),
        "expired_trigger_id": Advice("the dialog was asked for too late", "ask the reader to try again"),
        "fatal_error": Advice("Slack failed inside; the call may have worked", _LATER),
        "internal_error": Advice("Slack failed inside; the call may have worked", _LATER),
        "invalid_auth": Advice("the token is wrong", _AFRESH),
        "invalid_blocks": Advice("the message breaks one of Slack's rules", "report it with `heatline preview`"),
        "is_archived": Advice("the channel is archived", "choose another channel"),
        "missing_scope": Advice("the app lacks a permission", "add the scope under OAuth & Permissions and reinstall"),
        "msg_blocks_too_long": Advice("the message is too long", "lower HEATLINE_STORIES"),
        "msg_too_long": Advice("the message is too long", "lower HEATLINE_STORIES"),
        "not_allowed_token_type": Advice("the token is of the wrong kind", "use the Bot User OAuth Token"),
        "not_authed": Advice("no token was sent", "set SLACK_BOT_TOKEN"),
        "not_in_channel": Advice("the bot is not a member of the channel", _INVITE),
        "ratelimited": Advice("Slack asks us to slow down", _LATER),
        "restricted_action": Advice("the workspace forbids the bot to post there", "ask a workspace admin"),
        "service_unavailable": Advice("Slack is down for the moment", _LATER),
        "team_access_not_granted": Advice("the organisation has not approved the app", "ask an organisation admin"),
        "token_expired": Advice("the token has expired", _AFRESH),
        "token_revoked": Advice("the token was revoked", "install the app again and " + _AFRESH),
        "user_not_found": Advice("no such user in this workspace", "check the user's ID"),
    }
)
"""Slack's error codes that we meet; https://docs.slack.dev/reference/methods/chat.postMessage and its neighbours."""

SAID: Mapping[str, str] = MappingProxyType(
    {
        "access_denied": "slack-restricted",
        "account_inactive": "slack-uninstalled",
        "cannot_reply_to_message": "slack-no-threads",
        "channel_not_found": "slack-not-inside",
        "exchanged_trigger_id": "slack-too-late",
        "expired_trigger_id": "slack-too-late",
        "invalid_auth": "slack-uninstalled",
        "invalid_trigger_id": "slack-too-late",
        "is_archived": "slack-archived",
        "missing_scope": "slack-no-scope",
        "no_permission": "slack-no-scope",
        "not_allowed_token_type": "slack-no-scope",
        "not_authed": "slack-uninstalled",
        "not_in_channel": "slack-not-inside",
        "restricted_action": "slack-restricted",
        "restricted_action_non_threadable_channel": "slack-no-threads",
        "restricted_action_read_only_channel": "slack-restricted",
        "restricted_action_thread_locked": "slack-no-threads",
        "restricted_action_thread_only_channel": "slack-threads-only",
        "token_expired": "slack-uninstalled",
        "token_revoked": "slack-uninstalled",
        "user_not_found": "slack-no-user",
        "user_not_in_channel": "slack-user-not-inside",
    }
)
"""What a reader is told of Slack's codes: the message that says what is wrong, and who mends it how."""


def said_of(code: str, scope: str = "") -> Said:
    """What a reader is told of a call that Slack refused; the scope that is missing is named where Slack names one."""
    key = SAID.get(code, "slack-busy" if code in _BUSY else "slack-refused")
    return said("slack-no-scope-named", scope=scope) if scope and key == "slack-no-scope" else Said(key)


_UNKNOWN = Advice("Slack refused the call", "look the code up on the method's page at docs.slack.dev")
_BUSY = frozenset(code for code, advice in ADVICE.items() if advice.do == _LATER)


class SlackProblem(HeatlineBotError):  # noqa: N818  # the problem is Slack's answer, not a slip of ours
    """Slack refused a Web API call.

    ``method`` such as ``chat.postMessage``, ``code`` Slack's own such as ``not_in_channel``; ``means`` and ``do`` come
    from ``ADVICE`` unless given. ``detail`` is anything safe that helps (a channel, the missing scope, a request id).
    """

    def __init__(
        self, method: str, code: str, *, means: str | None = None, do: str | None = None, detail: str | None = None
    ) -> None:
        advice = ADVICE.get(code, _UNKNOWN)
        self.method = method
        self.code = code
        self.means = means or advice.means
        self.do = do or advice.do
        self.detail = detail
        super().__init__(method, code, self.means, self.do, detail)

    def __str__(self) -> str:
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.method}: {self.code}{detail}: {self.means}; {self.do}"

    @property
    def busy(self) -> bool:
        """Whether the same call may work later without anybody changing anything."""
        return self.code in _BUSY

    @property
    def for_reader(self) -> Said:
        """What a reader is told."""
        return said_of(self.code)


class DeliveryError(HeatlineBotError):
    """An edition could not be handed to a conversation. ``retry`` is False where trying again cannot help."""

    def __init__(self, reason: str, *, retry: bool = True) -> None:
        self.reason = reason
        self.retry = retry
        super().__init__(reason)


class LedgerError(DeliveryError):
    """The store of deliveries cannot be opened, read or written."""
