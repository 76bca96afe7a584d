import math

import pytest

from gui.controller.report import report
from gui.language.formats import duration, short_name
from gui.language.status_items import status_items
from gui.language.translate import set_language
from gui.music.sounding import FADE_S, MOST, sounding_notes
from gui.notices.notice import Notice, Situation, choose_notices
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import RollNote, Snapshot

SNAPSHOT = Snapshot(
    input_name="ALSA: Scarlett 2i2 USB",
    device_rate=44_100,
    look_ahead_ms=40.0,
    input_latency_ms=11.6,
    hop_ms=1.26,
    hop_p95_ms=2.14,
    cpu_load=0.135,
    model_name="/models/piano.onnx",
    block_frames=441,
    delay_p95_ms=63.2,
)


def items(snapshot):
    return {item.name: item for item in status_items(snapshot)}


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(75.4, "1:15"), (-3.0, "0:00"), (math.inf, "0:00"), (-math.inf, "0:00"), (math.nan, "0:00")],
)
def test_every_number_is_a_duration(seconds, said):
    assert duration(seconds) == said


def test_the_figures_a_player_wants():
    shown = items(SNAPSHOT)
    assert shown["input"].text == "Scarlett 2i2 USB  44.1 kHz"
    assert shown["latency"].text == "delay 52 ms"
    assert shown["latency"].tip.startswith("40 + 12 ms: look-ahead")
    assert shown["estimate"].text == "95 of 100: 63 ms  buffer 441"
    assert shown["speed"].text == "hop 1.3 ms  CPU 14 %"
    assert "less than 2.1 ms" in shown["speed"].tip
    assert shown["lost"].text == "nothing lost"
    assert shown["model"].text == "piano.onnx"
    assert "Buffer: 441 frames, 10 ms" in shown["input"].tip
    assert "Estimate: 63 ms for 95 of 100 notes" in shown["latency"].tip
    assert "Estimate" not in items(Snapshot())["latency"].tip
    assert not any(item.worry for item in shown.values())


def test_trouble_is_marked():
    shown = items(Snapshot(lost_s=0.25, behind_s=0.5))
    assert shown["lost"].worry
    assert shown["lost"].text == "lost 250 ms"
    assert shown["speed"].worry
    assert shown["input"].text == "No input"


def test_report_holds_everything():
    text = report(
        SNAPSHOT, EngineSettings(transpose=3), [Notice("warning", "Too loud", "It clips.")]
    )
    assert "transpose=3" in text and "gain_db" not in text
    assert "Too loud" in text and "onnxruntime" in text
    assert "52 ms (look-ahead 40 + input 12)" in text
    assert "63 ms (p95, estimated from its parts), buffer 441 frames" in text
    assert "state: starting" in text


@pytest.mark.parametrize(
    "snapshot",
    [
        SNAPSHOT,
        Snapshot(state="listening", troubles=(Trouble(Code.PORT_LOST, name="X"),), lost_s=1.0),
        Snapshot(state="no-input", troubles=(Trouble(Code.INPUT_UNPLUGGED, name="X"),)),
        Snapshot(state="listening", behind_s=2.0, midi_name="X"),
    ],
)
def test_a_report_is_in_english_whatever_the_window_speaks(snapshot):
    situation = Situation(clipped=True)
    english = report(snapshot, EngineSettings(), choose_notices(snapshot, situation))
    set_language("pl")
    try:
        notices = choose_notices(snapshot, situation)
        assert notices[0].title not in english
        assert report(snapshot, EngineSettings(), notices) == english
    finally:
        set_language("en")
    for trouble in snapshot.troubles:
        assert trouble.code in english and str(trouble) in english


def test_durations_and_names():
    assert duration(75.4) == "1:15"
    assert duration(-1.0) == "0:00"
    assert short_name("/music/żółw.flac") == "żółw.flac"
    assert short_name("JACK: system") == "system"
    assert len(short_name("x" * 100)) <= 32


def test_ended_notes_fade_and_the_strongest_stay():
    notes = [RollNote(0.0, 1.0, 60, 80), RollNote(0.0, None, 64, 90), RollNote(0.0, 0.2, 67, 90)]
    shown = sounding_notes(notes, 1.0 + FADE_S / 2)
    assert [(note.pitch, round(note.strength, 2)) for note in shown] == [(60, 0.5), (64, 1.0)]
    many = [RollNote(0.0, None, pitch, 80) for pitch in range(30, 60)]
    assert len(sounding_notes(many, 1.0)) == MOST
