"""What processes of a run share: made once where it can be, and never waited for."""

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from labs.kit import files, shared
from labs.kit.machine import one_thread
from labs.kit.workers import Workers

NAMES = ("a", "b", "c", "d")


def made(log: Path | None, name: str) -> shared.Arrays:
    if log is not None:
        (log / f"{name}-{os.getpid()}-{os.urandom(4).hex()}").touch()
    return {"number": np.array(float(ord(name))), "none": np.empty((0, 2), np.uint8)}


def makers(log=None, names=NAMES):
    return {name: partial(made, log, name) for name in names}


def asked(log, names):
    return shared.arrays(makers(log, names))


def counts(log):
    return {name: len(list(log.glob(f"{name}-*"))) for name in NAMES}


def same(found, expected):
    assert list(found) == list(expected)
    for name, content in expected.items():
        assert {k: (v.dtype, v.tolist()) for k, v in found[name].items()} == {
            k: (v.dtype, v.tolist()) for k, v in content.items()
        }


def test_without_a_folder_all_is_made_here(tmp_path):
    for times in (1, 2):
        same(shared.arrays(makers(tmp_path)), {name: made(None, name) for name in NAMES})
        assert counts(tmp_path) == dict.fromkeys(NAMES, times)


def test_processes_of_a_run_make_it_once(tmp_path):
    with one_thread(), shared.folder(), Workers(2) as pool:
        for _ in range(3):
            for names in (NAMES, NAMES[::-1]):
                same(
                    pool.submit(asked, tmp_path, names).result(), shared.arrays(makers(None, names))
                )
    assert counts(tmp_path) == {"a": 1, "b": 1, "c": 1, "d": 1}


def test_what_another_process_has_begun_comes_last_and_is_not_waited_for():
    order = []

    def making(name):
        order.append(name)
        return made(None, name)

    with shared.folder():
        where = Path(os.environ[shared.FOLDER])
        (where / "a.begun").touch()
        (where / "c.begun").touch()
        found = shared.arrays({name: partial(making, name) for name in NAMES})
    assert order == ["b", "d", "a", "c"]
    assert list(found) == list(NAMES)


def test_what_comes_meanwhile_is_taken():
    def making(name):
        if name == "b":  # as another process, that has begun with a
            shared._store(Path(os.environ[shared.FOLDER]), "a", made(None, "z"))
        assert name != "a"
        return made(None, name)

    with shared.folder():
        (Path(os.environ[shared.FOLDER]) / "a.begun").touch()
        found = shared.arrays({name: partial(making, name) for name in NAMES})
    assert found["a"]["number"] == ord("z")


def test_a_folder_is_gone_with_the_outermost_block(monkeypatch):
    monkeypatch.delenv(shared.FOLDER, raising=False)
    with shared.folder():
        where = Path(os.environ[shared.FOLDER])
        shared.arrays(makers())
        with shared.folder():
            assert os.environ[shared.FOLDER] == str(where)
        assert where.is_dir()
    assert not where.exists()
    assert shared.FOLDER not in os.environ


def test_a_disk_that_is_full_costs_nothing_but_time(monkeypatch):
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write", full)
    with shared.folder():
        same(shared.arrays(makers()), {name: made(None, name) for name in NAMES})


def test_an_error_is_the_makers():
    def broken():
        raise ValueError("steps must be at least 1, got 0")

    with shared.folder(), pytest.raises(ValueError, match="steps must be at least 1"):
        shared.arrays({"a": broken})


@dataclass(frozen=True)
class Asked:
    number: int


LOG = "LABS_TEST_LOG"  # an environment variable: where calls are counted


@shared.once
def doubled(asked, factor=2):
    """Numbers of an asked one."""
    if log := os.environ.get(LOG):
        (Path(log) / f"{asked.number}-{factor}-{os.urandom(4).hex()}").touch()
    return [0.1 * asked.number, {"twice": factor * asked.number}]


def test_a_function_is_asked_once_in_a_run(tmp_path, monkeypatch):
    monkeypatch.setenv(LOG, str(tmp_path))
    with one_thread(), shared.folder(), Workers(2) as pool:
        for _ in range(2):
            for number in (21, 22):
                expected = [0.1 * number, {"twice": 2 * number}]
                assert pool.submit(doubled, Asked(number)).result() == expected
                assert doubled(Asked(number)) == expected
        assert doubled(Asked(21), 3) == doubled(Asked(21), factor=3) == [2.1, {"twice": 63}]
    calls = sorted(path.name.rpartition("-")[0] for path in tmp_path.iterdir())
    assert calls == ["21-2", "21-3", "21-3", "22-2"]  # by place and by name are two questions
    assert doubled.__doc__ == "Numbers of an asked one."


def test_what_a_function_said_once_cannot_be_changed():
    doubled(Asked(23))[1]["twice"] = 0
    assert doubled(Asked(23)) == [0.1 * 23, {"twice": 46}]
