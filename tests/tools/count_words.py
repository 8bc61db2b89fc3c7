"""Counts in how many articles each common word stands, for `digests.stories`: python -m tests.tools.count_words FOLDER

Writes digests/stories/word_counts.tsv: a word's stem, its articles, and how often it is written with a capital inside a
sentence. Words in fewer than six articles are left out: they are names and the like, and a word that is not in the table
counts as rare, which is what it is.
"""

import sys
from collections import Counter
from pathlib import Path

from digests.stories.report import EXCERPT_WORDS, title_of
from digests.words import content_words
from tests.tools.labels import read

AT_LEAST = 6
TARGET = Path(__file__).parents[2] / "digests" / "stories" / "word_counts.tsv"


def main(folder: Path) -> None:
    articles = read(folder)
    counts: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for article in articles:
        title = content_words(title_of(article.title))
        excerpt = content_words(article.excerpt)[:EXCERPT_WORDS]
        counts.update({word.stem for word in (*title, *excerpt)})
        plain = sum(word.written[:1].isupper() for word in title) < 0.6 * len(title)
        for word in (*(title if plain else ()), *excerpt):
            if not word.starts:
                inside[word.stem] += 1
                capital[word.stem] += word.written[:1].isupper()
    common = sorted((word, count) for word, count in counts.items() if count >= AT_LEAST)
    lines = [f"# words\t{len(articles)} articles"]
    lines += [f"{word}\t{count}\t{capital[word] / max(1, inside[word]):.2f}" for word, count in common]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(common)} words of {len(articles)} articles -> {TARGET}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
