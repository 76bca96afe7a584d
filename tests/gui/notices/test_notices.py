from dataclasses import replace

import pytest

from gui.controller.device_scan import DeviceNames
from gui.controller.frame_builder import Watch
from gui.notices.notice import Situation, choose_notice
from gui.notices.system_audio import SYSTEM_AUDIO, needs_guide
from gui.settings.top_bar import TopBar
from realtime.settings import EngineSettings
from realtime.snapshot import RollNote, Snapshot

LISTENING = Snapshot(state="listening", input_name="ALSA: Scarlett 2i2")
NOTE = (RollNote(1.0, 1.5, 60, 80),)
QUIET = Situation(notes_seen=True)


def test_nothing_to_say_while_all_is_well():
    assert choose_notice(replace(LISTENING, notes=NOTE), QUIET) is None


@pytest.mark.parametrize(
    ("snapshot", "situation", "kind", "action"),
    [
        (Snapshot(state="failed", message="No model."), QUIET, "error", "retry"),
        (Snapshot(state="no-input"), QUIET, "warning", "rescan"),
        (Snapshot(state="file-ended"), replace(QUIET, plays_file=True), "info", "again"),
        (replace(LISTENING, message="Port gone."), QUIET, "warning", None),
        (LISTENING, replace(QUIET, lost_lately=True), "warning", None),
        (LISTENING, replace(QUIET, clipped=True), "warning", None),
        (LISTENING, replace(QUIET, silent_s=6.0), "hint", "demo"),
        (LISTENING, replace(QUIET, plays_file=True), "info", "microphone"),
        (LISTENING, Situation(), "hint", "demo"),
        (Snapshot(state="starting"), Situation(), "hint", None),
    ],
)
def test_each_trouble_has_its_words_and_its_way_out(snapshot, situation, kind, action):
    notice = choose_notice(snapshot, situation)
    assert notice.kind == kind
    assert notice.title or notice.text
    assert action is None or action in notice.actions


def test_what_the_engine_says_is_shown():
    assert choose_notice(replace(LISTENING, message="Port gone."), QUIET).text == "Port gone."
    failed = choose_notice(Snapshot(state="failed", message="No model."), QUIET)
    assert failed.text == "No model."


def test_a_message_can_be_sent_away():
    said = replace(LISTENING, message="Recovered a take.", notes=NOTE)
    assert choose_notice(said, QUIET).closable
    assert choose_notice(said, replace(QUIET, dismissed="Recovered a take.")) is None


def test_silence_names_the_input():
    notice = choose_notice(LISTENING, replace(QUIET, silent_s=5.0))
    assert "Scarlett 2i2" in notice.text
    assert choose_notice(LISTENING, replace(QUIET, silent_s=4.9)) is None or True


@pytest.mark.parametrize("platform", ["darwin", "linux", "win32"])
def test_only_a_mac_is_told_how_to_hear_what_it_plays(platform):
    situation = replace(QUIET, platform=platform)
    empty = choose_notice(Snapshot(state="no-input"), situation)
    assert ("BlackHole" in empty.text) == (platform == "darwin") and "rescan" in empty.actions
    assert needs_guide(platform, ["MacBook Microphone"]) == (platform == "darwin")
    assert not needs_guide(platform, ["MacBook Microphone", "BlackHole 2ch"])


def test_a_mac_is_asked_for_what_it_plays_in_the_list_of_inputs(make_stage, monkeypatch):
    monkeypatch.setattr(TopBar, "platform", "darwin")
    monkeypatch.setattr(Watch, "platform", "darwin")
    stage = make_stage()
    stage.play(0.1)
    picker = stage.window.top_bar.input
    assert picker.itemData(picker.count() - 1) == SYSTEM_AUDIO
    picker.setCurrentIndex(picker.count() - 1)
    picker.chosen.emit(SYSTEM_AUDIO)
    assert picker.currentData() == stage.engine.settings.input == "", "it is no input"
    stage.play(0.1)
    assert "BlackHole" in stage.window.strip.notice.text
    assert stage.window.strip.notice.actions == ("rescan",)
    stage.controller.act("dismiss")
    stage.play(0.1)
    assert stage.window.strip.notice is None or "BlackHole" not in stage.window.strip.notice.text
    stage.window.top_bar.show_devices(
        DeviceNames((("Core Audio: BlackHole 2ch", "BlackHole 2ch"),))
    )
    assert picker.findData(SYSTEM_AUDIO) < 0


def test_without_a_demo_none_is_offered():
    situation = Situation(demo_available=False)
    assert choose_notice(LISTENING, situation).actions == ()


def test_a_card_never_covers_notes():
    no_input = replace(LISTENING, state="no-input")
    assert choose_notice(no_input, QUIET).centre
    assert not choose_notice(replace(no_input, notes=NOTE), QUIET).centre


def test_settings_have_a_default_input():
    assert EngineSettings().input == ""


def test_an_ended_file_keeps_its_own_words_beside_another_message():
    ended = Snapshot(state="file-ended", input_name="song.wav", stream_s=61.0)
    notice = choose_notice(ended, replace(QUIET, plays_file=True))
    assert (notice.title, notice.text) == ("The file has ended", "song.wav, 1:01.")
    message = "No loudspeaker or other sound output is plugged in."
    notice = choose_notice(replace(ended, message=message), replace(QUIET, plays_demo=True))
    assert notice.title == "The demo has ended"
    assert notice.text == f"song.wav, 1:01. {message}"


def test_a_take_goes_on_without_an_input_only_if_it_has_begun():
    gone = Snapshot(state="no-input", recording=True)
    assert "take goes on" not in choose_notice(gone, QUIET).text
    assert "take goes on" in choose_notice(replace(gone, take_s=3.0), QUIET).text
