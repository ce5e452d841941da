"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.composition.figure import grid
from labs.composition.figures_of_lines import lines, soups
from labs.composition.figures_of_mixtures import mixtures, trees
from labs.composition.figures_of_shares import arms, leads, shares, sources
from labs.composition.figures_of_sums import analogies, negation, sums
from labs.kit.lab import Picture

PICTURES = {
    "shares": Picture(
        shares,
        "One module learned a domain (how signals look), another a task (what is asked), apart "
        "from each other; put together they meet pairs of domain and task that neither has seen. "
        "The horizontal axis is the share of the gap that they close between the task's module "
        "alone, at 0, and a module trained on the pair itself, at 1. (a) Composed, six kinds of "
        "modules: claimed is any share above 0, of two kinds also more than a half. (b) With "
        "another domain's module, which should help by 0.1 or less. Shaded is where a claim holds.",
    ),
    "grid": Picture(
        grid,
        "(a) The share of the gap that composed modules close in each pair of a domain and a task, "
        "by the kind of module: blue closes it, white is the task's module alone, red is worse "
        "than that. Hatched pairs have no gap to close, or the task was not learned. (b) The test "
        "accuracy of all arms of one kind in the same pairs: the modules alone, composed, in the "
        "other order, with a wrong or random module, networks trained jointly on other pairs, and "
        "the oracle that was trained on the pair.",
    ),
    "arms": Picture(
        arms,
        "For each kind of module, the share of the gap between the task's module alone (0) and one "
        "trained on the pair (1) that is closed by: the composed modules, in the usual order and "
        "reversed; a head trained without the task's module, behind the domain's; a random change "
        "as large as the domain's module; and another domain's module. Grey ones should close "
        "nothing. The mean is over the pairs that have a gap, whose number is in the title.",
    ),
    "leads": Picture(
        leads,
        "What composed modules are ahead of, to the right of 0. (a) The same task's module with "
        "another domain's in place of the right one, as the difference of the shares of the gap "
        "that they close, for six kinds of modules. (b) A head that was trained without the "
        "task's module, and the task's module before the domain's. (c) In points of accuracy: "
        "networks that were trained jointly on other pairs; and modules in blocks of their own "
        "over modules in all blocks.",
    ),
    "sources": Picture(
        sources,
        "What must a domain's module learn from, to compose? The share of the gap that is closed "
        "with (a) LoRA and (b) adapters, where the domain's module learned from labelled signals, "
        "from pairs of a signal with its clean twin, from signals alone by restoring masked "
        "samples, and from labels with domain and task in blocks of their own. (c) By how much "
        "more of the gap labels and clean twins close than signals alone, as claims.",
    ),
    "lines": Picture(
        lines,
        "Two networks that learned the same domain, and what lies on the straight line between "
        "their parameters. (a) Test accuracy along the line: whole networks, adapters and LoRA, "
        "from one start (solid) and from two (dashed). (b) The barrier, by how far a line sags "
        "below its ends: from one base less than 2 points were foretold, from two bases more than "
        "20. (c) How much higher the barrier is between modules from two starts than from one.",
    ),
    "soups": Picture(
        soups,
        "Four networks are fine-tuned from one base at four learning rates, from half to twice the "
        "best, and their parameters are averaged to one network, a soup. (a) Test accuracy of the "
        "four on the mean, of the best of them, and of the soup. (b) By how many points the soup "
        "is ahead of the mean (claimed: any lead) and of the best (claimed: no more than half a "
        "point behind); left of 0 averaging harms.",
    ),
    "sums": Picture(
        sums,
        "What a network learned in a domain is the difference of its parameters from the base; "
        "differences of several domains are added. (a) The share of the accuracy of networks of "
        "one domain that sums of two and of four keep, by the scale of the differences, and at "
        "the scale that validation data choose. (b) The same at that scale, beside one difference "
        "with a random one and one alone; 0.8 was foretold. (c) The lead of sums of two over each. "
        "(d) Four networks merged in six published ways.",
    ),
    "negation": Picture(
        negation,
        "A network has learned clean and reversed digits; the difference that reversed ones made "
        "to a base is taken away, so that it forgets them. (a) Accuracy on both by how much is "
        "taken away, and at the scale that validation data choose, beside a random change as "
        "large. (b) By how many points reversed digits fall there: 20 were foretold. (c) Which "
        "share of the accuracy on clean digits stays: 0.95 was foretold.",
    ),
    "analogies": Picture(
        analogies,
        "Signals that are reversed and have a ramp, which no network has learned. (a) Test "
        "accuracy of the base, and of the base with what ramps taught, with what reversed signals "
        "taught, with a random change as large, and with the analogy: ramp, plus what is between "
        "reversed and clean signals. (b) By how many points the analogy is ahead of the others; "
        "right of 0 is claimed.",
    ),
    "mixtures": Picture(
        mixtures,
        "A new domain with 200 examples, and adapters of four other domains side by side. (a) Test "
        "accuracy of the base, of the best of these adapters, of their outputs averaged, weighted "
        "by learned numbers, and weighted by attention; and of a new adapter that learned the "
        "domain from the same examples. (b) The leads that are claimed. (c) Which adapter the "
        "attention looks at: ramps are the closest relative of the new domain's sheared signals.",
    ),
    "trees": Picture(
        trees,
        "Four domains in two families are the leaves of a tree: adapters of the root and of the "
        "families have learned from relatives, and each leaf has 100 examples of its own. (a) "
        "Test accuracy in each leaf with the root's and the family's adapters alone, with an "
        "adapter of the leaf alone, and with all three one behind the other. (b) By how many "
        "points the three are ahead of the leaf's alone; right of 0 the tree helps.",
    ),
}
