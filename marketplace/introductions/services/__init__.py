"""What is done with introductions, one file for each group of verbs."""
