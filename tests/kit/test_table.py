"""Tables, seeds, settings and names: small laws."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.kit import seeds, settings
from labs.kit.checks import known
from labs.kit.measures import minus, shared
from labs.kit.table import Table

ROWS = st.lists(
    st.fixed_dictionaries(
        {"arm": st.sampled_from("ab"), "width": st.integers(1, 3), "replicate": st.integers(0, 2)}
    ),
    max_size=20,
)


@given(ROWS, st.sampled_from("ab"), st.integers(1, 3))
def test_where_composes_and_commutes(rows, arm, width):
    table = Table(rows)
    both = table.where(arm=arm, width=width).rows
    assert both == table.where(arm=arm).where(width=width).rows
    assert both == table.where(width=width).where(arm=arm).rows
    assert [dict(r) for r in both] == [r for r in rows if (r["arm"], r["width"]) == (arm, width)]


@given(ROWS)
def test_values_are_one_per_replicate_or_refused(rows):
    table = Table(rows)
    if len(table.replicates) == len(rows):
        assert table.values("width") == {r["replicate"]: r["width"] for r in rows}
    else:
        with pytest.raises(ValueError, match="occurs twice"):
            table.values("width")


def test_values_name_the_columns_that_differ():
    table = Table([{"arm": arm, "replicate": 3, "x": 1.0} for arm in "ab"])
    with pytest.raises(ValueError, match=r"3 occurs twice for .*: the rows differ in arm"):
        table.values("x")


def test_tables_do_not_change():
    row = {"replicate": 0, "x": 1}
    table = Table([row])
    row["x"] = 2
    assert table.column("x") == [1]
    with pytest.raises(TypeError):
        table.rows[0]["x"] = 3


def test_missing_arms_are_empty_and_unknown_names_are_refused():
    table = Table([{"arm": "a", "replicate": 0, "loss": 1.0}])
    assert table.values("loss", arm="b") == {}
    assert Table([]).where(arm="a").column("loss") == []
    with pytest.raises(ValueError, match="did you mean 'arm'"):
        table.where(amr="a")
    with pytest.raises(ValueError, match="did you mean 'arm'"):
        table.where(arm="b").where(amr="a")
    with pytest.raises(ValueError, match="did you mean 'loss'"):
        table.values("lost")
    with pytest.raises(ValueError, match="must have a 'replicate'"):
        Table([{"x": 1}])


@given(
    st.dictionaries(st.integers(0, 9), st.floats(-1, 1)),
    st.dictionaries(st.integers(0, 9), st.floats(-1, 1)),
)
def test_paired_differences_change_sign_with_their_order(a, b):
    assert minus(a, b) == {r: -x for r, x in minus(b, a).items()}
    assert list(minus(a, b)) == shared(a, b) == sorted(a.keys() & b.keys())


def test_streams_are_the_same_on_every_machine():
    assert seeds.seed("benchmark", "initialisation", 0) == 1127188813520256589
    assert seeds.stream("benchmark", "order", 3).integers(1000, size=3).tolist() == [16, 847, 419]
    assert seeds.stream("a", "b", 0).normal() == pytest.approx(-0.9723133432529772, rel=1e-12)


@given(
    st.tuples(st.text("ab", min_size=1), st.text("ab", min_size=1), st.integers(0, 99)),
    st.tuples(st.text("ab", min_size=1), st.text("ab", min_size=1), st.integers(0, 99)),
)
def test_names_and_only_names_make_the_seed(one, other):
    assert (seeds.seed(*one) == seeds.seed(*other)) == (one == other)


def test_streams_are_uncorrelated():
    draws = np.array([seeds.stream("a", p, r).normal(size=2000) for p in "xy" for r in (0, 1)])
    assert np.abs(np.corrcoef(draws) - np.eye(4)).max() < 0.1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("", "x", 0), ValueError),
        (("a", "", 0), ValueError),
        (("a", "x", -1), ValueError),
        (("a", "x", True), TypeError),
        (("a", "x", 0.5), TypeError),
        ((1, "x", 0), TypeError),
    ],
)
def test_seeds_refuse(arguments, error):
    with pytest.raises(error):
        seeds.seed(*arguments)


@dataclass(frozen=True)
class Config:
    steps: int = 3
    rate: float = 0.1
    name: str = "adam"
    bias: bool = True
    widths: tuple[int, ...] = (1, 2)
    span: tuple[float, str] = (0.5, "x")
    decay: float | None = None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("steps=12", 12),
        ("rate=1", 1.0),
        ("name=a=b", "a=b"),
        ("bias=No", False),
        ("widths=4,5,6", (4, 5, 6)),
        ("widths=", ()),
        ("span=1,y", (1.0, "y")),
        ("decay=none", None),
        ("decay=1e-3", 0.001),
    ],
)
def test_settings_are_read_by_the_type_of_their_field(text, value):
    name = text.partition("=")[0]
    found = getattr(settings.change(Config(), [text]), name)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps", "given as name=value, got 'steps'"),
        ("step=1", "did you mean 'steps'"),
        ("steps=1.5", "steps must be a whole number, got '1.5'"),
        ("rate=fast", "rate must be a number, got 'fast'"),
        ("bias=maybe", "bias must be one of true, .*got 'maybe'"),
        ("widths=1,x", "widths must be a whole number, got 'x'"),
        ("span=1", "must be 2 values separated by commas"),
        ("decay=little", "decay must be a number, got 'little'"),
    ],
)
def test_settings_refuse(text, message):
    with pytest.raises(ValueError, match=message):
        settings.change(Config(), [text])


def test_stored_settings_come_back_and_other_versions_are_refused():
    plain = {
        "steps": 9,
        "rate": 0.5,
        "name": "sgd",
        "bias": False,
        "widths": [],
        "span": [1.0, "z"],
    }
    expected = Config(9, 0.5, "sgd", False, (), (1.0, "z"), None)
    assert settings.restore(Config, plain | {"decay": None}) == expected
    assert settings.differences(expected, Config())["steps"] == 9
    with pytest.raises(ValueError, match="this version of the lab, got decay"):
        settings.restore(Config, plain)


@given(st.lists(st.text("abc", min_size=1), unique=True), st.text("abc", min_size=1))
def test_known_names_pass_and_others_are_refused(names, name):
    if name in names:
        assert known("thing", name, names) == name
    else:
        with pytest.raises(ValueError, match="thing must be one of"):
            known("thing", name, names)
