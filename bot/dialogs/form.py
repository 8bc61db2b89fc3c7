"""What stands in the dialog of a subscription: as a value, from a subscription and from what Slack sends. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.dialogs.choices import is_zone
from bot.membership import PLACE
from bot.readers import Subscription
from bot.readers.subscriptions import LARGEST
from bot.when import DEFAULT, When, of_cron
from digests.topics import Catalogue

TOPICS, DAYS, CHOSEN, TIME, ZONE, SIZE, WHERE, CHANNEL = (
    "topics",
    "days",
    "chosen",
    "time",
    "zone",
    "size",
    "where",
    "channel",
)
"""The fields, by the block_id that each has."""

WEEKDAYS, DAILY, SOME, KEPT = "weekdays", "daily", "some", "kept"
"""The choices of days: `KEPT` leaves a schedule as it is that the dialog could not show."""

ME, THERE = "me", "there"
"""The choices of where to."""

SIZES = (3, 5, 8, 12)
"""The choices of how many stories."""

MOST_TOPICS = 50
"""Topics of a subscription."""

NINE = f"{DEFAULT.hours[0]:02}:{DEFAULT.minute:02}"
"""The time where nobody says another."""

_GROUPS = {WEEKDAYS: tuple(range(5)), DAILY: tuple(range(7))}
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_TEXT = 100


@dataclass(frozen=True, slots=True)
class Form:
    """A subscription as somebody fills it in.

    ``key`` is that of the subscription that is changed, empty for a new one; ``cron`` its schedule where the dialog could
    not show that: it is looked up, and never carried by a dialog. ``chosen`` are days of the week, Monday 0. ``origin`` is
    the conversation that the dialog was opened in, if any; ``like`` the digest of the settings that it was opened under.
    """

    topics: tuple[str, ...] = ()
    days: str = WEEKDAYS
    chosen: tuple[int, ...] = _GROUPS[WEEKDAYS]
    time: str = NINE
    zone: str = "UTC"
    size: int = 5
    where: str = ME
    channel: str = ""
    key: str = ""
    cron: str = ""
    origin: str = ""
    like: str = ""

    @property
    def schedule(self) -> str:
        """The crontab line; only of a form without `problems`."""
        if self.days == KEPT:
            return self.cron
        hour, minute = map(int, self.time.split(":"))
        return When(_GROUPS.get(self.days, self.chosen), (hour,), minute).cron

    def about(self) -> str:
        """What the dialog carries besides its fields, in the 3,000 characters that it may."""
        return json.dumps({"key": self.key, "origin": self.origin, "like": self.like})


def of_subscription(subscription: Subscription, origin: str = "") -> Form:
    """A subscription as it is changed."""
    form = Form(
        topics=subscription.topics,
        zone=subscription.timezone,
        size=subscription.size,
        where=ME if subscription.direct else THERE,
        channel="" if subscription.direct else subscription.where,
        key=subscription.id,
        origin=origin,
    )
    return scheduled(form, subscription.cron)


def scheduled(form: Form, cron: str) -> Form:
    """A form with a schedule in it."""
    when = of_cron(cron)
    if when is None or len(when.hours) != 1:
        return replace(form, days=KEPT, cron=cron)
    days = next((name for name, group in _GROUPS.items() if group == when.days), SOME)
    return replace(form, days=days, chosen=when.days, time=f"{when.hours[0]:02}:{when.minute:02}")


def read(view: Mapping[str, Any]) -> Form:
    """What was filled in. Slack sends it, so anybody's text may be in it, of any length."""

    def field(name: str) -> Mapping[str, Any]:
        return _field(view, name)

    about = carried(view, ("key", "origin", "like"))
    size = str(_value(field(SIZE)))
    channel = str(field(CHANNEL).get("selected_conversation") or "")
    chosen = {int(day) for day in _values(field(CHOSEN)) if day in set("0123456")}
    return Form(
        topics=tuple(dict.fromkeys(_values(field(TOPICS))))[:MOST_TOPICS],
        days=_value(field(DAYS)),
        chosen=tuple(sorted(chosen)) if field(CHOSEN) else _GROUPS[WEEKDAYS],
        time=_time(field(TIME)),
        zone=_value(field(ZONE)),
        size=int(size) if size.isdecimal() and len(size) < 3 else 0,
        where=_value(field(WHERE)),
        channel=channel if PLACE.fullmatch(channel) else "",
        **about,
    )


def problems(form: Form, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """What is wrong with a form, each as its field and the message that says so."""
    if any(slug not in catalogue for slug in form.topics):
        yield TOPICS, "dialog-no-topic"
    if form.days not in (WEEKDAYS, DAILY, SOME) and not (form.days == KEPT and form.cron):
        yield DAYS, "dialog-no-days"
    if form.days == SOME and not form.chosen:
        yield CHOSEN, "dialog-no-days"
    if form.days != KEPT and not form.time:
        yield TIME, "dialog-no-time"
    if not is_zone(form.zone):
        yield ZONE, "dialog-no-zone"
    if not 1 <= form.size <= LARGEST:
        yield SIZE, "dialog-no-size"
    if form.where not in (ME, THERE):
        yield WHERE, "dialog-no-where"
    if form.where == THERE and not form.channel:
        yield CHANNEL, "dialog-no-channel"


def carried(view: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    """What a dialog carries besides its fields; empty where it does not."""
    try:
        said = json.loads(str(view.get("private_metadata") or "{}"))
    except ValueError:
        said = {}
    return {name: str(said.get(name) or "")[:_TEXT] if isinstance(said, dict) else "" for name in names}


def chosen_in(view: Mapping[str, Any], name: str) -> str:
    """The value that was chosen in a field; empty where none was."""
    return _value(_field(view, name))


def _field(view: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    values = (view.get("state") or {}).get("values") or {}
    return next(iter((values.get(name) or {}).values()), None) or {}


def _time(field: Mapping[str, Any]) -> str:
    """A time of day; empty for one that is none, our own where the dialog does not ask for it."""
    said = str(field.get("selected_time") or "")
    return said if _TIME.fullmatch(said) else "" if field else NINE


def _value(field: Mapping[str, Any]) -> str:
    return str((field.get("selected_option") or {}).get("value") or "")[:_TEXT]


def _values(field: Mapping[str, Any]) -> Sequence[str]:
    return [str(each.get("value") or "")[:_TEXT] for each in field.get("selected_options") or ()]
