"""Practice in the engine: heard by the chain, sounded by the engine, told in snapshots."""

import pickle
import time
from dataclasses import replace

import numpy as np
import pytest

from realtime.audio.sources import ArraySource, PacedSource
from realtime.engine.engine import Engine
from realtime.engine.messages import Practise, ReportMaker, ReportReader
from realtime.inference.onnx_model import Activations
from realtime.midi.sink import NoOutput
from realtime.playback.live_messages import PieceBegan
from realtime.playback.player import NoSound, SoundStatus
from realtime.practice.live.plan import PracticePlan
from realtime.practice.pieces import Bar, PieceNote
from realtime.values.practice_modes import PracticeMode
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import JudgedNote, PracticeState, Snapshot
from tests.realtime.practice.performances import heard, melody, play
from tests.support import toy_model

TUNE = tuple(melody([60, 62, 64, 65, 67, 65, 64, 62], 0.5))
BARS = (Bar(1, 0.0, 4), Bar(2, 2.0, 4))
LEFT = (PieceNote(0.0, 1.9, 48, 1, 1.0, 1), PieceNote(2.0, 3.9, 43, 2, 1.0, 1))


class WrittenModel:
    """Says what is written, whatever it hears."""

    def __init__(self, played, seconds):
        self.spec, self.head = toy_model.SPEC, 0
        self._rolls, self._hop = heard(played, seconds), 0

    def reset(self):
        pass

    def step(self, hop):
        rows = []
        for roll in (self._rolls.onset, self._rolls.frame):
            for head in self.spec.heads:
                at = self._hop - head.look_ahead_frames
                rows.append(roll[at] if 0 <= at < len(roll) else np.zeros(88, dtype=np.float32))
        heads = np.array(rows).reshape(2, len(self.spec.heads), 88)
        self._hop += 1
        nothing = np.zeros(88, dtype=np.float32)
        onset, frame = heads[:, self.head]
        return Activations(onset, frame, nothing, nothing, heads=heads)


class Heard(NoSound):
    """Remembers what it was to sound."""

    def __init__(self):
        self.cues, self.pieces = [], 0
        self.wanted = False

    def begin_piece(self, wanted):
        self.wanted = wanted
        self.pieces += 1
        return self.pieces

    def cue(self, cues):
        self.cues += cues

    def status(self):
        return SoundStatus("Phones")


def engine_of(played, seconds, sound=None):
    source = ArraySource(np.zeros(round(seconds * 16_000), dtype=np.float32), 16_000)
    model = WrittenModel(played, seconds)
    return Engine(model, source, NoOutput(), EngineSettings(), sound=sound)


def hear_all(engine):
    while engine.pull(160):
        pass
    return engine.snapshot().practice


def test_without_an_output_the_beats_are_counted_in_silence_and_notes_judged():
    plan = PracticePlan(TUNE, bars=BARS, mode=PracticeMode.ALONG)
    played = play(TUNE, 2.4)
    del played[5]
    engine = engine_of(played, 8.0)
    assert engine.practice.begin(plan) is None
    for _ in range(100):
        engine.pull(160)
    counting = engine.snapshot().practice
    assert (counting.state, counting.beats_left, counting.silent) == ("counting", 3, True)
    assert counting.place_s == pytest.approx(-1.4, abs=0.05) and counting.rate == 1.0
    told = hear_all(engine)
    assert (told.state, told.run, told.final) == ("ended", 1, True)
    assert [each.judgement for each in sorted(told.judged, key=lambda each: each.note)] == [
        "right" if note != 5 else "missed" for note in range(8)
    ]
    assert told.extras == ()


def test_waiting_tells_what_is_next_and_the_other_hand_sounds_when_a_chord_is_complete():
    sound = Heard()
    engine = engine_of(play(TUNE[:2], 1.0), 3.0, sound)
    engine.practice.begin(PracticePlan(TUNE, LEFT, BARS, mode=PracticeMode.WAIT))
    assert engine.snapshot().practice.next == (60,)
    told = hear_all(engine)
    assert (told.state, told.next, told.place_s) == ("playing", (64,), 1.0)
    assert [each.note for each in told.judged] == [0, 1]
    assert sound.cues[:1] == [(0.0, 48, 64)]
    engine.practice.stop()
    assert not sound.wanted and engine.snapshot().practice.state == "ended"


def test_free_play_is_followed_and_judged_with_hindsight_after_the_stop():
    engine = engine_of(play(TUNE, 1.0, 0.8), 7.5)
    engine.practice.begin(PracticePlan(TUNE, LEFT, BARS, mode=PracticeMode.FREE))
    told = hear_all(engine)
    assert told.state == "playing" and told.place_s == TUNE[-1].onset_s
    engine.practice.stop()
    for _ in range(200):
        told = engine.snapshot().practice
        if told.final:
            break
        time.sleep(0.02)
    assert {each.note: each.judgement for each in told.judged} == dict.fromkeys(range(8), "right")


def test_free_play_is_accompanied_where_the_other_parts_are_wanted():
    sound = Heard()
    engine = engine_of(play(TUNE, 1.0, 0.8), 7.5, sound)
    engine.practice.begin(PracticePlan(TUNE, LEFT, BARS, mode=PracticeMode.FREE))
    hear_all(engine)
    assert [pitch for _, pitch, velocity in sound.cues if velocity][:1] == [48]
    assert sound.wanted
    engine.practice.stop()
    assert not sound.wanted
    alone = Heard()
    engine = engine_of(play(TUNE, 1.0, 0.8), 7.5, alone)
    engine.practice.begin(PracticePlan(TUNE, LEFT, BARS, mode=PracticeMode.FREE, accompanies=False))
    hear_all(engine)
    assert alone.cues == []


class Claps(WrittenModel):
    """Hears no pitch; its spectrum rises at the given seconds and falls again."""

    def __init__(self, claps_s, seconds):
        super().__init__([], seconds)
        self._level = np.zeros(round(seconds * 100) + 100, dtype=np.float32)
        for clap_s in claps_s:
            first = round(clap_s * 100)
            self._level[first : first + 20] = np.linspace(1.5, 0, 20)

    def step(self, hop):
        spectrum = np.full(60, self._level[self._hop], dtype=np.float32)
        return replace(super().step(hop), spectrum=spectrum)


def test_in_rhythm_alone_claps_are_notes_and_a_late_or_missing_one_is_told():
    dues = [2.4 + note.onset_s for note in TUNE]
    claps = [*dues[:2], *dues[3:6], dues[6] + 0.2, dues[7]]
    source = ArraySource(np.zeros(16_000 * 8, dtype=np.float32), 16_000)
    engine = Engine(Claps(claps, 8.0), source, NoOutput(), EngineSettings())
    assert engine.practice.begin(PracticePlan(TUNE, bars=BARS, mode=PracticeMode.RHYTHM)) is None
    told = hear_all(engine)
    words = [each.judgement for each in sorted(told.judged, key=lambda each: each.note)]
    assert words == [*["right"] * 2, "missed", *["right"] * 3, "late", "right"]


@pytest.mark.slow
def test_the_output_s_own_clock_says_where_the_piece_lies():
    class Late(Heard):
        began = None

        def status(self):
            piece = None if self.began is None else PieceBegan(self.pieces, self.began)
            return SoundStatus("Phones", latency_ms=50.0, piece=piece)

    sound = Late()
    engine = engine_of([], 3.0, sound)
    engine.source = PacedSource(engine.source)
    engine.practice.begin(PracticePlan(TUNE, LEFT, BARS, mode=PracticeMode.ALONG, click=False))
    listen_until = time.monotonic() + 0.4
    engine.run(lambda: time.monotonic() > listen_until)
    assert engine.snapshot().practice.beats_left == 0 and sound.cues == []
    sound.began = time.monotonic()
    engine.run()
    ticks = [at_s for at_s, pitch, _ in sound.cues if pitch == -1]
    assert len(ticks) == 4 and np.allclose(np.diff(ticks), 0.5)
    notes = {pitch: at_s for at_s, pitch, velocity in sound.cues if velocity == 64}
    assert notes == {48: pytest.approx(ticks[0] + 2.0)}


@pytest.mark.parametrize("mode", PracticeMode)
def test_every_mode_begins_hears_sounds_and_ends(mode):
    sound = Heard()
    engine = engine_of(play(TUNE, 1.0, 0.8), 2.0, sound)
    assert engine.practice.begin(PracticePlan(TUNE, LEFT, BARS, mode=mode)) is None
    assert sound.wanted
    assert hear_all(engine).state in ("counting", "playing")
    engine.practice.stop()
    engine.practice.stop()
    assert engine.snapshot().practice.state == "ended" and not sound.wanted
    assert engine.practice.begin(PracticePlan(TUNE, mode=mode)) is None, "another may follow"
    assert engine.snapshot().practice.run == 2


def test_a_plan_that_cannot_be_is_told_and_the_run_before_has_ended():
    engine = engine_of([], 1.0)
    engine.practice.begin(PracticePlan(TUNE))
    trouble = engine.practice.begin(PracticePlan(TUNE, tempo=0.0))
    assert trouble is not None and "25" in str(trouble)
    assert engine.snapshot().practice.state == "ended"


def test_only_new_verdicts_travel_and_the_host_has_them_all():
    maker, reader = ReportMaker(), ReportReader()
    verdicts = tuple(JudgedNote(note, "right", 1.0, 0.9) for note in range(4))
    state = PracticeState(run=1, state="playing")
    for count in (0, 2, 2, 3, 4):
        report = maker.report(Snapshot(practice=replace(state, judged=verdicts[:count])))
        assert len(report.snapshot.practice.judged) <= 2
        assert reader.practice(report.snapshot.practice).judged == verdicts[:count]
    better = (JudgedNote(0, "late", 130.0, 0.9),)
    report = maker.report(Snapshot(practice=replace(state, final=True, judged=better)))
    assert reader.practice(report.snapshot.practice).judged == better
    report = maker.report(Snapshot(practice=replace(state, run=2)))
    assert reader.practice(report.snapshot.practice).judged == ()


def test_a_plan_is_a_message_of_its_own():
    plan = PracticePlan(TUNE, LEFT, BARS, PracticeMode.ALONG)
    assert pickle.loads(pickle.dumps(Practise(plan))).plan == plan
