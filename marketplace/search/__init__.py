"""Finding: the process's replica of open listings, the search box, the live partners."""
