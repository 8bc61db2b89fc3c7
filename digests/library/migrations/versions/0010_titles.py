"""Codes of titles in the index that candidates are chosen by: see `digests.library.titles`."""

import sqlalchemy as sa
from alembic import op

from digests.library.titles import code

revision = "library_0010"
down_revision = "library_0009"
branch_labels = None
depends_on = None

_AT_ONCE = 2000
_NEXT = sa.text("SELECT id, title FROM articles WHERE id > :last ORDER BY id LIMIT :number")
_WRITE = sa.text("UPDATE articles SET title_code = :code WHERE id = :id")
_WRITE_ALL = sa.text(
    "UPDATE articles SET title_code = made.code "
    "FROM unnest(CAST(:ids AS bigint[]), CAST(:codes AS text[])) AS made(id, code) WHERE articles.id = made.id"
)
# PostgreSQL's has no provider: its entries are short.
_INDEX = {
    "sqlite": "(place, heat, quality, news_value, kind, story, provider, title_code)",
    "postgresql": "(place) INCLUDE (heat, quality, news_value, kind, story, title_code)",
}


def upgrade() -> None:
    connection = op.get_bind()
    op.add_column("articles", sa.Column("title_code", sa.Text, nullable=False, server_default=""))
    op.execute("DROP INDEX articles_place")
    last = -1
    while rows := connection.execute(_NEXT, {"last": last, "number": _AT_ONCE}).all():
        if connection.dialect.name == "sqlite":
            connection.execute(_WRITE, [{"id": row.id, "code": code(row.title)} for row in rows])
        else:
            codes = [code(row.title) for row in rows]
            connection.execute(_WRITE_ALL, {"ids": [row.id for row in rows], "codes": codes})
        last = rows[-1].id
    op.execute(f"CREATE INDEX articles_place ON articles {_INDEX[connection.dialect.name]}")
