"""What readers keep and say: saved stories, subscriptions, votes and mutes, in the ledger's database; how it is taken back."""

from bot.readers.erasing import Kept, erase
from bot.readers.mutes import Mutes
from bot.readers.places import Place, channel, digest, user
from bot.readers.saved import Saved, SavedStories
from bot.readers.shares import Shares
from bot.readers.subscriptions import Subscription, Subscriptions
from bot.readers.variants import Variant, Variants
from bot.readers.votes import How, Votes

__all__ = [
    "How",
    "Kept",
    "Mutes",
    "Place",
    "Saved",
    "SavedStories",
    "Shares",
    "Subscription",
    "Subscriptions",
    "Variant",
    "Variants",
    "Votes",
    "channel",
    "digest",
    "erase",
    "user",
]
