"""What the paper compares (Mittal, Bengio & Lajoie 2022), by name, and what this lab adds to it."""

ARCHITECTURES = {"mlp": "MLP", "mha": "MHA", "rnn": "RNN"}
LOSSES = ("regression", "classification")
GT, OP, JOINT, MONOLITHIC = PAPER = ("gt_modular", "modular_op", "modular", "monolithic")
SWITCH = "switch"  # a sparse router with a balancing loss (Fedus, Zoph & Shazeer 2021)
OP_WIDE = "modular_op_wide"  # our control: a router by rule that does not narrow
MODELS = {
    GT: "GT-Modular",
    OP: "Modular-op",
    JOINT: "Modular",
    MONOLITHIC: "Monolithic",
    SWITCH: "Switch",
    OP_WIDE: "Modular-op, wide",
}
WIDER = 4  # the hidden width, in encoder widths
