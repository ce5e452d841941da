"""The contract of a lab, tested on every lab of the register and on the toy lab.

Adding a lab to the register adds its tests. Each lab's smoke preset is run once through the real
command line, and most tests look at that run.
"""

import json
import math
import os
import pickle
import re
import subprocess
import sys
import time
from dataclasses import FrozenInstanceError, fields
from string import Formatter

import pytest

from labs.kit import outputs, settings, texts
from labs.kit import plan as plans
from labs.kit.cli import main
from labs.kit.execute import stacks
from labs.kit.lab import Deferred, load
from labs.kit.measures import Measure, column
from labs.kit.outputs import picture
from labs.kit.table import Table
from labs.kit.verdicts import judge
from labs.nn import devices
from tests.alone import assert_alone_as_together, mixed, twins
from tests.smoke_runs import REGISTER, ROOT, call, command, contents, words

# Cells that must give what another cell gives: neighbours are the same in any order of positions;
# of few transparent sketches whole-sketch methods find no column, and of a network that has learned
# nothing several methods keep nothing.
TWINS = {
    "lottery": [{"varied": "data"}, {"varied": "start"}],  # replicate 0's are its own
    "benchmark": [{"model": "knn", "shuffled": True}],
    "sketches": [
        {"question": "other recovery"},
        {"question": "trained year"},
        {"question": "trained concepts"},
    ],
}
PANELS = 6  # of a figure
PATH = 100  # characters below the working folder: Windows takes 259 in all
SMOKE_SECONDS = 60  # of processor time, which does not grow when the machine is busy

WITHOUT_TORCH = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "sklearn"):
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Block())
from labs.kit.cli import main
name, module, out = sys.argv[1:]
for words in (["check", name, "--json"], ["draw", name], []):
    assert main({name: module}, [*words, "--out", out]) == 0
"""

# One process makes a lab's smoke run and all the tests that look at it.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize(
        "name", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in REGISTER]
    ),
]


@pytest.fixture
def lab(name):
    return load(REGISTER, name)


@pytest.fixture
def table(lab, runs):
    found = plans.results(plans.stored(lab, "smoke", runs(lab.name).out))
    assert (found.missing, found.damage) == (0, [])
    return found.table


def test_it_introduces_itself(lab):
    assert lab.question.endswith("?")
    assert lab.source
    assert lab.version >= 1


def test_it_says_how_and_what_that_cannot_show(lab):
    assert lab.method is not None
    assert 2 <= len(re.findall(r"\.(?= |$)", lab.method.text)) <= 5
    lists = (lab.method.differences, lab.method.left_out, lab.method.limitations)
    assert all(len(said) <= 400 for sentences in lists for said in sentences)


def test_what_was_changed_after_a_look_has_its_date(lab):
    for said in (*(claim.changed for claim in lab.claims), *lab.method.changed):
        assert not said or re.search(r"20\d\d-\d\d-\d\d", said), said
    assert all(re.match(r"[\d-]{10} \([0-9a-f, ]+\)", said) for said in lab.method.changed)


def test_presets_construct_and_are_frozen(lab):
    assert list(lab.presets)[:3] == ["smoke", "quick", "full"]
    for config in lab.presets.values():
        with pytest.raises(FrozenInstanceError):
            setattr(config, fields(config)[0].name, None)
        plain = json.loads(json.dumps(settings.differences(config, lab.presets["smoke"])))
        same = {field.name: getattr(lab.presets["smoke"], field.name) for field in fields(config)}
        assert settings.restore(type(config), same | plain) == config


def test_every_setting_can_be_typed(lab):
    config = lab.presets["quick"]
    for field in fields(config):
        value = getattr(config, field.name)
        text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        assert settings.change(config, [f"{field.name}={text}"]) == config


def test_unknown_settings_are_refused(lab):
    with pytest.raises(ValueError, match=r"setting must be one of .*got 'no_such_setting'"):
        settings.change(lab.presets["quick"], ["no_such_setting=1"])


def test_keys_are_unique_and_stacks_are_a_partition(lab):
    for preset in lab.presets:
        plan = plans.resolve(lab, preset)
        assert len({plan.store.key(cell) for cell in plan.cells}) == len(plan.cells)
        assert max(len(str(plan.store.path(cell))) for cell in plan.cells) <= PATH
        together = [cell for stack in stacks(lab, plan.cells) for cell in stack]
        assert set(together) == set(plan.cells)
        assert len(together) == len(plan.cells)
        assert all(lab.seconds(cell) > 0 for cell in plan.cells)


def test_figures_are_of_presets_that_there_are(lab):
    assert {figure.preset for figure in lab.figures.values()} <= {"", *lab.presets}


def test_a_look_holds_the_earlier_ones(lab):
    looks = {}
    for preset in lab.presets:
        few, more = (set(lab.cells(lab.with_replicates(lab.presets[preset], n))) for n in (5, 8))
        looks[preset] = few == {cell for cell in more if cell.replicate < 5}
    assert all(looks.values()), looks


def test_full_has_ten_replicates(lab):
    cells = plans.resolve(lab, "full").cells
    assert len({cell.replicate for cell in cells}) >= 10


def test_settings_say_what_they_mean(lab):
    for name, meaning, law in settings.describe(lab.presets["full"]):
        assert meaning, name
        assert law, name


def test_every_function_that_is_named_by_its_path_is_there(lab):
    deferred = [v for v in vars(lab).values() if isinstance(v, Deferred)]
    assert all(callable(function.resolve()) for function in deferred)


def test_the_finding_names_claims_of_the_lab(lab):
    slots = {name for _, name, _, _ in Formatter().parse(lab.finding) if name is not None}
    assert slots
    assert slots <= {claim.id for claim in lab.claims}


def test_measures_have_digests_that_are_the_same_everywhere(lab):
    for claim in lab.claims:
        assert "<lambda>" not in json.dumps(names(claim.measure)), claim.id


def test_measures_read_columns_that_cells_and_records_have(lab):
    known = {item.name for kind in (lab.cell, lab.record) for item in fields(kind)}
    for claim in lab.claims:
        assert read(claim.measure) <= known, claim.id
    for each in lab.published:
        assert read(each.measure) <= known, each.what


def read(measure):
    """The columns that a measure of the algebra reads."""
    if not isinstance(measure, Measure):
        return set()
    if measure.function is column("").function:
        return {*measure.parts, *measure.where}
    return set().union(*map(read, measure.parts))


def names(measure):
    parts = getattr(measure, "parts", ())
    function = getattr(measure, "function", getattr(measure, "func", measure))
    return [getattr(function, "__qualname__", ""), *(names(part) for part in parts)]


def test_first_and_last_cell_of_a_mixed_stack_alone_equal_their_records(lab, runs):
    # A field that is missing from the cell's identity, an arm that is trained as another, a member
    # that sees its neighbours: each gives other records here (tests/test_mutants.py).
    plan = plans.stored(lab, "smoke", runs(lab.name).out)
    stored, _ = plan.store.load(plan.cells)
    for stack in mixed(lab):
        assert_alone_as_together(lab, stack, [stored[cell] for cell in stack])


def test_no_arm_is_trained_as_another(lab, table):
    allowed = [twin.items() for twin in TWINS.get(lab.name, [])]
    found = twins(lab, table)
    assert [cell for cell in found if not any(a <= cell.items() for a in allowed)] == []


def test_smoke_ends_in_seconds_and_says_its_verdicts(lab, runs):
    run = runs(lab.name)
    assert run.seconds < SMOKE_SECONDS
    for claim in lab.claims:
        assert f"\n{claim.id} " in run.said


@pytest.mark.skipif("cuda" not in devices(), reason="needs CUDA")
def test_cuda_trains_the_same_networks_without_a_warning_or_is_refused(lab, runs, tmp_path):
    run = command(lab.name, *words(lab.name, tmp_path, jobs=2), "--device", "cuda")
    loud = {**os.environ, "PYTHONWARNINGS": "default"}
    done = subprocess.run(run, cwd=ROOT, env=loud, capture_output=True, text=True, timeout=600)
    if "cuda" not in lab.devices():
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        return
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    trained = {path.relative_to(tmp_path) for path in tmp_path.rglob("cells/*")}
    out = runs(lab.name).out
    assert trained == {path.relative_to(out) for path in out.rglob("cells/*")}


@pytest.fixture
def no_pictures(monkeypatch):
    """A run that draws nothing: the lab's smoke run has drawn all its figures."""
    monkeypatch.setattr(outputs, "write_figures", lambda *_, **__: [])


@pytest.mark.usefixtures("no_pictures")
def test_a_second_run_does_no_work(lab, runs, capsys):
    out = runs(lab.name).out
    before = {path: path.stat().st_mtime_ns for path in out.rglob("cells/*")}
    bytes_before = contents(out)
    assert main(REGISTER, words(lab.name, out, jobs=2)) == 0
    assert " 0 to train now" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in out.rglob("cells/*")} == before
    assert contents(out) == bytes_before


@pytest.mark.usefixtures("no_pictures")
def test_kill_and_resume_give_the_same_bytes(lab, runs, tmp_path):
    # The undisturbed run had two workers. Here one process trains, and this one goes on, which has
    # trained for other tests: what a stack leaves behind for the next would give other bytes.
    run = words(lab.name, tmp_path, jobs=1)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command(lab.name, *run), cwd=ROOT, **quiet)
    while process.poll() is None and not list(tmp_path.rglob("cells/*.json")):
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert main(REGISTER, run) == 0
    assert contents(tmp_path) == contents(runs(lab.name).out)


def test_claims_judge_partly_filled_tables(lab, table):
    assert len({claim.id for claim in lab.claims}) == len(lab.claims) > 0
    for part in parts(table):
        verdicts = judge(lab.claims, part)
        assert [verdict.id for verdict in verdicts] == [claim.id for claim in lab.claims]
        for each in lab.published:
            values = each.measure(part)
            assert values.keys() <= {*part.replicates}, each.what
            assert all(map(math.isfinite, values.values())), each.what
        few = len(part.replicates) < 5
        assert not few or not {v.verdict for v in verdicts} & {"holds", "contradicted"}
        plain = [verdict.as_dict() for verdict in verdicts]
        for template in (lab.finding, *(each.caption for each in lab.figures.values())):
            assert texts.finding(template, plain)


def test_remarks_are_short_items_of_partly_filled_tables(lab, table):
    for part in parts(table) if lab.remarks else ():
        said = texts.remarks(lab.remarks(part))
        assert all(len(line) <= texts.WIDTH for line in said.splitlines())
        assert all(len(remark.text) <= 300 for remark in lab.remarks(part))


def test_plot_draws_partly_filled_tables(lab, table):
    for part in parts(table)[1:]:  # the run has drawn the whole one
        verdicts = judge(lab.claims, part)
        for name in lab.figures:
            figure = picture(lab, name, part, verdicts)
            assert len([ax for ax in figure.axes if ax.axison]) <= PANELS
            figure.draw_without_rendering()
            words = [text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text"))]
            assert any("replicate" in word or "no results" in word for word in words)


def parts(table):
    rows = list(table)
    chosen = [rows, [], rows[:1], rows[: len(rows) // 2], rows[::3]]
    return [Table(part) for part in chosen]


def test_check_draw_and_the_list_need_no_torch(lab, runs):
    out = runs(lab.name).out
    call([sys.executable, "-c", WITHOUT_TORCH, lab.name, REGISTER[lab.name], str(out)])


def test_its_benches_can_be_sent_to_other_processes(lab):
    for bench in lab.bench() if lab.bench else ():
        again = pickle.loads(pickle.dumps(bench))
        assert (again.network, again.cells) == (bench.network, bench.cells)
        assert {type(cell) for cell in bench.cells} == {lab.cell}
        assert len(stacks(lab, bench.cells)) == 1  # as a run would train them
