"""Calls as bytes, to be made in another process: what it cannot import travels by value."""

import copyreg
import functools
import importlib.util
import pickle
import sys
import sysconfig
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial
from types import ModuleType
from typing import Any

from labs.kit.lab import Deferred

OURS = ("labs", "mnist1d")  # installed wherever labs are trained
STDLIB = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))
Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


def pack(call: Call) -> bytes:
    """Return a call for a process on this machine: what the main module defines goes by value."""
    try:
        from joblib import wrap_non_picklable_objects
    except ImportError:  # comes with scikit-learn, without which no lab trains
        return pickle.dumps(call)
    with _caches_travel(["__main__"]):
        return pickle.dumps(wrap_non_picklable_objects(call, keep_wrapper=False))


def pack_for_elsewhere(call: Call) -> bytes:
    """Return a call for another machine: what the user's own modules define goes by value, a lab
    from a file with what it imports from beside it; installed packages must be there."""
    import cloudpickle

    fn, args, kwargs = call
    known = cloudpickle.list_registry_pickle_by_value()
    own = [m for name, m in list(sys.modules.items()) if name not in known and _travels(name, m)]
    for module in own:
        cloudpickle.register_pickle_by_value(module)
    try:
        with _caches_travel(["__main__", *(module.__name__ for module in own)]):
            parcel: bytes = cloudpickle.dumps((_resolved(fn), args, kwargs))
        return parcel
    finally:
        for module in own:
            cloudpickle.unregister_pickle_by_value(module)


@contextmanager
def _caches_travel(modules: Collection[str]) -> Iterator[None]:
    """Let functions behind `functools.lru_cache` that these modules define go by value, with empty
    caches: pickles know such a function by the name of what it wraps alone."""
    kind = functools._lru_cache_wrapper

    def reduced(cached: Any) -> str | tuple[Any, ...]:
        module, name = cached.__module__, cached.__qualname__
        if module not in modules and getattr(sys.modules.get(module), name, None) is cached:
            return str(name)
        return _cached, (cached.cache_parameters(), cached.__wrapped__)

    before = copyreg.dispatch_table.get(kind)
    copyreg.pickle(kind, reduced)
    try:
        yield
    finally:
        del copyreg.dispatch_table[kind]
        if before is not None:
            copyreg.dispatch_table[kind] = before


def _cached(parameters: dict[str, Any], function: Callable[..., Any]) -> Callable[..., Any]:
    cached: Callable[..., Any] = functools.lru_cache(**parameters)(function)
    return cached


def unpack(parcel: bytes) -> Any:
    """Make a call that was packed; runs in a worker."""
    fn, args, kwargs = pickle.loads(parcel)
    return fn(*args, **kwargs)


def _resolved(item: Any) -> Any:
    # A function named by its path in a module that will not be there becomes that function.
    if isinstance(item, partial):
        return partial(_resolved(item.func), *map(_resolved, item.args), **item.keywords)
    if isinstance(item, Deferred):
        name = item.path.partition(":")[0]
        spec = importlib.util.find_spec(name)
        if spec is not None and _own(name, spec.origin):
            return item.resolve()
    return item


def _travels(name: str, module: Any) -> bool:
    true = isinstance(module, ModuleType) and module.__name__ == name  # there are pretenders
    return true and _own(name, getattr(module, "__file__", None))


def _own(name: str, file: str | None) -> bool:
    # A module of the user: neither installed nor a part of Python or of this project.
    if file is None or name.partition(".")[0] in OURS:
        return False
    return not (file.startswith(STDLIB) or "site-packages" in file or "dist-packages" in file)
