"""Writes: merging, undoing it, and saying that two are not the same."""
