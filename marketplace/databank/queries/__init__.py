"""What is read of an office's databank, one file for each question."""
