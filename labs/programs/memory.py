"""An external memory as a differentiable neural computer has it (Graves et al. 2016), and a task
that needs one: pairs of a signal and a symbol are told one after the other, then a signal is shown
again, and the answer is its symbol.

The memory is a matrix (..., slots, width) per sequence. Content addressing, erasing and writing,
reading and the allocation of free slots are those of the paper; a controller without a state of its
own, one write head and one read head that share the key. Of the paper's, absent are a write key of
its own, the write gate, free gates and temporal links.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from labs.nn.layers import Linear
from labs.nn.nets import Net
from labs.programs.grid import SYMBOLS
from labs.programs.nets import Recurrent
from labs.programs.operations import LENGTH

SLOTS = 16  # more than a sequence has pairs
INPUTS = LENGTH + SYMBOLS  # of a step: a signal and its symbol, no symbol in the question
TINY = 1e-6


def content(memory: Tensor, key: Tensor, strength: Tensor) -> Tensor:
    """softmax(strength cos(memory, key)) over slots.

    Args:
        memory: (..., slots, width).
        key: (..., width).
        strength: (..., 1), above 0.

    Returns:
        Tensor: weights of the slots (..., slots), of sum 1.
    """
    products = (memory @ key.unsqueeze(-1)).squeeze(-1)
    norms = memory.norm(dim=-1) * key.norm(dim=-1, keepdim=True)
    return (strength * products / (norms + TINY)).softmax(-1)


def free(usage: Tensor) -> Tensor:
    """Where to write what is new: the least used slot by its free share, then the next one by its
    share of what is left.

    Args:
        usage: (..., slots) from 0, free, to 1.

    Returns:
        Tensor: weights of the slots (..., slots), of sum 1 at most.
    """
    used, order = usage.sort(dim=-1, stable=True)
    before = F.pad(used, (1, 0), value=1.0)[..., :-1].cumprod(-1)
    return torch.zeros_like(usage).scatter(-1, order, (1 - used) * before)


def write(memory: Tensor, weights: Tensor, erase: Tensor, word: Tensor) -> Tensor:
    """memory * (1 - weights erase^T) + weights word^T.

    Args:
        memory: (..., slots, width).
        weights: (..., slots).
        erase: (..., width) from 0 to 1.
        word: (..., width).

    Returns:
        Tensor: the memory after it, (..., slots, width).
    """
    change = word.unsqueeze(-2) - erase.unsqueeze(-2) * memory
    return torch.addcmul(memory, weights.unsqueeze(-1), change)


def read(memory: Tensor, weights: Tensor) -> Tensor:
    """memory^T weights: of memory (..., slots, width) and weights (..., slots) the word
    (..., width)."""
    return (weights.unsqueeze(-2) @ memory).squeeze(-2)


class MemoryNet(Net):
    """A controller of one hidden layer with a memory; input (M, B, T, 48), pairs and then the
    question, output logits (M, B, 8).

    Args:
        members: networks in the stack.
        hidden: units of the controller.
        width: of a word.
        slots: of the memory.

    Where `emptied` is set, the memory is emptied before the question.
    """

    emptied = False

    def __init__(self, members: int, hidden: int, width: int, slots: int = SLOTS) -> None:
        super().__init__(members, hidden=hidden, width=width, slots=slots)
        self.width, self.slots = width, slots
        self.first = Linear(members, INPUTS, hidden)
        self.orders = Linear(members, hidden, 3 * width + 2)
        self.head = Linear(members, width + hidden, SYMBOLS)

    def forward(self, x: Tensor) -> Tensor:
        members, batch, steps, _ = x.shape
        hidden = self.first(x.flatten(1, 2)).relu()
        orders = self.orders(hidden).view(members, batch, steps, -1)
        key, word, erase, two = orders.split([self.width] * 3 + [2], -1)
        strength, gate = 1 + F.softplus(two[..., :1]), two[..., 1:].sigmoid()
        memory = x.new_zeros(members, batch, self.slots, self.width)
        usage = x.new_zeros(members, batch, self.slots)
        for t in range(steps - 1):
            old = content(memory, key[:, :, t], strength[:, :, t])
            weights = gate[:, :, t] * free(usage) + (1 - gate[:, :, t]) * old
            memory = write(memory, weights, erase[:, :, t].sigmoid(), word[:, :, t])
            usage = usage + weights - usage * weights
        if self.emptied:
            memory = torch.zeros_like(memory)
        found = read(memory, content(memory, key[:, :, -1], strength[:, :, -1]))
        return self.head(torch.cat([found, hidden.view(members, batch, steps, -1)[:, :, -1]], -1))


class RecurrentNet(Net):
    """A GRU whose last state answers; input and output as `MemoryNet`."""

    def __init__(self, members: int, hidden: int) -> None:
        super().__init__(members, hidden=hidden)
        self.recurrent = Recurrent(members, INPUTS, hidden)
        self.head = Linear(members, hidden, SYMBOLS)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.recurrent(x.permute(2, 0, 3, 1))[-1].transpose(1, 2))


def told(
    signals: np.ndarray[Any, Any], pairs: int, count: int, streams: Sequence[np.random.Generator]
) -> tuple[Tensor, Tensor]:
    """Sequences of the task.

    Args:
        signals: of every member (M, n, 40) float32, n at least count * pairs: all differ.
        pairs: of a sequence.
        count: sequences.
        streams: of the draws, one per member.

    Returns:
        Inputs (M, count, pairs + 1, 48) float32 and answers (M, count) int64.
    """
    x = np.zeros((len(signals), count, pairs + 1, INPUTS), np.float32)
    y = np.empty((len(signals), count), np.int64)
    every = np.arange(count)
    for member, (own, stream) in enumerate(zip(signals, streams, strict=True)):
        chosen = stream.permutation(len(own))[: count * pairs].reshape(count, pairs)
        symbols = stream.integers(SYMBOLS, size=(count, pairs))
        asked = stream.integers(pairs, size=count)
        x[member, :, :-1, :LENGTH] = own[chosen]
        x[member, :, :-1, LENGTH:] = np.eye(SYMBOLS, dtype=np.float32)[symbols]
        x[member, :, -1, :LENGTH] = own[chosen[every, asked]]
        y[member] = symbols[every, asked]
    return torch.from_numpy(x), torch.from_numpy(y)
