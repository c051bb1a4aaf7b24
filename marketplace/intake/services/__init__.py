"""What people and workers do with imports."""
