"""Settings: fields of a frozen dataclass that say what they mean and which values are legal.

They are typed on the command line (``name=value``) or read back from JSON.
"""

import math
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from labs.kit.checks import known

Config = TypeVar("Config")

BOOLS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True)
class Law:
    """Which values a setting may have; of a tuple, each of its values.

    Numbers lie above or below (exclusive) or from `least` to `most` (inclusive). `among` are the
    legal names. A tuple never repeats a value unless `repeats`, and is empty only if `empty`.
    """

    above: float | None = None
    below: float | None = None
    least: float | None = None
    most: float | None = None
    among: tuple[str, ...] = ()
    repeats: bool = False
    empty: bool = False

    def __str__(self) -> str:
        """The law in words, without its name."""
        words = {
            "above": self.above,
            "below": self.below,
            "at least": self.least,
            "at most": self.most,
        }
        parts = [f"{word} {bound:g}" for word, bound in words.items() if bound is not None]
        return " and ".join(parts) or ", ".join(self.among)

    def check(self, name: str, value: Any) -> None:
        """Refuse an illegal value.

        Raises:
            ValueError: naming the setting, the law and the value.
        """
        for item in value if isinstance(value, tuple) else (value,):
            if self.among and item is not None:
                known(name, item, self.among)
            if isinstance(item, int | float) and not self._bounds(item):
                raise ValueError(f"{name} must be {str(self) or 'finite'}, got {value!r}")
        if isinstance(value, tuple) and not value and not self.empty:
            raise ValueError(f"{name} must hold at least one value, got ()")
        if isinstance(value, tuple) and not self.repeats and len(set(value)) < len(value):
            raise ValueError(f"{name} must not repeat a value, got {value!r}")

    def _bounds(self, number: float) -> bool:
        return (
            abs(number) < math.inf
            and (self.above is None or number > self.above)
            and (self.below is None or number < self.below)
            and (self.least is None or number >= self.least)
            and (self.most is None or number <= self.most)
        )


def setting(
    default: Any,
    meaning: str,
    *,
    among: Iterable[str] = (),
    place: bool = False,
    **law: float | bool | None,
) -> Any:
    """Return a dataclass field: a setting with its default, its meaning and its law.

    Args:
        default: the value where a preset does not say otherwise.
        meaning: what it is, in a few words, with its unit: ``"steps between two evaluations"``.
        among: the legal names.
        place: it says where the reader keeps files, which is no part of a result: references leave
            it out, and a run with it is one of its preset.
        **law: `above`, `below`, `least`, `most`, `repeats`, `empty`, as in `Law`.

    A `Config` calls `check(self)` first in its `__post_init__`; laws that tie two settings
    together follow there.

    >>> @dataclass(frozen=True)
    ... class Config:
    ...     rate: float = setting(0.01, "learning rate of Adam", above=0)
    ...     def __post_init__(self):
    ...         check(self)
    >>> Config(rate=-1)
    Traceback (most recent call last):
        ...
    ValueError: rate must be above 0, got -1
    """
    rule = Law(among=tuple(among), **law)  # type: ignore[arg-type]
    return field(default=default, metadata={"meaning": meaning, "law": rule, "place": place})


def check(config: Any) -> None:
    """Check the type and the law of every setting.

    Raises:
        TypeError: a value that is not of the field's type.
        ValueError: a value against its law.
    """
    hints = get_type_hints(type(config))
    for item in fields(config):
        value = getattr(config, item.name)
        if not _is(hints[item.name], value):
            raise TypeError(f"{item.name} must be {_words(hints[item.name])}, got {value!r}")
        if "law" in item.metadata:
            item.metadata["law"].check(item.name, value)


def _is(hint: Any, value: Any) -> bool:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return any(_is(argument, value) for argument in arguments)
    if origin is Literal:
        return value in arguments
    if origin is tuple:
        if not isinstance(value, tuple):
            return False
        if arguments[-1] is Ellipsis:
            return all(_is(arguments[0], item) for item in value)
        return len(value) == len(arguments) and all(map(_is, arguments, value))
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is (type(None) if hint is None else hint)


def _words(hint: Any) -> str:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(_words(argument) for argument in arguments)
    if origin is tuple:
        kinds = [_words(kind) for kind in arguments if kind is not Ellipsis]
        return f"a tuple, each {kinds[0]}" if Ellipsis in arguments else f"({', '.join(kinds)})"
    if origin is Literal:
        return f"one of {', '.join(map(str, arguments))}"
    names = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
    return "none" if hint is type(None) else names.get(hint, str(hint))


def describe(config: Any) -> list[tuple[str, str, str]]:
    """Return (name, meaning, range) of every setting, in the order of the fields."""
    hints = get_type_hints(type(config))
    rows = []
    for item in fields(config):
        law = str(item.metadata.get("law", ""))
        text = f"{_words(hints[item.name])}{': ' if law else ''}{law}"
        rows.append((item.name, item.metadata.get("meaning", ""), text))
    return rows


def change(config: Config, changes: Sequence[str]) -> Config:
    """Return settings with some fields changed, each given as ``name=value``.

    The text is read as the field's type says: int, float, str, bool, a tuple of these (values
    separated by commas), a Literal, or one of these or ``none``.

    Raises:
        ValueError: no ``=``, an unknown name (the message offers the nearest), a name that is given
            twice, a text that is not of the field's type, or a value that the settings refuse.

    >>> @dataclass(frozen=True)
    ... class Config:
    ...     steps: int = 100
    ...     widths: tuple[int, ...] = (8,)
    ...     decay: float | None = None
    >>> change(Config(), ["widths=16,32", "decay=1e-4"])
    Config(steps=100, widths=(16, 32), decay=0.0001)
    """
    hints = get_type_hints(type(config))
    names = [field.name for field in fields(config) if field.init]  # type: ignore[arg-type]
    values = {}
    for text in changes:
        name, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"a setting must be given as name=value, got {text!r}")
        known("setting", name, names)
        if name in values:
            raise ValueError(f"a setting must be given once, got {name!r} twice")
        values[name] = parse(name, hints[name], value)
    return changed(config, values)


def changed(config: Config, values: Mapping[str, Any]) -> Config:
    """Return settings with some fields changed; lists, ranges and numpy's arrays become tuples.

    Raises:
        ValueError: an unknown name (the message offers the nearest), or a value that the settings
            refuse.
        TypeError: a value of another type than the field's.
    """
    names = [field.name for field in fields(config) if field.init]  # type: ignore[arg-type]
    for name in values:
        known("setting", name, names)
    return replace(config, **{n: _tuples(v) for n, v in values.items()})  # type: ignore[type-var]


def parse(name: str, hint: Any, text: str) -> Any:
    """Return the value of a type hint that a text denotes; `name` is for the refusal.

    Raises:
        ValueError: the text is not of that type.
        TypeError: the hint is none of those that `change` knows.

    >>> parse("layers", tuple[int, str], "3,relu")
    (3, 'relu')
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _parse_union(name, arguments, text)
    if origin is tuple:
        return _parse_tuple(name, arguments, text)
    if origin is Literal:
        choices = {str(choice): choice for choice in arguments}
        return choices[known(name, text, choices)]
    if hint is bool:
        return BOOLS[known(name, text.lower(), BOOLS)]
    if hint in (int, float):
        try:
            return hint(text)
        except ValueError:
            raise ValueError(f"{name} must be {_words(hint)}, got {text!r}") from None
    if hint is str:
        return text
    raise TypeError(f"{name} must be of a type that can be typed, got {hint}")


def _parse_union(name: str, hints: tuple[Any, ...], text: str) -> Any:
    if type(None) in hints and text.lower() == "none":
        return None
    errors = []
    for hint in hints:
        if hint is not type(None):
            try:
                return parse(name, hint, text)
            except ValueError as error:
                errors.append(str(error))
    raise ValueError("; ".join(errors))


def _parse_tuple(name: str, hints: tuple[Any, ...], text: str) -> tuple[Any, ...]:
    parts = text.split(",") if text else []
    if len(hints) == 2 and hints[1] is Ellipsis:
        return tuple(parse(name, hints[0], part) for part in parts)
    if len(parts) != len(hints):
        raise ValueError(f"{name} must be {len(hints)} values separated by commas, got {text!r}")
    return tuple(parse(name, hint, part) for hint, part in zip(hints, parts, strict=True))


def restore(kind: type[Config], plain: Mapping[str, Any]) -> Config:
    """Return settings from the plain values that a JSON file holds (lists become tuples).

    Raises:
        ValueError: the names are not those of the settings: the file is of another version.
    """
    names = {field.name for field in fields(kind) if field.init}  # type: ignore[arg-type]
    if names != plain.keys():
        raise ValueError(
            f"the stored settings must be those of this version of the lab, got "
            f"{', '.join(sorted(names ^ plain.keys()))} on one side only"
        )
    return kind(**{name: _tuples(value) for name, value in plain.items()})


def differences(config: Any, preset: Any) -> dict[str, Any]:
    """Return the fields in which settings differ from a preset, with their values."""
    before = asdict(preset)
    return {name: value for name, value in asdict(config).items() if value != before[name]}


def places(config: Any) -> dict[str, Any]:
    """Return the settings that say where files lie, with their values, where they are given."""
    named = (item.name for item in fields(config) if item.metadata.get("place"))
    return {name: value for name in named if (value := getattr(config, name))}


def _tuples(value: Any) -> Any:
    value = value.tolist() if hasattr(value, "tolist") else value  # numpy's
    return tuple(_tuples(v) for v in value) if isinstance(value, list | range) else value
