"""HTTP plumbing: who is asking, what a route needs, headers, errors, paging, rate limits."""
