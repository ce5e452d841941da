"""The two sides of a race of the toy lab: each halves its start as often as there are steps."""

import os
import time
from pathlib import Path

import numpy as np

from labs.kit.sides import Side


def ours(settings, file):
    np.savez(file, start=np.arange(1.0, 1 + settings["members"]))
    return side("ours", settings, file)


def theirs(settings, file):
    if "broken" in settings:
        raise ArithmeticError(settings["broken"])
    if "fatal" in settings:
        os._exit(1)
    return side("theirs", settings, file)


def side(name, settings, file):
    start = np.load(file)["start"]

    def train(state):
        print("a library's remark")
        if "log" in settings:
            with Path(settings["log"]).open("a") as log:
                log.write(f"{name} {os.getpid()}\n")
        time.sleep(settings.get("pause", {}).get(name, 0))
        return state * 0.5 ** settings["steps"]

    factor = settings.get("factor", 1) if name == "theirs" else 1
    return Side(lambda: start.copy(), train, lambda state: factor * state)
