"""What was kept already: the same music is not made a second take by a second press of a key."""

import math

from realtime.values.snapshot import Snapshot


class KeptMusic:
    """Follows snapshots, and says whether anything was played since what is kept."""

    def __init__(self) -> None:
        self._newest_s = self._kept_s = -math.inf
        """Onset of the newest note, and stream time at which was kept, in seconds."""
        self._asked: tuple[float, str] | None = None
        """Stream time at which keeping was asked for, and the newest take before."""

    def follow(self, snapshot: Snapshot) -> None:
        """Take in a snapshot; a take that came since was asked for it is the one."""
        if snapshot.stream_s < self._newest_s:  # another stream
            self._newest_s = self._kept_s = -math.inf
            self._asked = None
        onsets = (note.onset_s for note in snapshot.notes)
        self._newest_s = max(self._newest_s, max(onsets, default=-math.inf))
        if self._asked is not None and snapshot.last_take not in ("", self._asked[1]):
            self._kept_s, self._asked = self._asked[0], None

    def ask(self, snapshot: Snapshot) -> None:
        """Keeping was asked for with this snapshot; it counts once the take is there."""
        self._asked = snapshot.stream_s, snapshot.last_take

    @property
    def all_kept(self) -> bool:
        """Whether no note began since the last take was kept."""
        return self._newest_s <= self._kept_s and math.isfinite(self._kept_s)
