"""The process that learns: it says why it cannot, and outlives no window."""

import subprocess
import time
from pathlib import Path

import pytest

from realtime.processes.message_lines import from_line
from realtime.processes.start import python_command, python_environment
from realtime.teach.guide.lesson_folder import LEARNED, Lesson, save
from realtime.teach.guide.messages import REPORTS
from realtime.troubles.codes import Code
from tests.realtime.teach.guide.test_lesson_folder import record

MODULE = "realtime.teach.guide.child"


def start(*words):
    pipe = subprocess.PIPE
    command = python_command(MODULE, *map(str, words))
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=python_environment())


def reports(child):
    return [from_line(line, REPORTS) for line in child.stdout]


def test_why_it_cannot_learn_is_said_as_data(tmp_path):
    lesson = record(tmp_path)
    few = tuple(one for one in lesson.taken if one.pitches != (67,))
    save(tmp_path, Lesson("bars", taken=few))
    with start(tmp_path) as child:
        # Its input stays open, as a window's that lives.
        assert child.wait(120) == 1
        (failed,) = reports(child)
    told = failed.trouble
    assert told.code == Code.LESSON_TOO_SHORT and told.values["count"] == 4
    assert not (tmp_path / LEARNED).exists()


def test_it_ends_with_the_window(tmp_path):
    record(tmp_path)
    with start(tmp_path) as child:
        child.stdin.close()
        assert child.wait(120) == 1
    assert not (tmp_path / LEARNED).exists()


@pytest.mark.slow
def test_a_lesson_becomes_an_instrument_or_says_that_nothing_was_gained(tmp_path):
    record(tmp_path, pitches=range(60, 76, 2))
    began = time.monotonic()
    with start(tmp_path, 0.25) as child:
        *parts, learned = reports(child)
        assert child.wait(60) == 0, time.monotonic() - began
    done = [progress.part for progress in parts]
    card = learned.card
    assert done == sorted(done) and done[-1] > 0.7
    assert card["verdict"] in ("better", "nothing gained", "others lost")
    assert bool(card["file"]) == (card["verdict"] == "better") == (tmp_path / LEARNED).exists()
    if card["file"]:
        assert Path(card["file"]).stat().st_size < 200_000
        assert set(card["phrases"][0]) == {"before", "after"}
