"""Articles, the articles they list as related, full-text search, and editions."""

import sqlalchemy as sa
from alembic import op

revision = "library_0001"
down_revision = None
branch_labels = None
depends_on = None

_INDEX = """
CREATE VIRTUAL TABLE articles_text USING fts5(
    title, excerpt, provider,
    content='articles', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
)
"""
_VOCABULARY = "CREATE VIRTUAL TABLE articles_words USING fts5vocab('articles_text', 'row')"


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("modified", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("current", sa.Boolean, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("excerpt", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("published_at", time, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("related", sa.Text, nullable=False),
        sa.UniqueConstraint("source", "ref"),
    )
    op.create_index("articles_url", "articles", ["url"])
    op.create_index("articles_published_at", "articles", ["current", "published_at"])
    op.create_table(
        "related_articles",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("slot", time, nullable=False),
        sa.Column("made_at", time, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.UniqueConstraint("name", "slot"),
    )
    op.create_table(
        "told",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("slot", time, nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in (_INDEX, _VOCABULARY):
            op.execute(statement)
