"""docs/faults.md names, for each of the 28 faults, tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TABLE = (ROOT / "docs" / "faults.md").read_text()
ROWS = dict(re.findall(r"^\| (\d+) \| (.*)$", TABLE, re.MULTILINE))
NAMED = re.findall(r"`((?:gui/|trainer/)?test_\w+)(?::([^`]*))?`", TABLE)


def test_every_fault_has_a_row_and_something_that_shows_it():
    assert list(ROWS) == [str(number) for number in range(1, 29)]
    for number, row in ROWS.items():
        what, do, shown, result = (cell.strip() for cell in row.removesuffix(" |").split(" | ", 3))
        assert what and do, number
        assert re.search("`((gui|trainer)/)?test_|`benchmarks/|the same", shown), number
        assert result.startswith(("passed", "an hour")), number


@pytest.mark.parametrize(("module", "words"), NAMED)
def test_what_it_names_exists(module, words):
    room, _, name = module.rpartition("/")
    (path,) = (ROOT / "tests" / (room or "realtime")).rglob(f"{name}.py")
    tests = re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    for word in words.split(",") if words else []:
        wanted = re.compile(re.sub(r"\[.*?\]", "", word.strip()).replace("..", ".*"))
        assert any(wanted.search(test) for test in tests), f"{word} in {path.name}"


def test_what_it_runs_exists():
    commands = re.findall(r"python -m ([\w.]+)", TABLE)
    files = re.findall(r"`((?:benchmarks|realtime|tests)/[\w/]+\.py)`", TABLE)
    assert commands and files
    for file in (*files, *(f"{command.replace('.', '/')}.py" for command in commands)):
        assert (ROOT / file).is_file(), file
