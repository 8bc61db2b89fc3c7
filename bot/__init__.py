"""The service house: Slack, schedule, settings and the command line."""
