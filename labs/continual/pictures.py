"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.continual.figure import sequences
from labs.continual.figures_of_forgetting import courses, forgetting, matrices
from labs.continual.figures_of_levels import beforehand, columns, kept, levels
from labs.continual.figures_of_names import classes, names
from labs.kit.lab import Picture

PICTURES = {
    "forgetting": Picture(
        forgetting,
        "Networks learn to read digits in five domains, one domain after the other, and see no "
        "earlier one again. (a) How well the first domain is read before training, after it was "
        "learned, and after each later one: a line that stays level has forgotten nothing, one "
        "that falls to the dotted line of chance has forgotten all. What is trained on for all "
        "tasks is dashed. (b) What is lost of earlier tasks in three kinds "
        "of sequences, as claims: shaded is the side on which a claim holds. The last row is the "
        "largest change that any of five methods that freeze what was learned shows anywhere.",
    ),
    "sequences": Picture(
        sequences,
        "The experiment. Five tasks come one after the other, in an order drawn anew for each "
        "replicate: (a) five domains, that is five ways to change the signals of the same ten "
        "digits; (b) five permutations of the labels, the same signal under five names; (c) five "
        "pairs of digits of one new domain, one dashed. (d) What six methods train for each task, "
        "framed, and what they leave as it is, pale; the width of a box is a network, colours say "
        "which task has set a part, grey is a frozen base. Lines are lateral connections.",
    ),
    "courses": Picture(
        courses,
        "How well the first of five tasks is read as later ones are learned, by all methods, with "
        "the task's name known: (a) domains, (b) permutations of the labels, (c) pairs of digits, "
        "where thin lines count an answer among all ten digits and thick ones between the task's "
        "own two. Methods that train on what they have are dashed; bands are wide in (a) as "
        "the order of the domains is drawn anew. (d) The largest change of any output that "
        "belongs to an earlier task, for methods that freeze it: the claim is that there is none, "
        "to the last bit.",
    ),
    "matrices": Picture(
        matrices,
        "How well each task (column) is read at the start and after each training (row), a panel "
        "for each of six methods, in three sequences of five tasks: domains, permutations of the "
        "labels, pairs of classes. A task that was not learned yet is answered with what was "
        "learned last. Below the bold diagonal stand tasks that were learned earlier: where "
        "columns keep their colour downwards, nothing is forgotten; where the diagonal alone is "
        "dark, all is. Numbers are percent, means over replicates.",
    ),
    "levels": Picture(
        levels,
        "How well all five tasks are read after the last one was learned, on the mean: (a) five "
        "domains, (b) five permutations of the labels, (c) five pairs of classes, the task's name "
        "known. Joint training, which sees all tasks at once, is the ceiling, the frozen base the "
        "floor. (d) By how many points a LoRA per task ends ahead of fine-tuning in sequence "
        "(claimed: any lead) and of joint training (claimed: no more than 1.5 points behind). "
        "Shaded is the side on which a claim holds.",
    ),
    "columns": Picture(
        columns,
        "Progressive networks add a column for each task, which reads the hidden layers of all "
        "earlier columns through lateral connections. How well each task is read when it was just "
        "learned, with these connections (solid) and without (dotted): (a) domains, (b) "
        "permutations of the labels, (c) pairs of classes. The distance of the two lines is what "
        "earlier columns are worth. (d) That distance over the last two tasks, as claims, to the "
        "right of 0 where laterals help.",
    ),
    "beforehand": Picture(
        beforehand,
        "Forward transfer: by how many points a task is read better just before it is learned "
        "than at the very start, mean over all tasks but the first, for every method that learns "
        "tasks one by one. Right of 0, earlier tasks help one that was not seen yet; left of it, "
        "they harm. (a) Five domains, where a gain of progressive columns was foretold, (b) five "
        "permutations of the labels, (c) five pairs of classes.",
    ),
    "classes": Picture(
        classes,
        "Five pairs of digits are learned one after the other; what is left of the first four at "
        "the end. (a) The answer is sought between the task's own two digits, chance 50 %. (b) It "
        "is sought among all ten, chance 10 %. Networks that are trained on for all tasks, the "
        "first two rows, are claims: what they lose in (b) and not in (a) is a bias of the head "
        "towards the last pair. (c) The task is not told, but inferred from a batch of 16 "
        "signals, of all five pairs and among ten answers.",
    ),
    "names": Picture(
        names,
        "Methods that freeze what was learned keep a network for each task, and must know which "
        "one to ask. (a) Five domains: accuracy when the network is that of the right task, of "
        "the one that is least uncertain about 16 signals, or of the wrong task. (b) Five "
        "permutations of the labels, asked under the next task's name: claimed is less than "
        "chance. (c) How often SupSup finds the task of a batch by one gradient; in "
        "permutations signals are the same in all tasks, and chance is claimed.",
    ),
    "kept": Picture(
        kept,
        "What five domains cost: accuracy over all of them at the end, and how many kilobytes a "
        "method must keep beyond the frozen base to answer them. Further up is better, further to "
        "the left is cheaper. Each method has one mark, the mean over replicates, which are faint "
        "dots; lines are the frozen base, which keeps nothing more, and chance. Methods that keep "
        "one set of numbers for all tasks forget; others keep some for every task.",
    ),
}
