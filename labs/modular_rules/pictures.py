"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.modular_rules.figure import losses
from labs.modular_rules.figures_of_claims import answer
from labs.modular_rules.figures_of_use import modules

PICTURES = {
    "answer": Picture(
        answer,
        "Networks learn data that mix several rules. Modules are told which of them is meant "
        "(GT-Modular), are chosen by a router that sees the rule alone (Modular-op) or everything "
        "(Modular), sparsely (Switch), or there are none (Monolithic). Claims that are not judged, "
        "as those about an architecture whose told modules have not learned, are left out; where "
        "none of a panel is, they stand there with crosses. (a) By how much the loss of one model "
        "is below another's, in halvings: {7-gt} for telling ({7-gt:verdict}). (b) By how much the "
        "lead of told modules over models trained end to end grows from fewest to most rules, and "
        "that of the best model over the worst; out of distribution that of told modules by "
        "{6-grow-mlp} in the MLP and {6-grow-rnn} in the RNN. (c) Told modules over the best other "
        "model out of distribution. (d) By what share of the settings told modules win more than "
        "the next model does; and in what share of them Modular wins against Monolithic: half is "
        "a draw, three quarters a huge gap.",
    ),
    "losses": Picture(
        losses,
        "The test loss of each model in distribution by the number of rules in the data, which is "
        "the number of modules, too: regression over that of predicting zero, since scales differ "
        "by task, and errors in classification; one column for each architecture that was trained "
        "(MHA: attention). Modules are told (GT-Modular), routed by the rule alone (Modular-op, "
        "and with a wide router), by everything (Modular), sparsely (Switch), or absent "
        "(Monolithic). Grey: predicting zero (errors: a coin), the best that is blind to the rule, "
        "and what told modules must be below everywhere, on average, to count as having learned. "
        "Bands are 95 % t intervals over tasks.",
    ),
    "modules": Picture(
        modules,
        "Top: are modules left unused? Collapse-Worst is 0 where the least used module has its "
        "fair share and 1 where it is never used. Bottom: has each rule a module of its own? "
        "Alignment is 0 where it has and 1 where modules are used at random. By the number of "
        "rules, after training (solid) and before (dotted), of a router that sees the rule alone "
        "(a, d: Modular-op) and of one that sees everything (b, e: Modular), in the architectures "
        "that have learned (where none has: in all); bands are 95 % t intervals over tasks. (c, f) "
        "What training adds with most rules, whether that grows with rules, and how models differ, "
        "where that is judged: trained routers are at {12-far-mlp} in the MLP and at {12-far-rnn} "
        "in the RNN.",
    ),
}
