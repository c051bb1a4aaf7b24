"""Measures of how well the engine does, over files of questions whose answers are known."""
