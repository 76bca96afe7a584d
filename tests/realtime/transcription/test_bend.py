"""Pitch bend: what is read, what is sent, what a take holds."""

from dataclasses import replace
from itertools import pairwise

import mido
import numpy as np
import pytest

from realtime.audio.sources import ArraySource
from realtime.engine.engine import Engine
from realtime.inference.onnx_model import OnnxModel
from realtime.midi.guardian import Guard
from realtime.midi.messages import CONTROL, NOTE_ON, PITCH_WHEEL, WHEEL_CENTRE, wheel
from realtime.midi.sink import MidiOut
from realtime.playback.player import NoSound
from realtime.takes.finish import new_journal_path
from realtime.takes.journal import JournalWriter, TakeEvent, TakeInfo
from realtime.takes.recovery import recover
from realtime.transcription.chain import Chain
from realtime.transcription.pitch_bend import PitchFollower
from realtime.values.notes import NoteOff, NoteOn
from realtime.values.settings import EngineSettings
from tests.support.list_output import ListOutput

RATE = 16_000
BENT = EngineSettings(pitch_bend="single")


@pytest.fixture(scope="module")
def model() -> OnnxModel:
    return OnnxModel()


def sliding(pitch: int, cents: float, seconds: float = 1.6) -> np.ndarray:
    """A tone with overtones that slides by so many cents between 0.6 and 0.8 s."""
    time_s = np.arange(round(RATE * seconds)) / RATE
    moved = np.clip((time_s - 0.6) / 0.2, 0, 1) * cents
    phase = 2 * np.pi * np.cumsum(440 * 2 ** ((pitch - 69 + moved / 100) / 12)) / RATE
    tone = sum(np.sin(k * phase) / k for k in range(1, 6))
    return np.concatenate([np.zeros(RATE // 5), 0.2 * tone]).astype(np.float32)


@pytest.mark.parametrize(("pitch", "cents"), [(52, 45), (69, -50)])
def test_a_slide_is_followed_within_five_cents_whatever_the_blocks(model, pitch, cents):
    found = []
    for size in (160, 4000):
        model.reset()
        chain = Chain(model, RATE, BENT)
        sound = sliding(pitch, cents)
        for start in range(0, len(sound), size):
            chain.process(sound[start : start + size])
        found.append(chain.bends)
    bends = found[0]
    assert bends and bends == found[1]
    assert bends[-1].cents == pytest.approx(cents, abs=5)
    moved = [bend.frame for bend in bends if abs(bend.cents) > 10]
    assert 75 < moved[0] < 105 and moved[-1] < 130
    assert all(b.frame - a.frame >= 2 for a, b in pairwise(bends))


def column(cents: float) -> np.ndarray:
    """A spectrum of three rows a semitone from pitch 20, with one peak so far above 60."""
    rows = np.arange(303) / 3 + 20
    return np.maximum(3 - 4 * (rows - 60 - cents / 100) ** 2, 0).astype(np.float32)


def test_a_new_note_begins_at_its_pitch_and_chords_do_not_bend():
    follower, said = PitchFollower(20.0, 3), []
    for frame in range(60):
        events = {0: [NoteOn(0, 60, 80)], 30: [NoteOn(28, 64, 80)], 45: [NoteOff(45, 64)]}
        said += follower.push(events.get(frame, []), column(20.0), frame, int)
    assert said[0].frame >= 12 and said[0].cents == pytest.approx(20, abs=4)
    assert (said[1].frame, said[1].cents) == (28, 0.0)
    assert len(said) == 3 and said[2].frame > 45, "alone again"
    assert not PitchFollower(20.0, 0).push([NoteOn(0, 60, 80)], column(0), 0, int)


def test_the_wheel_comes_back_for_every_note_and_at_panic():
    port = ListOutput()
    out = MidiOut(port, channel=3)
    out.bend(20.0)
    assert not port.messages, "nothing sounds"
    out.send([NoteOn(0, 60, 80)])
    out.bend(50.0)
    out.bend(-100.0)
    ranged = [m[1:] for m in port.messages if m[0] == CONTROL | 2]
    assert ranged == [(101, 0), (100, 0), (6, 2), (38, 0), (101, 127), (100, 127)], "said once"
    turns = [high << 7 | low for kind, low, high in port.messages if kind == PITCH_WHEEL | 2]
    assert turns == [wheel(50.0), 4096]
    centre = (PITCH_WHEEL | 2, WHEEL_CENTRE & 127, WHEEL_CENTRE >> 7)
    out.send([NoteOff(9, 60), NoteOn(9, 62, 80)])
    assert port.messages[-2:] == [centre, (NOTE_ON | 2, 62, 80)]
    out.bend(30.0)
    out.shape(channel=5, transpose=0)
    out.send([NoteOff(12, 62), NoteOn(12, 64, 80)])
    assert port.messages[-2:] == [centre, (NOTE_ON | 4, 64, 80)], "the channel before is straight"
    out.bend(30.0)
    out.panic()
    assert (PITCH_WHEEL | 4, *centre[1:]) in port.messages


def test_the_guardian_turns_the_wheel_back():
    class Port:
        def __init__(self) -> None:
            self.sent: list[list[int]] = []

        def send_message(self, message: list[int]) -> None:
            self.sent.append(message)

    port = Port()
    guard = Guard(port)
    guard.forward(bytes([NOTE_ON, 60, 80, PITCH_WHEEL, 0, 90]))
    guard.silence()
    assert [PITCH_WHEEL, 0, 64] in port.sent


def test_an_engine_sends_bends_only_where_they_are_wanted(model):
    """The synth is not MIDI: it plays on, and bends, while the port is muted."""
    muted = replace(BENT, midi_muted=True)
    for settings, port, synth in (
        (BENT, True, True),
        (EngineSettings(), False, False),
        (muted, False, True),
    ):
        sink, sound = ListOutput(), Bending()
        Engine(model, ArraySource(sliding(69, 40, 0.7), RATE), sink, settings, sound=sound).run()
        assert (bool(sink.bends), bool(sound.bends)) == (port, synth)


class Bending(NoSound):
    """Remembers how its notes were turned."""

    def __init__(self):
        self.bends = []

    def bend(self, cents):
        self.bends.append(cents)


def test_a_take_holds_its_bends(tmp_path):
    journal = JournalWriter(new_journal_path(tmp_path), TakeInfo(RATE))
    journal.append_events(
        [
            TakeEvent("on", 0.1, 0.13, 60, 80),
            TakeEvent("bend", 0.3, 0.33, cents=25.0),
            TakeEvent("bend", 0.52, 0.55, cents=30.0),
            TakeEvent("off", 0.5, 0.56, 60),
            TakeEvent("on", 0.5, 0.56, 62, 80),
            TakeEvent("bend", 0.5, 0.56, cents=0.0),
            TakeEvent("bend", "x", 0.6, cents=999.0),
            TakeEvent("off", 0.9, 0.93, 62),
        ]
    )
    journal.close()
    (take,) = recover(tmp_path).takes
    track = [m for m in mido.MidiFile(take).tracks[1] if not m.is_meta]
    assert [m.control for m in track[:6]] == [101, 100, 6, 38, 101, 100]
    assert [(m.type, getattr(m, "pitch", None)) for m in track[6:]] == [
        ("pitchwheel", 0),
        ("note_on", None),
        ("pitchwheel", wheel(25.0) - WHEEL_CENTRE),
        ("note_off", None),
        ("pitchwheel", 0),
        ("note_on", None),
        ("note_off", None),
        ("pitchwheel", 0),
    ]
