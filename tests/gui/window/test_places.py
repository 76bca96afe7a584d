"""The takes folder and the model are chosen in the window, remembered, and a bad model given up."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from gui.controller.device_scan import DeviceNames
from gui.takes.closing_questions import UnwrittenTake
from realtime.takes.folders import rescue_folders
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings

FULL = Trouble(Code.TAKE_UNWRITTEN, folder="/m", reason=Trouble(Code.DISK_FULL))


@pytest.fixture
def give_folder(monkeypatch):
    def give(folder: Path | str) -> None:
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))

    return give


@pytest.fixture
def give_model(monkeypatch):
    def give(path: Path | str) -> None:
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(path), ""))

    return give


def entries(stage) -> dict[str, object]:
    """What the menu and its submenus hold, by name."""

    def listed(menu):
        for action in menu.actions():
            yield action.text().split("\t")[0], action
            if action.menu():
                yield from listed(action.menu())

    return dict(listed(stage.window.top_bar.menu.menu()))


def test_the_full_disk_banner_leads_to_another_folder_that_is_remembered(
    make_stage, tmp_path, give_folder
):
    stage = make_stage()
    stage.engine.forced = {"troubles": (FULL,)}
    stage.play(0.2)
    assert stage.window.notices.notices[0].actions[0] == "takes_folder"
    give_folder(tmp_path / "")
    stage.window.notices.acted.emit("takes_folder")
    assert stage.engine.settings.record == str(tmp_path)
    assert str(tmp_path) in stage.window.toast.label.text()
    stage.window.close()
    again = make_stage()
    assert again.engine.settings.record == str(tmp_path)
    assert again.controller.takes_folder == tmp_path


def test_the_menu_asks_for_the_folder_and_no_answer_changes_nothing(stage, give_folder):
    give_folder("")
    entries(stage)["Takes folder…"].trigger()
    assert stage.controller.settings == EngineSettings()


def test_a_folder_that_may_not_be_written_is_refused(stage, tmp_path, give_folder, monkeypatch):
    monkeypatch.setattr("gui.window.model_and_folder.os.access", lambda *_: False)
    give_folder(tmp_path)
    stage.window.do("takes_folder")
    assert stage.controller.settings.record == ""
    assert "Nothing may be written" in stage.window.toast.label.text()


def test_a_model_is_chosen_in_the_menu_remembered_and_given_back(make_stage, tmp_path, give_model):
    stage, path = make_stage(), tmp_path / "my-guitar.onnx"
    give_model(path)
    own = entries(stage)["Model"].menu()
    assert next(action.text() for action in own.actions()) == "The bundled one"
    next(one for one in own.actions() if one.text() == "Choose a file…").trigger()
    assert stage.engine.settings.model == str(path)
    listed = entries(stage)["Model"].menu().actions()
    assert (listed[1].text(), listed[1].isChecked()) == ("my-guitar.onnx", True)
    stage.window.close()
    again = make_stage()
    assert again.engine.settings.model == str(path)
    entries(again)["Model"].menu().actions()[0].trigger()
    again.lay_out()
    assert again.engine.settings.model == ""
    assert again.window.remembered().engine.model == ""


@pytest.mark.parametrize("state", ["listening", "failed"])
def test_a_refused_model_falls_back_to_the_bundled_one_and_says_so(
    stage, tmp_path, give_model, state
):
    give_model(tmp_path / "bad.onnx")
    stage.window.do("model")
    stage.engine.forced = {
        "state": state,
        "troubles": (Trouble(Code.MODEL_UNUSABLE, path="bad.onnx", reason=Trouble(Code.NOT_OURS)),),
    }
    stage.play(0.1)
    assert stage.engine.settings.model == ""
    said = stage.window.toast.label.text()
    assert "not one of Jaka to Melodia. The bundled model listens instead." in said
    assert stage.window.remembered().engine.model == ""


def test_a_model_without_the_chosen_look_ahead_is_kept(stage, tmp_path, give_model):
    give_model(tmp_path / "mine.onnx")
    stage.window.do("model")
    told = Trouble(Code.LOOK_AHEAD_CHANGED, name="mine", wanted_ms=10.0, used_ms=20.0)
    stage.engine.forced = {"troubles": (told,)}
    stage.play(0.1)
    assert stage.engine.settings.model == str(tmp_path / "mine.onnx")
    (notice,) = stage.window.notices.notices
    assert notice.kind == "info" and "it listens with 20 ms" in notice.text


@pytest.mark.parametrize("chosen", ["stay", "leave", "choose"])
def test_closing_asks_about_a_take_that_is_only_in_memory(
    make_stage, tmp_path, give_folder, monkeypatch, chosen
):
    asked = []

    def answer(dialog: UnwrittenTake) -> int:
        asked.append(dialog.words.text())
        getattr(dialog, chosen).click()
        return dialog.result()

    monkeypatch.setattr(UnwrittenTake, "exec", answer)
    give_folder(tmp_path)
    stage = make_stage(EngineSettings(record="/full"))
    stage.engine.forced = {"unwritten": True}
    stage.play(0.1)
    stage.window.close()
    assert len(asked) == 1 and "/full cannot be written" in asked[0]
    assert all(str(folder) in asked[0] for folder in rescue_folders())
    assert stage.window.isVisible() == (chosen != "leave")
    assert stage.engine.settings.record == (str(tmp_path) if chosen == "choose" else "/full")
    stage.engine.forced = {}
    stage.play(0.1)
    stage.window.close()
    assert not stage.window.isVisible() and len(asked) == 1


def test_nobody_is_asked_about_it_where_nobody_may_be_there(make_stage):
    stage = make_stage()
    stage.engine.forced = {"unwritten": True}
    stage.play(0.1)
    stage.window.close_unasked()
    assert not stage.window.isVisible()


def test_what_the_command_line_gave_is_not_remembered(make_stage, tmp_path):
    stage = make_stage(EngineSettings(record=str(tmp_path), model="/m/cli.onnx"))
    stage.engine.forced = {
        "state": "failed",
        "troubles": (Trouble(Code.MODEL_UNREADABLE, path="/m/cli.onnx", reason="no"),),
    }
    stage.play(0.2)
    assert stage.engine.settings.model == "/m/cli.onnx", "it was asked for by name"
    assert "bundled" in stage.window.notices.notices[0].actions
    remembered = stage.window.remembered().engine
    assert (remembered.record, remembered.model) == ("", "")


def test_switches_of_the_menu_are_ticked(stage):
    menu = stage.window.top_bar.menu.menu()
    shown = entries(stage)
    stage.window.do("mute")
    stage.window.do("synth")
    menu.aboutToShow.emit()
    assert shown["Mute MIDI"].isCheckable() and shown["Mute MIDI"].isChecked()
    assert shown["Hear the notes on the synth"].isChecked()
    assert not shown["A click to play to"].isChecked()
    shown["Mute MIDI"].trigger()
    assert not stage.controller.muted


def test_midi_out_says_where_midi_leaves_whatever_the_list_of_ports_says(make_stage, monkeypatch):
    """The list was read before there was a MIDI system; MIDI leaves all the same."""
    monkeypatch.setattr("tests.gui.conftest.DEVICES", DeviceNames(virtual_midi=False))
    stage = make_stage(EngineSettings(midi_out="virtual"))
    picker = stage.window.top_bar.midi_out
    stage.engine.forced = {"midi_name": ""}
    stage.play(0.2)
    assert "no MIDI system" in picker.currentText()
    stage.engine.forced = {"midi_name": "Jaka to melodia:out"}
    stage.play(0.2)
    assert picker.currentText() == "Virtual port"
    stage.controller.change(midi_out="Synth of a friend")
    stage.engine.forced = {"midi_name": "Synth of a friend"}
    stage.lay_out()
    stage.play(0.2)
    assert picker.currentText() == "Synth of a friend"
