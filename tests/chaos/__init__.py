"""Chaos: the real bot as processes that are killed, before a Slack in bad weather; and what has to stand there in the end."""
