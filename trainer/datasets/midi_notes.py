"""Notes of a MIDI file in seconds, with the sustain pedal as literature scores it."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from realtime.troubles.errors import UserError
from trainer.datasets.labels.midi_file import DamagedMidi, MidiTrack, read_midi_file
from trainer.datasets.recordings import SECONDS_DTYPE

PEDAL_DOWN = 64
"""Controller 64 at or above this value holds notes."""
DRUMS = 9
"""Channel (from 0) whose notes are drums."""
SHORTEST_OPEN_SECONDS = 0.1
"""Length of a note without an off that begins where its file ends."""


@dataclass(frozen=True)
class MidiOddities:
    """What of a file's notes is doubtful, in numbers of notes."""

    endless: int
    """Notes without an off; held to the end of the file, or to the next one of their pitch."""
    drums: int
    """Notes on the drum channel, which are left out."""


def read_midi_notes(path: Path, pedal: bool = False, program: int | None = None) -> np.ndarray:
    """Notes of all tracks but those of the drum channel.

    A note without an off lasts to the next one of its pitch, or to the end of the file.

    Args:
        path: of the MIDI file.
        pedal: extend each off to where the sustain pedal is lifted, or to the next onset of the
            same pitch. Figures on MAESTRO and MAPS assume it (magenta/magenta#1996).
        program: GM program 0-127 to write instead of the file's.

    Returns:
        SECONDS_DTYPE (n_notes,), ordered by onset.

    Raises:
        UserError: if the file is no readable MIDI file, or ends none of its notes.
    """
    tracks = _read(path)
    end = max(track.end for track in tracks)
    tables = [np.zeros(0, SECONDS_DTYPE)]
    endless = 0
    for (channel, own), (rows, unended) in _pair_notes(tracks, end).items():
        endless += unended
        table = np.array(rows, SECONDS_DTYPE)
        if pedal:
            table = hold_by_pedal(table, _pedal_changes(tracks, channel, own), end)
        if program is not None:
            table["program"] = program
        tables.append(table)
    notes = np.concatenate(tables)
    if endless == len(notes) > 1:
        raise UserError(
            f"'{path}' ends none of its {endless} notes, so nobody knows how long they sound; "
            "write it again with note-offs."
        )
    return np.sort(notes, order=["onset", "pitch"])


def find_oddities(path: Path) -> MidiOddities:
    """What a reader of the labels should know of a MIDI file that can be read.

    Raises:
        UserError: as `read_midi_notes`.
    """
    tracks = _read(path)
    pairs = _pair_notes(tracks, max(track.end for track in tracks))
    drums = sum(on[1] == DRUMS and on[4] > 0 for track in tracks for on in track.ons)
    return MidiOddities(sum(unended for _, unended in pairs.values()), drums)


def _read(path: Path) -> list[MidiTrack]:
    try:
        return read_midi_file(path)
    except (DamagedMidi, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UserError(f"'{path}' is not a readable MIDI file ({reason}); replace it.") from error


def _pair_notes(
    tracks: list[MidiTrack], end: float
) -> dict[tuple[int, int], tuple[list[tuple[float, float, int, float, int]], int]]:
    """(Channel, program) -> rows of SECONDS_DTYPE, and how many of them have no off.

    An off ends all notes of its pitch that began before it, as pretty_midi has it: where an off and
    the next on share a tick in the wrong order, the new note goes on. An off that ends nothing on
    its own track ends what is left open on the others of its channel.
    """
    found: dict[tuple[int, int], tuple[list[Any], int]] = {}
    left_open: list[tuple[tuple[int, int], list[tuple[float, int, int]]]] = []
    spare: dict[tuple[int, int], list[float]] = defaultdict(list)

    def close(key: tuple[int, int], notes: list[Any], offset: float, unended: int = 0) -> None:
        for onset, program, velocity in notes:
            rows, count = found.get((key[0], program), ([], 0))
            rows.append((onset, offset, key[1], velocity / 127, program))
            found[key[0], program] = rows, count + unended

    for track in tracks:
        open_notes: dict[tuple[int, int], list[tuple[float, int, int]]] = defaultdict(list)
        for time, channel, program, pitch, velocity in track.ons:
            if channel == DRUMS:
                continue
            sounding = open_notes[channel, pitch]
            if velocity:
                sounding.append((time, program, velocity))
            elif sounding:
                ended = [note for note in sounding if note[0] < time] or sounding
                close((channel, pitch), ended, time)
                open_notes[channel, pitch] = [note for note in sounding if note not in ended]
            else:
                spare[channel, pitch].append(time)
        left_open += [(key, notes) for key, notes in open_notes.items() if notes]
    for key, notes in left_open:
        following = [note[0] for note in notes[1:]]
        last = max(end, notes[-1][0] + SHORTEST_OPEN_SECONDS)
        offs = sorted(spare[key])
        for note, latest in zip(notes, [*following, last], strict=True):
            place = bisect_right(offs, note[0])
            ends = place < len(offs) and offs[place] <= latest
            close(key, [note], offs[place] if ends else latest, int(not ends))
    return found


def _pedal_changes(tracks: list[MidiTrack], channel: int, program: int) -> list[tuple[float, int]]:
    """(Seconds, value) of the pedal that holds the notes of a program on a channel.

    A pedal on a track of its own serves its whole channel; on a track with notes of that channel,
    whatever plays the programs of that track, so that both hands of a piano share it.
    """
    changes = []
    for track in tracks:
        played = {on[2] for on in track.ons if on[1] == channel}
        if not played or program in played:
            changes += [(time, value) for time, where, value in track.pedals if where == channel]
    return changes


def hold_by_pedal(
    notes: np.ndarray, changes: list[tuple[float, int]], end_seconds: float
) -> np.ndarray:
    """Extend offs while the pedal is down; a note ends where its pitch is struck again.

    Args:
        notes: SECONDS_DTYPE (n,) of one instrument.
        changes: (seconds, value 0-127) of controller 64.
        end_seconds: where a pedal that is never lifted lets go.
    """
    held = np.sort(notes, order=["pitch", "onset"])
    released = held["offset"].copy()  # a note that one stretch holds is not the next one's
    for down, up in pedal_stretches(changes, end_seconds):
        caught = (released >= down) & (released < up)
        held["offset"][caught] = up
    following = np.full(len(held), np.inf)
    for i in range(len(held) - 2, -1, -1):
        if held["pitch"][i] == held["pitch"][i + 1]:
            now, later = held["onset"][i : i + 2]
            following[i] = later if later > now else following[i + 1]
    held["offset"] = np.maximum(np.minimum(held["offset"], following), held["onset"])
    return np.sort(held, order=["onset", "pitch"])


def pedal_stretches(
    changes: list[tuple[float, int]], end_seconds: float
) -> list[tuple[float, float]]:
    """(seconds, value) of controller 64 -> (down, up) stretches in seconds, in order.

    Changes of one moment count in the order of the file.
    """
    stretches: list[tuple[float, float]] = []
    down: float | None = None
    for time, value in sorted(changes, key=itemgetter(0)):
        if value >= PEDAL_DOWN and down is None:
            down = time
        elif value < PEDAL_DOWN and down is not None:
            stretches.append((down, time))
            down = None
    if down is not None:
        stretches.append((down, end_seconds))
    return stretches
