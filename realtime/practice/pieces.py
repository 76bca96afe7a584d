"""What is to be played: the notes of a piece with their bars, beats and parts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from realtime.troubles.codes import Code
from realtime.troubles.errors import UsageError


@dataclass(frozen=True, slots=True)
class PieceNote:
    """A written note, at the piece's own tempo."""

    onset_s: float
    """Seconds from the beginning of the piece."""
    offset_s: float
    pitch: int
    """MIDI number of what sounds, 0-127."""
    bar: int
    """Number of the bar as printed; a repeated bar keeps it."""
    beat: float
    """1 is the first of the bar."""
    part: int = 0
    """Index of the part in `Piece.parts`."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in the order of playing: repeats and their endings are played out."""

    number: int
    onset_s: float
    beats: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Notes by onset, then pitch, with what a player reads above them.

    Args:
        title: to show.
        parts: names of the tracks, staves or hands.
        notes: of all parts.
        bars: in the order of playing.
        tempo_bpm: quarters a minute at the beginning.
        key: such as "Bb" or "F#m", "" where the file names none.
    """

    title: str
    parts: tuple[str, ...]
    notes: tuple[PieceNote, ...]
    bars: tuple[Bar, ...] = ()
    tempo_bpm: float = 120.0
    key: str = ""

    @property
    def duration_s(self) -> float:
        """Second at which the last note ends."""
        return max((note.offset_s for note in self.notes), default=0.0)


def choose_parts(piece: Piece, wanted: Sequence[str]) -> Piece:
    """The piece with only the notes of the parts to be played; all of them where none is named.

    Args:
        piece: with all its parts.
        wanted: numbers from 1, or names or their beginnings in any case.

    Raises:
        UserError: naming the part that there is not, and those that there are.
    """
    if not wanted:
        return piece
    chosen = {part_number(piece, word) for word in wanted}
    return replace(piece, notes=tuple(note for note in piece.notes if note.part in chosen))


def part_number(piece: Piece, word: str) -> int:
    """Index of a part by number or name.

    Raises:
        UserError: if there is no such part.
    """
    name = word.strip().casefold()
    if name.isdecimal() and 1 <= int(name) <= len(piece.parts):
        return int(name) - 1
    for index, part in enumerate(piece.parts):
        if name and part.casefold() == name:
            return index
    for index, part in enumerate(piece.parts):
        if name and part.casefold().startswith(name):
            return index
    listed = ", ".join(f"{number} {part}" for number, part in enumerate(piece.parts, start=1))
    raise UsageError(Code.PART_UNKNOWN, title=piece.title, part=word, parts=listed)


def transposed(piece: Piece, semitones: int) -> Piece:
    """The piece as it sounds so many semitones higher than written.

    Notes that leave the range of MIDI are left out.
    """
    if not semitones:
        return piece
    moved = (replace(note, pitch=note.pitch + semitones) for note in piece.notes)
    return replace(piece, notes=tuple(note for note in moved if 0 <= note.pitch <= 127))
