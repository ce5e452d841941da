"""The reader of sources: what is good, what is refused and on which line, what each reader sees."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from labs.course import register
from labs.course.cells import Cell, SourceError, join, split
from labs.course.source import VARIANTS, agree, parse, read

PATH = Path("toy/lesson.py")
HERE = Path(__file__).parent / "toy_lessons" / "toy" / "lesson.py"
TOY = HERE.read_text(encoding="utf-8")
LINES = TOY.split("\n")


def at(text):
    """The number of the first line that is `text`."""
    return LINES.index(text) + 1


EXERCISE, CHECK = '# %% tags=["exercise:mean"]', '# %% tags=["check:mean"]'
GAP, CHECK_GAP = '# %% tags=["exercise:gap"]', '# %% tags=["check:gap"]'
VARY = '# %% [markdown] tags=["vary"]'
LOST = '# %% tags=["check:lost"]\ncheck("toy.lost", lost)'
BEGIN, END = "    ### BEGIN SOLUTION", "    ### END SOLUTION"
RUN = 'x = data().x[: steps("all")]'
BAD = {  # what is replaced once -> by what, the line that is told, words of the message
    "no cell": (TOY, "x = 1\n", 1, "a cell must begin with '# %%', got 'x = 1'"),
    "empty": (TOY, "", 1, "a cell must begin with '# %%', got ''"),
    "text before": ("# %% [markdown]\n# # How", "import os\n# %% [markdown]\n# # How", 1, "import"),
    "kind": ("# %% [markdown]\n# ## Run", "# %% [markup]\n# ## Run", at("# ## Run") - 1, "header"),
    "title": (CHECK, "# %% Check the mean", at(CHECK), "got '# %% Check the mean'"),
    "tags": (CHECK, '# %% tags=["check:mean"', at(CHECK), "header must be"),
    "json": (CHECK, "# %% tags=['check:mean']", at(CHECK), "tags must be a list of texts"),
    "numbers": (CHECK, "# %% tags=[1]", at(CHECK), "tags must be a list of texts, got [1]"),
    "unknown": (CHECK, '# %% tags=["test"]', at(CHECK), "tag must be one of setup, predict, run"),
    "near": (EXERCISE, '# %% tags=["exercize:mean"]', at(EXERCISE), "mean 'exercise:mean'?"),
    "no name": (EXERCISE, '# %% tags=["exercise"]', at(EXERCISE), "got 'exercise'"),
    "name": (EXERCISE, '# %% tags=["exercise:a b"]', at(EXERCISE), "got 'exercise:a b'"),
    "colab": (CHECK, '# %% tags=["colab"]', at(CHECK), "got 'colab'"),
    "prose": ("# ## Look", "## Look", at("# ## Look"), "must begin with '# ', got '## Look'"),
    "never ends": (END, "", at("# %% tags=[\"check:mean\"]") - 4, "END SOLUTION, got none"),
    "never begins": (BEGIN, "", at(END), "BEGIN, END in turn, got '### END SOLUTION'"),
    "nested": (f"{BEGIN}\n", f"{BEGIN}\n{BEGIN}\n", at(BEGIN) + 1, "in turn, got '### BEGIN"),
    "marker elsewhere": (RUN, f"# x\n{BEGIN.strip()}\n{END.strip()}", at(RUN) + 1, "exercise:NAME"),
    "text never ends": ("# <!-- END SOLUTION -->", "# x", at("# <!-- END SOLUTION -->"), "none"),
    "two of a name": (f'{GAP}\ndef gap(', f"{EXERCISE}\ndef mean(", at(GAP), "'mean' twice"),
    "two checks": (f'{CHECK_GAP}\n', f'{CHECK}\ncheck("toy.mean", mean)\n', at(CHECK_GAP), "twice"),
    "two explanations": ('tags=["vary"]', 'tags=["explain:why"]', at(VARY), "'why' twice"),
    "no check": (CHECK, "# %%", at(EXERCISE), "a cell tagged check:mean, got none"),
    "no exercise": (RUN, f'{RUN}\n{LOST}', at(RUN) + 1, "tagged exercise:lost, got none"),
    "check of another": ('"toy.mean"', '"toy.gap"', at(CHECK) + 1, 'call check("toy.mean", mean)'),
    "no function": ("def mean(", "def Mean(", at(EXERCISE), "got none named 'mean'"),
    "no solution": (f"{BEGIN}\n", "", at(END) - 1, "in turn"),
    "magic": (RUN, "%matplotlib inline", at(RUN), "plain Python, got '%matplotlib inline'"),
    "shell": (RUN, "!ls", at(RUN), "plain Python, got '!ls'"),
    "syntax": (RUN, "x = = 1", at(RUN), "code must be Python, got invalid syntax"),
    "path": (RUN, 'x = open("/home/me/data.npz")', at(RUN), "relative, got '/home/me/data.npz'"),
    "home": (RUN, 'x = "~/data.npz"', at(RUN), "relative, got '~/data.npz'"),
    "drive": (RUN, 'x = r"C:\\data"', at(RUN), "relative, got"),
    "address": (RUN, "x = 1  # see https://a.org/b", at(RUN), "web address, got 'https://a.org/b'"),
    "phase lost": ("# ## Look", "# ## Looking", at("# ## Explain"), "got Predict, Build, Run, Exp"),
    "phase twice": ("# ## Look", "# ## Run", at("# ## Look"), "in this order"),
    "no replicate": ("REPLICATE = 0", "REPLICATE = None", 1, "REPLICATE = 0 must stand in it once"),
    "replicates": (RUN, "REPLICATE = 1", at(RUN), "must stand in it once, got it 2 times"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "words"), BAD.values(), ids=BAD)
def test_a_broken_rule_is_told_with_file_and_line(old, new, line, words):
    assert old in TOY
    with pytest.raises(SourceError) as refused:
        parse(TOY.replace(old, new, 1), "toy", PATH)
    assert str(refused.value).startswith(f"{PATH}:{line}: ")
    assert words in str(refused.value)


def test_an_exercise_without_markers_has_no_solution():
    text = TOY.replace(f"{BEGIN}\n", "", 1).replace(f"{END}\n", "", 1)
    with pytest.raises(SourceError, match="'mean' must have a solution between markers, got none"):
        parse(text, "toy", PATH)


def test_a_check_before_its_exercise():
    first, second = TOY.index(EXERCISE), TOY.index(CHECK)
    third = TOY.index('# %% tags=["exercise:gap"]')
    text = TOY[:first] + TOY[second:third] + TOY[first:second] + TOY[third:]
    with pytest.raises(SourceError, match=f":{at(EXERCISE)}: check must come after its exercise"):
        parse(text, "toy", PATH)


def test_the_first_line_is_told():
    text = TOY.replace(RUN, "!shell").replace('print(f"{found:.3f}")', "%magic")
    with pytest.raises(SourceError, match="!shell"):
        parse(text, "toy", PATH)


@pytest.mark.parametrize(
    "text",
    [
        TOY.replace("\n", "\r\n"),
        TOY.replace("\n", "\r"),
        "\ufeff" + TOY,
        "\n\n" + TOY,
        TOY.rstrip("\n"),
        TOY + "\n\n\n",
        TOY.replace("# ## Look", "# ## Look   "),
    ],
    ids=["Windows", "old Mac", "mark", "blank first", "no end", "blank last", "blanks at an end"],
)
def test_line_ends_and_blanks_do_not_matter(text):
    expected = parse(TOY, "toy", PATH)
    for variant in VARIANTS:
        assert join(parse(text, "toy", PATH).view(variant)) == join(expected.view(variant))


def test_cells_stand_as_in_the_file():
    cells = split(TOY, PATH)
    assert len(cells) == TOY.count("# %%")
    for cell in cells:
        assert LINES[cell.line - 1].startswith("# %%")
        assert tuple(LINES[cell.line : cell.line + len(cell.lines)]) == cell.lines
    assert [replace(c, line=0) for c in split(join(cells), PATH)] == [
        replace(c, line=0) for c in cells
    ]


def test_jupytext_reads_the_same_cells():
    jupytext = pytest.importorskip("jupytext")
    theirs = jupytext.reads(TOY, fmt="py:percent").cells
    ours = split(TOY, PATH)
    assert [c.cell_type for c in theirs] == [c.kind for c in ours]
    assert [c.source for c in theirs] == [c.content for c in ours]
    assert [c.metadata.get("tags", []) for c in theirs] == [list(c.tags) for c in ours]


def test_the_student_sees_stubs_and_everything_else():
    text = join(parse(TOY, "toy", PATH).view())
    stub = '    # YOUR CODE HERE\n    raise NotImplementedError("{} is not written yet")\n'
    start, end = "    difference = 0.0\n", "    return round(difference, 9)\n"
    assert f'it is 3."""\n{stub.format("mean")}\n' in text
    assert f"{start}{stub.format('gap')}{end}" in text
    assert "# ### Explain: why\n# *Your answer:*\n" in text
    for hidden in ("x.sum()", "a - b", "digits differ", "SOLUTION", "Collect the guesses"):
        assert hidden not in text


def test_the_solution_lacks_markers_alone():
    text = join(parse(TOY, "toy", PATH).view("solution"))
    assert "SOLUTION" not in text
    assert "Collect the guesses" not in text
    text = re.sub(r"(REPLICATE = 0)  # .*", r"\1", text)
    kept = [line for line in LINES if line.strip() and "SOLUTION" not in line]
    kept = [line for line in kept if line not in ('# %% [markdown] tags=["instructor"]',)]
    assert [line for line in text.split("\n") if line.strip()] == [
        line for line in kept if "Collect" not in line
    ]


def test_the_instructor_sees_the_notes():
    source = parse(TOY, "toy", PATH)
    notes = [cell for cell in source.view("instructor") if "instructor" in cell.tags]
    assert [cell.content for cell in notes] == ["Collect the guesses now."]
    assert len(source.view("instructor")) == len(source.view("solution")) + 1


def test_a_replicate_changes_one_line():
    source = parse(TOY, "toy", PATH)
    own, published = (join(source.view("student", r)).split("\n") for r in (48213, 0))
    differ = [pair for pair in zip(published, own, strict=True) if pair[0] != pair[1]]
    assert [(a.partition("  #")[0], b.partition("  #")[0]) for a, b in differ] == [
        ("REPLICATE = 0", "REPLICATE = 48213")
    ]


def test_an_unknown_variant():
    with pytest.raises(ValueError, match=r"variant must be one of student, .* mean 'student'"):
        parse(TOY, "toy", PATH).view("studnet")


def test_exercises_and_explanations(toy):
    source = read("toy")
    assert list(source.exercises) == ["mean", "gap"]
    assert source.explanations == {"why": at("# ### Explain: why")}
    agree(source, register.lesson("toy"), register.exercises("toy"))


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("Explain: why", "Explain: how", at("# ### Explain: why"), "plan.py, got 'how'"),
        ("# ### Explain: why", "# x", 1, "explanation 'why' of plan.py must be in the source"),
        ("gap", "distance", at('# %% tags=["exercise:gap"]'), "checks.py, got 'distance'"),
    ],
)
def test_a_source_that_does_not_agree_with_its_plan(toy, old, new, line, words):
    source = parse(TOY.replace(old, new), "toy", PATH)
    with pytest.raises(SourceError) as refused:
        agree(source, register.lesson("toy"), register.exercises("toy"))
    assert str(refused.value).startswith(f"{PATH}:{line}: ")
    assert words in str(refused.value)


def test_an_exercise_that_the_source_lacks(toy):
    extra = {**register.exercises("toy"), "median": register.exercise("toy.mean")}
    with pytest.raises(SourceError, match=r"exercise 'median' of checks.py must be in the source"):
        agree(read("toy"), register.lesson("toy"), extra)


def test_a_tag_survives_json():
    cell = Cell("code", ("check:a", "run"), ("x",), 1)
    (again,) = split(join([cell]), PATH)
    assert again == cell
    assert json.loads(join([cell]).split("tags=")[1].split("\n")[0]) == ["check:a", "run"]


@pytest.mark.parametrize("name", register.names())
def test_every_lesson_obeys(name):
    agree(read(name), register.lesson(name), register.exercises(name))
