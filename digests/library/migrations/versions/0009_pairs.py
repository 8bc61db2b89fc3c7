"""Words in PostgreSQL's index for two words that follow each other: see `digests.library.wordlists.pairs`."""

import sqlalchemy as sa
from alembic import op

from digests.library.wordlists import lexeme, pairs

revision = "library_0009"
down_revision = "library_0008"
branch_labels = None
depends_on = None

_AT_ONCE = 2000
_NEXT = sa.text(
    "SELECT place, title, excerpt, provider FROM articles JOIN articles_text USING (place) WHERE place > :last "
    "ORDER BY place LIMIT :number"
)
_MORE = sa.text(
    "UPDATE articles_text SET words = articles_text.words || CAST(made.words AS tsvector) "
    "FROM unnest(CAST(:places AS bigint[]), CAST(:words AS text[])) AS made(place, words) "
    "WHERE articles_text.place = made.place"
)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    op.execute("DROP INDEX articles_text_words")
    last = -(1 << 62)
    while rows := connection.execute(_NEXT, {"last": last, "number": _AT_ONCE}).all():
        words = [" ".join(map(lexeme, pairs(row.title, row.excerpt, row.provider))) for row in rows]
        connection.execute(_MORE, {"places": [row.place for row in rows], "words": words})
        last = rows[-1].place
    op.execute("CREATE INDEX articles_text_words ON articles_text USING gin (words) WITH (gin_pending_list_limit = 1024)")
