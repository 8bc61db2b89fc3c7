"""What channels have as their own of digests that the environment sets up, as it was changed in Slack."""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0009"
down_revision = "ledger_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "variants",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("serial", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("conversation", sa.Text, nullable=False),
        sa.Column("began", time, nullable=False),
        sa.Column("since", time, nullable=False),
        sa.Column("own", sa.JSON(none_as_null=True)),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", time, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
    op.create_index("variants_by", "variants", ["by"])
