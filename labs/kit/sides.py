"""One side of a race (`labs.kit.race`): a process that trains what it is told, over and over.

It reads lines of JSON and answers each with one. Standard library and numpy only: it also runs in
interpreters that have none of this project's other libraries.
"""

import gc
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[Any]]


class Side(NamedTuple):
    """A training that can be repeated from one start.

    `reset()` gives a fresh state; `train(state)`, which alone is timed, gives the state after it
    and returns when all is computed; `outcome(state)` gives the numbers that both sides of a race
    must agree in, (k, M) or (M,).
    """

    reset: Callable[[], Any]
    train: Callable[[Any], Any]
    outcome: Callable[[Any], npt.ArrayLike]


def serve() -> None:
    """Answer requests until the input ends.

    ``{"function": "module:name", "settings": {...}, "file": PATH}`` makes the side that
    ``name(settings, Path)`` returns, and trains it; ``{}`` trains it again. The answer has
    `outcome`, and of the training `seconds` and `cpu` (those of this process's processors); the
    first training may compile. An error's text is the answer's `error`.
    """
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    side: Side | None = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request:
                side = _made(request)
            if side is None:
                raise ValueError("function must come first, got none")
            _say(answers, _trained(side))
        except Exception as error:  # told to the other process, which decides
            _say(answers, {"error": f"{type(error).__name__}: {error}"})


def _made(request: dict[str, Any]) -> Side:
    module, _, name = request["function"].partition(":")
    side: Side = getattr(import_module(module), name)(request["settings"], Path(request["file"]))
    return side


def _trained(side: Side) -> dict[str, Any]:
    state = side.reset()
    gc.collect()
    begin, before = time.perf_counter(), time.process_time()
    state = side.train(state)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - before
    outcome = np.asarray(side.outcome(state), dtype=np.float64)
    return {"seconds": seconds, "cpu": cpu, "outcome": outcome.tolist()}


def _say(answers: TextIO, answer: dict[str, Any]) -> None:
    print(json.dumps(answer), file=answers, flush=True)
