"""Notes as .csv and .mid, written whole or not at all."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from realtime.files.click import Click
from realtime.files.instruments import instrument_messages
from realtime.files.plain_text import plain
from realtime.midi.messages import WHEEL_CENTRE, bend_range, wheel
from realtime.values.atomic import whole_file
from realtime.values.given_file import require_file
from realtime.values.notes import Note

if TYPE_CHECKING:
    from mido import MetaMessage, MidiTrack

HEADER = ("onset_s", "offset_s", "midi_pitch", "velocity", "emitted_s")
TICKS_PER_BEAT = 960
"""Ticks of a beat; at 120 beats a minute a tick is 0.52 ms."""
LATEST_S = 1e7
"""No note is later: 115 days."""
_OFF, _BEND, _ON = 0, 1, 2
"""Order of what happens in one tick: a note begins with its own wheel."""


class DamagedNotes(ValueError):
    """A file that should hold notes and does not.

    Args:
        path: of the file.
        line: with what is no note, 1 with what names no columns; 0 where nothing is text.
        detail: what Python says.
    """

    def __init__(self, path: Path, line: int, detail: object) -> None:
        super().__init__(f"{path}, line {line}: no note ({detail}).")
        self.line = line


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
    """One line of the .csv as HEADER names it: times in seconds, MIDI pitch, velocity."""
    times = (f"{value:.6f}" for value in (note.onset_s, note.offset_s, note.emitted_s))
    onset, offset, emitted = times
    return onset, offset, note.pitch, note.velocity, emitted


def read_csv(path: Path) -> list[Note]:
    """Read what `write_csv` wrote; `emitted_s` may be missing and is then the onset.

    Raises:
        OSError: if there is no such file.
        DamagedNotes: if it is no such table.
    """
    notes = []
    require_file(path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        try:
            for row in rows:
                notes.append(_note(row))
        except UnicodeDecodeError as error:
            raise DamagedNotes(path, 0, error) from error
        except KeyError as error:
            raise DamagedNotes(path, 1, f"it names no column {error}") from error
        except (TypeError, ValueError, csv.Error) as error:
            raise DamagedNotes(path, rows.line_num, error) from error
    return notes


def _note(row: dict[str, str]) -> Note:
    onset, offset = float(row["onset_s"]), float(row["offset_s"])
    emitted = float(row.get("emitted_s") or onset)
    pitch, velocity = int(row["midi_pitch"]), int(row["velocity"])
    times_fit = all(0 <= value < LATEST_S for value in (onset, offset))
    if not (times_fit and math.isfinite(emitted) and 0 <= pitch <= 127 and 0 <= velocity <= 127):
        raise ValueError("a value is out of range")
    if offset < onset:
        raise ValueError("a note ends before it begins")
    return Note(onset, offset, pitch, velocity, emitted)


@dataclass(frozen=True, slots=True)
class Heading:
    """What a file of notes says about all of them."""

    name: str
    """Name of the track, title of the score."""
    bpm: float = 120.0
    """Beats a minute that the file says; notes stay where they are in seconds."""
    click: Click | None = None
    """The click that the notes were played to; gives tempo and metre in place of `bpm`."""
    key: str = ""
    """Key for notation programs, such as "Bb" or "F#m"; "" says none."""
    instrument: str = ""
    """Name of the instrument; one of `instruments.PROGRAMS` gives a program change too."""
    channel: int = 1
    """MIDI channel that the notes are written on, 1-16."""


def write_midi(
    notes: Sequence[Note],
    path: Path,
    heading: Heading,
    markers: Sequence[tuple[float, str]] = (),
    bends: Sequence[tuple[float, float]] = (),
) -> None:
    """A type 1 file: a tempo track (4/4 without a click), then the notes with their raw timing.

    Args:
        notes: in any order.
        path: of the .mid.
        heading: name, tempo, key, instrument, channel; a click is named in the file, so that
            `click.read_click` finds it.
        markers: (seconds, text), such as gaps in the sound; in the tempo track.
        bends: (seconds, cents from then on) of all notes together, as pitch bend with a range of
            2 semitones that the file says at its start. The wheel is in the centre at the start and
            after the last note.

    Raises:
        UserError: if the file cannot be written.
    """
    from mido import MidiFile

    tempo = round(60e6 / (heading.click.bpm if heading.click else heading.bpm))
    file = MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT, charset="utf-8")
    file.tracks.append(_tempo_track(heading, markers, tempo))
    file.tracks.append(_note_track(notes, heading, bends, tempo))
    with whole_file(path) as partial:
        file.save(str(partial))


def _tempo_track(heading: Heading, markers: Sequence[tuple[float, str]], tempo: int) -> "MidiTrack":
    from mido import MetaMessage, MidiTrack

    click, key = heading.click, heading.key
    return MidiTrack(
        [
            MetaMessage("track_name", name="Jaka to melodia", time=0),
            *instrument_messages(heading.instrument, named=True, channel=None),
            *([MetaMessage("text", text=click.text(), time=0)] if click else []),
            MetaMessage("set_tempo", tempo=tempo, time=0),
            MetaMessage(
                "time_signature", numerator=click.beats if click else 4, denominator=4, time=0
            ),
            *([MetaMessage("key_signature", key=key, time=0)] if key else []),
            *_marker_messages(markers, tempo),
            MetaMessage("end_of_track", time=0),
        ]
    )


def _note_track(
    notes: Sequence[Note], heading: Heading, bends: Sequence[tuple[float, float]], tempo: int
) -> "MidiTrack":
    from mido import Message, MetaMessage, MidiTrack

    channel = heading.channel - 1
    track = MidiTrack([MetaMessage("track_name", name=plain(heading.name), time=0)])
    track.extend(instrument_messages(heading.instrument, named=False, channel=channel))
    if bends:
        for control, value in bend_range():
            track.append(Message("control_change", channel=channel, control=control, value=value))
        track.append(Message("pitchwheel", channel=channel, pitch=0))
    end = max((_tick(note.offset_s, tempo) for note in notes), default=0)
    turns = [(_tick(at_s, tempo), _BEND, wheel(cents) - WHEEL_CENTRE, 0) for at_s, cents in bends]
    turns = [turn for turn in turns if turn[0] < end] + [(end, _BEND, 0, 0)] * bool(bends)
    now = 0
    for tick, kind, value, velocity in sorted([*_ticks(notes, tempo), *turns]):
        if kind == _BEND:
            message = Message("pitchwheel", channel=channel, pitch=value)
        else:
            word = "note_on" if kind == _ON else "note_off"
            message = Message(word, channel=channel, note=value, velocity=velocity)
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(MetaMessage("end_of_track", time=0))
    return track


def _marker_messages(markers: Sequence[tuple[float, str]], tempo: int) -> "list[MetaMessage]":
    from mido import MetaMessage

    messages, now = [], 0
    for seconds, text in sorted(markers):
        tick = _tick(seconds, tempo)
        messages.append(MetaMessage("marker", text=plain(text), time=tick - now))
        now = tick
    return messages


def _ticks(notes: Sequence[Note], tempo: int) -> list[tuple[int, int, int, int]]:
    """(tick, off before on, pitch, velocity) of every start and end."""
    events = []
    for note in notes:
        start = _tick(note.onset_s, tempo)
        events.append((start, _ON, note.pitch, note.velocity))
        events.append((max(_tick(note.offset_s, tempo), start + 1), _OFF, note.pitch, 0))
    return events


def _tick(seconds: float, tempo: int) -> int:
    """Microseconds a beat -> ticks."""
    return max(0, round(seconds * 1e6 / tempo * TICKS_PER_BEAT))
