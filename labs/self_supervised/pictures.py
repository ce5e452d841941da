"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.self_supervised.figure import layers

PICTURES = {
    "layers": Picture(
        layers,
        "Six panels: linear and neighbour accuracy by layer, the embedding's map; over "
        "training time, before and after the projector, and changes to the default.",
    ),
}
