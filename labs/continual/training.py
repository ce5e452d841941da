"""One stack of members on their sequences: learning, and what is asked after every task."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from typing import NamedTuple

import torch
from torch import Tensor

from labs.continual.grid import BATCHES, TASKS, Cell, Record
from labs.continual.learners import Apart, Joint, Learner, Sequential
from labs.continual.naming import named
from labs.continual.packing import PackNet
from labs.continual.scratch import Columns, SupSup
from labs.continual.stack import CHUNK, Stack, stack
from labs.kit import shared
from labs.kit.seeds import TUNING
from labs.nn.modules.methods import SMALL, WHOLE

LEARNERS: dict[str, type[Learner]] = {
    "base": Learner,
    "full": Sequential,
    "lora": Sequential,
    "lora-each": Apart,
    "adapter-each": Apart,
    "packnet": PackNet,
    "packnet-leaking": PackNet,
    "supsup": SupSup,
    "progressive": Columns,
    "scratch": Columns,
    "joint": Joint,
}
OF_FEW = ("lora", "lora-each", "adapter-each", "supsup")  # methods with the rates of small changes
# Methods that learn a first task as others do, so that one search is for both
SEARCHED_AS = {"lora-each": "lora", "packnet-leaking": "packnet", "progressive": "scratch"}
TURNS = 2  # tasks on which rates are tried, each as the first of its sequence
VALIDATION = 500  # examples
FIXED = 50  # signals whose logits are compared


class Reading(NamedTuple):
    """Percent right (M,): among the answers that the task allows, and among all ten."""

    told: Tensor
    open: Tensor


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train one stack; yields one record per cell."""
    own = stack(cells, [chosen_rate(cell, device) for cell in cells], device)
    learner = LEARNERS[own.cell.method](own)
    clean = _clean(own)
    rows, changed, equal = _taught(learner)
    shuffled, drawn, names = _controls(learner)
    trained = torch.stack(learner.trained, dim=1)
    bits = torch.as_tensor(learner.bits()).expand(len(cells))
    for m, cell in enumerate(cells):
        told, open_ = ([[float(r[k][m]) for r in row] for row in rows] for k in (0, 1))
        yield Record(
            clean=float(clean[m]),
            rate=own.rates[m],
            matrix=told,
            open=open_ if cell.sequence == "classes" else None,
            trained=trained[m].tolist(),
            bits=int(bits[m]),
            changed=_member(changed, m),
            equal=None if equal is None else float(equal[m]),
            shuffled=_member(shuffled, m),
            inferred=_member(names.get("inferred"), m),
            entropy=_member(names.get("entropy"), m),
            gradient=_member(names.get("gradient"), m),
            random=_member(drawn, m),
            laterals=learner.laterals() if isinstance(learner, Columns) else None,
        )


def _member(found: Tensor | None, member: int) -> list[float] | None:
    return None if found is None else found[:, member].tolist()


def chosen_rate(cell: Cell, device: str) -> float:
    """The rate of a cell's method, on validation data of a replicate of its own: the best mean
    accuracy on tasks that come first. The base has none, 0; of joint training, which has no first
    task, all five count. No rate is chosen by what is forgotten."""
    method = SEARCHED_AS.get(cell.method, cell.method)
    return _chosen(replace(cell, method=method, tests=0, replicate=TUNING), device)


@shared.once
def _chosen(cell: Cell, device: str) -> float:
    kind = LEARNERS[cell.method]
    if kind is Learner:
        return 0.0
    rates = SMALL if cell.method in OF_FEW else WHOLE
    turns = range(TURNS if kind.one_by_one else 1)
    at, tried = zip(*product(turns, rates), strict=True)
    own = stack([cell] * len(at), tried, device, at)
    learner = kind(own)
    shown = 1 if kind.one_by_one else TASKS
    for place in range(shown):
        learner.learn(*own.examples(place, "training", cell.examples))
    count = min(VALIDATION, cell.examples)
    scores = [_reading(learner, place, "validation", count).told for place in range(shown)]
    by_rate = torch.stack(scores).mean(0).view(len(turns), len(rates)).mean(0)
    return rates[int(by_rate.argmax())]


def _taught(learner: Learner) -> tuple[list[list[Reading]], Tensor | None, Tensor | None]:
    """The rows of the matrix; the largest change of a logit of each task but the last (4, M) since
    it was learned, and the share of them that are the same to the bit (M,)."""
    own = learner.stack
    rows = [_row(learner)]
    fixed: list[tuple[Tensor, Tensor]] = []
    for place in range(TASKS):
        learner.learn(*own.examples(place, "training", own.cell.examples))
        x = own.examples(place, "test", own.cell.tests)[0][:, :FIXED]
        with torch.no_grad():
            fixed.append((x, learner.outputs(place, x)))
        if learner.one_by_one or place == TASKS - 1:
            rows.append(_row(learner))
    if not learner.one_by_one:
        return rows, None, None
    with torch.no_grad():
        now = [learner.outputs(place, x) for place, (x, _) in enumerate(fixed[:-1])]
    pairs = [(new, old) for new, (_, old) in zip(now, fixed, strict=False)]
    changed = torch.stack([(new - old).abs().flatten(1).amax(1) for new, old in pairs])
    same = [[torch.equal(a, b) for a, b in zip(*pair, strict=True)] for pair in pairs]
    return rows, changed.cpu(), torch.tensor(same).double().mean(0)


def _controls(learner: Learner) -> tuple[Tensor | None, Tensor | None, dict[str, Tensor]]:
    """With names that are wrong, with masks that are random (tasks, M), and with names that are
    inferred, of learners that keep networks apart."""
    if not learner.each:
        return None, None, {}
    wrong = [_reading(learner, place, asked=(place + 1) % TASKS).told for place in range(TASKS)]
    drawn = None
    if isinstance(learner, SupSup):
        drawn = torch.stack([_at_random(learner, place) for place in range(TASKS)])
    return torch.stack(wrong), drawn, _names(learner)


def _names(learner: Learner) -> dict[str, Tensor]:
    """Means over batches, by task (tasks, M)."""
    size = learner.stack.cell.batch
    found: dict[str, list[Tensor]] = {}
    for place in range(TASKS):
        x, y = learner.stack.examples(place, "test", learner.stack.cell.tests)
        x, y = x[:, : BATCHES * size], y[:, : BATCHES * size]
        outputs = torch.stack([_outputs(partial(learner.outputs, own), x) for own in range(TASKS)])
        batches = zip(outputs.split(size, 2), x.split(size, 1), y.split(size, 1), strict=True)
        parts = [named(learner, place, *batch) for batch in batches]
        for name in parts[0]:
            mean = torch.stack([part[name] for part in parts]).mean(0)
            found.setdefault(name, []).append(mean.cpu())
    return {name: torch.stack(values) for name, values in found.items()}


def _row(learner: Learner) -> list[Reading]:
    return [_reading(learner, place) for place in range(TASKS)]


def _reading(
    learner: Learner,
    place: int,
    purpose: str = "test",
    count: int = 0,
    asked: int | None = None,
) -> Reading:
    """Accuracy on the tasks at a place, asked under its name or another's."""
    name = place if asked is None else asked
    return _read(learner, lambda x: learner.outputs(name, x), place, purpose, count)


def _at_random(learner: SupSup, place: int) -> Tensor:
    masks = learner.drawn(place)
    return _read(learner, lambda x: learner.under(masks, x), place).told


def _read(
    learner: Learner,
    outputs: Callable[[Tensor], Tensor],
    place: int,
    purpose: str = "test",
    count: int = 0,
) -> Reading:
    own = learner.stack
    x, y = own.examples(place, purpose, count or own.cell.tests)
    found = _outputs(outputs, x)
    among = found.masked_fill(~own.allowed(place).unsqueeze(1), -torch.inf)
    return Reading(*(_percent(logits, y) for logits in (among, found)))


@torch.no_grad()
def _outputs(outputs: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    return torch.cat([outputs(part) for part in x.split(CHUNK, dim=1)], dim=1)


def _clean(own: Stack) -> Tensor:
    x, y = own.clean(own.cell.tests)
    return _percent(_outputs(Learner(own).untaught, x), y)


def _percent(outputs: Tensor, y: Tensor) -> Tensor:
    return 100 * (outputs.argmax(-1) == y).double().mean(1).cpu()
