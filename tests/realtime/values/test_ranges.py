"""Ranges on the fields of settings: what they hold, how they are said, and how they are checked."""

import math
from dataclasses import dataclass, field
from typing import Annotated, Literal

import pytest

from realtime.troubles.errors import UserError
from realtime.values.ranges import Count, OneOf, Range, Share, check, find_range, list_rules


@dataclass(frozen=True)
class Pot:
    """Settings inside of settings."""

    litres: Annotated[float, Range(0, 5, "l", above=True)] = 1.0
    lids: tuple[Count, ...] = (1,)


@dataclass(frozen=True)
class Stove:
    """Numbers with a range of every kind, and two that must fit each other."""

    heat: Share = 0.5
    limit: Annotated[int | None, Range(1, 9)] = None
    least: Annotated[int, Range(0, 9)] = 0
    most: Annotated[int, Range(0, 9)] = 9
    fuel: Annotated[str, OneOf(("gas", "wood"))] = "gas"
    kind: Literal["iron", "clay"] = "iron"
    name: str = ""
    pot: Pot = field(default_factory=Pot)

    def check_together(self) -> None:
        if self.least > self.most:
            raise UserError("--least is above --most.")


@pytest.mark.parametrize(
    ("wanted", "words", "inside", "outside"),
    [
        (Range(-48, 48), "-48 to 48", [-48, 0.5, 48], [-48.01, 49, math.nan, math.inf, True, "1"]),
        (Range(0, 2000, "ms"), "0 to 2000 ms", [0, 2000.0], [-1, 2000.5]),
        (Range(0.1, 10), "0.1 to 10", [0.1], [0.09]),
        (Range(1), "1 or more", [1, 10**9], [0, math.inf, 10**400]),
        (Range(high=0), "0 or less", [0, -5], [0.1, -math.inf]),
        (Range(0, above=True), "above 0", [1e-9], [0]),
        (Range(high=1, below=True), "below 1", [0.9], [1]),
        (Range(0, 1, below=True), "0 or more and below 1", [0, 0.99], [1]),
        (Range(0, 1, above=True), "above 0, at most 1", [1], [0]),
        (Range(0, 1, "s", above=True, below=True), "above 0 and below 1 s", [0.5], [0, 1]),
        (Range(), "any number", [-1e9, 1e9], [math.nan, math.inf]),
    ],
)
def test_a_range_holds_what_it_says(wanted, words, inside, outside):
    assert repr(wanted) == words
    assert all(wanted.holds(value) for value in inside)
    assert not any(wanted.holds(value) for value in outside)


def test_rules_are_read_from_the_fields():
    assert list_rules(Stove) == {
        "heat": Range(0, 1),
        "limit": Range(1, 9),
        "least": Range(0, 9),
        "most": Range(0, 9),
        "fuel": OneOf(("gas", "wood")),
        "kind": OneOf(("iron", "clay")),
    }
    assert find_range(Stove, "least") == Range(0, 9)
    with pytest.raises(KeyError):
        find_range(Stove, "fuel")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"heat": 1.5}, "--heat cannot be 1.5; it may be 0 to 1."),
        ({"heat": math.nan}, "--heat cannot be nan; it may be 0 to 1."),
        ({"limit": 0}, "--limit cannot be 0; it may be 1 to 9."),
        ({"fuel": "coal"}, "--fuel cannot be 'coal'; it may be gas, wood."),
        ({"kind": "tin"}, "--kind cannot be 'tin'; it may be iron, clay."),
        ({"pot": Pot(litres=0)}, "--pot.litres cannot be 0; it may be above 0, at most 5 l."),
        ({"pot": Pot(lids=(1, 0))}, "--pot.lids cannot be 0; it may be 1 or more."),
        ({"least": 5, "most": 4}, "--least is above --most."),
    ],
)
def test_the_first_wrong_value_is_named_with_what_it_may_be(wrong, sentence):
    check(Stove())
    with pytest.raises(UserError) as told:
        check(Stove(**wrong))
    assert str(told.value) == sentence
