"""What was read with stand-ins, made whole: whatever stands for a thing is replaced by it."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable
from typing import Any

from mnist1d.stand_ins import StandIn, View, refuse

ATOMS = frozenset((type(None), bool, int, float, complex, str, bytes, bytearray))


def finished(thing: Any) -> Any:
    """`thing` without stand-ins; what can be changed is changed in place, so that cycles stay."""
    finisher = _Finisher()
    whole = finisher.value(thing)
    while finisher.waiting:
        finisher.fill(finisher.waiting.pop())
    return whole


class _Finisher:
    """Containers wait in a list and not on the stack: a file may nest them as deep as it likes."""

    def __init__(self) -> None:
        self.waiting: list[Any] = []
        # By identity; the original is kept, or another could get its identity.
        self.seen: dict[int, tuple[Any, Any]] = {}

    def value(self, thing: Any) -> Any:
        if type(thing) in ATOMS:
            return thing
        if id(thing) not in self.seen:
            self.seen[id(thing)] = thing, self._new(thing)
        return self.seen[id(thing)][1]

    def _new(self, thing: Any) -> Any:
        if isinstance(thing, StandIn):
            return thing.thing if thing.thing is not None else refuse("a function")
        if isinstance(thing, View):
            self.waiting.append(vars(thing.thing))
            return thing.thing
        if isinstance(thing, type) and issubclass(thing, View):
            return thing.kind
        if type(thing) in (tuple, frozenset):
            return type(thing)(self.values(thing))
        if isinstance(thing, (dict, list, set, deque)):
            self.waiting.append(thing)
            if isinstance(thing, OrderedDict):  # the state dicts of torch have attributes
                self.waiting.append(vars(thing))
            if isinstance(thing, defaultdict) and isinstance(thing.default_factory, StandIn):
                refuse("a new factory of a default dictionary")
        return thing

    def values(self, things: Iterable[Any]) -> list[Any]:
        return [thing if type(thing) in ATOMS else self.value(thing) for thing in things]

    def fill(self, container: Any) -> None:
        if isinstance(container, dict):
            keys, values = self.values(container), self.values(container.values())
            container.clear()
            for key, value in zip(keys, values, strict=True):
                container[key] = value
            return
        things = self.values(container)
        container.clear()
        add = container.update if isinstance(container, set) else container.extend
        add(things)
