"""The bot speaks people's languages, at the wire: each command, button, dialog and mishap; and nobody forgets the catalogue."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.actions import VERBS
from bot.clock import utc_now
from bot.commands.news import LONGEST, ROWS
from bot.delivery import Corrections
from bot.delivery.slack_errors import SLACK_ERRORS
from bot.errors import said_of
from bot.service import Service
from digests.language import ENGLISH, LANGUAGES, speaking
from digests.topics import Catalogue
from playground import sample
from playground.slack import ADMIN, OTHER, READER, Fault, Json, Message, Person, Workspace, check_message, happenings
from playground.slack.forms import interactive
from playground.slack.state import PRIVATE
from tests.bot.running_bot import bot
from tests.bot.test_actions import choices, forged, menu
from tests.spoken import foreign, sentences

ROOT = Path(__file__).parents[2]
OTHERS = [code for code in LANGUAGES if code != ENGLISH]
BOTH = pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket"])
LOCALES = {"de": "de-AT", "ja": "ja-JP"}
NEWS_TEXTS = tuple(
    text for each in sample.articles(utc_now()) for text in (each.title, each.excerpt, each.provider.name, each.url)
)
KNOWN = (
    *NEWS_TEXTS,
    *(text for topic in Catalogue.builtin().topics for text in (topic.name, topic.slug, *topic.keywords)),
    *(text for row in ROWS for text in (row.usage, row.typed)),
    "AI digest daily zzqx scource wire",
)


@dataclass(frozen=True)
class Scene:
    """A bot that posted its digest in a language, and somebody who speaks it."""

    code: str
    slack: Workspace
    service: Service
    reader: Person
    parent: Message

    def heard(self, *texts: str) -> None:
        """These were said, and nothing of it in English."""
        for text in texts:
            assert text.strip()
            assert [each for each in sentences(self.code) if each in text] == []
            assert foreign([text], self.code, KNOWN) == set(), text

    async def choose(self, verb: str, place: int = 0, message: Message | None = None) -> Message:
        """Choose an entry of a story's menu; what comes back."""
        block, value = menu(message or self.parent, verb, place)
        reply = await self.reader.click("story_menu", value, on=message or self.parent, block_id=block, patience=3)
        (answer,) = reply.messages
        assert check_message({"text": answer.text, "blocks": list(answer.blocks)}) is None
        self.heard(answer.visible_text(), answer.text)
        return answer

    async def ask(self, question: str) -> Message:
        """Ask; what comes back."""
        (answer,) = (await self.reader.slash("/news", question)).messages
        self.heard(answer.visible_text(), answer.text)
        return answer

    async def press(self, message: Message, action: str) -> str:
        """Press a button of what only the reader sees; what stands there then."""
        value = next(each["value"] for _, each in interactive(message.blocks) if each["action_id"] == action)
        await self.reader.click(action, value, on=message)
        there = lambda: next(each for each in self.slack.ephemerals() if each.ts == message.ts)  # noqa: E731
        await self.slack.wait_for(lambda: there().edited != message.edited, 3)
        self.heard(there().visible_text())
        return there().visible_text()


@asynccontextmanager
async def scene(folder: Path, code: str, socket_mode: bool) -> AsyncIterator[Scene]:
    slack = Workspace()
    slack.add_user(replace(READER, locale=LOCALES[code]))
    async with bot(folder, workspace=slack, socket_mode=socket_mode, HEATLINE_LANGUAGE=code) as (_, service):
        digest = service.room.settings.digests[0]
        now = utc_now()
        await service.publisher.publish(digest, now.replace(second=0, microsecond=0), now)
        parent = slack.messages(digest.channels[0])[0]
        yield Scene(code, slack, service, Person(slack, READER.id), parent)


@pytest.mark.parametrize("code", OTHERS)
@BOTH
async def test_a_digest_is_posted_in_its_language(tmp_path: Path, socket_mode: bool, code: str) -> None:
    async with scene(tmp_path, code, socket_mode) as the:
        posted = the.slack.all_messages(the.parent.channel)
        assert len(posted) > 1
        for message in posted:
            the.heard(message.text, message.visible_text())


@BOTH
async def test_dates_and_times_are_written_as_in_the_askers_country(tmp_path: Path, socket_mode: bool) -> None:
    slack = Workspace()
    slack.add_user(replace(READER, locale="en-US"))
    async with bot(tmp_path, workspace=slack, socket_mode=socket_mode):
        said = (await Person(slack, READER.id).slash("/news", "subscribe robotics at 20:30 on mondays")).text
        assert "Robotics, every Monday at 8:30 PM (America/New_York)" in said.replace("\u202f", " ")
        assert re.search(r"The first comes Mon, [A-Z][a-z]{2} \d+, 8:30 PM\.", said.replace("\u202f", " "))
        british = (await Person(slack).slash("/news", "subscribe robotics at 20:30 on mondays")).text
        assert re.search(r"every Monday at 20:30 .* The first comes Mon \d+ [A-Z][a-z]{2} 20:30\.", british)


@pytest.mark.parametrize("code", OTHERS)
@BOTH
async def test_every_form_of_news_answers_in_the_askers_language(tmp_path: Path, socket_mode: bool, code: str) -> None:
    async with scene(tmp_path, code, socket_mode) as the:
        for row in ROWS:
            await the.ask(row.example)
        for question in (
            "zzqx",
            "robots source:zzqx since:1h",
            "source:zzqx",
            "robots sort:hot -police",
            "digest zzqx",
            "scource:wire robots",
            "x" * (LONGEST + 1),
            "topic:zzqx",
        ):
            if len(question) > LONGEST:
                reply = await the.reader.slash("/news", question)
                assert f"{LONGEST}" in reply.text
                the.heard(reply.text)
            else:
                await the.ask(question)


@pytest.mark.parametrize("code", OTHERS)
@BOTH
async def test_every_button_answers_in_the_language_of_who_pressed_it(
    tmp_path: Path, socket_mode: bool, code: str
) -> None:
    async with scene(tmp_path, code, socket_mode) as the:
        done = set()
        for verb in ("save", "save", "related", "why", "less"):
            answer = await the.choose(verb)
            done.add(verb)
        await the.press(answer, "story_unvote")
        listed = await the.ask("saved")
        await the.press(listed, "story_drop")
        await the.choose("less")
        told = await the.ask("forget me")
        await the.press(told, "news_forget")
        await the.press(await the.ask("ai"), "news_next")
        nowhere = await the.ask("ai")
        assert {value.split(" ")[0] for _, value in choices(nowhere)} == {"related", "why", "save", "share"}
        assert done <= VERBS.keys()
        for action in ({"action_id": "story_menu", "selected_option": {"value": "fly 1"}}, {"action_id": "story_save"}):
            the.heard((await forged(the.reader, the.parent, action)).text)


@pytest.mark.parametrize("code", OTHERS)
@BOTH
async def test_what_readers_want_is_answered_in_their_language(tmp_path: Path, socket_mode: bool, code: str) -> None:
    async with scene(tmp_path, code, socket_mode) as the:
        await the.press(await the.choose("more"), "story_unvote")
        await the.choose("mute")
        await the.choose("less")
        await the.choose("tune", 1)
        for question in (
            "mute robotics",
            "muted",
            "unmute robots",
            "mute ai",
            "mute zzqx",
            "mute drones",
            "why 99",
            "why https://a.example",
        ):
            await the.ask(question)
        await the.press(await the.ask("reset"), "news_reset_1")
        await the.press(await the.ask("muted"), "news_unmute_1")
        for action, value in (("more_next", None), ("rate", "up"), ("rate", "down")):
            reply = await the.reader.click(action, value, on=the.parent, patience=3)
            the.heard(reply.text, *(each.visible_text() for each in reply.messages))
        gone = await forged(the.reader, the.parent, {"action_id": "more_next", "value": "zzqx 1 0"})
        the.heard(gone.text)


@pytest.mark.parametrize("code", OTHERS)
@BOTH
async def test_what_admins_ask_is_answered_in_their_language(tmp_path: Path, socket_mode: bool, code: str) -> None:
    async with scene(tmp_path, code, socket_mode) as the:
        the.slack.add_user(replace(READER, locale=LOCALES[code], is_admin=True))
        await the.ask("status")
        the.slack.scopes.discard("channels:history")
        await the.ask("status")
        the.slack.faults.add(Fault("auth.test", "refused", error="fatal_error"))
        await the.ask("status")
        await the.press(await the.ask("post"), "news_post")


@pytest.mark.parametrize("code", OTHERS)
@BOTH
async def test_the_dialog_and_what_comes_of_it_are_in_the_sharers_language(
    tmp_path: Path, socket_mode: bool, code: str
) -> None:
    async with scene(tmp_path, code, socket_mode) as the:
        block, value = menu(the.parent, "share")
        (dialog,) = (await the.reader.click("story_menu", value, on=the.parent, block_id=block, patience=3)).views
        the.heard(dialog.visible_text(), *(dialog.payload[part]["text"] for part in ("title", "submit", "close")))
        for place in (PRIVATE.id, "D0READER001"):
            refused = await the.reader.submit_view(dialog, {"conversation": place})
            the.heard(refused.errors["where"])
        the.slack.faults.add(Fault("chat.postMessage", "refused", error="is_archived"))
        the.heard((await the.reader.submit_view(dialog, {"conversation": OTHER.id})).errors["where"])
        the.slack.faults.clear()
        assert not (await the.reader.submit_view(dialog, {"conversation": OTHER.id})).errors
        (find,) = the.slack.messages(OTHER.id)
        the.heard(find.text, find.visible_text())
        the.slack.faults.add(Fault("views.open", "refused", error="expired_trigger_id"))
        late = await the.reader.click("story_menu", value, on=the.parent, block_id=block, patience=3)
        the.heard(late.text)
        the.slack.faults.clear()
        (dialog,) = (await the.reader.click("story_menu", value, on=the.parent, block_id=block, patience=3)).views
        the.slack.faults.add(Fault("chat.postMessage", "lost_reply"))
        before = len(the.slack.ephemerals())
        await the.reader.submit_view(dialog, {"conversation": OTHER.id})
        await the.slack.wait_for(lambda: len(the.slack.ephemerals()) > before, 8)
        the.heard(the.slack.ephemerals()[-1].visible_text())


@BOTH
async def test_a_find_is_in_the_language_of_the_channel_where_a_digest_comes(tmp_path: Path, socket_mode: bool) -> None:
    async with scene(tmp_path, "de", socket_mode) as the:
        the.slack.add_user(replace(READER, locale="en-GB"))
        for place, words in ((the.parent.channel, " teilt "), (OTHER.id, " shares ")):
            block, value = menu(the.parent, "share")
            reply = await Person(the.slack, READER.id).click(
                "story_menu", value, on=the.parent, block_id=block, patience=3
            )
            assert not (await the.reader.submit_view(reply.views[0], {"conversation": place})).errors
            assert words in the.slack.messages(place)[-1].visible_text()


@contextmanager
def broken_library(service: Service) -> Iterator[None]:
    """The library without its table of articles."""
    for there, to in (("articles", "away"), ("away", "articles")):
        with service.room.library.database.write() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {there} RENAME TO {to}")
        if to == "away":
            yield


@pytest.mark.parametrize("code", OTHERS)
@BOTH
async def test_mishaps_are_told_in_their_language(
    tmp_path: Path, socket_mode: bool, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(_self: Corrections) -> None:
        """What looks for corrections each second would log its own mishap with a long traceback, and hold us up."""

    monkeypatch.setattr(Corrections, "look", nothing)
    async with scene(tmp_path, code, socket_mode) as the:
        again = speaking(code).say("try-again")
        block, value = menu(the.parent, "share")
        (dialog,) = (await the.reader.click("story_menu", value, on=the.parent, block_id=block, patience=3)).views
        with broken_library(the.service):
            refused = await the.reader.submit_view(dialog, {"conversation": OTHER.id})
            assert refused.errors == {"where": speaking(code).say("not-now")}
            assert (await the.choose("save")).visible_text() == speaking(code).say("not-now")
            assert (await the.choose("share")).visible_text() == again
            assert (await the.ask("robots")).visible_text() == speaking(code).say("no-news-now")
        broken: Json = {}
        monkeypatch.setattr("bot.modals.shared", lambda _view: broken["no"])
        assert (await the.reader.submit_view(dialog, {"conversation": OTHER.id})).errors == {"where": again}
        monkeypatch.setattr("bot.commands.news.answer", lambda *_: broken["no"])
        assert (await the.reader.slash("/news", "robots")).text == again
        monkeypatch.setattr("bot.pressing.read", lambda *_: broken["no"])
        assert (await the.choose("save")).visible_text() == again


@pytest.mark.parametrize("code", OTHERS)
@BOTH
async def test_what_takes_long_says_so_in_the_askers_language(
    tmp_path: Path, socket_mode: bool, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*_: object) -> Message:
        await asyncio.sleep(0.5)
        raise ValueError("too slow")

    monkeypatch.setattr("bot.app.PATIENCE", 0.2)
    monkeypatch.setattr("bot.commands.news.answer", slow)
    async with scene(tmp_path, code, socket_mode) as the:
        reply = await the.reader.slash("/news", "robots")
        assert reply.text == speaking(code).say("looking")
        await the.service.app.drain()
        assert reply.text == speaking(code).say("try-again")


@pytest.mark.parametrize("code", OTHERS)
@BOTH
async def test_every_other_way_in_speaks_the_askers_language(tmp_path: Path, socket_mode: bool, code: str) -> None:
    async with scene(tmp_path, code, socket_mode) as the:
        direct = the.slack.direct_message(READER.id).id
        for words in ("hello", "thanks", "robots", "x" * (LONGEST + 1)):
            await the.reader.tell(words)
            the.heard(the.slack.messages(direct)[-1].visible_text())
        await the.reader.mention("saved")
        the.heard(the.slack.ephemerals()[-1].visible_text())
        for place in (OTHER.id, the.parent.channel):
            await happenings.invited(the.reader, place)
            the.heard(the.slack.ephemerals()[-1].visible_text())
        (dialog,) = (await the.reader.shortcut("search_news", patience=3)).views
        the.heard(dialog.visible_text(), *(dialog.payload[part]["text"] for part in ("title", "submit", "close")))
        await the.reader.submit_view(dialog, {"question": "robots"})
        the.heard(the.slack.views[dialog.id].visible_text())
        for text in ("zzqx zzqx", "31", the.service.room.library.articles()[0].url):
            message = the.slack.store(Message(OTHER.id, the.slack.next_ts(), text, ADMIN.id, origin="person"))
            (dialog,) = (await the.reader.shortcut("related_news", on=message, patience=3)).views
            await the.service.app.drain()
            found = the.slack.views[dialog.id]
            the.heard(found.visible_text(), *(found.payload[part]["text"] for part in ("title", "close")))


@pytest.mark.parametrize("code", OTHERS)
def test_what_slack_refuses_is_told_in_the_language(code: str) -> None:
    for row in SLACK_ERRORS.values():
        told = speaking(code).tell(said_of(row.code))
        assert foreign([told], code, ["Heatline invite OAuth Permissions heatline check"]) == set(), told


# --- nobody forgets the catalogue

_SHOW = {"notice", "Button", "_plain", "help", "say_so"}
"""Functions whose first argument people see."""

_TEXT_KEYS = {"text", "alt_text", "placeholder", "label", "title", "hint", "description"}
_WORDS = re.compile(r"[A-Za-z]{2,}")
_OPERATORS = {"cli.py", "check.py", "terminal.py", "feeds.py", "previews.py", "manifest.py"}
"""What an operator reads, in a terminal or at api.slack.com: in English."""


def literals(node: ast.AST) -> Iterator[str]:
    """The texts in an expression that are shown as they are: not keys of messages, nor their values."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Call):
        return
    elif isinstance(node, ast.JoinedStr | ast.BinOp | ast.IfExp | ast.BoolOp):
        for child in ast.iter_child_nodes(node):
            yield from literals(child)


def shown(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Texts of a module's own that people in Slack would see, by line."""
    for node in ast.walk(tree):
        found: list[ast.AST] = []
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            found += node.args[:1] if name in _SHOW else []
            found += [
                each.value for each in node.keywords if each.arg in _TEXT_KEYS and name not in ("Option", "option")
            ]
        elif isinstance(node, ast.Dict):
            found += [
                value
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and key.value in _TEXT_KEYS
            ]
        for each in found:
            yield from ((node.lineno, text) for text in literals(each) if _WORDS.search(text))


def test_no_module_of_the_bot_shows_words_of_its_own() -> None:
    odd = []
    for path in sorted((ROOT / "bot").rglob("*.py")):
        if path.name not in _OPERATORS and "settings" not in path.parts and "migrations" not in path.parts:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            odd += [f"{path.relative_to(ROOT)}:{line}: {text!r}" for line, text in shown(tree)]
    assert odd == [], "say it with a message of digests/language: room.say(KEY), or Said(KEY)"


def test_words_of_its_own_would_be_found() -> None:
    code = """
room.renderer.notice("Saved it")
notice(f"Gone: {title}")
Button("Undo", "x", "y")
ack(text="Still looking")
view = {"type": "plain_text", "text": "Where to"}
room.renderer.notice(room.say("saved", title="x"))
"""
    assert [line for line, _ in shown(ast.parse(code))] == [2, 3, 4, 5, 6]


_SCALAR = re.compile(r"\b(?:text|alt_text):[ ]*(?!\{)([^{},\n]+)")
_VALUE = re.compile(r"\b(?:text|alt_text):\s*\{\{(.*?)\}\}", re.DOTALL)
_SAYING = re.compile(
    r"\b(?:say|pieces)\((?:[^()]|\([^()]*\))*\)|\[\"[a-z_]+\"\]|(?:==|!=)\s*\"[a-z_]+\"|\{\"[^}]*\}\[\w+\]"
)
_QUOTED = re.compile(r"\"([^\"]*)\"")


def bare(template: str) -> Iterator[str]:
    """Texts of a template's own, outside of comments."""
    text = re.sub(r"\{#.*?#\}", "", template, flags=re.DOTALL)
    yield from (found for found in _SCALAR.findall(text) if _WORDS.search(found))
    for inside in _VALUE.findall(text):
        yield from (
            found for found in _QUOTED.findall(_SAYING.sub("", inside)) if _WORDS.search(found.replace("\\n", ""))
        )


def test_no_template_shows_words_of_its_own() -> None:
    for path in sorted((ROOT / "digests" / "rendering" / "templates").glob("*.yaml.j2")):
        assert list(bare(path.read_text(encoding="utf-8"))) == [], path.name


def test_words_of_a_template_would_be_found() -> None:
    assert list(bare('- {type: text, text: "Did you mean"}')) == ['"Did you mean"']
    assert list(bare("text: {type: plain_text, text: Save, emoji: false}")) == ["Save"]
    assert list(bare('- text: {{ "What " ~ command ~ say("x") }}')) == ["What "]
    assert list(bare('- text: {{ say("x", a="b") ~ " · " }}{# text: Save #}')) == []
