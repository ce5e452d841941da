"""Submissions that hang, crash, leave, cheat or are none: each costs its own points alone."""

import json
import os
from dataclasses import replace

import pytest

from labs.course import formats, register, running
from labs.course.batch import handed_in, reports
from labs.course.marking import Handed, Marking, report
from labs.kit.files import as_json
from tests.course.conftest import TOY

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="descriptors and signals of POSIX"),
    pytest.mark.xdist_group("hostile"),
]

GAP = "\n\ndef gap(a, b):\n    return a - b\n"
MEAN = "def mean(x):\n    return sum(x) / len(x)\n"
LIMIT = 2.0  # seconds
FAKE = (
    '{"0": 1}',
    '["outcome", "mean", 0, "public", "passed", "", ""]',
    '["outcome", "mean", 0, "hidden", "passed", "", ""]',
    '["done"]',
)
ENDED, LATE = "the answer ended the program", "not finished after"
ANSWERS = {  # the body of `mean` -> words of what its first check says
    "endless loop": ("while True: pass", LATE),
    "sleep": ("import time; time.sleep(1000)", LATE),
    "endless recursion": ("return mean(x)", "RecursionError"),
    "deeper recursion": ("import sys; sys.setrecursionlimit(10**9); return mean(x)", ""),
    "sys.exit": ("import sys; sys.exit(0)", "SystemExit"),
    "SystemExit": ("raise SystemExit", "SystemExit"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "os._exit": ("import os; os._exit(0)", ENDED),
    "kill": ("import os; os.kill(os.getpid(), 9)", "crashed by SIGKILL"),
    "memory": ("return np.ones(2**30).sum()", "MemoryError"),
    "memory of lists": ("return len(bytearray(2**33))", "MemoryError"),
    "fork": ("import os; os.fork(); return 'sum'", "TypeError"),
    "fork that stays": ("import os\n    if not os.fork():\n        while True: pass", "TypeError"),
    "flood": ("while True: print('x' * 10**6)", LATE),
    "flood that ends": ("print('x' * 10**7); return 0.5", "mean is the sum"),
    "raw flood": ("import os\n    for _ in range(99): os.write(1, b'x' * 10**6)", "TypeError"),
    "closes descriptors": ("import os; os.closerange(0, 999); return 0.5", ENDED),
    "fakes lines": (
        f"import os\n    for fd in range(99):\n        for line in {FAKE}:\n"
        "            try: os.write(fd, line.encode() + bytes([10]))\n"
        "            except OSError: pass\n    return 0.5",
        "mean is the sum",
    ),
    "numpy": ("np.average = lambda x: 0.5; return 0.5", "numpy.average was replaced"),
    "builtins": (
        "import builtins; builtins.abs = lambda x: -1; return 0.5",
        "builtins.abs was replaced",
    ),
    "all builtins": (
        "import builtins\n    for name in dir(builtins):\n"
        "        if name.islower(): setattr(builtins, name, None)",
        "was replaced",
    ),
    "expect": (
        "import sys; sys.modules['labs.course.plan'].expect = print; return 0.5",
        "labs.course.plan.expect was replaced",
    ),
    "expect of the checks": (
        "import sys\n    sys.modules['tests.course.toy_lessons.toy.checks'].expect = print",
        "checks.expect was replaced",
    ),
    "sys.modules": (
        "import sys; sys.modules['labs.course'] = sys; return 0.5",
        "labs.course was replaced",
    ),
    "no modules": ("import sys; sys.modules.clear(); return 0.5", "was replaced"),
    "deletes files": (
        "import os, shutil; shutil.rmtree(os.getcwd()); return 0.5",
        "mean is the sum",
    ),
    "huge integer": ("return 10**10**10", LATE),
    "long integer": ("return 10**5000", "OverflowError"),
    "raises when compared": ("return Odd()", "RuntimeError: no"),
    "sleeps when compared": ("return Slow()", LATE),
    "raises when printed": ("raise Unspeakable", "Unspeakable"),
    "stdout": ("import sys; sys.stdout = None; return 0.5", "mean is the sum"),
    "threads": (
        "import threading\n    def run():\n        while True: pass\n"
        "    threading.Thread(target=run).start(); return 0.5",
        "mean is the sum",
    ),
    "signals": (
        "import signal\n    for n in (2, 14, 15): signal.signal(n, lambda *_: 0)\n"
        "    while 1: pass",
        LATE,
    ),
    "atexit": ("import atexit; atexit.register(mean, 0)\n    while True: pass", LATE),
    "input": ("return float(input())", "EOFError"),
    # far into a file, and not all the way there, which a busy disk does not do within the limit
    "big file": ("f = open('f', 'wb', 0); f.seek(2**27); f.write(b'0')", "OSError"),
}  # fmt: skip
CLASSES = """
import numpy as np

class Odd:
    def __sub__(self, other):
        raise RuntimeError("no")

    __eq__ = __rsub__ = __array__ = __sub__

class Slow:
    def __sub__(self, other):
        while True: pass

class Unspeakable(Exception):
    def __str__(self):
        raise self
"""


def cells(*sources, kind="code", **more):
    made = [{"cell_type": kind, "source": source, **more} for source in sources]
    return json.dumps({"cells": made, "nbformat": 4, "metadata": {}})


OUTPUT = [{"output_type": "stream", "name": "stdout", "text": "x" * 30_000_000}]
DEEP = "(" * 5000 + ")" * 5000
FILES = {  # a file's name and content -> points, words of its problems
    "right": ("py", MEAN + GAP, 4, ""),
    "syntax error": ("ipynb", cells("def mean(x:\n    return 1", GAP), 1, "cell 1, line 1 is"),
    "empty": ("ipynb", "", 0, "file must be a notebook, got no JSON"),
    "empty script": ("py", "", 0, ""),
    "no notebook": ("ipynb", "%PDF-1.4 \0\1\2", 0, "got no JSON"),
    "a list": ("ipynb", "[1, 2]", 0, "got list without cells"),
    "no cells": ("ipynb", '{"cells": {}}', 0, "got dict without cells"),
    "odd cells": ("ipynb", json.dumps({"cells": [1, None, {}, {"source": 3}, []]}), 0, ""),
    "odd source": ("ipynb", cells(["def gap(a, b):\n", "    return a - b", 7, None]), 1, ""),
    "deep JSON": ("ipynb", "[" * 100_000, 0, "not read"),
    "many cells": ("ipynb", cells(*["x = 1\ny = [x]"] * 5000, MEAN, GAP), 4, ""),
    "large output": ("ipynb", cells(MEAN + GAP, outputs=OUTPUT), 4, ""),
    "null bytes": ("py", f"x = 1\0\n# %%\n{MEAN}{GAP}", 4, "line 1 is not Python"),
    "deep nesting": ("py", f"x = {DEEP}\n# %%\n{MEAN}{GAP}", 4, "line 1 is not Python"),
    "deep operators": ("py", f"def f():\n  {'-' * 5000}1\n# %%\n{MEAN}{GAP}", 4, "is not Python"),
    "long digits": ("py", f"x = {'9' * 5000}\n# %%\n{MEAN}{GAP}", 4, "is not Python"),
    "half a character": ("py", f"x = '\\ud800'\n{MEAN}{GAP}", 4, ""),
    "raises half": ("py", f"def mean(x):\n    raise ValueError('\\ud800\\x1b[2J'){GAP}", 1, ""),
    "loops when loaded": ("py", f"class A:\n    while True: pass\n{MEAN}{GAP}", 4, "line 1: not"),
    "leaves when loaded": ("py", f"import os\nclass A: os._exit(0)\n{MEAN}{GAP}", 4, "ended"),
    "always leaves": (
        "py",
        "import os, threading\nclass A:\n    threading.Timer(0.2, os._exit, [0]).start()\n"
        "def mean(x):\n    while 1: pass\ndef gap(a, b):\n    while 1: pass",
        0,
        "",
    ),
    "replaces when loaded": (
        "py",
        f"import numpy\nclass A:\n    numpy.average = abs\n{MEAN}{GAP}",
        4,
        "numpy.average was replaced",
    ),
    "a number": ("py", f"{MEAN}mean = 3\n{GAP}", 1, ""),
    "another's": ("py", f"from numpy import average as mean\n{GAP}", 4, ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def marking():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(register, "REGISTER", TOY)
        patch.setattr(running, "LOAD", LIMIT)
        exercises = {
            name: replace(each, limit=LIMIT) for name, each in register.exercises("toy").items()
        }
        yield Marking(register.lesson("toy"), exercises, hidden=(11,))


@pytest.fixture(scope="module")
def graded(marking, tmp_path_factory):
    """The reports on all of them, as one batch."""
    folder = tmp_path_factory.mktemp("class")
    for name, (body, _) in ANSWERS.items():
        (folder / f"{name}.py").write_text(f"{CLASSES}\ndef mean(x):\n    {body}\n{GAP}")
    for name, (ending, content, *_) in FILES.items():
        (folder / f"{name}.{ending}").write_text(content)
    (folder / "folder.ipynb").mkdir()
    (folder / "nothing").mkdir()
    (folder / "link.py").symlink_to("right.py")
    (folder / "zero.py").symlink_to("/dev/zero")
    (folder / "lost.py").symlink_to("nowhere")
    os.mkfifo(folder / "pipe.ipynb")
    (folder / ".hidden.py").write_text(MEAN)
    return {each["student"]: each for each in reports(handed_in(folder, "toy"), marking, 4)}


def scores(found):
    return {each["name"]: each["score"] for each in found["exercises"]}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_costs_its_own_points_alone(name, graded):
    found, words = graded[name], ANSWERS[name][1]
    assert scores(found) == {"mean": 0.0, "gap": 1.0}
    assert words in found["exercises"][0]["checks"][0]["message"]
    assert len(found["exercises"][0]["printed"]) <= 2000


@pytest.mark.parametrize("name", FILES)
def test_a_file_costs_its_own_points_alone(name, graded):
    found, (_, _, points, words) = graded[name], FILES[name]
    assert (found["score"], found["max_score"]) == (points, 4)
    assert words in "\n".join(found["problems"])
    assert bool(words) == bool(found["problems"])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("folder", "must be a notebook or a Python file, got 'folder.ipynb'"),
        ("pipe", "must be a notebook or a Python file, got 'pipe.ipynb'"),
        ("nothing", "one file toy.ipynb or .py was asked for, got none"),
        *((name, f"{name}.py must be a file, got a link") for name in ("link", "zero", "lost")),
    ],
)
def test_what_is_no_file(name, words, graded):
    assert graded[name]["score"] == 0
    assert words in graded[name]["problems"][0]


def test_every_one_is_there_and_can_be_written(graded):
    assert len(graded) == len(ANSWERS) + len(FILES) + 6
    for found in graded.values():
        for told in (formats.text(found), as_json(found), as_json(formats.gradescope(found))):
            told.encode()
            assert "\x1b" not in told
    formats.table(list(graded.values())).encode()


def test_who_is_right_gets_the_same_as_alone(graded, marking, tmp_path):
    path = tmp_path / "right.py"
    path.write_text(MEAN + GAP)
    alone = report(Handed("right", path, tmp_path), marking)
    assert {**alone, "seconds": 0} == {**graded["right"], "seconds": 0}
