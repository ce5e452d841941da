"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.mechanisms.figure import answers, example, training
from labs.mechanisms.figures_of_leads import leads, swap

PICTURES = {
    "answers": Picture(
        answers,
        "Five experts compete for digits that each went through one of five mechanisms, and the "
        "one whose output looks most like a clean digit learns. (a) Which share of a mechanism's "
        "signals each expert wins after training: a dark diagonal means that every mechanism has "
        "an expert of its own, two dark cells in a column that one expert serves two. (b) The "
        "mean of that diagonal, beside experts that started at random, are not trained, or are "
        "dealt signals by chance. (c) How well a classifier that knows clean digits alone reads "
        "what the winners give back. Shaded is what was foretold.",
    ),
    "example": Picture(
        example,
        "One digit of a test set (first column, grey everywhere), what each of five mechanisms "
        "makes of it (second column, black), and what each of five competing experts makes of "
        "that, in one replicate. The blue expert of a row wins most of that mechanism's signals; "
        "where blue lies on grey, the mechanism is undone. Below each, the share of the "
        "mechanism's signals that the expert wins. What is higher than the cell is drawn to its "
        "edge.",
    ),
    "training": Picture(
        training,
        "Experts usually start as the identity; these start at random. (a) Who wins which share "
        "of a mechanism's signals at the end, if the critic learns from winners. (b) Over "
        "training, the share that the matched experts win, for both starts, for the paper's "
        "critic, which learns from all experts, and where signals are dealt by chance. (c) The "
        "share of all signals that the busiest expert wins. (d) The same at the end, as claims: "
        "from a random start one expert was foretold to win nearly all, the shaded side.",
    ),
    "leads": Picture(
        leads,
        "(a) How well a classifier of clean digits reads the signals of each mechanism, as they "
        "are and through four kinds of experts; 1 is what it reaches on clean digits. (b) By how "
        "much competing experts are ahead of untreated signals, of one expert for all that is as "
        "large as they together, of other starts and of chance; and those that are told the "
        "mechanism ahead of competing ones. (c) By how much larger a share of their mechanism's "
        "signals matched experts win than other experts. Right of 0 is ahead, and claimed.",
    ),
    "swap": Picture(
        swap,
        "After training one mechanism, a rising line, is swapped for a falling one. Of the five "
        "experts the one that served it is refitted, and the others stay. (a) How well the new "
        "mechanism and the four others are read: with experts as they were, with one refitted, "
        "and with all of them trained anew for as long. (b) By how much the new mechanism is read "
        "better with one refitted than before, and than with all anew. (c) How many numbers of "
        "the other experts' outputs change, which is to be none.",
    ),
}
