"""What leaves for Slack, whatever carries it: looked over once more, and brought inside the limits where it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from digests.models import Message
from digests.rendering.fitting import fit, fit_options, fit_view
from digests.rendering.limits import check, check_options, check_view


def within(payload: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What is sent to one of Slack's methods, to a response_url or in an acknowledgement, so that Slack takes it.

    Looked at are a message (``text`` and ``blocks``), a dialog or Home tab (``view``) and the entries of a menu
    (``options``). Gives them as they are where they are inside the limits, else fitted; and what was wrong.
    """
    fitting, problems = dict(payload), list[str]()
    if isinstance(blocks := payload.get("blocks"), list | tuple) and (wrong := _of_message(payload, blocks)):
        problems += wrong
        message = fit(Message(str(payload.get("text") or ""), tuple(blocks)))
        fitting |= {"text": message.text, "blocks": list(message.blocks)}
    if isinstance(view := payload.get("view"), Mapping) and (wrong := check_view(view)):
        problems += wrong
        fitting["view"] = fit_view(view)
    if isinstance(options := payload.get("options"), list | tuple) and (wrong := check_options(options)):
        problems += wrong
        fitting["options"] = fit_options(options)
    return fitting, problems


def _of_message(payload: Mapping[str, Any], blocks: Sequence[Any]) -> list[str]:
    return check(Message(str(payload.get("text") or ""), tuple(blocks)))
