from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject

from gui.controller.device_scan import DeviceNames
from gui.controller.frame_builder import FrameBuilder
from gui.notices.notice import Situation, choose_notices, merged
from gui.notices.system_audio import SYSTEM_AUDIO, needs_guide
from gui.settings.top_bar import TopBar
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import RollNote, Snapshot

LISTENING = Snapshot(state="listening", input_name="ALSA: Scarlett 2i2")
NOTE = (RollNote(1.0, 1.5, 60, 80),)
QUIET = Situation(notes_seen=True)
GONE = Trouble(Code.PORT_GONE, name="X")
RESCUED = Trouble(Code.TAKE_RECOVERED, path="/m/a.mid")


def test_nothing_to_say_while_all_is_well():
    assert choose_notices(replace(LISTENING, notes=NOTE), QUIET) == ()


@pytest.mark.parametrize(
    ("snapshot", "situation", "kind", "action"),
    [
        (Snapshot(state="failed", troubles=(Trouble(Code.SPEC_HEADS),)), QUIET, "error", "retry"),
        (Snapshot(state="no-input"), QUIET, "warning", "rescan"),
        (Snapshot(state="file-ended"), replace(QUIET, plays_file=True), "info", "again"),
        (replace(LISTENING, troubles=(GONE,)), QUIET, "warning", None),
        (LISTENING, replace(QUIET, lost_lately=True), "warning", None),
        (LISTENING, replace(QUIET, clipped=True), "warning", None),
        (LISTENING, replace(QUIET, silent_s=6.0), "hint", "demo"),
        (LISTENING, replace(QUIET, plays_file=True), "info", "microphone"),
        (LISTENING, Situation(), "hint", "demo"),
        (Snapshot(state="starting"), Situation(), "hint", None),
    ],
)
def test_each_trouble_has_its_words_and_its_way_out(snapshot, situation, kind, action):
    notice = choose_notices(snapshot, situation)[0]
    assert notice.kind == kind
    assert notice.title or notice.text
    assert action is None or action in notice.actions


def test_what_the_engine_says_is_shown():
    told = choose_notices(replace(LISTENING, troubles=(GONE,)), QUIET)
    assert told[0].text.startswith("MIDI port 'X' is gone.")
    failed = Snapshot(state="failed", troubles=(Trouble(Code.SPEC_HEADS),))
    assert choose_notices(failed, QUIET)[0].text == "The model declares no usable look-ahead."


def test_several_troubles_at_once_are_all_shown_the_most_serious_first():
    unwritten = Trouble(Code.TAKE_UNWRITTEN, folder="/m", reason=Trouble(Code.DISK_FULL))
    unheard = Trouble(Code.OUTPUT_LOST, name="Phones")
    shown = replace(LISTENING, notes=NOTE, troubles=(GONE, RESCUED, unwritten, unheard))
    told = choose_notices(shown, QUIET)
    assert [notice.about for notice in told] == [(unwritten,), (GONE,), (unheard,), (RESCUED,)]
    away = Trouble(Code.INPUT_UNPLUGGED, name="Scarlett")
    lost = replace(shown, state="no-input", troubles=(away, GONE))
    told = choose_notices(lost, QUIET)
    assert [notice.about for notice in told] == [(away,), (GONE,)]
    assert "'Scarlett' was unplugged" in told[0].text
    clipped = choose_notices(replace(shown, troubles=(GONE,)), replace(QUIET, clipped=True))
    assert [notice.title for notice in clipped] == ["The MIDI port is gone", "Too loud"]


def test_where_room_ends_the_last_strip_names_the_others_and_tells_them_in_its_tip():
    shown = replace(LISTENING, notes=NOTE, troubles=(GONE, RESCUED))
    both = merged(choose_notices(shown, QUIET))
    assert both.title == "The MIDI port is gone (+1)" and both.kind == "warning"
    assert "MIDI port 'X' is gone." in both.text and "Also: A take was rescued." in both.text
    assert "/m/a.mid" in both.details
    assert both.actions == ("report",) and both.closable and both.about == (GONE,)


def test_a_message_can_be_sent_away():
    said = replace(LISTENING, troubles=(RESCUED, GONE), notes=NOTE)
    assert all(notice.closable for notice in choose_notices(said, QUIET))
    left = choose_notices(said, replace(QUIET, dismissed=frozenset({RESCUED})))
    assert [notice.about for notice in left] == [(GONE,)]


def test_a_trouble_that_was_sent_away_and_comes_again_is_told_again():
    watch, settings = FrameBuilder(), EngineSettings()
    well = replace(LISTENING, notes=NOTE)
    ill = replace(well, troubles=(GONE,))
    watch.dismiss(watch.frame(ill, settings, 0.0).notices[0])
    assert watch.frame(ill, settings, 0.1).notices == ()
    watch.frame(well, settings, 0.2)
    assert [notice.about for notice in watch.frame(ill, settings, 0.3).notices] == [(GONE,)]


def test_the_window_shows_every_trouble_and_each_is_closed_by_itself(make_stage):
    stage = make_stage()
    unheard = Trouble(Code.OUTPUT_LOST, name="Phones")
    stage.window.resize(960, 720)
    stage.engine.forced = {"troubles": (GONE, unheard, RESCUED)}
    stage.play(0.2)
    stack = stage.window.notices
    assert [notice.about for notice in stack.notices] == [(GONE,), (unheard,), (RESCUED,)]
    assert [strip.isVisible() for strip in stack.strips] == [True, True, True]
    stack.strips[1].dismissed.emit(stack.notices[1])
    stage.play(0.1)
    assert [notice.about for notice in stack.notices] == [(GONE,), (RESCUED,)]
    assert [strip.isVisible() for strip in stack.strips] == [True, False, True]
    stage.window.resize(700, 320)
    stage.play(0.1)
    (both,) = stack.notices
    assert both.about == (GONE,) and "A take was rescued" in both.text
    stack.strips[0].dismissed.emit(both)
    stage.play(0.1)
    assert [notice.about for notice in stack.notices] == [(RESCUED,)], "the next has its turn"
    assert sum(strip.isVisible() for strip in stack.strips) == 1


class LayoutRequests(QObject):
    """Counts how often a widget is asked to lay itself out."""

    count = 0

    def eventFilter(self, watched, event):
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.mark.parametrize("size", [(960, 720), (700, 320), (560, 500)])
def test_messages_that_are_shown_cost_nothing_once_they_are_in_place(make_stage, qtbot, size):
    """To place one asks for a layout anew, which must not place it again, and so for ever."""
    stage = make_stage()
    stage.window.resize(*size)
    stage.engine.forced = {"troubles": (GONE, RESCUED)}
    stage.play(0.2)
    qtbot.wait(100)
    counter = LayoutRequests(stage.window)
    shown = [strip for strip in stage.window.notices.strips if strip.isVisible()]
    places = [strip.geometry() for strip in shown]
    for strip in shown:
        strip.installEventFilter(counter)
    qtbot.wait(300)
    assert shown and counter.count <= 2 * len(shown)
    assert [strip.geometry() for strip in shown] == places
    width = stage.window.width()
    stage.window.resize(size[0] + 200, size[1])
    stage.play(0.1)
    qtbot.wait(100)
    moved = (stage.window.width() - width) / 2
    for strip, place in zip(shown, places, strict=True):
        if strip.isVisible():
            assert strip.geometry().center().x() - place.center().x() == pytest.approx(moved, abs=2)


def test_silence_names_the_input():
    notice = choose_notices(LISTENING, replace(QUIET, silent_s=5.0))[0]
    assert "Scarlett 2i2" in notice.text
    assert choose_notices(LISTENING, replace(QUIET, silent_s=4.9)) == ()


@pytest.mark.parametrize("platform", ["darwin", "linux", "win32"])
def test_only_a_mac_is_told_how_to_hear_what_it_plays(platform):
    situation = replace(QUIET, platform=platform)
    empty = choose_notices(Snapshot(state="no-input"), situation)[0]
    assert ("BlackHole" in empty.text) == (platform == "darwin") and "rescan" in empty.actions
    assert needs_guide(platform, ["MacBook Microphone"]) == (platform == "darwin")
    assert not needs_guide(platform, ["MacBook Microphone", "BlackHole 2ch"])


def test_a_mac_is_asked_for_what_it_plays_in_the_list_of_inputs(make_stage, monkeypatch):
    monkeypatch.setattr(TopBar, "platform", "darwin")
    monkeypatch.setattr(FrameBuilder, "platform", "darwin")
    stage = make_stage()
    stage.play(0.1)
    picker = stage.window.top_bar.input
    assert picker.itemData(picker.count() - 1) == SYSTEM_AUDIO
    picker.setCurrentIndex(picker.count() - 1)
    picker.chosen.emit(SYSTEM_AUDIO)
    assert picker.currentData() == stage.engine.settings.input == "", "it is no input"
    stage.play(0.1)
    assert "BlackHole" in stage.window.notices.notices[0].text
    assert stage.window.notices.notices[0].actions == ("rescan",)
    stage.window.notices.strips[0].dismissed.emit(stage.window.notices.notices[0])
    stage.play(0.1)
    assert not any("BlackHole" in notice.text for notice in stage.window.notices.notices)
    stage.window.top_bar.show_devices(
        DeviceNames((("Core Audio: BlackHole 2ch", "BlackHole 2ch"),))
    )
    assert picker.findData(SYSTEM_AUDIO) < 0


def test_without_a_demo_none_is_offered():
    situation = Situation(demo_available=False)
    assert choose_notices(LISTENING, situation)[0].actions == ()


def test_a_card_never_covers_notes():
    no_input = replace(LISTENING, state="no-input")
    assert choose_notices(no_input, QUIET)[0].centre
    assert not choose_notices(replace(no_input, notes=NOTE), QUIET)[0].centre


def test_settings_have_a_default_input():
    assert EngineSettings().input == ""


def test_an_ended_file_keeps_its_own_words_beside_another_message():
    ended = Snapshot(state="file-ended", input_name="song.wav", stream_s=61.0)
    (notice,) = choose_notices(ended, replace(QUIET, plays_file=True))
    assert (notice.title, notice.text) == ("The file has ended", "song.wav, 1:01.")
    unheard = replace(ended, troubles=(Trouble(Code.NO_OUTPUT),))
    notice, other = choose_notices(unheard, replace(QUIET, plays_demo=True))
    assert (notice.title, notice.text) == ("The demo has ended", "song.wav, 1:01.")
    assert other.text.startswith("No loudspeaker or other sound output is plugged in.")


def test_a_take_goes_on_without_an_input_only_if_it_has_begun():
    gone = Snapshot(state="no-input", recording=True)
    assert "take goes on" not in choose_notices(gone, QUIET)[0].text
    assert "take goes on" in choose_notices(replace(gone, take_s=3.0), QUIET)[0].text
