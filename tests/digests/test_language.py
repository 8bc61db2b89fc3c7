"""The catalogues: whole in every language, with the same values, and every message said somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from bot.commands.news import ROWS
from digests.errors import LanguageError
from digests.language import ENGLISH, LANGUAGES, VARIANTS, speaking
from digests.topics import Catalogue

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "digests" / "language"
NOON = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)


class _Values(Visitor):
    """Collects the names of the values that a message shows; one that chooses its plural is needed where there are any."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802  # fluent's name for it
        self.found.add(node.id.name)

    def visit_SelectExpression(self, node: ast.SelectExpression) -> None:  # noqa: N802
        for variant in node.variants:
            self.visit(variant)


def messages(code: str) -> dict[str, set[str]]:
    """The messages of a language, each with the names of its values."""
    return chapters(sorted((FOLDER / code).glob("*.ftl")))


def chapters(paths: Iterable[Path]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in paths:
        for entry in FluentParser().parse(path.read_text(encoding="utf-8")).body:
            assert not isinstance(entry, ast.Junk), f"{path}: {entry.content!r}"
            if isinstance(entry, ast.Message):
                assert entry.id.name not in found, f"{path}: {entry.id.name} twice"
                values = _Values()
                values.visit(entry)
                found[entry.id.name] = values.found
    return found


def said() -> Iterator[tuple[str, str]]:
    """Every message that code or a template says by its name, with the file."""
    for house in ("bot", "digests"):
        for path in sorted((ROOT / house).rglob("*")):
            if path.suffix in (".py", ".j2") and "language" not in path.parts:
                text = path.read_text(encoding="utf-8")
                names = "say|pieces|Said|said" if "digests.language" in text else "say|pieces|Said"
                for found in re.finditer(rf"\b(?:{names})\(\s*[\"']([a-z0-9-]+)[\"']", text):
                    yield found[1], str(path.relative_to(ROOT))


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != ENGLISH])
def test_every_language_says_all_of_it_with_the_same_values(code: str) -> None:
    assert messages(code) == messages(ENGLISH)


@pytest.mark.parametrize("code", LANGUAGES)
def test_languages_have_the_same_chapters(code: str) -> None:
    assert {each.name for each in (FOLDER / code).iterdir()} == {each.name for each in (FOLDER / ENGLISH).iterdir()}


@pytest.mark.parametrize(("locale", "variant"), VARIANTS.items())
def test_a_variant_says_no_more_than_its_language_with_the_same_values(locale: str, variant: str) -> None:
    code = locale.partition("_")[0]
    whole = messages(code)
    own = chapters([FOLDER / "variants" / f"{variant}.ftl"])
    assert own
    assert {key: whole[key] for key in own} == own
    assert all(key.startswith("form-") for key in own)


def test_what_is_said_is_in_the_catalogue() -> None:
    known = messages(ENGLISH)
    assert [(key, where) for key, where in said() if key not in known] == []


def test_no_message_is_said_nowhere() -> None:
    texts = [path.read_text(encoding="utf-8") for house in ("bot", "digests") for path in (ROOT / house).rglob("*.py")]
    texts += [path.read_text(encoding="utf-8") for path in (ROOT / "digests").rglob("*.j2")]
    whole = "\n".join(texts)
    named = {f"topic-{topic.slug}" for topic in Catalogue.builtin().topics}  # said by their slugs
    named |= {f"command-{'-'.join(row.pattern.head)}" for row in ROWS}
    assert [
        key for key in messages(ENGLISH).keys() - named if f'"{key}"' not in whole and f"'{key}'" not in whole
    ] == []


def test_every_built_in_topic_has_a_name_in_each_language_by_which_it_can_be_asked_for() -> None:
    catalogue = Catalogue.builtin()
    assert {f"topic-{topic.slug}" for topic in catalogue.topics} == {
        key for key in messages(ENGLISH) if key.startswith("topic-")
    }
    for code in LANGUAGES:
        names = {topic.slug: speaking(code).topic(topic.slug, topic.name) for topic in catalogue.topics}
        assert len(set(names.values())) == len(names)
        for slug, name in names.items():
            found = catalogue.find(name, keywords=False)
            assert found is not None, name
            assert found.slug == slug, name
    assert speaking("en").topic("drones", "Drones") == "Drones"
    assert speaking("de").topic("drones", "Drones") == "Drohnen"


def test_a_topic_that_an_admin_named_keeps_that_name_and_comes_first() -> None:
    own = Catalogue.builtin().extended(
        {"drones": {"name": "Flying things"}, "mine": {"name": "Drohnen", "keywords": "x"}}
    )
    assert speaking("de").topic("drones", own.get("drones").name) == "Flying things"
    assert speaking("de").topic("mine", "Drohnen") == "Drohnen"
    found = own.find("drohnen")
    assert found is not None
    assert found.slug == "mine"


def test_an_unknown_message_or_a_value_that_lacks_is_an_error_with_its_name() -> None:
    with pytest.raises(LanguageError, match="no-such-message"):
        speaking("en").say("no-such-message")
    with pytest.raises(LanguageError, match="admins-only"):
        speaking("en").say("admins-only")


def test_a_value_is_text_and_nothing_else() -> None:
    text = "{ $usage } <!channel> *bold* \N{RIGHT-TO-LEFT MARK}"
    assert speaking("de").say("admins-only", usage=text).startswith(f"{text} ist")


@pytest.mark.parametrize(
    ("locale", "code"),
    [
        ("de-AT", "de"),
        ("de", "de"),
        ("ja_JP", "ja"),
        ("en-US", "en"),
        ("fr-FR", "en"),
        ("", "en"),
        (None, "en"),
        ("?", "en"),
    ],
)
def test_a_locale_is_spoken_to_in_its_language_or_in_english(locale: str | None, code: str) -> None:
    assert speaking(locale).code == code


@pytest.mark.parametrize(
    ("code", "date", "moment", "number"),
    [
        ("en", "Mon 23 Nov", "Mon 23 Nov 13:05", "1,234"),
        ("en-GB", "Mon 23 Nov", "Mon 23 Nov 13:05", "1,234"),
        ("en-US", "Mon, Nov 23", "Mon, Nov 23, 1:05 PM", "1,234"),
        ("de", "Mo. 23. Nov.", "Mo. 23. Nov., 13:05", "1.234"),
        ("ja", "11月23日(月)", "11月23日(月) 13:05", "1,234"),
    ],
)
def test_dates_and_numbers_are_written_as_people_do(code: str, date: str, moment: str, number: str) -> None:
    language = speaking(code)
    assert language.date(NOON, "Europe/Berlin") == date
    assert language.moment(NOON, "Europe/Berlin") == moment
    assert language.number(1234) == number


def test_lists_are_joined_as_people_do() -> None:
    assert speaking("en").all_of(["a", "b", "c"]) == "a, b and c"
    assert speaking("de").any_of(["a", "b"]) == "a oder b"
    assert speaking("ja").all_of(["a", "b"]) == "a、b"
