"""What readers keep and say: saved stories and votes, in the ledger's database; and how they take all of it back."""

from bot.readers.erasing import Kept, erase
from bot.readers.places import Place, channel, digest, user
from bot.readers.saved import Saved, SavedStories
from bot.readers.shares import Shares
from bot.readers.votes import Votes

__all__ = [
    "Kept",
    "Place",
    "Saved",
    "SavedStories",
    "Shares",
    "Votes",
    "channel",
    "digest",
    "erase",
    "user",
]
