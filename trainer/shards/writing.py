"""Writes a shard so that a killed run leaves all of it or none."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from realtime.troubles.errors import UserError
from realtime.values.atomic import atomic_write, replace_text
from realtime.values.json_text import parse_json
from trainer.shards.format import FORMAT, NOTES, PCM, Clip, empty_notes

NUMBERED = "[0-9]" * 5
"""Pattern of the names of shards, without their endings."""


def require_no_shards(folder: Path) -> None:
    """Refuse a folder with files that shards would replace.

    Raises:
        UserError: naming the first.
    """
    endings = (".json", PCM, NOTES)
    there = [path for end in endings for path in sorted(folder.glob(f"{NUMBERED}{end}"))]
    if there:
        raise UserError(
            f"'{folder}' holds shards of another command ({there[0].name}); choose another --out."
        )


def write_shard(
    folder: Path,
    index: int,
    audio: Sequence[np.ndarray],
    notes: Sequence[np.ndarray],
    clips: Iterable[Clip],
    remarks: Mapping[str, Any] | None = None,
) -> None:
    """Write one shard so that a killed run leaves either all of it or none.

    Args:
        folder: where shards live; must exist.
        index: number of the shard.
        audio: per clip, int16 mono (n_samples,).
        notes: per clip, NOTE_DTYPE (n_notes,); the clip field is filled in here.
        clips: descriptions; start_sample and n_samples are filled in here.
        remarks: anything JSON-serialisable to be kept beside the list of clips.

    Raises:
        UserError: if it cannot be written.
    """
    table, placed, start = [], [], 0
    for number, (pcm, found, clip) in enumerate(zip(audio, notes, clips, strict=True)):
        rows = np.sort(found, order=["onset", "pitch"])
        rows["clip"] = number
        table.append(rows)
        described = asdict(clip) | {"start_sample": start, "n_samples": len(pcm)}
        placed.append(described)
        start += len(pcm)
    stem = f"{index:05d}"
    samples = np.concatenate([np.zeros(0, np.int16), *audio]).astype(np.int16, copy=False)
    listing = {"clips": placed, **FORMAT, **(remarks or {})}
    try:
        _replace_array(folder / f"{stem}{PCM}", samples)
        _replace_array(folder / f"{stem}{NOTES}", np.concatenate([empty_notes(), *table]))
        replace_text(folder / f"{stem}.json", json.dumps(listing, ensure_ascii=False))
    except OSError as error:
        reason = error.strerror or "the disk is full"  # numpy says how much it could write
        raise UserError(
            f"Cannot write shard {stem} into '{folder}' ({reason}); free some space and give the "
            "same command again, which goes on from there, or choose another --out."
        ) from error


def complete_clips(folder: Path, index: int) -> int:
    """How many clips the finished shard `index` holds; 0 when it is missing or damaged."""
    stem = folder / f"{index:05d}"
    listing = stem.with_suffix(".json")
    parts = (stem.with_suffix(PCM), stem.with_suffix(NOTES))
    if not listing.exists() or not all(part.exists() for part in parts):
        return 0
    try:
        return len(parse_json(listing.read_text(encoding="utf-8"))["clips"])
    except (OSError, ValueError, LookupError, TypeError):
        return 0


def _replace_array(path: Path, array: np.ndarray) -> None:
    with atomic_write(path) as partial, partial.open("wb") as file:
        np.save(file, array)
