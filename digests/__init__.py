"""The editorial house: what a digest is made of. Knows no Slack, no scheduler, no environment and no clock."""
