"""A pretend Slack and sample news, for the demo and the tests."""
