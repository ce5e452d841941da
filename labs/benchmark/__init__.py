"""Lab: which priors does a model need to read MNIST-1D?"""

from labs.benchmark.lab import LAB

__all__ = ["LAB"]
