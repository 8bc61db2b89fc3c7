"""Dialogs: what they ask, and what becomes of what is filled in. Views are plain dictionaries, as messages are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.dialogs.choices import plain
from digests.language import Language
from digests.models import Article, Message
from digests.rendering import NOTE, fit
from digests.rendering.shorten import line

SHARE = "share_story"
"""The callback_id of the dialog that shares a story."""

WHERE = "where"
"""The field of that dialog at which is said what does not work."""

_TITLE, _PUBLISHER = 150, 80


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a person filled in to share a story: which one, where to, and a note.

    ``origin`` is the conversation in which Share was chosen, ``ts`` the message: ours, since they ride in the dialog.
    """

    handle: str
    conversation: str
    note: str
    origin: str = ""
    ts: str = ""


def share_view(language: Language, handle: str, article: Article, origin: str = "", ts: str = "") -> dict[str, Any]:
    """The dialog that asks where to share a story, and with what note."""
    say = language.say
    publisher = line(article.publisher, _PUBLISHER)
    title = line(article.title, _TITLE) or publisher or say("story-untitled")
    story = {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "link", "url": article.url, "text": title},
                    {"type": "text", "text": f"\n{publisher}"},
                ],
            }
        ],
    }
    return {
        "type": "modal",
        "callback_id": SHARE,
        "private_metadata": f"{handle} {origin} {ts}",
        "title": plain(say("share-title")),
        "submit": plain(say("share-submit")),
        "close": plain(say("share-close")),
        "blocks": [
            *fit(Message(say("share-story"), (story,))).blocks,
            {
                "type": "input",
                "block_id": WHERE,
                "label": plain(say("share-where")),
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
                "label": plain(say("share-note")),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "note",
                    "multiline": True,
                    "max_length": NOTE,
                    "placeholder": plain(say("share-note-hint")),
                },
            },
        ],
    }


def shared(view: dict[str, Any]) -> Sharing:
    """What was filled in. Slack sends it, so anybody's text may be in it, of any length."""
    values = (view.get("state") or {}).get("values") or {}
    conversation = str(values.get(WHERE, {}).get("conversation", {}).get("selected_conversation") or "")
    note = str(values.get("what", {}).get("note", {}).get("value") or "")
    handle, origin, ts = (*str(view.get("private_metadata", "")).split(" "), "", "")[:3]
    return Sharing(handle, conversation, note, origin, ts)
