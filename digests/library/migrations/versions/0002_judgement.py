"""What each article was judged to be, the stories it belongs to, and how stories were linked, merged and split."""

import sqlalchemy as sa
from alembic import op

revision = "library_0002"
down_revision = "library_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("kind", sa.Text, nullable=False, server_default=""))
    op.add_column("articles", sa.Column("news_value", sa.Float, nullable=False, server_default="0"))
    op.add_column("articles", sa.Column("judged", sa.Integer, nullable=False, server_default="0"))
    op.add_column("articles", sa.Column("story", sa.Text, nullable=False, server_default=""))
    op.create_index("articles_story", "articles", ["story"])
    op.create_index("articles_judged", "articles", ["judged", "current", "published_at", "url"])
    op.create_table(
        "story_keys",
        sa.Column("key", sa.BigInteger, primary_key=True),
        sa.Column("hour", sa.Integer, primary_key=True),
        sa.Column("article", sa.Integer, primary_key=True),
        sa.Column("weight", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("story_keys_article", "story_keys", ["article"])
    op.create_table(
        "story_links",
        sa.Column("a", sa.Integer, primary_key=True),
        sa.Column("b", sa.Integer, primary_key=True),
        sa.Column("likelihood", sa.Float, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("story_links_b", "story_links", ["b"])
    op.create_table(
        "story_changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("story", sa.Text, nullable=False),
        sa.Column("other", sa.Text, nullable=False),
    )
