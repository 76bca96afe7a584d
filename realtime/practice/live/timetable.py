"""When everything of a run that keeps its tempo is due: count-in, rounds, clicks, other parts."""

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from realtime.files.click import CLICK
from realtime.practice.live.plan import PracticePlan, beats_of
from realtime.values.arrays import Doubles, Numbers

OTHERS_VELOCITY = 64
LEAD_S = 0.4
"""Seconds from the moment when a run is known to begin to its first click."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Something to be sounded: velocity 0 ends a note.

    Args:
        at_s: seconds of the run.
        pitch: MIDI number, or `CLICK`.
        velocity: 0-127; of a click 2 on the first beat of a bar, else 1.
    """

    at_s: float
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class Round:
    """One round through the stretch, with its begin and end in seconds of the run.

    Args:
        begin_s: seconds of the run at which its first note may come.
        counted_from_s: when its count-in begins; `begin_s` where none is counted.
        tempo: part of the written tempo.
    """

    begin_s: float
    counted_from_s: float
    tempo: float


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be played; all arrays (n,), ascending `due_s`."""

    due_s: Doubles
    """Times at which notes are due, in seconds of the run."""
    end_s: Doubles
    pitches: Numbers
    notes: Numbers
    """Index into the notes of the plan, -1 for notes of others."""
    rounds: Numbers


class Timetable:
    """Adds one round after the other; what is told of a round does not change any more.

    Args:
        plan: that keeps its tempo.
    """

    def __init__(self, plan: PracticePlan) -> None:
        self._plan, self._last_s = plan, plan.last_s
        self.rounds: list[Round] = []
        self._cues: list[Cue] = []
        self._told = 0
        self._dues: list[Due] = []
        self._beats = [
            beat for beat in beats_of(plan.bars) if plan.start_s - 1e-6 <= beat[0] < self._last_s
        ]
        self._mine = plan.chosen

    @property
    def end_s(self) -> float:
        """When the last round that is planned ends, in seconds of the run."""
        if not self.rounds:
            return LEAD_S
        return self.rounds[-1].begin_s + self.length_s(self.rounds[-1].tempo)

    def length_s(self, tempo: float) -> float:
        """Seconds that the stretch takes at a tempo, a share of the written one."""
        return (self._last_s - self._plan.start_s) / tempo

    def add_round(self, at_s: float, tempo: float, counted: bool) -> None:
        """Plan a round from a second of the run on: first its count-in, where one is wanted."""
        begin_s = at_s
        cues = []
        if counted:
            beat_s, beats = self._first_beat()
            for index in range(beats):
                accent = 2 if index == 0 else 1
                cues.append(Cue(at_s + index * beat_s / tempo, CLICK, accent))
            begin_s += beats * beat_s / tempo
        start_s = self._plan.start_s
        number = len(self.rounds)
        self.rounds.append(Round(begin_s, at_s, tempo))
        if self._plan.click:
            cues += [
                Cue(begin_s + (beat_s - start_s) / tempo, CLICK, 2 if first else 1)
                for beat_s, first in self._beats
            ]
        if self._plan.has_company:
            for note in self._others():
                on = begin_s + (note.onset_s - start_s) / tempo
                off = begin_s + (min(note.offset_s, self._last_s) - start_s) / tempo
                cues.append(Cue(on, note.pitch, OTHERS_VELOCITY))
                cues.append(Cue(max(off - 0.02, on + 0.03), note.pitch, 0))
        cues.sort(key=lambda cue: (cue.at_s, cue.velocity > 0))
        self._cues += cues
        self._dues.append(self._due(begin_s, tempo, number))

    def take_cues(self, until_s: float) -> list[Cue]:
        """Cues up to a second of the run, each told once."""
        first = self._told
        while self._told < len(self._cues) and self._cues[self._told].at_s < until_s:
            self._told += 1
        return self._cues[first : self._told]

    def due(self, from_s: float, to_s: float) -> Due:
        """What is due between two seconds of the run, others' notes among it."""
        parts = []
        for round_, due in zip(self.rounds, self._dues, strict=True):
            if round_.begin_s <= to_s and round_.begin_s + self.length_s(round_.tempo) >= from_s:
                first, last = np.searchsorted(due.due_s, (from_s, to_s))
                rows = slice(int(first), int(last))
                parts.append(
                    Due(due.due_s[rows], due.end_s[rows], due.pitches[rows], due.notes[rows],
                        due.rounds[rows])
                )  # fmt: skip
        if not parts:
            none = np.zeros(0, dtype=np.int64)
            return Due(np.zeros(0), np.zeros(0), none, none, none)
        return Due(
            np.concatenate([part.due_s for part in parts]),
            np.concatenate([part.end_s for part in parts]),
            np.concatenate([part.pitches for part in parts]),
            np.concatenate([part.notes for part in parts]),
            np.concatenate([part.rounds for part in parts]),
        )

    def place(self, run_s: float) -> tuple[float, int]:
        """The second of the piece that a second of the run belongs to, and its round."""
        number = max(bisect_right([each.counted_from_s for each in self.rounds], run_s) - 1, 0)
        round_ = self.rounds[number]
        place_s = self._plan.start_s + (run_s - round_.begin_s) * round_.tempo
        return min(place_s, self._last_s), number

    def beats_left(self, run_s: float) -> int:
        """Beats until the round of this second of the run begins, 0 once it has."""
        round_ = self.rounds[self.place(run_s)[1]]
        left_s = round_.begin_s - run_s
        beat_s, beats = self._first_beat()
        if left_s <= 0 or round_.begin_s == round_.counted_from_s:
            return 0
        return min(beats, int(np.ceil(left_s * round_.tempo / beat_s)))

    def _first_beat(self) -> tuple[float, int]:
        """Length of the first beat in seconds of the piece, and the beats of a whole bar."""
        beats = [beat for beat, _ in beats_of(self._plan.bars)]
        near = [index for index, beat in enumerate(beats) if beat >= self._plan.start_s - 1e-6]
        index = min(near[0], len(beats) - 2) if near else len(beats) - 2
        beat_s = beats[index + 1] - beats[index] if len(beats) > 1 else 0.5
        whole = [bar for bar in self._plan.bars if bar.onset_s <= self._plan.start_s + 1e-6]
        count = whole[-1].beats if whole else 4
        return max(beat_s, 0.1), min(max(count, 2), 8)

    def _others(self) -> list:  # type: ignore[type-arg]
        start_s = self._plan.start_s - 1e-6
        return [n for n in self._plan.others if start_s <= n.onset_s < self._last_s - 1e-6]

    def _due(self, begin_s: float, tempo: float, number: int) -> Due:
        mine = [(self._plan.notes[index], index) for index in self._mine]
        mine += [(note, -1) for note in (*self._others(), *self._plan.optional)]
        mine.sort(key=lambda row: (row[0].onset_s, row[0].pitch))
        start_s = self._plan.start_s
        return Due(
            np.array([begin_s + (note.onset_s - start_s) / tempo for note, _ in mine]),
            np.array([begin_s + (note.offset_s - start_s) / tempo for note, _ in mine]),
            np.array([note.pitch for note, _ in mine], dtype=np.int64),
            np.array([index for _, index in mine], dtype=np.int64),
            np.full(len(mine), number, dtype=np.int64),
        )
