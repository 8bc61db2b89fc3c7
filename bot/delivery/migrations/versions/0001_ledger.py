"""Deliveries, the messages they consist of, and how far each digest's schedule has been served."""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("slot", time, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("conversation", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("lease_until", time, nullable=False),
        sa.Column("claimed_by", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", time, nullable=False),
        sa.Column("updated_at", time, nullable=False),
        sa.Column("error", sa.Text),
        sa.UniqueConstraint("digest", "slot", "channel"),
    )
    op.create_index("deliveries_lease", "deliveries", ["state", "lease_until"])
    op.create_table(
        "parts",
        sa.Column("delivery_id", sa.Text, sa.ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("message", sa.JSON, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("ts", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("tried_at", time),
        sa.Column("sent_at", time),
        sa.Column("error", sa.Text),
    )
    op.create_table(
        "schedules",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("schedule", sa.Text, nullable=False),
        sa.Column("since", time, nullable=False),
        sa.Column("last_slot", time),
    )
