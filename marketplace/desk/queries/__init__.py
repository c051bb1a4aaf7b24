"""Reading for the desk: each page in a number of queries that does not grow with the data."""
