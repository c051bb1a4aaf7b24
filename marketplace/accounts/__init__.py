"""People: registration, login, passwords, profile."""
