"""Settings typed on the command line or read back from JSON, as fields of a dataclass."""

import types
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from labs.kit.names import known

Config = TypeVar("Config")

BOOLS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def change(config: Config, changes: Sequence[str]) -> Config:
    """Return settings with some fields changed, each given as ``name=value``.

    The text is read as the field's type says: int, float, str, bool, a tuple of these (values
    separated by commas), a Literal, or one of these or ``none``.

    Raises:
        ValueError: no ``=``, an unknown name (the message offers the nearest), a text that is not
            of the field's type, or a value that the settings refuse.

    >>> from dataclasses import dataclass
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
            raise ValueError(f"a setting is given as name=value, not {text!r}")
        known("setting", name, names)
        try:
            values[name] = parse(hints[name], value)
        except ValueError as error:
            raise ValueError(f"setting {name}: {error}") from None
    return replace(config, **values)  # type: ignore[type-var]


def parse(hint: Any, text: str) -> Any:
    """Return the value of a type hint that a text denotes.

    Raises:
        ValueError: the text is not of that type.
        TypeError: the hint is none of those that `change` knows.

    >>> parse(tuple[int, str], "3,relu")
    (3, 'relu')
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _parse_union(arguments, text)
    if origin is tuple:
        return _parse_tuple(arguments, text)
    if origin is Literal:
        choices = {str(choice): choice for choice in arguments}
        return choices[known("value", text, choices)]
    if hint is bool:
        return BOOLS[known("truth value", text.lower(), BOOLS)]
    if hint in (int, float):
        try:
            return hint(text)
        except ValueError:
            kind = "a whole number" if hint is int else "a number"
            raise ValueError(f"must be {kind}, not {text!r}") from None
    if hint is str:
        return text
    raise TypeError(f"a setting of type {hint} cannot be typed on the command line")


def _parse_union(hints: tuple[Any, ...], text: str) -> Any:
    if type(None) in hints and text.lower() == "none":
        return None
    errors = []
    for hint in hints:
        if hint is not type(None):
            try:
                return parse(hint, text)
            except ValueError as error:
                errors.append(str(error))
    raise ValueError("; ".join(errors))


def _parse_tuple(hints: tuple[Any, ...], text: str) -> tuple[Any, ...]:
    parts = text.split(",") if text else []
    if len(hints) == 2 and hints[1] is Ellipsis:
        return tuple(parse(hints[0], part) for part in parts)
    if len(parts) != len(hints):
        raise ValueError(f"must be {len(hints)} values separated by commas, not {text!r}")
    return tuple(parse(hint, part) for hint, part in zip(hints, parts, strict=True))


def restore(kind: type[Config], plain: Mapping[str, Any]) -> Config:
    """Return settings from the plain values that a JSON file holds (lists become tuples).

    Raises:
        ValueError: the names are not those of the settings: the file is of another version.
    """
    names = {field.name for field in fields(kind) if field.init}  # type: ignore[arg-type]
    if names != plain.keys():
        raise ValueError(
            f"the stored settings are of another version of the lab: "
            f"{', '.join(sorted(names ^ plain.keys()))} on one side only"
        )
    return kind(**{name: _tuples(value) for name, value in plain.items()})


def differences(config: Any, preset: Any) -> dict[str, Any]:
    """Return the fields in which settings differ from a preset, with their values."""
    before = asdict(preset)
    return {name: value for name, value in asdict(config).items() if value != before[name]}


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value
