"""Notes of a MIDI file in seconds, with the sustain pedal as literature scores it."""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

import numpy as np

from realtime.files.labels.midi_tracks import DRUMS, DamagedMidi, MidiTrack, read_midi_file
from realtime.files.labels.note_offs import pair_offs
from realtime.files.labels.note_table import SECONDS_DTYPE, NoteRow
from realtime.files.labels.pedal import hold_by_pedal
from realtime.files.labels.pitch_units import HIGHEST_KEY, LOWEST_KEY, on_keyboard
from realtime.troubles.errors import UserError

SHORTEST_OPEN_SECONDS = 0.1
"""Length of a note without an off that begins where its file ends."""


@dataclass(frozen=True)
class MidiOddities:
    """What of a file's notes is doubtful, in numbers of notes."""

    endless: int
    """Notes without an off; held to the end of the file, or to the next one of their pitch."""
    drums: int
    """Notes on the drum channel, which are left out."""
    outside: int
    """Notes off the piano's keyboard (21-108), which are left out."""


@dataclass(frozen=True)
class MidiPart:
    """What one instrument plays on one track."""

    name: str
    """Name that the track gives itself, or ""."""
    notes: np.ndarray
    """SECONDS_DTYPE (n_notes,), ordered by onset, of any pitch 0-127."""
    pedal: list[tuple[float, int]]
    """(Seconds, value 0-127) of controller 64."""


@dataclass
class _Notes:
    """Notes of one instrument of one track."""

    rows: list[NoteRow] = field(default_factory=list)
    endless: int = 0
    """How many of them have no off."""


def read_midi_notes(path: Path, pedal: bool = False, program: int | None = None) -> np.ndarray:
    """Notes of all tracks but those of the drum channel, and those off the piano's keyboard.

    A note without an off lasts to the next one of its pitch, or to the end of the file.

    Args:
        path: of the MIDI file.
        pedal: extend each off that the sustain pedal holds to its lift, or to the next onset of
            the same pitch. Figures on MAESTRO and MAPS assume it (magenta/magenta#1996).
        program: GM program 0-127 to write instead of the file's.

    Returns:
        SECONDS_DTYPE (n_notes,), ordered by onset.

    Raises:
        UserError: if the file is no readable MIDI file, ends none of its notes, or has none on
            the keyboard.
    """
    tracks = _read(path)
    end = max(track.end for track in tracks)
    paired = _pair_notes(tracks, end)
    players: dict[tuple[int, int], list[NoteRow]] = {}
    for (_, channel, own), played in paired.items():
        players.setdefault((channel, own), []).extend(played.rows)
    tables = [np.zeros(0, SECONDS_DTYPE)]
    for (channel, own), rows in players.items():
        table = np.array(rows, SECONDS_DTYPE)
        if pedal:
            table = hold_by_pedal(table, _pedal_changes(tracks, channel, own), end)
        if program is not None:
            table["program"] = program
        tables.append(table)
    notes = np.concatenate(tables)
    endless = sum(one.endless for one in paired.values())
    if endless == len(notes) > 1:
        raise UserError(
            f"'{path}' ends none of its {endless} notes, so nobody knows how long they sound; "
            "write it again with note-offs."
        )
    kept = notes[on_keyboard(notes["pitch"])]
    if len(notes) and not len(kept):
        raise UserError(
            f"'{path}' has {len(notes)} notes and all of them off the piano's keyboard "
            f"({LOWEST_KEY}-{HIGHEST_KEY}), the first at pitch {notes['pitch'][0]}; mend them."
        )
    return np.sort(kept, order=["onset", "pitch"])


def read_midi_parts(path: Path) -> list[MidiPart]:
    """Notes of each instrument of each track apart, drums left out, as they are written.

    Raises:
        UserError: if the file is no readable MIDI file.
    """
    tracks = _read(path)
    paired = _pair_notes(tracks, max(track.end for track in tracks))
    return [
        MidiPart(
            tracks[number].name,
            np.sort(np.array(notes.rows, SECONDS_DTYPE), order=["onset", "pitch"]),
            _pedal_changes(tracks, channel, program),
        )
        for (number, channel, program), notes in paired.items()
    ]


def find_oddities(path: Path) -> MidiOddities:
    """What a reader of the labels should know of a MIDI file that can be read.

    Raises:
        UserError: as `read_midi_notes`.
    """
    tracks = _read(path)
    pairs = _pair_notes(tracks, max(track.end for track in tracks)).values()
    drums = sum(on[1] == _drums(tracks) and on[4] > 0 for track in tracks for on in track.ons)
    outside = sum(not on_keyboard(row[2]) for notes in pairs for row in notes.rows)
    return MidiOddities(sum(notes.endless for notes in pairs), drums, outside)


def _read(path: Path) -> list[MidiTrack]:
    try:
        return read_midi_file(path)
    except (DamagedMidi, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UserError(f"'{path}' is not a readable MIDI file ({reason}); replace it.") from error


def _pair_notes(tracks: list[MidiTrack], end: float) -> dict[tuple[int, int, int], _Notes]:
    """(Number of the track, channel, program) -> notes.

    An off that ends nothing on its own track ends what is left open on the others of its channel.
    """
    found: dict[tuple[int, int, int], _Notes] = defaultdict(_Notes)
    spare: dict[tuple[int, int], list[float]] = defaultdict(list)
    paired = [pair_offs(_events(track, _drums(tracks))) for track in tracks]
    for number, one in enumerate(paired):
        for (channel, pitch), start, offset, (program, loud) in one.ended:
            row = start, offset, pitch, loud / 127, program
            found[number, channel, program].rows.append(row)
        for key, times in one.spare.items():
            spare[key] += times
    for number, one in enumerate(paired):
        for (channel, pitch), notes in one.left_open.items():
            offs = sorted(spare[channel, pitch])
            for note in notes:
                program, loud = note.what
                last = max(end, note.start + SHORTEST_OPEN_SECONDS)
                latest = last if note.latest is None else note.latest
                place = bisect_right(offs, note.start)
                ends = place < len(offs) and offs[place] <= latest
                row = note.start, offs[place] if ends else latest, pitch, loud / 127, program
                found[number, channel, program].rows.append(row)
                found[number, channel, program].endless += not ends
    return found


def _drums(tracks: list[MidiTrack]) -> int:
    """The channel whose notes are drums; -1 where an MPE zone has it for voices."""
    return -1 if any(track.mpe for track in tracks) else DRUMS


def _events(
    track: MidiTrack, drums: int
) -> Iterator[tuple[float, tuple[int, int], tuple[int, int] | None]]:
    """Time, channel and pitch, program and velocity (None at an off) of all but drums."""
    for time, channel, program, pitch, velocity in track.ons:
        if channel != drums:
            yield time, (channel, pitch), (program, velocity) if velocity else None


def _pedal_changes(tracks: list[MidiTrack], channel: int, program: int) -> list[tuple[float, int]]:
    """(Seconds, value) of the pedal that holds the notes of a program on a channel.

    A pedal on a track of its own serves its whole channel; on a track with notes of that channel,
    whatever plays the programs of that track, so that both hands of a piano share it. All sound off
    lets go for a moment.
    """
    changes = []
    for track in tracks:
        played = {on[2] for on in track.ons if on[1] == channel}
        if not played or program in played:
            changes += [(time, value) for time, where, value in track.pedals if where == channel]
    changes.sort(key=itemgetter(0))
    silenced = {time for track in tracks for time, where in track.sound_offs if where == channel}
    again = []
    for moment in silenced:
        now = next((value for time, value in reversed(changes) if time <= moment), 0)
        later = math.nextafter(moment, math.inf)  # so that it holds nothing that ended there
        again += [(moment, 0), (later, now)]
    return sorted([*changes, *again], key=itemgetter(0))
