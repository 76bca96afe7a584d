import time
from dataclasses import replace

from gui.language.translate import set_language
from gui.takes.take_rows import take_row, when
from realtime.takes.library import list_takes
from tests.support.take_files import make_take

NOW = time.mktime((2026, 11, 22, 15, 0, 0, 0, 0, -1))


def test_days_are_told_in_words():
    assert when(NOW - 3600, NOW) == "today 14:00"
    assert when(NOW - 16 * 3600, NOW) == "yesterday 23:00"
    assert when(NOW - 40 * 3600, NOW) == "2026-11-20 23:00"
    assert when(1e18, NOW) == ""


def test_a_row_tells_length_notes_and_date(tmp_path):
    make_take(tmp_path, "Pierwsze", seconds=75)
    take = replace(list_takes(tmp_path)[0], recorded=NOW - 60)
    assert take_row(take, NOW).details == "1:15 · 4 notes"
    assert take_row(take, NOW).when == "today 14:59"
    silent = replace(take, sound=None)
    assert take_row(silent, NOW).when == "today 14:59 · notes only"
    set_language("pl")
    try:
        assert take_row(take, NOW).spoken == "Pierwsze, 1:15 · 4 nuty, dziś 14:59"
    finally:
        set_language("en")
