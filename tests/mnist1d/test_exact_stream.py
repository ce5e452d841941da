"""The exact stream is upstream's data, sample by sample.

`golden/upstream_vectors.json` holds outputs of the original `make_dataset` (mnist1d 0.0.2.post1)
for five settings, in the form of the shared `reference_vectors.json`, which is checked too when it
is there.
"""

from __future__ import annotations

import json
import random
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist1d import ObjectView, Recipe, generate, get_dataset_args, get_templates, make_dataset

HERE = Path(__file__).parents[1]
SHARED = HERE.parent.parent / "shared" / "data"
VECTORS = [HERE / "golden" / "upstream_vectors.json", SHARED / "reference_vectors.json"]
CASES = [case for path in VECTORS if path.exists() for case in json.loads(path.read_text())]
TOLERANCE = 1e-12


def digest(y: np.ndarray) -> str:
    return sha256(y.astype("<i8").tobytes()).hexdigest()[:16]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["args"]))
def test_reference_vectors(case: dict[str, Any]) -> None:
    if (templates := case.get("templates")) is not None:
        templates = {name: np.array(values) for name, values in templates.items()}
    data = generate(Recipe.from_mapping(case["args"]), templates=templates)
    assert [list(data.x.shape), list(data.x_test.shape)] == case["shapes"]
    assert (digest(data.y), digest(data.y_test)) == (case["y"], case["y_test"])
    np.testing.assert_allclose(data.x[case["rows"]], case["x_rows"], rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(data.x_test[-1], case["x_test_last"], rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(data.t, case["t"], rtol=0, atol=TOLERANCE)
    assert data.x.sum() == pytest.approx(case["sum_x"], abs=1e-8)
    assert (data.x**2).sum() == pytest.approx(case["sum_x2"], rel=1e-12)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["args"]))
def test_make_dataset_moves_the_global_generators_as_upstream_does(case: dict[str, Any]) -> None:
    random.seed(999)
    np.random.seed(999)  # noqa: NPY002
    args = ObjectView({**get_dataset_args(as_dict=True), **case["args"]})
    make_dataset(args, template=case.get("templates"))
    assert np.random.rand() == case["next_numpy_rand"]  # noqa: NPY002
    assert random.random() == case["next_python_random"]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared reference data are not here")
def test_the_published_file() -> None:
    data, templates = generate(), get_templates()
    with np.load(SHARED / "mnist1d_frozen.npz") as frozen:
        for name in ("x", "x_test", "t"):
            np.testing.assert_allclose(getattr(data, name), frozen[name], rtol=0, atol=TOLERANCE)
        for name in ("y", "y_test"):
            np.testing.assert_array_equal(getattr(data, name), frozen[name])
        for name in "xty":
            np.testing.assert_allclose(
                templates[name], frozen[f"templates_{name}"], rtol=0, atol=TOLERANCE
            )


def test_published_class_counts() -> None:
    data = generate()
    train = [398, 396, 411, 394, 394, 402, 401, 404, 402, 398]
    assert np.bincount(data.y).tolist() == train
    assert np.bincount(data.y_test).tolist() == [500 - n for n in train]


def test_generate_leaves_the_global_generators_alone() -> None:
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    before = random.getstate(), np.random.get_state()[1].tolist()  # type: ignore[union-attr] # noqa: NPY002
    generate(Recipe(num_samples=20))
    generate(Recipe(num_samples=20), stream="fast")
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before  # type: ignore[union-attr] # noqa: NPY002


@settings(max_examples=20, deadline=None)
@given(
    sizes=st.tuples(*[st.integers(0, 30)] * 3).filter(any),
    points=st.integers(2, 100),
    stream=st.sampled_from(["exact", "fast"]),
    shuffle=st.booleans(),
)
def test_splits_are_exact_and_standardised_together(
    sizes: tuple[int, int, int], points: int, stream: str, shuffle: bool
) -> None:
    n_train, n_val, n_test = sizes
    recipe = Recipe(
        n_train=n_train, n_val=n_val, n_test=n_test, final_seq_length=points, shuffle_seq=shuffle
    )
    data = generate(recipe, stream=stream)
    assert (len(data.y), len(data.y_val), len(data.y_test)) == sizes
    together = np.concatenate([data.x, data.x_val, data.x_test])
    assert together.shape == (sum(sizes), points)
    assert together.mean() == pytest.approx(0, abs=1e-5)
    assert together.std() == pytest.approx(1, abs=1e-5)
    for array in (data.x, data.x_val, data.x_test, data.y, data.y_val, data.y_test, data.t):
        assert array.flags.c_contiguous
        assert array.flags.writeable


def test_shuffling_positions_is_the_last_draw() -> None:
    plain = generate(Recipe(num_samples=50))
    shuffled = generate(Recipe(num_samples=50, shuffle_seq=True))
    np.testing.assert_allclose(np.sort(plain.x), np.sort(shuffled.x), rtol=0, atol=TOLERANCE)
    assert not np.allclose(plain.x, shuffled.x)
    np.testing.assert_allclose(plain.t, shuffled.t, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ({"recipe": {"seed": 1}}, TypeError, "recipe must be a Recipe"),
        ({"stream": "quick"}, ValueError, "stream must be 'exact' or 'fast', got 'quick'"),
        ({"templates": [1, 2]}, TypeError, "templates must be a mapping"),
        ({"templates": {"x": [[1.0]], "t": [0], "y": [0]}}, ValueError, r"templates\['x'\]"),
        ({"templates": {"x": [[1.0, 2]], "t": [0], "y": [0]}}, ValueError, r"templates\['t'\]"),
        ({"templates": {"x": [[1.0, 2]], "t": [0, 1], "y": [0.5]}}, ValueError, r"\['y'\]"),
        ({"recipe": Recipe(num_samples=9)}, ValueError, "num_samples"),
    ],
)
def test_bad_arguments_are_refused(
    arguments: dict[str, Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        generate(**arguments)


def test_torch_tensors() -> None:
    torch = pytest.importorskip("torch")
    data = generate(Recipe(n_train=12, n_val=3, n_test=5))
    tensors = data.torch()
    assert tensors.x.dtype == torch.float32
    assert tensors.y_val.dtype == torch.int64
    assert tensors.t.shape == (40,)
    assert data.torch(dtype=torch.float64).x_test.numpy().tolist() == data.x_test.tolist()
