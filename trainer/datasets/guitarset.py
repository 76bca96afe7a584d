"""GuitarSet: six players comp and solo on thirty lead sheets, one annotation a string.

Source: Xi et al. 2018, zenodo.org/records/3371780. Layout: `annotation/*.jams`,
`audio_mono-mic/*_mic.wav`, `audio_mono-pickup_mix/*_mix.wav`, and a channel for each string in
`audio_hex-pickup_original/*_hex.wav` and `audio_hex-pickup_debleeded/*_hex_cln.wav`. mirdata's
loader needs an index that it downloads first.
"""

from functools import partial
from pathlib import Path

import numpy as np

from realtime.files.labels.jams_file import read_jams_rows
from realtime.files.labels.note_table import note_table
from trainer.datasets.recordings import Recording, find_audio, require_folder

LATE_SECONDS = {"04_BN3-154-E_comp": 0.409, "04_Jazz1-200-B_comp": 0.309}
"""Annotations that stand this much after the sound (marl/GuitarSet#5)."""

STRINGS = ("E2", "A2", "D3", "G3", "B3", "E4")
"""Open strings in the order of the pickup's channels and of the annotations' sources, 0-5."""

STYLES = {
    "BN": "bossa nova",
    "Funk": "funk",
    "Jazz": "jazz",
    "Rock": "rock",
    "SS": "singer-songwriter",
}
PLAYERS = {"04": "valid", "05": "test"}
"""Player -> part of the split `players`; 00 to 03 are trained on."""

STEEL_GUITAR = 25
"""GM program of the steel-string acoustic guitar."""


def read_guitarset(folder: Path) -> list[Recording]:
    """The 360 excerpts, recorded by the microphone."""
    return _read(folder, "guitarset", "audio_mono-mic", "_mic")


def read_guitarset_mix(folder: Path) -> list[Recording]:
    """Read the excerpts from the hexaphonic pickup, mixed."""
    return _read(folder, "guitarset-mix", "audio_mono-pickup_mix", "_mix")


def read_guitarset_hex(folder: Path) -> list[Recording]:
    """Each string of the excerpts alone, as the hexaphonic pickup gives it."""
    return _read(folder, "guitarset-hex", "audio_hex-pickup_original", "_hex", strings=True)


def read_guitarset_clean(folder: Path) -> list[Recording]:
    """Each string alone, the neighbours' bleed taken out by the corpus' authors."""
    ending = "_hex_cln"
    return _read(folder, "guitarset-clean", "audio_hex-pickup_debleeded", ending, strings=True)


def _read(
    folder: Path, corpus: str, audio_folder: str, ending: str, strings: bool = False
) -> list[Recording]:
    root = folder / "GuitarSet" if (folder / "GuitarSet").is_dir() else folder
    annotations = require_folder(root, "annotation")
    audio = require_folder(root, audio_folder)
    names = {path.stem for path in annotations.glob("*.jams")}
    names |= {path.stem.removesuffix(ending) for path in audio.iterdir() if path.is_file()}
    return [
        _describe(corpus, find_audio(audio / f"{name}{ending}"), annotations, name, string)
        for name in sorted(names)
        for string in (range(len(STRINGS)) if strings else (None,))
    ]


def _describe(
    corpus: str, audio: Path, annotations: Path, name: str, string: int | None
) -> Recording:
    """Describe one excerpt, or one string of it."""
    player, sheet, mode = name.split("_")[:3]
    style = sheet.split("-")[0].rstrip("0123456789")
    labels = annotations / f"{name}.jams"
    categories = {"instrument": "guitar", "style": STYLES.get(style, style), "mode": mode}
    if string is not None:
        categories["string"] = STRINGS[string]
    return Recording(
        name if string is None else f"{name}/{STRINGS[string]}",
        corpus,
        audio,
        partial(read_jams_notes, labels, LATE_SECONDS.get(name, 0.0), string),
        (labels,),
        composition=sheet,
        performer=player,
        rates=(44_100,),
        channel=0 if string is None else string + 1,
        categories=categories,
        splits={"players": PLAYERS.get(player, "train")},
    )


def read_jams_notes(path: Path, late_seconds: float = 0.0, string: int | None = None) -> np.ndarray:
    """Notes `(n,)` of SECONDS_DTYPE of all strings or of one, `late_seconds` seconds earlier.

    02_Funk2-119-G_comp lists a note twice; it counts once.
    """
    wanted = None if string is None else str(string)
    return note_table(read_jams_rows(path, late_seconds, STEEL_GUITAR, wanted, of_strings=True))
