"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.sketches.figure import errors, mechanism
from labs.sketches.figures_of_uses import digits, resemblance, year

PICTURES = {
    "mechanism": Picture(
        mechanism,
        "One scene from left to right: its signals, its objects, the sketch as a strip, and "
        "what is read back from it, counts and waveforms.",
    ),
    "errors": Picture(
        errors,
        "Six panels, with lines of theory: errors of attributes by d, weight and depth; "
        "products of sketches by d and by shared weight; errors of what is left of a cut "
        "sketch.",
    ),
    "digits": Picture(
        digits,
        "Six panels: all counts, one slot, and a waveform of scenes of digits by d, seen by "
        "modules that know them and by a trained network; how often, from a mean of many "
        "sketches; columns of modules found from sketches alone.",
    ),
    "year": Picture(
        year,
        "Six panels: the error of five questions on a year by the numbers that are kept, of "
        "sketches and of what one would keep instead; and clusters of an unnamed module's "
        "objects.",
    ),
    "resemblance": Picture(
        resemblance,
        "Sketches of scenes in a plane, coloured by content; how retrieval follows shared "
        "content; and what sketches of a trained CNN's firings hold of the class.",
    ),
}
