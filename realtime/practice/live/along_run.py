"""A run that keeps its tempo: the piece goes on, each note is judged shortly after it was due."""

from dataclasses import replace

import numpy as np

from realtime.practice.attacks import Attacks, DueNotes, Evidence, find_attacks
from realtime.practice.live.memory import Memory
from realtime.practice.live.plan import SLOWEST, PracticePlan
from realtime.practice.live.rhythm import judge_rhythm
from realtime.practice.live.timetable import LEAD_S, Cue, Due, Timetable
from realtime.practice.report import SHOWN, UNSURE
from realtime.practice.verdicts import EARLY, LATE, RIGHT, Verdict, judge
from realtime.values.snapshot import ExtraNote, JudgedNote, PracticeState
from realtime.values.strictness import Strictness

LOOKED_S = 0.2
"""Verdicts are made so often."""
WINDOW_S = 8.0
"""Stretch of the past that is looked at for them."""
SOON_S = 0.25
"""Seconds after it was due from which a note may be found right."""
RIPE_S = 0.75
"""So long after it was due everything that speaks for or against a note has been heard."""
CLEAR = 1.2
"""Strength of an attack that is believed at once."""
AHEAD_S = 3.0
"""Rounds are planned so long before they begin."""
BREATH_S = 1.0
"""Seconds between rounds of a loop that adapts: the last notes of a round are judged meanwhile."""
STEP = 0.05
"""Part of the written tempo by which a loop becomes slower or faster."""
SETTLING, REMEMBERED, MOST_SHIFT_S = 5, 24, 0.2
"""Where the loop's delay was not measured, the player's own median is taken off: after so many
notes, of so many, at most so much."""


class AlongRun:
    """Judges each note against the time at which the clock says it is due.

    Args:
        plan: that keeps its tempo.
        memory: of what is heard.
        measured: whether the delay of the audio loop is known, or only guessed.
        rules: thresholds of the judgements; None are the usual ones.
    """

    def __init__(
        self,
        plan: PracticePlan,
        memory: Memory,
        measured: bool,
        rules: Strictness | None = None,
    ) -> None:
        self.plan, self.measured = plan, measured
        self.timetable = Timetable(plan)
        self.judged: list[JudgedNote] = []
        self.extras: list[ExtraNote] = []
        self.origin_s: float | None = None
        """Stream time of the run's second 0; None until the sound has begun."""
        self.ended = False
        self._memory = memory
        self._looked_s = 0.0
        self._known: set[tuple[int, int]] = set()
        """(round, note) that have a verdict."""
        self._extras_until_s = 0.0
        self._errors: list[float] = []
        self._rules = rules or Strictness()

    def start(self, origin_s: float, run_s: float) -> None:
        """Begin to count, once it is known where the run lies in the stream.

        Args:
            origin_s: stream time of the run's second 0, for good or until it is known better.
            run_s: seconds of the run that have passed.
        """
        self.origin_s = origin_s
        self.timetable.add_round(run_s + LEAD_S, self.plan.tempo, self.plan.count_in)

    @property
    def tempo(self) -> float:
        """Tempo of the newest round as a share of the written one, 1.0 as written."""
        return self.timetable.rounds[-1].tempo if self.timetable.rounds else self.plan.tempo

    @property
    def shift_s(self) -> float:
        """What is taken off as the player's constant lateness, or the devices'."""
        if self.measured or len(self._errors) < SETTLING:
            return 0.0
        middle = float(np.median(self._errors[-REMEMBERED:]))
        return min(max(middle, -MOST_SHIFT_S), MOST_SHIFT_S)

    def take_cues(self, until_s: float) -> list[Cue]:
        """What is to sound up to a second of the run."""
        return self.timetable.take_cues(until_s)

    def place(self, stream_s: float) -> tuple[float, int]:
        """The second of the piece that is due at a second of the stream, and its round."""
        if self.origin_s is None:
            return self.plan.start_s, 0
        return self.timetable.place(stream_s - self.origin_s)

    def beats_left(self, stream_s: float) -> int:
        """Beats until the round begins, 0 once it has, at a second of the stream."""
        return 0 if self.origin_s is None else self.timetable.beats_left(stream_s - self.origin_s)

    def next(self, stream_s: float) -> tuple[int, ...]:
        """MIDI pitches that are to be played next, at a second of the stream."""
        if self.origin_s is None:
            due = self.timetable.due(0.0, 0.0)
        else:
            run_s = stream_s - self.origin_s
            due = self.timetable.due(run_s - 0.05, run_s + AHEAD_S)
        mine = due.notes >= 0
        if not mine.any():
            return ()
        first_s = due.due_s[mine][0]
        together = mine & (due.due_s <= first_s + 0.03)
        return tuple(sorted(set(due.pitches[together].tolist())))

    def with_place(self, state: PracticeState, running: bool) -> PracticeState:
        """The state of the run with its place at `state.at_s`, which a count-in may precede.

        Args:
            state: what is the same for every run.
            running: whether the run goes on.
        """
        place_s, number = self.place(state.at_s)
        begun, beats_left = self.origin_s is not None, self.beats_left(state.at_s)
        counts = state.state == "playing" and (not begun or beats_left > 0)
        moves = running and begun and place_s < self.plan.last_s
        return replace(
            state,
            state="counting" if counts else state.state,
            next=self.next(state.at_s),
            place_s=place_s,
            rate=self.tempo if moves else 0.0,
            beats_left=beats_left if running else 0,
            round=number,
            tempo=self.tempo,
        )

    def update(self) -> None:
        """Judge what has become ripe, plan what comes."""
        heard_s = self._memory.end_s
        if self.origin_s is None or heard_s - self._looked_s < LOOKED_S:
            return
        self._looked_s = heard_s
        run_s = heard_s - self.origin_s
        self._judge(run_s)
        over = run_s > self.timetable.end_s + RIPE_S + 0.1
        if not self.plan.loop:
            self.ended = over
        elif not self.plan.adapts:
            if run_s + AHEAD_S > self.timetable.end_s:
                self.timetable.add_round(self.timetable.end_s, self.tempo, counted=False)
        elif over:
            number = len(self.timetable.rounds) - 1
            self.timetable.add_round(run_s + BREATH_S, self._next_tempo(number), counted=True)

    def _next_tempo(self, number: int) -> float:
        """Slower after a round with mistakes that count, else faster up to what was wished."""
        notes = {each.note: each for each in self.judged if each.round == number}
        wrong = [n for n in notes.values() if n.judgement != RIGHT and n.certainty >= UNSURE]
        if len(wrong) > 0.05 * len(notes):
            return max(self.tempo - STEP, SLOWEST)
        return min(self.tempo + STEP, max(self.plan.tempo, 1.0))

    def _judge(self, run_s: float) -> None:
        assert self.origin_s is not None
        heard, begin_s = self._memory.since(self._memory.end_s - WINDOW_S)
        offset_s = begin_s - self.origin_s
        due = self.timetable.due(offset_s - 0.5, run_s + 0.3)
        mine, theirs = due.notes >= 0, due.notes < 0
        if not len(due.due_s) or not len(heard.onset):
            return
        shift_s = self.shift_s - offset_s
        times, ends = due.due_s + shift_s, due.end_s + shift_s
        attacks, pitches = find_attacks(heard), due.pitches
        if self.plan.mode == "rhythm":
            verdicts, extras = judge_rhythm(times[mine], attacks, self._rules)
        else:
            verdicts, extras = judge(
                DueNotes(times[mine], ends[mine], pitches[mine]),
                attacks,
                Evidence(heard),
                np.ones(len(attacks.times), dtype=np.bool_),
                self._rules,
                DueNotes(times[theirs], ends[theirs], pitches[theirs]),
            )
        self._publish(due, np.flatnonzero(mine), verdicts, attacks, run_s)
        self._publish_extras(extras, attacks, offset_s, run_s)

    def _publish(
        self, due: Due, rows: "np.ndarray", verdicts: list[Verdict], attacks: Attacks, run_s: float
    ) -> None:
        for row, verdict in zip(rows.tolist(), verdicts, strict=True):
            key = int(due.rounds[row]), int(due.notes[row])
            since_s = run_s - due.due_s[row] - self.shift_s
            if key in self._known or since_s < SOON_S:
                continue
            clear = verdict.attack >= 0 and attacks.strengths[verdict.attack] >= CLEAR
            if since_s < RIPE_S and not (verdict.judgement == RIGHT and clear):
                continue
            self._known.add(key)
            self.judged.append(self._fair(verdict, key))

    def _fair(self, verdict: Verdict, key: tuple[int, int]) -> JudgedNote:
        """The verdict; before a guessed delay has settled nobody is early or late."""
        judgement, error_s = verdict.judgement, verdict.error_s
        if error_s is not None and judgement in (RIGHT, EARLY, LATE):
            settling = not self.measured and len(self._errors) < SETTLING
            self._errors.append(error_s + self.shift_s)
            if settling or self.plan.notes[key[1]].rolled:
                judgement = RIGHT
        error_ms = None if error_s is None else round(1000 * error_s, 1)
        return JudgedNote(key[1], judgement, error_ms, round(verdict.certainty, 3), key[0])

    def _publish_extras(
        self, extras: dict[int, float], attacks: Attacks, offset_s: float, run_s: float
    ) -> None:
        until_s = run_s - RIPE_S
        begun_s = self.timetable.rounds[0].begin_s - 0.1
        for attack, sure in extras.items():
            at_s = float(attacks.times[attack]) + offset_s
            if sure < SHOWN or not max(self._extras_until_s, begun_s) < at_s <= until_s:
                continue
            place_s, number = self.timetable.place(at_s - self.shift_s)
            pitch = int(attacks.pitches[attack])
            self.extras.append(ExtraNote(round(place_s, 3), pitch, round(sure, 3), number))
        self._extras_until_s = max(self._extras_until_s, until_s)
