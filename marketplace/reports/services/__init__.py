"""Closing quarters."""
