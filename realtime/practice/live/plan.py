"""What is to be practised, and how: the message that begins a run."""

from dataclasses import dataclass
from itertools import pairwise

from realtime.practice.pieces import Bar, Piece, PieceNote
from realtime.troubles.codes import Code
from realtime.troubles.errors import UsageError, UserError
from realtime.values.practice_modes import TEMPO, PracticeMode

SLOWEST, FASTEST = TEMPO.low / 100, TEMPO.high / 100
"""Parts of the written tempo."""


@dataclass(frozen=True, slots=True)
class PracticePlan:
    """A run through a stretch of a piece.

    Args:
        notes: that the player has to play, by onset then pitch; all of the piece.
        others: that somebody else plays; hearing them is no mistake.
        bars: of the piece, in the order of playing.
        mode: way to practise.
        tempo: part of the written tempo.
        start_s: where the stretch begins, in seconds of the piece.
        end_s: where it ends; notes that begin there are no longer part of it.
        loop: play the stretch again and again.
        adapts: of a loop, slower after a round with mistakes and faster after one without.
        click: beats are heard.
        accompanies: the other parts are heard.
        count_in: a bar is counted first.
        optional: that may be played but need not; hearing them is no mistake.
    """

    notes: tuple[PieceNote, ...]
    others: tuple[PieceNote, ...] = ()
    bars: tuple[Bar, ...] = ()
    mode: PracticeMode = PracticeMode.WAIT
    tempo: float = 1.0
    start_s: float = 0.0
    end_s: float = float("inf")
    loop: bool = False
    adapts: bool = False
    click: bool = True
    accompanies: bool = True
    count_in: bool = True
    optional: tuple[PieceNote, ...] = ()

    def check(self) -> None:
        """Refuse what cannot be practised.

        Raises:
            UserError: naming what is wrong and what it may be.
        """
        if self.mode not in [*PracticeMode]:
            raise UsageError(Code.MODE_UNKNOWN, mode=self.mode, modes=", ".join(PracticeMode))
        if not SLOWEST <= self.tempo <= FASTEST:
            raise UserError(
                Code.TEMPO_UNPLAYABLE,
                percent=100 * self.tempo,
                lowest=100 * SLOWEST,
                highest=100 * FASTEST,
            )
        if not self.chosen:
            raise UserError(Code.STRETCH_EMPTY)

    @property
    def has_company(self) -> bool:
        """Whether other parts are to be heard in this mode, and there are any."""
        return self.accompanies and self.mode.is_in_company and bool(self.others)

    @property
    def chosen(self) -> list[int]:
        """Indices of the notes of the stretch."""
        return [
            index
            for index, note in enumerate(self.notes)
            if self.start_s - 1e-6 <= note.onset_s < self.end_s - 1e-6
        ]

    @property
    def last_s(self) -> float:
        """Second of the piece at which the stretch ends, at the latest with the piece."""
        ends = [note.offset_s for note in (*self.notes, *self.others)]
        ends += [begin_s + length_s for begin_s, length_s in bar_lengths(self.bars)[-1:]]
        return min(self.end_s, max(ends, default=0.0))


def bar_lengths(bars: tuple[Bar, ...]) -> list[tuple[float, float]]:
    """Begin and length of every bar in seconds; the last is as long as the one before."""
    starts = [bar.onset_s for bar in bars]
    lengths = [after - before for before, after in pairwise(starts)]
    lengths.append(lengths[-1] if lengths else 2.0)
    return list(zip(starts, lengths, strict=True)) if starts else []


def beats_of(bars: tuple[Bar, ...]) -> list[tuple[float, bool]]:
    """Every beat of the piece in seconds, and whether it is the first of a bar.

    A bar that is shorter than its metre, such as a pick-up, has fewer beats.
    """
    rows = bar_lengths(bars)
    each = [length / max(1, bar.beats) for (_, length), bar in zip(rows, bars, strict=True)]
    beats = []
    for index, (begin_s, length_s) in enumerate(rows):
        following = each[index + 1] if index + 1 < len(each) else each[index]
        short = each[index] < 0.75 * following and bars[index].number == 0
        beat_s = following if short else each[index]
        count = max(1, round(length_s / beat_s))
        beats += [(begin_s + n * beat_s, n == 0 and not short) for n in range(count)]
    return beats


def plan_of(piece: Piece, mine: frozenset[int], known: range, **wishes: object) -> PracticePlan:
    """A plan for the parts of a piece that the player takes.

    Args:
        piece: with all its parts.
        mine: indices of the parts to be played.
        known: pitches that can be heard; notes beyond are never asked for.
        **wishes: fields of the plan.
    """
    asked = [note for note in piece.notes if note.part in mine and note.pitch in known]
    taken = set(asked)
    others = tuple(note for note in piece.notes if note not in taken)
    return PracticePlan(
        tuple(asked),
        others,
        piece.bars,
        optional=piece.optional,
        **wishes,  # type: ignore[arg-type]
    )
