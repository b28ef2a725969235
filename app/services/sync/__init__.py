"""Keeping the local store true: the feed applied, what a person decided sent."""
