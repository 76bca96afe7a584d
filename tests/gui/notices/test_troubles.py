"""Every message of the engine has its words; a second look at what banners promise."""

import string
from dataclasses import replace

import pytest

from gui.language.engine_messages import in_words
from gui.language.translate import set_language
from gui.notices.advice import advice_on
from gui.notices.notice import KINDS, Situation, choose_notices
from gui.notices.notice_view import action_labels
from realtime.practice.open_piece import open_piece
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.texts import TEXTS
from realtime.troubles.trouble import Trouble
from realtime.values.snapshot import RollNote, Snapshot

NOTE = (RollNote(1.0, 1.5, 60, 80),)
FINE = Snapshot(state="listening", input_name="ALSA: Scarlett 2i2", notes=NOTE)
SEEN = Situation(notes_seen=True, platform="linux")


@pytest.mark.parametrize(
    ("trouble", "kind", "title", "action"),
    [
        (Trouble(Code.PORT_LOST, name="X"), "warning", "The MIDI port is gone", "report"),
        (Trouble(Code.UNKNOWN_PORT, name="X"), "warning", "No MIDI leaves", "report"),
        (Trouble(Code.TAKE_UNWRITTEN, folder="/m", reason="full"), "error",
         "The take is not on disk yet", "report"),
        (Trouble(Code.TAKE_RECOVERED, path="/m/a.mid"), "info", "A take was rescued", "takes"),
        (Trouble(Code.ENGINE_RESTARTED), "warning", "A short break", "report"),
        (Trouble(Code.INPUT_AWAITED, name="X"), "warning", "The input is away", "rescan"),
        (Trouble(Code.MODEL_UNUSABLE, path="m.onnx", reason="it is not ours."), "error",
         "The model was refused", "report"),
        (Trouble(Code.OTHER, text="Something new happened."), "warning", "Something went wrong",
         "report"),
    ],
)  # fmt: skip
def test_a_trouble_has_a_title_an_advice_and_a_way_out(trouble, kind, title, action):
    (notice,) = choose_notices(replace(FINE, troubles=(trouble,)), SEEN)
    assert (notice.kind, notice.title) == (kind, title)
    assert notice.text.startswith(str(trouble))
    assert action in notice.actions
    assert notice.closable


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("spoken", ["en", "pl"])
def test_every_code_has_a_sentence_a_title_and_a_severity_in_both_languages(code, spoken):
    values = {
        name: 1.5 if form else f"<{name}>"
        for _, name, form, _ in string.Formatter().parse(TEXTS[code])
        if name
    }
    trouble = Trouble(code, **values)
    set_language(spoken)
    try:
        words, advice = in_words(trouble), advice_on(trouble, "linux")
    finally:
        set_language("en")
    wordless = not any(part.strip(" ,:") for part, *_ in string.Formatter().parse(TEXTS[code]))
    of_the_window = " --" in str(trouble) and "--" not in words  # there are no options there
    assert (words == str(trouble)) == ((spoken == "en" and not of_the_window) or wordless)
    assert all(f"<{name}>" in words for name, value in values.items() if isinstance(value, str))
    assert advice.kind in KINDS and advice.title
    assert set(advice.actions) <= set(action_labels())
    assert (advice.title == advice_on(trouble, "linux").title) == (spoken == "en")


def test_a_refused_model_can_be_given_up_where_it_was_the_users_own():
    failed = Snapshot(
        state="failed", troubles=(Trouble(Code.MODEL_UNREADABLE, path="m.onnx", reason="gone"),)
    )
    assert "bundled" not in choose_notices(failed, SEEN)[0].actions
    notice = choose_notices(failed, replace(SEEN, own_model=True))[0]
    assert (notice.kind, notice.title) == ("error", "The model was refused")
    assert notice.actions == ("retry", "bundled", "report")


def test_a_lost_device_says_what_happens_to_the_take():
    gone = replace(FINE, state="no-input", troubles=(Trouble(Code.INPUT_UNPLUGGED, name="X"),))
    assert "becomes silence" not in choose_notices(gone, SEEN)[0].text
    (notice,) = choose_notices(replace(gone, recording=True, take_s=2.0), SEEN)
    assert "becomes silence" in notice.text
    assert not notice.centre


@pytest.mark.parametrize(
    ("platform", "words"),
    [("darwin", "System Settings"), ("win32", "Privacy & security"), ("linux", "group audio")],
)
def test_a_forbidden_microphone_is_told_apart_from_a_missing_one(platform, words):
    forbidden = Trouble(Code.INPUT_FORBIDDEN, name="ALSA: X")
    closed = Snapshot(state="no-input", troubles=(forbidden,))
    (notice,) = choose_notices(closed, replace(SEEN, platform=platform))
    assert notice.title == "The microphone may not be used"
    assert words in notice.text


def test_pure_silence_where_systems_ask_for_leave_says_so():
    quiet = replace(SEEN, silent_s=6.0)
    shown = replace(FINE, notes=())
    assert "Microphone" not in choose_notices(shown, quiet)[0].text
    assert "Microphone" in choose_notices(shown, replace(quiet, platform="darwin"))[0].text


def test_behind_says_what_the_program_does():
    (notice,) = choose_notices(replace(FINE, behind_s=0.6), SEEN)
    assert notice.title == "The computer is too slow just now"
    assert "recorded but not listened to" in notice.text


def test_the_report_is_copied_by_key_click_and_banner(stage, qtbot):
    from PySide6.QtWidgets import QApplication

    stage.engine.forced = {"troubles": (Trouble(Code.PORT_LOST, name="X"),)}
    stage.play(0.2)
    assert "report" in stage.window.notices.notices[0].actions
    for copy in (
        lambda: stage.window.do("report"),
        lambda: stage.window.notices.acted.emit("report"),
        stage.window.status.details.report.click,
    ):
        QApplication.clipboard().clear()
        copy()
        text = QApplication.clipboard().text()
        assert "MIDI port 'X' was lost" in text
        assert "settings: as usual" in text
    assert "clipboard" in stage.window.toast.label.text()


def test_what_is_said_is_not_lost_while_a_file_is_transcribed(stage):
    stage.window.jobs.label.show_text("Listening to Für Elise.flac…")
    stage.window.jobs.show()
    stage.window.do("report")
    assert stage.window.jobs.isVisible()
    assert stage.window.toast.isVisible()
    stage.window.toast.close_button.click()
    assert not stage.window.toast.isVisible()


def test_what_is_said_is_read_out_once(stage, monkeypatch):
    read = []
    monkeypatch.setattr(
        "gui.notices.strip.QAccessible.updateAccessibility",
        lambda event: read.append(event.object().accessibleName()),
    )
    stage.engine.forced = {"troubles": (Trouble(Code.PORT_LOST, name="X"),)}
    stage.play(0.5)
    assert len(read) == 1
    assert "The MIDI port is gone" in read[0]
    stage.window.toast.show_text("Saved as a.mid")
    assert read[1:] == ["Saved as a.mid"]


def test_what_is_wrong_with_a_piece_is_said_in_polish(tmp_path):
    path = tmp_path / "drums.musicxml"
    path.write_text(
        '<score-partwise><part-list><score-part id="P1"><part-name/></score-part></part-list>'
        '<part id="P1"><measure number="1"><note><unpitched/><duration>1</duration></note>'
        "</measure></part></score-partwise>"
    )
    with pytest.raises(UserError) as refused:
        open_piece(str(path))
    set_language("pl")
    try:
        words = in_words(refused.value.trouble)
    finally:
        set_language("en")
    assert words == "W drums.musicxml jest tylko perkusja: nie ma czego ćwiczyć."
