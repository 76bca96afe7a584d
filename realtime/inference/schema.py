"""Holds what a model file says of itself to the types and sizes that its dataclasses declare."""

import dataclasses
import math
import types
import typing
from typing import Any, Union

from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble

LARGEST_NUMBER = 10**7
LONGEST_TEXT = 4_000
LONGEST_TUPLE = 4_096


def unfit(name: str, value: Any) -> ValueError:
    """An error that says, as a code, which value of a file cannot be what it is."""
    return ValueError(Trouble(Code.VALUE_UNFIT, name=name, value=repr(value)[:40]))


def require_fit(value: Any, hint: Any, name: str) -> None:
    """Refuse a value that is not of the type which the hint names, or is absurdly large.

    Args:
        value: of a field, or a whole dataclass.
        hint: bool, int, float, str, a dataclass, tuple[...] or a union with None.
        name: of the field, for the message.

    Raises:
        ValueError: naming the field.
    """
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        if value is not None:
            require_fit(value, next(part for part in inside if part is not type(None)), name)
    elif dataclasses.is_dataclass(hint):
        if type(value) is not hint:
            raise ValueError(Trouble(Code.VALUE_MISSING, name=name))
        hints = typing.get_type_hints(hint)
        for field in dataclasses.fields(hint):
            require_fit(getattr(value, field.name), hints[field.name], field.name)
    elif origin is tuple:
        _require_tuple(value, inside, name)
    elif not _is_plain(value, hint):
        raise unfit(name, value)


def _require_tuple(value: Any, inside: tuple[Any, ...], name: str) -> None:
    if not isinstance(value, tuple) or len(value) > LONGEST_TUPLE:
        raise unfit(name, value)
    if inside[-1] is Ellipsis:
        inside = (inside[0],) * len(value)
    if len(inside) != len(value):
        raise unfit(name, value)
    for part, hint in zip(value, inside, strict=True):
        require_fit(part, hint, name)


def _is_plain(value: Any, hint: Any) -> bool:
    if hint is float:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and math.isfinite(value) and abs(value) <= LARGEST_NUMBER
    if hint is int:
        return type(value) is int and abs(value) <= LARGEST_NUMBER
    if hint is str:
        return isinstance(value, str) and len(value) <= LONGEST_TEXT and _can_be_shown(value)
    return type(value) is hint


def _can_be_shown(text: str) -> bool:
    """Whether a text holds no sequences that steer a terminal, and no halves of characters."""
    return all(letter.isprintable() or letter == "\n" for letter in text)
