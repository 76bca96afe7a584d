"""What is to be played: the notes of a piece with their bars, beats and parts."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from realtime.troubles.codes import Code
from realtime.troubles.errors import UsageError, UserError
from realtime.troubles.trouble import Trouble
from realtime.values.pitches import pitch_name


@dataclass(frozen=True, slots=True)
class PieceNote:
    """A written note, at the piece's own tempo."""

    onset_s: float
    """Seconds from the beginning of the piece."""
    offset_s: float
    pitch: int
    """MIDI number of what sounds, 0-127."""
    bar: int
    """Number of the bar: see `Bar.number`."""
    beat: float
    """1 is the first of the bar."""
    part: int = 0
    """Index of the part in `Piece.parts`."""
    rolled: bool = False
    """Its chord is rolled: it may come late."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in the order of playing: repeats and their endings are played out."""

    number: int
    """The printed number; 12 of a bar "12a", and that of the bar before where it has no number.
    A repeated bar keeps it."""
    onset_s: float
    beats: int
    label: str = ""
    """The number as printed, such as "12a" or "X1"; "" is `number`."""

    @property
    def printed(self) -> str:
        """What stands at the bar."""
        return self.label or str(self.number)


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
        optional: what may be played, but is not asked for: grace and cue notes, what ornaments
            repeat and touch. Hearing it is no mistake.
        remarks: what of the file is not read as it sounds.
    """

    title: str
    parts: tuple[str, ...]
    notes: tuple[PieceNote, ...]
    bars: tuple[Bar, ...] = ()
    tempo_bpm: float = 120.0
    key: str = ""
    optional: tuple[PieceNote, ...] = ()
    remarks: tuple[Trouble, ...] = ()

    @property
    def duration_s(self) -> float:
        """Second at which the last note ends."""
        return max((note.offset_s for note in self.notes), default=0.0)


def bar_index(piece: Piece, place_s: float) -> int:
    """Index in `Piece.bars` of the bar that a second of the piece lies in."""
    return max(0, bisect_right(piece.bars, place_s + 1e-3, key=lambda bar: bar.onset_s) - 1)


def audible(piece: Piece, known: range) -> Piece:
    """The piece without notes that the model cannot hear, and a remark on how many these are.

    Args:
        piece: as it sounds.
        known: MIDI pitches that the model hears.

    Raises:
        UserError: if none is left.
    """
    asked = tuple(note for note in piece.notes if note.pitch in known)
    count = len(piece.notes) - len(asked)
    span = {"low": pitch_name(known[0]), "high": pitch_name(known[-1])}
    if not asked:
        raise UserError(Code.PIECE_UNHEARD, title=piece.title, **span)
    if not count:
        return piece
    remark = Trouble(Code.PIECE_OUTSIDE, title=piece.title, count=count, **span)
    return replace(piece, notes=asked, remarks=(*piece.remarks, remark))


def longest_rest_s(piece: Piece) -> float:
    """Seconds of the longest silence between notes, at the written tempo."""
    longest = sounded_s = 0.0
    for note in piece.notes:
        longest = max(longest, note.onset_s - sounded_s)
        sounded_s = max(sounded_s, note.offset_s)
    return longest


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
    for fits in (str.startswith, str.__contains__):
        for index, part in enumerate(piece.parts):
            if name and fits(part.casefold(), name):
                return index
    listed = ", ".join(f"{number} {part}" for number, part in enumerate(piece.parts, start=1))
    raise UsageError(Code.PART_UNKNOWN, title=piece.title, part=word, parts=listed)


def transposed(piece: Piece, semitones: int) -> Piece:
    """The piece as it sounds so many semitones higher than written.

    Notes that leave the range of MIDI are left out.
    """
    if not semitones:
        return piece

    def moved(notes: Sequence[PieceNote]) -> tuple[PieceNote, ...]:
        there = (replace(note, pitch=note.pitch + semitones) for note in notes)
        return tuple(note for note in there if 0 <= note.pitch <= 127)

    return replace(piece, notes=moved(piece.notes), optional=moved(piece.optional))
