"""What the notebook prints of its loops stands at the right step."""

from labs.hyperparameters.numbers import lowest, printed
from labs.hyperparameters.published import HORIZON, PRINTED
from labs.kit.table import Table


def test_it_is_read_at_the_last_step_that_is_printed():
    loop = {"arm": "published", "horizon": HORIZON, "start": 1.5, "replicate": 0}
    rates = [float(step) for step in range(PRINTED + 2)]
    table = Table([loop | {"rates": rates}, loop | {"start": 0.15, "rates": rates[:PRINTED]}])
    assert printed("rates", 1.5)(table) == {0: float(PRINTED)}
    assert printed("rates", 1.5, 3)(table) == printed("rates", 0.15, 3)(table) == {0: 3.0}
    assert printed("rates", 0.15)(table) == {}
    assert printed("rates", 1.5)(Table([loop | {"arm": "rate", "rates": rates}])) == {}


def test_the_lowest_is_of_the_printed_steps():
    loop = {"arm": "published", "horizon": HORIZON, "start": 1.5, "replicate": 0}
    losses = [2.0, 1.0, *[1.5] * (PRINTED - 1), 0.5]  # the last is after them
    assert lowest("last", 1.5)(Table([loop | {"last": losses}])) == {0: 1.0}
    assert lowest("last", 1.5)(Table([loop | {"last": losses[:PRINTED]}])) == {}
