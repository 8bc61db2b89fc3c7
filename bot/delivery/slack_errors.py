"""Slack's error codes as one table for delivery: what each means for a message on its way, and what the admin is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from bot.errors import ADVICE, Advice, SlackProblem


class Action(Enum):
    """What is done after Slack refused a call."""

    WAIT = "wait as long as Slack says, then call again"
    RETRY = "call again later: nothing was done"
    LOOK = "look whether it was done all the same, and call again if not"
    SIMPLIFY = "send a simpler message: Slack does not like this one"
    SPLIT = "send two shorter messages; where that cannot be, a simpler one"
    STOP = "give up: somebody must change something first"


CONTENT = frozenset({Action.SIMPLIFY, Action.SPLIT})
"""What is done where it is what the message says that Slack refuses."""


@dataclass(frozen=True, slots=True)
class Row:
    """One error code: what is done, what it means, and what an operator does about it."""

    code: str
    action: Action
    means: str
    do: str


def _row(code: str, action: Action, means: str = "", do: str = "") -> Row:
    advice = ADVICE.get(code, Advice(means, do))
    return Row(code, action, means or advice.means, do or advice.do)


_LATER = "nothing; the call is made again later"
_REPORT = "report it with the output of `heatline preview --format blocks`"
_REINSTALL = "install the app again and set SLACK_BOT_TOKEN to the new token"

# https://docs.slack.dev/reference/methods/chat.postMessage#errors and those of chat.update, conversations.history and others
_ROWS = (
    # Slack asks for patience: surely nothing was done.
    _row("ratelimited", Action.WAIT),
    _row("rate_limited", Action.WAIT, "Slack asks us to slow down", _LATER),
    _row("message_limit_exceeded", Action.WAIT, "the workspace posts more than Slack allows at once", _LATER),
    _row("accesslimited", Action.RETRY, "Slack lets nobody in for the moment", _LATER),
    _row("external_channel_migrating", Action.RETRY, "the channel is being shared with another workspace", _LATER),
    _row("team_added_to_org", Action.RETRY, "the workspace is being moved into an organisation", _LATER),
    _row("update_failed", Action.RETRY, "Slack could not change the message just now", _LATER),
    # Slack failed inside, and says itself that part of the work may have been done.
    _row("fatal_error", Action.LOOK),
    _row("internal_error", Action.LOOK),
    _row("request_timeout", Action.LOOK, "the request was cut on its way to Slack", _LATER),
    _row("service_unavailable", Action.LOOK),
    # The message.
    _row("invalid_blocks", Action.SIMPLIFY),
    _row("invalid_blocks_format", Action.SIMPLIFY, "the blocks are not well-formed", _REPORT),
    _row("msg_blocks_too_long", Action.SPLIT),
    _row("msg_too_long", Action.SIMPLIFY),
    _row("no_text", Action.SIMPLIFY, "the message is empty", _REPORT),
    _row("too_many_attachments", Action.SIMPLIFY, "the message has too many attachments", _REPORT),
    _row("invalid_arguments", Action.STOP, "the call has an argument that Slack does not take", _REPORT),
    _row("invalid_metadata_format", Action.STOP, "the message's metadata is not well-formed", _REPORT),
    _row("metadata_too_large", Action.STOP, "the message's metadata is too large", _REPORT),
    _row(
        "cant_update_message", Action.STOP, "the message may not be changed by this app", "nothing; it stays as it is"
    ),
    _row(
        "edit_window_closed",
        Action.STOP,
        "the workspace lets messages be changed for some time only",
        "nothing; the message stays as it is",
    ),
    # The channel.
    _row(
        "cannot_reply_to_message",
        Action.STOP,
        "the parent of the thread takes no replies",
        "look at the parent message",
    ),
    _row("channel_not_found", Action.STOP),
    _row("invalid_thread_ts", Action.STOP, "the parent of the thread is gone", "nothing; somebody deleted it"),
    _row("is_archived", Action.STOP),
    _row("cannot_dm_bot", Action.STOP, "a bot takes no direct messages", "nothing; it gets no more of them"),
    _row("message_not_found", Action.STOP, "the message is gone", "nothing; somebody deleted it"),
    _row("not_in_channel", Action.STOP),
    _row("restricted_action", Action.STOP),
    _row(
        "restricted_action_non_threadable_channel",
        Action.STOP,
        "the channel has threads switched off",
        "set HEATLINE_MORE=0",
    ),
    _row("restricted_action_read_only_channel", Action.STOP, "the channel is read-only", "ask a workspace admin"),
    _row("restricted_action_thread_locked", Action.STOP, "the thread is locked", "ask a workspace admin"),
    _row(
        "restricted_action_thread_only_channel", Action.STOP, "the channel takes replies only", "choose another channel"
    ),
    _row("thread_not_found", Action.STOP, "the parent of the thread is gone", "nothing; somebody deleted it"),
    _row("user_disabled", Action.STOP, "the person's account is deactivated", "nothing; they get no more messages"),
    _row("user_not_found", Action.STOP),
    # The token and the app.
    _row("access_denied", Action.STOP, "the app may not do that here", "ask a workspace admin"),
    _row("account_inactive", Action.STOP),
    _row("ekm_access_denied", Action.STOP, "the organisation's key management forbids it", "ask an organisation admin"),
    _row("enterprise_is_restricted", Action.STOP, "the organisation forbids the call", "ask an organisation admin"),
    _row("invalid_auth", Action.STOP),
    _row("missing_scope", Action.STOP),
    _row("no_permission", Action.STOP, "the token lacks the permission", _REINSTALL),
    _row("not_allowed_token_type", Action.STOP),
    _row("not_authed", Action.STOP),
    _row(
        "org_login_required",
        Action.STOP,
        "the workspace is being moved into an organisation",
        "restart when it is done",
    ),
    _row("team_access_not_granted", Action.STOP),
    _row("token_expired", Action.STOP),
    _row("token_revoked", Action.STOP),
)

SLACK_ERRORS: Mapping[str, Row] = MappingProxyType({row.code: row for row in _ROWS})
"""Every code we know, by its name."""


def row_for(code: str) -> Row:
    """The row of a code; one that nobody here knows stops the delivery, since Slack did refuse the call."""
    return SLACK_ERRORS.get(code) or Row(
        code, Action.STOP, "Slack refused the call", "look the code up on the method's page at docs.slack.dev"
    )


def problem(method: str, row: Row, detail: str | None = None) -> SlackProblem:
    """The error that tells an operator about a refused call."""
    return SlackProblem(method, row.code, means=row.means, do=row.do, detail=detail)
