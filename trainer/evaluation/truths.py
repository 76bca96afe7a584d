"""Truths that scores are counted against, and the sound they belong to: possible, or refused."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from realtime.audio.sources import FileSource
from realtime.files.labels.label_files import MIDI_SUFFIXES, read_label_file
from realtime.files.labels.midi_notes import find_oddities
from realtime.files.labels.note_table import describe_impossible, note_table
from realtime.troubles.errors import UserError
from trainer.datasets.recordings import Recording
from trainer.shards.decoding import decode
from trainer.shards.format import SHARD_RATE
from trainer.shards.health.recordings import (
    FATAL,
    LATE_OFFSET_SECONDS,
    audio_faults,
)
from trainer.shards.health.same_sounds import sound_digest

BLOCK = 1 << 18
"""Frames of a file that are read at a time."""
EXACT = (".wav", ".flac", ".ogg", ".opus", ".aif", ".aiff")
"""Formats whose header states the length to the sample."""


def read_truth(path: Path) -> np.ndarray:
    """Notes of a label file that a manifest names: SECONDS_DTYPE `(n,)`, in seconds.

    Raises:
        UserError: if it is missing, cannot be read, or holds impossible notes.
    """
    if not path.is_file():
        raise UserError(f"No truth '{path}'; mend the manifest.")
    truth = read_label_file(path)
    require_possible(path, truth)
    return truth


def count_unread(labels: Sequence[Path], truth: np.ndarray) -> tuple[int, int]:
    """How many notes of MIDI labels no reader gives: off a piano's keyboard, and drums.

    Args:
        labels: of one recording.
        truth: what was read of them, (n_notes,).

    Raises:
        UserError: if drums alone are there: the recording would be scored as silence.
    """
    midi = [path for path in labels if path.suffix.lower() in MIDI_SUFFIXES]
    odd = [find_oddities(path) for path in midi]
    drums = sum(one.drums for one in odd)
    if drums and not len(truth):
        raise UserError(
            f"'{midi[0]}' has {drums} notes and all of them on the drum channel (10), so its sound "
            "would be scored as silence; write them on another channel, or leave the recording out."
        )
    return sum(one.outside for one in odd), drums


def require_possible(path: Path, truth: np.ndarray) -> None:
    """Refuse notes that cannot be, by the doctor's rules.

    Raises:
        UserError: with their number and the first of them.
    """
    if told := describe_impossible(truth):
        raise UserError(f"'{path}' has {told}; mend or remove them.")


def require_inside(
    name: str, truth: np.ndarray, seconds: float, remedy: str = "give the times in seconds"
) -> None:
    """Refuse notes that lie after the sound, where nobody can hear them: times in another unit?

    Args:
        name: of the label.
        truth: SECONDS_DTYPE (n_notes,).
        seconds: of the sound.
        remedy: what may have to be mended but the sound.

    Raises:
        UserError: by the doctor's rule for the end of a last note.
    """
    last = float(max(truth["onset"].max(initial=0.0), truth["offset"].max(initial=0.0)))
    if last > seconds + LATE_OFFSET_SECONDS:
        raise UserError(
            f"'{name}' has notes up to {last:.1f} s, and its sound is {seconds:.1f} s long; "
            f"{remedy}, or cut the notes to the sound."
        )


def require_sound(one: Recording, silence: bool) -> str:
    """A digest of the sound ("" of silence); sound that training would leave out is refused.

    Args:
        one: with its sound file.
        silence: whether it may be silent.

    Raises:
        UserError: saying what the doctor says.
    """
    audio = decode(one.audio, one.channel)
    faults = audio_faults(one, audio)
    told = [(kind, detail) for kind, detail in faults if kind in FATAL]
    if told and not (silence and told[0][0] == "silent"):
        raise UserError(f"'{one.audio}' cannot be scored ({': '.join(told[0])}); replace it.")
    return sound_digest(audio)


def length_of(audio: Path) -> float:
    """Seconds of a sound file; counted where its format does not state them to the sample.

    Raises:
        UserError: if it cannot be read.
    """
    with closing(FileSource(audio)) as source:
        if audio.suffix.lower() in EXACT:
            return source.duration_s
        while source.read(BLOCK) is not None:
            pass
        return source.frames_read / source.rate


def join_clips(tables: Sequence[np.ndarray], lengths: Sequence[int]) -> np.ndarray:
    """Notes of a recording from those of its clips; what was cut between clips is whole again.

    A note that sounds on into a clip stands there once more, with an onset before it. Two notes of
    one pitch at one moment stay two.

    Args:
        tables: NOTE_DTYPE (n,) of each clip, in order.
        lengths: samples of each clip.

    Returns:
        SECONDS_DTYPE (n_notes,), ordered by onset.
    """
    rows: list[list[Any]] = []
    begun: dict[tuple[int, int, int], list[list[Any]]] = {}
    start = 0
    for table, length in zip(tables, lengths, strict=True):
        going_on = defaultdict(list)
        for note in table:
            key = start + int(note["onset"]), int(note["pitch"]), int(note["program"])
            if note["onset"] < 0 and begun.get(key):
                row = begun[key].pop(0)
            else:
                row = [key[0], 0, *key[1:], float(note["velocity"])]
                rows.append(row)
            row[1] = start + int(note["offset"])
            if note["offset"] >= length:
                going_on[key].append(row)
        begun = going_on
        start += length
    return note_table(
        (onset / SHARD_RATE, offset / SHARD_RATE, pitch, velocity, program)
        for onset, offset, pitch, program, velocity in rows
    )
