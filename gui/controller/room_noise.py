"""Learns how loud the room is when nobody plays, for the noise gate. No Qt."""

LISTEN_S = 3.0
MARGIN_DB = 6.0
"""The gate opens this much above the loudest noise of the room."""
LOWEST_DB, HIGHEST_DB = -90.0, -20.0


class RoomLearner:
    """Listens for three seconds from its making.

    Args:
        wall_s: now.
    """

    def __init__(self, wall_s: float) -> None:
        self._until = wall_s + LISTEN_S
        self._loudest_db = LOWEST_DB

    def hear(self, level_db: float, gain_db: float, wall_s: float) -> float | None:
        """The level of this moment; the threshold for the gate once the time is over."""
        self._loudest_db = max(self._loudest_db, level_db + gain_db)
        if wall_s < self._until:
            return None
        return float(round(min(max(self._loudest_db + MARGIN_DB, LOWEST_DB), HIGHEST_DB)))
