"""Frame probabilities -> notes. The one decoder: for training, for files and for the live path."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from realtime.inference.spec import DecoderSettings, VelocityMap
from realtime.transcription.candidates import (
    Early,
    EarlyStart,
    Noticed,
    Starts,
    find_early_starts,
    rows_by_frame,
    window_sums,
)
from realtime.values.notes import Event, NoteOff, NoteOn

Probabilities = npt.NDArray[np.float32]


OVERTONES = (12, 19, 24)
"""Semitones of the 2nd, 3rd and 4th partial above a fundamental: where ghosts appear."""


GHOST_FRAMES = 3
"""An overtone ghost starts within this many frames of its fundamental."""


LONG_AGO = -(10**9)
"""A frame before everything."""


ROUNDING = 1e-4
"""Sums of whole blocks are off by less; what passes is added up again, the same for any block."""


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
        self._sounding: set[int] = set()
        self._disarmed: set[int] = set()
        self._started = [LONG_AGO] * count
        self._dated = [LONG_AGO] * count
        self._ended = [LONG_AGO] * count
        self._strength = [0.0] * count
        self._weak = [0.0] * count
        self._faded = [LONG_AGO] * count
        self._swelling = np.zeros(count, dtype=np.int64)
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
            seen = self._look(onset, frame, offset, velocity, rest)
            for index in range(len(onset)):
                events += [(before + index, event) for event in self._step(seen, index)]
                self.frame += 1
        return events

    def finish(self) -> list[Event]:
        """End every sounding note at the current frame."""
        events: list[Event] = [
            NoteOff(max(self.frame, self._dated[row] + 1, 0), row + self.pitch_low)
            for row in sorted(self._sounding)
        ]
        self._sounding.clear()
        return events

    def _look(
        self,
        onset: Probabilities,
        frame: Probabilities,
        offset: Probabilities,
        velocity: Probabilities,
        early: Early,
    ) -> Noticed:
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
        return Noticed(
            onset, frame, offset, velocity, history, rows_by_frame(strong), gathered, sooner
        )

    def _history(self, onset: Probabilities) -> Probabilities:
        """The block's onsets with those of the frames before, one window less a frame."""
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

    def _step(self, seen: Noticed, index: int) -> list[Event]:
        settings, now = self.settings, self.frame
        starts = [row for row in seen.strong.get(index, ()) if self._may_start(row, now)]
        began: dict[int, int] = {}
        for row in seen.gathered.get(index, ()):
            if row not in self._sounding and row not in starts:
                began |= self._gather(seen, index, row)
        if settings.swell_threshold <= 1:
            began |= self._swells(seen.frame[index], starts)
        first_heard: dict[int, EarlyStart] = {}
        for row, start in seen.sooner.get(index, {}).items():
            known = row in starts or row in began
            if not known and self._may_start(row, now + start.lead):
                first_heard[row] = start
        if began or first_heard:
            starts = sorted({*starts, *began, *first_heard})
        onset = seen.onset[index]
        if first_heard:
            onset = onset.copy()
            onset[list(first_heard)] = [start.onset for start in first_heard.values()]
        if settings.ghost_ratio > 0 and starts:
            starts = self._without_ghosts(onset, starts)

        events: list[Event] = []
        for row in sorted(self._sounding) if self._sounding else ():
            self._weigh(row, float(seen.frame[index, row]))
            ends = seen.offset[index, row] >= settings.offset_threshold
            over = self._weak[row] >= settings.release_frames or ends
            if (over and now - self._started[row] >= settings.minimum_frames) or row in starts:
                lead = first_heard[row].lead if row in first_heard else 0
                faded = settings.release_by_depth and not ends
                ended = (self._faded[row] if faded else now) - settings.release_lag_frames
                earliest = min(self._dated[row] + settings.minimum_frames, now)
                self._ended[row] = now + lead if row in starts else max(ended, earliest)
                events.append(NoteOff(self._ended[row], row + self.pitch_low))
                self._sounding.discard(row)
        if self._disarmed:
            low = settings.onset_threshold * settings.rearm_ratio
            dipped = {row for row in self._disarmed if onset[row] < low}
            self._disarmed -= {row for row in dipped if now >= self._started[row]}
        for row in starts:
            early = first_heard.get(row)
            lead = early.lead if early else 0
            first = max(began.get(row, now + lead), self._ended[row], 0)
            heard = early.velocity if early else float(np.nan_to_num(seen.velocity[index, row]))
            loudness = self._midi_velocity(heard, self.look_ahead_frames - lead)
            events.append(NoteOn(first, row + self.pitch_low, loudness))
            self._sounding.add(row)
            self._disarmed.add(row)
            self._started[row], self._dated[row] = now + lead, first
            self._strength[row] = float(onset[row])
            self._weak[row] = 0.0
        return events

    def _weigh(self, row: int, probability: float) -> None:
        """Count a frame in which a sounding row is weak; a strong one clears the count."""
        threshold = self.settings.frame_threshold
        if probability >= threshold or self.frame < self._dated[row]:
            self._weak[row] = 0.0
            return
        if self._weak[row] == 0:
            self._faded[row] = self.frame
        known = self.settings.release_by_depth and probability > 0  # not where it is no number
        self._weak[row] += 1 - probability / threshold if known else 1

    def _may_start(self, row: int, frame: int) -> bool:
        """Has the row's onset dipped since its last note, and is that long enough ago?"""
        apart = frame - self._started[row] >= self.settings.repeat_frames
        return apart and row not in self._disarmed

    def _gather(self, seen: Noticed, index: int, row: int) -> dict[int, int]:
        """A silent row whose recent onsets may add up to a note: row -> the frame of their centre.

        What belongs to the last note of that row does not count again.
        """
        age = self.frame - self._started[row] - self.settings.repeat_frames
        if age < 0:
            return {}
        length = min(self.settings.gathered_frames, age + 1)
        newest = index + self.settings.gathered_frames
        recent = np.ascontiguousarray(seen.history[newest - length : newest, row])
        total = float(recent.sum())
        if total < self.settings.gathered_threshold:
            return {}
        ages = np.arange(length - 1, -1, -1)
        return {row: self.frame - round(float(ages @ recent) / total)}

    def _swells(self, frame: Probabilities, starts: list[int]) -> dict[int, int]:
        """Silent rows that clearly sounded for long enough to be notes: row -> when they began."""
        settings = self.settings
        self._swelling += 1
        self._swelling[~(frame >= settings.swell_threshold)] = 0
        self._swelling[list(self._sounding)] = 0
        first = self.frame - settings.swell_frames + 1
        sure = np.flatnonzero(self._swelling >= settings.swell_frames)
        return {int(row): first for row in sure if row not in starts}

    def _midi_velocity(self, loudness: float, look_ahead_frames: int) -> int:
        """The velocity (0-1) that a look-ahead gives -> 1-127."""
        knots = self.settings.velocity_map
        if look_ahead_frames != self.look_ahead_frames:
            knots = self._velocity_maps.get(look_ahead_frames, knots)
        if knots:
            midi = float(np.interp(loudness, [x for x, _ in knots], [y for _, y in knots]))
        else:
            midi = 127 * loudness
        return min(max(round(midi), 1), 127)

    def _without_ghosts(self, onset: Probabilities, starts: list[int]) -> list[int]:
        """Starting rows that are no overtones of a much stronger onset in these frames."""

        def strength(row: int) -> float:
            if row in starts:
                return float(onset[row])
            recent = self.frame - self._started[row] <= GHOST_FRAMES if row >= 0 else False
            return self._strength[row] if recent else 0.0

        ratio = self.settings.ghost_ratio
        return [
            row
            for row in starts
            if not any(onset[row] < ratio * strength(row - interval) for interval in OVERTONES)
        ]
