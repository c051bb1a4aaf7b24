"""The exchange itself: its data, its rules and its web pages."""
