"""Follows the level of the input: quiet, something sounds, it has ended."""

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np

from realtime.teach.listening.recordings import levels
from realtime.values.arrays import Floats

Phase = Literal["waiting", "ready", "sounding", "ended"]

QUIET_SECONDS = 0.3
"""Seconds of quiet that must pass before a note is waited for."""
ABOVE_ROOM_DB, STILL_DB = 12.0, 7.0
"""Above the room's level a note begins, and below the second it has ended."""
FALL_DB = 34.0
"""A note that has fallen by so much has ended too."""
SILENCE_DB = -75.0
"""RMS in dBFS that counts as quiet whatever the room."""
PATIENCE_SECONDS = 4.0
"""Seconds without quiet after which the softest of that time is taken for the room."""


@dataclass(frozen=True)
class Lengths:
    """How long an attempt may last, in seconds."""

    most: float = 3.0
    """Longest attempt, from the start of its sound; what lasts longer is enough."""
    pause: float = 0.25
    """Quiet after which the attempt has ended."""


class NoteWatch:
    """Decides when an attempt begins and ends.

    Args:
        room_db: RMS level of the quiet room, dBFS.
        lengths: of an attempt.
    """

    def __init__(self, room_db: float, lengths: Lengths) -> None:
        self.room_db = room_db
        self._lengths = lengths
        self.phase: Phase = "waiting"
        self.began_s = 0.0
        """Stream time at which the sound began."""
        self._loudest = -120.0
        self._quiet_since: float | None = None
        self._recent: deque[tuple[float, float]] = deque()

    def push(self, now_s: float, level_db: float) -> Phase:
        """Take the level of a moment.

        Args:
            now_s: stream time, seconds.
            level_db: RMS of the last 50 ms, dBFS.
        """
        still = level_db < max(self.room_db + STILL_DB, SILENCE_DB)
        if self.phase == "waiting":
            self._adapt(now_s, level_db)
            if self._quiet_for(now_s, still) >= QUIET_SECONDS:
                self.phase = "ready"
        elif self.phase == "ready":
            if level_db > max(self.room_db + ABOVE_ROOM_DB, SILENCE_DB):
                self.phase, self.began_s, self._loudest = "sounding", now_s, level_db
                self._quiet_since = None
        elif self.phase == "sounding":
            self._loudest = max(self._loudest, level_db)
            over = still or level_db < self._loudest - FALL_DB
            long = now_s - self.began_s > self._lengths.most
            if long or self._quiet_for(now_s, over) >= self._lengths.pause:
                self.phase = "ended"
        return self.phase

    def _quiet_for(self, now_s: float, quiet: bool) -> float:
        if not quiet:
            self._quiet_since = None
            return 0.0
        if self._quiet_since is None or self._quiet_since > now_s:
            self._quiet_since = now_s
        return now_s - self._quiet_since

    def _adapt(self, now_s: float, level_db: float) -> None:
        """Where it never becomes quiet, such as by a fan that was switched on: that is the room."""
        self._recent.append((now_s, level_db))
        while self._recent and not now_s - PATIENCE_SECONDS <= self._recent[0][0] <= now_s:
            self._recent.popleft()
        if self._recent and now_s - self._recent[0][0] > PATIENCE_SECONDS - 0.5:
            softest = sorted(level for _, level in self._recent)[len(self._recent) // 10]
            if softest > self.room_db + STILL_DB:
                self.room_db = softest


def room_level(sound: Floats, rate: int) -> float:
    """Level in dBFS of a room's sound `(samples,)`; where somebody spoke, of the softer part."""
    measured = levels(sound, max(1, rate // 40))
    return float(np.percentile(measured, 40)) if len(measured) else -80.0
