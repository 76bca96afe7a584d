"""The recordings of a study: labelled, held out, and real ones from a manifest."""

import hashlib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
import torch
from torch import Tensor

from realtime.troubles.errors import UsageError, UserError
from trainer.crops.targets import make_targets
from trainer.evaluation.manifest import read_manifest
from trainer.evaluation.recording import ScoredRecording
from trainer.shards.given_folders import require_shards
from trainer.shards.health.clips import labelled_clips
from trainer.shards.shards import Shards
from trainer.shards.splits import choose_fraction, recording_of

SPLIT_SEED = 1
"""Which held-out recordings validate and which are tested on: the same for every run."""


@dataclass(frozen=True)
class Item:
    """A recording to be scored on."""

    recording: ScoredRecording
    audio: np.ndarray
    """float32 (samples,) at the model's rate, a whole number of hops."""


@dataclass(frozen=True)
class HeldOut:
    """What ends a run and picks its thresholds, and what it is tested on."""

    validation: list[Item]
    tested: list[Item]
    batches: list[tuple[Tensor, ...]]
    """The validation items as audio and targets."""


def open_shards(folders: list[str], option: str) -> Shards:
    """All clips of the folders that an option names.

    Raises:
        UserError: if there is no such folder, or no shards are in it.
    """
    require_shards(folders, option)
    return Shards(folders)


def take_labels(shards: Shards, fraction: float, seed: int) -> Shards:
    """The recordings that a share of the labels leaves; 1 % is within 3 % of the same seed."""
    shards, _ = labelled_clips(shards)
    return shards.keep(choose_fraction(shards.clips, fraction, seed, recording_of))


def take_hours(shards: Shards, hours: float, seed: int) -> Shards:
    """Whole clips in random order up to this many hours; all of them for 0.

    Raises:
        UserError: if there are fewer hours than that.
    """
    if not hours:
        return shards
    order = np.random.default_rng(seed).permutation(len(shards))
    ends = np.cumsum([shards.clips[i].n_samples for i in order]) / 16_000 / 3600
    if ends[-1] < 0.99 * hours:
        raise UsageError(
            f"--pretraining.hours asks for {hours:g} h, and there are {ends[-1]:.2f} h of "
            "unlabelled audio."
        )
    return shards.keep(order[: int(np.searchsorted(ends, hours)) + 1].tolist())


def split_held_out(shards: Shards, share: float, seconds: float, hop_samples: int) -> HeldOut:
    """Held-out clips, `share` of their recordings for validation and the rest for the test.

    Raises:
        UserError: if either part would be empty.
    """
    chosen = set(choose_fraction(shards.clips, share, SPLIT_SEED, recording_of))
    parts: tuple[list[Item], list[Item]] = ([], [])
    batches = []
    for i in range(len(shards)):
        item = item_of(shards, i, seconds, hop_samples)
        if len(item.recording.notes):
            parts[i not in chosen].append(item)
            if i in chosen:
                batches.append(with_targets(shards, i, item, hop_samples))
    if not all(parts):
        raise UserError(
            f"--held-out has {len(shards)} clips, too few to validate and test on; render more."
        )
    return HeldOut(*parts, stack_alike(batches))


def item_of(shards: Shards, clip: int, seconds: float, hop_samples: int) -> Item:
    """The beginning of a clip as an item of the group "held-out"."""
    pcm = shards.audio(clip)[: round(seconds * 16_000)]
    audio = pcm[: len(pcm) // hop_samples * hop_samples].astype(np.float32) / 32768
    length = len(audio) / 16_000
    notes = shards.notes(clip)
    table = np.stack(
        [notes["onset"] / 16_000, notes["offset"] / 16_000, notes["pitch"], notes["velocity"]], 1
    )
    table = table[(table[:, 0] >= 0) & (table[:, 0] < length - 0.05)]
    table[:, 1] = np.clip(table[:, 1], table[:, 0] + 0.01, length)
    name = shards.clips[clip].id
    return Item(ScoredRecording(name, "held-out", Path(name), table, length), audio)


def with_targets(shards: Shards, clip: int, item: Item, hop_samples: int) -> tuple[Tensor, ...]:
    """Audio `(samples,)` and four targets `(frames, 88)`."""
    targets = make_targets(shards.notes(clip), len(item.audio) // hop_samples, hop_samples)
    return (torch.from_numpy(item.audio), *map(torch.from_numpy, targets))


def stack_alike(items: list[tuple[Tensor, ...]], most: int = 6) -> list[tuple[Tensor, ...]]:
    """Items stacked in order: those of equal length, up to `most`, become `(batch, ...)`."""
    batches: list[list[tuple[Tensor, ...]]] = []
    for item in items:
        if batches and len(batches[-1]) < most and len(batches[-1][0][0]) == len(item[0]):
            batches[-1].append(item)
        else:
            batches.append([item])
    return [tuple(torch.stack(parts) for parts in zip(*batch, strict=True)) for batch in batches]


@cache
def manifest_items(manifest: str, seconds: float, hop_samples: int) -> list[Item]:
    """The beginnings of a manifest's recordings at 16 kHz, of those that hold a note.

    The study compares means of F1, which no recording without a note has (`jtm evaluate` counts
    false notes a minute there).

    Args:
        manifest: CSV as for `jtm evaluate`; "" for no recordings.
        seconds: read of each recording, from its start.
        hop_samples: the length at 16 kHz is a whole number of these.
    """
    items = []
    for recording in read_manifest(Path(manifest)) if manifest else []:
        rate = soundfile.info(recording.audio).samplerate
        sound, _ = soundfile.read(
            recording.audio, frames=round(seconds * rate), dtype="float32", always_2d=True
        )
        audio = soxr.resample(sound.mean(axis=1), rate, 16_000).astype(np.float32)
        audio = audio[: len(audio) // hop_samples * hop_samples]
        length = len(audio) / 16_000
        notes = recording.notes[recording.notes[:, 0] < length - 0.05].copy()
        notes[:, 1] = np.minimum(notes[:, 1], length)
        if len(notes):
            items.append(Item(replace(recording, notes=notes, seconds=length), audio))
    return items


def facts_of(shards: Shards) -> list[Any]:
    """What tells one set of clips from another: how many, how long, which."""
    names = hashlib.sha256("\n".join(clip.id for clip in shards.clips).encode()).hexdigest()[:12]
    return [len(shards), sum(clip.n_samples for clip in shards.clips), names]
