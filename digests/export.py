"""Writes the library's articles as files of our format, so that a sync of the folder gives the same library again."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from digests.articlewriter import dump
from digests.errors import SourceError
from digests.library import Library, Unreadable
from digests.sync import Progress

_SUFFIX = ".md"


@dataclass(frozen=True, slots=True)
class Exported:
    """How many files were written, and what is not in them, since it cannot be read back."""

    written: int
    left_out: tuple[Unreadable, ...]


def export(library: Library, folder: Path, progress: Progress | None = None) -> Exported:
    """Write every stored file that can be read, of folders also older ones about an address that has a newer.

    Files keep their names. Where articles come from several sources, each source has a folder of its own.

    Raises:
        SourceError: When the folder holds something, or cannot be written.
        LibraryError: When the library cannot be read.
    """
    sources = library.sources()
    whole = library.stored()
    written = 0
    left_out: list[Unreadable] = []
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise SourceError(f"{folder} is not empty: name a new folder, so that nothing in it is lost or mixed up")
        for source in sources:
            place = folder / _folder_of(source) if len(sources) > 1 else folder
            for ref, article in library.files(source, tell=left_out.append):
                path = place / PurePosixPath(ref if ref.endswith((".md", ".markdown")) else f"{ref}{_SUFFIX}")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(dump(article), encoding="utf-8", newline="")
                written += 1
                if progress is not None and written % 100 == 0:
                    progress(written, whole)
    except OSError as error:
        raise SourceError(f"{error.filename or folder} cannot be written: {error.strerror}") from error
    return Exported(written, tuple(left_out))


def _folder_of(source: str) -> str:
    """A name for a source's folder: its last words, and a digest that keeps two of the same name apart."""
    last = "".join(c if c.isalnum() else "-" for c in source.rstrip("/").rpartition("/")[2].rpartition(":")[2])
    return f"{last[:40].strip('-') or 'source'}-{blake2b(source.encode(), digest_size=4).hexdigest()}"
