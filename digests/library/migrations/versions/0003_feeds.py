"""Feeds: what is remembered of each between fetches, and which of their items are known."""

import sqlalchemy as sa
from alembic import op

revision = "library_0003"
down_revision = "library_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "feeds",
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("standing", sa.Float, nullable=False),
        sa.Column("location", sa.Text, nullable=False, server_default=""),
        sa.Column("etag", sa.Text, nullable=False, server_default=""),
        sa.Column("last_modified", sa.Text, nullable=False, server_default=""),
        sa.Column("digest", sa.Text, nullable=False, server_default=""),
        sa.Column("interval", sa.Integer, nullable=False),
        sa.Column("next_at", time),
        sa.Column("tried_at", time),
        sa.Column("good_at", time),
        sa.Column("changed_at", time),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
        sa.Column("gone", sa.Boolean, nullable=False, server_default="0"),
        sa.Column("leased_until", time),
        sa.Column("title", sa.Text, nullable=False, server_default=""),
        sa.Column("problems", sa.Text, nullable=False, server_default=""),
        sa.Column("dropped", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_table(
        "feed_items",
        sa.Column("feed", sa.Text, primary_key=True),
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("published_at", time, nullable=False),
        sa.Column("seen_at", time, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("feed_items_item", "feed_items", ["feed", "item"])
    op.create_index("articles_source_time", "articles", ["source", "published_at"])
