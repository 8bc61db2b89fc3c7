"""Dialogs: what they ask, and what becomes of what is filled in. Views are plain dictionaries, as messages are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.errors import ADVICE
from digests.models import Article, Message
from digests.rendering import inert, link, plain, shorten

SHARE = "share_story"
"""The callback_id of the dialog that shares a story."""

_NOTE, _TITLE = 500, 140


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a person filled in to share a story: which one, where to, and a note."""

    handle: str
    conversation: str
    note: str


def share_view(handle: str, article: Article) -> dict[str, Any]:
    """The dialog that asks where to share a story, and with what note."""
    title = (
        f"{link(shorten(plain(article.title), _TITLE), article.url)}\n{inert(shorten(plain(article.publisher), 80))}"
    )
    return {
        "type": "modal",
        "callback_id": SHARE,
        "private_metadata": handle,
        "title": _plain("Share a story"),
        "submit": _plain("Share"),
        "close": _plain("Cancel"),
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": title, "verbatim": True}},
            {
                "type": "input",
                "block_id": "where",
                "label": _plain("Where to"),
                "element": {
                    "type": "conversations_select",
                    "action_id": "conversation",
                    "default_to_current_conversation": True,
                    "filter": {"include": ["public", "private"], "exclude_bot_users": True},
                },
            },
            {
                "type": "input",
                "block_id": "what",
                "optional": True,
                "label": _plain("Your note"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "note",
                    "multiline": True,
                    "max_length": _NOTE,
                    "placeholder": _plain("Why this matters to us"),
                },
            },
        ],
    }


def shared(view: dict[str, Any]) -> Sharing:
    """What was filled in. Slack sends it, so anybody's text may be in it, of any length."""
    values = view.get("state", {}).get("values", {})
    conversation = str(values.get("where", {}).get("conversation", {}).get("selected_conversation") or "")
    note = str(values.get("what", {}).get("note", {}).get("value") or "")
    return Sharing(str(view.get("private_metadata", "")), conversation, plain(note[: 4 * _NOTE])[:_NOTE])


def shared_message(user: str, article: Article, note: str) -> Message:
    """A story as somebody's find: with that person's name, and the note as it was written, nothing in it live."""
    title = shorten(plain(article.title), _TITLE)
    publisher = shorten(plain(article.publisher), 80)
    elements: list[dict[str, Any]] = [
        {"type": "user", "user_id": user},
        {"type": "text", "text": " shares "},
        {"type": "link", "url": article.url, "text": title},
        {"type": "text", "text": f" · {publisher}"},
    ]
    blocks: list[dict[str, Any]] = [
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}
    ]
    if note:
        quoted = {"type": "rich_text_quote", "elements": [{"type": "text", "text": note}]}
        blocks[0]["elements"].append(quoted)
    return Message(inert(f"A story to share: {title} ({publisher})" + (f". {note}" if note else "")), tuple(blocks))


def not_shared(code: str) -> str:
    """What a person is told at the field where a story could not be shared, by Slack's code."""
    if code in ("not_in_channel", "channel_not_found"):
        return "I am not in that conversation. Invite me there with /invite, or choose another."
    means = ADVICE[code].means if code in ADVICE else "Slack did not take it"
    return f"{means[:1].upper()}{means[1:]}. Choose another conversation."


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
