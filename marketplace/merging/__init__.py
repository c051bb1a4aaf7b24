"""Two records of one organisation become one, and two again where that was a mistake."""
