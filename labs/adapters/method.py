"""How it is done, and what that cannot show."""

from labs.kit.method import Method

METHOD = Method(
    "A network for MNIST-1D is frozen and adapted to changed signals by modules that change its "
    "parameters, its inputs or its functions, of several sizes; full fine-tuning, a new head and "
    "training from scratch stand beside them. Measured are test accuracy, the share that a method "
    "closes of the gap between the frozen base and full fine-tuning, and its costs, counted: "
    "trained numbers, bits, products and memory of a step. A hypernetwork writes adapters for "
    "changes that it has not seen. The methods of a replicate share data, base and batch order.",
    differences=(
        "The survey has no numbers of its own: it says in words what holds. Directions are judged "
        "as its sentences; numbers are predictions of this lab's specification, written before "
        "any run.",
        "The survey is about large language models; here one small network reads synthetic "
        "signals.",
        "Rates are chosen on validation data of a replicate of its own, in a domain that no table "
        "has.",
    ),
    limitations=(
        "Full fine-tuning is trained as long as a module: it is what modules are compared with, "
        "and no ceiling.",
        "Costs are counted and not timed; times depend on the machine and are told by `python -m "
        "labs.adapters.latency`.",
        "Shares of parameters on a small base are no shares on a large one: a module of one rank "
        "is a larger part of it.",
    ),
)
