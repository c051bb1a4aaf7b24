"""Listings: offers and requests of four kinds, from draft to archive."""
