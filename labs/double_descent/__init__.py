"""Lab: does test error fall a second time past the interpolation threshold?"""

from labs.double_descent.lab import LAB

__all__ = ["LAB"]
