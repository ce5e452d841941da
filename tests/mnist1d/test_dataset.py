"""The torch Dataset: what it holds, how it is indexed, where it keeps its file."""

import pickle
import re

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, Subset

from mnist1d import MNIST1D, Recipe, generate

SMALL = Recipe(n_train=30, n_val=10, n_test=20)


def test_dataset_holds_the_generated_splits():
    data = generate(SMALL)
    for split, x, y in (
        ("train", data.x, data.y),
        ("val", data.x_val, data.y_val),
        ("test", data.x_test, data.y_test),
    ):
        dataset = MNIST1D(split=split, recipe=SMALL)
        assert torch.equal(dataset.data, torch.tensor(x, dtype=torch.float32))
        assert torch.equal(dataset.targets, torch.tensor(y))
    assert len(MNIST1D(train=False, recipe=SMALL)) == 20
    assert MNIST1D(recipe=SMALL, channel=True).data.shape == (30, 1, 40)


def test_a_validation_split_keeps_the_published_test_set():
    split = Recipe(n_val=500)
    whole = MNIST1D()
    parts = [MNIST1D(split=name, recipe=split).data for name in ("train", "val")]
    assert torch.equal(torch.cat(parts), whole.data)
    assert torch.equal(MNIST1D(train=False, recipe=split).data, MNIST1D(train=False).data)


def test_transforms_are_applied():
    dataset = MNIST1D(None, True, lambda x: 2 * x, lambda y: -y, True, recipe=SMALL)
    sample, label = dataset[3]
    assert torch.equal(sample, 2 * dataset.data[3])
    assert label == -int(dataset.targets[3])


def test_works_with_worker_processes_and_pickle():
    dataset = MNIST1D(recipe=SMALL, channel=True)
    x = torch.cat([x for x, _ in DataLoader(dataset, batch_size=7, num_workers=1)])
    assert torch.equal(x, dataset.data)
    assert torch.equal(pickle.loads(pickle.dumps(dataset)).data, dataset.data)


def test_root_keeps_the_data_and_repairs_a_damaged_file(tmp_path):
    root = tmp_path / "new" / "folder"
    first = MNIST1D(root, recipe=SMALL, download=True)
    (kept,) = root.iterdir()
    written = kept.stat().st_mtime_ns
    assert torch.equal(MNIST1D(root, recipe=SMALL).data, first.data)
    assert kept.stat().st_mtime_ns == written
    kept.write_bytes(kept.read_bytes()[:-400])
    with pytest.warns(UserWarning, match=kept.name):
        assert torch.equal(MNIST1D(root, recipe=SMALL).data, first.data)
    MNIST1D(root, recipe=SMALL, stream="fast")
    MNIST1D(root, recipe=Recipe(n_train=31))
    assert len(list(root.iterdir())) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"split": "valid"}, "split must be one of train, val, test, got 'valid'"),
        ({"split": "val"}, r"split 'val' must hold samples, as in Recipe\(n_val=500\), got a"),
        ({"root": 3}, "root must be a string or a path, got 3"),
        ({"recipe": 3}, "recipe must be a Recipe, got 3"),
        ({"root": __file__}, "root must be a folder, got the file .*test_dataset.py"),
        ({"transform": 3}, "transform must be callable or None, got 3"),
        ({"target_transform": "a"}, "target_transform must be callable or None, got 'a'"),
        ({"stream": "slow"}, "stream must be 'exact' or 'fast', got 'slow'"),
    ],
)
def test_bad_dataset_arguments(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        MNIST1D(**arguments)


RULE = "index must be an integer, a slice or one row of integers or booleans"
MASK = [i % 7 == 0 for i in range(30)]
ROWS = {
    "slice": slice(3, 9),
    "slice from the end": slice(-4, None),
    "slice backwards": slice(None, None, -1),
    "empty slice": slice(5, 5),
    "list": [4, 4, -1],
    "empty list": [],
    "range": range(3),
    "array": np.array([1, 2], dtype=np.uint8),
    "array of one": np.array([3]),
    "mask": np.array(MASK),
    "mask as a list": MASK,
    "tensor": torch.tensor([0, -2]),
    "tensor of one": torch.tensor([3]),
    "mask as a tensor": torch.tensor(MASK),
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("channel", [True, False])
def test_rows_are_handed_out_stacked(name, channel):
    dataset, index = MNIST1D(recipe=SMALL, channel=channel), ROWS[name]
    plain = index.numpy() if isinstance(index, torch.Tensor) else index
    rows = np.arange(30)[plain].tolist()
    samples, targets = dataset[index]
    assert samples.shape == (len(rows), *dataset.data.shape[1:])
    assert targets.dtype == torch.int64
    assert torch.equal(samples, dataset.data[rows])
    assert torch.equal(targets, dataset.targets[rows])


@pytest.mark.parametrize("index", [-1, 29, np.int64(29), torch.tensor(-1), np.array(29)])
def test_one_number_is_one_sample(index):
    dataset = MNIST1D(recipe=SMALL)
    sample, target = dataset[index]
    assert torch.equal(sample, dataset.data[29])
    assert type(target) is int
    assert target == dataset.targets[29]


def test_rows_go_through_the_transforms_one_by_one():
    shapes = []

    def doubled(x):
        shapes.append(x.shape)
        return 2 * x

    dataset = MNIST1D(transform=doubled, target_transform=lambda y: -y, recipe=SMALL)
    samples, targets = dataset[[2, 5]]
    assert shapes == [(40,), (40,)]
    assert torch.equal(samples, 2 * dataset.data[[2, 5]])
    assert torch.equal(targets, -dataset.targets[[2, 5]])
    assert [len(part) for part in dataset[3:3]] == [0, 0]


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (30, r"index must lie in \[-30, 30\), got 30"),
        (-31, r"index must lie in \[-30, 30\), got -31"),
        ([30], "index must suit 30 samples: index 30 is out of bounds"),
        ([True], "index must suit 30 samples: boolean index did not match"),
        *((index, re.escape(f"{RULE}, got {index!r}")) for index in (1.0, "a", None, ..., (0, 1))),
        *((index, RULE) for index in ([[0, 1]], [0.5], [[0], [1, 2]], ["a"], torch.ones(3))),
    ],
)
def test_other_indices_are_index_errors(index, message):
    with pytest.raises(IndexError, match=message):
        MNIST1D(recipe=SMALL)[index]


def test_a_loop_over_it_ends():
    dataset = MNIST1D(recipe=SMALL)
    assert sum(1 for _ in dataset) == 30


def test_subsets_and_samplers_of_torch_take_it():
    dataset = MNIST1D(recipe=SMALL)
    assert torch.equal(next(iter(DataLoader(Subset(dataset, [3, 1]), 2)))[0], dataset.data[[3, 1]])
    # Without automatic batches, a sampler's list comes as the index itself.
    loader = DataLoader(dataset, batch_size=None, sampler=[[0, 1], [2]])
    assert [len(y) for _, y in loader] == [2, 1]


def test_it_says_what_it_is(tmp_path):
    dataset = MNIST1D(tmp_path, False, abs, recipe=SMALL, stream="fast")
    assert repr(dataset).splitlines() == [
        "Dataset MNIST1D",
        "    Number of datapoints: 20",
        f"    Root location: {tmp_path}",
        "    Split: test",
        "    Stream: fast",
        "    Transform: <built-in function abs>",
    ]
    assert dataset.class_to_idx == {str(digit): digit for digit in range(10)}
    assert [dataset.class_to_idx[name] for name in dataset.classes] == list(range(10))


def test_other_defaults_of_torch_change_nothing():
    expected = MNIST1D(recipe=SMALL)
    torch.set_default_dtype(torch.float64)
    torch.set_default_device("meta")  # as a GPU would be, on every machine
    try:
        dataset = MNIST1D(recipe=SMALL)
        twice = MNIST1D(recipe=SMALL, transform=lambda x: 2 * x)
        pairs = [(dataset.data, dataset.targets), dataset[2:4], twice[[2, 3]], dataset[[2, 3]]]
        tensors = generate(SMALL).torch()
    finally:
        torch.set_default_device(None)
        torch.set_default_dtype(torch.float32)
    for x, y in [*pairs, (tensors.x, tensors.y), (tensors.t, tensors.y_val)]:
        assert (x.device.type, y.device.type) == ("cpu", "cpu")
        assert (x.dtype, y.dtype) == (torch.float32, torch.int64)
    assert torch.equal(pairs[0][0], expected.data)
    assert torch.equal(pairs[2][0], 2 * expected.data[2:4])
    assert torch.equal(pairs[2][1], expected.targets[2:4])


def test_a_tilde_in_root_is_the_home_folder(tmp_path, monkeypatch):
    home, here = tmp_path / "home", tmp_path / "here"
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    here.mkdir()
    monkeypatch.chdir(here)
    first = MNIST1D("~/data", recipe=SMALL)
    assert first.root == home / "data"
    assert len(list(first.root.iterdir())) == 1
    assert not list(here.iterdir())
