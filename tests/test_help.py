"""Every option of every subcommand says what it is, in `--help`."""

import re

import pytest

import jtm
from gui.app import main as window
from trainer.commands.data import main as data

COMMANDS = [[name] for name in jtm.SUBCOMMANDS if name != "data"]
COMMANDS += [["data", action] for action in ("doctor", "index", "pack")]
NO_DESCRIPTION = ("(type:", "(default:", "(required")


def read_help(words: list[str], capsys, monkeypatch) -> str:
    monkeypatch.setenv("COLUMNS", "500")
    with pytest.raises(SystemExit) as leaving:
        jtm.main([*words, "--help"])
    assert leaving.value.code == 0
    return capsys.readouterr().out


def list_options(text: str) -> dict[str, str]:
    """Names of each option or argument -> what stands beside or below them."""
    entries: list[str] = []
    for line in text.partition("\n\n")[2].partition("\nexamples:\n")[0].splitlines():
        if re.match(r"  \S", line):
            entries.append(line)
        elif entries and line.startswith("   "):
            entries[-1] += "  " + line
    return dict((*re.split(r"\s{2,}", entry.strip(), maxsplit=1), "")[:2] for entry in entries)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_option_has_a_description_and_every_group_a_heading(words, capsys, monkeypatch):
    text = read_help(words, capsys, monkeypatch)
    options = list_options(text)
    assert len(options) >= 3
    silent = [name for name, told in options.items() if not told or told.startswith(NO_DESCRIPTION)]
    assert not silent
    assert ":" not in text.splitlines()
    assert all(letter == "\n" or letter.isprintable() for letter in text)


def test_the_actions_of_data_are_all_looked_at(capsys):
    assert data(["--help"]) == 0
    named = re.findall(r"jtm data (\w+) ", capsys.readouterr().out)
    assert [["data", name] for name in named] == [words for words in COMMANDS if words[1:]]


@pytest.mark.parametrize("words", [*COMMANDS, []], ids=" ".join)
def test_the_help_begins_with_one_line_of_usage_and_ends_with_examples(words, capsys, monkeypatch):
    with pytest.raises(SystemExit):
        if words:
            jtm.main([*words, "--help"])
        else:
            window(["--help"])
    lines = capsys.readouterr().out.rstrip().splitlines()
    assert lines[0].startswith("usage: " + " ".join(["jtm", *words])) and lines[1] == ""
    assert len(lines[0]) <= 80
    examples = lines[lines.index("examples:") + 1 :]
    assert examples
    for line in examples:
        assert line.startswith("  ") and "jtm" in line


@pytest.mark.parametrize("words", [*COMMANDS, []], ids=" ".join)
def test_every_example_is_understood(words, capsys, monkeypatch):
    with pytest.raises(SystemExit):
        if words:
            jtm.main([*words, "--help"])
        else:
            window(["--help"])
    lines = capsys.readouterr().out.partition("examples:\n")[2].splitlines()
    known = list_options_of(words)
    for line in lines:
        said = line.partition(" > ")[0].partition("  #")[0].rpartition("| ")[2].split()
        assert said[: len(words) + 1] == ["jtm", *words]
        used = {word.partition("=")[0] for word in said if word.startswith("-") and word != "-"}
        assert used <= known, line


def list_options_of(words: list[str]) -> set[str]:
    """Every option that a command's parser knows."""
    import io
    from contextlib import redirect_stdout, suppress

    held = io.StringIO()
    with redirect_stdout(held), suppress(SystemExit):
        jtm.main([*words, "--help"]) if words else window(["--help"])
    return set(re.findall(r"(?<![\w-])--?[a-z][\w.-]*", held.getvalue().partition("examples:")[0]))
