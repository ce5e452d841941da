"""What is measured: one function per question, from a cell to the fields of its record."""
