"""Notes as .csv and .mid, written whole or not at all."""

import csv
from collections.abc import Sequence
from pathlib import Path

from realtime.atomic import whole_file
from realtime.notes import Note

HEADER = ("onset_s", "offset_s", "midi_pitch", "velocity", "emitted_s")
TICKS_PER_BEAT = 960
"""At 120 beats a minute a tick is 0.52 ms."""
TEMPO = 500_000
"""Microseconds a beat."""
_OFF, _ON = 0, 1


def write_csv(notes: Sequence[Note], path: Path) -> None:
    """One row a note; times in seconds with microseconds.

    Raises:
        UserError: if the file cannot be written.
    """
    with whole_file(path) as partial, partial.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(csv_row(note) for note in notes)


def csv_row(note: Note) -> tuple[str, str, int, int, str]:
    """One line of the .csv."""
    times = (f"{value:.6f}" for value in (note.onset_s, note.offset_s, note.emitted_s))
    onset, offset, emitted = times
    return onset, offset, note.pitch, note.velocity, emitted


def read_csv(path: Path) -> list[Note]:
    """Read what `write_csv` wrote; `emitted_s` may be missing and is then the onset."""
    with path.open(newline="") as file:
        return [
            Note(
                float(row["onset_s"]),
                float(row["offset_s"]),
                int(row["midi_pitch"]),
                int(row["velocity"]),
                float(row.get("emitted_s") or row["onset_s"]),
            )
            for row in csv.DictReader(file)
        ]


def write_midi(notes: Sequence[Note], path: Path, name: str, channel: int = 1) -> None:
    """A type 1 file: a tempo track (120 beats a minute, 4/4), then the notes with their raw timing.

    Args:
        notes: in any order.
        path: of the .mid.
        name: track name.
        channel: 1-16.

    Raises:
        UserError: if the file cannot be written.
    """
    from mido import Message, MetaMessage, MidiFile, MidiTrack

    file = MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT, charset="utf-8")
    file.tracks.append(
        MidiTrack(
            [
                MetaMessage("track_name", name="Jaka to melodia", time=0),
                MetaMessage("set_tempo", tempo=TEMPO, time=0),
                MetaMessage("time_signature", numerator=4, denominator=4, time=0),
                MetaMessage("end_of_track", time=0),
            ]
        )
    )
    track = MidiTrack([MetaMessage("track_name", name=name, time=0)])
    now = 0
    for tick, kind, pitch, velocity in sorted(_ticks(notes)):
        word = "note_on" if kind == _ON else "note_off"
        track.append(
            Message(word, channel=channel - 1, note=pitch, velocity=velocity, time=tick - now)
        )
        now = tick
    track.append(MetaMessage("end_of_track", time=0))
    file.tracks.append(track)
    with whole_file(path) as partial:
        file.save(str(partial))


def _ticks(notes: Sequence[Note]) -> list[tuple[int, int, int, int]]:
    """(tick, off before on, pitch, velocity) of every start and end."""
    events = []
    for note in notes:
        start = _tick(note.onset_s)
        events.append((start, _ON, note.pitch, note.velocity))
        events.append((max(_tick(note.offset_s), start + 1), _OFF, note.pitch, 0))
    return events


def _tick(seconds: float) -> int:
    return max(0, round(seconds * 1e6 / TEMPO * TICKS_PER_BEAT))
