"""The lottery lab: the search and its controls, the grid; the contract tests do the rest."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from labs.data import mnist1d
from labs.kit.table import Table, row
from labs.kit.verdicts import judge
from labs.lottery import figure, figures_of_masks, grid, masks, published, speed, tickets, training
from labs.lottery.lab import LAB
from labs.nn import devices, nets
from labs.nn.optimizer import Optimizer
from labs.nn.training import evaluate, fit
from mnist1d.generate import generate
from mnist1d.recipe import Recipe

TINY = grid.Config(
    replicates=1,
    parts=(*grid.PARTS,),
    rounds=3,
    levels=(0.0, 0.5, 0.8, 0.9),
    ticket=0.8,
    steps=12,
    transfer_steps=6,
    transfer_batch=500,
    every=3,
    hidden=30,
    test_examples=2000,
)
CELLS = grid.cells(TINY)


@pytest.fixture(scope="module")
def trained():
    """The tiny grid's records, the networks that trained, (start, masks), and their data."""
    networks, examples, original = [], [], tickets.network
    with pytest.MonkeyPatch.context() as patch:

        def network(start, live):
            networks.append((start, live))
            return original(start, live)

        def recorded(net, x, *args, **settings):
            examples.append(x)
            return fit(net, x, *args, **settings)

        patch.setattr(tickets, "network", network)
        patch.setattr(training, "fit", recorded)
        records = list(training.train(CELLS, "cpu"))
    return dict(zip(map(training._key, CELLS), records, strict=True)), networks, examples


def test_a_replicate_trains_on_the_published_data_and_another_one():
    own, new = (training.split(data, "original", 0) for data in ("own", "new"))
    np.testing.assert_allclose(own.x, generate().x, rtol=1e-6, atol=1e-7)
    assert not np.array_equal(own.x, new.x)
    assert not np.array_equal(new.x, training.split("new", "original", 1).x)
    upstreams = [training.split("upstream", "original", r) for r in (0, 5)]
    for each in upstreams:
        np.testing.assert_allclose(each.x, generate(Recipe(seed=43)).x, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("order", grid.ORDERS)
def test_orders_permute_positions_and_nothing_else(order):
    plain, other = training.split("new", "original", 1), training.split("new", order, 1)
    places = training.positions(order, 1)
    assert sorted(places) == list(range(40))
    for name in ("x", "x_test"):
        np.testing.assert_array_equal(getattr(other, name), getattr(plain, name)[:, places])
    np.testing.assert_array_equal(other.y, plain.y)
    known = {"flipped": [39, 38], "chunks": [20, 21], "original": [0, 1]}
    assert order == "shuffled" or places[:2].tolist() == known[order]
    assert training.positions("chunks", 0)[[9, 10, 19, 20, 30]].tolist() == [29, 30, 39, 0, 10]


@pytest.fixture(scope="module")
def searched(trained):
    """Cell -> (start, mask, examples) of the networks that trained on their own data."""
    _, networks, examples = trained
    own = sorted((c for c in CELLS if c.data == "own"), key=lambda c: c.sparsity)  # as they train
    members = (
        (*({n: t[m] for n, t in tensors.items()} for tensors in pair), x[m].numpy())
        for pair, x in zip(networks, examples, strict=True)
        for m in range(len(x))
    )
    return dict(zip(own, members, strict=False))


def arm(name, order="original", varied="all"):
    return lambda cell: (cell.arm, cell.order, cell.varied) == (name, order, varied)


def test_masks_have_the_exact_sparsity_in_every_layer(trained):
    counts = {"first": 41 * 30, "second": 31 * 30, "head": 31 * 10}
    units = {"first": 30, "second": 30, "head": 10}
    for (_, _, name, _, level, _), record in trained[0].items():
        live = units if name in grid.BIASES_LIVE else dict.fromkeys(units, 0)
        assert record.live == {
            n: round((1 - level) * (count - live[n])) + live[n] for n, count in counts.items()
        }


def test_every_round_rewinds_bit_for_bit_to_the_initial_weights(searched):
    rewound = training.initial_weights(TINY.hidden, 0, "rewound")
    assert {cell.arm for cell in searched} == {
        *("dense", "lottery", "weights", "rounds", "random", "random weights")
    }
    for cell, (start, _, _) in searched.items():
        own = rewound
        if cell.varied == "rounding":
            own = training.rewound(cell, training.Search(cell.order, cell.arm, cell.varied))
        for name, values in start.items():
            assert torch.equal(values, own[name][0])
    twin = nets.MLP(1, hidden=TINY.hidden).reset([training.seed("lottery", "initialisation", 0)])
    assert torch.equal(twin.second.weight, rewound["second"][:, :-1])


def test_the_search_trains_on_its_own_data_in_both_orders(searched):
    inputs = {order: training.split("own", order, 0).x for order in ("original", "shuffled")}
    for cell, (_, _, x) in searched.items():
        if cell.varied != "order":
            np.testing.assert_array_equal(x, inputs[cell.order])


@pytest.mark.parametrize("replicate", [0, 3])
def test_crossed_searches_redraw_one_thing(replicate):
    cell = replace(CELLS[0], replicate=replicate)
    base, whole = (training.Search("original", "dense", varied) for varied in ("data", "all"))
    zero = replace(cell, replicate=0)
    for varied in grid.VARIED:
        search = training.Search("original", "dense", varied)
        data, start = training.searched(cell, search), training.rewound(cell, search)
        fresh_data = varied in ("all", "data") and replicate > 0
        fresh_start = varied in ("all", "start") and replicate > 0
        own, theirs = training.searched(zero, base), training.rewound(zero, base)
        same = np.array_equal(np.sort(data.x, axis=0), np.sort(own.x, axis=0))
        assert same != fresh_data
        assert np.array_equal(data.x_fresh, own.x_fresh) != fresh_data
        moved = fresh_start or varied == "rounding"
        assert torch.equal(start["first"], theirs["first"]) != moved
        assert np.array_equal(data.x, own.x) == (same and varied != "order")
    permuted = training.searched(cell, training.Search("original", "dense", "order"))
    rows = {x.tobytes(): y for x, y in zip(own.x, own.y, strict=True)}
    assert [rows[x.tobytes()] for x in permuted.x] == permuted.y.tolist()
    assert whole.dense == whole


def test_where_rounding_alone_is_redrawn_units_change_places():
    search = training.Search("original", "dense", "rounding")
    cells = [replace(CELLS[0], replicate=replicate) for replicate in (0, 3)]
    starts = [training.rewound(cell, search) for cell in cells]
    own = training.rewound(cells[0], search._replace(varied="all"))
    for start in starts:
        assert not torch.equal(start["second"], own["second"])
        for name, values in start.items():
            assert torch.equal(values.flatten().sort().values, own[name].flatten().sort().values)
    assert not torch.equal(starts[0]["first"], starts[1]["first"])


def test_a_round_ranks_the_weights_of_the_last_step(searched):
    net = nets.MLP(1, hidden=TINY.hidden).reset([training.seed("lottery", "initialisation", 0)])
    x, y, *_ = map(torch.from_numpy, training.split("own", "original", 0))
    optimizer = Optimizer(net, torch.optim.Adam, lr=2e-2)
    [*_] = fit(net, x[None], y[None], optimizer=optimizer, steps=12, every=12)
    first_round = next(mask for cell, (_, mask, _) in searched.items() if arm("lottery")(cell))
    for name, weights in tickets.joined(net).items():
        magnitudes, mask = weights[0].abs(), first_round[name]
        # Alone a network rounds otherwise than in its stack; a step is of 2e-2.
        assert magnitudes[mask].min() >= magnitudes[~mask].max() - 1e-5


@pytest.mark.parametrize("name", ["lottery", "weights", "rounds", "random"])
def test_masks_are_nested_where_they_should_be(searched, name):
    chain = [mask for cell, (_, mask, _) in searched.items() if arm(name)(cell)]
    assert len(chain) == {"lottery": 3, "weights": 2, "rounds": 3, "random": 3}[name]
    for wider, narrower in pairwise(chain):
        outside = [bool((narrower[n] & ~wider[n]).any()) for n in wider]
        assert outside == [name == "random"] * 3


def test_arms_train_on_new_data_paired_and_share_their_masks(trained, searched):
    records, networks, examples = trained
    rounds = len({cell.sparsity for cell in searched})
    new = {
        (data, order): training.split(data, order, 0).x
        for data in ("new", "upstream")
        for order in grid.ORDERS
    }
    found = {
        name: records["own", "original", name, "rewound", 0.8, "all"].mask
        for name in ("lottery", "random", "weights", "random weights", "rounds")
    }
    starts = {s: training.initial_weights(TINY.hidden, 0, s) for s in ("rewound", "fresh")}
    assert not torch.equal(starts["rewound"]["first"], starts["fresh"]["first"])
    seen = []
    for (start, live), x in zip(networks[rounds:], examples[rounds:], strict=True):
        for m in range(len(start["first"])):
            (which,) = [
                s for s, v in starts.items() if torch.equal(v["first"][0], start["first"][m])
            ]
            (whose,) = [w for w, inputs in new.items() if np.array_equal(inputs, x[m])]
            mask = live["first"][m, :-1].numpy()
            same = [name for name, other in found.items() if np.array_equal(mask, other)]
            seen.append((whose, which, same[0] if same else "dense" if mask.all() else "?"))
    expected = {
        (("new", order), start, a) for _, order, start, names in grid.TRANSFERS for a in names
    } | {(("upstream", order), "rewound", "dense") for order in grid.ORDERS}
    assert sorted(seen) == sorted(expected)


def test_records_say_what_was_measured(trained):
    records = trained[0]
    ticket = records["own", "shuffled", "lottery", "rewound", 0.8, "all"]
    assert ticket.runs == masks.runs(ticket.mask).tolist()
    order, back = training.positions("shuffled", 0), np.empty((40, 30), bool)
    back[order] = ticket.mask
    assert ticket.runs_put_back == masks.runs(back).tolist()
    assert records["own", "original", "lottery", "rewound", 0.5, "all"].mask is None
    transfer = records["new", "flipped", "lottery", "fresh", 0.8, "all"]
    assert transfer.step == [3, 6]
    assert transfer.curve[-1] == transfer.accuracy_1000
    assert len(transfer.block_accuracy) == 2
    assert np.mean(transfer.block_accuracy) == pytest.approx(transfer.test_accuracy)


def test_levels_are_those_of_fresh_examples(trained):
    """Trained anew by the plain recipe: accuracy on the fresh set, not on the 1000."""
    net = nets.MLP(1, hidden=TINY.hidden).reset([training.seed("lottery", "initialisation", 0)])
    own = mnist1d.published(0, test=TINY.test_examples)
    x, y = (torch.from_numpy(part)[None] for part in own.train)
    optimizer = Optimizer(net, torch.optim.Adam, lr=2e-2)
    [*_] = fit(net, x, y, optimizer=optimizer, steps=12, every=12)
    record = trained[0]["own", "original", "dense", "rewound", 0.0, "all"]
    for split, accuracy in ((own.fresh, record.test_accuracy), (own.test, record.accuracy_1000)):
        scores = evaluate(net, *(torch.from_numpy(part)[None] for part in split))
        # In a stack a network rounds otherwise: some of 1000 examples may fall to the other side.
        assert accuracy == pytest.approx(float(scores.accuracy), abs=0.3)
    assert abs(record.test_accuracy - record.accuracy_1000) > 0.3


@pytest.mark.parametrize("device", devices())
def test_a_search_gives_the_same_again(trained, device):
    again = dict(zip(map(training._key, CELLS), training.train(CELLS, device), strict=True))
    tolerance = 0 if device == "cpu" else 0.5
    for key, record in trained[0].items():
        assert abs(again[key].train_loss - record.train_loss) <= tolerance


def test_with_nothing_left_the_loss_is_ln_10():
    config = replace(TINY, levels=(0.0, 0.5, 1.0), ticket=0.5, steps=2, transfer_steps=1)
    cells = grid.cells(replace(config, parts=("controls",)))
    empty = [r for c, r in zip(cells, training.train(cells, "cpu"), strict=True) if c.sparsity == 1]
    assert len(empty) == 2
    assert all(abs(record.test_loss - np.log(10)) < 1e-6 for record in empty)


def test_the_figures_say_what_they_lack(trained):
    table = Table(row(c, trained[0][training._key(c)]) for c in CELLS)
    verdicts = {verdict.id: verdict for verdict in judge(LAB.claims, table)}
    flipped = figure.transfer(table, verdicts).axes[1]
    names = ["dense, fresh weights", "ticket, fresh weights"]
    assert flipped.get_legend_handles_labels()[1][3:] == names
    without = Table(row for row in table if row["arm"] != "random")
    for shown, words in ((table, [[]] * 3), (without, [["no results"], [], []])):
        axes = figures_of_masks.masks(shown, verdicts).axes
        assert [[text.get_text() for text in ax.texts] for ax in axes] == words


def test_what_was_published_is_marked_by_version():
    verdicts = {verdict.id: verdict for verdict in judge(LAB.claims, Table([]))}
    ax = figure.tickets(Table([]), verdicts).axes[0]
    marked = {(line.get_ydata()[0], line.get_marker()): line.get_xdata()[0] for line in ax.lines}
    for mark, year in (("|", 2024), ("d", 2020)):
        dense, _, lottery = published.NEW_DATA["original", "rewound"][year]
        assert marked[1, mark] == pytest.approx(lottery - dense)
    assert (marked[0, "|"], marked[0, "d"]) == (9.4, 9.5)


def test_published_values_are_numbers_as_they_were_in_words():
    given = {c.id: (c.published, c.earlier) for c in LAB.claims if c.published is not None}
    assert given == {
        "L1": (9.4, 9.5),
        "L2": (13.8, None),
        "L2-new": (5.9, 11.3),
        "L3-96": (4.75, None),
        "L3-98": (-0.9, None),
        "L4": (1.65, 7.0),
        "L4-level": (65.85, 70.5),
        "L5": (1.75, 3.3),
        "L6": (0.35, 3.3),
        "L7": (-0.25, 4.1),
        "L7-fresh": (-0.25, None),
        "L7-level": (62.8, 68.7),
        "L8": (-0.95, -1.9),
        "L9": (2.6, 8.9),
        "L10-original": (4.0, None),
        "L10-shuffled": (-0.95, None),
        "L11-p2": (1.66, 1.19),
        "L11-p3": (15.67, 2.39),
        "L11-p4": (3.5, None),
    }


def test_neighbours_are_coloured_and_nothing_else():
    mask = np.random.default_rng(0).random((40, 30)) < 0.3
    runs = masks.runs(mask)[0]
    lit = figures_of_masks.neighboured(mask)
    assert not (lit & ~mask).any()
    assert masks.runs(lit)[0] == runs > 0
    assert masks.runs(mask & ~lit)[0] == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: training.positions("fliped", 0), "order must be .* 'fliped': did you mean 'fli"),
        (
            lambda: training.split("nwe", "original", 0),
            "data must be .*, new, upstream, got 'nwe'",
        ),
        (lambda: training.initial_weights(5, 0, "rewind"), "start must be .* got 'rewind'"),
    ],
)
def test_unknown_names_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_usual_loop_trains_what_a_search_trains():
    (bench,) = speed.bench()
    first, *_ = bench.cells
    assert first.sparsity == max(speed.LEVELS)
    assert {cell.steps for cell in bench.cells} == {bench.steps}
    net = speed._pruned(first)
    shares = [
        float((m == 0).double().mean()) for name, m in net.named_buffers() if "weight" in name
    ]
    assert shares == pytest.approx([first.sparsity] * 3, abs=0.02)
    bench.plain(replace(first, steps=2))
