"""The lottery lab: the search and its controls, the neighbours in a mask, claims; the contract
tests do the rest."""

from dataclasses import asdict, replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from labs.kit.claims import judge
from labs.kit.table import Table
from labs.lottery import arms, claims, figure, lab, masks, remarks, search, tickets
from labs.nn import devices, nets
from labs.nn.training import Optimizer, fit
from mnist1d.generate import generate

TINY = lab.Config(
    replicates=1,
    levels=(0.0, 0.5, 0.8, 0.9),
    ticket=0.8,
    steps=12,
    transfer_steps=6,
    transfer_batch=500,
    every=3,
    hidden=30,
)
CELLS = lab.cells(TINY)


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
        patch.setattr(search, "fit", recorded)
        records = list(lab.train(CELLS, "cpu"))
    return dict(zip(map(search._key, CELLS), records, strict=True)), networks, examples


def results(**columns):
    """Rows of six replicates of the full grid, with the given columns."""
    cells = lab.cells(replace(lab.PRESETS["full"], replicates=6))
    return Table(asdict(c) | {name: make(c) for name, make in columns.items()} for c in cells)


def test_a_replicate_trains_on_the_published_data_and_another_one():
    own, new = (search.dataset(data, "original", 0) for data in ("own", "new"))
    np.testing.assert_allclose(own.x, generate().x, rtol=1e-6, atol=1e-7)
    assert not torch.equal(own.x, new.x)
    assert not torch.equal(new.x, search.dataset("new", "original", 1).x)


@pytest.mark.parametrize("order", arms.ORDERS)
def test_orders_permute_positions_and_nothing_else(order):
    plain, other = search.dataset("new", "original", 1), search.dataset("new", order, 1)
    places = search.positions(order, 1)
    assert sorted(places) == list(range(40))
    for name in ("x", "x_test"):
        assert torch.equal(getattr(other, name), getattr(plain, name)[:, places.copy()])
    assert torch.equal(other.y, plain.y)
    known = {"flipped": [39, 38], "chunks": [20, 21], "original": [0, 1]}
    assert order == "shuffled" or places[:2].tolist() == known[order]
    assert search.positions("chunks", 0)[[9, 10, 19, 20, 30]].tolist() == [29, 30, 39, 0, 10]


def test_masks_have_the_exact_sparsity_in_every_layer(trained):
    counts = {"first": 41 * 30, "second": 31 * 30, "head": 31 * 10}
    for (*_, level), record in trained[0].items():
        assert record["live"] == {n: round((1 - level) * count) for n, count in counts.items()}


def test_every_round_rewinds_bit_for_bit_to_the_initial_weights(trained):
    rewound = search.initial_weights(TINY.hidden, 0, "rewound")
    rounds = trained[1][: 2 * len(TINY.levels) - 1]
    for start, _ in rounds:
        for name, values in start.items():
            assert torch.equal(values, rewound[name].expand_as(values))
    twin = nets.MLP(1, hidden=TINY.hidden).reset([search.seed("lottery", "initialisation", 0)])
    assert torch.equal(twin.second.weight, rewound["second"][:, :-1])


def test_the_search_trains_on_its_own_data_in_both_orders(trained):
    original, shuffled = (search.dataset("own", o, 0).x for o in ("original", "shuffled"))
    levels = TINY.levels
    expected = [[original, shuffled] if level <= TINY.ticket else [original] for level in levels]
    expected += [[original, original]] * (len(levels) - 1)  # the random controls
    for x, members in zip(trained[2][: len(expected)], expected, strict=True):
        assert torch.equal(x, torch.stack(members))


def test_a_round_ranks_the_weights_of_the_last_step(trained):
    net = nets.MLP(1, hidden=TINY.hidden).reset([search.seed("lottery", "initialisation", 0)])
    data = search.dataset("own", "original", 0)
    optimizer = Optimizer(net, torch.optim.Adam, lr=2e-2)
    [*_] = fit(net, data.x[None], data.y[None], optimizer=optimizer, steps=12, every=12)
    (_, first_round) = trained[1][1]
    for name, weights in tickets.joined(net).items():
        magnitudes, mask = weights[0].abs(), first_round[name][0]
        # Alone a network rounds otherwise than in its stack; a step is of 2e-2.
        assert magnitudes[mask].min() >= magnitudes[~mask].max() - 1e-5


def test_masks_are_nested_where_they_should_be(trained):
    sweep = [masks for _, masks in trained[1][: 2 * len(TINY.levels) - 1]]
    lottery, controls = sweep[: len(TINY.levels)], sweep[len(TINY.levels) :]
    nested = [{n: t[1] for n, t in live.items()} for live in controls]
    fresh = [{n: t[0] for n, t in live.items()} for live in controls]
    for chain in ([{n: t[0] for n, t in live.items()} for live in lottery], nested):
        for wider, narrower in pairwise(chain):
            assert not any((narrower[n] & ~wider[n]).any() for n in wider)
    assert all((fresh[1][n] & ~fresh[0][n]).any() for n in fresh[0])


def test_arms_train_on_new_data_paired_and_share_their_masks(trained):
    records, networks, examples = trained
    rounds = 2 * len(TINY.levels) - 1
    new = {order: search.dataset("new", order, 0).x for order in arms.ORDERS}
    found = {
        arm: records["own", "original", arm, "rewound", 0.8]["mask"]
        for arm in ("lottery", "random")
    }
    starts = {s: search.initial_weights(TINY.hidden, 0, s) for s in ("rewound", "fresh")}
    assert not torch.equal(starts["rewound"]["first"], starts["fresh"]["first"])
    seen = []
    for (start, live), x in zip(networks[rounds:], examples[rounds:], strict=True):
        for m in range(len(start["first"])):
            (which,) = [
                s for s, v in starts.items() if torch.equal(v["first"][0], start["first"][m])
            ]
            (order,) = [o for o, inputs in new.items() if torch.equal(inputs, x[m])]
            mask = live["first"][m, :-1].numpy()
            same = [arm for arm, other in found.items() if np.array_equal(mask, other)]
            seen.append((order, which, same[0] if same else "dense" if mask.all() else "?"))
    expected = [(order, start, arm) for order, start, names in arms.TRANSFERS for arm in names]
    assert sorted(seen) == sorted(expected)


def test_records_say_what_was_measured(trained):
    records = trained[0]
    ticket = records["own", "shuffled", "lottery", "rewound", 0.8]
    assert ticket["runs"] == masks.runs(ticket["mask"]).tolist()
    order, back = search.positions("shuffled", 0), np.empty((40, 30), bool)
    back[order] = ticket["mask"]
    assert ticket["runs_put_back"] == masks.runs(back).tolist()
    assert "mask" not in records["own", "original", "lottery", "rewound", 0.5]
    transfer = records["new", "flipped", "lottery", "fresh", 0.8]
    assert transfer["step"] == [3, 6]
    assert transfer["curve"][-1] == transfer["test_accuracy"]


@pytest.mark.parametrize("device", devices())
def test_a_search_gives_the_same_again(trained, device):
    again = dict(zip(map(search._key, CELLS), lab.train(CELLS, device), strict=True))
    tolerance = 0 if device == "cpu" else 0.5
    for key, record in trained[0].items():
        assert abs(again[key]["train_loss"] - record["train_loss"]) <= tolerance


def test_with_nothing_left_the_loss_is_ln_10():
    config = replace(TINY, levels=(0.0, 0.5, 1.0), ticket=0.5, steps=2, transfer_steps=1)
    cells = lab.cells(config)
    empty = [r for c, r in zip(cells, lab.train(cells, "cpu"), strict=True) if c.sparsity == 1]
    assert len(empty) == 3
    assert all(abs(record["test_loss"] - np.log(10)) < 1e-6 for record in empty)


def test_without_biases_only_weights_are_pruned():
    config = replace(TINY, levels=(0.0, 0.5), ticket=0.5, steps=2, transfer_steps=1, biases=False)
    cells = lab.cells(config)
    live = [r["live"] for c, r in zip(cells, lab.train(cells, "cpu"), strict=True) if c.sparsity]
    assert live == [{"first": 20 * 30 + 30, "second": 15 * 30 + 30, "head": 150 + 10}] * len(live)


def synthetic(scores):
    """The full grid with scores of (data, order, arm, start), a little noise, and planted runs."""
    noise = np.random.default_rng(0)

    def accuracy(cell):
        own = {"lottery": 74 if cell.sparsity < 0.975 else 64.2, "dense": 64}
        level = own if cell.data == "own" else scores
        key = cell.arm if cell.data == "own" else (cell.order, cell.start, cell.arm)
        return level.get(key, 58) + noise.normal(scale=0.05)

    def runs(cell):
        planted = cell.arm == "lottery" and cell.order == "original"
        return [(1.6 if planted else 1.0) * n + noise.normal(scale=0.01) for n in (90, 30, 9)]

    return results(
        test_accuracy=accuracy,
        runs=runs,
        runs_put_back=lambda cell: [130 + noise.normal(), 60, 30],
        chance=lambda cell: [90, 30, 9],
        stricter_chance=lambda cell: [95, 33, 10],
        mask=lambda cell: np.zeros((40, 500), bool),
        live=lambda cell: {"first": 300},
        train_accuracy=lambda cell: 98.5 if cell.arm == "dense" else 100.0,
        curve=lambda cell: [50.0, 60.0, 60.5, 61.0],
    )


def published(year):
    table = {}
    for (order, start), years in arms.PUBLISHED.items():
        dense, random, lottery = years.get(year, years[2024])
        table |= {(order, start, "dense"): dense, (order, start, "random"): random}
        table |= {(order, start, "lottery"): lottery}
    return table | {("flipped", "fresh", "dense"): 63.05, ("flipped", "fresh", "lottery"): 62.8}


def verdicts(table):
    return {verdict.id: verdict.verdict for verdict in judge(claims.CLAIMS, table)}


def test_claims_hold_on_the_figure_of_2020():
    scores = published(2020) | {("chunks", "rewound", "lottery"): 65}
    judged = verdicts(synthetic(scores))
    assert {i for i, v in judged.items() if v != "holds"} == {"L7-fresh"}
    assert judged["L7-fresh"] == "contradicted"


def test_claims_see_what_the_stored_outputs_of_2024_contradict():
    judged = verdicts(synthetic(published(2024)))
    against = {i for i, v in judged.items() if v == "contradicted"}
    assert against == {"L4-level", "L7", "L7-fresh", "L7-level", "L10-shuffled"}


def test_levels_are_judged_after_a_finished_training_only():
    for preset, count in (("quick", 0), ("full", 10)):
        cells = lab.cells(lab.PRESETS[preset])
        table = Table(asdict(cell) | {"test_accuracy": 70.0} for cell in cells)
        for order in ("original", "flipped"):
            assert len(claims.new_level(order)(table)) == count


def test_claims_do_not_hold_where_nothing_is():
    noise = np.random.default_rng(3)
    ones = {"chance": lambda cell: [90, 30, 9], "stricter_chance": lambda cell: [90, 30, 9]}
    flat = results(
        test_accuracy=lambda cell: 64 + noise.normal(),
        runs=lambda cell: list(np.array([90, 30, 9]) * (1 + noise.normal(scale=0.03))),
        runs_put_back=lambda cell: [90 * (1 + noise.normal(scale=0.03))] * 3,
        **ones,
    )
    held = {i for i, verdict in verdicts(flat).items() if verdict == "holds"}
    assert held <= {"L3-98", "L11-shuffled"}


def test_remarks_say_it_in_words():
    words = remarks.remarks(synthetic(published(2024)))
    text = " ".join(words)
    assert words[0] == (
        "Shorter than published: transfer_steps=1000 (published 6000), levels=11 (published 100), "
        "rounds to the ticket=5 (published 91)."
    )
    assert "98.5 % (dense) and 100.0 % (lottery) of the training examples" in words[1]
    assert "moved by +1.0 [+1.0, +1.0] and +1.0 [+1.0, +1.0] points. Training there is un" in text
    assert "The dense net reaches 64.0" in text
    assert "it never falls below the dense net" in text
    assert "Here the rewound ticket reaches 62.8" in text
    assert "rewinding is worth +0.4" in text
    assert "chunks in another order (38 kept) takes +4.0" in text
    assert "random keeps 0.0% of the weights and 300 biases" in text
    assert "New data, original: dense 63.5 (2020) against 64.2 rewound; " in text
    assert "lottery 70.5 (2020) against 65.9 rewound" in text
    assert "lottery 65.85 (2024) against 65.5 fresh" in text
    assert "lottery at 92% 75.0 (2024) against 74.0; " in text
    assert remarks.remarks(Table([])) == []


def test_the_figure_says_what_it_lacks(trained):
    table = Table(asdict(c) | trained[0][search._key(c)] for c in CELLS)
    axes = figure.plot(table).axes
    assert axes[3].get_legend_handles_labels()[1][3:] == ["dense, fresh", "lottery, fresh"]
    words = [[text.get_text() for text in ax.texts] for ax in axes[8:]]
    assert words == [[], ["no mask yet"], [], ["no mask yet"]]  # there is one replicate


def test_the_paper_preset_has_upstreams_schedule():
    paper = lab.PRESETS["paper"]
    np.testing.assert_allclose(paper.levels, np.linspace(0, 1, 100), atol=1e-6)
    assert paper.levels.index(paper.ticket) == 91
    assert (paper.steps, paper.batch, paper.replicates) == (1501, 100, 2)
    assert (paper.transfer_steps, paper.transfer_batch, paper.every) == (6000, 500, 100)
    assert "At 100 %" in remarks._degenerate(Table([{"replicate": 0, "sparsity": 1.0}]))[0]


@pytest.mark.parametrize("preset", ["smoke", "quick", "full"])
def test_presets_have_the_levels_of_the_claims(preset):
    levels = lab.PRESETS[preset].levels
    assert {0.8, 0.92, 0.96, 0.98} <= set(levels)
    assert len({lab.stack_by(cell) for cell in lab.cells(lab.PRESETS[preset])}) == (
        lab.PRESETS[preset].replicates
    )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"replicates": 0}, "replicates must be 1 or more, not 0"),
        ({"hidden": 0}, "hidden must be 1 or more, not 0"),
        ({"levels": ()}, r"levels must rise strictly from 0 to at most 1, not \(\)"),
        ({"levels": (0.1, 0.92)}, "levels must rise strictly from 0"),
        ({"levels": (0.0, 0.92, 0.92)}, "levels must rise strictly from 0"),
        ({"levels": (0.0, 0.92, 1.1)}, "levels must rise strictly from 0"),
        ({"ticket": 0.9}, "ticket must be one of the levels between 0 and 1, .* not 0.9"),
        ({"ticket": 0.0}, "ticket must be one of the levels between 0 and 1, .* not 0.0"),
        ({"levels": (0.0, 1.0), "ticket": 1.0}, r"ticket must be .* 0 and 1, \(\), not 1.0"),
        ({"steps": 1.5}, "steps must be a whole number, not 1.5"),
        ({"steps": True}, "steps must be a whole number, not True"),
        ({"biases": "no"}, "biases must be True or False, not 'no'"),
        ({"levels": [0.0, 0.92]}, r"levels must be a tuple of numbers, not \[0.0, 0.92\]"),
        ({"levels": 0.5}, "levels must be a tuple of numbers, not 0.5"),
        ({"levels": (0.0, "0.92")}, "levels must be a tuple of numbers, not .*'0.92'"),
    ],
)
def test_wrong_settings_are_refused(wrong, message):
    with pytest.raises((ValueError, TypeError), match=message):
        lab.Config(**wrong)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: search.positions("fliped", 0), "unknown order 'fliped': did you mean 'flipped'"),
        (lambda: search.dataset("nwe", "original", 0), "unknown data 'nwe'"),
        (lambda: search.initial_weights(5, 0, "rewind"), "unknown start 'rewind'"),
    ],
)
def test_unknown_names_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
