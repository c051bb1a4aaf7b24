"""Expressions of interest, from which introductions grow."""
