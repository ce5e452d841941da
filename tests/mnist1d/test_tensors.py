"""Fresh batches obey the law of the recipe, resume exactly, and fit torch's loader."""

import itertools
import pickle
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from torch.utils.data import DataLoader, IterableDataset

from mnist1d.generate import generate
from mnist1d.recipe import Recipe
from mnist1d.tensors import BLOCK, batches

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


def test_they_are_one_iterator_and_a_data_set_of_torchs():
    run = batches(SMALL, 5)
    assert isinstance(run, Iterator)
    assert isinstance(run, IterableDataset)
    assert iter(run) is run
    first = [x for x, _ in itertools.islice(run, 2)]
    first += [x for x, _ in itertools.islice(run, 2)]
    expected = [x for x, _ in itertools.islice(batches(SMALL, 5), 4)]
    assert torch.equal(torch.stack(first), torch.stack(expected))


@pytest.mark.parametrize(("size", "how"), [(3, "fork"), (BLOCK, "fork"), (3, "spawn")])
def test_workers_hand_out_the_batches_of_one_run_in_its_order(size, how):
    run = batches(SMALL, size, 9, start=2)
    loader = DataLoader(run, batch_size=None, num_workers=2, multiprocessing_context=how)
    for _ in range(2 if how == "fork" else 1):  # every pass of such a loader begins anew
        pairs = zip(loader, batches(SMALL, size, 9, start=2), range(5), strict=False)
        for (x, y), (expected_x, expected_y), _ in pairs:
            assert torch.equal(x, expected_x)
            assert torch.equal(y, expected_y)


def test_a_loader_without_workers_goes_on_where_it_stopped():
    loader = DataLoader(batches(SMALL, 5, 9), batch_size=None)
    got = [x for _ in range(2) for x, _ in itertools.islice(loader, 3)]
    expected = [x for x, _ in itertools.islice(batches(SMALL, 5, 9), 6)]
    assert torch.equal(torch.stack(got), torch.stack(expected))


def test_a_pickled_run_goes_on_where_it_was():
    run = batches(SMALL, 5)
    next(run)
    twin = pickle.loads(pickle.dumps(run))
    assert torch.equal(next(twin)[0], next(run)[0])


def test_other_defaults_of_torch_change_nothing():
    expected = next(batches(SMALL, 4))
    torch.set_default_dtype(torch.float64)
    torch.set_default_device("meta")  # as a GPU would be, on every machine
    try:
        run = batches(SMALL, 4)
        got = next(run)
    finally:
        torch.set_default_device(None)
        torch.set_default_dtype(torch.float32)
    with torch.device("meta"):
        again = next(batches(SMALL, 4))
    for pair in (got, again):
        for tensor, wanted in zip(pair, expected, strict=True):
            assert tensor.device.type == "cpu"
            assert tensor.dtype == wanted.dtype
            assert torch.equal(tensor, wanted)


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
        ({"recipe": {"seed": 1}}, "recipe must be a Recipe, got {'seed': 1}"),
        ({"templates": [1]}, "templates must be a mapping"),
        ({"batch_size": 10**12}, "batch_size must fit in the .* of memory here, got 1000000000000"),
        ({"recipe": Recipe(max_translation=2**32)}, "max_translation must fit in the"),
        ({"recipe": Recipe(final_seq_length=10**10)}, "final_seq_length must fit in the"),
    ],
)
def test_bad_arguments_are_refused_at_the_call(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        batches(**arguments)
