"""One torch thread in every test, set before anything imports torch: the machine may be shared; no
test finds the labs of another on its path; and tests share a lab's smoke run."""

import functools
import os
import sys

import pytest
from hypothesis import settings

from tests import smoke_runs

os.environ["OMP_NUM_THREADS"] = "1"
settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")


@pytest.fixture(autouse=True)
def own_path(tmp_path_factory):
    """Take from the path what a test has put there, and forget the modules that it has written."""
    written, path, modules = str(tmp_path_factory.getbasetemp()), list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(written):
            del sys.modules[name]


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """A lab's name -> its smoke run, which is made when first asked for."""
    return functools.cache(lambda name: smoke_runs.make(name, tmp_path_factory.mktemp(name)))
