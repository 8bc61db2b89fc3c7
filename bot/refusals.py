"""What a reader is told where Slack did not do something: what is wrong, and who mends it how. One table for all of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.delivery.calls import Busy, Done, Outcome, Refused, Unknown, Unreached
from bot.wiring import Newsroom

_SAID: Mapping[str, str] = MappingProxyType(
    {
        "missing_scope": "slack-no-scope",
        "no_permission": "slack-no-scope",
        "not_allowed_token_type": "slack-no-scope",
        "not_in_channel": "slack-not-inside",
        "channel_not_found": "slack-not-inside",
        "is_archived": "slack-archived",
        "restricted_action": "slack-restricted",
        "restricted_action_read_only_channel": "slack-restricted",
        "restricted_action_thread_only_channel": "slack-restricted",
        "restricted_action_non_threadable_channel": "slack-no-threads",
        "restricted_action_thread_locked": "slack-no-threads",
        "cannot_reply_to_message": "slack-no-threads",
        "user_not_in_channel": "slack-user-not-inside",
        "user_not_found": "slack-no-user",
        "account_inactive": "slack-uninstalled",
        "invalid_auth": "slack-uninstalled",
        "not_authed": "slack-uninstalled",
        "token_expired": "slack-uninstalled",
        "token_revoked": "slack-uninstalled",
        "expired_trigger_id": "slack-too-late",
        "exchanged_trigger_id": "slack-too-late",
        "invalid_trigger_id": "slack-too-late",
    }
)
"""What is said of Slack's codes, by the message that says it."""


def told(room: Newsroom, outcome: Outcome) -> str:
    """What somebody in Slack is told of a call that came to this, in the language of the room; empty where it was done.

    A scope that is missing is named, since whoever runs the bot has to add it; nothing else of Slack's answer is shown.
    """
    match outcome:
        case Done():
            return ""
        case Busy():
            return room.say("slack-busy")
        case Unreached():
            return room.say("slack-unreached")
        case Unknown():
            return room.say("slack-unknown")
        case Refused():
            key = _SAID.get(outcome.row.code, "slack-refused")
            if key == "slack-no-scope" and outcome.needed:
                return room.say("slack-no-scope-named", scope=outcome.needed)
            return room.say(key)
