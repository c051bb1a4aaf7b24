"""Matches: stored pairs, why they fit, and what the sides said of them."""
