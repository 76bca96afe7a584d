"""The other parts of a piece, sounded for a player whom they follow."""

import numpy as np

from realtime.practice.follower import TOGETHER_S
from realtime.practice.live.plan import PracticePlan
from realtime.practice.live.timetable import OTHERS_VELOCITY, Cue
from realtime.values.arrays import Doubles

LATEST_S = 0.5
"""A note that should have sounded longer ago is left out: the place is known a little late."""
PATIENCE_S = 0.6
"""So long the player is believed to go on at the same tempo without having been heard."""
WENT_BACK_S = 1.0
"""Seconds of the piece by which a place lies earlier when the player has gone back."""


class Accompanist:
    """Plays up to the player's next onset, together with it, and waits there.

    Args:
        plan: whose other parts are played.
        onsets_s: (onsets,), when the player's notes begin, in seconds of the piece, ascending.
    """

    def __init__(self, plan: PracticePlan, onsets_s: Doubles) -> None:
        self._others = [
            note
            for note in (plan.others if plan.accompanies else ())
            if plan.start_s - 1e-6 <= note.onset_s < plan.last_s - 1e-6
        ]
        self._onsets_s, self._last_s = onsets_s, plan.last_s
        self._handed: set[int] = set()
        self._place_s = -np.inf

    def follow(self, place_s: float, since_s: float, rate: float) -> list[Cue]:
        """What is to sound next, in seconds from now; each note is told once.

        Args:
            place_s: second of the piece that the player has reached.
            since_s: seconds since then.
            rate: seconds of the piece that pass in a second.
        """
        if place_s < self._place_s - WENT_BACK_S:
            self._handed.clear()
        self._place_s = place_s
        now_s = place_s + since_s * rate
        believed_s = min(now_s, place_s + PATIENCE_S * rate)
        following = int(np.searchsorted(self._onsets_s, believed_s + TOGETHER_S))
        until_s = self._last_s
        if following < len(self._onsets_s):
            until_s = float(self._onsets_s[following]) + TOGETHER_S
        cues = []
        for index, note in enumerate(self._others):
            if index in self._handed or not now_s - LATEST_S * rate <= note.onset_s <= until_s:
                continue
            self._handed.add(index)
            on_s = max(0.0, (note.onset_s - now_s) / rate)
            off_s = on_s + max(0.05, (note.offset_s - note.onset_s) / rate - 0.02)
            cues += [Cue(on_s, note.pitch, OTHERS_VELOCITY), Cue(off_s, note.pitch, 0)]
        return sorted(cues, key=lambda cue: (cue.at_s, cue.velocity > 0))
