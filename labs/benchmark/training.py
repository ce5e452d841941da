"""The data of a replicate, and the training of the replicates of one arm."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from labs.benchmark.grid import NAME, SKLEARN, Cell, Record
from labs.data import mnist1d, quiz
from labs.kit.seeds import seed
from labs.nn import nets
from labs.nn.training import Optimizer, evaluate, fit, stacked

STACKED: dict[str, type[nets.Net]] = {
    "logistic": nets.Logistic,
    "mlp": nets.MLP,
    "cnn": nets.CNN,
    "gru": nets.GRUNet,
    "local": nets.LocalNet,
    "transformer": nets.Transformer,
}


@lru_cache(maxsize=64)
def drawn(replicate: int, examples: int, shuffled: bool) -> dict[str, mnist1d.Split]:
    """The parts "train", "val" (1000 examples) and "test" (the published 1000).

    Validation examples and training examples beyond 4000 are fresh draws of the same law, others
    for each number of training examples, standardised apart.
    """
    own = mnist1d.published(replicate)
    fresh = seed(NAME, "validation and further training data", replicate) % 2**32
    more = mnist1d.drawn(fresh, train=max(examples - mnist1d.EXAMPLES, 0), val=1000)
    order = mnist1d.shuffled_order(replicate) if shuffled else np.arange(mnist1d.LENGTH)
    x, y = (np.concatenate(pair)[:examples] for pair in zip(own.train, more.train, strict=True))
    parts = {"train": (x, y), "val": more.val, "test": own.test}
    return {name: mnist1d.Split(x[:, order], y) for name, (x, y) in parts.items()}


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train the replicates of one arm."""
    if cells[0].model in SKLEARN:
        return map(_fit_sklearn, cells)
    return _fit_nets(cells, device)


def _fit_sklearn(cell: Cell) -> Record:
    parts = drawn(cell.replicate, cell.examples, cell.shuffled)
    knn = cell.model == "knn"
    model = KNeighborsClassifier(10) if knn else LogisticRegression(max_iter=1000)
    model.fit(*parts["train"])
    curves = {f"{name}_accuracy": [100 * model.score(*part)] for name, part in parts.items()}
    predicted = model.predict(parts["test"].x)
    record = _record([0], curves, predicted, parts["test"].y, 0 if knn else 410)
    return replace(record, **_answers(cell, predicted, lambda signals: model.predict(signals.x)))


def _fit_nets(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    cell = cells[0]
    net = _net(cell.model, len(cells), cell.change)
    net.reset([seed(NAME, "initialisation", c.replicate) for c in cells]).to(device)
    parts = [drawn(c.replicate, c.examples, c.shuffled) for c in cells]
    data = {name: stacked((own[name] for own in parts), device) for name in parts[0]}
    steps: list[int] = []
    curves: dict[str, list[list[float]]] = defaultdict(list)
    for step in fit(
        net,
        *data["train"],
        optimizer=_optimizer(net, cell.change),
        steps=cell.steps,
        every=cell.every,
        shuffles=_shuffles(cells),
    ):
        steps.append(step)
        for name, (x, y) in data.items():
            # Of larger training sets the first examples, so that evaluation costs the same.
            scores = evaluate(net, x[:, : mnist1d.EXAMPLES], y[:, : mnist1d.EXAMPLES])
            curves[f"{name}_loss"].append(scores.loss.tolist())
            curves[f"{name}_accuracy"].append(scores.accuracy.tolist())
    labels = data["test"][1].cpu().numpy()
    for m, predicted in enumerate(scores.predicted.numpy()):
        own = {name: [values[m] for values in curve] for name, curve in curves.items()}
        record = _record(steps, own, predicted, labels[m], net.parameter_count())
        yield replace(record, **_answers(cells[m], predicted, partial(_read, net, m, device)))


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
    if cell.replicate or cell.change or cell.examples != mnist1d.EXAMPLES:
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
    predicted: np.ndarray,
    labels: np.ndarray,
    parameters: int,
) -> Record:
    test, val = curves["test_accuracy"], curves["val_accuracy"]
    wrong = predicted != labels
    return Record(
        step=list(steps),
        **curves,
        final=test[-1],
        final_train=curves["train_accuracy"][-1],
        final_val=val[-1],
        best_on_val=test[int(np.argmax(val))],
        best_on_test=max(test),
        class_errors=[100 * float(wrong[labels == digit].mean()) for digit in range(10)],
        parameters=parameters,
    )
