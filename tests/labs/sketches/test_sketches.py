"""The lab: its questions, its measures, and its claims on what theory says."""

import numpy as np
import pytest

from labs.kit.plan import resolve
from labs.kit.table import Table, row
from labs.kit.verdicts import judge
from labs.sketches import published
from labs.sketches.config import PRESETS, SLOTS, Config
from labs.sketches.figures_of_digits import digits
from labs.sketches.grid import Cell, Record, cells
from labs.sketches.lab import LAB
from labs.sketches.measures import constant, deeper, exponent, readable, slope
from labs.sketches.remarks import remarks
from labs.sketches.training import OF_NETWORKS, QUESTIONS, train

NOISE = 0.005  # of a measured number, relative
GRID = cells(LAB.with_replicates(PRESETS["full"], 8))


def size(cell):
    return cell.keep or cell.d


def error(cell):
    """What theory says of the error of a cell, times the root of its size."""
    if cell.question in ("flat", "erasure"):
        return published.FLAT[cell.objects]
    if cell.question in ("weight", "erased weight"):
        return published.WEIGHTED[cell.weight]
    if cell.question == "depth":
        return published.deep(cell.fan, cell.depth)
    if cell.question == "count":
        return published.COUNTED[cell.objects]
    return {"by path": published.ALONG, "one, without its path": 40.0}.get(cell.arm, 7.25)


def theory(cell):
    """The record of a cell as the construction's algebra has it."""
    root = size(cell) ** -0.5
    if cell.question == "matrices":
        return {"desynchronization": root, "leak": 0.5, "scale": 0.5}
    if cell.question == "disjoint":
        return {"cosine_rms": root}
    if cell.question == "shared":
        divisor = 64 if cell.arm == "same position" else 128
        return {"product": cell.weight**2 * (1.001 + cell.cosine) / divisor}
    if cell.question == "detection":
        return {"auc": published.DETECTED[cell.d]}
    if cell.question == "lipschitz":
        return {"ratio": 0.072, "largest_ratio": 0.076}
    if cell.question == "exact":
        return {"largest_error": 1e-14}
    if cell.question == "average":
        digits = cell.arm == "of digits" and cell.together == 400
        level = published.AVERAGE_OF_DIGITS if digits else published.AVERAGE[cell.together]
        return {"error": level, "bar": 0.1}
    return {"error": error(cell) * root, "bias": 0.0, "bar": error(cell) * root}


MECHANISM = {
    "matrices", "disjoint", "shared", "detection", "lipschitz", "flat", "weight", "depth",
    "repeated", "count", "nothing", "erasure", "erased weight", "exact", "average",
}  # fmt: skip


def table(change=lambda cell, record: record):
    """A full run of the mechanism as theory has it, with a little noise."""
    rng = np.random.default_rng(0)
    rows = []
    for cell in GRID:
        if cell.question in MECHANISM:
            record = change(cell, theory(cell))
            noisy = {n: v * (1 + NOISE * rng.normal()) for n, v in record.items()}
            noisy = {n: v + 0.001 * rng.normal() * (n == "bias") for n, v in noisy.items()}
            noisy = {n: min(v, 1) if n == "auc" else v for n, v in noisy.items()}
            rows.append(row(cell, Record(**noisy)))
    return Table(rows)


def verdicts(rows):
    return {v.id: v.verdict for v in judge(LAB.claims, rows)}


def test_values_of_theory_are_those_of_the_specification():
    assert [round(v, 1) for v in published.FLAT.values()] == [2.6, 3.9, 5.6, 7.9, 11.3]
    weighted = [31.1, 14.9, 7.0, 3.6, 2.7]
    assert [round(v, 1) for v in published.WEIGHTED.values()] == weighted
    assert [round(v, 1) for v in published.DEEPER.values()] == [8.8, 8.0, 16.8, 16.0, 24.8, 24.0]
    assert published.norm(1, 1) == 1 / 16
    # the overall sketch of trees of 2 and 2, and of 3, 3 and 3 (specification, 1.5)
    assert published.norm(2, 2) / 4 == pytest.approx(0.01611, abs=1e-5)
    assert published.norm(3, 3) / 6 == pytest.approx(0.01064, abs=1e-5)


def test_claims_hold_on_the_numbers_of_theory():
    found = verdicts(table())
    mechanism = {i: v for i, v in found.items() if i[0] in "KN" and v != "not judged"}
    assert len(mechanism) > 60
    assert set(mechanism.values()) == {"holds"}


FAULTS = {
    "K1-slope": ("desynchronization", lambda cell: cell.d**-0.1),
    "K2-leak": ("leak", lambda cell: 1.1),
    "K3-constant": ("cosine_rms", lambda cell: 1.5),
    "K4-same-1": ("product", lambda cell: 1.2),
    "K5": ("product", lambda cell: cell.weight**0.3),
    "K6-64": ("auc", lambda cell: 0.7),
    "K7": ("largest_ratio", lambda cell: 10),
    "K8-4": ("error", lambda cell: cell.d**0.2),
    "K9-16": ("error", lambda cell: 1.3),
    "K10-0.05": ("error", lambda cell: 1.3),
    "K11-3-2": ("error", lambda cell: 1.4**cell.depth),
    "K12-path": ("error", lambda cell: 1.3),
    "K13-slope-8": ("error", lambda cell: cell.d**0.2),
    "K13-bias": ("bias", lambda cell: None),
    "K15-slope": ("error", lambda cell: cell.keep**0.2 if cell.keep else 1),
    "K16": ("error", lambda cell: 1.3 if cell.arm == "random subset" else 1),
    "K17-400": ("error", lambda cell: 2),
    "K20": ("largest_error", lambda cell: 1e6),
    "N-module": ("error", lambda cell: 1.5),
}


@pytest.mark.parametrize("claim", FAULTS)
def test_a_mechanism_that_is_not_as_theory_has_it_contradicts(claim):
    name, factor = FAULTS[claim]

    def faulty(cell, record):
        if name not in record:
            return record
        by = factor(cell)
        return record | {name: 0.5 if by is None else record[name] * by}

    assert verdicts(table(faulty))[claim] == "contradicted"


def test_order_of_erasure_is_judged_by_what_is_readable():
    light = {"question": "erased weight", "weight": 0.05}
    octaves = readable(**light) - readable(question="erased weight", weight=0.2)
    expected = 2 * np.log2(published.WEIGHTED[0.05] / published.WEIGHTED[0.2])
    assert np.mean(list(octaves(table()).values())) == pytest.approx(expected, abs=0.05)


def power_law(exponent, factor=1.0, **fields):
    cells_ = [Cell(question="flat", d=d, replicate=0, **fields) for d in (128, 512, 2048)]
    return [row(c, Record(error=factor * c.d**exponent)) for c in cells_]


def test_slopes_and_constants_are_those_of_a_power_law():
    rows = Table(power_law(-0.5, 3.0))
    assert slope("error", question="flat")(rows) == pytest.approx({0: -0.5})
    assert constant("error", question="flat")(rows) == pytest.approx({0: 3.0})
    cut = [
        row(Cell(question="flat", d=8192, keep=k, replicate=0), Record(error=5 * k**-0.5))
        for k in (256, 1024)
    ]
    assert constant("error", question="flat")(Table(cut)) == pytest.approx({0: 5.0})
    assert slope("error", question="flat")(Table(cut)) == pytest.approx({0: -0.5})


def test_the_exponent_of_a_weight_is_that_of_its_column():
    rows = [
        row(Cell(question="shared", d=64, weight=w, replicate=0), Record(product=w**2))
        for w in (0.1, 0.4)
    ]
    assert exponent("product", "weight", question="shared")(Table(rows)) == pytest.approx({0: 2})


def test_one_size_has_no_slope():
    rows = Table(power_law(-0.5)[:1])
    assert slope("error", question="flat")(rows) == {}
    assert constant("error", question="flat")(rows)


def test_the_cost_of_a_level_is_a_ratio_of_constants():
    rows = Table(
        row(Cell(question="depth", d=d, fan=2, depth=h, replicate=0), Record(error=16**h / d**0.5))
        for d in (64, 256)
        for h in (1, 2, 3)
    )
    assert deeper(2, 1)(rows) == pytest.approx({0: 16})


def test_every_question_has_an_answer():
    for preset in PRESETS:
        asked = {cell.question for cell in resolve(LAB, preset).cells}
        assert asked <= QUESTIONS.keys() | OF_NETWORKS.keys()
    assert QUESTIONS.keys() - asked == {"rotation", "throughput"}  # of the benches


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (Cell(question="flat", d=1024, objects=4, trials=20, replicate=0), 5.57),
        (Cell(question="depth", d=1024, fan=1, depth=2, trials=30, replicate=0), 23.3),
        (Cell(question="count", d=1024, objects=4, repeats=2, trials=200, replicate=0), 5.66),
        (
            Cell(question="nothing", arm="wrong path", d=1024, objects=4, trials=20, replicate=0),
            5.66,
        ),
        (
            Cell(question="erasure", arm="random subset", d=2048, keep=512, objects=4, trials=20,
                 replicate=0),
            5.6,
        ),
    ],
)  # fmt: skip
def test_errors_are_near_theory(cell, expected):
    (record,) = train([cell], "cpu")
    assert record.error * size(cell) ** 0.5 == pytest.approx(expected, rel=0.15)
    assert record.bar * size(cell) ** 0.5 == pytest.approx(expected, rel=0.25)


def test_sizes_of_a_question_share_their_scenes():
    small, large = (
        next(iter(train([Cell(question="average", arm="of digits", d=d, objects=4, together=50,
                              trials=2, replicate=3)], "cpu")))
        for d in (4096, 16384)
    )  # fmt: skip
    assert large.error < 0.8 * small.error


def test_shares_that_are_zero_are_drawn():
    nothing = Record(histogram=0.0, slot=0.0, nearest=0.0, waveform=0.3)
    rows = [row(Cell(question="scenes", d=64, objects=k, replicate=0), nothing) for k in SLOTS]
    table = Table(rows)
    axes = digits(table, {v.id: v for v in judge(LAB.claims, table)}).axes
    assert [axes[i].get_yscale() for i in (0, 3, 4, 5)] == ["linear", "linear", "log", "linear"]


def test_shares_of_blocks_that_are_near_have_rows_of_their_own():
    cells_ = [
        Cell(question="recovery", arm="sketches", d=64, sketches=10, share=share, replicate=0)
        for share in (0.02, 0.021)
    ]
    rows = Table(row(c, Record(columns=c.share)) for c in cells_)
    named = [r[0] for remark in remarks(rows) for r in remark.rows]
    assert named == ["10 sketches, 2%", "10 sketches, 2.1%"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"replicates": 0}, "replicates must be at least 1, got 0"),
        ({"dims": ()}, r"dims must hold at least one value, got \(\)"),
        ({"dims": (8,)}, r"dims must be at least 16, got \(8,\)"),
        ({"kept": (16384,)}, r"kept must be at most cut = 8192, got \(16384,\)"),
        ({"fitted": 5000}, "fitted must be at least 100 and at most 4000, got 5000"),
        ({"pairs": 1}, "pairs must be at least 2, got 1"),
        ({"scenes": 4}, "scenes must be at least 5, got 4"),
        ({"shares": (0.02, 0.0001)}, "shares must be at least 0.00390625, half a block per"),
        ({"steps": 0}, "steps must be at least 1, got 0"),
    ],
)
def test_settings_are_checked(change, message):
    with pytest.raises(ValueError, match=message):
        Config(**change)
