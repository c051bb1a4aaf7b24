"""The roof: reads the settings, puts the parts together, and starts a process from them."""
