"""Judges what was learned: what the player's notes gain beyond chance, what other music loses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from realtime.inference.spec import DecoderSettings, ModelSpec
from realtime.teach.examples import Examples
from realtime.teach.judging.decoding import decode, probabilities
from realtime.teach.judging.scores import (
    ONSET_SECONDS,
    SOFT_ONSET_SECONDS,
    Counts,
    count,
    count_by,
)
from realtime.values.arrays import Doubles, Floats

MOST_LOST = 0.01
"""Onset F1 that the replay set may lose."""
MOST_ENDS_LOST = 0.015
"""F1 with ends that the replay set may lose, by weights and thresholds together. A little more once
took .06 of a rendered guitar's ends."""
MOST_LOST_BY_ONE, MOST_ENDS_LOST_BY_ONE = 0.06, 0.12
"""Onset F1, and F1 with ends, that a single clip of the replay set may lose: a mean hides that one
instrument pays for all. An organ's frame threshold once took a piano's ends from .62 to .39."""
MOST_OWN_LOST = 0.02
"""Onset F1, and F1 with ends, that the player's own notes may lose where that may be chance and the
two together gain."""
FEWEST_IN_CLIP = 15
"""Notes of a clip from which it counts by itself; with fewer a note more is .07 or above."""
END_WEIGHT = 0.33
"""Weight of F1 with ends beside onset F1, as in trainer/evaluation/tuning.py."""
LEAST_GAIN = 0.01
"""Score, 0-1, that a head must gain at least, whatever the standard error."""
FEWEST_OF_KIND = 15
"""Notes, true in all, from which a kind of the player's notes is looked at by itself."""
SURE_ERRORS = 2.0
"""Standard errors from which one kind of notes loses for sure: of several kinds, starts and ends,
one is often a single error below by chance. In a singer's lesson 23 notes lost .039 of their
starts, with an error of .025, and gained .43 of their ends; in the rest of the song both gained."""
TOGETHER_SECONDS = 0.05
"""Notes that begin closer together are a chord's."""


@dataclass(frozen=True)
class JudgedPiece:
    """A piece for judging: its examples and true notes."""

    examples: Examples
    notes: Doubles
    soft: bool = False
    fold: int = 0
    """Weights that learned from the other folds judge it."""
    sources: npt.NDArray[np.int64] | None = None
    """(k,): number of the player's own note that each was made of; None: the piece counts whole."""
    decides: bool = True
    """Whether a gain on it counts; otherwise it only guards against losses."""

    def groups(self) -> npt.NDArray[np.int64]:
        """Number of each true note's group (k,): twice its source, and 1 more in a chord."""
        assert self.sources is not None
        return 2 * self.sources + is_together(self.notes)


def is_together(notes: Doubles) -> npt.NDArray[np.bool_]:
    """Whether each of the notes `(k, 3)` begins with another one, (k,)."""
    order = np.argsort(notes[:, 0], kind="stable")
    near = np.diff(notes[order, 0]) < TOGETHER_SECONDS
    found = np.zeros(len(notes), bool)
    found[order[1:]] = near
    found[order[:-1]] |= near
    return found


class Kind(NamedTuple):
    """Kind of the player's notes, each of which must not be heard worse."""

    decides: bool
    together: bool
    """Whether they begin with other notes."""


class Unit(NamedTuple):
    """What is counted together: a whole piece, or what was made of one note of the player's."""

    place: int
    """Number of the piece that counts whole, otherwise -1."""
    fold: int = 0
    source: int = 0
    kind: Kind = Kind(True, False)


@dataclass(frozen=True)
class Jury:
    """Pieces, each heard by weights that never met it.

    Args:
        pieces: that judge.
        spec: of the model; its default look-ahead is judged.
    """

    pieces: Sequence[JudgedPiece]
    spec: ModelSpec

    def answers(self, learned: Mapping[int, Mapping[str, Floats]]) -> list[Floats]:
        """Probabilities (n, 4, look_aheads) of the n rows of each piece, 0-1.

        Args:
            learned: number of a fold -> weights that learned from the others.
        """
        return [probabilities(piece.examples, learned[piece.fold]) for piece in self.pieces]

    def count(
        self, answers: Sequence[Floats], settings: DecoderSettings | None = None
    ) -> list[Counts]:
        """Counts with these thresholds; None are the model's own.

        Pieces that name the notes which they were made of are counted by those, the others each by
        itself; the order is always the same.
        """
        head = self.spec.default_head
        settings = settings or self.spec.heads[head].decoder
        counts = {unit: Counts() for unit in self.units()}
        for place, (piece, said) in enumerate(zip(self.pieces, answers, strict=True)):
            heard = decode(piece.examples, said, self.spec, head, settings)
            tolerance = SOFT_ONSET_SECONDS if piece.soft else ONSET_SECONDS
            if piece.sources is None:
                counts[Unit(place)] = count(piece.notes, heard, tolerance)
                continue
            for group, one in count_by(piece.notes, heard, piece.groups(), tolerance).items():
                counts[_unit_of(piece, group)] += one
        return list(counts.values())

    def units(self) -> list[Unit]:
        """What each of the counts is of."""
        found: dict[Unit, None] = {}
        for place, piece in enumerate(self.pieces):
            if piece.sources is None:
                found[Unit(place)] = None
            else:
                found |= {_unit_of(piece, group): None for group in (*piece.groups().tolist(), -1)}
        return list(found)

    def deciding(self, counts: Sequence[Counts]) -> list[Counts]:
        """Those of the counts on which a gain counts."""
        return [one for one, unit in zip(counts, self.units(), strict=True) if unit.kind.decides]

    def gain(self, before: Sequence[Counts], now: Sequence[Counts]) -> "Gain":
        """How much better all is heard that decides."""
        return gain(self.deciding(before), self.deciding(now))

    def surest_everywhere(self, before: Sequence[Counts], now: Sequence[Counts]) -> float:
        """What the kind of notes gains for sure that gains least."""
        kinds = self._by_kind(before, now, decides=True)
        return min((gain(*both).sure for both in kinds), default=self.gain(before, now).sure)

    def worsens(self, before: Sequence[Counts], now: Sequence[Counts]) -> bool:
        """Whether the player's own notes lose: all together, or one kind of them for sure.

        Single notes may be heard worse by what was learned from chords, and the other way round.
        What a piece loses by chance, the music made of its notes has to lose too.
        """
        return worsens(before, now) or any(
            lost.value >= LEAST_GAIN and lost.value > SURE_ERRORS * lost.error
            for both in self._by_kind(before, now)
            for lost in losses(*both)
        )

    def _by_kind(
        self, before: Sequence[Counts], now: Sequence[Counts], decides: bool | None = None
    ) -> list[tuple[list[Counts], list[Counts]]]:
        """Counts of each kind of which there are enough notes."""
        units = self.units()
        found = []
        for kind in sorted({unit.kind for unit in units}):
            mine = [place for place, unit in enumerate(units) if unit.kind == kind]
            both = [before[place] for place in mine], [now[place] for place in mine]
            if total(both[0]).true >= FEWEST_OF_KIND and decides in (None, kind.decides):
                found.append(both)
        return found


def _unit_of(piece: JudgedPiece, group: int) -> Unit:
    return Unit(-1, piece.fold, group // 2, Kind(piece.decides, group % 2 == 1))


def total(counts: Sequence[Counts]) -> Counts:
    """Counts of all pieces together."""
    return sum(counts, Counts())


def value(counts: Counts) -> float:
    """Figure by which weights and thresholds are chosen: onset F1 and a part of F1 with ends."""
    return counts.onset_f1 + END_WEIGHT * counts.end_f1


@dataclass(frozen=True)
class Gain:
    """How much better pieces are heard, with the standard error of that."""

    value: float = 0.0
    error: float = 0.0

    @property
    def sure(self) -> float:
        """What is left of the gain without its standard error.

        A gain that one note of many has alone is exactly as large as its error.
        """
        return self.value - self.error

    @property
    def real(self) -> bool:
        """Whether it is more than chance."""
        return self.value >= LEAST_GAIN and self.sure > 1e-9


def gain(
    before: Sequence[Counts], now: Sequence[Counts], score: Callable[[Counts], float] = value
) -> Gain:
    """Gain of a score, and its standard error: what it is without each of the parts (Tukey 1958).

    The parts are the player's own notes, each with all that was made of it: what was made of one
    note is heard alike. Folds would be four parts only, of which an error says little.

    Args:
        before: counts of each part; some may be empty.
        now: the same parts, heard otherwise.
        score: of counts, 0-1.
    """
    both = [(old, new) for old, new in zip(before, now, strict=True) if old.sum or new.sum]
    were, are = (total([pair[when] for pair in both]) for when in (0, 1))
    found = np.array([score(are - new) - score(were - old) for old, new in both], float)
    spread = found - found.mean() if len(found) > 1 else found
    error = float(np.sqrt((len(found) - 1) / max(len(found), 1) * (spread**2).sum()))
    return Gain(score(are) - score(were), error if len(found) > 1 else np.inf)


def worsens(before: Sequence[Counts], now: Sequence[Counts]) -> bool:
    """Whether the player's own notes lose, in starts or ends, by more than may be chance."""
    return any(one.real or one.value > MOST_OWN_LOST for one in losses(before, now))


def losses(before: Sequence[Counts], now: Sequence[Counts]) -> list[Gain]:
    """What is lost of onset F1 and of F1 with ends; negative where something is gained."""
    return [gain(now, before, score) for score in (_onset_f1, _end_f1)]


def _onset_f1(counts: Counts) -> float:
    return counts.onset_f1


def _end_f1(counts: Counts) -> float:
    return counts.end_f1


def harms(before: Sequence[Counts], now: Sequence[Counts]) -> bool:
    """Whether other instruments lose more than they may.

    Args:
        before: counts of each clip of the replay set by the model as it was.
        now: counts of the same clips.
    """
    were, are = total(before), total(now)
    if are.onset_f1 < were.onset_f1 - MOST_LOST or are.end_f1 < were.end_f1 - MOST_ENDS_LOST:
        return True
    return any(
        old.true >= FEWEST_IN_CLIP
        and (
            new.onset_f1 < old.onset_f1 - MOST_LOST_BY_ONE
            or new.end_f1 < old.end_f1 - MOST_ENDS_LOST_BY_ONE
        )
        for old, new in zip(before, now, strict=True)
    )
