"""Final accuracies of the stored run of 2024, which Table 1 rounds up; no claim is about them."""

from labs.benchmark.grid import NAMES
from labs.benchmark.measures import arm, on_published
from labs.benchmark.published import LEARNED, STORED
from labs.kit.measures import column
from labs.kit.published import Published

NUMBERS = [
    Published(
        what=f"{NAMES[model]}, {'shuffled' if shuffled else 'plain'}: stored test accuracy",
        value=value,
        unit="%",
        measure=on_published(model, shuffled),
    )
    for (model, shuffled), value in STORED.items()
]
NUMBERS += [
    Published(
        what=f"{NAMES[model]}, plain: stored training accuracy",
        value=value,
        unit="%",
        measure=column("final_train", **arm(model)),
    )
    for model, value in LEARNED.items()
]
