"""Every option of every subcommand says what it is, in `--help`."""

import re

import pytest

import jtm
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
    for line in text.partition("\n\n")[2].splitlines():
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


def test_the_actions_of_data_are_all_looked_at(capsys):
    assert data(["--help"]) == 0
    named = re.findall(r"jtm data (\w+) ", capsys.readouterr().out)
    assert [["data", name] for name in named] == [words for words in COMMANDS if words[1:]]
