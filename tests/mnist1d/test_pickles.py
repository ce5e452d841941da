"""What is plain is written and read back anywhere; what is not, in this process or knowingly."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import warnings
from argparse import Namespace
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import UTC, date, datetime, time, timedelta, timezone
from fractions import Fraction
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist1d.data import make_dataset
from mnist1d.pickles import load_plain
from mnist1d.recipe import Recipe
from mnist1d.utils import ObjectView, from_pickle, to_pickle

OFFSET = timezone(timedelta(hours=2), "here")
PLAIN: dict[str, Any] = {
    "plain": [1, 2.5, 1j, "a", b"b", b"", None, True, 10**50, (1, {2}), frozenset({3})],
    "bytes": [bytearray(b"xy"), bytearray()],
    "arrays": [np.arange(6.0).reshape(2, 3), np.asfortranarray(np.ones((2, 3), "f4"))],
    "turned arrays": np.zeros((2, 3, 4)).transpose(1, 0, 2),
    "texts": [np.array(["a", "bc"]), np.array([b"abc"]), np.str_("x")],
    "scalars": [np.float64(1.5), np.bool_(True), np.float16(1), np.longdouble(2), np.complex64(1j)],
    "times": [np.array(["2020-01-01"], "M8[ns]"), np.array([1], "m8[25s]")],
    "time": np.datetime64("NaT", "s"),
    "dtypes": [np.dtype("f4"), np.dtype(">i2"), np.float32, np.bool_, np.dtype("M8[ms]")],
    "kinds": {"dtype": np.float32, "kind": float, np.dtype("i8"): 1, (np.int8, 2): {np.int16}},
    "ordered": OrderedDict(b=np.ones(1), a=1),
    "default": [defaultdict(list, a=[np.ones(2)]), defaultdict(int), defaultdict(None, a=1)],
    "counted": [Counter("abca"), deque([np.ones(1), 2], maxlen=5), deque()],
    "dates": [date(2020, 1, 2), datetime(2020, 1, 2, 3, 4, 5, 6), time(3, 4), timedelta(-3, 7)],
    "zones": [datetime(2020, 1, 2, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=OFFSET)],
    "paths": [Path("a/b"), PurePosixPath("/x"), PureWindowsPath("c:/x")],
}
NAMESPACES = [Namespace(a=np.ones(2), b=[1]), SimpleNamespace(b=(np.ones(1), 2))]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "thing.pkl"


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", PLAIN)
def test_plain_things_are_read_from_every_protocol(path: Path, name: str, protocol: int) -> None:
    path.write_bytes(pickle.dumps(PLAIN[name], protocol=protocol))
    assert repr(from_pickle(str(path))) == repr(PLAIN[name])


@pytest.mark.parametrize("name", PLAIN)
def test_plain_things_are_written_without_a_warning(path: Path, name: str) -> None:
    to_pickle(PLAIN[name], path)
    with path.open("rb") as handle:
        assert repr(load_plain(handle)) == repr(PLAIN[name])


@pytest.mark.parametrize("thing", NAMESPACES, ids=repr)
def test_namespaces(path: Path, thing: object) -> None:
    to_pickle(thing, path)
    assert repr(from_pickle(path)) == repr(thing)


def test_views_keep_their_circles(path: Path) -> None:
    view = ObjectView({"seed": 1, "shape": (np.ones(2), [3])})
    view.itself = view
    to_pickle(view, path)
    loaded = from_pickle(path)
    assert type(loaded) is ObjectView
    assert loaded.itself is loaded
    assert (loaded.seed, loaded.shape[0].tolist(), loaded.shape[1]) == (1, [1, 1], [3])


def test_pickles_of_the_original_hold_views_too(path: Path) -> None:
    path.write_bytes(pickle.dumps({"args": ObjectView({"seed": 5})}, protocol=3))
    assert b"mnist1d.utils\nObjectView" in path.read_bytes()  # where the original has it
    assert from_pickle(path)["args"].seed == 5


def test_pickles_of_old_numpy_are_read(path: Path) -> None:
    text = pickle.dumps(np.arange(3), protocol=2)
    path.write_bytes(text.replace(b"numpy._core", b"numpy.core"))
    assert from_pickle(path).tolist() == [0, 1, 2]


def test_empty_and_shared_arrays_and_cycles(path: Path) -> None:
    shared: list[Any] = [np.zeros((0, 40)), np.array(["a", "bc"]), np.array(3, dtype=">i2")]
    shared += [shared[0], shared]
    to_pickle(shared, path)
    empty, words, number, same, itself = loaded = from_pickle(path)
    assert empty.shape == (0, 40)
    assert words.tolist() == ["a", "bc"]
    assert (number.dtype, number.item()) == (np.dtype(">i2"), 3)
    assert same is empty
    assert itself is loaded


@given(
    st.recursive(
        st.none() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
        lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts) | st.tuples(parts, parts),
    )
)
def test_whatever_is_plain_comes_back(tmp_path_factory: Any, thing: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "any.pkl"
    to_pickle(thing, path)
    assert repr(from_pickle(path)) == repr(thing)


class Own:
    """Somebody's own class, as a notebook has them."""

    def __init__(self, value: int) -> None:
        self.value = value


def kind_of(thing: object) -> str:
    return type(thing).__name__


STRANGE = [
    print,
    os.system,
    Own(1),
    Own,
    Fraction(1, 3),
    ...,
    np.array([Fraction(1)], dtype=object),
    np.zeros(1, dtype=[("a", int)]),
    np.dtype([("a", int)]),
    [defaultdict(Own), ObjectView({"a": {"b": Own(2)}})],
    {"recipe": Recipe()},
]


@pytest.mark.parametrize("thing", STRANGE, ids=kind_of)
def test_what_this_process_wrote_it_reads_and_says_when_writing_that_others_will_not(
    path: Path, thing: object
) -> None:
    with pytest.warns(UserWarning, match=r"trust=True\) does") as seen:
        to_pickle(thing, path)
    assert [warning.filename for warning in seen] == [__file__]
    loaded = from_pickle(path)
    assert type(loaded) is type(thing)
    copy = path.rename(path.with_name("elsewhere.pkl"))
    assert type(from_pickle(copy)) is type(thing)


@pytest.mark.parametrize("thing", STRANGE, ids=kind_of)
def test_whatever_was_warned_of_is_refused_elsewhere_and_read_on_trust(
    path: Path, thing: object
) -> None:
    path.write_bytes(pickle.dumps(thing, protocol=3))  # other bytes than to_pickle's
    with pytest.raises(pickle.UnpicklingError, match="if you trust where it comes from"):
        from_pickle(path)
    assert type(from_pickle(path, trust=True)) is type(thing)


def test_another_process_refuses_the_same_bytes(path: Path) -> None:
    with pytest.warns(UserWarning, match="Fraction"):
        to_pickle(Fraction(1, 3), path)
    code = f"from mnist1d import from_pickle; print(from_pickle({str(path)!r}, trust=True))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "1/3\n"
    run = [sys.executable, "-c", code.replace(", trust=True", "")]
    reply = subprocess.run(run, capture_output=True, text=True, check=False)
    assert "the file holds 'fractions.Fraction'" in reply.stderr


def test_a_file_changed_since_is_a_strangers(path: Path) -> None:
    with pytest.warns(UserWarning, match="Own"):
        to_pickle(Own(7), path)
    path.write_bytes(path.read_bytes().replace(b"K\x07", b"K\x08"))
    with pytest.raises(pickle.UnpicklingError, match=r"test_pickles\.Own"):
        from_pickle(path)


def test_a_pickle_is_written_whole_or_not_at_all(path: Path) -> None:
    to_pickle([1], path)
    with pytest.raises((pickle.PicklingError, AttributeError)):
        to_pickle([np.zeros(10**5), lambda: None], path)
    assert from_pickle(path) == [1]
    assert os.listdir(path.parent) == ["thing.pkl"]


def test_writing_changes_no_byte(path: Path) -> None:
    things = [PLAIN, NAMESPACES, make_dataset(Recipe(num_samples=20)), STRANGE[4:]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        to_pickle(things, path)
    assert path.read_bytes() == pickle.dumps(things, protocol=4)


class TestTensors:
    torch = pytest.importorskip("torch")

    def test_tensors_are_read(self, path: Path) -> None:
        torch = self.torch
        things = [
            *(torch.ones(2, 3), torch.arange(10)[3:5], torch.ones(4, 3).t(), torch.tensor(True)),
            *(torch.ones(0), torch.ones(3, dtype=torch.bfloat16), torch.ones(1).expand(5)),
            *(torch.nn.Parameter(torch.ones(2)), torch.ones(3, requires_grad=True)),
            *(torch.nn.Linear(2, 2).state_dict(), torch.float32, torch.Size([1, 2])),
            *(torch.device("cpu"), {"mask": (torch.zeros(2), np.ones(1))}),
        ]
        to_pickle(things, path)  # without a warning
        assert repr(from_pickle(path)) == repr(things)
        path.write_bytes(pickle.dumps(things, protocol=2))
        assert repr(from_pickle(path)) == repr(things)

    def test_a_network_is_read_where_it_was_written_and_on_trust(self, path: Path) -> None:
        with pytest.warns(UserWarning, match=r"holds 'torch\.nn\.modules\.linear\.Linear'"):
            to_pickle([{"checkpoint": self.torch.nn.Linear(2, 2)}, ObjectView({"seed": 42})], path)
        assert from_pickle(path)[1].seed == 42
        assert from_pickle(path, trust=True)[0]["checkpoint"].weight.shape == (2, 2)

    def test_torch_is_imported_for_tensors_only_and_named_where_it_is_absent(
        self, path: Path
    ) -> None:
        to_pickle(self.torch.ones(2), path.with_name("tensor.pkl"))
        to_pickle(PLAIN, path)
        code = (
            "import sys; from mnist1d import from_pickle\n"
            f"from_pickle({str(path)!r}); assert 'torch' not in sys.modules\n"
            f"sys.modules['torch'] = None; from_pickle({str(path.with_name('tensor.pkl'))!r})"
        )
        run = [sys.executable, "-c", code]
        reply = subprocess.run(run, capture_output=True, text=True, check=False)
        last = reply.stderr.strip().splitlines()[-1]
        assert last.startswith("_pickle.UnpicklingError: ")
        assert last.endswith("needs torch: pip install 'mnist1d-labs[labs]'")


class TestPython2:
    """Its byte strings are what an array's content is in, and what text often is in."""

    ARRAY = (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        b"(K\x01K\x03\x85cnumpy\ndtype\nU\x02f8K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xff"
        b"J\xff\xff\xff\xffK\x00tb\x89U\x18" + np.array([1.5, -2.0, 1e300]).tobytes() + b"tb."
    )

    def test_arrays_are_read(self, path: Path) -> None:
        path.write_bytes(self.ARRAY)
        for encoding in ("latin1", "bytes"):
            assert from_pickle(path, encoding=encoding).tolist() == [1.5, -2.0, 1e300]

    def test_texts_are_read_as_asked_for(self, path: Path) -> None:
        path.write_bytes(b"\x80\x02U\x02\xc3\xa9.")
        assert from_pickle(path) == "\u00c3\u00a9"
        assert from_pickle(path, encoding="utf-8") == "\u00e9"
        assert from_pickle(path, encoding="bytes") == b"\xc3\xa9"
        assert from_pickle(path, encoding="utf-8", trust=True) == "\u00e9"

    @pytest.mark.parametrize("encoding", ["latin", "klingon", 3, None])
    def test_an_encoding_that_there_is_not(self, path: Path, encoding: Any) -> None:
        path.write_bytes(self.ARRAY)
        if encoding == "latin":  # another name of the same
            assert from_pickle(path, encoding=encoding).shape == (3,)
            return
        with pytest.raises(ValueError, match=f"encoding must be 'bytes' or .*, got {encoding!r}"):
            from_pickle(path, encoding=encoding)

    def test_long_and_unicode(self, path: Path) -> None:
        path.write_bytes(b"\x80\x02c__builtin__\nlong\nc__builtin__\nunicode\n\x86.")
        assert from_pickle(path) == (int, str)
