"""Measures of how fast the engine is, beside what people would use in its place."""
