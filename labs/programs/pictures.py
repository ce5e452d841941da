"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.programs.figure import controls, growth, lengths, recalls
from labs.programs.figures_of_steps import program

PICTURES = {
    "lengths": Picture(
        lengths,
        'A program is a text, such as "diff shift smooth": operations on a signal. Three '
        "networks with as many parameters saw programs of one operation and half of those of two: "
        "a module per operation, put together as the text says; one network, iterated; and a "
        "monolith that reads the whole text. (a) Test error by length, relative to the variance of "
        "the right answer; modules have {C29-five} at five operations (below 5: "
        "{C29-five:verdict}). (b) On lengths that none has seen, how many times the error of one "
        "doubles to that of another; modules lead the monolith by {C29-longer} (above 0: "
        "{C29-longer:verdict}).",
    ),
    "growth": Picture(
        growth,
        "Why longer programs work or fail. (a) Errors of single operations, which all networks "
        "were trained on. (b) Errors of modules by length, beside what errors of single "
        "operations, carried through those that follow, predict. (c) How much larger errors of "
        "modules are on pairs of operations that were held out than on trained ones, {C29-held} "
        "(less than one doubling: {C29-held:verdict}), and than predicted in (b) at five "
        "operations, {C29-carried} (between -1 and 1: {C29-carried:verdict}). (d) Whether errors "
        "grow by the same factor with every operation: zero says so, {C29-geometric:verdict}.",
    ),
    "controls": Picture(
        controls,
        "Does it matter which module comes when? (a) Errors of trained modules put together in "
        "other ways than the program says, and of untrained ones; these must fail, beyond 5 %, "
        "while two operations that commute may change places. The square is the error of "
        "modules as the text says. (b) Errors of all pairs with their two modules in the other "
        "order: where operations commute (*) that is right, elsewhere the closer the two orders, "
        "the less it costs. Mean of logarithms over replicates.",
    ),
    "recalls": Picture(
        recalls,
        "A task for an external memory: pairs of a signal and one of eight symbols are told, then "
        "a signal is shown again and its symbol asked for. (a) Test accuracy over the number of "
        "pairs told, of a network with a memory and of a GRU of three times the parameters, after "
        "as many steps and after four times as many; with its memory emptied before the question "
        "the network should answer at chance. (b) The lead of the memory: {C29-recall} after as "
        "many steps (above 0: {C29-recall:verdict}), {C29-recall-fourfold} over the GRU after four "
        "times as many (above 0: {C29-recall-fourfold:verdict}).",
    ),
    "program": Picture(
        program,
        'One program of five operations, "shift smooth ramp reverse diff", run by modules that '
        "were trained on programs of one and two. (a) A test signal; (b) to (f) the signal after "
        "each operation: in grey what it should be, in blue what the modules of one replicate have "
        "made of it so far. Modules see nothing but what the one before has given. In brackets "
        "stands the squared error as a share of the variance of the right answer, for this one "
        "signal.",
    ),
}
