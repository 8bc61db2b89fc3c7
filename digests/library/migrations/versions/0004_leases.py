"""Feeds: who fetches one, under which address an item's article is kept, and what the library was last scored with."""

import sqlalchemy as sa
from alembic import op

revision = "library_0004"
down_revision = "library_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feeds", sa.Column("owner", sa.Text, nullable=False, server_default=""))
    op.add_column("feed_items", sa.Column("article", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "marks",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
