"""What the staff does in its databank, one file for each kind of act."""
