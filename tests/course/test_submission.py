"""Taking a submission apart: cells renamed, doubled, moved, retyped, damaged; and what is kept."""

import json
import random

import pytest

from labs.course.submission import explanations, read, take_apart
from labs.course.syntax import Scope, allowed, parse

MEAN = "import numpy as np\n\n\ndef mean(x):\n    return np.sum(x) / len(x)"
GAP = "def gap(a, b):\n    return a - b"
WHY = "### Explain: why\n*Your answer:*\n\nThe digits differ."
CELLS = [
    ("markdown", "# Title\n## Build"),
    ("code", "from labs.course import check, start\n\nREPLICATE = 17\nstart('toy')"),
    ("code", MEAN),
    ("code", "check('toy.mean', mean)"),
    ("code", GAP),
    ("markdown", WHY),
    ("markdown", "## Vary\nOther examples."),
]


def notebook(cells, **more):
    made = [{"cell_type": kind, "source": text, **more} for kind, text in cells]
    return json.dumps({"cells": made}).encode()


def found(content, *, is_notebook=True):
    """What is taken: names with the text of their last definition, explanations, replicate."""
    taken = take_apart(content, notebook=is_notebook)
    names = {}
    for piece in taken.pieces:
        body = parse(piece.text).body
        for place in piece.keep:
            node = body[place]
            lines = piece.text.split("\n")[node.lineno - 1 : node.end_lineno]
            names[getattr(node, "name", "\n".join(lines))] = "\n".join(lines)
    return names, dict(taken.explanations), taken.replicate, taken.problems


AS_IT_WAS = found(notebook(CELLS))
SHUFFLED = random.Random(3).sample(CELLS, len(CELLS))
SCRIPT = "\n\n".join(
    "# %%\n" + text if kind == "code" else "# %% [markdown]\n# " + text.replace("\n", "\n# ")
    for kind, text in CELLS
)


def test_what_is_taken():
    names, texts, replicate, problems = AS_IT_WAS
    assert set(names) == {"REPLICATE = 17", "import numpy as np", "mean", "gap"}
    assert names["gap"] == GAP
    assert texts == {"why": "The digits differ."}
    assert (replicate, problems) == (17, ())


@pytest.mark.parametrize(
    "content",
    [
        notebook([*CELLS[:3], *CELLS[2:]]),
        notebook(SHUFFLED),
        notebook([(kind if text != MEAN else "markdown", text) for kind, text in CELLS]),
        notebook([(kind if text != GAP else "raw", text) for kind, text in CELLS]),
        notebook([(kind if text != WHY else "code", text) for kind, text in CELLS]),
        notebook([(kind if text != WHY else "raw", text) for kind, text in CELLS]),
        notebook(CELLS[1:3] + CELLS[4:6]),
        notebook([(kind, [*text.splitlines(True)]) for kind, text in CELLS]),
        notebook([(kind, text.replace("\n", "\r\n")) for kind, text in CELLS]),
        notebook(CELLS, metadata={"tags": ["x"]}, id="abc"),
        notebook(CELLS, outputs=[{"text": "x" * 30_000_000}]),
        b"\xef\xbb\xbf" + notebook(CELLS),
        notebook(CELLS).decode().encode("utf-16"),
        notebook([(kind, text.replace("### Explain", "# explain")) for kind, text in CELLS]),
        notebook([("code", "%matplotlib inline\n!pip install x\nnp.sum?"), *CELLS]),
        notebook([("code", "%%bash\nls -l ~"), ("code", "%%time\nx = mean([1])"), *CELLS]),
        notebook([("code", "try:\n    import labs\nexcept ImportError:\n    %pip x"), *CELLS]),
        notebook([(kind, text + "\nplt.show()" * (kind == "code")) for kind, text in CELLS]),
        notebook([("code", "def mean(x):\n    raise NotImplementedError"), *CELLS]),
        notebook([*CELLS, ("markdown", "### Explain: why\n*Your answer:*")]),
    ],
    ids=["doubled", "moved", "code as text", "code as raw", "text as code", "text as raw",
         "deleted", "lines", "Windows", "metadata", "30 MB", "mark", "UTF-16", "heading",
         "magics", "cell magics", "colab", "plots", "stub before", "text copied"],
)  # fmt: skip
def test_cells_may_be_edited(content):
    assert found(content) == AS_IT_WAS


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_script_is_the_same(ends):
    assert found(SCRIPT.replace("\n", ends).encode(), is_notebook=False) == AS_IT_WAS
    assert found(notebook(CELLS), is_notebook=False) == AS_IT_WAS  # by its content


def test_a_syntax_error_costs_its_cell():
    cells = [(kind, text.replace("return a", "return return a")) for kind, text in CELLS]
    names, texts, _, problems = found(notebook(cells))
    assert set(names) == set(AS_IT_WAS[0]) - {"gap"}
    assert texts == AS_IT_WAS[1]
    told = "is not Python: invalid syntax in `return return a - b`, skipped"
    assert problems == (f"code cell 4, line 2 {told}",)
    line = SCRIPT.split("\n").index("    return a - b") + 1
    script = SCRIPT.replace("return a", "return return a").encode()
    assert found(script, is_notebook=False)[3] == (f"line {line} {told}",)


def test_a_function_that_could_not_be_read_says_why():
    text = "%matplotlib inline\nimport os\n\ndef mean(x):\n    y = [x,\n    return y"
    taken = take_apart(notebook([("markdown", "# Title"), ("code", text)]), notebook=True)
    why = "code cell 1, line 5 is not Python: '[' was never closed in `y = [x,`"
    assert taken.unread == {"mean": f"not read: {why}"}
    assert taken.problems == (f"{why}, skipped",)


@pytest.mark.parametrize(
    "line",
    ["files = !ls", "t = %timeit -o 1+1", "a, b = !ls", "out[0] = !ls", "%time x = 3", "!ls", "x?"],
)
def test_a_magic_costs_its_line_alone(line):
    names, *_, problems = found(notebook([("code", f"{MEAN}\n{line}\nN = 3\n{GAP}")]))
    assert set(names) == {"import numpy as np", "mean", "gap", "N = 3"}
    assert problems == ()


def test_what_a_magic_sets_is_lost():
    taken = take_apart(notebook([("code", "files = !ls")]), notebook=True)
    assert taken.scope.lost == {"files"}


def test_explanations_end_at_a_heading_or_code():
    text = "### Explain: a\nOne.\n```\n# no heading\n```\n## Next\nTwo."
    assert explanations(text.split("\n")) == {"a": "One.\n```\n# no heading\n```"}
    assert explanations(["# Explain: a", "One.", None, "Two."]) == {"a": "One."}
    both = ["### Explain: a", "One.", "### Explain: b", "Two."]
    assert explanations(both) == {"a": "One.", "b": "Two."}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "got no JSON"),
        (b"[1]", "got list without cells"),
        (b"{}", "got dict without cells"),
        (b"[" * 10**5, "got no JSON"),
    ],
)
def test_what_is_no_notebook(content, words):
    with pytest.raises(ValueError, match=words):
        take_apart(content, notebook=True)


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(ValueError, match=r"a notebook or a Python file, got 'no\.py'"):
        read(tmp_path / "no.py")


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        ("import numpy as np", True),
        ("import os, sys", True),
        ("import os, socket", False),
        ("from torch.nn import functional as F", True),
        ("from labs.nn import stack", True),
        ("from labs import nn", True),
        ("from labs import course", False),
        ("from labs.course import check", False),
        ("import labs", False),
        ("import subprocess", False),
        ("import antigravity", False),
        ("import matplotlib.pyplot as plt", False),
        ("from . import x", False),
        ("from __future__ import annotations", False),
        ("def f(): pass", True),
        ("async def f(): pass", True),
        ("class A: pass", True),
        ("f = lambda x: x", True),
        ("STEPS = {'a': [1, -2.5]}", True),
        ("a, b = 1, 'x'", True),
        ("a: int = 3", True),
        ("a: int", False),
        ("a = f()", False),
        ("a = [f() for _ in 'x']", False),
        ("a.b = 1", False),
        ("a[0] = 1", False),
        ("a = b = lambda: 0", True),
        ("a = known", False),
        ("a += 1", False),
        ("print('x')", False),
        ("for i in range(9): pass", False),
        ("if True:\n    x = 1", False),
        ("assert False", False),
        ("del x", False),
    ],
)
def test_what_is_kept(statement, kept):
    assert Scope().keep(parse(statement)) == ([0] if kept else [])


def test_another_name_of_what_is_kept_is_kept():
    scope = Scope()
    text = "import numpy as np\ndef f(): pass\nfft = np.fft.fft\ng = f\nh = x.y"
    assert scope.keep(parse(text)) == [0, 1, 2, 3]
    assert scope.modules["fft"] == "numpy.fft.fft"
    assert scope.lost == {"h"}


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("import numpy as np\ndef f(x): return np.convolve(x, x)", "numpy.convolve"),
        ("from numpy import convolve as c\ndef f(x): return c(x, x)", "numpy.convolve"),
        ("from numpy import *\ndef f(x): return convolve(x, x)", "numpy.convolve"),
        ("def f(x):\n    import numpy\n    return numpy.convolve(x, x)", "numpy.convolve"),
        ("def f(x):\n    from numpy import convolve as c\n    return c(x, x)", "numpy.convolve"),
        (
            "import numpy as n\ndef g(x): return n.convolve(x, x)\ndef f(x): return g(x)",
            "numpy.convolve",
        ),
        ("import numpy as n\nc = n.convolve\ndef f(x): return c(x, x)", "numpy.convolve"),
        ("from numpy import convolve as f", "numpy.convolve"),
        ("import numpy as n\nf = lambda x: n.convolve(x, x)", "numpy.convolve"),
        ("import numpy as n\nclass f:\n    def g(self): n.convolve", "numpy.convolve"),
        ("import numpy as n\n@n.convolve\ndef f(x): pass", "numpy.convolve"),
        ("import numpy as n\ndef f(x, c=n.convolve): return c(x)", "numpy.convolve"),
        ("import labs.nn\ndef f(x): return labs.nn.stack(x)", "labs"),
        ("from labs import nn\ndef f(x): return nn.stack(x)", "labs"),
        ("def f(x):\n    import subprocess", "subprocess"),
    ],
)
def test_what_a_function_uses(text, used):
    taken = take_apart(text.encode(), notebook=False)
    assert taken.refused("f", ("numpy.convolve", "labs")) == used


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\ndef f(x): return np.convolved(x) + np.sum(x)",
        "import numpy as np\ndef g(x): return np.convolve(x, x)\ndef f(x): return x",
        "from numpy import convolve\ndef f(x, convolve): return convolve(x)",
        "from numpy import convolve\ndef f(x):\n    convolve = x\n    return convolve",
        "def convolve(x): return x\ndef f(x): return convolve(x)",
        "import numpy as np\ndef f(x): return np.convolve(x)\ndef f(x): return 0",
        "def f(x): return f(x)",
    ],
)
def test_what_it_does_not_use(text):
    assert (
        take_apart(text.encode(), notebook=False).refused("f", ("numpy.convolve", "labs")) is None
    )


def test_the_allow_list():
    assert all(allowed(each) for each in ("math", "numpy.linalg", "scipy", "sklearn.svm.SVC"))
    refused = ("ctypes", "multiprocessing.pool", "labs", "labs.nnn", "numpyx", "pandas", "")
    assert not any(allowed(each) for each in refused)
