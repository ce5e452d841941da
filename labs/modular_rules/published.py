"""What the paper compares (Mittal, Bengio & Lajoie 2022), by name."""

ARCHITECTURES = {"mlp": "MLP", "mha": "MHA", "rnn": "RNN"}
LOSSES = ("regression", "classification")
GT, OP, JOINT, MONOLITHIC = PAPER = ("gt_modular", "modular_op", "modular", "monolithic")
LABELS = {GT: "GT-Modular", OP: "Modular-op", JOINT: "Modular", MONOLITHIC: "Monolithic"}
WIDER = 4  # the hidden width, in encoder widths
SAMPLES = {"mlp": 256 * 100_000, "mha": 256 * 500_000, "rnn": 256 * 500_000}  # of a training
