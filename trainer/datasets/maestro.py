"""MAESTRO v3: piano competitions, MIDI recorded with the audio.

Source: Hawthorne et al. 2019, magenta.tensorflow.org/datasets/maestro. mirdata reads v2 only, so
this reads v3's own `maestro-v3.0.0.csv` (or .json), with its official split.
"""

import csv
import json
from functools import partial
from pathlib import Path

from realtime.errors import UserError
from trainer.datasets.midi_notes import read_midi_notes
from trainer.datasets.recordings import Recording, find_audio

PARTS = {"train": "train", "validation": "valid", "test": "test"}


def read_maestro(folder: Path) -> list[Recording]:
    """The 1276 performances; offs are extended by the sustain pedal.

    Raises:
        UserError: if this is not version 3, whose files and splits differ from v1 and v2.
    """
    root = folder / "maestro-v3.0.0" if (folder / "maestro-v3.0.0").is_dir() else folder
    recordings = []
    for row in _read_rows(root):
        audio = root / row["audio_filename"]
        labels = root / row["midi_filename"]
        composer = row["canonical_composer"]
        recordings.append(
            Recording(
                Path(row["audio_filename"]).with_suffix("").as_posix(),
                "maestro",
                find_audio(audio.with_suffix("")),
                partial(read_midi_notes, labels, pedal=True, program=0),
                (labels,),
                composition=f"{composer}: {row['canonical_title']}",
                seconds=float(row["duration"]),
                categories={
                    "composer": composer,
                    "instrument": "piano",
                    "year": str(row["year"]),
                },
                splits={"official": PARTS[row["split"]]},
            )
        )
    return recordings


def _read_rows(root: Path) -> list[dict[str, str]]:
    """One dict a performance, from the CSV or from the JSON (columns of numbered cells)."""
    table, columns = root / "maestro-v3.0.0.csv", root / "maestro-v3.0.0.json"
    if table.is_file():
        with table.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    if columns.is_file():
        read = json.loads(columns.read_text(encoding="utf-8"))
        return [{name: read[name][n] for name in read} for n in sorted(read["split"], key=int)]
    older = sorted(root.glob("maestro-v[12]*"))
    if older:
        raise UserError(
            f"'{older[0]}' is an older MAESTRO; get version 3, whose recordings and splits differ."
        )
    raise UserError(f"No maestro-v3.0.0.csv in '{root}'; see docs/data.md for the layout.")
