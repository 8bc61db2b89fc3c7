"""Where other people's texts lie beside the project; tests that read them skip with a clear line where they do not."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "shared"

needs_shared = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the folder of real articles is not there: {FOLDER}")


def unpacked(archive: str, target: Path) -> Path:
    """Unpack an archive of ``shared`` into a folder and give that folder."""
    with tarfile.open(FOLDER / archive) as packed:
        packed.extractall(target, filter="data")
    return target
