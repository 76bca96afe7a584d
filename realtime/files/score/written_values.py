"""Lengths as they are written: cut at bars and beats, dotted, tied, in triplets where they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from realtime.files.score.voices import DIVISIONS, Chord

VALUES = (
    (96, "whole", 0),
    (72, "half", 1),
    (48, "half", 0),
    (36, "quarter", 1),
    (24, "quarter", 0),
    (18, "eighth", 1),
    (12, "eighth", 0),
    (6, "16th", 0),
    (3, "32nd", 0),
)
"""Divisions -> (type, dots), longest first."""
FLAGS = {"eighth": 1, "16th": 2, "32nd": 3}
"""Beams that a value has."""
TRIPLET_VALUES = ((16, "quarter", 0), (8, "eighth", 0), (4, "16th", 0))
"""Divisions -> (type, dots) inside a beat of triplets, where three values stand for two."""


@dataclass
class Written:
    """One written note, chord or rest."""

    length: int
    """Length in divisions of a quarter note."""
    kind: str
    """MusicXML's name: whole ... 32nd; "" for the rest of a whole bar, in any metre."""
    dots: int
    pitches: Sequence[int]
    """MIDI pitches that sound together; none for a rest."""
    tied_in: bool = False
    tied_out: bool = False
    triplet: bool = False
    tuplet: str = ""
    """start | stop, at the ends of a beat of triplets."""
    beams: tuple[str, ...] = ()
    """What each beam does here, the first one first, in MusicXML's words."""


def write_bar(chords: Sequence[Chord], begin: int, end: int) -> list[Written]:
    """Write one bar of a voice, rests included.

    A beat is written in triplets where something begins or ends on a third or sixth of it that is
    no sixteenth or 32nd. Lengths are cut at the edges of such beats, and at the next beat where
    they begin between two.

    Args:
        chords: the voice, in order, without overlap.
        begin: first division of the bar.
        end: the division after its last.
    """
    spans = list(_spans(chords, begin, end))
    if len(spans) == 1 and spans[0][2] is None:
        return [Written(end - begin, "", 0, ())]
    # A quarter has 24 divisions, a 32nd 3: an edge inside a beat that 3 does not divide lies on a
    # third or sixth of it.
    edges = {edge for chord in chords for edge in (chord.start, chord.end)}
    triplets = {
        beat
        for beat in range(begin, end, DIVISIONS)
        if any(0 < edge - beat < DIVISIONS and (edge - beat) % 3 for edge in edges)
    }
    bar: list[Written] = []
    for start, stop, chord in spans:
        at, pieces = start, list(_cut(start, stop, triplets))
        for piece in pieces:
            # A whole beat of a triplet bar is a plain quarter: only parts of it are bracketed.
            in_triplet = at - (at - begin) % DIVISIONS in triplets
            rows = _lengths(piece, in_triplet and piece % DIVISIONS != 0)
            for index, (length, kind, dots) in enumerate(rows):
                # Ties join the pieces of a chord, here and over the bar lines; rests have none.
                first = at == start and index == 0
                last = at + piece == stop and index == len(rows) - 1
                bar.append(
                    Written(
                        length,
                        kind,
                        dots,
                        chord.pitches if chord else (),
                        tied_in=chord is not None and (not first or chord.start < start),
                        tied_out=chord is not None and (not last or chord.end > stop),
                        triplet=in_triplet and piece % DIVISIONS != 0,
                    )
                )
            at += piece
    _bracket(bar)
    _beam(bar)
    return bar


def _spans(
    chords: Sequence[Chord], begin: int, end: int
) -> Iterator[tuple[int, int, Chord | None]]:
    """(start, stop, chord or None for a rest) from bar line to bar line."""
    at = begin
    for chord in chords:
        start, stop = max(chord.start, begin), min(chord.end, end)
        if start >= stop:
            continue
        if start > at:
            yield at, start, None
        yield start, stop, chord
        at = stop
    if at < end:
        yield at, end, None


def _cut(start: int, stop: int, triplets: set[int]) -> Iterator[int]:
    """Lengths of the pieces of a span, cut at beats of triplets and at the first beat inside."""
    at = start
    while at < stop:
        beat = at - at % DIVISIONS
        following = beat + DIVISIONS
        # A quarter from one half beat to the next stays whole, as every player reads it.
        syncopated = at % (DIVISIONS // 2) == 0 and stop - at == DIVISIONS
        if beat in triplets or (at != beat and following < stop and not syncopated):
            edge = min(stop, following)
        else:
            # Anything longer is written whole, up to the first beat that is in triplets.
            later = [triplet for triplet in sorted(triplets) if at < triplet < stop]
            edge = min([stop, *later])
        yield edge - at
        at = edge


def _lengths(left: int, triplet: bool) -> list[tuple[int, str, int]]:
    """A length as one or several values, longest first."""
    rows = []
    while left > 0:
        row = next(row for row in (TRIPLET_VALUES if triplet else VALUES) if row[0] <= left)
        rows.append(row)
        left -= row[0]
    return rows


def _bracket(bar: list[Written]) -> None:
    """Mark the first and the last value of each beat of triplets."""
    at = 0
    for index, written in enumerate(bar):
        if written.triplet:
            if at % DIVISIONS == 0:
                written.tuplet = "start"
            elif (at + written.length) % DIVISIONS == 0:
                written.tuplet = "stop"
        at += bar[index].length


def _beam(bar: list[Written]) -> None:
    """Join neighbours with flags within a beat."""
    at = 0
    groups: list[list[Written]] = [[]]
    for written in bar:
        joins = bool(written.pitches) and written.kind in FLAGS
        # Beams end at each beat, and before and after a rest or a value without flags.
        if at % DIVISIONS == 0 or not joins:
            groups.append([])
        if joins:
            groups[-1].append(written)
        at += written.length
        if not joins:
            groups.append([])
    for group in groups:
        if len(group) > 1:
            flags = [FLAGS[written.kind] for written in group]
            for place, written in enumerate(group):
                levels = range(1, flags[place] + 1)
                written.beams = tuple(_beam_word(flags, place, level) for level in levels)


def _beam_word(flags: Sequence[int], place: int, level: int) -> str:
    """What one beam does at a note; a level that neither neighbour has is a short hook.

    Args:
        flags: beams of each note of the group.
        place: index of the note.
        level: 1 for the beam of eighths, 2 of sixteenths, 3 of 32nds.
    """
    before = place > 0 and flags[place - 1] >= level
    after = place + 1 < len(flags) and flags[place + 1] >= level
    if before and after:
        return "continue"
    if before or after:
        return "end" if before else "begin"
    return "backward hook" if place else "forward hook"
