"""Students as tests play them: each in a folder of their own, through the face of the course."""

import contextlib
import io
import re
from pathlib import Path

from labs.course import contribute, seal, start

ANSWERS = {
    "lab": (10, 30),
    "class": (5, 20),
    "best": {"MLP": 0.6, "CNN": 0.4},
    "order": ("CNN", "MLP", "logistic"),
}
VALUES = {"gain": 20.0, "cost": 1.0, "slope": -1.0}
STEPS = {"mlp": 100}


def said(action, *words, **named) -> str:
    """What a call prints."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        action(*words, **named)
    return out.getvalue()


def sealed(folder: Path, lesson="gain", answers=ANSWERS, replicate=1, steps=STEPS) -> str:
    """Seal a prediction in a folder; the code."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.chdir(folder):
        said(start, lesson, replicate=replicate, steps=steps)
        return re.search(r"[0-9a-f]{12}", said(seal, lesson, answers))[0]


def takes_part(folder: Path, replicate: int, values=VALUES, steps=STEPS) -> str:
    """Seal a prediction and contribute in a folder; the code."""
    code = sealed(folder, replicate=replicate, steps=steps)
    with contextlib.chdir(folder):
        said(contribute, "gain", **values)
    return code
