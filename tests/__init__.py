"""The tests: they mirror the source, and speak to real services."""
