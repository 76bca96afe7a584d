"""A run that waits: it goes on when all notes of a chord have sounded."""

from dataclasses import replace

from realtime.practice.follower import TOGETHER_S
from realtime.practice.live.plan import PracticePlan
from realtime.practice.live.timetable import OTHERS_VELOCITY, Cue
from realtime.practice.verdicts import RIGHT
from realtime.practice.waiting import Waiter
from realtime.values.arrays import Floats
from realtime.values.snapshot import ExtraNote, JudgedNote, PracticeState


class WaitRun:
    """A run that goes on when the player has played all notes of a chord.

    Args:
        plan: whose notes are waited for; those beyond the model's pitches must not be among them.
        frame_s: seconds a frame.
        pitch_low: MIDI number of the first pitch that can be heard.
        pitch_count: how many there are.
        look_ahead_frames: by which the probabilities lag behind the sound.
    """

    def __init__(
        self,
        plan: PracticePlan,
        frame_s: float,
        pitch_low: int,
        pitch_count: int,
        look_ahead_frames: int,
    ) -> None:
        self.plan = plan
        self.judged: list[JudgedNote] = []
        self.extras: list[ExtraNote] = []
        self.round = 0
        self.ended = False
        self._heard = (frame_s, pitch_low, pitch_count, look_ahead_frames)
        self._groups: list[list[int]] = []
        for index in plan.chosen:
            first = self._groups[-1][0] if self._groups else -1
            begun_s = plan.notes[first].onset_s if self._groups else 0.0
            if self._groups and plan.notes[index].onset_s - begun_s <= TOGETHER_S:
                self._groups[-1].append(index)
            else:
                self._groups.append([index])
        self._waiter = self._new_waiter()
        self._blamed = 0
        self.sounding: list[Cue] = self._between(plan.start_s, self.place_s)
        """What the other parts play from now on, in seconds from now; whoever plays it empties it.
        """

    @property
    def place_s(self) -> float:
        """Second of the piece that is waited for."""
        if self.ended:
            return self.plan.last_s
        return self.plan.notes[self._groups[self._waiter.next][0]].onset_s

    @property
    def next(self) -> tuple[int, ...]:
        """MIDI pitches of the chord that have not sounded yet."""
        return () if self.ended else self._waiter.expected

    def with_place(self, state: PracticeState, running: bool) -> PracticeState:
        """The state of the run with its place: the next chord, and the round."""
        return replace(state, next=self.next, place_s=self.place_s, round=self.round)

    def push(self, onset: Floats, sounding: Floats) -> None:
        """Take the probabilities (pitch_count,) of the next frame."""
        if self.ended:
            return
        before_s = self.place_s
        went_on = self._waiter.push(onset, sounding)
        for _, pitch, strength in self._waiter.wrong[self._blamed :]:
            sure = round(strength / (strength + 0.7), 3)
            self.extras.append(ExtraNote(before_s, pitch, sure, self.round))
        self._blamed = len(self._waiter.wrong)
        if went_on is None:
            return
        for index in self._groups[went_on.chord]:
            self.judged.append(JudgedNote(index, RIGHT, None, 1.0, self.round))
        if self._waiter.next < len(self._groups):
            self.sounding = self._between(before_s, self.place_s)
        elif self.plan.loop:
            self.sounding = self._between(before_s, self.plan.last_s)
            self._waiter, self._blamed = self._new_waiter(went_on.chord), 0
            self.round += 1
        else:
            self.sounding = self._between(before_s, self.plan.last_s)
            self.ended = True

    def _new_waiter(self, after: int | None = None) -> Waiter:
        """A waiter from the first chord on, just after a chord has sounded."""
        notes = [self.plan.notes[index] for group in self._groups for index in group]
        waiter = Waiter(notes, *self._heard)
        if after is not None:
            waiter.rest(self._waiter)
        return waiter

    def _between(self, from_s: float, to_s: float) -> list[Cue]:
        """Notes of others from one moment of the piece to another, at the wished tempo."""
        if not self.plan.accompanies:
            return []
        cues = []
        for note in self.plan.others:
            if from_s - TOGETHER_S <= note.onset_s < to_s - TOGETHER_S:
                on_s = max(0.0, (note.onset_s - from_s) / self.plan.tempo)
                off_s = on_s + max(0.05, (note.offset_s - note.onset_s) / self.plan.tempo - 0.02)
                cues += [Cue(on_s, note.pitch, OTHERS_VELOCITY), Cue(off_s, note.pitch, 0)]
        return sorted(cues, key=lambda cue: (cue.at_s, cue.velocity > 0))
