"""Quality and heat for articles that arrive without them, and the language they are in. Pure: values in, reasons out."""

from __future__ import annotations

from digests.scoring.evidence import MEASURES, PARTS, UNKNOWN_STANDING, Evidence, evidence_of
from digests.scoring.heat import FOR_A_PROVIDER, MOST_PROVIDERS, PUBLISHED_FROM, TOLD, Heat, heat, heats
from digests.scoring.languages import language
from digests.scoring.model import Part, Quality, quality

__all__ = [
    "FOR_A_PROVIDER",
    "MEASURES",
    "MOST_PROVIDERS",
    "PARTS",
    "PUBLISHED_FROM",
    "TOLD",
    "UNKNOWN_STANDING",
    "Evidence",
    "Heat",
    "Part",
    "Quality",
    "evidence_of",
    "heat",
    "heats",
    "language",
    "quality",
]
