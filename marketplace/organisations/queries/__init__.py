"""What is read of organisations, one file for each question."""
