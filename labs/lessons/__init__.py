"""The lessons of the course, in teaching order: name -> package. Imports nothing."""

LESSONS: dict[str, str] = {}
