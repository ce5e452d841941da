"""Is a modular architecture enough?

Varied: the architecture (MLP, attention, recurrent), the loss (regression, classification), the
number of rules, and above all the model: one monolithic network, modules with a router that is
trained with them (by the whole input, by the rule alone, or sparse), and modules that are told
which of them is meant. Measured: loss in and out of distribution, how fast it falls, and which
module answers for which rule, before and after training.

Source: Mittal, Bengio & Lajoie 2022 (arXiv:2206.02713), Figures 3 to 7. There a setting has 5
tasks x 5 seeds and 100,000 to 500,000 steps of 256 samples at rate 1e-4 (preset `paper`). Here a
replicate is a task, steps are fewer (a remark says by how much), and the rate is 30 to 100 times
higher and falls to zero over the last part: at a constant rate the noise of the last steps is as
large as what separates the models. Rates are the best of two or three, for all models together, in
a pilot of three tasks. The models of a task and seed see the same batches, which the endless stream
draws once for all of them.

What modules do is asked of networks that have learned: in every setting of an architecture
GT-Modular must be below 5 % of the zero predictor's loss (regression) and below half the errors of
the best predictor that is blind to the rule (classification; RNN: of a coin). The MLP and the RNN
get there in pilots. (The RNN's told modules learn faster at twice the rate, but Modular then ends
at twice its loss: the rate is not chosen for those that are told.) Attention does not: with other
tasks, after up to 10,000 steps, at rates from 1e-3 to 1e-2, with twice the width or four times the
batch and as few as 3 tokens, it stayed at 35 % of zero or above. There both heads of a module had
found the same of its rule's two searches, with scores far in saturation, and none the other. So
`full` shows where attention stands and spends little on it; preset `longer` spends more.

Controls: a recurrent net whose state is equally wide for every model and number of rules (matched
parameters narrow it as rules grow), a router by rule that does not narrow (attention, in `longer`),
untrained routers, and the zero predictor as unit of loss. Tests are smaller than the source's, in
`paper`, too: 10,000 samples or 1024 sequences.
"""

from labs.kit.lab import Deferred, Lab
from labs.modular_rules.claims import CLAIMS
from labs.modular_rules.grid import NAME, PRESETS, Cell, Config, Record, cells, megabytes, seconds
from labs.modular_rules.method import METHOD
from labs.modular_rules.pictures import PICTURES
from labs.modular_rules.remarks import remarks

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=2,
    question="Is a modular architecture enough?",
    finding="With many rules, modules that are told the rule lead those whose router sees it "
    "alone by {7-gt} (above 0: {7-gt:verdict}). Trained routers stand, where 0 is one module for "
    "each rule and 1 random use, at {12-far-mlp} in the MLP (above 0.5: {12-far-mlp:verdict}) and "
    "at {12-far-rnn} in the RNN ({12-far-rnn:verdict}). Out of distribution the lead of perfect "
    "specialisation, published as growing with rules, changes by {6-grow-mlp} in the MLP (above "
    "0: {6-grow-mlp:verdict}) and by {6-grow-rnn} in the RNN ({6-grow-rnn:verdict}).",
    source="Mittal, Bengio & Lajoie 2022, arXiv:2206.02713, Figures 3 to 7",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.modular_rules.training:train"),
    claims=CLAIMS,
    figures=PICTURES,
    seconds=seconds,
    megabytes=megabytes,
    within=("model", "seed", "replicate"),  # side by side, on batches drawn once
    members=120,
    bench=Deferred("labs.modular_rules.speed:bench"),
    races=Deferred("labs.modular_rules.races:races"),
    remarks=remarks,
    devices=Deferred("labs.nn:devices"),
    method=METHOD,
)
