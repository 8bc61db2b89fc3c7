"""What readers keep and say: saved stories, dialogs that shared one, and votes of people beside those of admins."""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0003"
down_revision = "ledger_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "saved",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("published_at", time, nullable=False),
        sa.Column("saved_at", time, nullable=False),
        sa.UniqueConstraint("who", "url"),
    )
    op.create_table(
        "shares",
        sa.Column("view", sa.Text, primary_key=True),
        sa.Column("at", time, nullable=False),
        sa.Column("sent", sa.Boolean, nullable=False),
    )
    op.create_index("parts_ts", "parts", ["ts"])
    op.create_index("saved_who", "saved", ["who", "saved_at"])
    op.rename_table("votes", "votes_of_digests")
    op.create_table(
        "votes",
        sa.Column("place", sa.Text, primary_key=True),
        sa.Column("by", sa.Text, primary_key=True),
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("about", sa.JSON, nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("at", time, nullable=False),
    )
    op.create_index("votes_by", "votes", ["by"])
    op.execute(
        'INSERT INTO votes (place, "by", url, about, value, at) '
        "SELECT 'digest:' || digest, '', url, about, value, at FROM votes_of_digests"
    )
    op.drop_table("votes_of_digests")
