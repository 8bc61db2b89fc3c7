"""Whatever people and publishers write reaches the database as a value, never as a part of a statement."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, inspect

from bot.readers import user
from digests.library import Filed, Stamp
from playground.slack import NEWS, READER, Person
from tests.bot.running_bot import bot
from tests.bot.test_secrets import stories, values
from tests.making import article

MARK = "quokka"
ATTACKS = (
    f"{MARK}'; DROP TABLE articles; --",
    f'{MARK}"; DELETE FROM deliveries; --',
    f"{MARK}' OR '1'='1",
    f"{MARK}) UNION SELECT document FROM articles --",
    f"{MARK} NEAR/2 x* AND (title: y) OR NOT z^",
    f"{MARK}%_\\ :name ? $1 {{}} %s %(x)s",
)


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Every statement that any engine runs."""
    ran: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        ran.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield ran
    event.remove(Engine, "before_cursor_execute", note)


async def test_what_people_write_is_bound(tmp_path: Path, statements: list[str]) -> None:
    async with bot(tmp_path) as (slack, service):
        room = service.room
        hostile = [
            article(
                f"AI robots: {attack}",
                hours=number + 1,
                provider=f"Wire {attack}",
                url=f"https://a.example.com/{MARK}{number}",
            )
            for number, attack in enumerate(ATTACKS)
        ]
        filed = [Filed(f"{MARK}{n} ' \" --.md", Stamp(1, 1, "x"), each) for n, each in enumerate(hostile)]
        room.library.put(f"folder:/{MARK}' --", filed)
        room.desk.take_in(service.clock())
        tables = set(inspect(room.library.database._engine).get_table_names())
        person, deliveries = Person(slack, READER.id), len(room.ledger.unfinished())
        for attack in ATTACKS:
            for asked in (
                attack,
                f'"{attack}"',
                f"robots -{attack}",
                f"source:{attack}",
                f'source:"{attack}"',
                f"topic:{attack}",
                f"since:{attack} sort:{attack}",
                f"mute {attack}",
                f"unmute {attack}",
                f"subscribe {attack}",
                f"unsubscribe {attack}",
                f"why {attack}",
                f"digest {attack}",
            ):
                assert (await person.slash("/news", asked)).ok, asked
            assert (await person.tell(attack))[1].ok
        answer = await stories(slack, person, f'"{MARK}"')
        assert MARK in answer.text
        menu = list(values(answer.blocks))
        first = menu[0].partition(" ")[2]
        for choice in [each for each in menu if each.endswith(f" {first}") and not each.startswith("share ")]:
            assert (await person.click("story_menu", choice, answer)).ok
        now = service.clock().replace(microsecond=0)
        await service.publisher.publish(room.settings.digests[0], now, now)
        assert set(inspect(room.library.database._engine).get_table_names()) == tables
        assert {each.url for each in hostile} <= {each.url for each in room.library.articles()}
        assert len(room.ledger.unfinished()) == deliveries
        assert room.saved.count(user(slack.team_id, READER.id)) >= 1
        assert slack.messages(NEWS.id)
    ran = [statement for statement in statements if "INSERT INTO articles" in statement]
    assert ran
    assert len(statements) > 500
    assert not [statement for statement in statements if MARK in statement]
