"""Options from a dataclass: lists, choices, and what the help says of nested settings."""

import os
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


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("--frits", "; did you mean --fruits"),
        ("--hlep", "; did you mean --help"),
        ("--degrees", "; did you mean --oven.degrees"),
        ("--bowl.degrees", "; did you mean --oven.degrees"),
        ("--zzz", ""),
        ("berries", ""),
    ],
)
def test_near_options_are_suggested(word, meant, capsys):
    with pytest.raises(SystemExit) as ended:
        parse(word)
    said = f"jtm bake: unrecognized arguments: {word}{meant}. See `jtm bake --help`.\n"
    assert (ended.value.code, capsys.readouterr().err) == (2, said)


def test_nested_settings_have_a_heading_and_descriptions(capsys):
    with pytest.raises(SystemExit):
        parse("--help")
    text = capsys.readouterr().out
    assert "\nHow it is baked:\n" in text and "Heat, in degrees Celsius." in text


def test_a_second_parse_knows_nothing_of_the_first():
    parse("--fruits=fig", "--tiers=3", "--oven.degrees=90").fruits.append("kiwi")
    parse().fruits.append("plum")
    assert parse() == Cake()


def test_options_of_a_file_that_refers_to_itself_are_refused(tmp_path, capsys):
    """Nine lists of nine of the list before would fill the memory once they are written out."""
    lists = ["a: &a [x, x]"] + [
        f"{name}: &{name} [{','.join(['*' + before] * 9)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    for text in ("\n".join(lists), "fruits: &a [fig]\nicing: *a\n"):
        path = tmp_path / "bomb.yaml"
        path.write_text(text)
        for words in (["--config", str(path)], [f"--config={path}"]):
            with pytest.raises(SystemExit) as ended:
                parse(*words)
            said = capsys.readouterr().err
            assert ended.value.code == 2 and "refer to parts of itself" in said


def test_options_are_read_from_files_of_a_fitting_size(tmp_path, capsys):
    path = tmp_path / "large.yaml"
    path.write_text("tiers: 3\n" + "# nothing\n" * 200_000)
    for name, words in ((str(path), "larger than 1 MB"), ("/dev/zero", "is a device")):
        with pytest.raises(SystemExit):
            parse("--config", name)
        assert words in capsys.readouterr().err
    path.write_text("tiers: 3\nfruits: [fig, kiwi]\n")
    assert parse("--config", str(path)).tiers == 3


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names")
@pytest.mark.parametrize("option", ["--config", "--oven"])
def test_options_come_from_files_alone(tmp_path, capsys, option):
    """A pipe may never begin; a file that another one names would be read without a look."""
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "bomb.yaml").write_text("degrees: &a 90\nfan: *a\n")
    for name, words in (("pipe.yaml", "is a pipe"), (".", "is a folder"), ("bomb.yaml", "refer")):
        for given in ([option, str(tmp_path / name)], [f"{option}={tmp_path / name}"]):
            with pytest.raises(SystemExit) as ended:
                parse(*given)
            said = capsys.readouterr().err
            assert ended.value.code == 2 and words in said and f"the file of {option} " in said
    (tmp_path / "cake.yaml").write_text(f"oven: {tmp_path / 'pipe.yaml'}\n")
    with pytest.raises(SystemExit):
        parse("--config", str(tmp_path / "cake.yaml"))
    assert "gives oven no options" in capsys.readouterr().err
    (tmp_path / "oven.yaml").write_text("degrees: 90\n")
    assert parse("--oven", str(tmp_path / "oven.yaml")).oven.degrees == 90


def test_no_option_names_the_file_of_the_options(tmp_path, capsys):
    """What is written there would be read no more."""
    path = tmp_path / "cake.yaml"
    path.write_text("tiers: 3\n")
    (tmp_path / "link").symlink_to(path)
    for name in (path, tmp_path / "link", tmp_path / "." / "cake.yaml"):
        with pytest.raises(SystemExit):
            parse("--config", str(path), "--icing", str(name))
        assert "icing names the file of --config" in capsys.readouterr().err
