"""What readers keep and say: saved stories, subscriptions and votes, in the ledger's database; how all of it is taken back."""

from bot.readers.erasing import Kept, erase
from bot.readers.places import Place, channel, digest, user
from bot.readers.saved import Saved, SavedStories
from bot.readers.shares import Shares
from bot.readers.subscriptions import Subscription, Subscriptions
from bot.readers.votes import Votes

__all__ = [
    "Kept",
    "Place",
    "Saved",
    "SavedStories",
    "Shares",
    "Subscription",
    "Subscriptions",
    "Votes",
    "channel",
    "digest",
    "erase",
    "user",
]
