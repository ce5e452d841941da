"""One exercise, two measures, four questions."""
