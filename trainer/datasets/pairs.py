"""Any folder of audio: with MIDI or CSV notes beside each file, or without labels."""

import csv
from functools import partial
from pathlib import Path

from realtime.errors import UserError
from trainer.datasets.midi_notes import read_midi_notes
from trainer.datasets.note_csv import read_note_csv
from trainer.datasets.recordings import AUDIO_SUFFIXES, Recording

LABEL_SUFFIXES = (".mid", ".midi", ".csv", ".tsv", ".txt")
"""In order of preference."""

METADATA = "metadata.csv"
FILE_COLUMNS = ("file", "filename", "path", "id")
"""Columns of the metadata that may name the recording: a path below the folder, or its stem."""


def read_pairs(folder: Path, metadata: Path | None = None) -> list[Recording]:
    """Audio files with their notes, and categories of `metadata` (`folder/metadata.csv`).

    The label has the name of the audio, beside it or elsewhere if only one has it; or it is the
    only one in a folder with one audio file.
    """
    labels = _labels_by_name(folder)
    found = _list(folder, metadata)
    return [_describe(folder, "pairs", audio, about, labels) for audio, about in found]


def read_audio(folder: Path, metadata: Path | None = None) -> list[Recording]:
    """Audio files without labels, for pretraining and classification."""
    found = _list(folder, metadata)
    return [_describe(folder, "audio", audio, about, None) for audio, about in found]


def _list(folder: Path, metadata: Path | None) -> list[tuple[Path, dict[str, str]]]:
    audio = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")
    ]
    if not audio:
        raise UserError(f"No audio files ({', '.join(AUDIO_SUFFIXES)}) below '{folder}'.")
    if metadata is not None and not metadata.is_file():
        raise UserError(f"No metadata file '{metadata}'.")
    about = read_metadata(metadata or folder / METADATA)
    return [(path, _row_of(path.relative_to(folder), about)) for path in audio]


def read_metadata(path: Path) -> dict[str, dict[str, str]]:
    """A CSV with a column `file` (or filename, path, id) and any categories -> rows by that name.

    Raises:
        UserError: if it names no file column.
    """
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    key = next((c for c in FILE_COLUMNS if rows and c in rows[0]), None)
    if rows and key is None:
        raise UserError(f"'{path}' needs a column {' or '.join(FILE_COLUMNS)}.")
    return {row[key]: {k: v for k, v in row.items() if k != key and k and v} for row in rows}


def _row_of(relative: Path, about: dict[str, dict[str, str]]) -> dict[str, str]:
    names = (relative.as_posix(), relative.with_suffix("").as_posix(), relative.name, relative.stem)
    return next((about[name] for name in names if name in about), {})


def _labels_by_name(folder: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in LABEL_SUFFIXES and path.name != METADATA:
            found.setdefault(path.stem, []).append(path)
    return found


def _find_label(audio: Path, labels: dict[str, list[Path]]) -> Path:
    """Beside the audio, else the only one of that name anywhere; a missing one keeps its name."""
    for suffix in LABEL_SUFFIXES:
        if audio.with_suffix(suffix).is_file():
            return audio.with_suffix(suffix)
    beside = [p for p in audio.parent.iterdir() if p.suffix.lower() in LABEL_SUFFIXES]
    alone = sum(p.suffix.lower() in AUDIO_SUFFIXES for p in audio.parent.iterdir()) == 1
    if alone and len(beside) == 1 and beside[0].name != METADATA:
        return beside[0]
    elsewhere = labels.get(audio.stem, [])
    return elsewhere[0] if len(elsewhere) == 1 else audio.with_suffix(".mid")


def _describe(
    folder: Path,
    corpus: str,
    audio: Path,
    about: dict[str, str],
    labels: dict[str, list[Path]] | None,
) -> Recording:
    about = dict(about)
    read_notes, files = None, ()
    if labels is not None:
        label = _find_label(audio, labels)
        reader = read_midi_notes if label.suffix.lower() in (".mid", ".midi") else read_note_csv
        read_notes, files = partial(reader, label), (label,)
    seconds = about.pop("seconds", None)
    part = about.pop("split", None)
    return Recording(
        audio.relative_to(folder).with_suffix("").as_posix(),
        corpus,
        audio,
        read_notes,
        files,
        composition=about.pop("composition", ""),
        performer=about.pop("performer", ""),
        seconds=float(seconds) if seconds else None,
        categories=about,
        splits={"metadata": {"validation": "valid"}.get(part, part)} if part else {},
    )
