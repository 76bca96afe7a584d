"""Notes of a JAMS file: JSON in which a recording is annotated, once or many times.

Source: Humphrey et al. 2014, "JAMS: a JSON annotated music specification"; jams.readthedocs.io.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from realtime.files.labels.note_table import UNKNOWN_VELOCITY, NoteRow, note_rows
from realtime.files.labels.pitch_units import find_midi, midi_pitch, nearest_key
from realtime.troubles.errors import UserError
from realtime.values.json_text import parse_json

NAMESPACES = ("note_midi", "note_hz", "pitch_midi", "pitch_hz")
"""Ways of writing notes, the first in which a file has any is read. The last two are of JAMS 0.2,
where `pitch_hz` with durations is a note."""
SAME_NOTE_SECONDS = 0.01
"""A string that plays one pitch twice within this was written down twice."""


def read_jams_rows(
    path: Path,
    late_seconds: float = 0.0,
    program: int = -1,
    source: str | None = None,
    of_strings: bool = False,
) -> list[NoteRow]:
    """Notes of every source (string, stem, singer) that the first annotator wrote down.

    Args:
        path: JSON of JAMS 0.2 (a dictionary of lists) or later (a list of observations).
        late_seconds: by which the annotation stands after the sound.
        program: GM program of the notes, -1 unknown.
        source: the only one wanted, by its `data_source`; None for all.
        of_strings: each source is a string, which plays a pitch once at a time: of two notes of
            one pitch within SAME_NOTE_SECONDS the second is left out.

    Returns:
        Rows of seconds, MIDI pitch, unknown velocity and program, source by source.

    Raises:
        UserError: if it is no JAMS file, has no notes, or a row is no note.
    """
    return [
        row
        for annotation in note_annotations(path)
        if source in (None, source_of(annotation))
        for row in _rows(path, annotation, late_seconds, program, of_strings)
    ]


def jams_has_note(path: Path) -> bool:
    """Whether any row of a JAMS file that cannot be read whole is a note that lasts.

    One that is no JSON may hold some; annotations of anything else (words, chords, curves) do not.
    """
    try:
        every = parse_json(path.read_text(encoding="utf-8-sig"))["annotations"]
    except (OSError, ValueError, LookupError, TypeError):
        return True
    try:
        found = note_annotations(path)
    except UserError:
        return not isinstance(every, list)
    return any(_has_note(path, one) for one in found)


def _has_note(path: Path, annotation: dict[str, Any]) -> bool:
    try:
        every = _observations(path, annotation)
    except UserError:
        return bool(annotation.get("data"))
    return any(_may_last(seen) for seen in every)


def _may_last(seen: dict[str, Any]) -> bool:
    try:
        return float(seen["duration"]) > 0 and float(seen["value"]) > 0
    except (LookupError, TypeError, ValueError):
        return False


def note_annotations(path: Path) -> list[dict[str, Any]]:
    """The annotations of a JAMS file that hold notes, of the first annotator who wrote any.

    Raises:
        UserError: if it is no JAMS file or has none.
    """
    try:
        content = parse_json(path.read_text(encoding="utf-8-sig"))
        every = [one for one in content["annotations"] if one["namespace"] in NAMESPACES]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UserError(
            f"'{path}' is no JAMS file ({type(error).__name__}); replace it."
        ) from error
    filled = [one for one in every if _is_filled(one)]
    namespaces = [one["namespace"] for one in filled or every]
    namespace = min(namespaces, key=NAMESPACES.index, default="")
    every = [one for one in every if one["namespace"] == namespace]
    if not every:
        raise UserError(
            f"'{path}' has no notes (annotations called {' or '.join(NAMESPACES[:2])}); "
            "add them, or give the notes as .mid or .csv."
        )
    first = next((one for one in every if _is_filled(one)), every[0])
    return [one for one in every if _annotator(one) == _annotator(first)]


def _is_filled(annotation: dict[str, Any]) -> bool:
    data = annotation.get("data")
    return any(data.values()) if isinstance(data, dict) else bool(data)


def _annotator(annotation: dict[str, Any]) -> tuple[str, str]:
    who = _about(annotation).get("annotator") or {}
    who = who if isinstance(who, dict) else {}
    return str(who.get("name", "")), str(who.get("email", ""))


def source_of(annotation: dict[str, Any]) -> str:
    """Which string, stem or player an annotation is of; "" where it does not say."""
    return str(_about(annotation).get("data_source") or "")


def _about(annotation: dict[str, Any]) -> dict[str, Any]:
    about = annotation.get("annotation_metadata")
    return about if isinstance(about, dict) else {}


def _rows(
    path: Path,
    annotation: dict[str, Any],
    late_seconds: float,
    program: int,
    of_strings: bool,
) -> Iterator[NoteRow]:
    hertz = annotation["namespace"].endswith("hz")

    def read(seen: dict[str, Any]) -> NoteRow:
        value = float(seen["value"])
        pitch = nearest_key(midi_pitch(value) if hertz else value)
        onset = float(seen["time"])
        return onset, onset + float(seen["duration"]), pitch, UNKNOWN_VELOCITY, program

    previous: dict[int, float] = {}
    numbers = [seen.get("value") for seen in _observations(path, annotation)] if hertz else []
    wrong = find_midi(value for value in numbers if isinstance(value, int | float))
    if wrong is not None:
        raise UserError(
            f"'{path}' has the frequency {wrong:g}, which looks like a MIDI pitch; call the "
            "annotation note_midi, or give Hz to a tenth."
        )
    numbered = list(enumerate(_observations(path, annotation), 1))
    for onset, offset, pitch, velocity, row_program in sorted(note_rows(path, numbered, read)):
        again = of_strings and onset - previous.get(pitch, -math.inf) < SAME_NOTE_SECONDS
        begins, ends = onset - late_seconds, offset - late_seconds
        possible = 0 <= onset <= offset  # another is kept as it is, for the doctor to name
        if again or (possible and late_seconds > 0 >= ends):
            continue
        yield max(begins, 0.0) if possible else onset, ends, pitch, velocity, row_program
        previous[pitch] = onset


def _observations(path: Path, annotation: dict[str, Any]) -> list[dict[str, Any]]:
    data = annotation.get("data")
    if isinstance(data, dict):
        try:
            return [
                dict(zip(data, cells, strict=True)) for cells in zip(*data.values(), strict=True)
            ]
        except (TypeError, ValueError) as error:
            raise UserError(f"'{path}' has columns of different lengths; mend it.") from error
    if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
        raise UserError(f"'{path}' has an annotation without data; mend or remove it.")
    return data
