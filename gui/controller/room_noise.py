"""Measures the noise of the room while nobody plays, for the noise gate. No Qt."""

LISTEN_S = 3.0
MARGIN_DB = 6.0
"""The gate opens this much above the loudest noise of the room."""
LOWEST_DB, HIGHEST_DB = -90.0, -20.0


class RoomLearner:
    """Measures the level of the input for three seconds from the moment it is made.

    Args:
        wall_s: now.
    """

    def __init__(self, wall_s: float) -> None:
        self._until = wall_s + LISTEN_S
        self._loudest_db = LOWEST_DB

    def push(self, level_db: float, gain_db: float, wall_s: float) -> float | None:
        """Take the level of this moment, in dB.

        Args:
            level_db: of the input before its gain, dBFS.
            gain_db: of the input: the gate hears the sound after it.
            wall_s: seconds of the wall clock.

        Returns:
            Threshold for the gate in dB once the time is over, else None.
        """
        self._loudest_db = max(self._loudest_db, level_db + gain_db)
        if wall_s < self._until:
            return None
        return float(round(min(max(self._loudest_db + MARGIN_DB, LOWEST_DB), HIGHEST_DB)))
