"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.modular_rules.figure import (
    collapse,
    errors,
    losses,
    specialisation,
    training,
    use,
    wins_by_model,
)

PICTURES = {
    "losses": Picture(
        losses, "Regression losses over that of predicting zero, since their scale differs by task."
    ),
    "errors": Picture(errors, "Errors in classification."),
    "training": Picture(
        training, "Training curves by architecture, the mean over all its settings."
    ),
    "wins": Picture(wins_by_model, "Settings won, among the paper's four models and head to head."),
    "collapse": Picture(collapse, "Collapse by number of rules, trained and untrained."),
    "specialisation": Picture(
        specialisation, "Specialisation by number of rules, trained, untrained and for random use."
    ),
    "use": Picture(
        use, "Whether the use of modules follows the frequencies of rules, and activation matrices."
    ),
}
