"""What became of pairs, and what scores have meant so far."""
