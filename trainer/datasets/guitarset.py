"""GuitarSet: six players comp and solo on thirty lead sheets, one annotation a string.

Source: Xi et al. 2018, zenodo.org/records/3371780. Layout: `annotation/*.jams`,
`audio_mono-mic/*_mic.wav`, `audio_mono-pickup_mix/*_mix.wav`. JAMS is JSON, and is read as such:
mirdata's loader needs an index that it downloads first.
"""

import json
from functools import partial
from pathlib import Path

import numpy as np

from trainer.datasets.recordings import (
    UNKNOWN_VELOCITY,
    Recording,
    find_audio,
    note_table,
    require_folder,
)

LATE_SECONDS = {"04_BN3-154-E_comp": 0.409, "04_Jazz1-200-B_comp": 0.309}
"""Annotations that stand this much after the sound (marl/GuitarSet#5)."""

SAME_NOTE_SECONDS = 0.01
"""A string cannot play one pitch twice within this; 02_Funk2-119-G_comp lists a note twice."""

STYLES = {
    "BN": "bossa nova",
    "Funk": "funk",
    "Jazz": "jazz",
    "Rock": "rock",
    "SS": "singer-songwriter",
}
PLAYERS = {"04": "valid", "05": "test"}
"""Split `players`: 00-03 train."""

STEEL_GUITAR = 25
"""GM program of the steel-string acoustic guitar."""


def read_guitarset(folder: Path) -> list[Recording]:
    """The 360 excerpts, recorded by the microphone."""
    return _read(folder, "guitarset", "audio_mono-mic", "_mic")


def read_guitarset_mix(folder: Path) -> list[Recording]:
    """Read the excerpts from the hexaphonic pickup, mixed."""
    return _read(folder, "guitarset-mix", "audio_mono-pickup_mix", "_mix")


def _read(folder: Path, corpus: str, audio_folder: str, ending: str) -> list[Recording]:
    root = folder / "GuitarSet" if (folder / "GuitarSet").is_dir() else folder
    annotations = require_folder(root, "annotation")
    audio = require_folder(root, audio_folder)
    names = {path.stem for path in annotations.glob("*.jams")}
    names |= {path.stem.removesuffix(ending) for path in audio.iterdir() if path.is_file()}
    recordings = []
    for name in sorted(names):
        player, sheet, mode = name.split("_")[:3]
        style = sheet.split("-")[0].rstrip("0123456789")
        labels = annotations / f"{name}.jams"
        recordings.append(
            Recording(
                name,
                corpus,
                find_audio(audio / f"{name}{ending}"),
                partial(read_jams_notes, labels, LATE_SECONDS.get(name, 0.0)),
                (labels,),
                composition=sheet,
                performer=player,
                rates=(44_100,),
                categories={
                    "instrument": "guitar",
                    "style": STYLES.get(style, style),
                    "mode": mode,
                },
                splits={"players": PLAYERS.get(player, "train")},
            )
        )
    return recordings


def read_jams_notes(path: Path, late_seconds: float = 0.0) -> np.ndarray:
    """The `note_midi` annotations of all strings, `late_seconds` earlier -> SECONDS_DTYPE."""
    rows = []
    for annotation in json.loads(path.read_text(encoding="utf-8"))["annotations"]:
        if annotation["namespace"] != "note_midi":
            continue
        previous: dict[int, float] = {}
        for note in sorted(annotation["data"], key=lambda note: note["time"]):
            pitch, onset = round(note["value"]), note["time"] - late_seconds
            offset = onset + note["duration"]
            again = onset - previous.get(pitch, -1.0) < SAME_NOTE_SECONDS
            if offset > 0 and not again:
                rows.append((max(onset, 0.0), offset, pitch, UNKNOWN_VELOCITY, STEEL_GUITAR))
                previous[pitch] = onset
    return note_table(rows)
