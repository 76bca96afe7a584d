"""Waits for the player: the next chord of a piece, and when all of its notes have sounded."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from realtime.practice.follower import TOGETHER_S
from realtime.practice.pieces import PieceNote
from realtime.practice.unexpected import PARTIALS
from realtime.values.arrays import Floats

ENOUGH = 0.5
"""Summed onset probability from which an expected note has sounded."""
WRONG = 1.5
"""Strength from which a note counts that is not expected now."""
OVERTONE, BESIDE = 2.4, 2.4
"""Strength needed at a partial of a note of the chord, or a semitone beside one."""
SUPPORT = 0.3
"""Mean frame probability that a wrong note needs over the time of its attack."""
RINGS_S = 0.6
"""Seconds for which a chord that was complete rings on."""
REMEMBERED_S = 0.2
"""An attack is summed over so long."""
TOGETHER_LONGEST_S = 1.5
"""The notes of a chord may be found one after another within this time."""
REST_S = 0.06
"""Seconds after going on in which the last chord still rings and its onsets do not count."""


@dataclass(frozen=True, slots=True)
class WentOn:
    """All notes of a chord have sounded.

    Args:
        chord: its index in `Waiter.chords`.
        time_s: when that was known, in seconds of the sound that has been heard.
    """

    chord: int
    time_s: float


class Waiter:
    """Takes the onset probabilities of one frame after another.

    Args:
        notes: to be played, by onset then pitch.
        frame_s: seconds a frame.
        pitch_low: MIDI number of the first column.
        pitch_count: columns; notes that the model does not know are not waited for.
        look_ahead_frames: by which the probabilities lag behind the sound.
    """

    def __init__(
        self,
        notes: Sequence[PieceNote],
        frame_s: float,
        pitch_low: int,
        pitch_count: int,
        look_ahead_frames: int,
    ) -> None:
        self.chords = chords_of(notes, range(pitch_low, pitch_low + pitch_count))
        self.next = 0
        """Index of the chord that is waited for; the number of chords at the end."""
        self.wrong: list[tuple[float, int, float]] = []
        """(seconds, pitch, strength) of attacks that nobody waited for."""
        self._frame_s, self._low = frame_s, pitch_low
        self._look_ahead_s = look_ahead_frames * frame_s
        self._recent: Floats = np.zeros(
            (max(1, round(REMEMBERED_S / frame_s)), pitch_count), dtype=np.float32
        )
        self._frame = 0
        self._deaf_until = 0
        self._found: dict[int, int] = {}
        """Pitch of the chord -> frame at which it was found."""
        self._blamed: dict[int, int] = {}
        self._sustain: Floats = np.zeros_like(self._recent)
        self._sounded: dict[int, int] = {}
        """Pitch that was waited for -> frame at which it was last complete."""

    @property
    def expected(self) -> tuple[int, ...]:
        """MIDI pitches of the chord that is waited for and have not sounded; () at the end."""
        if self.next >= len(self.chords):
            return ()
        return tuple(pitch for pitch in self.chords[self.next] if pitch not in self._found)

    def push(self, onset: Floats, sounding: Floats | None = None) -> WentOn | None:
        """Take the next frame. Returns the chord that was completed with it.

        Args:
            onset: probabilities (pitch_count,).
            sounding: frame probabilities, which a wrong note needs too; None asks for none.
        """
        row = onset if self._frame >= self._deaf_until else np.zeros_like(onset)
        slot = self._frame % len(self._recent)
        self._recent[slot] = np.nan_to_num(row)
        self._sustain[slot] = 1.0 if sounding is None else np.nan_to_num(sounding)
        self._frame += 1
        if self.next >= len(self.chords):
            return None
        sums = self._recent.sum(axis=0)
        longest = round(TOGETHER_LONGEST_S / self._frame_s)
        self._found = {p: at for p, at in self._found.items() if self._frame - at <= longest}
        for pitch in self.expected:
            if sums[pitch - self._low] >= ENOUGH:
                self._found[pitch] = self._frame
        self._blame(sums)
        if self.expected:
            return None
        done = WentOn(self.next, self._frame * self._frame_s)
        self._sounded.update(dict.fromkeys(self.chords[self.next], self._frame))
        self.skip()
        self._recent[:] = 0
        self._deaf_until = self._frame + round(REST_S / self._frame_s)
        return done

    def skip(self) -> None:
        """Go on to the next chord without having heard this one."""
        self.next += 1
        self._found.clear()

    def rest(self, before: "Waiter") -> None:
        """Go on where another one ended: its last chord still rings."""
        self._frame, self._deaf_until = before._frame, before._deaf_until
        self._sounded, self._blamed = dict(before._sounded), dict(before._blamed)

    def _blame(self, sums: Floats) -> None:
        """Note attacks of pitches that are not in the chord, each once."""
        gap = len(self._recent)
        support = self._sustain.mean(axis=0)
        for column in np.flatnonzero(sums >= WRONG).tolist():
            pitch = column + self._low
            if pitch in self.chords[self.next]:
                continue
            fresh = self._frame - self._blamed.get(pitch, -gap - 1) > gap
            clear = support[column] >= SUPPORT and sums[column] >= self._needed(pitch)
            if fresh and clear:
                at_s = self._frame * self._frame_s - self._look_ahead_s
                self.wrong.append((at_s, pitch, float(sums[column])))
            if clear or not fresh:
                self._blamed[pitch] = self._frame

    def _needed(self, pitch: int) -> float:
        """Strength that a pitch needs to be a mistake, beside those that sound or are waited for.

        What rings from the chord before, its partials, and a glide into a note are none.
        """
        lately = round(RINGS_S / self._frame_s)
        rings = {p for p, at in self._sounded.items() if self._frame - at <= lately}
        if pitch in rings:
            return float("inf")
        near = rings | set(self.chords[self.next])
        apart = {pitch - other for other in near}
        if apart & {-1, 1}:
            return BESIDE
        return OVERTONE if apart & set(PARTIALS) else WRONG


def chords_of(notes: Sequence[PieceNote], known: range) -> list[tuple[int, ...]]:
    """MIDI pitches that begin together, in order; what is not in `known` is left out."""
    chords: list[tuple[float, set[int]]] = []
    for note in notes:
        if note.pitch not in known:
            continue
        if chords and note.onset_s - chords[-1][0] <= TOGETHER_S:
            chords[-1][1].add(note.pitch)
        else:
            chords.append((note.onset_s, {note.pitch}))
    return [tuple(sorted(pitches)) for _, pitches in chords]
