"""What `exchange import` shows and does besides reading the file."""
