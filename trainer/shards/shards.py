"""Memory-mapped shards of labelled audio: three files each, larger than memory in total.

00000.pcm.npy     int16, all clips of the shard one after another
00000.notes.npy   structured array of NOTE_DTYPE, ordered by clip, then onset
00000.json        the list of clips; written last, so its presence means "complete"

A shard may be packed instead (`trainer.shards.packing`): 00000.tar holds the samples, and the
listing says where.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from realtime.troubles.errors import UserError
from trainer.shards.array_files import TAR, ArrayFiles, is_remote
from trainer.shards.format import (
    NOTE_DTYPE,
    NOTES,
    OLD_UNKNOWN,
    PCM,
    SHARD_RATE,
    Clip,
    empty_notes,
    parse_listing,
    read_listings,
)

DIGEST_VERSION = "2:"
"""How digests begin; those that begin otherwise were made otherwise and cannot be compared."""
DIGESTED_CLIPS, DIGESTED_SAMPLES = 256, 4096
"""Clips whose sound `Shards.digest` looks into, and samples of each."""
NO_NOTES = ("", empty_notes())


class Shards:
    """All clips of one or several shard folders, read as they are asked for.

    A folder is a path, or the URL of one in object storage (fsspec: s3://, gs://, ...).
    """

    def __init__(self, folders: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> None:
        if isinstance(folders, str | os.PathLike):
            folders = [folders]
        self.clips: list[Clip] = []
        self._where: list[tuple[str, int]] = []
        self._packed: dict[str, np.ndarray] = {}
        self._old: set[str] = set()
        self._counts: dict[str, int] = {}
        """Clips of each shard, those that are left out among them."""
        for folder in map(str, folders):
            self._read_folder(folder)
        self._files = ArrayFiles()
        self._notes = NO_NOTES
        self._bounds: dict[str, np.ndarray] = {}

    def _read_folder(self, folder: str) -> None:
        listings = list(read_listings(folder))
        if not listings:
            raise UserError(
                f"No shards in {folder}. Make some with `jtm render --out {folder}` or "
                f"`jtm data index CORPUS --out {folder}`."
            )
        for stem, listing in listings:
            told, clips, packed = parse_listing(stem, listing)
            if told.get("sample_rate", SHARD_RATE) != SHARD_RATE:
                raise UserError(
                    f"'{stem}' holds samples at {told['sample_rate']} Hz, and this program reads "
                    f"{SHARD_RATE} Hz; index the corpus again."
                )
            self.clips += clips
            self._where += [(stem, number) for number in range(len(clips))]
            self._counts[stem] = len(clips)
            if "unknown_velocity" not in told:
                self._old.add(stem)
            if packed is not None:
                self._packed[stem] = packed

    def __len__(self) -> int:
        return len(self.clips)

    def __getstate__(self) -> dict[str, Any]:
        """Workers read the files themselves."""
        return self.__dict__ | {"_notes": NO_NOTES}

    def keep(self, chosen: Iterable[int]) -> "Shards":
        """Narrow the set to the clips `chosen` (indices), in that order."""
        return Shards._of([self], [(self, i) for i in chosen])

    @staticmethod
    def joined(parts: Sequence["Shards"]) -> "Shards":
        """All clips of several sets, one set after another."""
        return Shards._of(parts, [(part, i) for part in parts for i in range(len(part))])

    @staticmethod
    def _of(parts: Sequence["Shards"], places: Sequence[tuple["Shards", int]]) -> "Shards":
        """Some clips of several sets, with all that these know of their files."""
        made = object.__new__(Shards)
        made.clips = [part.clips[i] for part, i in places]
        made._where = [part._where[i] for part, i in places]
        made._files, made._notes = ArrayFiles(), NO_NOTES
        made._old = set().union(*(part._old for part in parts))
        made._bounds, made._packed, made._counts = {}, {}, {}
        for part in parts:
            made._bounds |= part._bounds
            made._packed |= part._packed
            made._counts |= part._counts
        return made

    def folder(self, i: int) -> str:
        """Path or URL of the folder that clip i lies in."""
        return os.path.dirname(self._where[i][0])

    def digest(self) -> str:
        """Digest of all clips' descriptions and notes, and of a little audio of some.

        The little stands for the whole: hashing it all would read it all.
        """
        told = hashlib.sha256()
        for i, clip in enumerate(self.clips):
            about = asdict(clip) | {"start_sample": 0}
            if about.pop("labelled") is False:
                about["labelled"] = False
            told.update(json.dumps(about, sort_keys=True).encode())
            stem = self._where[i][0]
            if self._notes[0] != stem:
                self._notes = (stem, self._files.whole(stem + NOTES))
            told.update(self.notes(i).tobytes())
        for i in range(0, len(self), max(1, len(self) // DIGESTED_CLIPS)):
            middle = max(0, self.clips[i].n_samples - DIGESTED_SAMPLES) // 2
            told.update(self.window(i, middle, DIGESTED_SAMPLES).tobytes())
        return DIGEST_VERSION + told.hexdigest()[:16]

    def audio(self, i: int) -> np.ndarray:
        """Clip i as int16 mono (n_samples,) at 16 kHz, a view of the file where it is mapped.

        Raises:
            OSError, ValueError, EOFError: if its file cannot be read, or holds something else.
        """
        clip, stem = self.clips[i], self._where[i][0]
        if is_remote(stem) or stem in self._packed:
            return self.window(i, 0, clip.n_samples)
        self._files.length(stem + PCM)  # refuses headers that numpy stumbles over
        pcm = np.load(stem + PCM, mmap_mode="r")
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            raise ValueError(f"'{stem}{PCM}' holds no samples")
        result: np.ndarray = pcm[clip.start_sample : clip.start_sample + clip.n_samples]
        return result

    def window(self, i: int, start: int, length: int) -> np.ndarray:
        """Up to `length` samples of clip i from `start` on, int16, read-only."""
        path, first = self._place(i)
        last = min(start + length, self.clips[i].n_samples)
        if path.endswith(TAR):
            samples = self._files.window(path, first + 2 * start, first + 2 * max(start, last))
            return samples.view("<i2")
        return self._files.window(path, first + start, first + last)

    def stored_samples(self, i: int) -> int:
        """How many samples of clip i its file has room for; reads no audio.

        Raises:
            OSError, ValueError: if the file cannot be read, or is shorter than it says.
        """
        path, first = self._place(i)
        there = max(0, self._files.length(path) - first)
        return min(there // 2 if path.endswith(TAR) else there, self.clips[i].n_samples)

    def _place(self, i: int) -> tuple[str, int]:
        """The file of clip i, and where it starts there: a sample, in a tar a byte."""
        stem, number = self._where[i]
        if stem in self._packed:
            return stem + TAR, int(self._packed[stem][number, 0])
        return stem + PCM, self.clips[i].start_sample

    def notes(self, i: int) -> np.ndarray:
        """Notes of clip i, NOTE_DTYPE (n_notes,), ordered by onset, read-only."""
        stem, number = self._where[i]
        path = stem + NOTES
        if stem not in self._bounds:
            table = self._files.whole(path)
            if table.dtype != NOTE_DTYPE:
                raise ValueError(f"'{path}' is not the note table of this program")
            self._bounds[stem] = self._find_bounds(stem, table)
            self._notes = (stem, table)
        bounds = self._bounds[stem]
        first, last = (int(bounds[min(n, len(bounds) - 1)]) for n in (number, number + 1))
        if self._notes[0] == stem:
            notes = self._notes[1][first:last]
        else:
            notes = self._files.window(path, first, last)
        if stem in self._old and len(notes) and (notes["velocity"] == OLD_UNKNOWN).all():
            notes = notes.copy()
            notes["velocity"] = np.nan
        return notes

    def _find_bounds(self, stem: str, table: np.ndarray) -> np.ndarray:
        if stem in self._packed:
            return np.concatenate([[0], np.cumsum(self._packed[stem][:, 1])])
        return note_bounds(table["clip"], self._counts[stem])


def note_bounds(clips: np.ndarray, count: int) -> np.ndarray:
    """Ascending clip numbers of notes `(n,)` -> `(count + 1,)`: where those of each clip begin."""
    return np.searchsorted(clips, np.arange(count + 1))
