"""What is read of introductions, one file for each question."""
