"""Values of theory. The source prints no experiment: constants are derived here from the
construction, with one line of algebra each; levels without a formula were measured once with numpy
while this lab was specified, before its code."""

from math import log2, sqrt

OBJECTS = (1, 2, 4, 8, 16)  # in a flat scene
WEIGHTS = (0.05, 0.1, 0.2, 0.4, 0.8)  # of one of four objects
FANS = (1, 2, 3)  # objects that every object of a tree is made of


def norm(fan: int, depth: int) -> float:
    """The squared norm of an object's sketch in a tree of equal weights and unit attributes, of
    modules that differ: N_h = (1/2 + N_{h-1} / (2 fan)) / 8."""
    below = norm(fan, depth - 1) / (2 * fan) if depth > 1 else 0.0
    return (1 / 2 + below) / 8


def deep(fan: int, depth: int) -> float:
    """The error, times sqrt(d), of an object at the bottom of such a tree: the sketch's norm over
    the gain w 2^-(3 depth + 1), w = fan^-depth, less the readout's own part."""
    gain = fan**-depth * 2.0 ** -(3 * depth + 1)
    return sqrt(norm(fan, depth) / (2 * fan) - gain**2) / gain


FLAT = {k: sqrt(8 * k - 1) for k in OBJECTS}  # error times sqrt(d) of one of k equal objects
WEIGHTED = {w: sqrt(8 * (w**2 + (1 - w) ** 2 / 3) - w**2) / w for w in WEIGHTS}  # of four objects
DEEPER = {  # factor of the error from one level to the next
    (fan, depth): deep(fan, depth + 1) / deep(fan, depth) for fan in FANS for depth in (1, 2)
}
COUNTED = {4: sqrt(8 * 4), 8: sqrt(8 * 8), 16: sqrt(8 * 16)}  # error of counts times sqrt(d)
ALONG = sqrt(2 * 4 * 7 - 1)  # error times sqrt(d) of one of four objects of a module, by its path
REPEATED = (7.0, 7.5)  # the range in which it was measured
CUT = (5.3, 5.9)  # error times sqrt(d') of one of four objects, d' numbers left
OCTAVES = {  # of d', from where a weight's error is 0.5 to where the next weight's is
    (light, heavy): 2 * log2(WEIGHTED[light] / WEIGHTED[heavy])
    for light, heavy in ((0.05, 0.2), (0.2, 0.8))
}
# Error of counts in the mean of many scenes of four digits: of the sketch of ten digits, each a
# tenth of all objects, of norm^2 10 * 0.1^2 (1 + 1 / 4) / 4 * 1 / 16, over the gain 1 / 64.
AVERAGE_OF_DIGITS = sqrt(10 * 0.1**2 * (1 + 1 / 4) / 4 / 16) * 64 / sqrt(2048)
DETECTED = {64: 0.77, 256: 0.90, 1024: 0.99}  # AUC
HISTOGRAM = {256: 0.40, 512: 0.80, 1024: 0.97, 2048: 1.00}  # of three digits, all right
CUT_HISTOGRAM = {256: 0.50, 512: 0.78, 1024: 0.97, 2048: 1.00}  # of a prefix of 8192 numbers
AVERAGE = {1: 0.12, 10: 0.065, 100: 0.045, 400: 0.045}  # error of digits per scene, d = 2048
SPEARMAN, OVERLAP, RANDOM_OVERLAP = 0.86, 2.1, 0.74  # of retrieval at d = 512
RECOVERED = {300: 0.39, 1000: 0.865, 3000: 0.875}  # share of columns, by sketches
