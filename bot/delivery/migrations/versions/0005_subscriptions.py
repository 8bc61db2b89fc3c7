"""Subscriptions of readers, found by when they are due."""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0005"
down_revision = "ledger_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("where", sa.Text, nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("cron", sa.Text, nullable=False),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("created_at", time, nullable=False),
        sa.Column("next_at", time, nullable=False),
        sa.Column("due_at", time, nullable=False),
        sa.Column("ended", sa.Text, nullable=False, server_default=""),
        sa.Column("ended_at", time),
    )
    live = sa.text("ended = ''")
    op.create_index("subscriptions_due", "subscriptions", ["ended", "due_at"])
    op.create_index("subscriptions_owner", "subscriptions", ["owner"])
    op.create_index("subscriptions_where", "subscriptions", ["where"])
    op.create_index(
        "subscriptions_once",
        "subscriptions",
        ["where", "topics", "cron", "timezone"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
