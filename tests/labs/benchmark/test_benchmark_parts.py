"""What a network learns from and is tested on, and MNIST."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from labs.benchmark import grid, images, parts, training
from labs.benchmark.measures import on_images
from labs.data import mnist1d
from labs.kit.table import Table, row
from labs.nn.training import evaluate
from tests.data.image_files import write_mnist

SHORT = replace(grid.PRESETS["smoke"], steps=4, every=2)


def cell(varied="", replicate=3, **fields):
    return grid.cell(SHORT, "mlp", varied=varied, replicate=replicate, **fields)


def seen(one):
    """What a network sees: its examples as a set, their order, its start, its test examples."""
    x, y = parts.drawn(*parts.source(one), 4000, False)["train"]
    return np.sort(x[:, 0]).tolist(), y.tolist(), parts.start(one), parts.fresh(one).x[0].tolist()


@pytest.mark.parametrize(
    ("varied", "same"),
    [
        ("data", (False, False, True, False)),
        ("start", (True, True, False, True)),
        ("order", (True, False, True, True)),
        (grid.ROUNDING, (True, False, True, True)),
    ],
)
def test_one_source_of_chance_is_drawn_anew_and_no_other(varied, same):
    plain, other = seen(cell()), seen(cell(varied))
    assert tuple(a == b for a, b in zip(plain, other, strict=True)) == same


def test_rounding_is_drawn_anew_by_examples_that_change_places_within_their_batches():
    def batches(one):
        x, y = parts.drawn(*parts.source(one), 4000, False)["train"]
        rows = np.column_stack([x, y]).reshape(-1, grid.BATCH, 41)
        return rows, np.array([each[np.lexsort(each.T)] for each in rows])

    (own, own_sets), (other, other_sets) = batches(cell()), batches(cell(grid.ROUNDING))
    np.testing.assert_array_equal(own_sets, other_sets)
    assert (own != other).any((1, 2)).all()


def test_on_the_published_data_set_all_but_the_data_differs():
    base, first, second = seen(cell(replicate=0)), *(seen(cell(grid.FROZEN, r)) for r in (0, 1))
    for one, other in ((base, first), (base, second), (first, second)):
        same = tuple(a == b for a, b in zip(one, other, strict=True))
        assert same == (True, False, False, True)


def test_fresh_examples_are_in_the_units_and_positions_of_the_data_set():
    plain, shuffled = parts.fresh(cell()), parts.fresh(cell(shuffled=True))
    expected = mnist1d.published(3, test=2000).fresh
    np.testing.assert_array_equal(plain.x, expected.x)
    np.testing.assert_array_equal(shuffled.x, expected.x[:, mnist1d.shuffled_order(3)])
    np.testing.assert_array_equal(shuffled.y, expected.y)


def test_levels_are_measured_on_fresh_examples_and_beside_them_on_the_published_ones():
    (found,) = training.train([grid.cell(SHORT, "knn", fresh=3000)], "cpu")
    data = mnist1d.published(0, test=3000)
    x, y = data.train

    def accuracy(part):
        votes = training.KNeighborsClassifier(10).fit(x, y).predict(part.x)
        return 100 * (votes == part.y).mean()

    assert found.final == pytest.approx(accuracy(data.fresh))
    assert found.final_published == pytest.approx(accuracy(data.test))
    assert found.final != found.final_published


def test_early_stopping_is_measured_with_the_weights_of_the_best_evaluation(monkeypatch):
    weights = []
    keep = training.Best.keep

    def spy(self, net, accuracy):
        keep(self, net, accuracy)
        weights.append({name: t.clone() for name, t in net.state_dict().items()})

    monkeypatch.setattr(training.Best, "keep", spy)
    one = cell(steps=400, every=20, replicate=0)
    cells = [one, replace(one, replicate=1)]
    found = list(training.train(cells, "cpu"))
    for m, record in enumerate(found):
        at = int(np.argmax(record.val_accuracy))
        assert at < len(weights) - 1, "the last evaluation would show nothing"
        net = training.nets.MLP(2)
        net.load_state_dict(weights[at])
        x, y = training.stacked([parts.fresh(cells[m])] * 2)
        assert record.best_on_val == pytest.approx(evaluate(net, x, y).accuracy[m].item())
    assert [record.best_on_val for record in found] != [record.final for record in found]


def test_the_variance_over_sets_is_that_of_independent_examples():
    rng = np.random.default_rng(0)
    share = 0.65
    found = [parts.set_variance(rng.random(50_000) < share) for _ in range(40)]
    assert np.mean(found) == pytest.approx(1e4 * share * (1 - share) / 1000, rel=0.1)
    sorted_by_class = np.arange(50_000) < 32_500  # cut as it comes it would give sets of 0 and 100
    assert parts.set_variance(sorted_by_class) < 5
    assert parts.set_variance(np.ones(1999, bool)) is None


TWINS = {
    "cnn": lambda: nn.Sequential(
        nn.Conv2d(1, 25, 5, 2, 1),
        nn.ReLU(),
        nn.Conv2d(25, 25, 3, 2, 1),
        nn.ReLU(),
        nn.Conv2d(25, 25, 3, 2, 1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(400, 10),
    ),
    "logistic": lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 10)),
}


@pytest.mark.parametrize("model", TWINS)
def test_nets_over_images_are_those_of_torch(model):
    net, twins = images.net(model, 2), [TWINS[model]() for _ in range(2)]
    for member, twin in enumerate(twins):
        net.load(member, twin)
    x = torch.randn(2, 3, 784, generator=torch.Generator().manual_seed(0))
    for member, twin in enumerate(twins):
        own = twin(x[member].view(3, 1, 28, 28))
        torch.testing.assert_close(net(x)[member], own, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("model", "parameters"), [("logistic", 7_850), ("mlp", 89_610), ("cnn", 15_960), ("gru", 4_666)]
)
def test_nets_over_images_have_the_layers_of_the_published_ones(model, parameters):
    assert images.net(model, 1).parameter_count() == parameters


def test_the_gru_reads_rows_from_top_to_bottom():
    net = images.net("gru", 1).reset([0])
    x = torch.zeros(1, 2, 784)
    x[0, 1, 27 * 28 :] = 1  # the last row alone differs: forward states before it do not
    states = net.recurrent(x.unflatten(-1, (28, 28)))[0]
    assert not (states[0, :27, :6] != states[1, :27, :6]).any()
    assert (states[0, 0, 6:] != states[1, 0, 6:]).any()  # the backward direction has seen it


def test_mnist_joins_where_its_files_are(tmp_path):
    write_mnist(tmp_path, train=60, test=20)
    config = replace(SHORT, steps=6, data_dir=str(tmp_path), image_replicates=2)
    cells = [one for one in grid.cells(config) if one.data == "mnist"]
    assert [(one.model, one.replicate) for one in cells] == [
        (m, r) for m in grid.NETS for r in (0, 1)
    ]
    data = images.split(str(tmp_path))
    assert {name: len(part.y) for name, part in data.items()} == {
        "train": 50,
        "val": 10,
        "test": 20,
    }
    assert data["train"].x.mean() == pytest.approx(0, abs=1e-4)
    assert data["train"].x.std() == pytest.approx(1, abs=1e-4)
    for model in grid.NETS:
        stack = [one for one in cells if one.model == model]
        together = list(training.train(stack, "cpu"))
        (alone,) = training.train(stack[1:], "cpu")
        assert alone.rate == together[1].rate
        np.testing.assert_allclose(alone.train_loss, together[1].train_loss, rtol=1e-4)
        rows = Table(map(row, stack, together))
        assert on_images(model)(rows) == {r: one.final for r, one in enumerate(together)}


def test_the_rate_on_images_is_the_better_one_on_validation_data(tmp_path, monkeypatch):
    write_mnist(tmp_path)
    pixels = np.random.default_rng(0).normal(size=(300, 784)).astype(np.float32)
    easy = dict.fromkeys(("train", "val", "test"), mnist1d.Split(pixels, pixels[:, :10].argmax(1)))
    monkeypatch.setattr(images, "split", lambda folder: easy)
    config = replace(SHORT, steps=120, data_dir=str(tmp_path), image_replicates=1)
    one = next(one for one in grid.cells(config) if one.data == "mnist")
    for rates, best in (((0.0, 0.01), 0.01), ((0.01, 0.0), 0.01), ((1e-9, 0.0), 1e-9)):
        monkeypatch.setattr(training, "RATES", rates)
        (found,) = training.train([one], "cpu")
        assert found.rate == best


def test_a_folder_without_mnist_is_refused(tmp_path):
    with pytest.raises(ValueError, match="data_dir must be a folder with image files"):
        grid.cells(replace(SHORT, data_dir=str(tmp_path / "none")))
