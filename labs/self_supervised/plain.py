"""The encoder as an ordinary `torch.nn` module, and its losses of one network.

They are the oracle of the stacked ones in the tests and the baseline of `python -m labs bench`.
"""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labs.self_supervised.contrastive import CHANNELS, FEATURES


def encoder(projector: Sequence[int]) -> nn.Sequential:
    """The convolutions of `labs.nn.plain.CNN`, then linear layers of the given widths, all but the
    last of them rectified; input (B, 40), output (B, width of the last layer)."""
    layers: list[nn.Module] = [nn.Unflatten(1, (1, -1))]
    for inputs, kernel in ((1, 5), (CHANNELS, 3), (CHANNELS, 3)):
        layers += [nn.Conv1d(inputs, CHANNELS, kernel, stride=2, padding=1), nn.ReLU()]
    layers.append(nn.Flatten())
    for before, after in zip((FEATURES, *projector), projector, strict=False):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[: -1 if projector else None])


def half_info_nce(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    """InfoNCE in one direction of embeddings (B, D), mean over first views."""
    cosines = F.normalize(first, dim=1) @ F.normalize(second, dim=1).T
    return F.cross_entropy(cosines / temperature, torch.arange(len(first)))


def info_nce(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    """NT-Xent of embeddings (B, D), mean over all views."""
    views = F.normalize(torch.cat([first, second]), dim=1)
    cosines = (views @ views.T).fill_diagonal_(-torch.inf)
    right = torch.arange(len(views)).roll(len(first))
    return F.cross_entropy(cosines / temperature, right)


LOSSES: dict[str, Callable[[Tensor, Tensor, float], Tensor]] = {
    "half": half_info_nce,
    "full": info_nce,
}


@torch.no_grad()
def representations(net: nn.Sequential, x: Tensor) -> list[Tensor]:
    """What every layer of an encoder makes of inputs (n, 40), (n, features) each."""
    outputs, h = [x], x
    for module in net:
        h = module(h)
        if isinstance(module, nn.ReLU):
            outputs.append(h.flatten(1))
    return [*outputs, h] if isinstance(net[-1], nn.Linear) else outputs
