"""Labs: published experiments on MNIST-1D, each a file that states its claims and judges them.

`LABS` is the register: lab name -> module, in reading order. A module in it has a value `LAB`
(see `labs.kit.lab.Lab`). This file imports no lab, so that `import labs` costs nothing.

>>> from labs import LABS
>>> LABS["benchmark"]
'labs.benchmark'
"""

LABS: dict[str, str] = {
    "benchmark": "labs.benchmark",
    "lottery": "labs.lottery",
    "double_descent": "labs.double_descent",
    "hyperparameters": "labs.hyperparameters",
    "activation": "labs.activation",
    "pooling": "labs.pooling",
    "self_supervised": "labs.self_supervised",
    "embedding": "labs.embedding",
    "modular_rules": "labs.modular_rules",
}
