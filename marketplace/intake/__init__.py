"""Databanks that an office brings in from a file: its columns, a trial, the import itself, the report."""
