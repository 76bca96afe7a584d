"""Pieces from MIDI: tracks as parts, the tempo map, bars from the time signatures."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from realtime.files.labels.note_offs import pair_offs
from realtime.files.midi_file import NoMidiFile, open_midi, text_of
from realtime.practice.pieces import Bar, Piece, PieceNote
from realtime.practice.readers.musical_time import MOST_BARS, MusicalTime, TooManyBars
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why

if TYPE_CHECKING:
    from mido import MidiFile

PERCUSSION = 9
"""Channel (from 0) whose numbers are drums."""
MOST_NOTES = 200_000
LONGEST_S = 24 * 3600.0

Sounding = tuple[int, int, int, int]
"""(start, end) in ticks, pitch, part."""


def read_midi_piece(path: Path) -> Piece:
    """A piece from a .mid file.

    Raises:
        UserError: if it cannot be read, or holds nothing that can be practised.
    """
    try:
        file = open_midi(path, clip=True)
    except FileNotFoundError as error:
        raise UserError(Code.PIECE_MISSING, path=path) from error
    except OSError as error:
        raise UserError(Code.FILE_UNREADABLE, path=path, reason=why(error)) from error
    except NoMidiFile as error:
        raise UserError(Code.PIECE_NO_MUSIC, path=path) from error
    return piece_from_midi(file, path.name, path.stem)


def piece_from_midi(
    file: "MidiFile",
    name: str,
    title: str,
) -> Piece:
    """A piece from MIDI in memory.

    Args:
        file: of type 0 or 1.
        name: of the file, for messages.
        title: of the piece.

    Raises:
        UserError: if it holds nothing that can be practised.
    """
    if file.type == 2 or file.ticks_per_beat <= 0:
        raise UserError(Code.PIECE_NO_BEATS, name=name)
    sounding, parts, signs = _collect(file)
    if not sounding:
        drums = any(m.type == "note_on" for track in file.tracks for m in track)
        raise UserError(Code.PIECE_PERCUSSION if drums else Code.PIECE_EMPTY, name=name)
    if len(sounding) > MOST_NOTES:
        count = len(sounding)
        raise UserError(Code.PIECE_TOO_MANY_NOTES, name=name, count=count, most=MOST_NOTES)
    time = MusicalTime(
        file.ticks_per_beat,
        [(tick, m.tempo) for tick, m in signs.get("set_tempo", [])],
        [(tick, m.numerator, m.denominator) for tick, m in signs.get("time_signature", [])],
    )
    if any(tempo <= 0 for _, tempo in time.tempi):
        raise UserError(Code.PIECE_TEMPO, name=name)
    last = max(end for _, end, _, _ in sounding)
    if time.seconds(last) > LONGEST_S:
        raise UserError(Code.PIECE_TOO_LONG, name=name)
    try:
        starts = time.bars(last)
    except TooManyBars as error:
        raise UserError(Code.PIECE_TOO_MANY_BARS, name=name, most=MOST_BARS) from error
    notes = []
    for start, end, pitch, part in sounding:
        number, beat = time.place(start, starts)
        onset_s, offset_s = time.seconds(start), time.seconds(max(end, start + 1))
        notes.append(PieceNote(onset_s, offset_s, pitch, number, beat, part))
    keys = signs.get("key_signature", [])
    return Piece(
        title,
        tuple(parts),
        tuple(sorted(notes, key=lambda note: (note.onset_s, note.pitch))),
        tuple(Bar(n, time.seconds(at), time.metre(at)[0]) for at, n in starts if at <= last),
        60e6 / time.tempi[0][1],
        str(keys[0][1].key) if keys else "",
    )


def _collect(file: "MidiFile") -> tuple[list[Sounding], list[str], dict[str, list[Any]]]:
    """Notes in ticks, names of the parts that have any, and (tick, message) of what governs all."""
    sounding: list[Sounding] = []
    parts: list[str] = []
    signs: dict[str, list[Any]] = {}
    for track in file.tracks:
        mine: dict[int, int] = {}
        played: list[tuple[int, tuple[int, int], int | None]] = []
        now, name = 0, ""
        for message in track:
            now += message.time
            if message.type == "track_name" and not name:
                name = text_of(message.name).strip()
            elif message.type in ("set_tempo", "time_signature", "key_signature"):
                signs.setdefault(message.type, []).append((now, message))
            elif message.type not in ("note_on", "note_off") or message.channel == PERCUSSION:
                continue
            else:
                begins = message.type == "note_on" and message.velocity > 0
                if begins and message.channel not in mine:
                    mine[message.channel] = len(parts)
                    parts.append(name or f"part {len(parts) + 1}")
                key = message.channel, message.note
                played.append((now, key, mine[message.channel] if begins else None))
        paired = pair_offs(played)
        sounding += [(start, end, pitch, part) for (_, pitch), start, end, part in paired.ended]
        for (_, pitch), left in paired.left_open.items():
            ends = (now if note.latest is None else note.latest for note in left)
            sounding += [
                (note.start, end, pitch, note.what) for note, end in zip(left, ends, strict=True)
            ]
    for rows in signs.values():
        rows.sort(key=lambda row: row[0])
    return sorted(sounding), make_unique(parts), signs


def make_unique(names: list[str]) -> list[str]:
    """Names of which no two are alike: the second "Piano" becomes "Piano 2"."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return result
