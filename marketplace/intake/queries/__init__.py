"""Reading of imports and kept mappings."""
