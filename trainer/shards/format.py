"""The format of shards: names of their files, notes, clips, and the listing of clips as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from realtime.troubles.errors import UserError
from realtime.values.json_text import parse_json
from trainer.shards.array_files import is_remote, storage_of

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
