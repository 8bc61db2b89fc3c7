"""Counts in how many articles each common word stands, for `digests.stories`: python -m tests.tools.count_words FOLDER

Writes digests/word_counts.tsv. Words in fewer than ten articles are left out: they are names and the like, and a word
that is not in the table counts as rare, which is what it is.
"""

import sys
from collections import Counter
from pathlib import Path

from digests.articles import Reader
from digests.sources import folders
from digests.stories import words_of

AT_LEAST = 10
TARGET = Path(__file__).parents[2] / "digests" / "word_counts.tsv"


def main(folder: Path) -> None:
    reader = Reader()
    texts = {
        filed.article.url: filed.article for found in folders.scan(folder) if (filed := folders.read(found, reader))
    }
    counts = Counter(word for article in texts.values() for word in set(words_of(article)))
    common = sorted((word, count) for word, count in counts.items() if count >= AT_LEAST)
    lines = [f"# words\t{len(texts)} articles", *(f"{word}\t{count}" for word, count in common)]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(common)} words of {len(texts)} articles -> {TARGET}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
