"""Taught instruments are listed, renamed, taught more, exported and deleted."""

import pytest

from gui.notices.wish import Wish
from realtime.inference.instrument_file import read_instrument
from realtime.inference.instruments import list_instruments


@pytest.fixture
def dialog(stage, home, instrument_bytes):
    home.mkdir()
    (home / "bars.instrument").write_bytes(instrument_bytes)
    (home / "bars.svg").write_text("<svg/>")
    (home / "zither.instrument").write_bytes(instrument_bytes)
    (home / "broken.instrument").write_bytes(b"no instrument")
    return stage.window.wishes.teaching.open_list(stage.window.pane.ink)


def choose(dialog, name):
    dialog.list.setCurrentRow(list_instruments().index(name))


def test_the_list_says_what_each_was_taught_by(dialog):
    assert [dialog.list.item(i).text() for i in range(3)] == ["bars", "broken", "zither"]
    assert "7 notes" in dialog.about.text() and "75 % after" in dialog.about.text()
    choose(dialog, "broken")
    assert dialog.about.text() == "Its file cannot be read."


def test_a_renamed_instrument_listens_on_under_its_new_name(dialog, stage, home):
    stage.window.choose("model", "bars")
    dialog.rename_to("kalimba")
    assert list_instruments() == ["broken", "kalimba", "zither"]
    assert read_instrument((home / "kalimba.instrument").read_bytes()).name == "kalimba"
    assert (home / "kalimba.svg").exists() and not (home / "bars.svg").exists()
    assert stage.controller.settings.model == "kalimba" and dialog.chosen == "kalimba"


def test_capitals_and_marks_of_a_name_can_be_changed(dialog, home):
    for name in ("Bars", "Bars, 17 keys", "ba\u0308rs"):
        dialog.rename_to(name)
    assert list_instruments() == ["broken", "bärs", "zither"] and dialog.chosen == "bärs"
    assert (home / "bärs.svg").exists() and len(list(home.glob("*.svg"))) == 1


@pytest.mark.parametrize(
    "name",
    [
        "zither", "Zither", "", "../bars", "a" * 80, "bars.", "Jaka 0.7", "nul", "my.onnx", 'a "b"',
    ],
)  # fmt: skip
def test_a_name_that_is_none_or_taken_changes_nothing(dialog, home, name):
    before = (home / "bars.instrument").read_bytes()
    dialog.rename_to(name)
    assert list_instruments() == ["bars", "broken", "zither"] and dialog.about.text()
    assert (home / "bars.instrument").read_bytes() == before


def test_an_exported_file_is_the_instrument(dialog, home, tmp_path):
    dialog.export_to(tmp_path / "mine.instrument")
    assert (tmp_path / "mine.instrument").read_bytes() == (home / "bars.instrument").read_bytes()
    dialog.export_to(tmp_path / "mine.instrument" / "no.instrument")
    assert "Cannot write" in dialog.about.text()


def test_a_deleted_instrument_is_in_the_trash_and_the_bundled_model_listens(
    dialog, stage, home, monkeypatch
):
    gone = []

    def into_trash(path):
        gone.append(path.name)
        path.unlink(missing_ok=True)
        return True, None

    monkeypatch.setattr("gui.teach.instruments_dialog.into_trash", into_trash)
    stage.window.choose("model", "bars")
    dialog.delete_chosen()
    assert gone == ["bars.instrument", "bars.svg"]
    assert list_instruments() == ["broken", "zither"] and stage.controller.settings.model == ""


def test_teach_more_begins_a_lesson_that_starts_from_the_instrument(dialog, stage):
    dialog.more.click()
    guide = stage.window.wishes.teaching.guide
    assert guide.session.lesson.name == "bars" == guide.session.lesson.model
    guide.reject()
    stage.window.do(Wish.TEACH)
    assert not stage.window.wishes.teaching.guide.start.go_on.isVisible()
    stage.window.wishes.teaching.guide.reject()
