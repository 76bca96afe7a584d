"""docs/faults.md names, for each of the 28 faults, tests that exist, and says what they gave."""

import json
import re

import pytest

from benchmarks.faults import RESULTS, ROOT, TABLE, cell, find_tests, provoke, rows, written

TEXT = TABLE.read_text(encoding="utf-8")
ROWS = rows(TEXT)


def test_every_fault_has_a_row_and_something_that_shows_it():
    attacked = [f"A{number}" for number in range(1, 20)]
    assert list(ROWS) == [*map(str, range(1, 29)), *attacked]
    for number, (what, do, shown, *results) in ROWS.items():
        assert what and do, number
        assert re.search("`((gui|trainer)/)?test_|`benchmarks/|the same", shown), number
        assert len(results) == (2 if number in attacked else 1)


@pytest.mark.parametrize("number", list(ROWS))
def test_the_tests_it_names_exist(number):
    tests = find_tests(number, ROWS)
    assert tests or "`benchmarks/" in ROWS[number][2]


def test_results_are_those_that_the_runs_wrote():
    """Nobody flatters the table by hand."""
    assert written(TEXT, json.loads(RESULTS.read_text())) == TEXT


def test_a_row_can_say_that_it_fails():
    result = {"date": "2026-01-31", "tries": 3, "failed": ["test_a"], "left_out": 0, "load": 1.0}
    assert cell(result) == "**fails** (2 of 3, 2026-01-31, load 1 a core): test_a"
    assert cell({**result, "failed": []}).startswith("holds (3 of 3")
    assert cell(None) == "not run"
    assert cell({**result, "tries": 0}) == "not run"


def test_what_it_runs_exists():
    commands = re.findall(r"python -m ([\w.]+)", TEXT)
    files = re.findall(r"`((?:benchmarks|realtime|tests)/[\w/]+\.py)`", TEXT)
    assert commands and files
    for file in (*files, *(f"{command.replace('.', '/')}.py" for command in commands)):
        assert (ROOT / file).is_file(), file


def test_a_test_that_was_skipped_has_shown_nothing(tmp_path):
    path = tmp_path / "test_some.py"
    path.write_text(
        "import pytest\n\ndef test_held(): pass\n\ndef test_fails(): assert False\n\n"
        "@pytest.mark.skip\ndef test_left_out(): pass\n"
    )
    result = provoke([f"{path}::test_{name}" for name in ("held", "fails", "left_out")], 1, True)
    assert (result.tries, result.failed, result.left_out) == (2, ("test_fails",), 1)
