"""Code written for the original package runs unchanged, and more safely."""

from __future__ import annotations

import os
import pickle
import random
import subprocess
import sys
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mnist1d
from mnist1d.data import get_dataset, get_dataset_args, get_templates, make_dataset
from mnist1d.transform import (
    corr_noise_like,
    iid_noise_like,
    interpolate,
    pad,
    shear,
    transform,
    translate,
)
from mnist1d.utils import ObjectView, from_pickle, plot_signals, set_seed, to_pickle

# ruff: noqa: NPY002  (this face works on numpy's global generator)


def small(**knobs: Any) -> ObjectView:
    return ObjectView({**get_dataset_args(as_dict=True), "num_samples": 50, **knobs})


def equal(one: dict[str, Any], two: dict[str, Any]) -> bool:
    return all(np.array_equal(one[name], two[name]) for name in ("x", "y", "x_test", "y_test", "t"))


def global_states() -> tuple[Any, Any]:
    return random.getstate(), np.random.get_state()[1].tolist()  # type: ignore[union-attr]


class TestMakeDataset:
    def test_the_calls_that_notebooks_make(self) -> None:
        defaults = get_dataset_args()
        defaults.num_samples = 100
        for data in (make_dataset(defaults), make_dataset(args=defaults, template=None)):
            assert list(data) == ["x", "x_test", "y", "y_test", "t", "templates"]
            assert data["x"].shape == (80, 40)
        with_template = make_dataset(defaults, get_templates())
        assert equal(with_template, data)

    def test_the_defaults_make_the_published_data(self) -> None:
        assert equal(make_dataset(), mnist1d.generate().as_dict())

    def test_missing_and_extra_attributes(self) -> None:
        args = ObjectView({"num_samples": 50, "url": "anywhere", "anything": 1})
        assert equal(make_dataset(args), make_dataset(small()))

    def test_arrays_can_be_edited_in_place(self) -> None:
        data = make_dataset(small(shuffle_seq=True))
        for name in ("x", "x_test", "y", "y_test", "t"):
            assert data[name].flags.c_contiguous
            data[name][:] = 0
        assert (data["x"].dtype, data["y"].dtype) == (np.float64, np.int64)

    def test_a_refused_knob_moves_no_generator(self) -> None:
        before = global_states()
        with pytest.raises(ValueError, match="scale_coeff"):
            make_dataset(small(scale_coeff=4))
        assert global_states() == before

    def test_a_validation_split_is_in_the_dict(self) -> None:
        data = make_dataset(mnist1d.Recipe(n_train=10, n_val=5, n_test=5))
        assert data["x_val"].shape == (5, 40)


class TestTransforms:
    """Sample by sample through the functions is the data set at once, and the same draws."""

    def test_one_by_one_is_all_at_once(self) -> None:
        args, templates = small(), get_templates()
        set_seed(args.seed)
        samples = []
        for template in templates["x"]:
            for _ in range(5):
                x, t = transform(template, templates["t"], args)
                samples.append(x)
        x = np.stack(samples)[np.random.permutation(50)]
        data = make_dataset(args)
        together = np.concatenate([data["x"], data["x_test"]])
        np.testing.assert_allclose((x - x.mean()) / x.std(), together, rtol=0, atol=1e-12)
        np.testing.assert_allclose(t / x.std(), data["t"], rtol=0, atol=1e-12)

    def test_pad(self) -> None:
        set_seed(0)
        lengths = {len(pad(np.ones(3), (1, 4))) for _ in range(200)}
        assert lengths == {4, 5, 6, 7}
        assert pad(np.ones((2, 3)), [5, 5]).shape == (2, 8)

    def test_translate(self) -> None:
        set_seed(0)
        x = np.arange(5)
        seen = {tuple(translate(x, 7).tolist()) for _ in range(300)}
        assert seen == {tuple(np.roll(x, k).tolist()) for k in range(5)}

    def test_shear_is_a_line_through_the_middle(self) -> None:
        line = shear(np.zeros(11), 3)
        np.testing.assert_allclose(np.diff(line, 2), 0, atol=1e-15)
        assert line[5] == pytest.approx(0)
        assert abs(line[10] - line[0]) <= 1.5

    def test_noise(self) -> None:
        set_seed(0)
        x = np.zeros((200, 300))
        assert iid_noise_like(x, 0.5).std() == pytest.approx(0.5, rel=0.02)
        smooth = np.concatenate([corr_noise_like(row, 0.25) for row in x])
        assert smooth.std() == pytest.approx(0.25 * 0.376, rel=0.03)

    def test_interpolate(self) -> None:
        x = np.array([[0.0, 1], [2, 3], [4, 8]])
        assert interpolate(x, 5).tolist() == [[0, 1], [1, 2], [2, 3], [3, 5.5], [4, 8]]

    @pytest.mark.parametrize(
        ("call", "words"),
        [
            (lambda: pad(np.ones(2), (3, 1)), "low <= high"),
            (lambda: translate(np.ones(2), 0), "max_translation"),
            (lambda: interpolate(np.ones(2), 0), "N must be"),
            (lambda: shear(np.ones(0)), "x must hold"),
            (lambda: iid_noise_like(np.ones(2), float("nan")), "scale must be finite"),
            (lambda: transform(np.ones(2), np.ones(2), ObjectView({"seed": -1})), "seed"),
        ],
    )
    def test_bad_arguments_are_refused(self, call: Any, words: str) -> None:
        with pytest.raises(ValueError, match=words):
            call()


class TestGetDataset:
    def test_it_computes_saves_and_reads_back(self, tmp_path: Path, capsys: Any) -> None:
        path = tmp_path / "data.pkl"
        first = get_dataset(small(), path=str(path), download=False)
        assert path.exists()
        assert str(path) in capsys.readouterr().out
        again = get_dataset(small(), path=str(path), verbose=False)
        assert capsys.readouterr().out == ""
        assert equal(first, again)
        assert equal(first, make_dataset(small()))

    def test_the_default_path_is_the_working_directory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        data = get_dataset(small(seed=5))
        assert equal(data, make_dataset(small(seed=5)))
        assert os.listdir(tmp_path) == ["mnist1d_data.pkl"]

    def test_a_file_of_other_arguments_is_named_and_left(self, tmp_path: Path) -> None:
        path = tmp_path / "data.pkl"
        get_dataset(small(), path, regenerate=True)
        before = path.read_bytes()
        for other in (small(seed=1), small(num_samples=60), small(final_seq_length=30)):
            with pytest.warns(UserWarning, match=r"data\.pkl does not hold"):
                data = get_dataset(other, path)
            assert equal(data, make_dataset(other))
        assert path.read_bytes() == before
        get_dataset(small(seed=1), path, download=False, regenerate=True)
        assert equal(get_dataset(small(seed=1), path), make_dataset(small(seed=1)))

    @pytest.mark.parametrize("content", [b"<html>404</html>", b"", pickle.dumps(print)])
    def test_a_file_that_is_no_data_is_named_and_left(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "data.pkl"
        path.write_bytes(content)
        with pytest.warns(UserWarning, match=r"data\.pkl cannot be read"):
            data = get_dataset(small(), path)
        assert equal(data, make_dataset(small()))
        assert path.read_bytes() == content

    def test_generators_move_only_where_upstream_computes(self, tmp_path: Path) -> None:
        before = global_states()
        get_dataset(small(), tmp_path / "data.pkl")
        get_dataset(small(), tmp_path / "data.pkl")
        with pytest.warns(UserWarning, match="does not hold"):
            get_dataset(small(seed=2), tmp_path / "data.pkl")
        assert global_states() == before
        get_dataset(small(), tmp_path / "data.pkl", download=False, regenerate=True)
        after = global_states()
        make_dataset(small())
        assert global_states() == after


class TestUtils:
    def test_set_seed_seeds_all_three(self) -> None:
        torch = pytest.importorskip("torch")
        draws = []
        for _ in range(2):
            set_seed(7)
            draws.append((random.random(), np.random.rand(), torch.rand(1).item()))
        assert draws[0] == draws[1]
        assert draws[0][:2] == (random.Random(7).random(), np.random.RandomState(7).rand())

    @pytest.mark.parametrize("protocol", range(6))
    def test_pickles_of_data_are_read(self, tmp_path: Path, protocol: int) -> None:
        thing = {
            "array": np.arange(6.0).reshape(2, 3),
            "columns": np.asfortranarray(np.ones((2, 3), dtype=np.float32)),
            "scalar": np.float64(1.5),
            "plain": [1, 2.5, 1j, "a", b"b", None, True, (1, {2}), frozenset({3})],
            "ordered": OrderedDict(a=1),
        }
        path = tmp_path / "thing.pkl"
        path.write_bytes(pickle.dumps(thing, protocol=protocol))
        loaded = from_pickle(str(path))
        assert repr(loaded) == repr(thing)

    def test_pickles_of_old_numpy_are_read(self, tmp_path: Path) -> None:
        path = tmp_path / "old.pkl"
        text = pickle.dumps(np.arange(3), protocol=2)
        path.write_bytes(text.replace(b"numpy._core", b"numpy.core"))
        assert from_pickle(path).tolist() == [0, 1, 2]

    def test_empty_and_shared_arrays_and_cycles(self, tmp_path: Path) -> None:
        shared: list[Any] = [np.zeros((0, 40)), np.array(["a", "bc"]), np.array(3, dtype=">i2")]
        shared += [shared[0], shared]
        to_pickle(shared, tmp_path / "thing.pkl")
        empty, words, number, same, itself = loaded = from_pickle(tmp_path / "thing.pkl")
        assert empty.shape == (0, 40)
        assert words.tolist() == ["a", "bc"]
        assert (number.dtype, number.item()) == (np.dtype(">i2"), 3)
        assert same is empty
        assert itself is loaded

    def test_a_damaged_pickle_raises_and_never_crashes(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(0)
        good = pickle.dumps(make_dataset(small(num_samples=10, final_seq_length=2)), protocol=4)
        path = tmp_path / "thing.pkl"
        for _ in range(500):
            bad = np.frombuffer(good, dtype=np.uint8).copy()
            bad[rng.integers(len(bad), size=4)] = rng.integers(256, size=4)
            path.write_bytes(bad.tobytes()[: rng.integers(1, 2 * len(bad))])
            try:
                from_pickle(path)
            except pickle.UnpicklingError:
                continue

    @pytest.mark.parametrize(
        "thing",
        [
            print,
            os.system,
            ObjectView({}),
            np.save,
            Path("x"),
            np.array([print], dtype=object),
            np.zeros(1, dtype=[("a", int)]),
        ],
    )
    def test_anything_else_is_refused(self, tmp_path: Path, thing: object) -> None:
        path = tmp_path / "thing.pkl"
        to_pickle(thing, path)
        with pytest.raises(pickle.UnpicklingError, match="if you trust where it comes from"):
            from_pickle(path)

    def test_a_pickle_is_written_whole_or_not_at_all(self, tmp_path: Path) -> None:
        path = tmp_path / "thing.pkl"
        to_pickle([1], path)
        with pytest.raises((pickle.PicklingError, AttributeError)):
            to_pickle([np.zeros(10**5), lambda: None], path)
        assert from_pickle(path) == [1]
        assert os.listdir(tmp_path) == ["thing.pkl"]

    def test_plot_signals(self) -> None:
        matplotlib = pytest.importorskip("matplotlib")
        matplotlib.use("agg")
        data = make_dataset(small())
        figure = plot_signals(data["x"], data["t"], labels=data["y"], ratio=1.33, zoom=6)
        assert len(figure.axes) == 10


class TestTopLevel:
    def test_every_public_name_is_there(self) -> None:
        pytest.importorskip("torch")
        for name in mnist1d.__all__:
            assert callable(getattr(mnist1d, name)), name
        assert set(mnist1d.__all__) <= set(dir(mnist1d))
        upstream = "get_dataset get_dataset_args get_templates to_pickle from_pickle ObjectView"
        assert {*upstream.split(), "set_seed", "plot_signals", "transform"} <= set(mnist1d.__all__)
        assert mnist1d.transform is transform

    def test_unknown_names_are_refused(self) -> None:
        with pytest.raises(AttributeError, match="no attribute 'nothing'"):
            mnist1d.nothing  # noqa: B018

    def test_importing_it_is_light(self) -> None:
        code = (
            "import sys, time, numpy; start = time.perf_counter(); import mnist1d\n"
            "print(time.perf_counter() - start, *sys.modules)"
        )
        run = [sys.executable, "-c", code]
        replies = [subprocess.check_output(run, text=True).split() for _ in range(3)]
        heavy = {"torch", "matplotlib", "scipy.interpolate", "sklearn", "requests"}
        assert not heavy & set(replies[0])
        assert min(float(reply[0]) for reply in replies) < 0.25


class TestMakeMnist1d:
    def test_scikit_learns_grammar(self) -> None:
        X, y = mnist1d.make_mnist1d(203, random_state=0, final_seq_length=30)
        assert (X.shape, y.shape) == ((203, 30), (203,))
        bunch = mnist1d.make_mnist1d(203, random_state=0, final_seq_length=30, return_X_y=False)
        assert np.array_equal(bunch.X, X)
        assert np.array_equal(bunch["y"], y)
        assert bunch.recipe.seed == 0
        with pytest.raises(AttributeError, match="no entry 'z'"):
            bunch.z  # noqa: B018

    def test_with_seed_42_it_is_the_published_data(self) -> None:
        X, y = mnist1d.make_mnist1d(random_state=42)
        data = mnist1d.generate()
        assert np.array_equal(X, np.concatenate([data.x, data.x_test]))
        assert np.array_equal(y, np.concatenate([data.y, data.y_test]))

    @pytest.mark.parametrize("kind", [np.random.default_rng, np.random.RandomState])
    def test_generators_as_random_state(self, kind: Any) -> None:
        generator = kind(1)
        first, second = (mnist1d.make_mnist1d(10, random_state=generator)[0] for _ in range(2))
        again = mnist1d.make_mnist1d(10, random_state=kind(1))[0]
        assert np.array_equal(first, again)
        assert not np.array_equal(first, second)

    def test_none_is_a_new_seed_every_time(self) -> None:
        first, second = (mnist1d.make_mnist1d(10)[0] for _ in range(2))
        assert not np.array_equal(first, second)

    @pytest.mark.parametrize(
        ("arguments", "kind", "words"),
        [
            ({"n_samples": 0}, ValueError, "n_samples"),
            ({"random_state": "a"}, TypeError, "random_state"),
            ({"seed": 1}, ValueError, "random_state"),
            ({"return_X_y": 1}, TypeError, "return_X_y"),
        ],
    )
    def test_bad_arguments_are_refused(
        self, arguments: dict[str, Any], kind: type[Exception], words: str
    ) -> None:
        with pytest.raises(kind, match=words):
            mnist1d.make_mnist1d(**arguments)
