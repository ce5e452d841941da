import numpy as np
import pytest

from labs.sketches.atoms import CONTRASTS, Atoms, block_atoms
from labs.sketches.dictionary import as_blocks, coefficients, cosines, fill, glue, learn_dictionary
from labs.sketches.experiments.recovery import Network, recovered, rivals, sample, supervised
from labs.sketches.matching import atoms_recalled, ceiling, correlation, matched
from labs.sketches.rivals import columns_from, sparse_code, whole_components
from labs.sketches.rotations import Blocks, block_columns
from labs.sketches.wiring import chance, placed, wiring

PLAIN = {"d": 2048, "share": 0.06, "noise": False, "modules": 4, "attributes": 4}
PLAIN |= {"active": 2, "replicate": 1}  # every count has a block
NOISY = {"d": 4096, "share": 0.04, "noise": True, "modules": 4, "attributes": 6}
NOISY |= {"active": 2, "replicate": 1}
BLOCKS = Blocks(64, 0.1)


def network(settings: dict) -> Network:
    return Network(**{key: value for key, value in settings.items() if key != "replicate"})


def made(samples: int, count: int = 6, d: int = 2560) -> tuple[np.ndarray, np.ndarray]:
    """Columns (d, count) of the law and sparse activities of both signs (samples, count)."""
    rng = np.random.default_rng(0)
    activities = rng.standard_normal((samples, count)) * (rng.random((samples, count)) < 0.2)
    return block_columns(d, count, BLOCKS, "test"), activities


@pytest.mark.parametrize(("d", "share"), [(4096, 0.05), (8192, 0.02), (8192, 0.3)])
def test_columns_have_the_norms_and_the_cross_products_of_their_law(d, share):
    blocks = Blocks(64, share)
    columns = np.hstack([block_columns(d, 100, blocks, "law", seed) for seed in range(4)])
    squares = (columns**2).sum(0)
    spread = np.sqrt(64 * (1 - share) / (d * share))
    assert abs(squares.mean() - 1) < 4 * spread / np.sqrt(400)
    assert squares.std() == pytest.approx(spread, rel=0.15)
    products = (columns.T @ columns)[np.triu_indices(400, 1)]
    assert np.sqrt((products**2).mean() * d) == pytest.approx(1, rel=0.1)


def test_every_atom_of_plain_sums_is_found_and_no_other():
    columns, activities = made(400)
    atoms = block_atoms(activities @ columns.T, BLOCKS)
    true = (columns[::64] != 0).sum()
    assert atoms_recalled(columns, atoms) == 1
    assert atoms.signs.shape == (true, 64)
    assert set(np.unique(atoms.signs)) == {-1.0, 1.0}


def test_two_contrasts_find_more_than_either(monkeypatch):
    drawn = sample(network(PLAIN | {"attributes": 6, "share": 0.08}), 150, 3)
    recalled = []
    for contrasts in (CONTRASTS[:1], CONTRASTS[1:], CONTRASTS):
        monkeypatch.setattr("labs.sketches.atoms.CONTRASTS", contrasts)
        recalled.append(atoms_recalled(drawn.columns, block_atoms(drawn.sketches, BLOCKS)))
    assert recalled[2] > max(recalled[:2]) > 0.8


def test_activities_of_atoms_in_one_block_are_told_apart():
    columns, activities = made(400)
    atoms = block_atoms(activities @ columns.T, BLOCKS)
    near = np.abs(np.corrcoef(atoms.activities.T, activities.T)[: len(atoms.signs), -6:])
    assert near.max(1).min() > 1 - 1e-12
    assert np.bincount(atoms.blocks).max() > 1


@pytest.mark.parametrize("sketches", [np.zeros((50, 128)), np.ones((50, 128))])
def test_sketches_that_do_not_vary_have_no_columns(sketches):
    found = learn_dictionary(sketches, BLOCKS)
    assert found.columns.shape == (128, 0)
    assert found.coefficients.shape == (50, 0)
    assert atoms_recalled(np.zeros((128, 1)), found.atoms) != 1


@pytest.mark.parametrize("samples", [300, 1000])
def test_noise_alone_is_not_even_searched(samples, monkeypatch):
    monkeypatch.setattr("labs.sketches.atoms.components", None)
    noise = np.random.default_rng(0).standard_normal((samples, 640))
    assert learn_dictionary(noise, BLOCKS).columns.shape[1] == 0


def test_columns_and_coefficients_of_plain_sums_are_exact():
    columns, activities = made(400)
    found = learn_dictionary(activities @ columns.T, BLOCKS)
    true, places = matched(columns, found.columns)
    assert true.tolist() == list(range(6))
    signs = np.sign((columns * found.columns[:, places]).sum(0))
    np.testing.assert_allclose(found.columns[:, places] * signs, columns, atol=1e-12)
    np.testing.assert_allclose(found.coefficients[:, places] * signs, activities, atol=1e-12)


def test_the_unit_of_sketches_and_the_order_of_samples_do_not_matter():
    columns, activities = made(300)
    sketches = activities @ columns.T
    found = learn_dictionary(sketches, BLOCKS).columns
    other = learn_dictionary(-1e-4 * sketches[::-1], BLOCKS).columns
    assert len(matched(found, other)[0]) == found.shape[1] == other.shape[1]


def test_the_same_sketches_give_the_same_bytes():
    drawn = sample(network(PLAIN), 100, 0)
    a, b = (learn_dictionary(drawn.sketches, Blocks(64, 0.06)) for _ in range(2))
    assert a.columns.tobytes() == b.columns.tobytes()
    assert a.coefficients.tobytes() == b.coefficients.tobytes()


def test_atoms_are_glued_through_others_and_with_their_signs():
    base = np.random.default_rng(0).standard_normal((200, 3))
    drifting = base[:, :1] + np.array([0, 1, 2]) * 0.6 * base[:, 1:2]
    ends = np.corrcoef(drifting[:, 0], drifting[:, 2])[0, 1]
    assert ends < 0.67
    activities = np.column_stack([drifting * [1, -1, 1], base[:, 2]])
    glued = glue(Atoms(np.ones((4, 4)), np.array([0, 1, 2, 2]), activities), 12, Blocks(4, 1.0))
    patterns = np.sign(glued[::4]).T.tolist()
    assert sorted(patterns) in ([[-1, 1, -1], [0, 0, 1]], [[0, 0, 1], [1, -1, 1]])


def test_filling_finds_missing_blocks_and_loses_wrong_ones():
    columns, activities = made(400)
    sketches, broken = activities @ columns.T, columns.copy()
    blocks = [np.flatnonzero(columns[::64, i]) for i in range(6)]
    many = next(i for i in range(6) if len(blocks[i]) > 2)
    broken[: 64 * (blocks[many][0] + 1), many] = 0
    absent = np.setdiff1d(np.arange(40), blocks[many])[-1]
    broken[64 * absent : 64 * (absent + 1), many] = 1 / np.sqrt(256)
    assert cosines(columns, broken).max(1).min() < 0.9
    for _ in range(3):
        broken = fill(sketches, broken, BLOCKS)
    assert cosines(columns, broken).max(1).min() > 1 - 1e-12


def test_filling_makes_one_of_twins_and_leaves_what_too_few_samples_would_spoil():
    columns, activities = made(400)
    twins = np.hstack([columns, -columns[:, :2]])
    assert fill(activities @ columns.T, twins, BLOCKS).shape == columns.shape
    few = activities[:7] @ columns.T
    assert fill(few, twins, BLOCKS) is twins


def test_counts_whose_sum_never_changes_stay_apart():
    rng, columns = np.random.default_rng(1), block_columns(2560, 4, BLOCKS, "counts")
    counts = rng.permuted(np.tile([1.0, 1, 0, 0], (300, 1)), axis=1)
    seen = columns[:, :3]  # a regression with a constant would give the fourth to all of these
    filled = fill(counts @ columns.T, seen, BLOCKS)
    np.testing.assert_allclose(cosines(seen, filled).max(1), 1, atol=1e-9)


def test_blocks_are_cut_to_the_law():
    row = np.repeat([3.0, -1, 4, 0.1], 4)[None]
    row[0, 8:12] *= [1, -1, 1, 1]
    row[0, 4:8] = [-9, 0.1, 0.1, 0.1]
    cut = as_blocks(row, Blocks(4, 0.25))
    assert (cut * 2).tolist() == [[1, 1, 1, 1, 0, 0, 0, 0, 1, -1, 1, 1, 0, 0, 0, 0]]


def test_all_that_can_be_found_in_plain_sums_is():
    score = recovered(samples=200, **PLAIN)
    assert score["columns"] == score["ceiling"] < 1
    assert score["false"] == 0
    assert score["correlation"] > 1 - 1e-9
    assert score["counts"] == score["count ceiling"] == 1
    assert score["placed"] == 1 > 2 * score["chance"] - 0.2
    assert score["grouped"] == score["columns"]


def test_filling_finds_in_transparent_sketches_what_atoms_alone_do_not():
    score = recovered(samples=300, **NOISY)
    assert score["glued"] < 0.6
    assert score["columns"] > score["glued"] + 0.2
    assert score["correlation"] > 0.9
    assert score["placed"] > score["chance"] + 0.2


def test_a_second_look_at_what_is_left_finds_more_than_one_at_the_same(monkeypatch):
    blocks, drawn = Blocks(64, 0.04), [sample(network(NOISY), 150, r) for r in (0, 3)]
    first, second = (
        [learn_dictionary(one.sketches, blocks, passes=p) for one in drawn] for p in (1, 2)
    )
    monkeypatch.setattr("labs.sketches.dictionary._left", lambda sketches, columns: sketches)
    same = [learn_dictionary(one.sketches, blocks) for one in drawn]
    found = [
        sum(len(matched(a.columns, b.columns)[0]) for a, b in zip(drawn, each, strict=True))
        for each in (first, same, second)
    ]
    assert found[0] <= found[1] < found[2]
    assert first[0].atoms.signs.tobytes() == second[0].atoms.signs.tobytes()


def test_fewer_samples_are_the_first_of_more():
    few, many = (sample(network(NOISY), samples, 3) for samples in (4, 9))
    np.testing.assert_array_equal(few.activities, many.activities[:4])
    np.testing.assert_allclose(few.sketches, many.sketches[:4], atol=1e-12)


def test_scenes_follow_their_law():
    of = network(NOISY)
    drawn = sample(of, 400, 0)
    x = drawn.activities.reshape(400, 4, 7) * 2
    assert ((x[:, :, 6] == 1).sum(1) == 2).all()
    norms = (x[:, :, :6] ** 2).sum(2)
    np.testing.assert_allclose(norms, x[:, :, 6], atol=1e-12)
    assert set((x[:, :, :6] != 0).sum(2).ravel()) == {0, 2}
    assert sorted(set(drawn.positions.ravel())) == [-1, 0, 1]
    assert abs(x[:, :, :6].mean()) < 0.02


@pytest.mark.parametrize(("settings", "samples"), [(PLAIN, 40), (NOISY, 300)])
def test_known_activities_give_columns_exactly_once_samples_determine_them(settings, samples):
    score = supervised(samples=samples, **settings)
    assert score["error"] < 1e-10
    assert score["determined"] == pytest.approx(1 if settings is PLAIN else 6 / 7)
    few = supervised(samples=10, **settings)
    assert few["determined"] < 0.2
    assert few["unexplained"] < 1e-20


def test_transparent_sketches_are_linear_in_attributes_only_with_their_positions():
    plain, noisy = (supervised(samples=300, **settings) for settings in (PLAIN, NOISY))
    assert plain["unexplained"] < 1e-20
    assert noisy["unexplained"] > 0.1
    assert noisy["unknowns"] == 56
    assert plain["columns"] == plain["signs"] == ceiling(sample(network(PLAIN), 1, 1).columns)
    assert noisy["columns"] == 0 < noisy["signs"]


def test_whole_sketches_need_more_samples():
    few, many = (rivals(samples=samples, **NOISY) for samples in (60, 600))
    assert set(few) == {"ica", "ica signs", "dictionary", "dictionary signs"}
    assert few["ica signs"] < 0.2 < many["ica signs"]
    assert all(0 <= score <= 1 for score in [*few.values(), *many.values()])


def test_rivals_find_independent_sources():
    rng = np.random.default_rng(0)
    columns = np.linalg.qr(rng.standard_normal((40, 3)))[0]
    sources = rng.standard_normal((1000, 3)) * (rng.random((1000, 3)) < 0.2)
    for method in (whole_components, sparse_code):
        found = method(sources @ columns.T, 3)
        assert len(matched(columns, found)[0]) == 3
        np.testing.assert_array_equal(found, method(sources @ columns.T, 3))


def test_wiring_follows_counts_and_leaves_out_what_has_none():
    rng = np.random.default_rng(0)
    fires = 1.0 * (rng.random((500, 3)) < 0.4)
    signs = rng.standard_normal((500, 9)) * (rng.random((500, 9)) < 0.3)
    attributes = np.repeat(fires, 3, axis=1) * signs
    groups = wiring(np.hstack([attributes, -fires[:, :2]]))
    assert groups.tolist() == [0, 0, 0, 1, 1, 1, -1, -1, -1, 0, 1]
    assert (wiring(attributes) == -1).all()


def test_placed_is_blind_to_the_names_of_groups_and_chance_is_lower():
    modules = np.repeat(np.arange(5), 8)
    assert placed(9 - modules, modules) == 1
    assert placed(np.zeros(40, int), modules) == 0.2
    assert 0.2 < chance(modules, modules, np.random.default_rng(0)) < 0.5
    assert np.isnan(placed(modules[:0], modules[:0]))


def test_an_estimate_matches_one_column_only():
    near = np.array([[1.0, 1, 0], [0, 0.1, 0], [0, 0, 1]])
    true, found = matched(near, np.array([[-2.0], [0], [0]]))
    assert (len(true), found.tolist()) == (1, [0])
    assert matched(near, np.empty((3, 0)))[0].size == 0
    assert np.isnan(correlation(np.empty((5, 0)), np.empty((5, 0))))


def test_coefficients_are_least_squares():
    columns, activities = made(20)
    noise = np.random.default_rng(1).standard_normal((20, 2560))
    found = coefficients(activities @ columns.T + noise, columns)
    expected = np.linalg.lstsq(columns, (activities @ columns.T + noise).T, rcond=None)[0].T
    np.testing.assert_allclose(found, expected, atol=1e-10)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: learn_dictionary(np.ones(64), BLOCKS), r"of shape \(S, d\)"),
        (lambda: learn_dictionary(np.ones((1, 64)), BLOCKS), "S at least 2"),
        (lambda: learn_dictionary(np.full((3, 64), np.nan), BLOCKS), "must be finite"),
        (lambda: learn_dictionary([[np.inf] * 32 + [-np.inf] * 32] * 3, BLOCKS), "must be finite"),
        (lambda: learn_dictionary(np.full((3, 64), 1e200), BLOCKS), "must be finite, and the sum"),
        (lambda: learn_dictionary(np.ones((3, 64)), BLOCKS, seed=-1), "seed must be a whole"),
        (lambda: block_atoms(np.ones((3, 64)), BLOCKS, seed="a"), "seed must be a whole"),
        (lambda: learn_dictionary(np.ones((3, 65)), BLOCKS), "must divide d = 65"),
        (lambda: learn_dictionary(np.ones((3, 64)), Blocks(64, 0.0)), "share of blocks must be"),
        (lambda: learn_dictionary(np.ones((3, 64)), BLOCKS, rounds=0), "rounds must be"),
        (lambda: learn_dictionary(np.ones((3, 64)), BLOCKS, passes=0), "passes must be"),
        (lambda: block_atoms(np.ones((3, 64)), BLOCKS, seed=-1), "seed must be a whole number of"),
        (lambda: wiring(np.ones(3)), r"of shape \(S, L\)"),
        (lambda: wiring(np.full((3, 1), np.inf)), "must be finite"),
        (lambda: columns_from(np.ones((3, 2)), np.ones((4, 2))), r"shapes \(S, C\) and \(S, d\)"),
        (lambda: whole_components(np.ones(3), 2), r"of shape \(S, d\)"),
        (lambda: sparse_code(np.ones((3, 2)), 0), "count must be"),
        (lambda: Network(active=9), "active must be at most modules = 8, got 9"),
        (lambda: Network(nonzero=13), "nonzero must be at most attributes = 12, got 13"),
        (lambda: Network(modules=0), "modules must be a whole number of at least 1, got 0"),
        (lambda: recovered(samples=0, **PLAIN), "samples must be a whole number"),
        (lambda: recovered(samples=9, **(PLAIN | {"share": 2})), "share of blocks must be"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
