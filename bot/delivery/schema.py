"""The tables of the ledger. How they came to be, step by step, is in ``migrations/versions``."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from digests.library import Migrations, UTCDateTime

MIGRATIONS = Migrations(Path(__file__).parent / "migrations", "ledger_version", "ledger_0009")

metadata = MetaData()

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True, comment="a UUID; rides in the metadata of every message"),
    Column("digest", Text, nullable=False),
    Column("slot", UTCDateTime, nullable=False),
    Column("channel", Text, nullable=False, comment="as the settings name it: an ID or #name"),
    Column("conversation", Text, comment="the channel's ID as Slack gave it"),
    Column("state", Text, nullable=False, comment="claimed, done, failed or ambiguous; see values.DeliveryState"),
    Column("lease_until", UTCDateTime, nullable=False, comment="until then only `claimed_by` works on it"),
    Column("claimed_by", Text, nullable=False, comment="the process that works on it, or did last"),
    Column("attempts", Integer, nullable=False, comment="how many times a process took it on"),
    Column("created_at", UTCDateTime, nullable=False),
    Column("updated_at", UTCDateTime, nullable=False),
    Column("error", Text),
    UniqueConstraint("digest", "slot", "channel"),
    Index("deliveries_lease", "state", "lease_until"),
    Index("deliveries_created", "created_at"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Text, primary_key=True, comment="a digest of the body: what goes to many channels stands here once"),
    Column("body", JSON, nullable=False, comment="text and blocks as rendered"),
)

parts = Table(
    "parts",
    metadata,
    Column("delivery_id", Text, ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="0 is the parent, 1.. its thread"),
    Column("content", Text, ForeignKey("messages.id"), nullable=False, comment="the message, frozen with the claim"),
    Column("state", Text, nullable=False, comment="waiting, sending, sent, ambiguous or failed; see values.PartState"),
    Column("ts", Text, comment="Slack's name for the message"),
    Column("attempts", Integer, nullable=False),
    Column("tried_at", UTCDateTime, comment="when the last attempt began"),
    Column("sent_at", UTCDateTime),
    Column("error", Text),
    Index("parts_ts", "ts"),
    Index("parts_content", "content"),
)

drawings = Table(
    "drawings",
    metadata,
    Column("delivery_id", Text, ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("at", UTCDateTime, nullable=False, comment="the moment that ages were told of"),
    Column("template", Text, nullable=False),
    Column("language", Text, nullable=False, comment="the locale that it speaks"),
    Column("note", Text, nullable=False, comment="what stands at its foot"),
    Column("earlier", JSON, nullable=False, comment="addresses of earlier posts, by the slots of their editions"),
    Column(
        "handles", JSON, nullable=False, comment="names of stories in what buttons carry, by their leads' addresses"
    ),
    Column("addresses", JSON, nullable=False, comment="what feeds had for articles, where it was not their address"),
    Column(
        "foot", Boolean, nullable=False, comment="whether what can be done with the post as a whole stands at its foot"
    ),
    Column("muted", JSON, nullable=False, comment="what was muted there: topic or source, and its name"),
)

corrections = Table(
    "corrections",
    metadata,
    Column("delivery_id", Text, ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="of the part"),
    Column("serial", Integer, primary_key=True, autoincrement=False, comment="counts the part's corrections from 1"),
    Column("at", UTCDateTime, nullable=False, comment="when it was noticed"),
    Column("message", JSON, nullable=False, comment="text and blocks as they are to be"),
    Column("made", JSON, nullable=False, comment="what was, and what is, of each article that was corrected by then"),
    Column("state", Text, nullable=False, comment="waiting, done or failed; see values.CorrectionState"),
    Column("attempts", Integer, nullable=False),
    Column(
        "next_at", UTCDateTime, nullable=False, comment="not tried before: somebody tries it just now, or is to wait"
    ),
    Column("done_at", UTCDateTime),
    Column("error", Text),
    Index("corrections_due", "state", "next_at"),
)

schedules = Table(
    "schedules",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("schedule", Text, nullable=False, comment="cron and time zone; a change starts `since` anew"),
    Column("since", UTCDateTime, nullable=False, comment="slots up to then are not caught up"),
    Column(
        "last_slot", UTCDateTime, comment="the newest slot that every channel has a delivery for, or that told nothing"
    ),
)

saved = Table(
    "saved",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("who", Text, nullable=False, comment="a person; see bot.readers.places"),
    Column("url", Text, nullable=False, comment="the story's lead"),
    Column("title", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("published_at", UTCDateTime, nullable=False),
    Column("saved_at", UTCDateTime, nullable=False),
    UniqueConstraint("who", "url"),
    Index("saved_who", "who", "saved_at"),
)

shares = Table(
    "shares",
    metadata,
    Column("view", Text, primary_key=True, comment="Slack's id of the dialog: it may post once"),
    Column("at", UTCDateTime, nullable=False),
    Column("sent", Boolean, nullable=False, comment="whether Slack surely has it"),
)

_LIVE = text("ended = ''")

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Text, primary_key=True, comment="s and ten hex digits; its digest is called sub-ID"),
    Column("owner", Text, nullable=False, comment="the person who subscribed; see bot.readers.places"),
    Column("team", Text, nullable=False),
    Column("where", Text, nullable=False, comment="a channel's ID, or the owner's for a direct message"),
    Column("topics", Text, nullable=False, comment="slugs in order, separated by spaces; empty for all AI news"),
    Column("cron", Text, nullable=False),
    Column("timezone", Text, nullable=False, comment="IANA; the owner's when it was made"),
    Column("size", Integer, nullable=False, comment="stories of its post"),
    Column("locale", Text, nullable=False, comment="whose language it speaks"),
    Column("created_at", UTCDateTime, nullable=False),
    Column("next_at", UTCDateTime, nullable=False, comment="the first slot that was not served"),
    Column(
        "due_at", UTCDateTime, nullable=False, comment="when to look at it: its slot, or later while it is worked on"
    ),
    Column("ended", Text, nullable=False, server_default="", comment="empty while it runs, else why it ended"),
    Column("ended_at", UTCDateTime),
    Index("subscriptions_due", "ended", "due_at"),
    Index("subscriptions_owner", "owner"),
    Index("subscriptions_where", "where"),
    Index(
        "subscriptions_once",
        "where",
        "topics",
        "cron",
        "timezone",
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    ),
)

votes = Table(
    "votes",
    metadata,
    Column("place", Text, primary_key=True, comment="where it counts: a channel, a person, or a digest"),
    Column("by", Text, primary_key=True, comment="the person who voted; empty for an admin on the command line"),
    Column(
        "url", Text, primary_key=True, comment="the article that was voted on, or digest:NAME@SLOT for a whole post"
    ),
    Column("how", Text, primary_key=True, comment="said, saved, shared, or post for a whole post"),
    Column("about", JSON, nullable=False, comment="provider:NAME and topic:SLUG"),
    Column("value", Float, nullable=False, comment="from 1 for more to -1 for less"),
    Column("at", UTCDateTime, nullable=False),
    Index("votes_by", "by"),
)

mutes = Table(
    "mutes",
    metadata,
    Column("place", Text, primary_key=True, comment="where it is not told: a channel, or to a person"),
    Column("kind", Text, primary_key=True, comment="topic or source"),
    Column("name", Text, primary_key=True, comment="a topic's slug, or a publisher's name or domain"),
    Column("by", Text, nullable=False, comment="the person who muted it"),
    Column("since", UTCDateTime, nullable=False),
    Column("until", UTCDateTime, comment="empty for no end"),
    Index("mutes_by", "by"),
)

events = Table(
    "events",
    metadata,
    Column("key", Text, primary_key=True, comment="Slack's name for what it told: an event_id or a trigger_id"),
    Column("at", UTCDateTime, nullable=False, comment="when it was taken on"),
    Column("done", Boolean, nullable=False, comment="whether the work it asks for was done"),
    Index("events_at", "at"),
)

variants = Table(
    "variants",
    metadata,
    Column("digest", Text, primary_key=True, comment="a digest of the settings"),
    Column("channel", Text, primary_key=True, comment="as the settings name it: an ID or #name"),
    Column("serial", Integer, primary_key=True, autoincrement=False, comment="counts the changes for a channel from 1"),
    Column("conversation", Text, nullable=False, comment="the channel's ID, where it was known; else empty"),
    Column("began", UTCDateTime, nullable=False, comment="slots after it are the channel's own, up to it the digest's"),
    Column("since", UTCDateTime, nullable=False, comment="of the channel's slots those after it, up to the next row's"),
    Column("own", JSON(none_as_null=True), comment="what the channel has as its own; null is the digest as it is"),
    Column("by", Text, nullable=False, comment="the person who changed it; empty for nobody, or one who was erased"),
    Column("at", UTCDateTime, nullable=False, comment="when it was changed"),
    Column("why", Text, nullable=False, comment="why it ended; empty where somebody changed it"),
    Index("variants_by", "by"),
)
