"""A network trained alone beside the same one trained among others: what must be equal, and which
stacks of a lab tell."""

import json
from dataclasses import fields

import numpy as np

from labs.kit import plan as plans
from labs.kit.table import measured

CHAOTIC = {"self_supervised": "map"}  # t-SNE: the last digit of an input moves all of it
# What moves by more than others: a linear probe's accuracy, by one of the 100 examples of a smoke.
STEPS = {"sketches": {"accuracy": 1.0}}


def records(lab, stack):
    return [measured(record) for record in lab.train(stack, "cpu")]


def assert_alone_as_together(lab, stack, together):
    for place in (0, len(stack) - 1):
        (alone,) = records(lab, stack[place : place + 1])
        assert_near(lab.name, alone, together[place])


def twins(lab, table):
    """The cells of replicate 0 whose records are those of an earlier cell, to the last digit."""
    of_cell, seen, found = {item.name for item in fields(lab.cell)}, set(), []
    for row in table.where(replicate=0):
        record = {name: flat(v).tolist() for name, v in row.items() if is_number(name, v, of_cell)}
        text = json.dumps(record, sort_keys=True)
        if text in seen:
            found.append({name: row[name] for name in of_cell})
        seen.add(text)
    return found


def is_number(name, value, of_cell):
    return name not in of_cell and not isinstance(value, str) and value is not None


def mixed(lab):
    """Of the smoke preset's stacks the cheapest for each set of fields in which cells differ, but
    for sets that are part of another."""
    chosen = {}
    for stack in sorted(plans.resolve(lab, "smoke").stacks, key=lambda s: sum(map(lab.seconds, s))):
        differ = frozenset(
            f.name for f in fields(lab.cell) if len({getattr(c, f.name) for c in stack}) > 1
        )
        if differ:
            chosen.setdefault(differ, stack)
    return [stack for differ, stack in chosen.items() if not any(differ < more for more in chosen)]


def assert_near(lab, alone, together):
    """Equal, but for the rounding of a product over another number of networks, which moves an
    accuracy of 10 % by one example of 1000."""
    chaotic, steps = CHAOTIC.get(lab), STEPS.get(lab, {})
    assert alone.keys() == together.keys()
    for name, value in alone.items():
        if isinstance(value, str) or value is None:
            assert value == together[name], name
        elif name != chaotic:
            near = {"rtol": 1.01e-2, "atol": steps.get(name, 1e-3), "equal_nan": True}
            np.testing.assert_allclose(flat(value), flat(together[name]), err_msg=name, **near)


def flat(value):
    """The numbers of a record's field in one row."""
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value, key=str)]
    if isinstance(value, list | tuple):
        return np.concatenate([np.empty(0), *map(flat, value)])
    return np.asarray(value, dtype=float).ravel()
