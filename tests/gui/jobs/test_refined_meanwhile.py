"""What Refine hears while a take is edited, or out of sight, waits until it is wanted."""

from pathlib import Path

import pytest

from gui.jobs.job import FileJob
from realtime.files.note_files import Heading, read_csv, write_csv, write_midi
from realtime.takes.library import find_take
from realtime.values.settings import EngineSettings
from tests.support.take_files import NOTES, make_take


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in ("first", "second"):
        make_take(tmp_path / "takes", name)
    return tmp_path / "takes"


@pytest.fixture
def stage(make_stage, folder, monkeypatch):
    monkeypatch.setattr(FileJob, "start", lambda job: None)
    stage = make_stage(EngineSettings(record=str(folder)))
    stage.window.resize(1100, 600)
    stage.window.do("takes")
    stage.window.takes.show_take(stage.window.takes.library.find_take("first"))
    stage.window.takes.view.do("refine")
    return stage


@pytest.fixture
def view(stage):
    return stage.window.takes.view


@pytest.fixture
def told(stage):
    return stage.window.toast


def finish(stage) -> None:
    """The recording is heard: two notes are in it."""
    job = stage.window.jobs.queue.running
    write_csv(NOTES[:2], job.csv)
    write_midi(NOTES[:2], job.csv.with_suffix(".mid"), Heading("first"))
    job.notes = 2
    job.finished.emit()


def delete(view) -> None:
    view.roll.choose(frozenset({0}))
    view.do("delete")


def versions(folder: Path) -> list[tuple[str, int]]:
    return [(v.kind, len(read_csv(v.csv))) for v in find_take(folder, "first").versions]


def test_without_edits_what_is_refined_is_shown(stage, view, told):
    finish(stage)
    assert view.version.kind == "refined" and len(view.roll.history.score) == 2
    assert told.label.text() == "first: refined as version 2."
    assert not told.action.isVisible()


def test_open_edits_stay_and_can_be_undone(stage, view, told, folder):
    delete(view)
    finish(stage)
    assert view.version.kind == "played" and len(view.roll.history.score) == 3
    assert view.roll.history.changed and view.head.version.count() == 2
    assert versions(folder) == [("played", 4), ("refined", 2)]
    assert told.label.text() == "first: refined as version 2."
    view.do("undo")
    assert view.roll.history.score.notes == tuple(NOTES)


def test_show_keeps_the_edits_and_opens_what_is_refined(stage, view, told, folder):
    delete(view)
    finish(stage)
    assert told.action.isVisible() and told.action.text() == "Show"
    told.action.click()
    assert (view.version.number, view.version.kind) == (2, "refined")
    assert versions(folder) == [("played", 4), ("refined", 2), ("edited", 3)]
    assert told.label.text() == "Edits of first kept as version 3."
    assert not told.action.isVisible()


def test_edits_kept_meanwhile_stay_in_view_too(stage, view, folder):
    delete(view)
    view.do("keep")
    finish(stage)
    assert view.version.kind == "edited" and view.roll.history.can_undo
    assert versions(folder) == [("played", 4), ("edited", 3), ("refined", 2)]


def test_from_the_live_roll_show_leads_to_the_take(stage, view, told):
    stage.window.do("takes")
    finish(stage)
    assert not stage.window.shows_takes and told.action.isVisible()
    told.action.click()
    assert stage.window.shows_takes
    assert view.take.name == "first" and view.version.kind == "refined"
    assert stage.window.takes.library.list.current_name() == "first"


def test_another_take_stays_open_until_show(stage, view, told):
    page = stage.window.takes
    page.show_take(page.library.find_take("second"))
    finish(stage)
    assert view.take.name == "second"
    told.action.click()
    assert view.take.name == "first" and view.version.kind == "refined"


def test_an_offer_stays_and_is_taken_once(stage, told, qtbot):
    taken = []
    told.leaving.setInterval(30)
    told.show_text("Something plain")
    told.offer("Something new", ("Show", lambda: taken.append(1)))
    qtbot.wait(120)
    assert told.isVisible() and told.action.accessibleName() == "Show"
    told.action.click()
    told.action.click()
    assert taken == [1] and not told.isVisible()
    told.show_text("Something else")
    assert not told.action.isVisible()
