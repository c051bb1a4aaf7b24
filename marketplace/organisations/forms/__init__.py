"""The forms of organisations, one file for each page."""
