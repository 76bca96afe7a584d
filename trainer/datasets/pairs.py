"""Any folder of audio: with MIDI or CSV notes beside each file, or without labels."""

from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import NoReturn

from realtime.files.labels.label_files import (
    JAMS_SUFFIXES,
    LABEL_SUFFIXES,
    MIDI_SUFFIXES,
    read_agreeing,
)
from realtime.files.labels.tables import is_number, read_records, to_number
from realtime.troubles.errors import UserError
from trainer.datasets.file_names import has_suffix, loose_name, normal_name
from trainer.datasets.label_places import LabelPlaces
from trainer.datasets.recordings import AUDIO_SUFFIXES, Recording

METADATA = "metadata.csv"
FILE_COLUMNS = ("file", "filename", "path", "id")
"""Columns of the metadata that may name the recording: a path below the folder, or its stem."""


ABOUT = ("split", "composition", "performer", "seconds")
"""Other columns of the metadata that have a meaning of their own; all others are categories."""
PARTS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("valid", "validation", "val", "dev"), "valid"),
    **dict.fromkeys(("test", "testing"), "test"),
}
"""Words of the metadata's column split -> part."""


def read_pairs(folder: Path, metadata: Path | None = None) -> list[Recording]:
    """Audio files with their notes, and categories of `metadata` (`folder/metadata.csv`).

    `LabelPlaces` finds the labels; several of one sound have to agree.
    """
    files = (path for path in sorted(folder.rglob("*")) if path.name != METADATA)
    found = _list(folder, metadata)
    places = LabelPlaces(
        folder,
        [audio for audio, _ in found],
        [path for path in files if has_suffix(path, LABEL_SUFFIXES)],
    )
    recordings = []
    for audio, about in found:
        one = _describe(folder, "pairs", audio, about)
        if labels := places.find(audio):
            one = replace(one, labels=labels, read_notes=partial(read_agreeing, labels))
        else:
            told = places.explain(audio)
            one = replace(
                one,
                labels=(audio.with_suffix(".mid"),),
                read_notes=partial(_refuse, told),
                no_label=told,
            )
        recordings.append(one)
    return recordings


def _refuse(told: str) -> NoReturn:
    raise UserError(told)


def holds_labels(folder: Path) -> bool:
    """Does anything below a folder of audio look like the notes of it?

    MIDI, JAMS files and tables do, texts where they have the name of a sound file.
    """
    files = [path for path in folder.rglob("*") if not path.name.startswith(".")]
    heard = {loose_name(path.stem) for path in files if has_suffix(path, AUDIO_SUFFIXES)}
    return any(
        has_suffix(path, (*MIDI_SUFFIXES, *JAMS_SUFFIXES, ".tsv"))
        or (has_suffix(path, (".csv",)) and path.name != METADATA)
        or (has_suffix(path, (".txt",)) and loose_name(path.stem) in heard)
        for path in files
    )


def read_audio(folder: Path, metadata: Path | None = None) -> list[Recording]:
    """Audio files without labels, for pretraining and classification."""
    found = _list(folder, metadata)
    return [_describe(folder, "audio", audio, about) for audio, about in found]


@dataclass(frozen=True)
class MetadataGaps:
    """What a table of metadata and the sound files below its folder do not have in common."""

    table: Path
    rows: tuple[str, ...] = ()
    """Names in the table that no sound file has."""
    files: tuple[str, ...] = ()
    """Sound files, by their paths below the folder, that have no row, where others have one."""


def find_gaps(folder: Path, metadata: Path | None = None) -> MetadataGaps:
    """What `metadata` (`folder/metadata.csv`) says of no sound file, and leaves out.

    Raises:
        UserError: as `read_audio`.
    """
    return _match(folder, metadata)[1]


def _list(folder: Path, metadata: Path | None) -> list[tuple[Path, dict[str, str]]]:
    return _match(folder, metadata)[0]


def _match(
    folder: Path, metadata: Path | None
) -> tuple[list[tuple[Path, dict[str, str]]], MetadataGaps]:
    """Sound files with their rows of the metadata, and what does not match."""
    audio = [path for path in sorted(folder.rglob("*")) if has_suffix(path, AUDIO_SUFFIXES)]
    if not audio:
        raise UserError(f"No audio files ({', '.join(AUDIO_SUFFIXES)}) below '{folder}'.")
    if metadata is not None and not metadata.is_file():
        raise UserError(f"No metadata file '{metadata}'.")
    table = metadata or folder / METADATA
    about = read_metadata(table)
    if not about:
        return [(path, {}) for path in audio], MetadataGaps(table)
    loosely: dict[str, list[str]] = {}
    for name in about:
        loosely.setdefault(loose_name(name), []).append(name)
    files = [path.relative_to(folder) for path in audio]
    chosen = [_choose_row(file, about, loosely) for file in files]
    rows = [about[name] if name else {} for name in chosen]
    if not any(chosen) and not any(map(_possible_rows, files, repeat(loosely))):
        raise UserError(
            f"'{table}' names none of the {len(audio)} sound files below '{folder}' (its first is "
            f"'{next(iter(about))}'); give paths below the folder, or names without suffix."
        )
    named = set(chosen)
    for file, row in zip(files, rows, strict=True):
        for name in _possible_rows(file, loosely):
            if name not in named and about[name] != row:
                raise UserError(
                    f"'{table}' says other things of '{file.as_posix()}' in the row '{name}' than "
                    "in another one; remove one of them."
                )
            named.add(name)
    for row in rows:
        if "seconds" in row and not is_number(row["seconds"]):
            raise UserError(f"'{table}' has the length '{row['seconds']}'; give seconds there.")
    gaps = MetadataGaps(
        table,
        tuple(name for name in about if name not in named),
        tuple(file.as_posix() for file, name in zip(files, chosen, strict=True) if not name),
    )
    return list(zip(audio, rows, strict=True)), gaps


def read_metadata(path: Path) -> dict[str, dict[str, str]]:
    """A table with a column `file` (or filename, path, id) and any categories.

    Returns:
        Name of the recording in composed letters -> cells that are not empty; {} without a file.

    Raises:
        UserError: if it names no file column, a row cannot be read, two rows say different things
            of one recording, or a split is none.
    """
    if not path.is_file():
        return {}
    rows = read_records(path, known=(*FILE_COLUMNS, *ABOUT))
    key = next((c for c in FILE_COLUMNS if rows and c in rows[0][1]), None)
    if not rows:
        return {}
    if key is None:
        raise UserError(f"'{path}' needs a column {' or '.join(FILE_COLUMNS)}.")
    found: dict[str, dict[str, str]] = {}
    for number, row in rows:
        name = normal_name(row[key].replace("\\", "/"))
        about = {k: v for k, v in row.items() if k != key and k and v}
        if "split" in about:
            part = PARTS.get(about["split"].lower())
            if part is None:
                raise UserError(
                    f"Row {number} of '{path}' has the split '{about['split']}'; say train, valid "
                    "or test, or leave the cell empty."
                )
            about["split"] = part
        if found.setdefault(name, about) != about:
            raise UserError(
                f"Row {number} of '{path}' says other things of '{name}' than a row before; "
                "remove one of them."
            )
    return found


def _choose_row(file: Path, about: dict[str, dict[str, str]], loosely: dict[str, list[str]]) -> str:
    """Name of the row of a file, by its path or name; in another case where that leaves one.

    "" where there is none.
    """
    for name in _names_of(file):
        if normal_name(name) in about:
            return normal_name(name)
        alike = loosely.get(loose_name(name), [])
        if alike and all(about[one] == about[alike[0]] for one in alike):
            return alike[0]
    return ""


def _possible_rows(file: Path, loosely: dict[str, list[str]]) -> list[str]:
    """Names of all rows that a file may be meant by."""
    return [row for name in _names_of(file) for row in loosely.get(loose_name(name), [])]


def _names_of(file: Path) -> tuple[str, str, str, str]:
    return file.as_posix(), file.with_suffix("").as_posix(), file.name, file.stem


def _describe(
    folder: Path,
    corpus: str,
    audio: Path,
    about: dict[str, str],
) -> Recording:
    about = dict(about)
    seconds = about.pop("seconds", None)
    part = about.pop("split", None)
    return Recording(
        normal_name(audio.relative_to(folder).with_suffix("").as_posix()),
        corpus,
        audio,
        composition=about.pop("composition", ""),
        performer=about.pop("performer", ""),
        seconds=to_number(seconds) if seconds else None,
        categories=about,
        splits={"metadata": part} if part else {},
    )
