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

from realtime.values.arrays import Doubles, Numbers

TOGETHER_S = 0.03
"""Notes of the score that begin within this time are one chord."""
REACH = 8
"""Onsets that may be passed over without that being a jump."""
PASSED_OVER = 1.2
"""Cost (natural log) of every onset that was passed over."""
UNEXPECTED = 5.0
"""Cost of an attack that belongs to nothing here."""
MISPLACED = 2.0
"""Cost of an attack that belongs to a note nearby, which came early, late or out of order."""
AGAIN = 3.0
"""Cost of the note that was reached, once more: each swing of a vibrato may be heard as one."""
NEARBY_S = 0.5
"""So far in the score, and in time after the last attack that fitted, may such a note be: who has
been elsewhere for longer is not beside the place where they left."""
JUMP = 9.0
"""Cost of going on anywhere else: about two unexpected attacks."""
HINDSIGHT_JUMP = 13.0
"""Cost of a jump for who judges afterwards, and loses a passage by a jump that was none."""
FAR = 0.1
"""More for every second of the score in between: who repeats a passage seldom goes back far."""
FARTHEST_S = 60.0
ELSEWHERE = 9.0
"""Cost of not beginning at the beginning."""
LATEST = 4.0
"""Highest cost of coming late: a pause is not a jump."""
EARLIEST = 10.0
"""Highest cost of coming early."""
OVERTONE = 3.0
"""Cost of an attack an octave or a twelfth above a note of the chord."""
MEMORY_S = 3.0
"""Seconds of the score that the tempo of a path remembers."""
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


@dataclass(slots=True)
class Paths:
    """The best path to each onset of the score; all arrays (onsets,)."""

    score: Doubles
    """Log likelihood, the best one 0."""
    arrived: Doubles
    """When the path reached the onset, in seconds of the sound; not a number: not yet begun."""
    log_rate: Doubles
    """Natural log of the seconds of the score that pass in a second."""
    steady: Doubles
    """Seconds of the score over which that was measured."""
    back: Numbers
    """State before the last attack; from `_INSERT` on the attack belongs to nothing, from `_LEAP`
    on the path jumped or began with it."""


class Follower:
    """Takes attacks in order of time; `place_s` is where the player is, `path` how they got there.

    Args:
        onsets_s: (notes,), seconds of the score, ascending.
        pitches: (notes,), MIDI numbers.
        rate: seconds of the score that pass in a second at first.
        jump: cost (natural log) of going on anywhere else.
    """

    def __init__(
        self, onsets_s: Doubles, pitches: Numbers, rate: float = 1.0, jump: float = JUMP
    ) -> None:
        self._jump_cost = jump
        starts = chord_starts(onsets_s)
        self.group_of: Numbers = np.cumsum(starts) - 1
        self.group_s: Doubles = onsets_s[starts]
        self._pitches = pitches
        count = len(self.group_s)
        self._costs: dict[int, Doubles] = {}
        self._insertions: dict[int, Doubles] = {}
        self._paths = Paths(
            np.where(np.arange(count) == 0, 0.0, -ELSEWHERE),
            np.full(count, np.nan),
            np.full(count, np.log(rate)),
            np.zeros(count),
            np.arange(count),
        )
        self._back: list[npt.NDArray[np.int32]] = []
        """`Paths.back` of every attack that is remembered."""
        self._decided: list[tuple[int, bool]] = []
        """(onset of the score or -1, jumped) of the attacks that are too old to change."""

    def push(self, time_s: float, pitch: int, strength: float) -> None:
        """Take the next attack: its time in seconds, MIDI pitch and summed onset probability."""
        sure = min(1.0, strength)
        before = self._paths
        states = np.arange(len(self.group_s))
        lately = time_s - before.arrived <= NEARBY_S
        strange = np.where(lately, self._insertion(pitch), UNEXPECTED)
        reached = self._cost(pitch) == 0
        strange[reached] = np.minimum(strange[reached], AGAIN)
        after = Paths(
            before.score - sure * strange,
            before.arrived.copy(),
            before.log_rate.copy(),
            before.steady.copy(),
            _INSERT + states,
        )
        costs = sure * self._cost(pitch)
        if np.isfinite(before.arrived).any():
            for step in range(min(REACH + 1, len(states))):
                self._go_on(before, after, step, time_s, costs)
        self._jump(before, after, time_s, costs)
        after.score -= after.score.max()
        self._paths = after
        self._back.append(after.back.astype(np.int32))
        if len(self._back) >= 2 * REMEMBERED:
            self._decided += self._trace()[:-REMEMBERED]
            del self._back[:-REMEMBERED]

    def _go_on(
        self, before: "Paths", after: "Paths", step: int, time_s: float, costs: Doubles
    ) -> None:
        """Let every path go on by so many onsets (0: in the same chord) where that is best."""
        old, new = slice(0, len(self.group_s) - step), slice(step, None)
        since = time_s - before.arrived[old]
        ahead_s = self.group_s[new] - self.group_s[old]
        due = ahead_s / np.exp(before.log_rate[old])
        # A young tempo is blurred; notes of a chord come within 80 ms of each other.
        blur = 0.06 + (0.15 + 0.3 / (1 + 2 * before.steady[old])) * due if step else 0.08
        late = np.minimum(
            0.5 * ((since - due) / blur) ** 2, np.where(since > due, LATEST, EARLIEST)
        )
        value = before.score[old] - late - costs[new] - PASSED_OVER * max(step - 1, 0)
        at = np.flatnonzero(value > after.score[new])  # paths that have not begun are no numbers
        to = at + step
        after.score[to], after.back[to] = value[at], at
        if step == 0:
            after.arrived[to], after.log_rate[to] = before.arrived[at], before.log_rate[at]
            after.steady[to] = before.steady[at]
            return
        seen = np.log(np.maximum(ahead_s[at], 1e-3) / np.maximum(since[at], 1e-3))
        change = seen - before.log_rate[at]
        usable = (np.abs(change) < 0.7) & (ahead_s[at] > 0.05)
        # The longer the tempo was measured, the less one more interval changes it.
        gain = usable * ahead_s[at] / (before.steady[at] + ahead_s[at] + 0.2)
        moved = before.log_rate[at] + gain * change
        after.arrived[to] = time_s
        after.log_rate[to] = np.clip(moved, np.log(SLOWEST), np.log(FASTEST))
        after.steady[to] = np.minimum(before.steady[at] + usable * ahead_s[at], MEMORY_S)

    def _jump(self, before: "Paths", after: "Paths", time_s: float, costs: Doubles) -> None:
        """Let paths begin, and the best one jump, wherever this attack is expected."""
        best = int(np.argmax(before.score))
        far = np.minimum(np.abs(self.group_s - self.group_s[best]), FARTHEST_S)
        jumps = before.score[best] - self._jump_cost - FAR * far
        begins = np.isnan(before.arrived) & (before.score > jumps)
        origin = np.where(begins, np.arange(len(costs)), best)
        value = np.where(begins, before.score, jumps) - costs
        to = np.flatnonzero((value > after.score) & (costs == 0))
        after.score[to], after.back[to] = value[to], _LEAP + origin[to]
        after.arrived[to], after.steady[to] = time_s, 0.0
        after.log_rate[to] = before.log_rate[best]

    @property
    def place(self) -> int:
        """Index of the onset of the score that was reached, -1 before the first."""
        best = int(np.argmax(self._paths.score))
        return best if np.isfinite(self._paths.arrived[best]) else -1

    @property
    def rate(self) -> float:
        """Seconds of the score that pass in a second."""
        return float(np.exp(self._paths.log_rate[max(self.place, 0)]))

    def path(self) -> list[Step]:
        """Every attack so far with its place on the most likely path, in order."""
        places = [*self._decided, *self._trace()]
        return [Step(attack, *place) for attack, place in enumerate(places)]

    def _trace(self) -> list[tuple[int, bool]]:
        """The most likely path through the attacks that are remembered."""
        places: list[tuple[int, bool]] = []
        state = int(np.argmax(self._paths.score))
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

    def _insertion(self, pitch: int) -> Doubles:
        """What it costs at each onset to take an attack of this pitch for none of its notes."""
        if pitch not in self._insertions:
            costs = np.full(len(self.group_s), UNEXPECTED)
            at_s = self.group_s[self.group_of[self._pitches == pitch]]
            first = np.searchsorted(self.group_s, at_s - NEARBY_S)
            last = np.searchsorted(self.group_s, at_s + NEARBY_S)
            for start, end in zip(first.tolist(), last.tolist(), strict=True):
                costs[start:end] = MISPLACED
            self._insertions[pitch] = costs
        return self._insertions[pitch]


_INSERT, _LEAP = 2**29, 2**30


def chord_starts(onsets_s: Doubles) -> npt.NDArray[np.bool_]:
    """Which notes begin a chord, `(notes,)`, by their onsets in ascending seconds, `(notes,)`."""
    starts = np.zeros(len(onsets_s), dtype=np.bool_)
    first_s = -np.inf
    for index, onset_s in enumerate(onsets_s.tolist()):
        if onset_s - first_s > TOGETHER_S:
            starts[index], first_s = True, onset_s
    return starts
