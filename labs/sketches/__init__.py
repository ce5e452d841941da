"""Sketches: what can one short vector remember of a modular network's work?

The mechanism is usable on its own, on any modular network's objects:

>>> space = Space(65536, {"face": 2, "tree": 3}, positions=2)  # module -> number of attributes
>>> scene = Scene([Object("face", [0.6, -0.8]), Object("tree", [0.0, 1.0, 0.0])])
>>> sketch = overall_sketch(space, scene)
>>> trees = count(space, sketch, "tree", space.gain((0.5,), "count"))  # weights on the way to it
>>> f"{trees.value:.1f} +- {trees.error:.2f}"
'1.0 +- 0.02'
>>> attributes(space, sketch, "face", space.gain((0.5,))).value.round(1).tolist()
[0.6, -0.8]
"""

from labs.sketches.objects import Object, Scene
from labs.sketches.readouts import Estimate, attributes, count, mean, prefix, subset, unroll
from labs.sketches.rotations import Blocks
from labs.sketches.sketching import overall_sketch, overall_sketches
from labs.sketches.space import Space

__all__ = [
    "Blocks",
    "Estimate",
    "Object",
    "Scene",
    "Space",
    "attributes",
    "count",
    "mean",
    "overall_sketch",
    "overall_sketches",
    "prefix",
    "subset",
    "unroll",
]
