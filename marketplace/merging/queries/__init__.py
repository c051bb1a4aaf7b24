"""Reads: pairs that look alike, and what a merge or its undoing would do."""
