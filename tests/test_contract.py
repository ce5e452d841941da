"""The contract of a lab, tested on every lab of the register and on the toy lab.

Adding a lab to the register adds its tests. Each lab's smoke preset is run once through the real
command line, and most tests look at that run.
"""

import json
import os
import pickle
import resource
import signal
import subprocess
import sys
import time
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from labs import LABS
from labs.kit import session, settings
from labs.kit.claims import judge
from labs.kit.execute import stacks
from labs.kit.lab import load
from labs.kit.store import Store
from labs.kit.table import Table

ROOT = Path(__file__).parents[1]
REGISTER = {**LABS, "toy": "tests.kit.toy_lab"}
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

pytestmark = pytest.mark.parametrize("name", REGISTER)


def command(name, *words):
    package = "labs" if name in LABS else "tests.kit.toy_lab"
    return [sys.executable, "-m", package, *words]


def call(command):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return done


def smoke(name, out):
    return command(name, "run", name, "--preset", "smoke", "--jobs", "2", "--out", str(out))


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """A lab's name -> folder of its smoke run, which is made when first asked for."""
    made = {}

    def run(name):
        if name not in made:
            out = tmp_path_factory.mktemp(name)
            began = processor_seconds()
            done = call(smoke(name, out))
            made[name] = out, processor_seconds() - began, done.stdout
        return made[name]

    return run


@pytest.fixture
def lab(name):
    return load(REGISTER, name)


@pytest.fixture
def table(lab, runs):
    found = session.results(session.stored(lab, "smoke", runs(lab.name)[0]))
    assert (found.missing, found.damage) == (0, [])
    return found.table


def contents(out):
    paths = [p for p in out.rglob("*") if p.suffix in (".json", ".npz", ".csv")]
    return {p.relative_to(out): p.read_bytes() for p in paths if p.name != "run.json"}


def test_it_introduces_itself(lab):
    assert lab.question.endswith("?")
    assert lab.source
    assert lab.version >= 1


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
    with pytest.raises(ValueError, match="unknown setting 'no_such_setting'"):
        settings.change(lab.presets["quick"], ["no_such_setting=1"])


def test_keys_are_unique_and_stacks_are_a_partition(lab):
    for preset in lab.presets:
        plan = session.plan(lab, preset)
        store = Store(Path("cells"), lab.name, lab.version)
        assert len({store.key(cell) for cell in plan.cells}) == len(plan.cells)
        together = [cell for stack in stacks(lab, plan.cells) for cell in stack]
        assert set(together) == set(plan.cells)
        assert len(together) == len(plan.cells)
        assert all(lab.seconds(cell) > 0 for cell in plan.cells)


def test_full_has_ten_replicates(lab):
    cells = session.plan(lab, "full").cells
    assert len({cell.replicate for cell in cells}) >= 10


def test_smoke_ends_in_seconds_and_says_its_verdicts(lab, runs):
    _, seconds, text = runs(lab.name)
    assert seconds < SMOKE_SECONDS
    for claim in lab.claims:
        assert f"\n{claim.id} " in text


def test_a_second_run_does_no_work(lab, runs):
    out = runs(lab.name)[0]
    before = {path: path.stat().st_mtime_ns for path in out.rglob("cells/*")}
    bytes_before = contents(out)
    assert " 0 to train now" in call(smoke(lab.name, out)).stdout
    assert {path: path.stat().st_mtime_ns for path in out.rglob("cells/*")} == before
    assert contents(out) == bytes_before


def test_kill_and_resume_give_the_same_bytes(lab, runs, tmp_path):
    process = subprocess.Popen(
        smoke(lab.name, tmp_path),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while process.poll() is None and not list(tmp_path.rglob("cells/*.json")):
        time.sleep(0.01)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    call(smoke(lab.name, tmp_path))
    assert contents(tmp_path) == contents(runs(lab.name)[0])


def test_claims_judge_partly_filled_tables(lab, table):
    assert len({claim.id for claim in lab.claims}) == len(lab.claims) > 0
    for part in parts(table):
        verdicts = judge(lab.claims, part)
        assert [verdict.id for verdict in verdicts] == [claim.id for claim in lab.claims]
        few = len(part.replicates) < 5
        assert not few or all(verdict.verdict == "undecided" for verdict in verdicts)


def test_plot_draws_partly_filled_tables(lab, table):
    for part in parts(table)[1:]:  # the run has drawn the whole one
        figure = lab.plot(part)
        figure.draw_without_rendering()
        words = [text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text"))]
        assert any("replicate" in word or "no results" in word for word in words)


def parts(table):
    rows = list(table)
    chosen = [rows, [], rows[:1], rows[: len(rows) // 2], rows[::3]]
    return [Table(part) for part in chosen]


def test_check_draw_and_the_list_need_no_torch(lab, runs):
    out = runs(lab.name)[0]
    call([sys.executable, "-c", WITHOUT_TORCH, lab.name, REGISTER[lab.name], str(out)])


def test_its_benches_can_be_sent_to_other_processes(lab):
    for bench in lab.bench() if lab.bench else ():
        again = pickle.loads(pickle.dumps(bench))
        assert (again.network, again.members) == (bench.network, bench.members)
