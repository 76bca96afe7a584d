"""Frame probabilities -> notes. The one decoder: for training, for files and for the live path."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from realtime.spec import DecoderSettings

Probabilities = npt.NDArray[np.float32]

OVERTONES = (12, 19, 24)
"""Semitones of the 2nd, 3rd and 4th partial above a fundamental: where ghosts appear."""
GHOST_FRAMES = 3
"""An overtone ghost starts within this many frames of its fundamental."""


@dataclass(frozen=True, slots=True)
class NoteOn:
    """A note starts: at which frame of the input, which MIDI pitch, how loud (1-127)."""

    frame: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class NoteOff:
    """A sounding note ends at this frame."""

    frame: int
    pitch: int


Event = NoteOn | NoteOff


@dataclass(frozen=True, slots=True)
class Note:
    """A whole note. `emitted_s` is the stream time (input consumed) when its note-on left."""

    onset_s: float
    offset_s: float
    pitch: int
    velocity: int
    emitted_s: float


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
    """

    def __init__(
        self,
        settings: DecoderSettings,
        pitch_low: int = 21,
        pitch_count: int = 88,
        look_ahead_frames: int = 0,
    ) -> None:
        self.settings = settings
        self.pitch_low = pitch_low
        self.pitch_count = pitch_count
        self.look_ahead_frames = look_ahead_frames
        self.reset()

    def reset(self) -> None:
        """Forget everything: silence before the first frame. Sounding notes are not ended."""
        self.frame = -self.look_ahead_frames
        self._sounding = np.zeros(self.pitch_count, dtype=bool)
        self._armed = np.ones(self.pitch_count, dtype=bool)
        self._started = np.full(self.pitch_count, -(10**9), dtype=np.int64)
        self._strength = np.zeros(self.pitch_count, dtype=np.float32)
        self._weak = np.zeros(self.pitch_count, dtype=np.int64)
        self._swelling = np.zeros(self.pitch_count, dtype=np.int64)
        self._ended = np.full(self.pitch_count, -(10**9), dtype=np.int64)
        self._gathered: deque[Probabilities] = deque()

    @property
    def sounding(self) -> tuple[int, ...]:
        """MIDI pitches that sound now, ascending."""
        return tuple(int(row) + self.pitch_low for row in np.flatnonzero(self._sounding))

    def feed(
        self,
        onset: Probabilities,
        frame: Probabilities,
        offset: Probabilities,
        velocity: Probabilities,
    ) -> list[Event]:
        """Decode the next frames.

        Args:
            onset, frame, offset, velocity: (frames, pitch_count), each value in 0-1. A value that
                is not a number counts as 0.

        Returns:
            Events in order of time; within a frame offs come before ons, low pitches first.
        """
        events: list[Event] = []
        for rows in zip(onset, frame, offset, velocity, strict=True):
            if self.frame >= 0:
                events += self._step(*rows)
            self.frame += 1
        return events

    def finish(self) -> list[Event]:
        """End every sounding note at the current frame."""
        events: list[Event] = [
            NoteOff(max(self.frame, 0), int(row) + self.pitch_low)
            for row in np.flatnonzero(self._sounding)
        ]
        self._sounding[:] = False
        return events

    def _step(
        self,
        onset: Probabilities,
        frame: Probabilities,
        offset: Probabilities,
        velocity: Probabilities,
    ) -> list[Event]:
        settings = self.settings
        starts = onset >= settings.onset_threshold
        began: dict[int, int] = {}
        if starts.any():
            starts &= self._armed & (frame >= settings.frame_support)
            starts &= self.frame - self._started >= settings.repeat_frames
        if settings.gathered_threshold > 0:
            began |= self._gathers(onset, frame, starts)
        if settings.swell_threshold <= 1:
            began |= self._swells(frame, starts)
        starts[list(began)] = True
        if settings.ghost_ratio > 0 and starts.any():
            starts &= ~self._ghosts(onset, starts)
        self._weak += 1
        self._weak[frame >= settings.frame_threshold] = 0

        events: list[Event] = []
        if self._sounding.any():
            over = (self._weak >= settings.release_frames) | (offset >= settings.offset_threshold)
            over &= self.frame - self._started >= settings.minimum_frames
            ends = self._sounding & (over | starts)
            for row in np.flatnonzero(ends):
                events.append(NoteOff(self.frame, int(row) + self.pitch_low))
            self._ended[ends] = self.frame
            self._sounding &= ~ends
        self._armed |= onset < settings.onset_threshold * settings.rearm_ratio
        for row in np.flatnonzero(starts) if starts.any() else ():
            first = max(began.get(int(row), self.frame), int(self._ended[row]), 0)
            loudness = self._midi_velocity(float(np.nan_to_num(velocity[row])))
            events.append(NoteOn(first, int(row) + self.pitch_low, loudness))
            self._sounding[row] = True
            self._started[row] = self.frame
            self._strength[row] = onset[row]
            self._weak[row] = 0
            self._armed[row] = False
        return events

    def _gathers(
        self, onset: Probabilities, frame: Probabilities, starts: npt.NDArray[np.bool_]
    ) -> dict[int, int]:
        """Silent rows whose recent onsets add up to a note: row -> the frame of their centre."""
        settings = self.settings
        quiet = ~self._sounding
        self._gathered.append(np.where(quiet & (onset > 0), onset, np.float32(0)))
        while len(self._gathered) > settings.gathered_frames:
            self._gathered.popleft()
        recent = np.stack(self._gathered)
        sure = recent.sum(axis=0) >= settings.gathered_threshold
        sure &= quiet & ~starts & (frame >= settings.gathered_support)
        sure &= self.frame - self._started >= settings.repeat_frames
        if not sure.any():
            return {}
        ages = np.arange(len(recent) - 1, -1, -1)
        return {
            int(row): self.frame - round(float(ages @ recent[:, row] / recent[:, row].sum()))
            for row in np.flatnonzero(sure)
        }

    def _swells(self, frame: Probabilities, starts: npt.NDArray[np.bool_]) -> dict[int, int]:
        """Silent rows that clearly sounded for long enough to be notes: row -> when they began."""
        settings = self.settings
        self._swelling += 1
        self._swelling[(frame < settings.swell_threshold) | self._sounding] = 0
        self._swelling[~np.isfinite(frame)] = 0
        sure = (self._swelling >= settings.swell_frames) & ~starts
        first = self.frame - settings.swell_frames + 1
        return {int(row): first for row in np.flatnonzero(sure)}

    def _midi_velocity(self, loudness: float) -> int:
        """The network's velocity (0-1) -> 1-127."""
        knots = self.settings.velocity_map
        if knots:
            midi = float(np.interp(loudness, [x for x, _ in knots], [y for _, y in knots]))
        else:
            midi = 127 * loudness
        return min(max(round(midi), 1), 127)

    def _ghosts(self, onset: Probabilities, starts: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Which starting rows are overtones of a much stronger onset in these frames."""
        recent = self.frame - self._started <= GHOST_FRAMES
        strength = np.where(starts, onset, np.where(recent, self._strength, 0.0))
        ghosts = np.zeros(self.pitch_count, dtype=bool)
        for interval in OVERTONES:
            if interval < self.pitch_count:
                ghosts[interval:] |= starts[interval:] & (
                    onset[interval:] < self.settings.ghost_ratio * strength[:-interval]
                )
        return ghosts


def pair_notes(events: Iterable[tuple[Event, float]], frame_seconds: float) -> list[Note]:
    """Join note-ons with their note-offs.

    Args:
        events: (event, stream time in seconds at which it left), in order.
        frame_seconds: duration of one frame.

    Returns:
        Notes by onset, then pitch. A note-on without its off is left out.
    """
    open_notes: dict[int, tuple[NoteOn, float]] = {}
    notes: list[Note] = []
    for event, left_at in events:
        if isinstance(event, NoteOn):
            open_notes[event.pitch] = (event, left_at)
        elif event.pitch in open_notes:
            start, emitted = open_notes.pop(event.pitch)
            notes.append(
                Note(
                    onset_s=start.frame * frame_seconds,
                    offset_s=max(event.frame, start.frame + 1) * frame_seconds,
                    pitch=event.pitch,
                    velocity=start.velocity,
                    emitted_s=emitted,
                )
            )
    return sorted(notes, key=lambda note: (note.onset_s, note.pitch))
