"""Lab: is a modular architecture enough?"""

from labs.modular_rules.lab import LAB

__all__ = ["LAB"]
