"""What is written comes back to the last bit; whatever else is in a file is refused by name."""

import contextlib
import csv
import io
import json
import zipfile
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist1d.files import load
from mnist1d.generate import generate
from mnist1d.layout import BEFORE, digest_of
from mnist1d.paths import replacing
from mnist1d.recipe import Recipe
from mnist1d.writing import save

RECIPE = Recipe(n_train=12, n_val=3, n_test=5, final_seq_length=7, seed=3)
ARRAYS = ("x", "y", "x_val", "y_val", "x_test", "y_test", "t")
ENDINGS = (".npz", ".csv", *([".parquet"] if find_spec("pyarrow") else []))
TEMPLATES = {"x": [[0, 1, 0.1], [0, -1, 1 / 3]], "t": [0, 1, 2], "y": [4, -9]}


def same(one, other):
    pairs = [(getattr(one, name), getattr(other, name)) for name in ARRAYS]
    pairs += [(one.templates[name], other.templates[name]) for name in "xty"]
    return (one.recipe, one.stream) == (other.recipe, other.stream) and all(
        a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes() for a, b in pairs
    )


@pytest.fixture(params=ENDINGS)
def path(request, tmp_path):
    return tmp_path / f"data{request.param}"


@pytest.mark.parametrize("stream", ["exact", "fast"])
@pytest.mark.parametrize("templates", [None, TEMPLATES])
def test_round_trip(path, stream, templates):
    data = generate(RECIPE, stream=stream, templates=templates)
    assert save(data, path) == path
    assert same(load(path, RECIPE, stream), data)


def test_round_trip_of_upstream_sizes_that_drop_a_remainder(path):
    data = generate(Recipe(num_samples=29))
    data.save(path)
    assert same(load(str(path)), data)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(allow_nan=False, width=32), min_size=7, max_size=7), st.sampled_from(ENDINGS)
)
def test_every_float_comes_back(tmp_path_factory, row, ending):
    data = generate(RECIPE, stream="fast")
    data.x[0] = row
    path = tmp_path_factory.mktemp("floats") / f"data{ending}"
    assert same(load(save(data, path)), data)


def test_plain_readers_understand_both(tmp_path):
    data = generate(RECIPE)
    with np.load(save(data, tmp_path / "data.npz"), allow_pickle=False) as arrays:
        assert (arrays["x_test"] == data.x_test).all()
    lines = save(data, tmp_path / "data.csv").read_text().splitlines()
    assert json.loads(lines[0].removeprefix("#"))["recipe"]["seed"] == 3
    rows = list(csv.DictReader(lines[1:]))
    assert [row["split"] for row in rows] == ["train"] * 12 + ["val"] * 3 + ["test"] * 5
    assert float(rows[-1]["x6"]) == data.x_test[-1, -1]
    assert int(rows[0]["label"]) == data.y[0]


def parquet(path):
    """pyarrow's module of tables and the table in a file of ours."""
    pq = pytest.importorskip("pyarrow.parquet")
    return pq, pq.read_table(path)


def test_a_parquet_file_is_a_table_with_the_recipe_in_its_metadata(tmp_path):
    pytest.importorskip("pyarrow")
    data = generate(RECIPE, stream="fast")
    _, table = parquet(save(data, tmp_path / "data.parquet"))
    header = json.loads(table.schema.metadata[b"mnist1d"])
    assert Recipe.from_mapping(header["recipe"]) == RECIPE
    assert [str(kind) for kind in table.schema.types] == [
        "string",
        "int64",
        "fixed_size_list<element: float>[7]",
    ]
    rows = table.to_pylist()
    assert [row["split"] for row in rows] == ["train"] * 12 + ["val"] * 3 + ["test"] * 5
    assert [row["label"] for row in rows][-5:] == data.y_test.tolist()
    assert rows[0]["x"] == data.x[0].tolist()


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_tables_of_others_read_it(library, tmp_path):
    pytest.importorskip("pyarrow")
    reader = pytest.importorskip(library)
    data = generate(RECIPE)
    frame = reader.read_parquet(save(data, tmp_path / "data.parquet"))
    test = frame[frame["split"] == "test"] if library == "pandas" else frame[-5:]
    assert np.array_equal(np.stack(test["x"].to_list()), data.x_test)
    assert test["label"].to_list() == data.y_test.tolist()


def with_column(table, at, values):
    return table.set_column(at, table.column_names[at], [values])


PARQUET_CHANGES = {
    "its metadata must hold mnist1d, got": lambda t: t.replace_schema_metadata({"a": "b"}),
    "its columns must be split, label, x, got": lambda t: t.select([2, 1, 0]),
    "its columns must be split, label, x": lambda t: t.drop_columns(["label"]),
    "its columns must be string, int64": lambda t: with_column(t, 1, ["1"] * len(t)),
    "a value is missing": lambda t: with_column(t, 1, [None, *range(len(t) - 1)]),
    "digest does not match": lambda t: with_column(t, 1, [*range(len(t))]),
    "its splits must be train, val, test": lambda t: with_column(t, 0, ["dev"] * len(t)),
    r"x must be float64 of shape \(12, 7\)": lambda t: t[1:],
    r"x must be float64 of shape \(12, 7\) by": lambda t: t[:0],
}


@pytest.mark.parametrize("message", PARQUET_CHANGES)
def test_edited_parquet_files_are_refused(tmp_path, message):
    path = tmp_path / "data.parquet"
    pytest.importorskip("pyarrow")
    pq, table = parquet(save(generate(RECIPE), path))
    pq.write_table(PARQUET_CHANGES[message](table), path)
    with pytest.raises(ValueError, match=message) as error:
        load(path)
    assert str(path) in str(error.value)


def test_a_missing_number_in_a_signal_is_refused(tmp_path):
    path = tmp_path / "data.parquet"
    pa = pytest.importorskip("pyarrow")
    pq, table = parquet(save(generate(RECIPE), path))
    rows = table["x"].to_pylist()
    rows[3][2] = None
    signals = pa.array(rows, pa.list_(pa.float64(), 7))
    pq.write_table(table.set_column(2, table.schema.field(2), signals), path)
    with pytest.raises(ValueError, match="a value is missing"):
        load(path)


def as_before(arrays):
    """The dict of arrays as the first version of the format had it."""
    header = json.loads(str(arrays.pop("header"))) | {"format": BEFORE}
    header["digest"] = digest_of(header, arrays)
    arrays["header"] = np.array(json.dumps(header))


def test_files_of_the_first_version_are_read_where_their_recipe_still_gives_them(tmp_path):
    path = tmp_path / "data.npz"
    published = generate(Recipe(num_samples=50))
    rewritten(save(published, path), as_before)
    assert same(load(path), published)
    rewritten(save(generate(RECIPE), path), as_before)
    with pytest.raises(ValueError, match="not stratified when it was written: generate it again"):
        load(path)


def test_a_tilde_is_the_home_folder(path, tmp_path, monkeypatch):
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    data = generate(RECIPE)
    assert save(data, f"~/{path.name}") == path
    assert same(load(f"~/{path.name}"), data)


def test_names_as_long_as_the_file_system_takes_them(tmp_path):
    path = tmp_path / f"{'n' * 251}.npz"
    data = generate(RECIPE)
    assert same(load(save(data, path)), data)


def test_another_recipe_or_stream_than_asked_for(path):
    save(generate(RECIPE), path)
    with pytest.raises(ValueError, match=r"data\.\w+ holds another recipe: seed is 3, not 4"):
        load(path, replace(RECIPE, seed=4))
    with pytest.raises(ValueError, match="holds the exact stream, not 'fast'"):
        load(path, RECIPE, "fast")


def rewritten(path, change):
    """The npz at `path` with its dict of arrays changed."""
    with np.load(path) as archive:
        arrays = dict(archive)
    change(arrays)
    np.savez(path, **arrays)


def with_header(arrays, **changes):
    header = json.loads(str(arrays["header"])) | changes
    arrays["header"] = np.array(json.dumps(header))


CHANGES = {
    "array x_val is missing": lambda arrays: arrays.pop("x_val"),
    "array header is missing": lambda arrays: arrays.pop("header"),
    "array templates_x is missing": lambda arrays: arrays.pop("templates_x"),
    r"x must be float64 of shape \(12, 7\)": lambda arrays: arrays.update(x=arrays["x"][:-1]),
    "y_test must be int64": lambda arrays: arrays.update(y_test=arrays["y_test"].astype(np.int32)),
    "digest does not match: numbers": lambda arrays: arrays["x"].__setitem__((0, 0), 9),
    "digest does not match": lambda arrays: arrays.update(extra=np.zeros(1)),
    "its format must be": lambda arrays: with_header(arrays, format="other"),
    "its stream must be one of": lambda arrays: with_header(arrays, stream="slow"),
    "unknown knob 'seeed'; did you mean seed": lambda a: with_header(a, recipe={"seeed": 1}),
    "header is not a JSON object": lambda arrays: arrays.update(header=np.array("[1]")),
    "recipe must be a mapping|mapping must be": lambda a: with_header(a, recipe=3),
}


@pytest.mark.parametrize("message", CHANGES)
def test_edited_archives_are_refused(tmp_path, message):
    path = save(generate(RECIPE), tmp_path / "data.npz")
    rewritten(path, CHANGES[message])
    with pytest.raises(ValueError, match=message) as error:
        load(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("val,", "valid,", "line 15 is not a sample"),
        ("train,", "train,1,", "line 3 is not a sample"),
        ("x6", "y6", "columns must be split, label, x0 to x6"),
        ('"seed": 3', '"seed": 4', "digest does not match"),
        ("# {", "# 0\n{", "header is not a JSON object"),
        ("# {", "# [", "is not a sound MNIST-1D file"),
    ],
)
def test_edited_tables_are_refused(tmp_path, old, new, message):
    path = save(generate(RECIPE), tmp_path / "data.csv")
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(ValueError, match=message) as error:
        load(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=60, deadline=None)
@given(blob=st.one_of(st.binary(max_size=300), st.binary(max_size=99).map(lambda b: b"PK\3\4" + b)))
def test_random_bytes_are_refused(tmp_path_factory, ending, blob):
    path = tmp_path_factory.mktemp("random") / f"data{ending}"
    path.write_bytes(blob)
    with pytest.raises(ValueError, match="is not a sound MNIST-1D file"):
        load(path)


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=60, deadline=None)
@given(where=st.floats(0, 1, exclude_max=True), flip=st.integers(0, 255))
def test_damage_is_noticed_or_harmless(tmp_path_factory, ending, where, flip):
    """A file cut short (flip 0) or with one changed byte never gives other numbers."""
    data = generate(RECIPE)
    path = save(data, tmp_path_factory.mktemp("damage") / f"data{ending}")
    content = bytearray(path.read_bytes())
    at = int(where * len(content))
    if flip:
        content[at] ^= flip
    else:
        del content[at:]
    path.write_bytes(content)
    with contextlib.suppress(ValueError):
        assert same(load(path), data)


def test_pickles_are_never_opened(tmp_path):
    path, buffer = tmp_path / "data.npz", io.BytesIO()
    np.save(buffer, np.array([print], dtype=object), allow_pickle=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.npy", buffer.getvalue())
    with pytest.raises(ValueError, match="allow_pickle=False"):
        load(path)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "data.npz"
    path.write_text("old")

    def fail():
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError("disk")

    with pytest.raises(RuntimeError, match="disk"):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_bad_arguments_touch_nothing(tmp_path):
    data = generate(RECIPE)
    with pytest.raises(TypeError, match="data must be a Data"):
        save({"x": 1}, tmp_path / "data.npz")
    with pytest.raises(ValueError, match=r"must end in \.npz, \.csv or \.parquet, got .*data\.pkl"):
        save(data, tmp_path / "data.pkl")
    with pytest.raises(FileNotFoundError, match="does not exist; create it first"):
        save(data, tmp_path / "none" / "data.npz")
    with pytest.raises(ValueError, match=r"must end in"):
        load(tmp_path / "data.txt")
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "data.npz")
    assert not list(tmp_path.iterdir())
