"""One scene from its signals to what is read back, for the picture of the mechanism."""

from typing import Any

import numpy as np

from labs.kit.seeds import stream
from labs.sketches.digits import MODULES, digit_space, digits, scenes
from labs.sketches.experiments.scenes import signals
from labs.sketches.grid import NAME, Cell
from labs.sketches.readouts import attributes, count
from labs.sketches.sketching import overall_sketch

SHOWN = (3, 8, 3)  # the digits of the scene


def picture(cell: Cell) -> dict[str, Any]:
    """A scene of three digits, two of them alike: signals (3, 40), waveforms (3, 12), the sketch
    (d,), and what is read: counts (10,) and their error, waveforms by slot (3, 12) and theirs."""
    seen = digits(np.array([SHOWN]), stream(NAME, "picture", cell.replicate))
    space = digit_space(cell.d, len(SHOWN), cell.replicate)
    sketch = overall_sketch(space, scenes(seen)[0])
    weight = [1 / len(SHOWN)]
    counts = [count(space, sketch, name, space.gain(weight, "count")) for name in MODULES]
    slots = [
        attributes(space, sketch, MODULES[digit], space.gain(weight), positions=[i])
        for i, digit in enumerate(SHOWN)
    ]
    return {
        "shown": list(SHOWN),
        "signals": signals(np.array(SHOWN), cell.replicate),
        "waveforms": seen.waveforms[0],
        "sketch": sketch,
        "counts": np.array([read.value for read in counts]),
        "counts_error": float(counts[0].error),
        "read": np.stack([read.value for read in slots]),
        "read_error": float(slots[0].error),
    }
