"""What is done for telling people: planning, sending, reading, refusing."""
