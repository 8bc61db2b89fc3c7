"""The command line: every command on sample news and on real articles, and clear errors."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.news import ROWS
from bot.terminal import REJECTED, UNUSABLE
from digests.articles import dump
from playground import sample
from playground.slack import BOT_TOKEN, NEWS, SIGNING_SECRET, STRANGE, Fault, ThreadedSlack
from tests.making import article
from tests.shared import FOLDER, needs_shared


class Shell:
    """Runs `heatline` in a folder of its own with nothing of the machine's environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.articles = folder / "articles"
        self.env = {
            "HEATLINE_DATABASE_URL": f"sqlite:///{folder / 'heatline.db'}",
            "HEATLINE_ARTICLES": str(self.articles),
            "HEATLINE_TOPICS": "facial-recognition, robotics, ai",
        }

    def __call__(self, *arguments: str, code: int = 0, **env: str) -> Result:
        result = CliRunner().invoke(app, list(arguments), env={**self.env, **env})
        assert result.exit_code == code, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    made = Shell(tmp_path)
    sample.write(made.articles, datetime.now(UTC))
    return made


def test_sync_says_what_it_did(shell: Shell) -> None:
    assert shell("sync").stdout == "253 loaded, 0 unchanged, 0 withdrawn, 0 rejected\n"
    (shell.articles / "bad.md").write_text("---\ntitle: x\n---\n", encoding="utf-8")
    next(shell.articles.glob("*.md")).unlink(missing_ok=True)
    result = shell("sync", code=REJECTED)
    assert "1 rejected" in result.stdout
    assert "bad.md" in result.stderr
    assert "no address" in result.stderr


def test_sync_needs_a_folder_that_is_there(shell: Shell, tmp_path: Path) -> None:
    assert "HEATLINE_ARTICLES" in shell("sync", code=UNUSABLE, HEATLINE_ARTICLES="", HEATLINE_FEEDS="no").stderr
    assert "nothing of it withdrawn" in shell("sync", str(tmp_path / "nowhere"), code=REJECTED).stderr


@pytest.mark.parametrize("format_", ["terminal", "text", "blocks", "html", "json"])
def test_preview(shell: Shell, format_: str) -> None:
    shell("sync")
    shown = shell("preview", "--format", format_, "--stories", "5").stdout
    assert "five-year pause" in shown
    if format_ == "json":
        sections = json.loads(shown)["sections"]
        stories = [story for section in sections for story in section["stories"]]
        assert len(stories) == 5
        assert {"url", "coverage", "title", "provider", "topics", "quality", "heat", "score", "signals"} <= set(
            stories[0]
        )
    if format_ == "blocks":
        assert json.loads(shown)["parent"]["blocks"][0]["type"] == "header"
    if format_ == "html":
        assert shown.startswith("<!doctype html>")


def test_preview_neither_sends_nor_remembers(shell: Shell) -> None:
    shell("sync")
    assert shell("preview", "--format", "text").stdout == shell("preview", "--format", "text").stdout


@pytest.mark.parametrize("format_", ["terminal", "text", "blocks", "html", "json"])
def test_preview_says_where_the_news_is_when_none_lies_in_the_window(shell: Shell, format_: str) -> None:
    shell("sync")
    late = ("preview", "--format", format_, "--at", (datetime.now(UTC) + timedelta(days=3)).isoformat())
    result = shell(*late)
    assert "No article was published in the 24 h before" in result.stderr
    assert "newest stored article is of" in result.stderr
    assert "heatline sync" in result.stderr
    window, at = re.findall(r"`(--\w+) (\S+)`", result.stderr)
    assert "A quiet spell" in result.stdout or format_ == "json"
    assert "Nothing would be posted" not in result.output
    for way in (window, at):  # what is advised helps
        shown = shell(*late, *way)
        assert "five-year pause" in shown.stdout
        assert "No article was published" not in shown.stderr


def test_preview_of_a_moment_before_all_news(shell: Shell) -> None:
    before = ("preview", "--format", "text", "--at", "2020-01-01T09:00Z", "--window", "30m")
    for arguments, which in (((), "stored"), (("--articles", str(shell.articles)), "in these folders")):
        shell("sync")
        said = shell(*before, *arguments).stderr
        assert "in the 30 min before 01 Jan 2020 09:00 UTC" in said
        assert f"newest {which}" in said or f"newest article {which}" in said
        assert "sync" not in said
        assert "--window" not in said


def test_preview_of_a_quiet_day_that_would_not_be_posted(shell: Shell) -> None:
    """Articles there are, only none that belongs: that is a quiet day, and the settings say what becomes of it."""
    shell("sync")
    quiet = ("preview", "--topics", "parcels", "--format")
    topic = {"HEATLINE_TOPIC__PARCELS__KEYWORDS": "zzzqqq"}
    for format_ in ("text", "terminal"):
        skipped = shell(*quiet, format_, HEATLINE_ON_QUIET="skip", **topic)
        assert "Nothing would be posted" in " ".join(skipped.stdout.split())
        assert "A quiet spell" not in skipped.stdout
        assert "Stories left out" in skipped.stdout
        assert "A quiet spell" in shell(*quiet, format_, HEATLINE_ON_QUIET="say", **topic).stdout
        assert "No article was published" not in skipped.stderr
    skipped = shell(*quiet, "blocks", HEATLINE_ON_QUIET="skip", **topic)
    assert "Nothing would be posted" in skipped.stderr
    assert json.loads(skipped.stdout)["parent"]
    told = shell("preview", "--format", "json", HEATLINE_ON_QUIET="skip")
    assert "Nothing would be posted" not in told.output


def test_preview_of_files_at_a_time(shell: Shell) -> None:
    shown = shell(
        "preview", "--articles", str(shell.articles), "--topics", "Facial Recognition, robots", "--window", "2d",
        "--at", datetime.now(UTC).isoformat(), "--format", "json",
    ).stdout  # fmt: skip
    assert [section["topic"] for section in json.loads(shown)["sections"]] == ["Facial Recognition", "Robotics"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["preview", "weekly"], "is not a digest; there are: daily"),
        (["preview", "--topics", "facial recogniton"], "Did you mean facial-recognition"),
        (["preview", "--at", "noon"], "is not a time"),
        (["preview", "--window", "soon"], "is not a span of time"),
        (["preview", "--ranking", "best"], "editor, original"),
        (["preview", "--articles", "/nowhere"], "cannot be read"),
    ],
)
def test_wrong_arguments_are_explained(shell: Shell, arguments: list[str], said: str) -> None:
    result = shell(*arguments, code=UNUSABLE)
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_wrong_settings_are_all_reported(shell: Shell) -> None:
    said = shell(
        "preview", code=UNUSABLE, HEATLINE_CRON="daily", HEATLINE_TIMEZONE="Mars/Base", HEATLINE_TOPICS="x1y2"
    ).stderr
    assert "3 settings need mending" in said
    for name in ("HEATLINE_CRON='daily'", "HEATLINE_TIMEZONE='Mars/Base'", "HEATLINE_TOPICS='x1y2'"):
        assert name in said


def test_admins_own_topics(shell: Shell) -> None:
    env = {"HEATLINE_TOPIC__PARCELS__KEYWORDS": "parcel, courier", "HEATLINE_TOPIC__PARCELS__NAME": "Parcels"}
    shell("sync")
    assert "Parcels  (parcels)" in shell("topics", **env).stdout
    shown = json.loads(shell("preview", "--topics", "parcels", "--format", "json", **env).stdout)
    assert [section["topic"] for section in shown["sections"]] == ["Parcels"]


def test_search_and_stories(shell: Shell) -> None:
    shell("sync")
    assert "Facial Recognition" in shell("search", "facial-recognition", "--format", "text").stdout
    found = json.loads(shell("search", "fjord", "4", "--format", "json", "--limit", "3").stdout)
    assert 1 <= len(found["stories"]) <= 3
    assert "facial-recognition" in shell("search", "facial", "recogniton", "--format", "text").stdout
    grouped = json.loads(shell("stories", "--articles", str(shell.articles), "--format", "json").stdout)
    assert sum(len(story["articles"]) for story in grouped["stories"]) == 253
    shown = shell("stories").stdout
    assert shown.startswith("Told by several reports: ")
    assert re.search(r"\n\d+ stories from \d+ articles, \d+ told by several reports\n$", shown)


def test_post_and_check(shell: Shell) -> None:
    with ThreadedSlack() as slack:
        env = {
            "SLACK_API_URL": f"{slack.base_url}/api/",
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "HEATLINE_CHANNEL": "#ai-news",
        }
        shell("sync", **env)
        shell("post", **env)
        assert len(slack.workspace.messages("ai-news")) == 1
        good = shell("check", **env).stdout
        assert "WRONG" not in good
        assert "the bot is a member" in good
        twice = shell("check", code=REJECTED, **env | {"HEATLINE_CHANNEL": f"#ai-news, {NEWS.id}"}).stdout
        assert "is the same as #ai-news" in twice
        slack.workspace.scopes.discard("commands")
        bad = shell("check", code=REJECTED, **env | {"HEATLINE_CHANNEL": STRANGE.id}).stdout
        assert "commands is missing" in bad
        assert "/invite" in bad
        wrong = shell("check", code=REJECTED, **env | {"SLACK_BOT_TOKEN": "xoxb-1-wrong"}).stdout
        assert "invalid_auth" in wrong
        assert "xoxb-1" not in wrong


def test_a_stored_row_that_cannot_be_read_is_told_and_stops_nothing(shell: Shell) -> None:
    shell("sync")
    with sqlite3.connect(shell.folder / "heatline.db") as connection:
        newest = "SELECT id FROM articles WHERE kind = 'news' ORDER BY published_at DESC LIMIT 1"
        connection.execute(f"UPDATE articles SET document = '{{' WHERE id = ({newest})")
        (url,) = connection.execute("SELECT url FROM articles WHERE document = '{'").fetchone()
    connection.close()
    preview = shell("preview", "--format", "json")
    assert json.loads(preview.stdout)["sections"]
    assert preview.stderr.count(f"{url} cannot be read back") == 1
    checked = shell("check", code=REJECTED).stdout  # which misses Slack's tokens
    assert "note  database: 1 stored rows cannot be read back" in checked
    assert url in checked.replace("\n", "")
    exported = shell("export", str(shell.folder / "out"), code=REJECTED)
    assert "252 articles written" in exported.stdout
    assert url in exported.stderr
    with ThreadedSlack() as slack:
        env = {"SLACK_API_URL": f"{slack.base_url}/api/", "SLACK_BOT_TOKEN": BOT_TOKEN, "HEATLINE_CHANNEL": "#ai-news"}
        posted = shell("post", **env, SLACK_SIGNING_SECRET=SIGNING_SECRET, HEATLINE_ARTICLES="")
        assert len(re.findall(f"stored row left out.*{url} cannot be read back", posted.output)) == 1
        assert len(slack.workspace.messages("ai-news")) == 1
    assert shell("sync").stdout == "1 loaded, 252 unchanged, 0 withdrawn, 0 rejected\n"
    assert "stored rows" not in shell("check", code=REJECTED).stdout


def test_search_answers_every_row_of_news(shell: Shell) -> None:
    shell("sync")
    for row in ROWS:
        said = shell("search", row.example).stdout
        # An example that finds nothing, even in the demo, would be no example; only the demo's publishers are its own.
        assert "Nothing" not in said or "Without source:theverge.com there are" in said, row.example
    assert "Computer Vision" in shell("search", "topics").stdout
    assert "/news digest [NAME]" in shell("search", "help").stdout
    assert shell("search", "digest daily").stdout.startswith("AI digest, ")
    assert "up to 200" in shell("search", "x" * 300).stdout


def test_search_understands_filters_and_minus_beside_options(shell: Shell) -> None:
    shell("sync")
    everything = json.loads(shell("search", "robots", "--format", "json", "--limit", "100").stdout)
    some = json.loads(
        shell("search", "robots", "-police", "-source:wire", "--format", "json", "--limit", "100", "sort:new").stdout
    )
    assert some["query"] == "robots -police -source:wire sort:new"
    assert 0 < some["total"] <= everything["total"]
    assert not [story for story in some["stories"] if "Wire" in story["provider"]]
    said = shell("search", "robots", "since:9999999d", "--limit", "3", code=UNUSABLE).stderr
    assert "since:9999999d is no time I know. Write since:7d" in said
    said = shell("search", "it's", "sort:newest", code=UNUSABLE).stderr
    assert """Did you mean `heatline search 'it'"'"'s sort:new'`?""" in said
    assert "there is no option --fromat" in shell("search", "robots", "--fromat", "json", code=UNUSABLE).stderr
    assert "in the same language" in shell("search", "--help").stdout


def test_check_and_run_when_the_connection_breaks(shell: Shell) -> None:
    with ThreadedSlack() as slack:
        env = {
            "SLACK_API_URL": f"{slack.base_url}/api/",
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "HEATLINE_CHANNEL": "#ai-news",
        }
        slack.workspace.faults.add(Fault("conversations.list", "drop_before", times=None))
        assert "cannot be reached" in shell("check", code=REJECTED, **env).stdout
        slack.workspace.faults.add(Fault("auth.test", "drop_before", times=None))
        assert "cannot be reached" in shell("check", code=REJECTED, **env).stdout
        assert "cannot be reached" in shell("run", code=UNUSABLE, **env).stderr
        slack.workspace.faults.clear()
        slack.workspace.faults.add(Fault("auth.test", "server_error", times=None))
        assert "auth.test: http_50" in shell("check", code=REJECTED, **env).stdout
        missing = shell("check", code=REJECTED, **env | {"HEATLINE_TEMPLATE": "zzz", "HEATLINE_TEMPLATES": ""}).stdout
        assert "asks for 'zzz'" in missing


def test_check_without_slack_says_what_is_missing(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "digest.yaml.j2").write_text(
        "- type: header\n  text: {{ nope.nope }}\n", encoding="utf-8"
    )
    said = shell("check", code=REJECTED, HEATLINE_TEMPLATES=str(tmp_path / "templates")).stdout
    assert "SLACK_BOT_TOKEN is not set" in said
    assert "digest.yaml.j2" in said


def test_settings_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.md").write_text(dump(article("Apples")), encoding="utf-8")
    (tmp_path / "my.env").write_text(
        "HEATLINE_ARTICLES=articles\nHEATLINE_DATABASE_URL=sqlite:///x.db\n", encoding="utf-8"
    )
    heatline = Path(sys.executable).with_name("heatline")
    done = subprocess.run(
        [heatline, "sync", "--env-file", "my.env"], cwd=tmp_path, capture_output=True, text=True, check=True, env={}
    )
    assert done.stdout.startswith("1 loaded")


@needs_shared
def test_the_original_digest_from_the_command_line(shell: Shell, replay: dict[str, Path]) -> None:
    original = json.loads((FOLDER / "replay" / "2020-01-09" / "original-digest.json").read_text(encoding="utf-8"))
    shown = shell(
        "preview", "--articles", str(replay["2020-01-09"]), "--at", original["posted_at"], "--ranking", "original",
        "--stories", "10", "--format", "json",
    ).stdout  # fmt: skip
    told = [story["url"] for section in json.loads(shown)["sections"] for story in section["stories"]]
    assert told == [pick["url"] for pick in original["picks"]]


def chosen_now(shell: Shell) -> str:
    sections = json.loads(shell("preview", "--format", "json").stdout)["sections"]
    return str(sections[0]["stories"][0]["url"])


def test_why_takes_a_choice_apart(shell: Shell) -> None:
    shell("sync")
    url = chosen_now(shell)
    text = shell("why", url).stdout
    assert ": chosen." in text
    assert "Rank " in text
    assert "value" in text
    data = json.loads(shell("why", url, "--format", "json").stdout)
    assert data["fate"] == "chosen"
    assert sum(signal["points"] for signal in data["story"]["signals"]) == pytest.approx(data["story"]["score"])
    spam = next(each for each in sample.load() if each.kind == "market-report" and each.hours_ago < 20)
    assert "unwanted kind, it is taken for market-report" in shell("why", spam.url).stdout
    assert (
        "no article at https://nowhere.example.com" in shell("why", "https://nowhere.example.com", code=UNUSABLE).stderr
    )


def test_an_address_is_known_as_people_copy_it(shell: Shell) -> None:
    shell("sync")
    url = chosen_now(shell)
    copied = f"{url}?utm_source=newsletter&fbclid=1#comments"
    assert shell("why", copied).stdout == shell("why", url).stdout
    assert url in shell("why", copied, "--articles", str(shell.articles)).stdout
    shell("feedback", copied, "less")
    signals = json.loads(shell("why", url, "--format", "json").stdout)["story"]["signals"]
    assert next(signal["points"] for signal in signals if signal["name"] == "feedback") < 0
    unknown = shell("why", "https://nowhere.example.com/?utm_source=x", code=UNUSABLE).stderr
    assert "no article at https://nowhere.example.com/?utm_source=x" in unknown


def test_an_address_that_a_file_has_with_a_tracker_is_known_by_it(shell: Shell) -> None:
    tracked = "https://a.example.com/1?utm_source=feed"
    (shell.articles / "tracked.md").write_text(dump(article("Robots sort parcels", url=tracked)), encoding="utf-8")
    shell("sync")
    assert "Robots sort parcels" in shell("why", tracked).stdout


def test_why_reads_a_folder_without_the_library(shell: Shell) -> None:
    url = sample.load()[0].url
    text = shell("why", url, "--articles", str(shell.articles)).stdout
    assert url in text
    assert not (shell.folder / "heatline.db").exists() or "0 loaded" not in text


def test_feedback_shows_in_why_and_can_be_forgotten(shell: Shell) -> None:
    shell("sync")
    url = chosen_now(shell)

    def points() -> float:
        signals = json.loads(shell("why", url, "--format", "json").stdout)["story"]["signals"]
        return float(next(signal["points"] for signal in signals if signal["name"] == "feedback"))

    assert points() == 0
    assert "daily: less (provider:" in shell("feedback", url, "less").stdout
    assert points() < 0
    assert "is wanted; a vote counts half after 30 days" in shell("why", url).stdout
    shell("feedback", url, "more")
    assert points() > 0
    shell("feedback", url, "forget")
    assert points() == 0
    assert "no article" in shell("feedback", "https://nowhere.example.com", "more", code=UNUSABLE).stderr


@needs_shared
def test_a_replayed_day_is_told_without_junk_and_its_stories_once(shell: Shell, replay: dict[str, Path]) -> None:
    """The command line as evaluate.py wants it: sections with stories, and the grouping."""
    gold = {
        row["url"]: row
        for row in map(json.loads, (FOLDER / "replay" / "2020-01-09" / "gold.jsonl").read_text("utf-8").splitlines())
    }
    arguments = ("--articles", str(replay["2020-01-09"]), "--at", "2020-01-09T19:05:59+00:00", "--topics", "AI")
    shown = json.loads(shell("preview", *arguments, "--stories", "10", "--window", "24h", "--format", "json").stdout)
    told = [gold[story["url"]] for section in shown["sections"] for story in section["stories"]]
    assert len(told) == 10
    assert len({row["story"] for row in told}) == 10
    assert not [row for row in told if row["kind"] in ("promo", "market-report", "off-topic")]
    assert sum(row["value"] for row in told) / 10 >= 1.75
    grouped = json.loads(shell("stories", "--articles", str(replay["2020-01-09"]), "--format", "json").stdout)
    assert sum(len(story["articles"]) for story in grouped["stories"]) == 164
