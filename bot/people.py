"""People as Slack knows them: their zone, their language and whether they run the workspace; asked once an hour."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.calls import Done, call
from bot.readers import Place, user

log = structlog.get_logger(__name__)

FRESH = timedelta(hours=1)
"""How long what Slack said of a person is taken for true; a change that Slack tells of counts at once."""

_SOON = timedelta(minutes=1)  # until a question that failed is asked again
_MOST = 10_000  # people that are remembered
_ROLES = ("is_admin", "is_owner", "is_primary_owner")
_OUTSIDERS = ("is_stranger", "is_restricted", "is_ultra_restricted")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack: `id` and `team` are Slack's, `timezone` is IANA, `locale` such as ``de-DE``.

    `admin` says whether this person runs the workspace or is named in HEATLINE_ADMINS. `known` is false where Slack did not
    say: then zone and language are the settings' own, only HEATLINE_ADMINS makes an admin, and there is no name.
    """

    team: str
    id: str
    timezone: str
    locale: str = "en"
    admin: bool = False
    active: bool = True
    known: bool = True
    name: str = ""

    @property
    def place(self) -> Place:
        """The name under which something is kept for this person."""
        return user(self.team, self.id)


class People:
    """Asks Slack about people, and remembers. Without the scope users:read nobody is known, which stops nothing.

    One bot serves one workspace. What Slack sends names now that one, now a person's own, now none: once `serve` said which
    it is, everybody is kept under it, so that nobody is two people.
    """

    def __init__(
        self, slack: AsyncWebClient, timezone: str, admins: Collection[str], clock: Callable[[], datetime]
    ) -> None:
        self._slack = slack
        self._timezone = timezone
        self._admins = frozenset(admins)
        self._clock = clock
        self._team = self._enterprise = ""
        self._seen: dict[tuple[str, str], tuple[Person, datetime]] = {}  # with the moment until which it counts

    def serve(self, team: str, enterprise: str = "") -> None:
        """Serve a workspace by Slack's id, or an organization that installed the app for all of its workspaces."""
        self._team, self._enterprise = team, enterprise

    def team(self, named: str) -> str:
        """The workspace that is served; the one that a request names until that is known."""
        return self._team or named

    async def person(self, team: str, user_id: str) -> Person:
        """Somebody, by Slack's ids. Never raises: who cannot be asked about gets the settings' zone."""
        now, team = self._clock(), self.team(team)
        person, until = self._seen.get((team, user_id), (None, now))
        if person is not None and now < until:
            return person
        found = await self._asked(team, user_id)
        if not found.known and person is not None:
            found = person  # what was true an hour ago is better than nothing
        self._seen.pop((team, user_id), None)
        while len(self._seen) >= _MOST:
            self._seen.pop(next(iter(self._seen)))
        self._seen[team, user_id] = (found, now + (FRESH if found.known else _SOON))
        return found

    def changed(self, team: str, user_id: str) -> None:
        """Slack says that something about a person changed: ask again."""
        self._seen.pop((self.team(team), user_id), None)

    async def _asked(self, team: str, user_id: str) -> Person:
        named = user_id in self._admins
        asked = await call("users.info", self._slack.users_info, user=user_id, include_locale=True)
        if not isinstance(asked, Done):
            log.info("people.not_known", user=user_id, why=asked.why)
            return Person(team, user_id, self._timezone, admin=named, known=False)
        said = asked.data.get("user") or {}
        runs = any(said.get(role) for role in _ROLES) and self._belongs(said, team)
        return Person(
            team,
            user_id,
            _zone(said.get("tz")) or self._timezone,
            str(said.get("locale") or "en"),
            admin=named or runs,
            active=not said.get("deleted"),
            name=str((said.get("profile") or {}).get("display_name") or said.get("real_name") or ""),
        )

    def _belongs(self, said: Mapping[str, Any], team: str) -> bool:
        """Whether a person is a full member of a workspace: who runs another one, which shares a channel, runs not this."""
        if any(said.get(kind) for kind in _OUTSIDERS):
            return False
        wide = said.get("enterprise_user")
        wide = wide if isinstance(wide, Mapping) else {}
        if team in (wide.get("teams") or ()) or (self._enterprise and wide.get("enterprise_id") == self._enterprise):
            return True
        return said.get("team_id") in (None, "", team)


def _zone(name: object) -> str:
    """A zone that there is here, or empty."""
    try:
        return ZoneInfo(name).key if isinstance(name, str) and name else ""
    except (ValueError, OSError, LookupError):  # ZoneInfoNotFoundError is a LookupError
        return ""
