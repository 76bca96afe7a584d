"""Frame probabilities -> notes. The one decoder: for training, for files and for the live path."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from realtime.inference.spec import DecoderSettings, VelocityMap
from realtime.transcription.candidates import (
    Candidates,
    Early,
    Starts,
    find_early_starts,
    rows_by_frame,
    window_sums,
)
from realtime.transcription.row import Row
from realtime.values.notes import Event, NoteOff, NoteOn

Probabilities = npt.NDArray[np.float32]


OVERTONES = (12, 19, 24)
"""Semitones of the 2nd, 3rd and 4th partial above a fundamental: where ghosts appear."""


GHOST_FRAMES = 3
"""An overtone ghost starts within this many frames of its fundamental."""


ROUNDING = 1e-4
"""Sums of whole blocks are off by less; what passes is added up again, the same for any block."""


class Start(NamedTuple):
    """A note that begins in the frame that is decoded."""

    dated: int
    """Frame that its note-on is to name."""
    lead: int
    """Frames by which it lies ahead of this one: above 0 where a shorter look-ahead heard it."""
    onset: np.float32
    """Onset probability of the note, 0-1."""
    velocity: float
    """Velocity that the network gives the note, 0-1."""


class NoteTracker:
    """Turns probabilities into alternating note-ons and note-offs, one frame or many at a time.

    Feeding a recording frame by frame, in blocks or at once gives the same events. A pitch that
    sounds cannot start again without an off in between, and `finish` ends whatever still sounds.

    Args:
        settings: thresholds; may be replaced between two calls through `settings`.
        pitch_low: MIDI number of the first row.
        pitch_count: number of rows.
        look_ahead_frames: the first fed frame describes input frame `-look_ahead_frames`; frames
            before the start of the input are ignored.
        velocity_maps: the scale of each shorter look-ahead (frames) that `settings.early` names,
            as `DecoderSettings.velocity_map`; where it is missing that of `settings` counts.
    """

    def __init__(
        self,
        settings: DecoderSettings,
        pitch_low: int = 21,
        pitch_count: int = 88,
        look_ahead_frames: int = 0,
        velocity_maps: Mapping[int, VelocityMap] | None = None,
    ) -> None:
        self.settings = settings
        self.pitch_low = pitch_low
        self.pitch_count = pitch_count
        self.look_ahead_frames = look_ahead_frames
        self._velocity_maps = dict(velocity_maps or {})
        self.reset()

    def reset(self) -> None:
        """Forget everything: silence before the first frame. Sounding notes are not ended."""
        count = self.pitch_count
        self.frame = -self.look_ahead_frames
        self._rows = [Row() for _ in range(count)]
        self._sounding: set[int] = set()
        self._disarmed: set[int] = set()
        """Rows whose onset has not dipped since their newest note began."""
        self._swelling = np.zeros(count, dtype=np.int64)
        """(pitch_count,): frames for which a silent row has clearly sounded."""
        self._recent = np.zeros((0, count), dtype=np.float32)

    @property
    def sounding(self) -> tuple[int, ...]:
        """MIDI pitches that sound now, ascending."""
        return tuple(row + self.pitch_low for row in sorted(self._sounding))

    def feed(
        self,
        onset: Probabilities,
        frame: Probabilities,
        offset: Probabilities,
        velocity: Probabilities,
        early: Early | None = None,
    ) -> list[Event]:
        """Decode the next frames.

        Args:
            onset, frame, offset, velocity: (frames, pitch_count), each value in 0-1. A value that
                is not a number counts as 0.
            early: what the model's shorter look-aheads say at the same hops, for `settings.early`.

        Returns:
            Events in the order in which they leave; of those that leave together offs come before
            ons, low pitches first.
        """
        return [event for _, event in self.feed_each(onset, frame, offset, velocity, early)]

    def feed_each(
        self,
        onset: Probabilities,
        frame: Probabilities,
        offset: Probabilities,
        velocity: Probabilities,
        early: Early | None = None,
    ) -> list[tuple[int, Event]]:
        """Process frames as `feed` does; each event comes with the fed frame at which it left."""
        before = min(max(-self.frame, 0), len(onset))
        self.frame += before
        onset, frame, offset, velocity = (
            roll[before:] for roll in (onset, frame, offset, velocity)
        )
        events: list[tuple[int, Event]] = []
        if len(onset):
            rest = {key: (one[before:], two[before:]) for key, (one, two) in (early or {}).items()}
            block = self._find_candidates(onset, frame, offset, velocity, rest)
            for index in range(len(onset)):
                events += [(before + index, event) for event in self._step(block, index)]
                self.frame += 1
        return events

    def finish(self) -> list[Event]:
        """End every sounding note at the current frame."""
        events: list[Event] = [
            NoteOff(max(self.frame, self._rows[row].dated + 1, 0), row + self.pitch_low)
            for row in sorted(self._sounding)
        ]
        self._sounding.clear()
        return events

    def _find_candidates(
        self,
        onset: Probabilities,
        frame: Probabilities,
        offset: Probabilities,
        velocity: Probabilities,
        early: Early,
    ) -> Candidates:
        """Compare whole blocks with the thresholds: few frames need more than this."""
        settings = self.settings
        strong = onset >= settings.onset_threshold
        if settings.frame_support > 0 and strong.any():
            strong &= frame >= settings.frame_support
        gathered: dict[int, list[int]] = {}
        history = onset
        if settings.gathered_threshold > 0:
            history = self._history(onset)
            window = window_sums(history, settings.gathered_frames)
            enough = window >= settings.gathered_threshold - ROUNDING
            if enough.any():
                gathered = rows_by_frame(enough & (frame >= settings.gathered_support))
        sooner: Mapping[int, Starts] = {}
        if early and settings.early:
            sooner = find_early_starts(early, settings.early, self.look_ahead_frames)
        return Candidates(
            onset, frame, offset, velocity, history, rows_by_frame(strong), gathered, sooner
        )

    def _history(self, onset: Probabilities) -> Probabilities:
        """Join the block's onsets to those of the frames before, one window less a frame."""
        kept = max(self.settings.gathered_frames - 1, 0)
        recent = self._recent
        if len(recent) != kept:
            missing = np.zeros((max(kept - len(recent), 0), self.pitch_count), np.float32)
            recent = np.concatenate([missing, recent[len(recent) - min(kept, len(recent)) :]])
        history = np.concatenate([recent, np.fmax(onset, np.float32(0))])
        self._recent = history[len(history) - kept :]
        if len(onset) > 1:
            self._recent = self._recent.copy()  # or the whole block would stay in memory
        return history

    def _step(self, block: Candidates, index: int) -> list[Event]:
        """Decode one frame: which notes start, which end, what leaves."""
        starts = self._find_starts(block, index)
        events: list[Event] = self._end_notes(block, index, starts)
        self._rearm(block.onset[index])
        events += self._begin_notes(starts)
        return events

    def _find_starts(self, block: Candidates, index: int) -> dict[int, Start]:
        """Find the notes that begin in this frame: row -> note, low pitches first.

        A row starts by the first of four reasons that holds: its onset is strong; its onsets of the
        last frames add up; it has clearly sounded for long enough; a shorter look-ahead is sure.
        """
        settings, now = self.settings, self.frame
        strong = [row for row in block.strong.get(index, ()) if self._may_start(row, now)]
        dated = dict.fromkeys(strong, now)
        for row in block.gathered.get(index, ()):
            if row not in self._sounding and row not in dated:
                dated |= self._gather(block, index, row)
        if settings.swell_threshold <= 1:
            dated |= self._swells(block.frame[index], strong)
        starts = {
            row: Start(frame, 0, block.onset[index, row], self._velocity(block, index, row))
            for row, frame in dated.items()
        }
        for row, early in block.early.get(index, {}).items():
            if row not in starts and self._may_start(row, now + early.lead):
                onset = block.onset.dtype.type(early.onset)
                starts[row] = Start(now + early.lead, early.lead, onset, early.velocity)
        if settings.ghost_ratio > 0 and starts:
            starts = self._without_ghosts(starts)
        return dict(sorted(starts.items()))

    def _end_notes(self, block: Candidates, index: int, starts: Mapping[int, Start]) -> list[Event]:
        """End the sounding notes that are over or begin again. Returns their offs."""
        settings, now = self.settings, self.frame
        events: list[Event] = []
        for number in sorted(self._sounding):
            row = self._rows[number]
            row.weigh(float(block.frame[index, number]), now, settings)
            if number in starts:
                row.ended = now + starts[number].lead
            else:
                heard = bool(block.offset[index, number] >= settings.offset_threshold)
                if not row.is_over(now, heard, settings):
                    continue
                row.end(now, heard, settings)
            events.append(NoteOff(row.ended, number + self.pitch_low))
            self._sounding.discard(number)
        return events

    def _rearm(self, onset: Probabilities) -> None:
        """Let rows start again whose onset, (pitch_count,), has dipped since their note began."""
        if self._disarmed:
            low = self.settings.onset_threshold * self.settings.rearm_ratio
            # A note heard early begins at a frame to come: a dip before it means nothing.
            self._disarmed -= {
                row
                for row in self._disarmed
                if onset[row] < low and self.frame >= self._rows[row].started
            }

    def _begin_notes(self, starts: Mapping[int, Start]) -> list[Event]:
        """Begin notes in rows that are silent now. Returns their ons."""
        events: list[Event] = []
        for number, start in starts.items():
            row = self._rows[number]
            # An on never lies before the off of the note before, nor before the input.
            dated = max(start.dated, row.ended, 0)
            velocity = self._midi_velocity(start.velocity, self.look_ahead_frames - start.lead)
            events.append(NoteOn(dated, number + self.pitch_low, velocity))
            row.begin(self.frame + start.lead, dated, float(start.onset))
            self._sounding.add(number)
            self._disarmed.add(number)
        return events

    def _may_start(self, row: int, frame: int) -> bool:
        """Whether the row's onset has dipped since its last note, and that is long enough ago."""
        apart = frame - self._rows[row].started >= self.settings.repeat_frames
        return apart and row not in self._disarmed

    def _gather(self, block: Candidates, index: int, row: int) -> dict[int, int]:
        """Add up recent onsets of a silent row: row -> frame of their centre, if it is a note.

        What belongs to the last note of that row does not count again.
        """
        age = self.frame - self._rows[row].started - self.settings.repeat_frames
        if age < 0:
            return {}
        length = min(self.settings.gathered_frames, age + 1)
        newest = index + self.settings.gathered_frames
        recent = np.ascontiguousarray(block.history[newest - length : newest, row])
        total = float(recent.sum())
        if total < self.settings.gathered_threshold:
            return {}
        ages = np.arange(length - 1, -1, -1)
        return {row: self.frame - round(float(ages @ recent) / total)}

    def _swells(self, frame: Probabilities, strong: list[int]) -> dict[int, int]:
        """Find silent rows that clearly sounded for long enough to be notes: row -> first frame."""
        settings = self.settings
        self._swelling += 1
        self._swelling[~(frame >= settings.swell_threshold)] = 0
        self._swelling[list(self._sounding)] = 0
        first = self.frame - settings.swell_frames + 1
        sure = np.flatnonzero(self._swelling >= settings.swell_frames)
        return {int(row): first for row in sure if row not in strong}

    def _velocity(self, block: Candidates, index: int, row: int) -> float:
        """Read the network's velocity (0-1); 0 where it is no number."""
        return float(np.nan_to_num(block.velocity[index, row]))

    def _midi_velocity(self, loudness: float, look_ahead_frames: int) -> int:
        """Turn the velocity (0-1) that a look-ahead gives into 1-127."""
        knots = self.settings.velocity_map
        if look_ahead_frames != self.look_ahead_frames:
            knots = self._velocity_maps.get(look_ahead_frames, knots)
        if knots:
            midi = float(np.interp(loudness, [x for x, _ in knots], [y for _, y in knots]))
        else:
            midi = 127 * loudness
        return min(max(round(midi), 1), 127)

    def _without_ghosts(self, starts: Mapping[int, Start]) -> dict[int, Start]:
        """Keep the starts that are no overtones of a much stronger onset in these frames."""

        def strength(row: int) -> float:
            if row in starts:
                return float(starts[row].onset)
            recent = row >= 0 and self.frame - self._rows[row].started <= GHOST_FRAMES
            return self._rows[row].strength if recent else 0.0

        ratio = self.settings.ghost_ratio
        return {
            row: start
            for row, start in starts.items()
            if not any(start.onset < ratio * strength(row - interval) for interval in OVERTONES)
        }
