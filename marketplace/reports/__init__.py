"""What offices report: figures by quarter, each with the list that it counts."""
