"""How it is done, and what that cannot show."""

from labs.kit.method import Method

METHOD = Method(
    "Five tasks come one after the other: five domains, five permutations of the labels, or five "
    "pairs of classes of a new domain. They are learned by one network or module that is trained "
    "on, by a module for each task, by PackNet, SupSup and progressive networks; joint training "
    "and the frozen base are the ends between which they lie. After every task accuracy is "
    "measured on every task, with the task's name known and where it must be inferred, and "
    "whether logits of old tasks stay the same to the bit. Methods of a replicate share data, "
    "base, tasks, order and starts.",
    differences=(
        "The survey has no numbers of its own: it says in words what holds. Directions are judged "
        "as its sentences; numbers are predictions of this lab's specification, written before "
        "any run.",
        "The survey is about large language models; here one small network reads synthetic "
        "signals.",
        "Methods that start from nothing stand beside those that start from the base, as their "
        "papers have them.",
    ),
    limitations=(
        "What forgets is compared, not what reaches most: methods that start from nothing cannot "
        "be compared in level with the others.",
        "Five tasks of one kind of signal are few; nothing is said of capacity that runs out.",
        "Rates are chosen for learning a task, and forgetting plays no part in the choice.",
    ),
)
