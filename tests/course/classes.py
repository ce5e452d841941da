"""A class of twenty as tests make it, and what they do with its folder."""

import json

import numpy as np

from labs.course import classroom

KEY = "a long key of autumn"


def values_of(number):
    normal = np.random.default_rng(number).normal
    return {"gain": normal(25, 5), "cost": normal(2.8, 2), "slope": normal(2, 1)}


def gathered(folder):
    return classroom.gather("gain", folder, folder / "codes.csv")


def verdicts(found):
    return {verdict.id: verdict for verdict in found.verdicts}


def own(folder, student="s03"):
    return folder / student / "contributions" / "gain.json"


def changed(path, **parts):
    content = {**json.loads(path.read_text()), **parts}
    path.write_text(json.dumps(content))
