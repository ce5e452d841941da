"""Lab: do winning tickets exist, do they transfer, and is locality what they carry?"""

from labs.lottery.lab import LAB

__all__ = ["LAB"]
