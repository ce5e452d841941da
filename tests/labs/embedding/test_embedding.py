"""Neighbours, maps and the claims on them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.embedding import LAB
from labs.embedding.arms import arm
from labs.embedding.lab import Cell, Config, _examples, _purity, cells, train
from labs.kit.claims import judge
from labs.kit.table import Table
from tests.kit.image_files import write_mnist

SMALL = {"small_train": 40, "small_test": 10, "perplexity": 5.0, "larger": (), "iterations": 250}


def record(*fields):
    (measured,) = train([Cell(*fields)], "cpu")
    return measured


def row(data, train, replicate, **measured):
    fields = {"data": data, "train": train, "perplexity": 30.0, "replicate": replicate}
    return fields | measured


@pytest.mark.parametrize(("model", "published"), [("knn", 59.6), ("logistic", 32.8)])
def test_the_stored_accuracies_are_met_to_one_example(model, published):
    measured = record("mnist1d", 4000, 1000, 0.0, 0, "", 0)
    # One of the 1000 test examples, 0.1 points, may change sides on another processor.
    assert measured[f"{model}_accuracy"] == pytest.approx(published, abs=0.15)


@given(st.integers(12, 40), st.integers(0, 1000))
def test_purity_counts_neighbours_of_the_own_class(count, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(count, 3)), rng.integers(3, size=count)
    distance = ((x[:, None] - x) ** 2).sum(-1)
    np.fill_diagonal(distance, np.inf)
    same = [y[np.argsort(distance[i])[:10]] == y[i] for i in range(count)]
    assert _purity(x, y) == pytest.approx(100 * np.mean(same))


def test_chance_is_the_purity_of_permuted_labels():
    fields = ("mnist1d", 200, 50, 5.0, 250, "", 0)
    x, y = _examples(Cell(*fields))
    rng = np.random.default_rng(0)
    permuted = [_purity(x, rng.permutation(y)) for _ in range(100)]
    assert record(*fields)["purity_of_chance"] == pytest.approx(np.mean(permuted), abs=0.3)


def test_small_sets_are_the_first_signals_of_the_published_one():
    small, _ = _examples(Cell("mnist1d", 30, 20, 0.0, 0, "", 0))
    large, _ = _examples(Cell("mnist1d", 4000, 1000, 0.0, 0, "", 0))
    assert np.array_equal(small, large[[*range(30), *range(4000, 4020)]])


def test_replicates_split_the_digits_anew_and_no_image_is_on_both_sides():
    first, again = (_examples(Cell("digits", 1437, 360, 0.0, 0, "", r))[0] for r in (0, 1))
    assert not np.array_equal(first, again)
    assert {len(x) for x in (first, np.unique(first, axis=0))} == {1797}


def test_a_record_holds_the_map_of_all_its_examples():
    found = record("digits", 150, 50, 10.0, 250, "", 0)
    assert (found["map"].shape, found["labels"].shape) == ((200, 2), (200,))
    assert found["purity"] > 60  # images: neighbours are of one kind
    assert -1 <= found["map_silhouette"] <= 1


def test_mnist_joins_where_its_files_are(tmp_path):
    write_mnist(tmp_path, train=60, test=20)
    sizes = {"train": 40, "test": 10, "mnist_train": 60, "mnist_test": 20}
    config = Config(replicates=2, data_dir=str(tmp_path), **sizes, **SMALL)
    grid = cells(config)
    assert [cell.data for cell in grid].count("mnist") == 4  # with a map, and whole
    whole = next(c for c in grid if c.data == "mnist" and not c.perplexity)
    assert _examples(whole)[0].shape == (80, 784)
    rows = [{**vars(cell), **record(*vars(cell).values())} for cell in grid if cell.data == "mnist"]
    assert {len(arm(Table(rows), "mnist", size)) for size in ("map", "most")} == {2}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"replicates": 0}, "replicates must be 1 or more, not 0"),
        ({"test": 0}, "test must be 1 or more, not 0"),
        ({"larger": (100, 9)}, "must be 10 or more, not 9"),
        ({"small_train": 1438}, r"small_train \+ small_test must be at most 1797, not 1798"),
        ({"perplexity": 0.5}, "perplexity must be at least 1 .* not 0.5"),
        ({"perplexity": 1797.0}, "below the 1797 examples of a map, not 1797.0"),
        ({"perplexity": float("nan")}, "not nan"),
        ({"iterations": 249}, "iterations must be 250 or more, not 249"),
        ({"data_dir": "nowhere"}, "must be a folder with image files, got 'nowhere'"),
    ],
)
def test_settings_are_checked(change, message):
    with pytest.raises(ValueError, match=message):
        Config(**change)


def test_too_few_images_are_refused_before_any_work(tmp_path):
    write_mnist(tmp_path)
    with pytest.raises(ValueError, match="data_dir must hold 5000 images, it has 30"):
        Config(data_dir=str(tmp_path))


def test_the_gap_is_taken_at_equal_size():
    rng = np.random.default_rng(0)
    rows = []
    for r in range(8):
        small, large, digits = rng.normal([45, 60, 97], 1)
        rows += [
            row("mnist1d", 1437, r, knn_accuracy=small),
            row("mnist1d", 4000, r, knn_accuracy=large),
            row("digits", 1437, r, knn_accuracy=digits),
        ]
    (claim,) = (c for c in LAB.claims if c.id == "E5")
    (verdict,) = judge([claim], Table(rows))
    assert verdict.verdict == "holds"
    assert verdict.estimate == pytest.approx(52, abs=2)
    pairs = [
        a["knn_accuracy"] - b["knn_accuracy"] for a, b in zip(rows[2::3], rows[::3], strict=True)
    ]
    assert list(claim.measure(Table(rows))) == pytest.approx(pairs)


def test_larger_sets_without_a_map_do_not_pose_as_the_published_one():
    rows = [row("mnist1d", 4000, 0, knn_accuracy=60.0)]
    rows.append(row("mnist1d", 64000, 0, knn_accuracy=80.0) | {"perplexity": 0.0})
    (claim,) = (c for c in LAB.claims if c.id == "E2")
    assert list(claim.measure(Table(rows))) == [60.0]
