"""The docs say what is there: commands, rows, settings, rooms; and nothing committed names a package index."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from bot.cli import app
from bot.commands.news import ROWS, names
from digests.language import speaking
from digests.ranking import EDITOR, SIGNALS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
ENGLISH = speaking(None)
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def cell(text: str) -> str:
    """A text as it stands in a table of Markdown."""
    return text.replace("|", r"\|")


def test_the_readme_lists_every_form_of_news_and_no_other() -> None:
    rows = [f"| `{cell(row.usage)}` | {cell(ENGLISH.say(row.what))} |" for row in ROWS]
    assert re.findall(r"^\| `/news.*", README, re.MULTILINE) == rows


def test_the_page_about_slack_has_the_table_of_news() -> None:
    page = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    rows = [
        f"| `{cell(row.usage)}` | {cell(ENGLISH.say(row.what))} | {row.who} | `{cell(row.typed)}` |" for row in ROWS
    ]
    assert re.findall(r"^\| `/news.*", page, re.MULTILINE) == rows, "\n".join(["docs/slack.md wants:", *rows])


def test_the_page_about_slack_has_the_words_of_every_language() -> None:
    page = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    rows = [
        f"| `{' '.join(row.pattern.head)}` | {' | '.join(', '.join(names(row.pattern, code)) for code in ('de', 'ja'))} |"
        for row in ROWS
        if row.pattern.head
    ]
    table = page.partition("| form | German | Japanese |\n|---|---|---|\n")[2].partition("\n\n")[0]
    assert table.splitlines() == rows, "\n".join(["docs/slack.md wants:", *rows])


def test_the_readme_lists_every_command_and_no_other() -> None:
    commands = {
        command.name or str(command.callback.__name__)
        for command in app.registered_commands
        if command.callback and not command.hidden
    } | {str(group.name) for group in app.registered_groups}
    listed = set(re.findall(r"^\| `heatline ([\w-]+)", README, re.MULTILINE))
    assert listed == commands


@pytest.mark.parametrize("text", [README, (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")])
def test_make_targets_in_the_docs_exist(text: str) -> None:
    targets = set(re.findall(r"^([a-z-]+|\.venv/ready):", MAKEFILE, re.MULTILINE))
    assert set(re.findall(r"make ([a-z.][a-z/-]*[a-z])(?=[`\s])", text)) & {"demo", "test"}
    for target in re.findall(r"(?:^|`)make ([a-z.][a-z./-]*)", text, re.MULTILINE):
        assert target in targets, target


def test_settings_in_the_readme_are_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    nested = re.compile(r"HEATLINE_(?:DIGESTS|TOPIC)__\w+__(\w+)")
    for name in set(re.findall(r"HEATLINE_[A-Z_]+", README)):
        assert name in example or nested.fullmatch(name), name


def test_every_room_is_in_the_architecture() -> None:
    for house in ("bot", "digests", "playground"):
        for path in (ROOT / house).iterdir():
            name = f"{path.name}/" if path.is_dir() else path.name
            if name not in ("__init__.py", "__pycache__/", "commands/"):
                assert name in ARCHITECTURE, f"{house}/{name}"


def test_every_module_says_its_job() -> None:
    for house in ("bot", "digests", "playground", "tests"):
        for path in (ROOT / house).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert not text.strip() or text.startswith('"""'), path


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout: what is tracked cannot be listed")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_lock_files_pin_with_hashes_and_name_no_host() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index" not in text
        assert "--find-links" not in text
        for requirement in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in requirement, requirement


def test_sample_news_lives_on_example_domains() -> None:
    for path in tracked():
        if path.is_relative_to(ROOT / "playground" / "sample") and path.suffix == ".yaml":
            hosts = re.findall(r"(?:domain: |https?://)([\w.-]+)", path.read_text(encoding="utf-8"))
            assert hosts
            assert all(host.endswith(("example.com", "example.org", "example.net")) for host in hosts)


def test_the_editorial_page_has_every_signal_with_its_weight_and_meaning() -> None:
    page = (ROOT / "docs" / "editorial.md").read_text(encoding="utf-8")
    section = page.partition("### Ranking")[2].partition("### Selection")[0]
    rows = re.findall(r"^\| (\w+) \| ([\d.]+) \| (.+) \|$", section, re.MULTILINE)
    assert rows == [(kind.name, f"{EDITOR.weights[kind.name]:g}", kind.meaning) for kind in SIGNALS]
