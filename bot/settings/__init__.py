"""The only reader of the environment and of ``.env``: typed, frozen settings, or every mistake in them at once.

Each setting is one row: a field of ``DigestForm`` or ``Settings`` with its default as an admin would write it, what it is
for, and the reader that turns text into a value or says what is allowed. ``.env.example`` is made from the same rows.

    readers.py ─> rows.py ─> loading.py, envexample.py
"""

from bot.settings.envexample import example
from bot.settings.loading import DOT_ENV, TopicCheck, load
from bot.settings.rows import DAILY, DigestForm, DigestSettings, Settings, SlackSettings, TopicForm, names

__all__ = [
    "DAILY",
    "DOT_ENV",
    "DigestForm",
    "DigestSettings",
    "Settings",
    "SlackSettings",
    "TopicCheck",
    "TopicForm",
    "example",
    "load",
    "names",
]
