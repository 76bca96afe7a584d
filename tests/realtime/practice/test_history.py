"""The table of what was practised."""

import csv

import pytest

from realtime.practice.history import COLUMNS, add_run, last_run, runs
from realtime.troubles.errors import UserError


def row(piece="Ode", mode="along", share="0.9", **more):
    return {**dict.fromkeys(COLUMNS, ""), "piece": piece, "mode": mode, "notes": "10",
            "right_share": share, **more}  # fmt: skip


def test_runs_are_lines_of_a_table_that_others_can_read(tmp_path):
    path = tmp_path / "deep" / "practice.csv"
    add_run(row(share="0.5"), path)
    add_run(row(piece='Odd, "piece"', bad_bars="3 7"), path)
    add_run(row(share="0.8"), path)
    with path.open(newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert [line["right_share"] for line in table] == ["0.5", "0.9", "0.8"]
    assert table[1]["piece"] == 'Odd, "piece"' and table[1]["bad_bars"] == "3 7"
    assert last_run("Ode", "along", path)["right_share"] == "0.8"
    assert last_run("Ode", "wait", path) is None


@pytest.mark.parametrize("tail", ["half a line", "x" * 100, "\x00\x00", "1,2,3\n", '"open'])
def test_a_damaged_line_costs_only_itself(tmp_path, tail):
    path = tmp_path / "practice.csv"
    add_run(row(share="0.5"), path)
    with path.open("a", encoding="utf-8") as file:
        file.write(tail)
    add_run(row(share="0.7"), path)
    shares = [each["right_share"] for each in runs(path)]
    assert shares[0] == "0.5"
    assert shares[-1] == "0.7" or tail == '"open'


def test_no_table_is_no_history_and_a_folder_in_its_place_is_told(tmp_path):
    assert runs(tmp_path / "none.csv") == []
    with pytest.raises(UserError, match=r"none\.csv"):
        (tmp_path / "none.csv").mkdir()
        add_run(row(), tmp_path / "none.csv")
