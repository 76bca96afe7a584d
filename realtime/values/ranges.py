"""What a setting may be, written on its field: `sensitivity: Annotated[float, Range(0, 1)]`.

The command line, the engine, the window and what is remembered all read the annotation, so that a
range stands in one place. A dataclass whose fields must also fit each other has a method
`check_together` that raises a `UserError`.
"""

import dataclasses
import math
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, Value


@dataclass(frozen=True, repr=False)
class Range:
    """Finite numbers from `low` to `high`, in `unit`."""

    low: float = -math.inf
    high: float = math.inf
    unit: str = ""
    above: bool = False
    """`low` itself is too low."""
    below: bool = False
    """`high` itself is too high."""

    def holds(self, value: Any) -> bool:
        """Whether a value is a finite number of this range, and one that a float can hold."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        try:
            if not math.isfinite(value):
                return False
        except OverflowError:  # a whole number of hundreds of digits, which no float can hold
            return False
        high_enough = value > self.low if self.above else value >= self.low
        return high_enough and (value < self.high if self.below else value <= self.high)

    @property
    def as_value(self) -> Value:
        """The range as a value of a trouble."""
        if math.isinf(self.low) or math.isinf(self.high) or self.above or self.below:
            return repr(self)
        unit = f" {self.unit}" if self.unit else ""
        return Trouble(
            Code.FROM_TO, low=show_number(self.low), high=f"{show_number(self.high)}{unit}"
        )

    def __repr__(self) -> str:
        """The range in words, such as "0 to 2000 ms" or "above 0"; help texts show it."""
        unit = f" {self.unit}" if self.unit else ""
        low, high = show_number(self.low), show_number(self.high)
        if math.isinf(self.low) and math.isinf(self.high):
            return f"any number{unit and f' of{unit}'}"
        if math.isinf(self.low):
            return f"below {high}{unit}" if self.below else f"{high}{unit} or less"
        if math.isinf(self.high):
            return f"above {low}{unit}" if self.above else f"{low}{unit} or more"
        if not self.above and not self.below:
            return f"{low} to {high}{unit}"
        first = f"above {low}" if self.above else f"{low} or more"
        return f"{first} and below {high}{unit}" if self.below else f"{first}, at most {high}{unit}"


@dataclass(frozen=True, repr=False)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]

    def holds(self, value: Any) -> bool:
        """Whether a value is one of the words."""
        return value in self.words

    @property
    def as_value(self) -> Value:
        """The words as a value of a trouble."""
        return repr(self)

    def __repr__(self) -> str:
        """The words, for help texts and messages."""
        return ", ".join(self.words)


Rule = Range | OneOf

LONGEST_SHOWN = 60
"""Characters of a refused value that a message shows."""

Count = Annotated[int, Range(1)]
"""How many there are, where none makes no sense."""
Whole = Annotated[int, Range(0)]
"""A whole number; 0 often stands for none or for no limit."""
Positive = Annotated[float, Range(0, above=True)]
Amount = Annotated[float, Range(0)]
"""A number that is not negative; 0 often stands for off."""
Share = Annotated[float, Range(0, 1)]
"""A part of a whole, or a probability."""
Fraction = Annotated[float, Range(0, 1, above=True)]
"""A part that holds something: above 0, at most all."""
Split = Annotated[float, Range(0, 1, above=True, below=True)]
"""A part that leaves something over: above 0 and below 1."""
Dropout = Annotated[float, Range(0, 1, below=True)]
"""A part that may be none and is never all."""
Percent = Annotated[float, Range(0, 100, "%")]


def show_number(value: float) -> str:
    """Write a number as people do: 2000.0 as "2000", 0.1 as "0.1"."""
    return str(value) if isinstance(value, int) else f"{value:.10g}"


def shortened(value: str) -> str:
    """Cut what was given to `LONGEST_SHOWN` characters: a message is one line to be read."""
    return value if len(value) <= LONGEST_SHOWN else f"{value[: LONGEST_SHOWN - 1]}…"


def find_rule(hint: Any) -> Rule | None:
    """Find the rule of a type hint such as `Annotated[int, Range(1)] | None`, `tuple[Count, ...]`.

    A `Literal` of words is a rule too, unless it is one type of several.
    """
    if typing.get_origin(hint) is Literal:
        words = typing.get_args(hint)
        return OneOf(words) if all(isinstance(word, str) for word in words) else None
    return _annotated_rule(hint)


def _annotated_rule(hint: Any) -> Rule | None:
    if typing.get_origin(hint) is Annotated:
        found = [extra for extra in hint.__metadata__ if isinstance(extra, Rule)]
        return found[0] if found else _annotated_rule(hint.__origin__)
    if typing.get_origin(hint) is Literal:
        return None
    inside = (_annotated_rule(part) for part in typing.get_args(hint))
    return next((rule for rule in inside if rule is not None), None)


_RULES: dict[type[Any], Mapping[str, Rule]] = {}
"""Dataclass -> its rules: the window asks for those of a field at each of its controls."""


def list_rules(settings: type[Any]) -> Mapping[str, Rule]:
    """List the rules of a dataclass by field; fields without a rule are left out."""
    if settings not in _RULES:
        hints = typing.get_type_hints(settings, include_extras=True)
        found = {field.name: find_rule(hints[field.name]) for field in dataclasses.fields(settings)}
        _RULES[settings] = {name: rule for name, rule in found.items() if rule is not None}
    return _RULES[settings]


def find_range(settings: type[Any], field: str) -> Range:
    """Find the range of a numeric field.

    Raises:
        KeyError: if the field has none.
    """
    rule = list_rules(settings)[field]
    if not isinstance(rule, Range):
        raise KeyError(field)
    return rule


def list_wrong(settings: Any, before: str = "") -> Iterator[tuple[str, Any, Rule]]:
    """Yield name (with dots where nested), value and rule of all values that break their rule.

    None is allowed: whether a field may be None is a matter of its type.
    """
    rules = list_rules(type(settings))
    for field in dataclasses.fields(settings):
        value, name = getattr(settings, field.name), before + field.name
        if dataclasses.is_dataclass(value):
            yield from list_wrong(value, f"{name}.")
        elif field.name in rules:
            rule = rules[field.name]
            items = value if isinstance(value, tuple | list) else [value]
            yield from (
                (name, item, rule) for item in items if item is not None and not rule.holds(item)
            )


def check(settings: Any) -> None:
    """Refuse settings of which a value is out of range, or whose values do not fit each other.

    Args:
        settings: a dataclass, of which fields may be dataclasses.

    Raises:
        UserError: naming the first such option, its value and what it may be.
    """
    for name, value, rule in list_wrong(settings):
        refuse(name, value, rule)
    _check_together(settings)


def refuse(field: str, value: Any, rule: Rule) -> typing.NoReturn:
    """Refuse the value of a setting.

    Args:
        field: its name, with dots where nested.
        value: what was given.
        rule: what it may be.

    Raises:
        UserError: always.
    """
    shown = show_number(value) if isinstance(value, int | float) else f"'{value}'"
    raise UserError(
        Code.SETTING_UNFIT, option=option_name(field), value=shortened(shown), rule=rule.as_value
    )


def _check_together(settings: Any) -> None:
    for field in dataclasses.fields(settings):
        if dataclasses.is_dataclass(value := getattr(settings, field.name)):
            _check_together(value)
    if hasattr(settings, "check_together"):
        settings.check_together()


def option_name(field: str) -> str:
    """Spell a field as an option: `--latency-ms`, but `--crops.mix_chance` for fields of fields."""
    return "--" + (field if "." in field else field.replace("_", "-"))
