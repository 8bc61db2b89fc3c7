"""A smaller library: documents without what the columns say, indexes without what nobody asks them, and on SQLite a full-text
index that begins with the newest.

All in one transaction: interrupted, it begins again. What it frees goes back to the disk when the database is compacted.
"""

import sqlalchemy as sa
from alembic import op

from digests.library.sqlite import ROOMY

revision = "library_0007"
down_revision = "library_0006"
branch_labels = None
depends_on = None

# Only what the columns say in the same words is left out. A document that is none stays as it is.
_SHORTER = """
UPDATE articles SET document = json_remove(
    document, '$.url', '$.title', '$.excerpt', '$.published_at', '$.provider.name',
    iif(json_extract(document, '$.heat') IS heat, '$.heat', '$.url'),
    iif(json_extract(document, '$.quality') IS quality, '$.quality', '$.url')
)
WHERE json_valid(document) AND json_type(document, '$.provider.name') IS 'text'
    AND (json_extract(document, '$.url'), json_extract(document, '$.title')) IS (url, title)
    AND (coalesce(json_extract(document, '$.excerpt'), ''), json_extract(document, '$.provider.name')) IS (excerpt, provider)
"""
# Backwards in time, as an index is walked faster forwards: each step back means to read its page from the start.
_ROWS = """
SELECT -place AS at, url, title, excerpt, provider, char(57344) || ' ' || char(57344) || hex(substr(provider, 1, 200)) || (
    WITH RECURSIVE above(domain, level) AS (
        SELECT substr(host, 1, 300), 1
        UNION ALL SELECT substr(domain, instr(domain, '.') + 1), level + 1 FROM above WHERE instr(domain, '.') AND level < 9
    ) SELECT group_concat(' ' || char(57344) || hex(domain), '') FROM above
) AS origin FROM articles {} WHERE place IS NOT NULL
"""
_SAID = f"CREATE VIEW articles_said AS {_ROWS.format('')}"
_INDEX = """
CREATE VIRTUAL TABLE articles_text USING fts5(
    title, excerpt, provider, origin,
    content='articles_said', content_rowid='at', columnsize=0, tokenize='unicode61 remove_diacritics 2'
)
"""
_SETTINGS = {
    "automerge": 4,  # each word of a question is looked up in each part of the index: they are to be few
    "pgsz": 1000,  # bytes that are read from their start to find one article of a common word
    "hashsize": 16_000_000,  # bytes that are written down at once: of fewer the index becomes as many parts
}


def upgrade() -> None:
    op.drop_index("articles_judged", "articles")
    op.drop_index("articles_source_time", "articles")
    op.create_index("articles_judged", "articles", ["judged", "current", "published_at"])
    if op.get_bind().dialect.name != "sqlite":
        return
    for statement in (_SHORTER, "DROP TABLE articles_text", "DROP VIEW articles_said", _SAID, _INDEX):
        op.execute(sa.text(statement.replace(":", r"\:")))
    for name, value in _SETTINGS.items():
        op.execute(f"INSERT INTO articles_text(articles_text, rank) VALUES ('{name}', {value})")  # noqa: S608  # constants of ours
    # In their order without putting all of them into memory to sort them.
    in_order = f"{_ROWS.format('INDEXED BY articles_place')} ORDER BY place DESC"
    rows = f"SELECT at, title, excerpt, provider, origin FROM ({in_order})"  # noqa: S608  # constants of ours
    op.execute(
        sa.text(f"INSERT INTO articles_text(rowid, title, excerpt, provider, origin) {rows}".replace(":", r"\:"))
    )
    op.get_bind().info[ROOMY] = True
