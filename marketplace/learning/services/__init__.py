"""Keeping decisions, and learning from them."""
