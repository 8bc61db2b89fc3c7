"""What is muted where, and how a reader said what is wanted: by a vote, by saving or sharing a story, or of a whole post."""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0007"
down_revision = "ledger_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "mutes",
        sa.Column("place", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("since", time, nullable=False),
        sa.Column("until", time),
    )
    op.create_index("mutes_by", "mutes", ["by"])
    op.drop_index("votes_by", "votes")
    op.rename_table("votes", "votes_said")
    op.create_table(
        "votes",
        sa.Column("place", sa.Text, primary_key=True),
        sa.Column("by", sa.Text, primary_key=True),
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("how", sa.Text, primary_key=True),
        sa.Column("about", sa.JSON, nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("at", time, nullable=False),
    )
    op.create_index("votes_by", "votes", ["by"])
    op.execute(
        'INSERT INTO votes (place, "by", url, how, about, value, at) '
        "SELECT place, \"by\", url, 'said', about, value, at FROM votes_said"
    )
    op.drop_table("votes_said")
