"""python -m mnist1d: what it writes, what it prints, what it refuses and with which exit code."""

import subprocess
import sys
from dataclasses import asdict, fields

import numpy as np
import pytest

from mnist1d.__main__ import main
from mnist1d.files import load
from mnist1d.generate import generate
from mnist1d.recipe import Recipe

# One legal value that is not the default for every knob, as typed.
KNOBS = {
    "num_samples": ("100", 100),
    "train_split": ("0.5", 0.5),
    "template_len": ("10", 10),
    "padding": ("30,50", (30, 50)),
    "scale_coeff": ("0.1", 0.1),
    "max_translation": ("9", 9),
    "corr_noise_scale": ("1e-1", 0.1),
    "iid_noise_scale": ("0", 0.0),
    "shear_scale": ("2", 2.0),
    "shuffle_seq": ("true", True),
    "final_seq_length": ("20", 20),
    "seed": ("7", 7),
    "n_train": ("30", 30),
    "n_val": ("4", 4),
    "n_test": ("5", 5),
}


def run(capsys, *words):
    """Exit code, stdout and stderr of a command line."""
    try:
        code = main([str(word) for word in words])
    except SystemExit as stop:
        code = stop.code
    return (code, *capsys.readouterr())


def test_every_knob_is_listed_here():
    assert list(KNOBS) == [field.name for field in fields(Recipe)]


@pytest.mark.parametrize("name", KNOBS)
@pytest.mark.parametrize("dash", ["-", "_"])
def test_every_knob_reaches_the_recipe(name, dash, tmp_path, capsys):
    text, value = KNOBS[name]
    sizes = {"n_train": 30} if name.startswith("n_") else {"num_samples": 60}
    if name in ("num_samples", "n_train"):
        sizes = {}
    path = tmp_path / "data.npz"
    words = [f"--{key.replace('_', dash)}={size}" for key, size in sizes.items()]
    code, out, _ = run(
        capsys, "generate", "--out", path, f"--{name.replace('_', dash)}", text, *words
    )
    assert code == 0
    assert getattr(load(path).recipe, name) == value
    assert str(load(path).recipe) in out


def test_the_published_data_set(tmp_path, capsys):
    path = tmp_path / "data.npz"
    code, out, err = run(capsys, "generate", "--out", path)
    assert (code, err) == (0, "")
    assert (load(path).x == generate().x).all()
    assert f"wrote {path}: exact stream" in out
    assert "x       float64 (4000, 40)" in out
    assert "y_test  int64 (1000,)" in out


def test_csv_and_fast_stream(tmp_path, capsys):
    path = tmp_path / "data.csv"
    path.write_text("an old file is replaced")
    run(capsys, "generate", "--out", path, "--stream", "fast", "--n-train", "40")
    assert load(path).x.dtype == np.float32
    assert load(path, Recipe(n_train=40)).stream == "fast"


def test_a_held_out_part_of_the_published_data(tmp_path, capsys):
    path = tmp_path / "data.npz"
    code, out, _ = run(capsys, "generate", "--out", path, "--n-val", "500")
    assert code == 0
    assert "x_val   float64 (500, 40)" in out
    assert load(path).recipe.sizes == (3500, 500, 1000)


def test_a_tilde_is_the_home_folder(tmp_path, capsys, monkeypatch):
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    code, out, _ = run(capsys, "generate", "--out", "~/data.csv", "--n-train", "20")
    assert code == 0
    assert f"wrote {tmp_path / 'data.csv'}: exact stream" in out
    assert load(tmp_path / "data.csv").recipe.n_train == 20


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--num-sample", "9"), "unknown option --num-sample; did you mean --num-samples?"),
        (("--final-seq-len=9",), "unknown option --final-seq-len=9; did you mean --final-seq-leng"),
        (("--noise-scale", "9"), "unknown option --noise-scale; did you mean corr_noise_scale"),
        (("--num_test_samples", "9"), "did you mean n_test?"),
        (("--qqq",), "unknown option --qqq; see --help"),
        (("--scale-coeff", "4"), "scale_coeff must lie in [0, 2)"),
        (("--padding", "60,36"), "padding must have low <= high, got (60, 36)"),
        (("--padding", "60"), "padding must be a pair (low, high), got (60,)"),
        (("--shuffle-seq", "yes"), "must be true or false, got 'yes'"),
        (("--seed", "1.5"), "argument --seed: invalid int value: '1.5'"),
        (("--n-test", "9"), "n_test needs n_train"),
        (("--n-val", "4001"), "n_val must be at most 4000, the samples that train, got 4001"),
        (("--n-train", "1000000000000"), "n_train must fit in the"),
        (("--num-samples", "9"), "num_samples must be at least"),
        (("--stream", "slow"), "invalid choice: 'slow'"),
        (("--out", "{folder}/data.pkl"), "must end in .npz, .csv or .parquet, got"),
        (("--out", "{folder}/none/data.npz"), "does not exist; create it first"),
    ],
)
def test_generate_refuses_with_exit_code_2(words, message, tmp_path, capsys):
    words = [word.format(folder=tmp_path) for word in words]
    code, out, err = run(capsys, "generate", "--out", tmp_path / "data.npz", *words)
    assert (code, out) == (2, "")
    assert message in " ".join(err.split())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "written"),
    [
        (("p.png",), {"p.png"}),
        (("p.png", "--page", "pipeline", "--digit", "8", "--animate"), {"p.png", "p.gif"}),
        (("p.gif", "--page", "samples", "--seed", "3"), {"p.gif"}),
    ],
)
def test_show_writes_pictures(words, written, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("mnist1d.animations.FRESH", 2)
    monkeypatch.setattr("mnist1d.animations.MORPH", (1.0,))
    code, out, err = run(capsys, "show", "--out", tmp_path / words[0], *words[1:])
    assert (code, err) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == written
    assert all(f"wrote {tmp_path / name}" in out for name in written)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("p.png", "--page", "sample"), "got 'sample'; did you mean samples?"),
        (("p.png", "--page", "templates", "--animate"), "page must be one of pipeline, samples"),
        (("p.png", "--digit", "11"), "digit must be an integer from 0 to 9, got 11"),
        (("p.png", "--pages", "x"), "unknown option --pages; did you mean --page?"),
        (("p.pdf",), "must end in .png or .gif, got"),
        (("none/p.png",), "does not exist; create it first"),
    ],
)
def test_show_refuses_with_exit_code_2(words, message, tmp_path, capsys):
    code, out, err = run(capsys, "show", "--out", tmp_path / words[0], *words[1:])
    assert (code, out) == (2, "")
    assert message in " ".join(err.split())
    assert not list(tmp_path.iterdir())


def test_a_failed_write_exits_1(tmp_path, capsys, monkeypatch):
    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("os.replace", full)
    code, _, err = run(capsys, "generate", "--out", tmp_path / "data.npz", "--n-train", "20")
    assert (code, err) == (1, "python -m mnist1d generate: no space left on device\n")
    assert not list(tmp_path.iterdir())


def test_help_explains_every_knob_from_the_recipe(capsys):
    code, out, _ = run(capsys, "generate", "--help")
    text = " ".join(out.split())
    assert code == 0
    assert all(f"--{name.replace('_', '-')}" in text for name in asdict(Recipe()))
    assert "Fraction of the samples that train, in [0, 1]" in text
    assert "(default: 36,60)" in text


def test_generate_needs_neither_torch_nor_matplotlib(tmp_path):
    code = (
        "import sys; from mnist1d.__main__ import main; "
        f"main(['generate', '--out', {str(tmp_path / 'd.csv')!r}, '--n-train', '20']); "
        "sys.exit(bool({'torch', 'matplotlib', 'sklearn'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE).returncode == 0
