"""Messages between our processes: dataclasses, each one a line of JSON.

A line holds the name of the message's class and its fields: `{"Opened": {"name": "Phones"}}`. Both
ends import the class, so that what one says and the other expects cannot drift apart.
"""

import dataclasses
import json
import types
import typing
from typing import Any, TypeVar

from realtime.troubles.trouble import Trouble

M = TypeVar("M")


@dataclasses.dataclass(frozen=True, slots=True)
class Failed:
    """Why a process cannot do what it was started for; any of them may report it."""

    trouble: Trouble


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """How much of its work a process has done."""

    part: float
    """Share of the work that is done, 0-1."""


def to_line(message: object) -> bytes:
    """Write a message as a line of JSON, its end included.

    Args:
        message: a dataclass of strings, numbers, troubles, None, tuples of these, and dictionaries
            of what JSON can hold.
    """
    return json.dumps({type(message).__name__: _plain(message)}).encode() + b"\n"


def from_line(line: bytes, kinds: tuple[type[M], ...]) -> M:
    """Read a message that `to_line` wrote.

    Args:
        line: with or without its end.
        kinds: the dataclasses that may come.

    Raises:
        ValueError: if it is no such message, or a field is missing or of another type.
    """
    content = json.loads(line)
    for kind in kinds:
        if isinstance(content, dict) and list(content) == [kind.__name__]:
            return typing.cast(M, _read(kind, content[kind.__name__]))
    raise ValueError(f"no message of ours: {line[:80]!r}")


def _plain(value: Any) -> Any:
    if isinstance(value, Trouble):
        return value.to_json()
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return {field.name: _plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _read(hint: Any, value: Any) -> Any:
    """The value as its type hint says.

    Raises:
        ValueError: if it is something else.
    """
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        kinds = [kind for kind in typing.get_args(hint) if kind is not types.NoneType]
        return None if value is None else _read(kinds[0], value)
    if origin is tuple:
        return _read_tuple(typing.get_args(hint), value)
    if origin is dict:
        hint = dict
    if hint is Trouble:
        return _read_trouble(value)
    if dataclasses.is_dataclass(hint):
        return _read_fields(typing.cast(type[Any], hint), value)
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise ValueError(f"{value!r} is no {hint}")
    return value


def _read_tuple(hints: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is no list")
    if hints[1:] == (...,):
        hints = hints[:1] * len(value)
    return tuple(_read(hint, item) for hint, item in zip(hints, value, strict=True))


def _read_trouble(value: Any) -> Trouble:
    try:
        return Trouble.from_json(value)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{value!r} is no trouble") from error


def _read_fields(kind: type[Any], value: Any) -> Any:
    hints = typing.get_type_hints(kind)
    if not isinstance(value, dict) or set(value) != set(hints):
        raise ValueError(f"{value!r} are not the fields of {kind.__name__}")
    return kind(**{name: _read(hint, value[name]) for name, hint in hints.items()})
