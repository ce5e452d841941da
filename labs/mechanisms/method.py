"""How it is done, and what that cannot show."""

from labs.kit.method import Method

METHOD = Method(
    "Signals have each gone through one of five mechanisms, and experts compete to undo them: a "
    "critic that knows clean signals scores what each gives back, and the winner alone learns. "
    "Varied are how experts start, who learns from a signal, how many experts there are, and one "
    "mechanism after training. Measured are the share of a mechanism's signals that its matched "
    "expert wins, how well a frozen classifier reads what winners give back, and whether other "
    "experts change when one is refitted. The arms of a replicate share data, starts and batch "
    "orders.",
    differences=(
        "The paper is on images; here mechanisms act on MNIST-1D signals, and thresholds are "
        "predictions of this lab's specification.",
        "The critic learns from what winners give back; the paper's, as re-implementations have "
        "it, learns from all experts, and is an arm.",
        "Shifts are learned first and faster than the rest.",
    ),
    limitations=(
        "An expert is small and of one form: a bend of every sample, a filter, a shift; other "
        "networks are not tried.",
        "A mechanism whose result has the law of clean signals cannot be found by any critic.",
        "The classifier reads clean digits: what it does not read may be near a clean signal all "
        "the same.",
    ),
    changed=(
        "2026-11-26 (4658435): critic, batches and the order of learning were chosen on "
        "replicates 100 to 102, which no run has.",
        "2026-11-26 (28e5cb9): before the reference, after a trial in which no expert won all, "
        "the paper's critic got an arm and a claim of its own.",
    ),
)
