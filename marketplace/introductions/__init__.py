"""Introductions: two sides, brought together by their offices, each with its own consent."""
