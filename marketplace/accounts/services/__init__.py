"""What people do with their logins, one file for each kind of act."""
