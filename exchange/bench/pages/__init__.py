"""Measures of how fast the pages answer, and of how many statements each sends to the database."""
