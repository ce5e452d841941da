"""Code written for the original package runs unchanged: its calls, names and files."""

from __future__ import annotations

import inspect
import os
import pickle
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mnist1d
from mnist1d.data import get_dataset, get_dataset_args, get_templates, make_dataset
from mnist1d.transform import (
    transform,
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

    @pytest.mark.parametrize(
        ("knobs", "words"),
        [
            ({"scale_coeff": "a"}, "scale_coeff must be a number, got 'a'"),
            ({"num_samples": 50.0}, "num_samples must be an integer of at least 1, got 50.0"),
            ({"num_samples": 9}, "num_samples must be at least the number of classes"),
            ({"num_samples": 10**11, "seed": True}, "seed must be an integer"),
            ({"seed": None, "train_split": "a"}, "train_split must be a number, got 'a'"),
            ({"shuffle_seq": np.ones(2)}, "truth value"),
        ],
    )
    def test_what_the_original_cannot_compute_moves_no_generator(
        self, knobs: dict[str, Any], words: str
    ) -> None:
        before = global_states()
        with pytest.raises((TypeError, ValueError), match=words):
            make_dataset(small(**knobs))
        assert global_states() == before

    @pytest.mark.parametrize(
        "template", ["abc", {"x": np.ones((2, 3))}, {**get_templates(), "y": []}]
    )
    def test_templates_that_are_none(self, template: Any) -> None:
        with pytest.raises((TypeError, ValueError), match="templates"):
            make_dataset(small(), template)

    def test_a_validation_split_is_in_the_dict(self) -> None:
        data = make_dataset(mnist1d.Recipe(n_train=10, n_val=5, n_test=5))
        assert data["x_val"].shape == (5, 40)


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

    @pytest.mark.parametrize("content", [b"<html>404</html>", b"", pickle.dumps(print, protocol=0)])
    def test_a_file_that_is_no_data_is_named_and_left(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "data.pkl"
        path.write_bytes(content)
        with pytest.warns(UserWarning, match=r"data\.pkl cannot be read"):
            data = get_dataset(small(), path)
        after = global_states()  # where the original would have left them: it computes here
        assert equal(data, make_dataset(small()))
        assert global_states() == after
        assert path.read_bytes() == content

    def test_words_that_the_original_takes_and_does_not_use(self, tmp_path: Path) -> None:
        get_dataset(small(), tmp_path / "data.pkl", force_download=True, timeout=3)
        with pytest.warns(UserWarning, match="'regenrate' has no effect; did you mean regenerate"):
            get_dataset(small(), tmp_path / "data.pkl", regenrate=True)

    def test_a_mistake_is_told_once_and_where_the_call_stands(self, tmp_path: Path) -> None:
        with pytest.warns(UserWarning, match="scale_coeff must lie") as seen:
            get_dataset(small(scale_coeff=4), tmp_path / "data.pkl")
        assert [warning.filename for warning in seen] == [__file__]

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


class TestSetSeed:
    torch = pytest.importorskip("torch")

    def drawn(self, seed: Any) -> tuple[float, float, float]:
        set_seed(seed)
        return random.random(), np.random.rand(), self.torch.rand(1).item()

    def test_it_seeds_all_three(self) -> None:
        assert self.drawn(7) == self.drawn(np.int64(7))
        assert self.drawn(7)[:2] == (random.Random(7).random(), np.random.RandomState(7).rand())
        assert self.drawn(True) == self.drawn(1)

    def test_none_is_fresh_in_all_three(self) -> None:
        pairs = zip(self.drawn(None), self.drawn(None), strict=True)
        assert all(first != second for first, second in pairs)

    @pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "a"])
    def test_what_is_no_seed_moves_nothing(self, seed: Any) -> None:
        before = global_states()
        with pytest.raises((TypeError, ValueError), match="seed must be an integer"):
            set_seed(seed)
        assert global_states() == before


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
        run = [sys.executable, "-c", "import sys, mnist1d; print(*sys.modules)"]
        modules = subprocess.check_output(run, text=True).split()
        heavy = {"torch", "matplotlib", "scipy.interpolate", "sklearn", "pyarrow", "requests"}
        assert not heavy & set(modules)

    def test_stars_import_what_they_import_from_the_original(self) -> None:
        names: dict[str, Any] = {}
        for module in ("data", "transform", "utils"):
            exec(f"from mnist1d.{module} import *", names)
        original = (
            "get_dataset_args get_templates make_dataset get_dataset transform from_pickle np os "
            "to_pickle ObjectView set_seed plot_signals random pickle pad shear translate "
            "corr_noise_like iid_noise_like interpolate"
        )
        assert set(original.split()) <= names.keys()

    def test_pyplot_is_there_when_asked_for(self) -> None:
        pyplot = pytest.importorskip("matplotlib.pyplot")
        assert mnist1d.utils.plt is pyplot
        with pytest.raises(AttributeError, match="no attribute 'nothing'"):
            mnist1d.utils.nothing  # noqa: B018

    @pytest.mark.parametrize(
        ("function", "signature"),
        [
            (get_dataset_args, "as_dict=False"),
            (get_templates, ""),
            (make_dataset, "args=None template=None"),
            (get_dataset, "args path=None verbose=True download=True regenerate=False"),
            (set_seed, "seed"),
            (to_pickle, "thing path"),
            (from_pickle, "path"),
            (ObjectView, "d"),
            (mnist1d.transform, "x y args eps=1e-08"),
            (
                plot_signals,
                "xs t labels=None args=None ratio=2.6 do_transform=False dark_mode=False zoom=1",
            ),
        ],
    )
    def test_signatures_begin_as_the_originals(self, function: Any, signature: str) -> None:
        ours = list(inspect.signature(function).parameters.values())
        for parameter, (name, _, default) in zip(
            ours, (text.partition("=") for text in signature.split()), strict=False
        ):
            assert (parameter.name, parameter.kind) == (name, parameter.POSITIONAL_OR_KEYWORD)
            assert not default or repr(parameter.default) == default
        assert len(ours) >= len(signature.split())
