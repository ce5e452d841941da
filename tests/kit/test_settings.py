"""Settings that say their meaning and refuse what is against their law."""

from dataclasses import dataclass, fields
from typing import Literal

import pytest

from labs.kit.settings import Law, check, describe, setting


@dataclass(frozen=True)
class Config:
    steps: int = setting(10, "of Adam", least=1)
    rate: float = setting(0.1, "learning rate", above=0, below=1)
    widths: tuple[int, ...] = setting((1, 2), "hidden units", least=1)
    span: tuple[float, float] = setting((1.0, 1.0), "from, to", least=0, repeats=True)
    further: tuple[int, ...] = setting((), "sizes", least=1, empty=True)
    net: str = setting("mlp", "the network", among=("mlp", "cnn"))
    decay: float | None = setting(None, "weight decay", least=0)
    kind: Literal["any", "another"] = setting("any", "of noise", among=("any", "another"))
    bias: bool = setting(True, "are there biases?")

    def __post_init__(self):
        check(self)


def test_legal_values_pass():
    Config(steps=1, rate=0.5, widths=(3,), net="cnn", decay=0.5, kind="another", bias=False)
    assert Config().decay is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": 0}, "steps must be at least 1, got 0"),
        ({"decay": -(10**400)}, "decay must be at least 0, got -1"),
        ({"rate": 1.0}, "rate must be above 0 and below 1, got 1.0"),
        ({"rate": float("nan")}, "rate must be above 0 and below 1, got nan"),
        ({"decay": float("inf")}, "decay must be at least 0, got inf"),
        ({"decay": -1.0}, "decay must be at least 0, got -1.0"),
        ({"widths": (3, 0)}, "widths must be at least 1, got (3, 0)"),
        ({"widths": (3, 3)}, "widths must not repeat a value, got (3, 3)"),
        ({"widths": ()}, "widths must hold at least one value, got ()"),
        ({"net": "cn"}, "net must be one of mlp, cnn, got 'cn': did you mean 'cnn'?"),
    ],
)
def test_a_value_against_its_law_is_refused(changes, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        Config(**changes)
    assert str(caught.value).startswith(message)


def test_a_number_without_bounds_must_be_finite():
    with pytest.raises(ValueError, match=r"^ramp must be finite, got inf$"):
        Law().check("ramp", float("inf"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": 1.0}, "steps must be a whole number, got 1.0"),
        ({"steps": True}, "steps must be a whole number, got True"),
        ({"bias": 1}, "bias must be true or false, got 1"),
        ({"rate": "x"}, "rate must be a number, got 'x'"),
        ({"widths": [1]}, "widths must be a tuple, each a whole number, got [1]"),
        ({"span": (1.0,)}, "span must be (a number, a number), got (1.0,)"),
        ({"kind": "anyone"}, "kind must be one of any, another, got 'anyone'"),
        ({"decay": "little"}, "decay must be a number or none, got 'little'"),
    ],
)
def test_a_value_of_another_type_is_refused(changes, message):
    with pytest.raises(TypeError) as caught:
        Config(**changes)
    assert str(caught.value) == message


def test_settings_describe_themselves():
    rows = describe(Config())
    assert [name for name, _, _ in rows] == [item.name for item in fields(Config)]
    assert rows[0] == ("steps", "of Adam", "a whole number: at least 1")
    assert rows[5] == ("net", "the network", "text: mlp, cnn")


def test_a_law_reads_as_words():
    assert str(Law(above=0, most=1)) == "above 0 and at most 1"
