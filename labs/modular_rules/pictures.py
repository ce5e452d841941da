"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.modular_rules.figure import errors, losses, training
from labs.modular_rules.figures_of_claims import answer, leads, wins_by_model
from labs.modular_rules.figures_of_use import (
    adaptation,
    average_collapse,
    collapse,
    information,
    matrices,
    specialisation,
)

PICTURES = {
    "answer": Picture(
        answer,
        "Networks learn data that mix several rules. Modules are told which of them is meant "
        "(GT-Modular), are chosen by a router that sees the rule alone (Modular-op) or everything "
        "(Modular), or there are none (Monolithic). (a) By how much the loss of one model is "
        "below the next one's, in halvings; the first two with most rules, the last over all. (b) "
        "By how much GT-Modular's lead over models trained end to end grows from fewest to most "
        "rules: out of distribution {6-grow} ({6-grow:verdict}). (c) How far trained routers are "
        "from one module per rule: {12-far} ({12-far:verdict}).",
    ),
    "losses": Picture(
        losses,
        "Regression: the test loss of each model over that of predicting zero, since losses "
        "differ by task, by the number of rules in the data, which is the number of modules, too; "
        "top row in distribution, bottom row out of it (larger features, longer sequences), one "
        "column for each architecture that was trained (MHA: attention). Modules are told "
        "(GT-Modular), routed by the rule alone (Modular-op, and with a wide router), by "
        "everything (Modular), sparsely (Switch), or absent (Monolithic). Grey: predicting zero, "
        "and the best that is blind to the rule. Bands are 95 % t intervals over tasks.",
    ),
    "errors": Picture(
        errors,
        "Classification: test errors in percent of each model by the number of rules in the data, "
        "which is the number of modules, too; top row in distribution, bottom row out of it "
        "(larger features, longer sequences), one column for each architecture that was trained "
        "(MHA: attention). Modules are told which is meant (GT-Modular), routed by the rule alone "
        "(Modular-op, and with a wide router), by everything (Modular), sparsely (Switch), or "
        "absent (Monolithic). Grey: predicting zero, and the best that is blind to the rule. "
        "Bands are 95 % t intervals over tasks.",
    ),
    "training": Picture(
        training,
        "Test loss over that of predicting zero during training, mean over all numbers of rules "
        "and both losses, one panel for each architecture that was trained (MHA: attention); "
        "lines are models, from modules that are told which is meant (GT-Modular) to one network "
        "without modules (Monolithic). The wide panel judges whether GT-Modular is the fastest: "
        "the mean loss over training of the fastest other model, chosen on other tasks, over its "
        "own, in doublings, right of 0 GT-Modular is faster.",
    ),
    "leads": Picture(
        leads,
        "Leads in test loss in octaves, 1 is half the loss; dots are tasks. (a) In distribution: "
        "models whose modules are told or routed by the rule over the others, one model over the "
        "next, and a sparse router (Switch) over Modular: {S-loss} ({S-loss:verdict}). (b) By how "
        "much leads grow from fewest to most rules, of GT-Modular over models trained end to end, "
        "with states of equal width, too, and of the best model over the worst. (c) GT-Modular "
        "over the best other model out of distribution, and the growth of its lead there: "
        "{6-grow} ({6-grow:verdict}).",
    ),
    "wins": Picture(
        wins_by_model,
        "In which share of the settings of a task (architecture, loss, number of rules) a model "
        "has the lowest test loss, (a) among four models and (b) of Modular and Monolithic alone; "
        "circles in distribution, diamonds out of it, small dots are tasks. (c) GT-Modular's "
        "share less that of the next most frequent winner, and Modular's share head to head: "
        "against one half, a draw, and against three quarters, a huge gap.",
    ),
    "collapse": Picture(
        collapse,
        "Are modules left unused? Collapse-Worst is 0 where the least used module has its fair "
        "share and 1 where it is never used; by the number of rules, after training (lines with "
        "marks) and before (dotted), one panel for each architecture that was trained (MHA: "
        "attention). Modular-op routes by the rule alone, Modular by everything, Switch sparsely. "
        "The wide panel judges what training adds, whether that grows with rules, and differences "
        "of models; Modular: {9-mod} ({9-mod:verdict}).",
    ),
    "average_collapse": Picture(
        average_collapse,
        "The share of use that modules miss on average, Collapse-Avg: 0 where all modules are "
        "used alike, 1 where one does everything; by the number of rules, after training (lines "
        "with marks) and before (dotted), one panel for each architecture that was trained (MHA: "
        "attention). Modular-op routes by the rule alone, Modular by everything, Switch sparsely. "
        "The wide panel judges whether Modular-op collapses less than Modular: {10-avg} "
        "({10-avg:verdict}).",
    ),
    "specialisation": Picture(
        specialisation,
        "Has each rule a module of its own? Alignment is 0 where it has; dashed: modules used at "
        "random. By the number of rules, after training (lines with marks) and before (dotted), "
        "one panel for each architecture that was trained (MHA: attention). The wide panel "
        "judges, over the value of random use, the change by training (below 0: towards the "
        "rules), whether it shrinks with rules, the difference of two models, and how far trained "
        "routers are with most rules: {12-far} ({12-far:verdict}).",
    ),
    "information": Picture(
        information,
        "Does the module tell the rule? Inverse mutual information is 0 where it tells all and "
        "largest (dashed) where modules are used at random; by the number of rules, after "
        "training (lines with marks) and before (dotted), one panel for each architecture that "
        "was trained (MHA: attention). Modular-op routes by the rule alone, Modular by "
        "everything, Switch sparsely. The wide panel judges the change by training over the value "
        "of random use: {12-train} ({12-train:verdict}).",
    ),
    "adaptation": Picture(
        adaptation,
        "Does the use of modules follow the frequencies of rules where these change? Adaptation "
        "is 0 where it does; dashed: modules used at random. By the number of rules, after "
        "training (lines with marks) and before (dotted), one panel for each architecture that "
        "was trained (MHA: attention). Modular-op routes by the rule alone, Modular by "
        "everything, Switch sparsely; bands are 95 % t intervals over tasks. No claim is about "
        "it.",
    ),
    "matrices": Picture(
        matrices,
        "Which module answers for which rule: activation matrices of three single networks with "
        "most rules, one routed by everything (Modular), one by the rule alone (Modular-op), one "
        "sparsely (Switch), as far as they were trained. A row is a rule, a column a module, dark "
        "is much use. One dark cell in each row and column would be perfect specialisation, a "
        "dark column a module that does everything, a light one a module that is left unused.",
    ),
}
