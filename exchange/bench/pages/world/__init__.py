"""A made-up exchange of any size: people and firms, listings with their matches, introductions."""
