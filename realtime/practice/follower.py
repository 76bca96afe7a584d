"""Keeps the place in a piece while the player repeats, skips, slows down or stops.

A hidden Markov model whose states are the onsets of the score and whose observations are single
attacks. From each state the player goes on by a few onsets at about the tempo so far, or jumps to
any other; because a jump costs the same from and to everywhere, one maximum serves all of them
and a step takes time in proportion to the score (Nakamura, Nakamura, Saito, Ono, Sagayama,
"Outer-product hidden Markov model and polyphonic MIDI score following", 2014). Each state carries
the time at which its best path arrived there and the tempo that the path had, as in Raphael's
"Aligning music audio with symbolic scores using a hybrid graphical model" (2006).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

TOGETHER_S = 0.03
"""Notes of the score that begin within this time are one chord."""
REACH = 8
"""Onsets that may be passed over without that being a jump."""
PASSED_OVER = 1.2
"""Cost (natural log) of every onset that was passed over."""
UNEXPECTED = 5.0
"""Cost of an attack that belongs to nothing here."""
JUMP = 14.0
"""Cost of going on anywhere else: about three unexpected attacks."""
ELSEWHERE = 4.0
"""Cost of not beginning at the beginning."""
LATEST = 6.0
"""Cost of coming at a wholly wrong time: a pause is not a jump."""
OVERTONE = 3.0
"""Cost of an attack an octave or a twelfth above a note of the chord."""
TEMPO_GAIN = 0.25
SLOWEST, FASTEST = 0.4, 2.5
"""Parts of the written tempo."""
REMEMBERED = 300
"""Attacks whose place may still change with what comes."""
WEAKEST = 0.3
"""Summed onset probability from which an attack is listened to."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where an attack belongs on the most likely path.

    Args:
        attack: its index.
        group: index of the onset of the score, -1 for an attack that belongs to nothing.
        jumped: the player went on from another place than the last one.
    """

    attack: int
    group: int
    jumped: bool


class Follower:
    """Takes attacks in order of time; `place_s` is where the player is, `path` how they got there.

    Args:
        onsets_s: (notes,), seconds of the score, ascending.
        pitches: (notes,), MIDI numbers.
        rate: seconds of the score that pass in a second at first.
    """

    def __init__(self, onsets_s: Doubles, pitches: Numbers, rate: float = 1.0) -> None:
        starts = chord_starts(onsets_s)
        self.group_of: Numbers = np.cumsum(starts) - 1
        self.group_s: Doubles = onsets_s[starts]
        self._pitches = pitches
        count = len(self.group_s)
        self._costs: dict[int, Doubles] = {}
        self._score: Doubles = np.where(np.arange(count) == 0, 0.0, -ELSEWHERE)
        self._arrived: Doubles = np.full(count, np.nan)
        self._log_rate: Doubles = np.full(count, np.log(rate))
        self._steady: Doubles = np.zeros(count)
        """Onsets along the path that agreed on its tempo."""
        self._back: list[npt.NDArray[np.int32]] = []
        """For each attack: the state before, -1 at the beginning; coded `_INSERT` lower where the
        attack belongs to nothing, `_LEAP` lower where the player jumped."""
        self._decided: list[tuple[int, bool]] = []
        """(onset of the score or -1, jumped) of the attacks that are too old to change."""
        self._begun = False

    def hear(self, time_s: float, pitch: int, strength: float) -> None:
        """Take the next attack: its time, pitch and summed onset probability."""
        sure = min(1.0, strength)
        costs = sure * self._cost(pitch)
        count = len(costs)
        states = np.arange(count)
        best, back = self._score - UNEXPECTED * sure, _INSERT + states
        arrived, rate, steady = (
            each.copy() for each in (self._arrived, self._log_rate, self._steady)
        )
        if self._begun:
            since = time_s - self._arrived
            known = np.isfinite(since)
            since = np.where(known, since, 0.0)
            for step in range(REACH + 1):
                if step >= count:
                    break
                old = slice(0, count - step)
                new = slice(step, count)
                ahead_s = self.group_s[new] - self.group_s[old]
                due = ahead_s / np.exp(self._log_rate[old])
                blur = 0.06 + (0.15 + 0.3 / (1 + self._steady[old])) * due
                if step == 0:
                    blur = np.full(count, 0.08)
                late = np.minimum(0.5 * ((since[old] - due) / blur) ** 2, LATEST)
                value = self._score[old] - late - costs[new] - PASSED_OVER * max(step - 1, 0)
                value = np.where(known[old], value, -np.inf)
                better = value > best[new]
                if not better.any():
                    continue
                at = np.flatnonzero(better)
                best[new][at] = value[at]
                back[new][at] = states[old][at]
                if step == 0:
                    arrived[at], rate[at] = self._arrived[at], self._log_rate[at]
                    steady[at] = self._steady[at]
                    continue
                arrived[new][at] = time_s
                gone = np.maximum(since[old][at], 1e-3)
                seen = np.log(np.maximum(ahead_s[at], 1e-3) / gone)
                change = seen - self._log_rate[old][at]
                usable = (np.abs(change) < 0.7) & (ahead_s[at] > 0.1)
                count_so_far = self._steady[old][at]
                gain = np.maximum(TEMPO_GAIN, 1 / (2 + count_so_far)) * usable
                moved = self._log_rate[old][at] + gain * change
                rate[new][at] = np.clip(moved, np.log(SLOWEST), np.log(FASTEST))
                steady[new][at] = np.minimum(count_so_far + usable, 8)
        from_state = self.place if self._begun else 0
        jump = (self._score[from_state] - JUMP if self._begun else self._score) - costs
        better = (jump > best) & (costs == 0)
        best[better] = jump[better]
        back[better] = _LEAP + from_state
        arrived[better] = time_s
        rate[better] = self._log_rate[from_state]
        steady[better] = 0
        self._score = best - best.max()
        self._arrived, self._log_rate, self._steady = arrived, rate, steady
        self._back.append(back.astype(np.int32))
        if len(self._back) >= 2 * REMEMBERED:
            self._decided += self._trace()[:-REMEMBERED]
            del self._back[:-REMEMBERED]
        self._begun = self._begun or bool(better.any())

    @property
    def place(self) -> int:
        """Index of the onset of the score that was reached, -1 before the first."""
        return int(np.argmax(self._score)) if self._begun else -1

    @property
    def rate(self) -> float:
        """Seconds of the score that pass in a second."""
        return float(np.exp(self._log_rate[max(self.place, 0)]))

    def path(self) -> list[Step]:
        """Every attack so far with its place on the most likely path, in order."""
        places = [*self._decided, *self._trace()]
        return [Step(attack, *place) for attack, place in enumerate(places)]

    def _trace(self) -> list[tuple[int, bool]]:
        """The most likely path through the attacks that are remembered."""
        places: list[tuple[int, bool]] = []
        state = int(np.argmax(self._score))
        for back in reversed(self._back):
            code = int(back[state])
            if code >= _LEAP:
                places.append((state, True))
                state = code - _LEAP
            elif code >= _INSERT:
                places.append((-1, False))
            else:
                places.append((state, False))
                state = code
        return places[::-1]

    def _cost(self, pitch: int) -> Doubles:
        """What an attack of this pitch costs at each onset of the score."""
        if pitch not in self._costs:
            costs = np.full(len(self.group_s), UNEXPECTED)
            for interval, cost in ((24, OVERTONE), (19, OVERTONE), (12, OVERTONE), (0, 0.0)):
                costs[self.group_of[self._pitches == pitch - interval]] = cost
            self._costs[pitch] = costs
        return self._costs[pitch]


_INSERT, _LEAP = 2**29, 2**30


def chord_starts(onsets_s: Doubles) -> npt.NDArray[np.bool_]:
    """Which notes (ascending onsets) begin a chord."""
    starts = np.zeros(len(onsets_s), dtype=np.bool_)
    first_s = -np.inf
    for index, onset_s in enumerate(onsets_s.tolist()):
        if onset_s - first_s > TOGETHER_S:
            starts[index], first_s = True, onset_s
    return starts
