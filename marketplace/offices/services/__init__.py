"""What administrators and officers do with offices."""
