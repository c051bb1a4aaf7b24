"""A small world to try the exchange in: invented firms, real trades."""
