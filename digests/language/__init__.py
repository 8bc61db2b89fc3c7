"""What people are told, in their language: one catalogue of messages for each, with numbers and dates as they write them.

    en/*.ftl, de/*.ftl, ja/*.ftl     messages in Project Fluent's form (https://projectfluent.org/fluent/guide)
    variants/en-US.ftl               what one country of a language writes otherwise: dates and times

A catalogue is a folder; its files are its chapters, the same in every language. English is whole and comes first: a message
that another language lacks is said in English. Values go into messages as they are, so other people's text stays text; it is
the renderer's to make it inert.
"""

from digests.language.catalogues import ENGLISH, LANGUAGES, VARIANTS, Language, speaking, timezone, topic_said
from digests.language.telling import Moment, Said, Value, said

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "VARIANTS",
    "Language",
    "Moment",
    "Said",
    "Value",
    "said",
    "speaking",
    "timezone",
    "topic_said",
]
