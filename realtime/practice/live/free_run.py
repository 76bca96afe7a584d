"""A run that follows the player: verdicts on what was passed, and better ones at the end."""

from dataclasses import replace

import numpy as np

from realtime.practice.assess import (
    Assessment,
    assess,
    find_passes,
    refine_line,
    without_doubles,
    without_rhythm,
)
from realtime.practice.attacks import Attacks, DueNotes, Evidence, find_attacks
from realtime.practice.follower import WEAKEST, Follower
from realtime.practice.live.accompanist import Accompanist
from realtime.practice.live.memory import Memory
from realtime.practice.live.plan import PracticePlan
from realtime.practice.live.timetable import Cue
from realtime.practice.passes.time_map import Pass
from realtime.practice.report import SHOWN
from realtime.practice.verdicts import RIGHT, Verdict, judge
from realtime.values.practice_modes import PracticeMode
from realtime.values.snapshot import ExtraNote, JudgedNote, PracticeState
from realtime.values.strictness import Strictness

LOOKED_S = 0.3
WINDOW_S = 9.0
HALO_S = 0.16
"""An attack is complete so long after it."""
RIPE_S = 0.75
PASSED = 3
"""Mistakes are told once so many onsets after them were played."""
NAMES = ("times", "pitches", "strengths", "support")
"""Fields of `Attacks` that every look at the sound adds to."""
AGAIN_S = 1.5
"""A note that was judged is judged again where it came again so much later."""
LAG_S = 0.1
"""What is known of the sound lies so long back when something can sound in answer."""
OVER_S = 3.0
"""Seconds after the last notes at which the run ends."""


class FreeRun:
    """Follows the player through the piece, and judges the notes that were passed.

    Args:
        plan: whose tempo is where the follower begins.
        memory: of what is heard; it must keep the whole run for the final verdicts.
        rules: thresholds of the judgements; None are the usual ones.
    """

    def __init__(self, plan: PracticePlan, memory: Memory, rules: Strictness | None = None) -> None:
        self.plan = plan
        self._rules = rules or Strictness()
        self.judged: list[JudgedNote] = []
        self.extras: list[ExtraNote] = []
        self.ended = False
        self._memory = memory
        self._indices = plan.chosen
        chosen = [plan.notes[index] for index in self._indices]
        self._sung, self._voice_of = without_doubles(chosen)
        beside = (*plan.others, *plan.optional)
        self._others = (
            np.array([note.onset_s for note in beside], dtype=np.float64),
            np.array([note.offset_s for note in beside], dtype=np.float64),
            np.array([note.pitch for note in beside], dtype=np.int64),
        )
        self._onsets = np.array([note.onset_s for note in self._sung])
        self._ends = np.array([note.offset_s for note in self._sung])
        self._pitches = np.array([note.pitch for note in self._sung], dtype=np.int64)
        self.sounding: list[Cue] = []
        """What the other parts play, in seconds from now; whoever plays it empties it."""
        self._accompanist = Accompanist(plan, self._onsets)
        self._follower = Follower(self._onsets, self._pitches, plan.tempo)
        none = np.zeros(0)
        self._fed = Attacks(none, none.astype(np.int64), none, none)
        self._fed_until_s = -1.0
        self._looked_s = self._reached_at_s = 0.0
        self._told: dict[int, float] = {}
        """Note -> when it was due in the pass in which it was judged."""
        self._extras_until_s = -1.0

    @property
    def place_s(self) -> float:
        """Second of the piece that was reached last."""
        place = self._follower.place
        return self.plan.start_s if place < 0 else float(self._follower.group_s[place])

    @property
    def reached_at_s(self) -> float:
        """When that was, in seconds of the stream."""
        return self._reached_at_s

    @property
    def rate(self) -> float:
        """Seconds of the piece that pass in a second."""
        return self._follower.rate

    @property
    def next(self) -> tuple[int, ...]:
        """MIDI pitches that are to be played next."""
        group = self._follower.place + 1
        if group >= len(self._follower.group_s):
            return ()
        return tuple(sorted(set(self._pitches[self._follower.group_of == group].tolist())))

    def update(self) -> None:
        """Follow what was played since the last look."""
        heard_s = self._memory.end_s
        if heard_s - self._looked_s < LOOKED_S:
            return
        self._looked_s = heard_s
        heard, begin_s = self._memory.since(heard_s - WINDOW_S)
        found = find_attacks(heard)
        self._feed(replace(found, times=found.times + begin_s), heard_s - HALO_S)
        if self._follower.place >= 0:
            since_s = heard_s + LAG_S - self._reached_at_s
            self.sounding += self._accompanist.follow(self.place_s, since_s, self.rate)
            self._judge(found, Evidence(heard), begin_s)
        last = self._follower.place == len(self._follower.group_s) - 1
        if last and not self.plan.loop and heard_s - self._reached_at_s > OVER_S:
            self.ended = True

    def with_place(self, state: PracticeState, running: bool) -> PracticeState:
        """The state of the run with its place: where the player was, when, and how fast."""
        return replace(
            state, next=self.next, place_s=self.place_s, at_s=self.reached_at_s, rate=self.rate
        )

    def finish(self) -> Assessment:
        """Final verdicts with hindsight of the whole run; takes about a second a minute played."""
        heard, _ = self._memory.since(0.0)
        chosen = [self.plan.notes[index] for index in self._indices]
        beside = (*self.plan.others, *self.plan.optional)
        return assess(chosen, heard, PracticeMode.FREE, self.plan.tempo, self._rules, others=beside)

    def set_final(self, final: Assessment) -> None:
        """Take the final verdicts; notes that were never reached have none."""
        self.judged = [
            judged_note(index, verdict)
            for index, verdict, reached in zip(
                self._indices, final.verdicts, final.reached, strict=True
            )
            if reached
        ]
        knots = [(p[2], p[0]) for p in final.passes] + [(p[3], p[1]) for p in final.passes]
        knots.sort()
        times, places = [k[0] for k in knots], [k[1] for k in knots]
        self.extras = [
            ExtraNote(float(np.interp(e.time_s, times, places)), e.pitch, round(e.certainty, 3))
            for e in final.extras
            if knots and e.certainty >= SHOWN
        ]

    def _feed(self, attacks: Attacks, until_s: float) -> None:
        fresh = (attacks.times > self._fed_until_s) & (attacks.times <= until_s)
        rows = np.flatnonzero(fresh & (attacks.strengths >= WEAKEST))
        before = self._follower.place
        for row in rows.tolist():
            time_s = float(attacks.times[row])
            self._follower.push(time_s, int(attacks.pitches[row]), float(attacks.strengths[row]))
            if self._follower.place != before:
                before, self._reached_at_s = self._follower.place, time_s
        self._fed = Attacks(
            *(
                np.concatenate([getattr(self._fed, name), getattr(attacks, name)[rows]])
                for name in NAMES
            )
        )
        self._fed_until_s = until_s

    def _judge(self, found: Attacks, evidence: Evidence, begin_s: float) -> None:
        """Judge what lies behind the place; attacks and evidence begin at `begin_s`."""
        attacks = replace(found, times=found.times + begin_s)
        one = self._newest_pass(begin_s)
        if one is None:
            return
        usable = attacks.times >= max(begin_s, float(one.sound_s[0]) - 0.3)
        line = refine_line(one, self._onsets, self._pitches, attacks, usable, None)
        due = line.at(self._onsets)
        inside = (self._onsets >= one.score_s[0] - 1e-6) & (self._onsets <= one.score_s[-1] + 1e-6)
        # The memory begins at begin_s: a note that was due just after it would look missed, because
        # what was heard of it lies before.
        chosen = np.flatnonzero(inside & (due >= begin_s + 0.4))
        if not len(chosen):
            return
        on_s, off_s, pitches = self._others
        verdicts, extras = judge(
            DueNotes(
                due[chosen] - begin_s,
                line.at(self._ends[chosen]) - begin_s,
                self._pitches[chosen],
            ),
            found,
            evidence,
            usable,
            self._rules,
            DueNotes(line.at(on_s) - begin_s, line.at(off_s) - begin_s, pitches),
        )
        heard_s = self._memory.end_s
        passed = self._follower.place - PASSED
        for note, verdict in zip(chosen.tolist(), verdicts, strict=True):
            ripe = due[note] + RIPE_S <= heard_s
            behind = verdict.judgement == RIGHT or self._follower.group_of[note] <= passed
            again = abs(self._told.get(note, -np.inf) - due[note]) > AGAIN_S
            if ripe and behind and again:
                self._told[note] = float(due[note])
                self._publish(note, verdict)
        until_s = heard_s - 2 * RIPE_S
        for attack, sure in extras.items():
            at_s = float(attacks.times[attack])
            ripe = max(self._extras_until_s, float(due[chosen[0]])) < at_s <= until_s
            if ripe and sure >= SHOWN:
                place_s = float(np.interp(at_s, due, self._onsets))
                pitch = int(attacks.pitches[attack])
                self.extras.append(ExtraNote(place_s, pitch, round(sure, 3)))
        self._extras_until_s = max(self._extras_until_s, until_s)

    def _newest_pass(self, begin_s: float) -> Pass | None:
        """The stretch that is being played, as far as it lies after `begin_s`."""
        first = int(np.searchsorted(self._fed.times, begin_s))
        steps = [replace(s, attack=s.attack - first) for s in self._follower.path()[first:]]
        fed = Attacks(*(getattr(self._fed, name)[first:] for name in NAMES))
        rate = self._follower.rate
        passes = find_passes(self._follower, steps, fed, np.arange(len(fed.times)), rate)
        return passes[-1] if passes else None

    def _publish(self, note: int, verdict: Verdict) -> None:
        if self._sung[note].rolled:
            verdict = without_rhythm(verdict)
        for voice, stands in enumerate(self._voice_of):
            if stands == note:
                self.judged.append(judged_note(self._indices[voice], verdict))


def judged_note(index: int, verdict: Verdict, number: int = 0) -> JudgedNote:
    """A verdict as the window is told it: its error in milliseconds, late above 0."""
    error_ms = None if verdict.error_s is None else round(1000 * verdict.error_s, 1)
    return JudgedNote(index, verdict.judgement, error_ms, round(verdict.certainty, 3), number)
