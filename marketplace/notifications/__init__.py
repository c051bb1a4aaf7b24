"""Notices and mail: who is told, what, once."""
