"""Options from a dataclass: lists, choices, and what the help says of nested settings."""

from dataclasses import dataclass, field
from typing import Literal

import pytest

from realtime.commands.options import parse_options


@dataclass(frozen=True)
class Oven:
    """How it is baked."""

    degrees: float = 180.0
    """Heat, in degrees Celsius."""


@dataclass(frozen=True)
class Cake:
    """A settings class."""

    fruits: list[str] = field(default_factory=list)
    """What goes in."""
    icing: list[str] | str = ""
    """What goes on."""
    shape: Literal["round", "square"] | Literal[""] = ""
    """Seen from above."""
    tiers: int | None = None
    """How many."""
    oven: Oven = field(default_factory=Oven)


def parse(*words: str) -> Cake:
    return parse_options(Cake, list(words), command="bake", description="Bake.")


@pytest.mark.parametrize(
    ("words", "fruits"),
    [
        (["--fruits", "fig"], ["fig"]),
        (["--fruits=fig", "--fruits", "kiwi"], ["fig", "kiwi"]),
        (["--fruits", "[fig,kiwi]"], ["fig", "kiwi"]),
        (["--fruits=[fig,kiwi]", "--fruits", "plum", "--fruits=[pear]"], "fig kiwi plum pear"),
    ],
)
def test_a_list_takes_every_value_that_is_named(words, fruits):
    assert parse(*words).fruits == (fruits.split() if isinstance(fruits, str) else fruits)


@pytest.mark.parametrize(
    ("words", "icing"),
    [
        (["--icing", "lemon"], "lemon"),
        (["--icing", "lemon", "--icing=sugar"], ["lemon", "sugar"]),
        (["--icing=[lemon,sugar]"], ["lemon", "sugar"]),
        (["--icing=[lemon,sugar]", "--icing", "lime"], ["lemon", "sugar", "lime"]),
    ],
)
def test_an_option_that_may_be_a_list_drops_no_value(words, icing):
    assert parse(*words).icing == icing


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--shape", "oval"], "--shape cannot be 'oval'; it may be round, square."),
        (["--tiers", "many"], "--tiers cannot be 'many'."),
        (["--fruits="], "--fruits cannot be ''."),
    ],
)
def test_a_wrong_value_names_the_choices_where_there_are_some(words, sentence, capsys):
    with pytest.raises(SystemExit):
        parse(*words)
    assert capsys.readouterr().err == f"jtm bake: {sentence} See `jtm bake --help`.\n"


def test_nested_settings_have_a_heading_and_descriptions(capsys):
    with pytest.raises(SystemExit):
        parse("--help")
    text = capsys.readouterr().out
    assert "\nHow it is baked:\n" in text and "Heat, in degrees Celsius." in text


def test_a_second_parse_knows_nothing_of_the_first():
    parse("--fruits=fig", "--tiers=3", "--oven.degrees=90").fruits.append("kiwi")
    parse().fruits.append("plum")
    assert parse() == Cake()
