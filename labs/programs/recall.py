"""Training and testing of networks that are told pairs of a signal and a symbol."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from labs.kit.seeds import seed, stream
from labs.nn.losses import cross_entropy
from labs.nn.nets import Net
from labs.nn.optimizer import Optimizer
from labs.nn.training import normal_numbers
from labs.programs.examples import fresh_signals, training_signals
from labs.programs.grid import ARMS, DRAWS, NAME, TOLD, TRAINED, Cell, Record
from labs.programs.memory import MemoryNet, RecurrentNet, told

NETS = {"memory": MemoryNet, "recurrent": RecurrentNet, "recurrent-longer": RecurrentNet}


def learned(cell: Cell, replicates: Sequence[int], rates: Sequence[float], device: str) -> Net:
    """The networks of an arm after training; the number of pairs goes round `TRAINED`."""
    net = NETS[cell.arm](len(replicates), *ARMS[cell.arm].sizes)
    net.reset([seed(NAME, "initialisation", r) for r in replicates]).to(device)
    signals = training_signals(replicates, "cpu").numpy()
    streams = [stream(NAME, "sequences", r) for r in replicates]
    optimizer = Optimizer(net, torch.optim.Adam, lr=list(rates))
    for step in range(cell.steps):
        x, y = told(signals, TRAINED[step % len(TRAINED)], cell.batch, streams)
        with normal_numbers():
            cross_entropy(net(x.to(device)), y.to(device)).sum().backward()
            optimizer.step()
        optimizer.scale_rate(1 - (step + 1) / cell.steps)
    return net


@torch.no_grad()
def accuracies(
    net: Net,
    signals: Tensor,
    count: int,
    replicates: Sequence[int],
    pairs: Sequence[int] = TRAINED,
) -> Tensor:
    """Right answers in percent, of `DRAWS` times `count` sequences of each number of pairs, all of
    them of the same signals: (pairs, M) float64 on the CPU."""
    found = []
    for number in pairs:
        streams = [stream(NAME, f"{number} pairs", r) for r in replicates]
        right = []
        for _ in range(DRAWS):
            x, y = told(signals.cpu().numpy(), number, count, streams)
            answers = net(x.to(signals.device)).argmax(-1).cpu()
            right.append((answers == y).double().mean(1))
        found.append(100 * torch.stack(right).mean(0))
    return torch.stack(found)


def records(
    cell: Cell, replicates: Sequence[int], rates: Sequence[float], device: str
) -> Iterator[Record]:
    """Train and test one stack."""
    net = learned(cell, replicates, rates, device)
    x = fresh_signals(replicates, cell.tests * max(TOLD), "test", device)
    accuracy = accuracies(net, x, cell.tests, replicates, TOLD)
    fitted = accuracies(net, training_signals(replicates, device), cell.tests, replicates).mean(0)
    emptied: list[float | None] = [None] * len(replicates)
    if isinstance(net, MemoryNet):
        net.emptied = True
        emptied = accuracies(net, x, cell.tests, replicates).mean(0).tolist()
    for member in range(len(replicates)):
        yield Record(
            net.parameter_count(),
            rates[member],
            fitted=float(fitted[member]),
            accuracy=accuracy[:, member].tolist(),
            emptied=emptied[member],
        )
