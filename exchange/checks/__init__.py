"""What `exchange doctor` looks at, one question each."""
