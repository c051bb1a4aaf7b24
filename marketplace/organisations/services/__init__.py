"""What members and officers do with organisations, one file for each kind of act."""
