"""Settings of kinds, metadata and numbers to keep that are refused by name."""

import pytest
import torch

from labs.nn.modules.adapter import Adapter, Invertible
from labs.nn.modules.delta import Delta, Ticket, sparse
from labs.nn.modules.diff_pruning import DiffPruning
from labs.nn.modules.head import Head
from labs.nn.modules.hypernetwork import Hypernetwork
from labs.nn.modules.intrinsic import Intrinsic
from labs.nn.modules.lora import LoRA
from labs.nn.modules.names import HEAD
from labs.nn.modules.prompt import Prefix, Prompt
from labs.nn.modules.supermask import Supermask
from tests.nn.modules.kinds import TINY, base, generators, parameters, started

N = parameters(TINY)


def start(kind):
    return lambda: kind.start(base(), TINY, generators())


def described(*shape):
    module = started(Hypernetwork(metadata=3))
    return lambda: module.kind.described(module, torch.zeros(shape))


ODD = TINY._replace(features=9, heads=3)
REFUSED = {
    "rank must be a whole number of at least 1, got 0": lambda: LoRA(0),
    "rank must be a whole number of at least 1, got 1.5": lambda: LoRA(1.5),
    "linear map in of must be one of .*, got 'quer': did you mean 'query'": lambda: LoRA(
        1, ("quer",)
    ),
    r"of must be a tuple of at least one name, got \(\)": lambda: LoRA(1, ()),
    "of must be a tuple of at least one name, got 'key'": lambda: LoRA(1, "key"),
    "alpha must be a finite number, got inf": lambda: LoRA(1, alpha=float("inf")),
    "width must be a whole number of at least 1, got 0": lambda: Adapter(0),
    "sites must be one of feedforward, both, got 'booth'": lambda: Adapter(sites="booth"),
    "scale must be a finite number, got nan": lambda: Adapter(scale=float("nan")),
    "scale must be a finite number, got '1'": lambda: Adapter(scale="1"),
    "width must be a whole number of at least 1, got -1": lambda: Invertible(-1),
    "features must be even, got 9": lambda: Invertible().start(base(1, ODD), ODD, generators(1)),
    "length must be a whole number of at least 1, got 0": lambda: Prompt(0),
    "length must be a whole number of at least 1, got -5": lambda: Prefix(-5),
    "dimension must be a whole number of at least 1, got 0": lambda: Intrinsic(0),
    f"dimension must be at most {N}, got {N + 1}": start(Intrinsic(N + 1)),
    "classes must be a whole number of at least 1, got 0": lambda: Head(0),
    r"of must be a tuple of at least one name, got \[\]": lambda: Delta([]),
    "of must be a tuple of at least one name, got 'head.*'": lambda: Ticket("head.*"),
    "of must name parameters of the base, got 'heads.*'": start(Delta(("head.*", "heads.*"))),
    "of must name parameters of the base, got 'hea'": start(Supermask(("hea",))),
    r"of must be a tuple of at least one name, got \(1,\)": lambda: Supermask((1,)),
    "deviation must be at least 0, got -0.1": lambda: Supermask(deviation=-0.1),
    "deviation must be a finite number, got nan": lambda: Supermask(deviation=float("nan")),
    "of must be a tuple of at least one name, got None": lambda: DiffPruning(None),
    "of must name parameters of the base, got 'bias'": start(DiffPruning(("bias",))),
    "start_gate must be a finite number, got inf": lambda: DiffPruning(start_gate=float("inf")),
    "penalty_rate must be at least 0, got -1": lambda: DiffPruning(penalty_rate=-1),
    "penalty_rate must be a finite number, got True": lambda: DiffPruning(penalty_rate=True),
    "speed must be above 0, got 0": lambda: DiffPruning(speed=0),
    "metadata must be a whole number of at least 1, got 0": lambda: Hypernetwork(metadata=0),
    "embedding must be a whole number of at least 1, got 0": lambda: Hypernetwork(embedding=0),
    "units must be a whole number of at least 1, got 0": lambda: Hypernetwork(units=0),
    "target must be a kind with values alike in every block, got Prefix": start(
        Hypernetwork(Prefix())
    ),
    "target must be a kind with values alike in every block, got Delta": start(
        Hypernetwork(Delta())
    ),
    "target must be a kind with values alike in every block, got Ticket": start(
        Hypernetwork(Ticket(("blocks.*",)))
    ),
    "target must be a kind with values alike in every block, got Delta.*blocks.1": start(
        Hypernetwork(Delta(("blocks.1.*", "blocks.0.norm*")))
    ),
    r"metadata must have shape \(2, 'D', 3\), got \(2, 1, 4\)": described(2, 1, 4),
    r"metadata must have shape \(2, 'D', 3\), got \(1, 1, 3\)": described(1, 1, 3),
    r"metadata must have shape \(2, 'D', 3\), got \(2, 3\)": described(2, 3),
    r"metadata must have shape \(2, 'D', 3\), got \(2, 0, 3\)": described(2, 0, 3),
    "keep must be a whole number of at least 1, got 0": lambda: sparse(started(Delta(HEAD)), 0),
    "keep must be a whole number of at least 1, got 2.5": lambda: sparse(started(Delta(HEAD)), 2.5),
    "keep must be in 1..90, got 91": lambda: sparse(started(Delta(HEAD)), 91),
    "module must be a Delta or a Ticket, got LoRA": lambda: sparse(started(LoRA()), 3),
}


@pytest.mark.parametrize(("message", "call"), REFUSED.items(), ids=REFUSED.keys())
def test_bad_settings_are_refused(message, call):
    with pytest.raises(ValueError, match=message):
        call()
