"""The pages that show Home tabs and dialogs."""

from __future__ import annotations

from pathlib import Path

from playground.pictures import LANGUAGES, pictures


async def test_every_view_is_drawn_in_every_language(tmp_path: Path) -> None:
    drawn = {path.name: path.read_text(encoding="utf-8") for path in await pictures(tmp_path)}
    assert len(drawn) == 3 * len(LANGUAGES)
    assert "Welcome to Heatline" in drawn["first-visit-en.html"]
    assert "Willkommen bei Heatline" in drawn["first-visit-de.html"]
    assert "購読中" in drawn["in-use-ja.html"]
    assert '<div class="choice">● Monday</div>' in drawn["dialog-en.html"]
    assert "Europe/Berlin (UTC+" in drawn["dialog-de.html"]
