"""What is read off the single curves of Figure 5, by hand."""

import pytest

from labs.double_descent.numbers import NUMBERS, READ, read
from labs.double_descent.published import PANELS
from labs.kit.table import Table

SIZES = (2, 4, 8, 16, 32)
COLUMNS = {
    "final_train_error": (50.0, 20.0, 0.5, 0.0, 0.0),
    "final_test_error": (70.0, 47.0, 54.0, 50.0, 45.0),
    "final_test_loss": (1.0, 2.0, 3.0, 5.0, 4.0),
}


def table(sizes=SIZES, **changed):
    columns = COLUMNS | changed
    return Table(
        {"sweep": "noise", "size": size, "replicate": 0}
        | {name: values[i] for name, values in columns.items()}
        for i, size in enumerate(sizes)
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("fitted", 16), ("valley", 47), ("valley at", 4), ("peak", 54), ("peak at", 8)),
        *(("end", 45), ("loss", 5)),
    ],
)
def test_of_one_replicate(key, value):
    column, how, *_ = READ[key]
    assert read("noise", column, how)(table()) == {0: value}
    assert read("clean", column, how)(table()) == {}
    assert read("noise", column, how)(table(SIZES[:2])) == {}


def test_a_sweep_that_is_never_fitted_has_no_such_size():
    column, how, *_ = READ["fitted"]
    assert read("noise", column, how)(table(final_train_error=(9.0,) * 5)) == {}


def test_every_published_number_is_there():
    assert sorted(each.value for each in NUMBERS) == sorted(
        value for panel in PANELS.values() for value in panel.values()
    )
