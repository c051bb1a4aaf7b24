"""An office's databank: its organisations, what was checked of them, and what it notes for itself."""
