"""Random matrices of sketches: exact where they promise it, and of the laws that they promise."""

import numpy as np
import pytest

from labs.sketches.rotations import (
    MAPS,
    Blocks,
    Haar,
    Rotation,
    block_columns,
    transparent,
    transparent_transpose,
)
from tests.labs.sketches.made import rms, unit

kinds = pytest.mark.parametrize("kind", MAPS.values(), ids=MAPS)


def dense(map_):
    return map_.apply(np.eye(map_.d)).T


@kinds
@pytest.mark.parametrize("d", [1, 2, 3, 7, 10, 31, 64, 97, 144, 509])
def test_maps_are_orthonormal_and_their_transpose_is_one(kind, d):
    R = dense(kind(d, "test"))
    np.testing.assert_allclose(R @ R.T, np.eye(d), atol=1e-12)
    np.testing.assert_allclose(kind(d, "test").transpose(np.eye(d)), R, atol=1e-12)


@kinds
def test_maps_act_on_the_last_axis_and_leave_what_they_are_given(kind):
    map_, x = kind(30, "test"), np.random.default_rng(0).normal(size=(2, 3, 30))
    for act, matrix in ((map_.apply, dense(map_)), (map_.transpose, dense(map_).T)):
        before = x.copy()
        np.testing.assert_allclose(act(x), x @ matrix.T, atol=1e-12)
        np.testing.assert_array_equal(x, before)
        np.testing.assert_allclose(act(np.arange(30)), matrix @ np.arange(30), atol=1e-12)


@kinds
def test_a_name_and_a_seed_are_one_map(kind):
    first, second = kind(16, "a"), kind(16, "b")
    later, sooner = kind(16, "b"), kind(16, "a")  # asked for in another order
    np.testing.assert_array_equal(dense(later), dense(second))
    np.testing.assert_array_equal(dense(sooner), dense(first))
    others = [first, second, kind(16, "a", seed=1), kind(16, "a", seed=2**70)]
    assert len({dense(map_).tobytes() for map_ in others}) == 4


def test_the_map_of_a_name_is_the_same_everywhere():
    expected = [-2.311794150219296, -2.2900621217067236, -1.71394165421801, 0.6882058497807043]
    np.testing.assert_allclose(Rotation(4, "test").apply(np.arange(4)), expected, atol=1e-12)


def drawn(kind, d, draws, each):
    """Pairs of unit vectors, half of them places of one number, and a map for each draw."""
    rng = np.random.default_rng(0)
    for seed in range(draws):
        x, y = (np.stack([unit(rng, d) for _ in range(each)]) for _ in range(2))
        y -= (x * y).sum(-1, keepdims=True) * x
        y /= np.linalg.norm(y, axis=-1, keepdims=True)
        x[0], y[0] = np.eye(d)[[seed % d, (7 * seed + 1) % d]]
        yield kind(d, "test", seed), x, y


@kinds
def test_a_rotation_turns_vectors_away_as_haar_does(kind):
    inner = [(map_.apply(x) * y).sum(-1) for map_, x, y in drawn(kind, 200, 60, 30)]
    assert rms(inner) * np.sqrt(200) == pytest.approx(1, abs=0.06)
    assert rms([row[0] for row in inner]) * np.sqrt(200) == pytest.approx(1, abs=0.3)
    assert abs(np.mean(inner)) * np.sqrt(200) < 0.1
    kurtosis = np.mean(np.power(inner, 4)) / rms(inner) ** 4
    assert kurtosis == pytest.approx(3 * 200 / 202, abs=0.4)


@kinds
def test_a_transparent_matrix_leaks_half_and_scales_by_half(kind):
    leak, own, cross = [], [], []
    for map_, x, y in drawn(kind, 200, 60, 30):
        Tx, Ty = transparent(map_, x), transparent(map_, y)
        leak += list((Tx * x).sum(-1))
        own += list((Tx * Tx).sum(-1))
        cross += list((Tx * Ty).sum(-1))
    assert np.mean(leak) == pytest.approx(0.5, abs=0.01)
    np.testing.assert_allclose(leak, own, atol=1e-12)
    assert np.std(leak) * np.sqrt(200) == pytest.approx(0.5, abs=0.05)
    assert rms(cross) * np.sqrt(200) == pytest.approx(np.sqrt(2) / 4, abs=0.03)


@kinds
def test_a_transparent_matrix_is_the_mean_of_the_identity_and_its_map(kind):
    map_, unity = kind(40, "test"), np.eye(40)
    T = transparent(map_, unity).T
    np.testing.assert_allclose(T, (unity + dense(map_)) / 2, atol=1e-12)
    np.testing.assert_allclose(transparent_transpose(map_, unity), T, atol=1e-12)
    assert np.linalg.norm(T, 2) <= 1 + 1e-12


def test_haar_matrices_are_uniform():
    for seed in range(3):
        phases = np.angle(np.linalg.eigvals(Haar(400, "test", seed).matrix))
        assert np.histogram(phases, 4, (-np.pi, np.pi))[0] == pytest.approx(100, abs=8)


@pytest.mark.parametrize(("length", "share"), [(16, 0.05), (64, 0.2), (1, 0.5), (32, 1.0)])
def test_block_columns_have_their_law(length, share):
    d, count = 2048, 1200
    D = block_columns(d, count, Blocks(length, share), "test")
    blocks = np.abs(D).reshape(d // length, length, count) * np.sqrt(d * share)
    assert (blocks == blocks[:, :1]).all()
    assert set(np.unique(blocks.round(12))) <= {0, 1}
    assert blocks.mean() == pytest.approx(share, abs=4 * np.sqrt(share * length / d / count))
    norms = (D**2).sum(0)
    law = np.sqrt(length * (1 - share) / (d * share))
    assert norms.mean() == pytest.approx(1, abs=4 * law / np.sqrt(count) + 1e-12)
    assert norms.std() == pytest.approx(law, rel=0.1, abs=1e-12)
    cross = (D.T @ D)[np.triu_indices(count, 1)]
    assert rms(cross) * np.sqrt(d) == pytest.approx(1, abs=0.05)
    assert abs(cross.mean()) * np.sqrt(d) < 0.02


def test_block_columns_of_a_name_and_a_seed_are_the_same():
    law = Blocks(4, 0.5)
    kept, again = (block_columns(64, 5, law, "a") for _ in range(2))
    np.testing.assert_array_equal(kept, again)
    others = [kept, block_columns(64, 5, law, "b"), block_columns(64, 5, law, "a", seed=1)]
    assert len({columns.tobytes() for columns in others}) == 3
