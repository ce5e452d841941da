"""Fresh batches obey the law of the recipe, resume exactly, and the Dataset fits torch's loader."""

import pickle

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from torch.utils.data import DataLoader

from mnist1d.generate import generate
from mnist1d.recipe import Recipe
from mnist1d.tensors import BLOCK, MNIST1D, batches

SMALL = Recipe(n_train=30, n_val=10, n_test=20)
DEVICES = ["cpu"] + ["cuda"] * torch.cuda.is_available()
LAWS = {
    "published": Recipe(),
    "one shift": Recipe(max_translation=1, padding=(40, 40)),
    "shift beyond the canvas": Recipe(template_len=5, padding=(2, 4), max_translation=20),
    "fine and loud": Recipe(final_seq_length=90, corr_noise_scale=1.0, scale_coeff=1.5),
    "reordered": Recipe(shuffle_seq=True),
}


@pytest.mark.parametrize("device", DEVICES)
def test_shapes_and_types(device):
    x, y = next(batches(Recipe(final_seq_length=17), 5, 0, device))
    assert x.shape == (5, 17)
    assert y.shape == (5,)
    assert (x.dtype, y.dtype) == (torch.float32, torch.int64)
    assert x.device.type == y.device.type == device


@pytest.mark.parametrize("device", DEVICES)
@settings(max_examples=15, deadline=None)
@given(size=st.integers(1, 2 * BLOCK), seed=st.integers(0, 2**70), step=st.integers(0, 60))
def test_a_batch_depends_on_seed_and_step_alone(device, size, seed, step):
    run = batches(SMALL, size, seed, device, start=max(step - 2, 0))
    for _ in range(step - max(step - 2, 0)):
        next(run)
    x, y = next(run)
    again_x, again_y = next(batches(SMALL, size, seed, device, start=step))
    assert torch.equal(x, again_x)
    assert torch.equal(y, again_y)


def test_batches_within_and_between_blocks_are_all_different():
    run = batches(None, BLOCK // 2, seed=3)
    rows = torch.cat(
        [next(run)[0] for _ in range(5)] + [next(batches(None, BLOCK // 2, seed=4))[0]]
    )
    assert len(torch.unique(rows, dim=0)) == len(rows)


def test_seeds_that_agree_in_32_bits_differ():
    far = next(batches(seed=1 + 2**32, batch_size=4096))[0]
    for block in range(3):  # nor is a later block of one seed the first of another
        assert not torch.equal(far, next(batches(seed=1, batch_size=4096, start=block))[0])


def test_the_global_generators_are_left_alone():
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    state = np.random.get_state()[1].copy()  # noqa: NPY002  (its state is what is tested)
    next(batches())
    assert torch.equal(torch.rand(3), expected)
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", LAWS)
def test_same_law_as_the_fast_stream(name, device):
    recipe = LAWS[name]
    x, y = (part.cpu().double() for part in next(batches(recipe, 50_000, 5, device)))
    data = generate(
        Recipe(**{**vars(recipe), "num_samples": 50_000, "train_split": 1.0, "shuffle_seq": False}),
        stream="fast",
    )
    other, labels = torch.tensor(data.x, dtype=torch.float64), torch.tensor(data.y)
    if recipe.shuffle_seq:
        order = np.random.default_rng(recipe.seed).permutation(recipe.final_seq_length)
        other = other[:, order]
    assert stats.chisquare(torch.bincount(y.long(), minlength=10)).pvalue > 1e-4
    for label in range(10):
        ours, theirs = x[y == label], other[labels == label]
        spread = (ours.var(0) / len(ours) + theirs.var(0) / len(theirs)).sqrt()
        assert ((ours.mean(0) - theirs.mean(0)).abs() / spread).max() < 5
        assert (ours.std(0) / theirs.std(0) - 1).abs().max() < 0.08
        assert (torch.corrcoef(ours.T) - torch.corrcoef(theirs.T)).abs().max() < 0.12
    for point in (0, recipe.final_seq_length // 2, recipe.final_seq_length - 1):
        assert stats.ks_2samp(x[:, point], other[:, point]).pvalue > 1e-4
    assert abs(x.mean()) < 0.02
    assert abs(x.std() - 1) < 0.02


def test_custom_templates_and_their_labels():
    templates = {"x": [[0, 1, 0], [0, -1, 0]], "t": [0, 1, 2], "y": [7, -2]}
    quiet = Recipe(
        template_len=3,
        padding=(2, 2),
        max_translation=1,
        corr_noise_scale=0,
        iid_noise_scale=0,
        shear_scale=0,
        scale_coeff=0,
    )
    x, y = next(batches(quiet, 50, 0, templates=templates))
    assert set(y.tolist()) == {7, -2}
    assert (x[y == 7].std(0) < 1e-6).all()
    assert (x[y == 7].max() - x[y == -2].max()) > 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batch_size": 0}, "batch_size must be an integer of at least 1, got 0"),
        ({"batch_size": 2.5}, "batch_size must be an integer"),
        ({"seed": -1}, "seed must be an integer of at least 0, got -1"),
        ({"start": -1}, "start must be an integer of at least 0, got -1"),
        ({"recipe": {"seed": 1}}, "recipe must be a Recipe or None, got dict"),
        ({"templates": [1]}, "templates must be a mapping"),
    ],
)
def test_bad_arguments_are_refused_at_the_call(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        batches(**arguments)


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
    split = Recipe(n_train=3500, n_val=500, n_test=1000)
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
        ({"split": "val"}, "split 'val' must hold samples"),
        ({"recipe": 3}, "recipe must be a Recipe or None, got int"),
        ({"stream": "slow"}, "stream must be 'exact' or 'fast', got 'slow'"),
    ],
)
def test_bad_dataset_arguments(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        MNIST1D(**arguments)
