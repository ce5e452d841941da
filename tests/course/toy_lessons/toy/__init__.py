"""Two functions of one line each."""
