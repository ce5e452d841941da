"""Labs: published experiments on MNIST-1D, each of which states its claims and judges them.

`LABS` is the register: lab name -> module, in reading order. A module in it has a value `LAB`
(see `labs.kit.lab.Lab`). This file imports nothing of ours before `run` or `reference` is called.

>>> import labs
>>> labs.LABS["benchmark"]
'labs.benchmark.lab'
>>> labs.reference("benchmark").verdicts["C1-cnn-gru"].verdict
'holds'
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labs.kit.api import Reference, Run
    from labs.kit.lab import AnyLab

__all__ = ["LABS", "reference", "run"]

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
    "sketches": "labs.sketches.lab",
    "adapters": "labs.adapters.lab",
    "composition": "labs.composition.lab",
    "routing": "labs.routing.lab",
    "continual": "labs.continual.lab",
    "programs": "labs.programs.lab",
    "options": "labs.options.lab",
    "mechanisms": "labs.mechanisms.lab",
}


def run(
    lab: "str | Path | AnyLab",
    preset: str = "quick",
    *,
    out: str | Path = "results",
    device: str = "cpu",
    jobs: int | None = None,
    shard: tuple[int, int] = (1, 1),
    until_decided: bool = False,
    executor: str | None = None,
    **settings: Any,
) -> "Run":
    """Run a lab as `python -m labs run` does: train what is not stored yet, judge, write, draw.

    Args:
        lab: a name in `LABS`, the path of a Python file with a `LAB`, a module, or a lab as a
            value, for example one made in a notebook.
        preset: smoke (seconds), quick (at most 2 minutes), full (at most an hour), ...
        out: folder of all results.
        device: "cpu" or "cuda".
        jobs: processes; by default one per core as far as they fit into memory, or 1 on cuda.
        shard: (i, n), i from 1 to n, trains every n-th stack.
        until_decided: more replicates while published claims are open.
        executor: "dask" starts a dask.distributed cluster on this machine, "tcp://HOST:PORT" joins
            one; by default the stacks train in processes of this machine.
        **settings: settings to change, ``replicates=5``; `python -m labs settings LAB` lists them.

    Returns:
        Its `verdicts`, `table`, `figure()`, `finding` and `remarks`. What is trained is stored:
        an interrupted call loses the stacks in flight, and the same call continues.

    Raises:
        ValueError, TypeError: an unknown lab, preset or setting, or a value that is refused; before
            any work.
        ImportError: a library is not installed; the message says which extra installs it.
        labs.kit.execute.TrainingError: a stack failed, or its worker died.
    """
    found: Run = _api().run(
        LABS,
        lab,
        preset,
        out=out,
        device=device,
        jobs=jobs,
        shard=shard,
        until_decided=until_decided,
        executor=executor,
        **settings,
    )
    return found


def reference(lab: "str | Path | AnyLab") -> "Reference":
    """Return the committed results of a lab, without training: `verdicts`, `table`, `finding`.

    Args:
        lab: as `run` takes it.

    Raises:
        ValueError: an unknown lab, or one without a committed reference.
    """
    found: Reference = _api().reference(LABS, lab)
    return found


def _api() -> Any:
    # Late: `python -m labs` sets the path first, and the register alone costs nothing.
    return import_module("labs.kit.api")
