"""Random inputs and labels for the tests of the stacked nets, each from a generator of its own."""

import torch

from labs.nn import nets


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def data(members: int, examples: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    g = generator(seed)
    x = torch.randn(members, examples, nets.LENGTH, generator=g)
    return x, torch.randint(nets.CLASSES, (members, examples), generator=g)
