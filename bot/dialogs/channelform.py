"""What stands in the dialog of a channel's digest: as a value, from what the channel has and from what Slack sends. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.dialogs import form as forms
from bot.dialogs.form import ME, MOST_TOPICS, Form, carried, chosen_in, problems
from bot.plan import Outlet, standard_own
from bot.readers.variants import Own
from digests.language import LANGUAGES
from digests.topics import Catalogue

LANGUAGE = "language"
"""The field that a subscription does not have."""


@dataclass(frozen=True, slots=True)
class ChannelForm:
    """What a channel is to have as its own of a digest, as somebody fills it in.

    ``digest`` and ``channel`` are as the settings name them, ``serial`` is the last change that the person has seen.
    """

    form: Form
    language: str
    digest: str
    channel: str
    serial: int

    @property
    def origin(self) -> str:
        """The conversation that the dialog was opened in, if any."""
        return self.form.origin

    @property
    def own(self) -> Own:
        """What the channel is to have; only of a form without `wrong`."""
        form = self.form
        return Own(form.topics, form.schedule, form.zone, form.size, self.language)

    def about(self) -> str:
        """What the dialog carries besides its fields, in the 3,000 characters that it may."""
        about = {"digest": self.digest, "channel": self.channel, "serial": str(self.serial), "origin": self.origin}
        return json.dumps(about)


def of_outlet(outlet: Outlet, origin: str = "") -> ChannelForm:
    """What a channel has, as it is changed."""
    has = outlet.own or standard_own(outlet.standard)
    form = Form(topics=has.topics[:MOST_TOPICS], zone=has.timezone, size=has.size, where=ME, origin=origin)
    serial = outlet.variant.serial if outlet.variant else 0
    form = forms.scheduled(form, has.cron)
    return ChannelForm(form, has.language, outlet.standard.name, outlet.channel, serial)


def read(view: Mapping[str, Any]) -> ChannelForm:
    """What was filled in. Slack sends it, so anybody's text may be in it, of any length."""
    about = carried(view, ("digest", "channel", "serial"))
    number = about["serial"]
    serial = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0
    filled = replace(forms.read(view), where=ME, channel="", key="", like="")
    return ChannelForm(filled, chosen_in(view, LANGUAGE), about["digest"], about["channel"], serial)


def wrong(filled: ChannelForm, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """What is wrong with a form, each as its field and the message that says so."""
    yield from problems(filled.form, catalogue)
    if filled.language not in LANGUAGES:
        yield LANGUAGE, "channel-no-language"
