"""Messages stand by themselves, each once, whatever number of channels gets it."""

import json
from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "ledger_0008"
down_revision = "ledger_0007"
branch_labels = None
depends_on = None

_BATCH = 500


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "messages",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.drop_index("parts_ts", "parts")
    op.rename_table("parts", "parts_whole")
    op.create_table(
        "parts",
        sa.Column("delivery_id", sa.Text, sa.ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.Text, sa.ForeignKey("messages.id"), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("ts", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("tried_at", time),
        sa.Column("sent_at", time),
        sa.Column("error", sa.Text),
    )
    op.create_index("parts_ts", "parts", ["ts"])
    op.create_index("parts_content", "parts", ["content"])
    _move(op.get_bind())
    op.drop_table("parts_whole")


def _move(connection: sa.Connection) -> None:
    whole = sa.Table("parts_whole", sa.MetaData(), autoload_with=connection)
    parts, messages = (sa.Table(name, sa.MetaData(), autoload_with=connection) for name in ("parts", "messages"))
    kept = [column.name for column in parts.columns if column.name != "content"]
    known = set[str]()
    last = ("", -1)
    while True:
        after = sa.tuple_(whole.c.delivery_id, whole.c.number) > last
        order = (whole.c.delivery_id, whole.c.number)
        rows = connection.execute(sa.select(whole).where(after).order_by(*order).limit(_BATCH)).mappings().all()
        if not rows:
            return
        moved = []
        for row in rows:
            text = json.dumps(row["message"])
            key = blake2b(text.encode(), digest_size=16).hexdigest()
            if key not in known:
                connection.execute(messages.insert(), {"id": key, "body": row["message"]})
                known.add(key)
            moved.append({name: row[name] for name in kept} | {"content": key})
        connection.execute(parts.insert(), moved)
        last = (rows[-1]["delivery_id"], rows[-1]["number"])
