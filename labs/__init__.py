"""Labs: published experiments on MNIST-1D, each of which states its claims and judges them.

`LABS` is the register: lab name -> module, in reading order. A module in it has a value `LAB`
(see `labs.kit.lab.Lab`). This file imports no lab, so that `import labs` costs nothing.

>>> from labs import LABS
>>> LABS["benchmark"]
'labs.benchmark.lab'
"""

LABS: dict[str, str] = {
    "benchmark": "labs.benchmark.lab",
    "lottery": "labs.lottery.lab",
    "double_descent": "labs.double_descent.lab",
    "hyperparameters": "labs.hyperparameters.lab",
    "activation": "labs.activation.lab",
    "pooling": "labs.pooling.lab",
    "self_supervised": "labs.self_supervised.lab",
    "embedding": "labs.embedding.lab",
    "modular_rules": "labs.modular_rules.lab",
}
