"""Notes and sound of a mirdata track, under whatever name its loader has them."""

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from realtime.files.labels.midi_notes import find_oddities, read_midi_notes
from realtime.files.labels.note_table import UNKNOWN_VELOCITY, NoteRow, note_table
from realtime.files.labels.pitch_units import find_doubtful, nearest_key
from realtime.troubles.errors import UserError

NOTES_FIRST = ("notes_all", "notes", "notes_a1", "notes_pyin", "score")
"""Attributes that hold notes, the best first; others that begin with `notes` come after them."""
AUDIO_FIRST = ("audio_mic_path", "mix_path", "audio_path", "audio_mono_path", "mix_audio_path")
TIMES = (("start_time", "end_time"), ("a_start_time", "a_end_time"), ("onset", "offset"))
PITCHES = ("midi_pitch", "pitch", "midi")
"""What single notes are called where a loader gives a list of them."""


def ask(track: Any, name: str) -> Any:
    """An attribute of a track; None where it has none, or a part of the corpus is not there.

    Warnings of loaders are kept back: some leave their files to the garbage collector.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return getattr(track, name, None)
    except (OSError, KeyError, TypeError, ValueError, AttributeError, IndexError):
        return None


def find_sound(track: Any) -> Path | None:
    """The sound file of a track; one of the whole before one of a part."""
    others = sorted(n for n in vars(track) if n.startswith("audio") and n.endswith("_path"))
    for name in (*AUDIO_FIRST, *others):
        path = ask(track, name)
        if isinstance(path, str | Path):
            return Path(path)
    return None


def note_attributes(track: Any) -> list[str]:
    """Names under which a track has notes, or may have, the best first."""
    names = dir(type(track))
    others = sorted(n for n in names if n.startswith("notes") and not n.endswith("_path"))
    return [n for n in dict.fromkeys((*NOTES_FIRST, *others)) if n in names]


def find_notes(track: Any, told: str) -> np.ndarray:
    """Notes `(n,)` of a track, of SECONDS_DTYPE: times in seconds.

    A MIDI file of the track is read by our own reader, with the pedal, where the loader has no
    notes.

    Args:
        track: of mirdata.
        told: what it is called in a message.

    Raises:
        UserError: if it has no notes, or those of drums alone.
    """
    for name in note_attributes(track):
        found = ask(track, name)
        if found is None or isinstance(found, dict):
            continue
        if hasattr(found, "intervals") and hasattr(found, "pitches"):
            return note_table(rows_of_annotation(found))
        if isinstance(found, list | tuple) and found:
            return note_table(rows_of_list(found, told))
    midi = ask(track, "midi_path")
    if midi and Path(midi).is_file():
        notes = read_midi_notes(Path(midi), pedal=True)
        if not len(notes) and find_oddities(Path(midi)).drums:
            raise UserError(f"{told} has drums alone, which have no pitches here.")
        return notes
    tried = ", ".join(note_attributes(track)) or "notes"
    raise UserError(
        f"{told} has no notes that can be read: none of {tried} and no MIDI file "
        "is there; check that its annotations are in the folder."
    )


def rows_of_annotation(found: Any) -> Iterable[NoteRow]:
    """Rows of mirdata's NoteData, in any of its units."""
    pitches = np.asarray(found.pitches, float)
    if found.pitch_unit == "hz":
        pitches = 69 + 12 * np.log2(pitches / 440)
    scale = {"s": 1.0, "ms": 1e-3}.get(getattr(found, "interval_unit", "s"))
    if scale is None or found.pitch_unit not in ("hz", "midi"):
        raise UserError(
            f"mirdata's notes are in {found.interval_unit} and {found.pitch_unit}; only seconds "
            "with hertz or MIDI numbers can be read."
        )
    velocities = [UNKNOWN_VELOCITY] * len(pitches)
    if found.confidence is not None and found.confidence_unit == "velocity":
        velocities = list(np.asarray(found.confidence) / 127)
    for (on, off), pitch, velocity in zip(found.intervals, pitches, velocities, strict=True):
        yield float(on) * scale, float(off) * scale, nearest_key(float(pitch)), float(velocity), -1


def rows_of_list(found: Iterable[Any], told: str) -> Iterable[NoteRow]:
    """Rows of notes that are objects of their own, as Filosax has them."""
    for note in found:
        times = next((t for t in TIMES if all(hasattr(note, name) for name in t)), None)
        pitch = next((name for name in PITCHES if hasattr(note, name)), None)
        if times is None or pitch is None:
            raise UserError(
                f"{told} has notes of a kind that is not known ({type(note).__name__})."
            )
        start, end = (float(getattr(note, name)) for name in times)
        number = float(getattr(note, pitch))
        if pitch == "pitch" and find_doubtful([number]) is not None:
            raise UserError(f"{told} has the pitch {number:g}, which may be Hz or a MIDI number.")
        yield start, end, round(number), UNKNOWN_VELOCITY, -1
