"""How it is done, and what that cannot show."""

from labs.kit.method import Method

METHOD = Method(
    "A program is a text of operations on signals. Modules that are put together as the text "
    "says, affine modules, one network that is iterated with the operation's code, and one "
    "network that is told the program by a GRU train on all programs of length 1 and half of "
    "those of length 2, with as many parameters and examples. Their relative error is measured on "
    "the other half and on programs of length 3, 4 and 5. In a second task pairs of signal and "
    "symbol are told and a signal is asked for: a memory with content addressing stands beside a "
    "GRU.",
    differences=(
        "The survey has no numbers of its own: it says in words what holds. Directions are judged "
        "as its sentences; numbers are predictions of this lab's specification, written before "
        "any run.",
        "The memory is that of Graves et al. 2016 with its content addressing and allocation of "
        "slots, without its gates and temporal links, and with one key for one write and one read "
        "head.",
    ),
    limitations=(
        "All operations are affine maps of a signal, so that a right module is simple, and some "
        "of them commute.",
        "The modules are told which operation stands where: finding the program is no part of the "
        "task.",
        "The GRU has as many steps as the memory, and four times as many; what still longer "
        "training gives is not measured.",
    ),
)
