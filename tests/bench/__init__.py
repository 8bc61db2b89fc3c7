"""Measurements of the speed goals, as ratios within one run: `make bench`."""
