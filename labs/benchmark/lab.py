"""Which priors does a model need to read MNIST-1D?

Varied: the model, from no spatial prior to strong ones (logistic regression, MLP, a transformer
over patches, a locally connected net, GRU, CNN; scikit-learn's logistic regression and
10 nearest neighbours beside them), and the order of the 40 positions: as they are, or permuted,
which destroys locality and nothing else. Further one change at a time to the MLP (which takes it
to the published 68 %?), the CNN's number of training examples (when does it pass the human?), and
one source of chance alone (data set, starting weights, batch order, rounding). MNIST joins where
the reader has its files.
Measured: accuracy in percent over training steps, on the 1000 published test examples, and at the
end and at the best evaluation on validation data, on 50,000 fresh ones.

Source: Greydanus & Kobak 2024, "Scaling Down Deep Learning with MNIST-1D" (arXiv:2011.14439),
Table 1 and Figure 2. Replicate r redraws the data set (seed 42 + r; replicate 0 is the published
one), the starting weights, the batch order and the permutation; its arms share them.
"""

from labs.benchmark.claims import CLAIMS
from labs.benchmark.claims_further import FURTHER
from labs.benchmark.grid import (
    NAME,
    PRESETS,
    Cell,
    Config,
    Record,
    cells,
    megabytes,
    members,
    seconds,
)
from labs.benchmark.method import METHOD
from labs.benchmark.numbers import NUMBERS
from labs.benchmark.pictures import PICTURES
from labs.benchmark.remarks import remarks
from labs.kit.lab import Deferred, Lab

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=4,
    question="Which priors does a model need to read MNIST-1D?",
    finding="Over an MLP, which cannot know which positions are neighbours, a CNN gains "
    "{C1-cnn-mlp} (more than 20: {C1-cnn-mlp:verdict}); shuffling the positions costs the CNN "
    "{C3-cnn} (30 to 42: {C3-cnn:verdict}) and the MLP {C3-mlp} (-2 to 2: {C3-mlp:verdict}). "
    "On shuffled positions the MLP reaches {C2-mlp-s} (published 68 ± 2: {C2-mlp-s:verdict}).",
    source="Greydanus & Kobak 2024, arXiv:2011.14439, Table 1 and Figure 2",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.benchmark.training:train"),
    claims=(*CLAIMS, *FURTHER),
    published=NUMBERS,
    figures=PICTURES,
    seconds=seconds,
    megabytes=megabytes,
    members=members,
    bench=Deferred("labs.benchmark.speed:bench"),
    races=Deferred("labs.benchmark.races:races"),
    remarks=remarks,
    devices=Deferred("labs.nn:devices"),
    method=METHOD,
)
