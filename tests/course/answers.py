"""What students hand in for the toy lesson."""

RIGHT = "def mean(x): return sum(x) / len(x)\ndef gap(a, b): return a - b\n"
PUBLIC_ALONE = """
import numpy as np
def mean(x):
    print("asked for", len(x))
    known = np.random.default_rng(0).normal(size=17)
    return np.mean(x) if len(x) == 1 or (x == known).all() else 0.25
def gap(a, b): return b - a
"""
