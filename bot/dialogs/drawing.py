"""The dialog of a subscription, drawn: a form and a language in, a view as Slack takes it out. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel import Locale

from bot.dialogs.choices import is_zone, option, plain, topic, zone
from bot.dialogs.form import (
    CHANNEL,
    CHOSEN,
    DAILY,
    DAYS,
    KEPT,
    ME,
    MOST_TOPICS,
    NINE,
    SIZE,
    SIZES,
    SOME,
    THERE,
    TIME,
    TOPICS,
    WEEKDAYS,
    WHERE,
    ZONE,
    Form,
)
from bot.when import told
from digests.language import Language
from digests.topics import Catalogue

SUBSCRIPTION = "subscription"
"""The callback_id of the dialog. Its elements have this before the names of their fields."""

PREVIEW = "subscription_preview"
"""The button that shows what would come."""


def drawn(form: Form, catalogue: Catalogue, language: Language, now: datetime) -> dict[str, Any]:
    """The dialog with what stands in it. Only the fields that are needed are there: days to choose, and a channel."""
    say = language.say
    fields = [
        *asked(form, catalogue, language, now),
        _where(form, language),
        *([_channel(form, language)] if form.where == THERE else []),
        {
            "type": "actions",
            "elements": [{"type": "button", "action_id": PREVIEW, "text": plain(say("dialog-preview"))}],
        },
        *([{"type": "context", "elements": [plain(say("channel-who-button"))]}] if form.like else []),
    ]
    return {
        "type": "modal",
        "callback_id": SUBSCRIPTION,
        "private_metadata": form.about(),
        "title": plain(say("dialog-title-edit") if form.key else say("dialog-title")),
        "submit": plain(say("dialog-save") if form.key else say("dialog-submit")),
        "close": plain(say("dialog-cancel")),
        "blocks": named(SUBSCRIPTION, fields),
    }


def asked(form: Form, catalogue: Catalogue, language: Language, now: datetime) -> list[dict[str, Any]]:
    """The fields that every digest has."""
    return [
        _topics(form, catalogue, language),
        _days(form, language),
        *([_chosen(form, language)] if form.days == SOME else []),
        *([_time(form, language)] if form.days != KEPT else []),
        _zone(form, language, now),
        _size(form, language),
    ]


def named(dialog: str, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Blocks of a dialog, whose fields are called by its name and their own."""

    def called(block: dict[str, Any]) -> dict[str, Any]:
        if block["type"] != "input":
            return block
        return {**block, "element": {**block["element"], "action_id": f"{dialog}_{block['block_id']}"}}

    return list(map(called, blocks))


def field(name: str, label: str, element: dict[str, Any], *, hint: str = "", heard: bool = False) -> dict[str, Any]:
    """A field; ``heard`` where what is chosen may change which fields are needed."""
    made = {"type": "input", "block_id": name, "label": plain(label), "element": element}
    return {**made, **({"hint": plain(hint)} if hint else {}), **({"dispatch_action": True} if heard else {})}


def _topics(form: Form, catalogue: Catalogue, language: Language) -> dict[str, Any]:
    known = [topic(slug, catalogue, language) for slug in form.topics if slug in catalogue]
    element = {
        "type": "multi_external_select",
        "min_query_length": 0,
        "max_selected_items": MOST_TOPICS,
        "placeholder": plain(language.say("dialog-topics-typed")),
        **({"initial_options": known[:MOST_TOPICS]} if known else {}),
    }
    made = field(TOPICS, language.say("dialog-topics"), element, hint=language.say("dialog-topics-none"))
    return {**made, "optional": True}


def _days(form: Form, language: Language) -> dict[str, Any]:
    offered = {
        WEEKDAYS: language.say("dialog-weekdays"),
        DAILY: language.say("dialog-daily"),
        SOME: language.say("dialog-some-days"),
    }
    if form.cron:
        offered[KEPT] = language.say("dialog-kept", when=told(form.cron, language))
    return field(DAYS, language.say("dialog-days"), select(offered, form.days), heard=True)


def _chosen(form: Form, language: Language) -> dict[str, Any]:
    names = Locale.parse(language.locale).days["stand-alone"]["wide"]
    options = [option(names[day], str(day)) for day in range(7)]
    chosen = [options[day] for day in form.chosen]
    element = {"type": "checkboxes", "options": options, **({"initial_options": chosen} if chosen else {})}
    # An empty field is told of by us: Slack's own words do not say what to do.
    return {**field(CHOSEN, language.say("dialog-chosen"), element), "optional": True}


def _time(form: Form, language: Language) -> dict[str, Any]:
    known = {"timezone": form.zone} if is_zone(form.zone) else {}
    return field(TIME, language.say("dialog-time"), {"type": "timepicker", "initial_time": form.time or NINE, **known})


def _zone(form: Form, language: Language, now: datetime) -> dict[str, Any]:
    element = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": plain(language.say("dialog-zone-typed")),
        **({"initial_option": zone(form.zone, now)} if is_zone(form.zone) else {}),
    }
    return field(ZONE, language.say("dialog-zone"), element, heard=True)


def _size(form: Form, language: Language) -> dict[str, Any]:
    sizes = sorted({*SIZES, form.size} - {0})
    offered = {str(size): language.say("dialog-stories", count=size) for size in sizes}
    return field(SIZE, language.say("dialog-size"), select(offered, str(form.size)))


def _where(form: Form, language: Language) -> dict[str, Any]:
    offered = {ME: language.say("dialog-me"), THERE: language.say("dialog-there")}
    return field(WHERE, language.say("dialog-where"), select(offered, form.where, "radio_buttons"), heard=True)


def _channel(form: Form, language: Language) -> dict[str, Any]:
    element = {
        "type": "conversations_select",
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        **({"initial_conversation": form.channel} if form.channel else {}),
    }
    hint = language.say("dialog-channel-hint")
    return {**field(CHANNEL, language.say("dialog-channel"), element, hint=hint), "optional": True}


def select(offered: dict[str, str], chosen: str, kind: str = "static_select") -> dict[str, Any]:
    """A choice of one, of texts by their values."""
    options = {value: option(text, value) for value, text in offered.items()}
    return {
        "type": kind,
        "options": list(options.values()),
        **({"initial_option": options[chosen]} if chosen in options else {}),
    }
