"""Feeds: what an item's title was, so that it is known again under another address, and what was wanted of a feed."""

import sqlalchemy as sa
from alembic import op

revision = "library_0005"
down_revision = "library_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feed_items", sa.Column("headline", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("feeds", sa.Column("wishes", sa.Text))
    op.create_index("feed_items_headline", "feed_items", ["feed", "headline"])
    moved = sa.text("article != ''")
    op.create_index("feed_items_article", "feed_items", ["feed", "article"], sqlite_where=moved, postgresql_where=moved)
    # Undated items that were old at the first reading were dated with its time, and looked new: what is not stored is old.
    if op.get_bind().dialect.name == "sqlite":  # no other library has been there before
        op.execute(
            "UPDATE feed_items SET published_at = datetime(published_at, '-3 days') WHERE NOT EXISTS "
            "(SELECT 1 FROM articles WHERE articles.url = CASE article WHEN '' THEN feed_items.url ELSE article END)"
        )
