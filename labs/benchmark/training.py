"""The training of the replicates of one arm, and what is measured of them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor

from labs.benchmark import images, parts
from labs.benchmark.grid import BATCH, NAME, PLAIN, RATES, SKLEARN, Cell, Record
from labs.data import mnist1d, quiz
from labs.kit.seeds import seed
from labs.nn import nets
from labs.nn.optimizer import Optimizer
from labs.nn.training import Scores, evaluate, fit, stacked

STACKED: dict[str, type[nets.Net]] = {
    "logistic": nets.Logistic,
    "mlp": nets.MLP,
    "cnn": nets.CNN,
    "gru": nets.GRUNet,
    "local": nets.LocalNet,
    "transformer": nets.Transformer,
}
Data = Mapping[str, tuple[Tensor, ...]]  # by part: inputs (M or 1, n, ...), labels (M or 1, n)


class Best:
    """The parameters of every member where its accuracy on validation data was best first."""

    def __init__(self, net: nets.Net) -> None:
        self.accuracy = torch.full((net.members,), -1.0, dtype=torch.float64)
        self.state = {name: tensor.clone() for name, tensor in net.state_dict().items()}

    def keep(self, net: nets.Net, accuracy: Tensor) -> None:
        """Take over the members whose accuracy (M,) is above all that they had."""
        better = accuracy > self.accuracy
        for name, tensor in net.state_dict().items():
            self.state[name][better] = tensor[better]
        self.accuracy = torch.maximum(self.accuracy, accuracy)


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train the replicates of one arm."""
    if cells[0].model in SKLEARN:
        return map(_fit_sklearn, cells)
    return _fit_images(cells, device) if cells[0].data != PLAIN else _fit_nets(cells, device)


def _fit_sklearn(cell: Cell) -> Record:
    data = parts.drawn(*parts.source(cell), cell.examples, cell.shuffled)
    knn = cell.model == "knn"
    model = KNeighborsClassifier(10) if knn else LogisticRegression(max_iter=1000)
    model.fit(*data["train"])
    curves = {f"{name}_accuracy": [100 * model.score(*part)] for name, part in data.items()}
    fresh = parts.fresh(cell)
    predicted = model.predict(fresh.x)
    found = _record([0], curves, predicted, fresh.y, 0 if knn else 410)
    plain = model.predict(data["test"].x)
    return replace(found, **_answers(cell, plain, lambda signals: model.predict(signals.x)))


def _fit_nets(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    cell = cells[0]
    net = _net(cell.model, len(cells), cell.change)
    net.reset([parts.start(c) for c in cells]).to(device)
    own = [parts.drawn(*parts.source(c), c.examples, c.shuffled) for c in cells]
    data = {name: stacked((one[name] for one in own), device) for name in own[0]}
    optimizer = _optimizer(net, cell.change)
    steps, curves, last, best = _trained(net, data, cell, optimizer, _shuffles(cells))
    answers = [
        _answers(c, predicted, partial(_read, net, m, device))
        for m, (c, predicted) in enumerate(zip(cells, last.predicted.numpy(), strict=True))
    ]
    x, y = stacked(map(parts.fresh, cells), device)
    final = evaluate(net, x, y).predicted.numpy()
    net.load_state_dict(best.state)
    early = evaluate(net, x, y).accuracy.tolist()
    for m, labels in enumerate(y.cpu().numpy()):
        one = {name: [values[m] for values in curve] for name, curve in curves.items()}
        found = _record(steps, one, final[m], labels, net.parameter_count())
        yield replace(found, best_on_val=early[m], **answers[m])


def _trained(
    net: nets.Net,
    data: Data,
    cell: Cell,
    optimizer: Optimizer,
    shuffles: Sequence[torch.Generator] | None,
) -> tuple[list[int], Mapping[str, list[list[float]]], Scores, Best]:
    steps: list[int] = []
    curves: dict[str, list[list[float]]] = defaultdict(list)
    best = Best(net)
    scores: dict[str, Scores] = {}
    how: dict[str, Any] = {"steps": cell.steps, "every": cell.every, "batch": BATCH}
    for step in fit(net, *data["train"], optimizer=optimizer, shuffles=shuffles, **how):
        steps.append(step)
        for name, (x, y) in data.items():
            # Of larger training sets the first examples, so that evaluation costs the same.
            few = slice(mnist1d.EXAMPLES if name == "train" else None)
            chunk = 1000 if cell.data == PLAIN else 200
            scores[name] = evaluate(net, x[:, few], y[:, few], chunk)
            curves[f"{name}_loss"].append(scores[name].loss.tolist())
            curves[f"{name}_accuracy"].append(scores[name].accuracy.tolist())
        best.keep(net, scores["val"].accuracy)
    return steps, curves, scores["test"], best


def _fit_images(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    data = {name: stacked([part], device) for name, part in images.split(cells[0].data_dir).items()}
    runs = [_at_rate(cells, data, rate, device) for rate in RATES]
    for found in zip(*runs, strict=True):
        yield max(found, key=attrgetter("final_val"))


def _at_rate(cells: Sequence[Cell], data: Data, rate: float, device: str) -> list[Record]:
    net = images.net(cells[0].model, len(cells)).to(device)
    net.reset([seed(NAME, "initialisation on images", cell.replicate) for cell in cells])
    adam = Optimizer(net, torch.optim.Adam, lr=rate)
    steps, curves, last, _ = _trained(net, data, cells[0], adam, _orders(cells))
    labels = data["test"][1][0].cpu().numpy()
    found = []
    for m, predicted in enumerate(last.predicted.numpy()):
        one = {name: [values[m] for values in curve] for name, curve in curves.items()}
        record = _record(steps, one, predicted, labels, net.parameter_count())
        found.append(replace(record, rate=rate))
    return found


def _orders(cells: Sequence[Cell]) -> list[torch.Generator]:
    seeds = [seed(NAME, "batch order on images", cell.replicate) for cell in cells]
    return [torch.Generator().manual_seed(s) for s in seeds]


def _net(model: str, members: int, change: str) -> nets.Net:
    setting, _, value = change.partition("=")
    if setting == "width":
        return nets.MLP(members, hidden=int(value))
    if setting == "dropout":
        return nets.MLP(members, dropout=float(value))
    return STACKED[model](members)


def _optimizer(net: nets.Net, change: str) -> Optimizer:
    setting, _, value = change.partition("=")
    rate = float(value) if setting == "rate" else 1e-2
    decay = float(value) if setting == "decay" else 0.0
    return Optimizer(net, torch.optim.Adam, lr=rate, weight_decay=decay)


def _shuffles(cells: Sequence[Cell]) -> list[torch.Generator] | None:
    if cells[0].change != "order=shuffled":
        return None
    seeds = [seed(NAME, "batch order", cell.replicate) for cell in cells]
    return [torch.Generator().manual_seed(s) for s in seeds]


def _answers(
    cell: Cell, predicted: np.ndarray, read: Callable[[mnist1d.Split], np.ndarray]
) -> dict[str, Any]:
    if cell.replicate or cell.change or cell.varied or cell.examples != mnist1d.EXAMPLES:
        return {}
    own = {"answers": predicted[list(quiz.INDICES)]}
    if not cell.shuffled:
        own["answers_noisy"] = read(quiz.signals("noisy"))
    return {name: "".join(map(str, digits)) for name, digits in own.items()}


def _read(net: nets.Net, member: int, device: str, signals: mnist1d.Split) -> np.ndarray:
    x, y = stacked([signals], device)
    return evaluate(net, x, y).predicted[member].numpy()


def _record(
    steps: Sequence[int],
    curves: Mapping[str, Any],  # lists of percent or nats
    predicted: np.ndarray,  # of the examples that `final` is about
    labels: np.ndarray,
    parameters: int,
) -> Record:
    test, val = curves["test_accuracy"], curves["val_accuracy"]
    right = predicted == labels
    final = 100 * float(right.mean())
    return Record(
        step=list(steps),
        **curves,
        final=final,
        final_train=curves["train_accuracy"][-1],
        final_val=val[-1],
        final_published=test[-1],
        best_on_val=final,
        best_on_val_published=test[int(np.argmax(val))],
        best_on_test=max(test),
        set_variance=parts.set_variance(right),
        class_errors=[100 * float(1 - right[labels == digit].mean()) for digit in range(10)],
        parameters=parameters,
    )
