"""Every message of the engine has its words; a second look at what banners promise."""

from dataclasses import replace

import pytest

from gui.notices.notice import Situation, choose_notice
from realtime.snapshot import RollNote, Snapshot

NOTE = (RollNote(1.0, 1.5, 60, 80),)
FINE = Snapshot(state="listening", input_name="ALSA: Scarlett 2i2", notes=NOTE)
SEEN = Situation(notes_seen=True, platform="linux")


@pytest.mark.parametrize(
    ("message", "kind", "title", "action"),
    [
        ("MIDI port 'X' was lost; trying again.", "warning", "The MIDI port is gone", "report"),
        ("No MIDI port named 'X'. Run `jtm devices` to see the list.", "warning", "No MIDI leaves",
         "report"),
        ("Takes cannot be written to /m (full); the take is kept in memory. Free some space or "
         "choose another folder.", "error", "The take is not on disk yet", "report"),
        ("Recovered a take of an interrupted session: /m/a.mid.", "info", "A take was rescued",
         "takes"),
        ("The engine crashed and was restarted.", "warning", "A short break", "report"),
        ("Waiting for input 'X'.", "warning", "The input is away", "rescan"),
        ("Cannot use model m.onnx: it is not ours.", "error", "The model was refused", "report"),
        ("Something new happened.", "warning", "", "report"),
    ],
)  # fmt: skip
def test_a_message_has_a_title_an_advice_and_a_way_out(message, kind, title, action):
    notice = choose_notice(replace(FINE, message=message), SEEN)
    assert (notice.kind, notice.title) == (kind, title)
    assert notice.text.startswith(message)
    assert action in notice.actions
    assert notice.closable


def test_a_refused_model_can_be_given_up_where_it_was_the_users_own():
    failed = Snapshot(state="failed", message="Cannot read model m.onnx: no such file.")
    assert "bundled" not in choose_notice(failed, SEEN).actions
    notice = choose_notice(failed, replace(SEEN, own_model=True))
    assert (notice.kind, notice.title) == ("error", "The model was refused")
    assert notice.actions == ("retry", "bundled", "report")


def test_a_lost_device_says_what_happens_to_the_take():
    gone = replace(FINE, state="no-input", message="Input 'X' is unplugged.")
    assert "becomes silence" not in choose_notice(gone, SEEN).text
    notice = choose_notice(replace(gone, recording=True, take_s=2.0), SEEN)
    assert "becomes silence" in notice.text
    assert not notice.centre


@pytest.mark.parametrize(
    ("platform", "words"),
    [("darwin", "System Settings"), ("win32", "Privacy & security"), ("linux", "group audio")],
)
def test_a_forbidden_microphone_is_told_apart_from_a_missing_one(platform, words):
    message = "Input 'ALSA: X' cannot be opened (Permission denied)."
    closed = Snapshot(state="no-input", message=message)
    notice = choose_notice(closed, replace(SEEN, platform=platform))
    assert notice.title == "The microphone may not be used"
    assert words in notice.text


def test_pure_silence_where_systems_ask_for_leave_says_so():
    quiet = replace(SEEN, silent_s=6.0)
    shown = replace(FINE, notes=())
    assert "Microphone" not in choose_notice(shown, quiet).text
    assert "Microphone" in choose_notice(shown, replace(quiet, platform="darwin")).text


def test_behind_says_what_the_program_does():
    notice = choose_notice(replace(FINE, behind_s=0.6), SEEN)
    assert notice.title == "The computer is too slow just now"
    assert "recorded but not listened to" in notice.text


def test_the_report_is_copied_by_key_click_and_banner(stage, qtbot):
    from PySide6.QtWidgets import QApplication

    stage.engine.forced = {"message": "MIDI port 'X' was lost; trying again."}
    stage.play(0.2)
    assert "report" in stage.window.strip.notice.actions
    for copy in (
        lambda: stage.window.do("report"),
        lambda: stage.window.strip.acted.emit("report"),
        stage.window.status.clicked.emit,
    ):
        QApplication.clipboard().clear()
        copy()
        text = QApplication.clipboard().text()
        assert "MIDI port 'X' was lost" in text
        assert "settings: as usual" in text
    assert "clipboard" in stage.window.told.label.text()


def test_what_is_said_is_not_lost_while_a_file_is_transcribed(stage):
    stage.window.jobs._show("Listening…", running=True, done=False)
    stage.window.do("report")
    assert stage.window.jobs.isVisible()
    assert stage.window.told.isVisible()
    stage.window.told.close_button.click()
    assert not stage.window.told.isVisible()


def test_what_is_said_is_read_out_once(stage, monkeypatch):
    read = []
    monkeypatch.setattr(
        "gui.notices.strip.QAccessible.updateAccessibility",
        lambda event: read.append(event.object().accessibleName()),
    )
    stage.engine.forced = {"message": "MIDI port 'X' was lost; trying again."}
    stage.play(0.5)
    assert len(read) == 1
    assert "The MIDI port is gone" in read[0]
    stage.window.told.say("Saved as a.mid")
    assert read[1:] == ["Saved as a.mid"]
