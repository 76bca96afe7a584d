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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from realtime.files.atomic import atomic_write, replace_text
from realtime.troubles.errors import UserError
from realtime.values.json_text import parse_json
from trainer.shards.array_files import TAR, ArrayFiles, is_remote, storage_of

NOTE_DTYPE = np.dtype(
    [
        ("clip", "<i4"),
        ("onset", "<i8"),
        ("offset", "<i8"),
        ("pitch", "<i2"),
        ("velocity", "<f4"),
        ("program", "<i2"),
    ]
)
"""One note: samples within its clip, MIDI pitch, velocity 0..1 (NaN unknown), GM program (-1
unknown)."""


SHARD_RATE = 16_000
"""Hz, of the samples in every shard."""


PCM, NOTES = ".pcm.npy", ".notes.npy"
"""What follows the number of a shard in the names of its files."""


LARGEST_PLACE = 1 << 48
"""Samples and bytes of a shard are fewer."""


DIGEST_VERSION = "2:"
"""How digests begin; those that begin otherwise were made otherwise and cannot be compared."""


DIGESTED_CLIPS, DIGESTED_SAMPLES = 256, 4096
"""Clips whose sound `Shards.digest` looks into, and samples of each."""


KINDS = ("music", "speech", "drums", "noise", "silence")


@dataclass(frozen=True)
class Clip:
    """What one stretch of a shard holds."""

    id: str
    start_sample: int
    n_samples: int
    source: str
    """The recipe that made it, such as "midi+sampler"."""
    song: str
    """Id of the piece it was taken from; empty for invented music."""
    timbres: tuple[str, ...]
    """Every instrument, kit, voice or room that can be heard."""
    kind: str
    """What kind of sound it holds, one of KINDS."""
    categories: dict[str, str] = field(default_factory=dict, hash=False)
    """What is known of it by name: recording, corpus, composer, ensemble, instrument, ..."""
    labelled: bool = True
    """False where nobody said what sounds: that it has no notes does not mean silence then."""


UNLABELLED_CORPUS = "audio"
"""Corpus of recordings without labels, by which shards of older versions tell them."""
OLD_UNKNOWN = 0.5
"""What shards of older versions hold for each velocity of a corpus without any; MIDI velocities and
those of rendered music are never all this."""
FORMAT = {"sample_rate": SHARD_RATE, "unknown_velocity": "nan"}
"""Entries of a listing: Hz of the samples, and how unknown velocities are written."""


def empty_notes(count: int = 0) -> np.ndarray:
    """A note array (count,) of zeros."""
    return np.zeros(count, NOTE_DTYPE)


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


NO_NOTES = ("", empty_notes())


def require_rate(rate: int) -> None:
    """Refuse a network that is meant for another sample rate than shards have.

    Its filters would lie too high or too low, and its frames drift away from the labels.

    Args:
        rate: that the network's encoder expects, Hz.

    Raises:
        UserError: if it is not that of shards.
    """
    if rate != SHARD_RATE:
        raise UserError(
            f"The encoder expects sound at {rate} Hz (its sample_rate), and shards hold "
            f"{SHARD_RATE} Hz; leave --model.encoder...sample_rate at {SHARD_RATE}."
        )


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
        kept = object.__new__(Shards)
        chosen = list(chosen)
        kept.clips = [self.clips[i] for i in chosen]
        kept._where = [self._where[i] for i in chosen]
        kept._files = ArrayFiles()
        kept._notes = NO_NOTES
        kept._bounds, kept._packed, kept._old = self._bounds, self._packed, self._old
        kept._counts = self._counts
        return kept

    @staticmethod
    def joined(parts: Sequence["Shards"]) -> "Shards":
        """All clips of several sets, one set after another."""
        whole = object.__new__(Shards)
        whole.clips = [clip for part in parts for clip in part.clips]
        whole._where = [place for part in parts for place in part._where]
        whole._files = ArrayFiles()
        whole._notes = NO_NOTES
        whole._bounds = {k: v for part in parts for k, v in part._bounds.items()}
        whole._packed = {k: v for part in parts for k, v in part._packed.items()}
        whole._old = {stem for part in parts for stem in part._old}
        whole._counts = {k: v for part in parts for k, v in part._counts.items()}
        return whole

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


def parse_listing(stem: str, listing: bytes) -> tuple[dict[str, Any], list[Clip], Any]:
    """What the JSON of a shard says: all of it, its clips, and where they lie in its tar, if any.

    Args:
        stem: path or URL of the shard, without suffix.
        listing: the content of its JSON file.

    Raises:
        UserError: if it does not list the clips of a shard.
    """
    try:
        told = parse_json(listing)
        clips = [_clip(fields) for fields in told["clips"]]
        packed = None
        if "tar" in told:
            packed = np.array(told["tar"], np.int64).reshape(len(clips), 2)
            if (packed < 0).any() or (packed > LARGEST_PLACE).any():
                raise ValueError("a place in the tar that cannot be")
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        why = (str(error).splitlines() or ["it is damaged"])[0][:200]
        raise UserError(
            f"'{stem}.json' does not list the clips of a shard ({why}); index the corpus again."
        ) from error
    return told, clips, packed


def _clip(fields: dict[str, Any]) -> Clip:
    """A clip as a listing of any age describes it.

    Raises:
        TypeError, ValueError, KeyError, AttributeError: if that is no clip.
    """
    clip = Clip(**(fields | {"timbres": tuple(fields["timbres"])}))
    texts = (clip.id, clip.source, clip.song, clip.kind, *clip.timbres,
             *clip.categories, *clip.categories.values())  # fmt: skip
    if not all(isinstance(text, str) for text in texts) or type(clip.labelled) is not bool:
        raise TypeError("a clip's words are no words")
    for number in (clip.start_sample, clip.n_samples):
        if type(number) is not int or not 0 <= number <= LARGEST_PLACE:
            raise ValueError(f"a clip's samples cannot be {str(number)[:40]}")
    if "labelled" not in fields and clip.categories.get("corpus") == UNLABELLED_CORPUS:
        return replace(clip, labelled=False)
    return clip


def note_bounds(clips: np.ndarray, count: int) -> np.ndarray:
    """Ascending clip numbers of notes `(n,)` -> `(count + 1,)`: where those of each clip begin."""
    return np.searchsorted(clips, np.arange(count + 1))


def read_listings(folder: str) -> Iterator[tuple[str, bytes]]:
    """Path or URL without suffix, and JSON, of every shard of a folder, in order."""
    if is_remote(folder):
        storage = storage_of(folder)
        for path in sorted(storage.glob(f"{folder.rstrip('/')}/[0-9]*.json")):
            url = storage.unstrip_protocol(path)
            yield url.removesuffix(".json"), storage.cat_file(url)
        return
    for listing in sorted(Path(folder).glob("[0-9]*.json")):
        yield str(listing.with_suffix("")), listing.read_bytes()


def _replace_array(path: Path, array: np.ndarray) -> None:
    with atomic_write(path) as partial, partial.open("wb") as file:
        np.save(file, array)
