"""What editions tell stands by itself, once however many digests tell it."""

import sqlalchemy as sa
from alembic import op

revision = "library_0008"
down_revision = "library_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition_contents",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_table(
        "edition_contents_told",
        sa.Column("content", sa.Text, sa.ForeignKey("edition_contents.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("url", sa.Text, primary_key=True),
    )
    op.create_index("edition_contents_told_url", "edition_contents_told", ["url"])
    op.execute("ALTER TABLE editions ADD COLUMN content TEXT REFERENCES edition_contents (id)")
    op.create_index("editions_content", "editions", ["content"])
