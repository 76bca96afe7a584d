"""Shards as tar files that any webdataset pipeline reads, and that we still read at random.

00000.tar         a webdataset: KEY.wav, KEY.notes.npy and KEY.json of every clip
00000.notes.npy   the notes of all its clips once more, as one table
00000.json        the list of clips, and where in the tar each one's samples begin

Members of a tar lie there as they are, so a window of a clip is a range of bytes: one request
fetches exactly its samples, and what is drawn does not depend on the storage.
"""

import io
import json
import os
import tarfile
import wave
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from realtime.troubles.errors import UserError
from realtime.values.json_text import parse_json
from trainer.shards.array_files import TAR, is_remote, storage_of
from trainer.shards.format import FORMAT, NOTES, Clip, empty_notes, read_listings
from trainer.shards.shards import Shards

RATE = 16_000
WAV_HEADER = 44
"""Bytes before the samples of a plain PCM file."""
WHEN = 0.0
"""Time of all members, so that the same clips make the same file."""


def plan_tars(clips: Sequence[Clip], most_bytes: int) -> list[range]:
    """Clips in a row whose samples fit into `most_bytes`, at least one each."""
    borders, filled = [0], 0
    for i, clip in enumerate(clips):
        size = 2 * clip.n_samples
        if filled and filled + size > most_bytes:
            borders.append(i)
            filled = 0
        filled += size
    return [range(a, b) for a, b in zip(borders, [*borders[1:], len(clips)], strict=True) if b > a]


def pack(shards: Shards, out: str, tar_bytes: int) -> Iterator[range]:
    """Pack all clips, in order, yielding those of each tar when it is stored whole.

    Args:
        shards: to be packed.
        out: folder, or URL of one in object storage.
        tar_bytes: about the size of a tar, in bytes.

    Raises:
        UserError: if webdataset is not installed, or `out` holds something else.
    """
    require_webdataset()
    plan = plan_tars(shards.clips, tar_bytes)
    marks = [fingerprint(shards, chosen) for chosen in plan]
    there = packed_before(out, marks)
    for index, chosen in enumerate(plan):
        if index not in there:
            require_ours(out, index)
            with TemporaryDirectory(prefix="jtm-pack-", dir=scratch(out)) as scratch_folder:
                files = write_tar(shards, chosen, index, Path(scratch_folder), marks[index])
                for path in files:
                    store(path, out)
        yield chosen


def require_webdataset() -> Any:
    """The package.

    Raises:
        UserError: if it is not installed.
    """
    try:
        import webdataset
    except ImportError as error:
        raise UserError(
            "Packing needs the package webdataset: pip install 'jaka-to-melodia[train,stream]' "
            "(reading what is packed does not)."
        ) from error
    return webdataset


def fingerprint(shards: Shards, chosen: Sequence[int]) -> str:
    """Digest of names, lengths and a little of the contents of some clips."""
    return shards.keep(chosen).digest()


def packed_before(out: str, marks: Sequence[str]) -> set[int]:
    """Numbers of the tars that an earlier run of the same command stored whole.

    Raises:
        UserError: if there are listings of anything else.
    """
    there = set()
    for stem, listing in read_listings(out):
        name = stem.rpartition("/")[2]
        number, mark = int(name) if name.isdecimal() else len(marks), _mark_of(listing)
        if number >= len(marks) or mark != marks[number]:
            raise UserError(
                f"'{out}' holds other data, or was packed with another --tar-mb "
                f"({name}.json is not of this command); choose another --out."
            )
        there.add(number)
    return there


def require_ours(out: str, index: int) -> None:
    """Refuse to replace a tar, or notes, that no run of ours has left without its listing.

    Raises:
        UserError: if somebody else's lie there.
    """
    stem = f"{index:05d}"
    tar, notes = Path(out) / (stem + TAR), Path(out) / (stem + NOTES)
    if is_remote(out) or not (tar.exists() or notes.exists()):
        return
    try:
        with tarfile.open(tar) as packed:
            first = packed.next()
        ours = first is not None and first.name.startswith(f"{stem}-0000.") and first.mtime == WHEN
    except (OSError, tarfile.TarError):
        ours = False
    if not ours:
        name = (tar if tar.exists() else notes).name
        raise UserError(f"'{out}' holds a {name} of something else; choose another --out.")


def _mark_of(listing: bytes) -> Any:
    try:
        return parse_json(listing).get("fingerprint")
    except (ValueError, AttributeError):
        return None


def write_tar(
    shards: Shards, chosen: Sequence[int], index: int, folder: Path, mark: str
) -> list[Path]:
    """Write tar, notes and listing of some clips.

    Returns:
        The files, in the order in which they are to be stored: the listing makes them valid.
    """
    stem = folder / f"{index:05d}"
    tables = [np.array(shards.notes(i)) for i in chosen]
    with require_webdataset().TarWriter(str(stem) + TAR, encoder=False, mtime=WHEN) as writer:
        for number, (i, notes) in enumerate(zip(chosen, tables, strict=True)):
            writer.write(sample(f"{index:05d}-{number:04d}", shards, i, notes))
    np.save(str(stem) + NOTES, np.concatenate([empty_notes(), *tables]))
    with tarfile.open(str(stem) + TAR) as tar:
        starts = [m.offset_data + WAV_HEADER for m in tar if m.name.endswith(".wav")]
    listing = {
        "clips": [asdict(shards.clips[i]) | {"start_sample": 0} for i in chosen],
        "tar": [[start, len(notes)] for start, notes in zip(starts, tables, strict=True)],
        "fingerprint": mark,
        **FORMAT,
    }
    stem.with_suffix(".json").write_text(json.dumps(listing, ensure_ascii=False), encoding="utf-8")
    return [stem.with_suffix(suffix) for suffix in (TAR, NOTES, ".json")]


def sample(key: str, shards: Shards, i: int, notes: np.ndarray) -> dict[str, Any]:
    """Clip `i` with its notes `(n,)`, under the names by which webdataset finds a sample."""
    clip, pcm, sound, table = shards.clips[i], shards.audio(i), io.BytesIO(), io.BytesIO()
    if len(pcm) != clip.n_samples:
        raise UserError(
            f"Clip '{clip.id}' is cut short ({len(pcm)} of {clip.n_samples} samples); look with "
            "`jtm data doctor`."
        )
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm.astype("<i2").tobytes())
    np.save(table, notes)
    told = {name: value for name, value in asdict(clip).items() if name != "start_sample"}
    return {
        "__key__": key,
        "wav": sound.getvalue(),
        "notes.npy": table.getvalue(),
        "json": json.dumps(told | {"sample_rate": RATE}, ensure_ascii=False).encode(),
    }


def scratch(out: str) -> str | None:
    """Where files are made: beside what they become, or for object storage in the usual place."""
    if is_remote(out):
        return None
    Path(out).mkdir(parents=True, exist_ok=True)
    return out


def store(path: Path, out: str) -> None:
    """Move a finished file to where it belongs; readers see all of it or nothing."""
    if is_remote(out):
        storage_of(out).put_file(str(path), f"{out.rstrip('/')}/{path.name}")
    else:
        os.replace(path, Path(out) / path.name)
