"""The input level as a meter shows it: fast up, slow down, a peak that waits, a clip that stays."""

from dataclasses import dataclass

FLOOR_DB = -60.0
FALL_DB_PER_S = 24.0
PEAK_WAIT_S = 1.2
CLIP_STAYS_S = 2.0
CLIP_DB = -0.1
SILENCE_DB = -96.0
"""Below the noise of any real microphone: digital silence."""


@dataclass(frozen=True)
class Level:
    """What the meter draws; positions are 0 (floor) to 1 (full scale)."""

    bar: float = 0.0
    peak: float = 0.0
    clipped: bool = False
    peak_db: float = -120.0


def position(level_db: float) -> float:
    """Decibels below full scale -> 0-1 along the meter."""
    return min(max(1.0 - level_db / FLOOR_DB, 0.0), 1.0)


class LevelBallistics:
    """Feeds a meter from snapshots taken at any rate."""

    def __init__(self) -> None:
        self._bar_db = -120.0
        self._peak_db = -120.0
        self._peak_at = 0.0
        self._clipped_at: float | None = None
        self._sound_at: float | None = None
        self._last_wall = 0.0

    def update(self, level_db: float, peak_db: float, wall_s: float) -> Level:
        """Take a measurement made at `wall_s`."""
        fall = FALL_DB_PER_S * max(wall_s - self._last_wall, 0.0)
        self._last_wall = wall_s
        self._bar_db = max(level_db, self._bar_db - fall)
        if peak_db >= self._peak_db:
            self._peak_db, self._peak_at = peak_db, wall_s
        elif wall_s - self._peak_at > PEAK_WAIT_S:
            self._peak_db = max(peak_db, self._peak_db - fall)
        if peak_db >= CLIP_DB:
            self._clipped_at = wall_s
        if self._sound_at is None or peak_db > SILENCE_DB:
            self._sound_at = wall_s
        clipped = self._clipped_at is not None and wall_s - self._clipped_at < CLIP_STAYS_S
        return Level(position(self._bar_db), position(self._peak_db), clipped, self._peak_db)

    def silent_for(self, wall_s: float) -> float:
        """Seconds since the last sample that was not digital silence."""
        return 0.0 if self._sound_at is None else wall_s - self._sound_at

    def restart(self, wall_s: float) -> None:
        """Sleep: nothing comes in, or another input does. Silence is counted from here."""
        self._bar_db = self._peak_db = -120.0
        self._clipped_at = None
        self._sound_at = wall_s
