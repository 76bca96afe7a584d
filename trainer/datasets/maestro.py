"""MAESTRO v3: piano competitions, MIDI recorded with the audio.

Source: Hawthorne et al. 2019, magenta.tensorflow.org/datasets/maestro. mirdata reads v2 only, so
this reads v3's own `maestro-v3.0.0.csv` (or .json), with its official split.
"""

import re
from functools import partial
from pathlib import Path

from realtime.files.labels.midi_notes import read_midi_notes
from realtime.files.labels.tables import is_number, read_records, require_cell, to_number
from realtime.troubles.errors import UserError
from realtime.values.json_text import parse_json
from trainer.datasets.file_names import find_file
from trainer.datasets.recordings import Recording, find_audio

YEAR = re.compile(r"20\d\d")
"""Name of a folder with the performances of a year."""
PARTS = {"train": "train", "validation": "valid", "test": "test"}
NEEDED = ("canonical_composer", "canonical_title", "split", "midi_filename", "audio_filename")
"""Columns that must have a value in every row."""


def read_maestro(folder: Path) -> list[Recording]:
    """The 1276 performances; offs are extended by the sustain pedal.

    Of a copy that holds some years only, those whose folders are there: in them a missing file is a
    fault, and the table is that of all.

    Raises:
        UserError: if this is not version 3, whose files and splits differ from v1 and v2, or no
            year is there.
    """
    root = _root(folder)
    refuse_older(folder)
    table, rows = _read_rows(root)
    found = [_describe(root, table, number, row) for number, row in rows]
    here = [one for one in found if one.audio.parent.is_dir()]
    if found and not here:
        raise UserError(
            f"None of the folders of '{table}' is there, such as '{found[0].audio.parent}'; "
            "get the sound of a year at least."
        )
    return here


def _describe(root: Path, table: Path, number: int, row: dict[str, str]) -> Recording:
    """One performance; `number` is its row in the table."""
    given = {name: require_cell(table, number, row, name) for name in NEEDED}
    part = PARTS.get(given["split"].lower())
    if part is None:
        raise UserError(
            f"Row {number} of '{table}' has split '{given['split']}', which is none of "
            f"{', '.join(PARTS)}; mend it."
        )
    seconds = row.get("duration", "")
    if seconds and not is_number(seconds):
        raise UserError(f"Row {number} of '{table}' has duration '{seconds}'; mend it.")
    labels = find_file(root / given["midi_filename"])
    composer = given["canonical_composer"]
    return Recording(
        Path(given["audio_filename"]).with_suffix("").as_posix(),
        "maestro",
        find_audio((root / given["audio_filename"]).with_suffix("")),
        partial(read_midi_notes, labels, pedal=True, program=0),
        (labels,),
        composition=f"{composer}: {given['canonical_title']}",
        seconds=to_number(seconds) if seconds else None,
        categories={"composer": composer, "instrument": "piano", "year": row.get("year", "")},
        splits={"official": part},
    )


def is_year(folder: Path) -> bool:
    """Whether a folder has the name of a year of MAESTRO."""
    return bool(YEAR.fullmatch(folder.resolve().name))


def refuse_older(folder: Path) -> None:
    """Refuse versions 1 and 2, whose files and splits differ, whatever they are read as.

    Raises:
        UserError: if a table of theirs is anywhere below the folder, or beside a year of it.
    """
    older = sorted(folder.rglob("maestro-v[12]*.*"))
    if is_year(folder):
        older += sorted(folder.resolve().parent.glob("maestro-v[12]*.[cj]s*"))
    if older and not _tables(folder):
        raise UserError(
            f"'{older[0]}' is an older MAESTRO; get version 3, whose recordings and splits differ."
        )


def _root(folder: Path) -> Path:
    return folder / "maestro-v3.0.0" if (folder / "maestro-v3.0.0").is_dir() else folder


def _tables(folder: Path) -> list[Path]:
    """The CSV and the JSON of version 3 that exist, in that order."""
    names = (_root(folder) / f"maestro-v3.0.0.{suffix}" for suffix in ("csv", "json"))
    return [path for path in names if path.is_file()]


def _read_rows(folder: Path) -> tuple[Path, list[tuple[int, dict[str, str]]]]:
    """The table, and number and cells of each performance.

    The CSV is read, else the JSON (columns of numbered cells).
    """
    tables = _tables(folder)
    if not tables:
        raise UserError(f"No maestro-v3.0.0.csv in '{folder}'; see docs/data.md for the layout.")
    table = tables[0]
    if table.suffix == ".csv":
        return table, read_records(table, NEEDED)
    try:
        columns = parse_json(table.read_text(encoding="utf-8-sig"))
        numbers = sorted(columns["split"], key=int)
        rows = [{name: str(columns[name][n]) for name in columns} for n in numbers]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UserError(f"'{table}' is not MAESTRO's table ({error}); get it again.") from error
    return table, list(enumerate(rows))
