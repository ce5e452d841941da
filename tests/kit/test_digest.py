"""Digests of code: another computation gives another digest, another look of it the same."""

import functools
import sys
from dataclasses import dataclass

import numpy as np
import pytest

from labs.kit.digest import digest


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Import source text as a module of its own and return it."""
    monkeypatch.syspath_prepend(tmp_path)
    made = []

    def write(source, name=""):
        name = name or f"digested_{len(made)}"
        made.append(name)
        (tmp_path / f"{name}.py").write_text(source)
        return __import__(name)

    yield write
    for name in made:
        sys.modules.pop(name, None)


PAIRS = {  # two programs that compute something else
    "a global": ("K = 1\ndef f():\n    return K\n", "K = 2\ndef f():\n    return K\n"),
    "a helper": (
        "def g():\n    return 1\ndef f():\n    return g()\n",
        "def g():\n    return 2\ndef f():\n    return g()\n",
    ),
    "in a comprehension": (
        "K = 1\ndef f(x):\n    return [k + K for k in x]\n",
        "K = 2\ndef f(x):\n    return [k + K for k in x]\n",
    ),
    "a default": ("def f(x=1):\n    return x\n", "def f(x=2):\n    return x\n"),
    "an array": (
        "import numpy as np\nA = np.arange(3)\ndef f():\n    return A\n",
        "import numpy as np\nA = np.arange(4)\ndef f():\n    return A\n",
    ),
    "a method": (
        "class C:\n    def m(self):\n        return 1\ndef f():\n    return C().m()\n",
        "class C:\n    def m(self):\n        return 2\ndef f():\n    return C().m()\n",
    ),
    "behind a cache": (
        "import functools\n@functools.cache\ndef f():\n    return 1\n",
        "import functools\n@functools.cache\ndef f():\n    return 2\n",
    ),
    "a closure": (
        "def make(k):\n    def g():\n        return k\n    return g\nf = make(1)\n",
        "def make(k):\n    def g():\n        return k\n    return g\nf = make(2)\n",
    ),
}


@pytest.mark.parametrize(("one", "other"), PAIRS.values(), ids=PAIRS)
def test_another_computation_has_another_digest(written, one, other):
    assert digest(written(one).f) != digest(written(other).f)


def test_what_a_module_holds_is_followed(written):
    written("LIMIT = 1\n", "digested_room")
    reader = written("import digested_room\ndef f():\n    return digested_room.LIMIT\n")
    before = digest(reader.f)
    sys.modules["digested_room"].LIMIT = 2
    assert digest(reader.f) != before


@pytest.mark.parametrize("folder", ["site-packages", "dist-packages"])
def test_a_library_stands_with_its_name_wherever_it_is_installed(written, tmp_path, folder):
    library = written("SIZE = object()\ndef g():\n    return SIZE\n", f"{folder[:4]}_library")
    library.__file__ = str(tmp_path / folder / "library.py")  # of the system, or of a user
    reader = written(f"from {library.__name__} import g\ndef f():\n    return g()\n")
    assert digest(reader.f) == digest(reader.f)


def test_a_function_that_calls_itself_has_one(written):
    module = written(
        "def make():\n    def f(n):\n        return n and f(n - 1)\n    return f\nf = make()\n"
    )
    assert digest(module.f) == digest(module.f)


def test_how_it_looks_does_not_matter(written):
    plain = "def f(x):\n    return [x + k for k in (1, 2)]\n"
    spoken = (
        'def f(x: int) -> list:\n    """Say."""\n    # why\n    return [ x + k for k in (1,2) ]\n'
    )
    assert digest(written(plain).f) == digest(written(spoken).f)


def test_numbers_are_the_same_in_any_type():
    assert digest(1) == digest(1.0) == digest(np.float64(1)) == digest(np.int64(1))
    assert digest((1, 2)) != digest((2, 1))
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest(functools.partial(max, 1)) != digest(functools.partial(min, 1))
    assert digest(np.log) != digest(np.log2)


def test_gates_are_more_than_their_fields():
    @dataclass(frozen=True)
    class Low:
        least: int

        def __call__(self, table):
            return "low"

    @dataclass(frozen=True)
    class High:
        least: int

        def __call__(self, table):
            return "high"

    assert digest(Low(1)) != digest(High(1))


def test_what_nobody_can_compare_is_refused():
    with pytest.raises(TypeError, match="a digest must be of plain values and code, got <object"):
        digest(object())


class Short:
    """Of this project, and no dataclass."""

    def __init__(self, most):
        self.most = most

    def __call__(self, table):
        return {0: self.most}


def test_objects_of_our_own_classes_are_their_class_and_attributes():
    assert digest(Short(3)) == digest(Short(3)) != digest(Short(4))
