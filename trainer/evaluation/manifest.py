"""A manifest: a table of recordings, each with its truth and how it is judged."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from realtime.files.labels.label_files import MIDI_SUFFIXES
from realtime.files.labels.note_table import SECONDS_DTYPE
from realtime.files.labels.tables import is_number, read_records, require_cell, to_number
from realtime.troubles.errors import UsageError, UserError
from trainer.datasets import recordings as corpora
from trainer.datasets.file_names import find_file, has_suffix
from trainer.evaluation.recording import TOLERANCES, ScoredRecording, SetOptions, with_truth
from trainer.evaluation.truths import (
    count_unread,
    length_of,
    read_truth,
    require_inside,
    require_sound,
)
from trainer.shards.health.same_sounds import KnownSounds

YES, NO = ("yes", "true", "y"), ("no", "false", "n")
NEEDED = ("id", "group", "file", "truth")
"""Columns that a manifest must have."""
MAY_SAY = ("truth_shift_s", "instrument", "onset_tolerance_s", "soft")
"""Columns that it may have."""


def read_manifest(path: Path, options: SetOptions = SetOptions()) -> list[ScoredRecording]:
    """Recordings of a table with columns id, group, file and truth.

    Others are read where they are there: truth_shift_s, instrument, onset_tolerance_s, and soft
    (1 or yes: the soft tolerance).

    Raises:
        UserError: if the manifest or a file that it names is missing or cannot be read, a column
            looks like one of these, or one sound has two truths.
    """
    if has_suffix(path, (*corpora.AUDIO_SUFFIXES, *MIDI_SUFFIXES)):
        raise UserError(
            f"'{path}' is no manifest; give the folder of recordings with their labels beside "
            "them, or a .csv with columns id,group,file,truth."
        )
    if not path.is_file():
        wanted = "a .csv with columns id,group,file,truth"
        if has_suffix(path, (".csv", ".tsv", ".txt")):
            raise UserError(f"No manifest at '{path}'; give {wanted}.")
        raise UserError(
            f"There is nothing at '{path}'; give {wanted}, a folder of recordings with their "
            "labels, a corpus, or shards."
        )
    found: list[ScoredRecording] = []
    ids: set[str] = set()
    sounds = KnownSounds()
    for number, row in read_records(path, NEEDED, MAY_SAY):
        id = require_cell(path, number, row, "id")
        if id in ids:
            raise UserError(f"Row {number} of '{path}' has the id '{id}' again; give it another.")
        ids.add(id)
        audio = find_file(_beside(path, require_cell(path, number, row, "file")))
        if options.group not in ("", *row):
            raise UsageError(
                f"'{path}' has no column '{options.group}' (--group); it has {', '.join(row)}."
            )
        group = row.get(options.group or "group", "") or row["group"]
        if not audio.is_file():
            raise UserError(f"'{path}' names '{row['file']}', which is no file beside it.")
        seconds = length_of(audio)
        truth, remedy = _read_truth(path, number, row, seconds)
        soft = group in options.soft_groups
        if row.get("soft"):
            soft = _parse_yes(path, number, row["soft"])
        usual = options.soft_tolerance if soft else options.tolerance
        tolerance = _number(path, number, row, "onset_tolerance_s", usual)
        if not TOLERANCES.holds(tolerance):
            raise UserError(
                f"Row {number} of '{path}' has onset_tolerance_s {tolerance:g}; "
                f"give seconds {TOLERANCES}."
            )
        digest = require_sound(corpora.Recording(id, "", audio), silence=True)
        twin = sounds.add(id, digest, truth if row["truth"] else None)
        if twin and twin.difference:
            told = twin.describe(repr(twin.id))
            raise UserError(f"Row {number} of '{path}': '{id}' has {told}; keep the right one.")
        one = ScoredRecording(id, group, audio, np.zeros((0, 4)), seconds, tolerance)
        one = replace(one, instrument=row.get("instrument", ""), twin=twin.id if twin else "")
        labels = [find_file(_beside(path, row["truth"]))] if row["truth"] else []
        off_keyboard, drums = count_unread(labels, truth)
        one = replace(one, off_keyboard=off_keyboard, drums=drums)
        found.append(with_truth(one, truth, remedy))
    if not found:
        raise UserError(f"'{path}' lists no recordings.")
    return found


def _read_truth(
    path: Path, number: int, row: dict[str, str], seconds: float
) -> tuple[np.ndarray, str]:
    """Notes of a row, moved by its truth_shift_s, and what to mend where they do not fit."""
    truth = np.zeros(0, SECONDS_DTYPE)
    if row["truth"]:
        truth = read_truth(find_file(_beside(path, row["truth"])))
    shift = _number(path, number, row, "truth_shift_s", 0.0)
    if not math.isfinite(shift):
        raise UserError(
            f"Row {number} of '{path}' has truth_shift_s '{row['truth_shift_s']}'; give a number "
            "of seconds there."
        )
    truth["onset"] += shift
    truth["offset"] += shift
    if not shift:
        require_inside(row["truth"], truth, seconds)
        return truth, "mend its label"
    remedy = f"mend truth_shift_s {shift:g} in row {number} of '{path}'"
    require_inside(row["truth"], truth, seconds, remedy)
    return truth, remedy


def unused_columns(path: Path, options: SetOptions) -> list[str]:
    """Columns of a manifest that nothing here reads."""
    header = next(row for _, row in read_records(path, NEEDED, MAY_SAY))
    used = {*NEEDED, *MAY_SAY}
    return [n for n in header if n and n.lower() not in used and n != options.group]


def _beside(path: Path, name: str) -> Path:
    """A file that a table names, with slashes of any system."""
    given = path.parent / name
    return given if given.exists() else path.parent / name.replace("\\", "/")


def _number(path: Path, number: int, row: dict[str, str], name: str, usual: float) -> float:
    text = row.get(name, "")
    if text and not is_number(text):
        raise UserError(f"Row {number} of '{path}' has {name} '{text}'; give a number there.")
    return to_number(text) if text else usual


def _parse_yes(path: Path, number: int, text: str) -> bool:
    if is_number(text) and to_number(text) in (0, 1):
        return bool(to_number(text))
    if (word := text.lower()) not in YES + NO:
        raise UserError(f"Row {number} of '{path}' has soft '{text}'; say 1 or 0 there.")
    return word in YES
