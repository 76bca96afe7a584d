"""An engine without sound: plays a written piece by the clock. For tests and screenshots."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from realtime.practice.live.plan import PracticePlan
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import RollNote, Snapshot

MEMORY_S = 30.0
PRELUDE = (
    (48, 52, 60, 64, 67),
    (48, 50, 62, 69, 74),
    (47, 50, 62, 67, 74),
    (48, 52, 60, 64, 72),
    (45, 52, 57, 64, 69),
    (43, 50, 59, 62, 71),
)
"""Chords, low to high, broken as in a well-known prelude; two bars each with a melody above."""
MELODY = (76, 77, 79, 81, 79, 77, 76, 74, 72, 74, 76, 79)
SIXTEENTH_S = 0.16


def written_piece(repeats: int = 4) -> tuple[RollNote, ...]:
    """A piece of broken chords, held basses and a melody; onsets ascend, every note ends."""
    notes = []
    for bar in range(len(PRELUDE) * repeats):
        chord = PRELUDE[bar % len(PRELUDE)]
        start = 0.5 + bar * 16 * SIXTEENTH_S
        for half in range(2):
            begin = start + half * 8 * SIXTEENTH_S
            notes.append(_note(begin, 7.6, chord[0], 78))
            notes.append(_note(begin + SIXTEENTH_S, 6.4, chord[1], 58))
            for step in range(6):
                velocity = 62 + (step % 3) * 9 + half * 6
                onset = begin + (2 + step) * SIXTEENTH_S
                notes.append(_note(onset, 1.9 - 0.3 * (step % 3), chord[2 + step % 3], velocity))
        for beat in range(2):
            pitch = MELODY[(2 * bar + beat) % len(MELODY)]
            onset = start + beat * 8 * SIXTEENTH_S
            notes.append(_note(onset, 5.6, pitch, 92 + 14 * ((bar + beat) % 3)))
    return tuple(sorted(notes, key=lambda note: (note.onset_s, note.pitch)))


def _note(onset_s: float, sixteenths: float, pitch: int, velocity: int) -> RollNote:
    return RollNote(onset_s, onset_s + sixteenths * SIXTEENTH_S, pitch, min(velocity, 127))


class FakeEngine:
    """Keeps the promises of `gui.controller.engine_access.Engine` and remembers what it was asked.

    Args:
        settings: as for the real engine.
        score: what it "hears".
        clock: seconds from anywhere; tests give one they move by hand.
    """

    def __init__(
        self,
        settings: EngineSettings | None = None,
        score: Sequence[RollNote] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings or EngineSettings()
        self.asked: list[str] = []
        """Names of the methods called, in order."""
        self.plan: PracticePlan | None = None
        """What was to be practised last."""
        self.titles: list[str] = []
        """What takes were to be called, in order."""
        self.forced: dict[str, object] = {}
        """Snapshot fields that override the performance, to stage any state."""
        self._score = written_piece() if score is None else tuple(score)
        self._clock = clock
        self._began = clock()
        self._record_began: float | None = None
        self._last_take = ""
        self._kept_s = 0.0

    def start(self) -> None:
        """Begin to play the invented piece."""
        self.asked.append("start")
        self._began = self._clock()

    def snapshot(self) -> Snapshot:
        """The piece as it would look now."""
        now = self._clock() - self._began
        recent = [note for note in self._score if now - MEMORY_S <= note.onset_s <= now]
        notes = tuple(
            note
            if note.offset_s is not None and note.offset_s <= now
            else replace(note, offset_s=None)
            for note in recent
        )
        sounding = [note for note in notes if note.offset_s is None]
        level = _level(sounding, now)
        held_s = min(now, 60 * self.settings.recent_minutes) if notes else 0.0
        take_s = 0.0 if self._record_began is None else self._clock() - self._record_began
        picture = Snapshot(
            state="listening",
            stream_s=now,
            level_db=level,
            peak_db=min(level + 8.0, -0.5),
            notes=notes,
            input_name=self.settings.input or "Scarlett 2i2 USB",
            midi_name={"virtual": "Jaka to melodia"}.get(
                self.settings.midi_out, self.settings.midi_out
            ),
            model_name="piano-small",
            device_rate=48_000,
            look_ahead_ms=self.settings.latency_ms or 40.0,
            look_aheads_ms=(10.0, 20.0, 30.0, 40.0, 80.0),
            usual_look_ahead_ms=40.0,
            input_latency_ms=11.0,
            block_frames=480,
            delay_p95_ms=40.0 + 11.0 + 9.5 + 1.9,
            hop_ms=1.3,
            hop_p95_ms=1.9,
            cpu_load=0.14,
            recording=self._record_began is not None,
            take_s=take_s,
            take_notes=sum(note.onset_s >= now - take_s for note in recent),
            recent_s=held_s if any(note.onset_s > self._kept_s for note in notes) else 0.0,
            held_s=held_s,
            last_take=self._last_take,
            midi_sent=2 * len(recent) - len(sounding) if self.settings.midi_out else 0,
        )
        return replace(picture, **self.forced) if self.forced else picture  # type: ignore[arg-type]

    def apply(self, settings: EngineSettings) -> None:
        """Take the settings over; another input starts the piece again."""
        self.asked.append("apply")
        if settings.input != self.settings.input:
            self._began = self._clock()
        self.settings = settings

    def reopen(self) -> None:
        """Start the invented piece from its beginning."""
        self.asked.append("reopen")
        self._began = self._clock()

    def record(self, title: str = "") -> None:
        """Begin a take that is only counted, not written."""
        self.asked.append("record")
        self.titles.append(title)
        self._record_began = self._clock()

    def stop_recording(self) -> None:
        """End the take that `record` began."""
        self.asked.append("stop_recording")
        self._record_began = None
        self._last_take = "take-001.mid"

    def keep_recent(self, title: str = "", whole: bool = False) -> None:
        """Make a take of what was played so far."""
        self._kept_s = self._clock() - self._began
        self.asked.append("keep_recent")
        self.titles.append(title)
        self._last_take = f"kept-{self.asked.count('keep_recent')}.mid"

    def panic(self) -> None:
        """Remember that panic was pressed."""
        self.asked.append("panic")

    def measure_loop(self) -> None:
        """Remember that the loop should be measured."""
        self.asked.append("measure_loop")

    def stop_measuring(self) -> None:
        """Remember that it should not."""
        self.asked.append("stop_measuring")

    def practise(self, plan: PracticePlan) -> None:
        """Keep the plan, for tests to look at."""
        self.asked.append("practise")
        self.plan = plan

    def stop_practising(self) -> None:
        """Keep that the run was ended, for tests to look at."""
        self.asked.append("stop_practising")

    def press(self, pitch: int) -> None:
        """Keep the key that was pressed, for tests to look at."""
        self.asked.append(f"press {pitch}")

    def release(self, pitch: int) -> None:
        """Keep the key that was released, for tests to look at."""
        self.asked.append(f"release {pitch}")

    def keep_lesson(self, folder: str) -> None:
        """Remember where the sound should be kept."""
        self.asked.append(f"keep_lesson {folder}")

    def close(self) -> None:
        """Keep that the engine was closed, for tests to look at."""
        self.asked.append("close")


def _level(sounding: Sequence[RollNote], now: float) -> float:
    """A plausible loudness: recent notes ring, then fade."""
    energy = sum(
        (note.velocity / 127) ** 2 * math.exp(-1.5 * (now - note.onset_s)) for note in sounding
    )
    return max(10 * math.log10(energy + 1e-6) - 17.0, -66.0)
