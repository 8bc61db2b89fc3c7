"""The pages that the pictures of docs/slack.md are made of, and that the pictures are there."""

from __future__ import annotations

import re
from pathlib import Path

from playground.pictures import LANGUAGES, pictures

DOCS = Path(__file__).parents[2] / "docs"


async def test_what_people_see_is_drawn(tmp_path: Path) -> None:
    pages = {file.stem: file.read_text(encoding="utf-8") for file in await pictures(tmp_path)}
    spoken = [f"{name}-{locale[:2]}" for locale in LANGUAGES for name in ("first-visit", "in-use", "dialog")]
    english = [f"{name}-en" for name in ("digest", "answer", "why", "settings", "share", "search", "channel")]
    assert sorted(pages) == sorted(spoken + english)
    assert "AI digest · Tue 24 Nov" in pages["digest-en"]
    assert "Facial Recognition</b> · 1–5 of" in pages["answer-en"]
    assert "What counted most" in pages["why-en"]
    assert "weekdays at 08:30" in pages["settings-en"]
    assert "Share a story" in pages["share-en"]
    assert "robots since:7d" in pages["search-en"]
    assert not re.search(">[CU]0[A-Z0-9]+<", "".join(pages.values()))  # people see names


def test_each_picture_of_the_docs_is_there_and_shown_once() -> None:
    shown = re.findall(
        r'<img src="(images/[^"]+)" width="\d+" alt="[^"]{20,}">', (DOCS / "slack.md").read_text("utf-8")
    )
    assert sorted(shown) == sorted(f"images/{file.name}" for file in (DOCS / "images").iterdir())
