"""A corpus -> shards, once: decoded in parallel, resumable, a changed file is noticed."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from realtime.audio.joined_sound import open_sound
from realtime.processes.pool import spread
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why
from realtime.values.atomic import remove_leftovers, replace_text
from realtime.values.json_text import parse_json
from trainer.datasets.instruments import name_programs
from trainer.datasets.recordings import Recording
from trainer.shards.clip_cuts import cut_notes, cut_points
from trainer.shards.decoding import SAMPLE_RATE
from trainer.shards.format import Clip, empty_notes
from trainer.shards.health.recordings import Examined, Fault, examine, notes_in_samples
from trainer.shards.health.same_sounds import (
    NAMED_BY_FILE,
    KnownSounds,
    SameSound,
    name_by_sound,
    sound_digest,
)
from trainer.shards.note_tables import keep_inside
from trainer.shards.writing import NUMBERED, complete_clips, require_no_shards, write_shard

SETTINGS = "index.settings"
LABELS = "labels 7"
"""Changes with what is made of label files: shards of an earlier reading are made again."""
NAMES = "names 2"
"""Changes with how recordings that are called like their files are named in shards."""
LEFTOVER_SECONDS = 86_400
"""A partly written file this old belongs to no run that is still going on."""


@dataclass(frozen=True)
class ShardJob:
    """One shard to be made."""

    folder: Path
    index: int
    recordings: tuple[Recording, ...]
    clip_seconds: float
    fingerprint: str
    """Changes with the recordings, their files, and the way they are cut."""


@dataclass(frozen=True)
class IndexedShard:
    """One shard that was made."""

    index: int
    recordings: int
    seconds: float
    """Length of the audio in seconds."""
    faults: tuple[Fault, ...]
    skipped: tuple[str, ...]
    """Ids of recordings that are too bad to train on."""
    sounds: dict[str, str]
    """Id of each of the others -> digest of what is heard in it; "" for silence."""


def plan_jobs(
    recordings: Sequence[Recording], folder: Path, clip_seconds: float, shard_seconds: float
) -> list[ShardJob]:
    """Group recordings, in order of id, into shards of about so many seconds; first id wins."""
    unique = {one.id: one for one in reversed(recordings)}
    groups: list[list[Recording]] = []
    filled = np.inf
    for one in sorted(unique.values(), key=lambda one: one.id):
        seconds = stated_seconds(one.audio)
        if filled + seconds > shard_seconds:
            groups.append([])
            filled = 0.0
        groups[-1].append(one)
        filled += seconds
    return [
        ShardJob(folder, k, tuple(group), clip_seconds, fingerprint(group, clip_seconds))
        for k, group in enumerate(groups)
    ]


def stated_seconds(path: Path) -> float:
    """Seconds that the header of a sound file states; 0 where it cannot be read."""
    try:
        with closing(open_sound(path)) as file:
            return float(file.frames / file.samplerate)
    except (OSError, RuntimeError):
        return 0.0


def fingerprint(recordings: Sequence[Recording], clip_seconds: float) -> str:
    """Digest of names, sizes and modification times of all files, categories, and the cut."""
    facts = [str(clip_seconds), *([LABELS] if any(one.labels for one in recordings) else [])]
    facts += [NAMES] if any(one.corpus in NAMED_BY_FILE for one in recordings) else []
    for one in recordings:
        facts += [one.id, json.dumps(one.all_categories(), sort_keys=True)]
        for path in (one.audio, *one.labels):
            stat = path.stat() if path.is_file() else None
            facts.append(f"{path.name} {stat.st_size} {stat.st_mtime_ns}" if stat else path.name)
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


def prepare_folder(folder: Path, recipe: dict[str, Any]) -> None:
    """Create the folder, or check that the same command made what it holds.

    Raises:
        UserError: if it holds something else.
    """
    written = folder / SETTINGS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if written.exists():
            if parse_json(written.read_text(encoding="utf-8")) != recipe:
                raise UserError(
                    f"'{folder}' holds an index made with other options ({written.name} tells "
                    "them); choose another --out."
                )
        else:
            require_no_shards(folder)
            replace_text(written, json.dumps(recipe, indent=1))
    except (OSError, ValueError) as error:
        raise UserError(f"Cannot use --out '{folder}' ({why(error)}); choose another.") from error


def drop_stale(folder: Path, jobs: Sequence[ShardJob]) -> None:
    """Remove shards of an earlier, longer plan (listings first) and what killed runs left."""
    for listing in sorted(folder.glob(f"{NUMBERED}.json")):
        if int(listing.stem) >= len(jobs):
            for suffix in (".json", ".pcm.npy", ".notes.npy"):
                listing.with_suffix(suffix).unlink(missing_ok=True)
    remove_leftovers(folder, LEFTOVER_SECONDS)


def finished(job: ShardJob) -> IndexedShard | None:
    """What an earlier run made of this very job, if it did."""
    listing = job.folder / f"{job.index:05d}.json"
    if not listing.exists():
        return None
    try:
        told = parse_json(listing.read_text(encoding="utf-8"))
        whole = complete_clips(job.folder, job.index) == len(told["clips"])
        if not whole or told.get("fingerprint") != job.fingerprint:
            return None
        seconds = sum(clip["n_samples"] for clip in told["clips"]) / SAMPLE_RATE
        faults = tuple(Fault(**fault) for fault in told["faults"])
        skipped, sounds = tuple(told["skipped"]), dict(told.get("sounds", {}))
        return IndexedShard(job.index, len(job.recordings), seconds, faults, skipped, sounds)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None  # damaged: it is made again


def run_jobs(jobs: Sequence[ShardJob], workers: int) -> Iterator[IndexedShard]:
    """Make the shards, yielding each when it is on disk."""
    return spread(make_shard, jobs, workers)


def make_shard(job: ShardJob) -> IndexedShard:
    """Decode, check, cut and write the recordings of one job."""
    faults: list[Fault] = []
    audio, notes, clips, skipped = [], [], [], []
    sounds: dict[str, str] = {}
    for recording in job.recordings:
        examined = examine(recording)
        faults += examined.faults
        if not examined.usable:
            skipped.append(recording.id)
            continue
        assert examined.audio is not None
        sounds[recording.id] = sound_digest(examined.audio)
        for pcm, table, clip in cut_recording(examined, job.clip_seconds):
            audio.append(pcm)
            notes.append(table)
            clips.append(clip)
    remarks = {
        "fingerprint": job.fingerprint,
        "faults": [asdict(fault) for fault in faults],
        "skipped": skipped,
        "sounds": sounds,
    }
    write_shard(job.folder, job.index, audio, notes, clips, remarks)
    seconds = sum(map(len, audio)) / SAMPLE_RATE
    told = tuple(faults), tuple(skipped)
    return IndexedShard(job.index, len(job.recordings), seconds, *told, sounds)


def find_same_sounds(
    made: Sequence[IndexedShard], recordings: Sequence[Recording]
) -> list[tuple[str, SameSound]]:
    """Recordings that have the sound of an earlier one, by their ids; labels of those are read."""
    digests = {id: digest for done in made for id, digest in done.sounds.items()}
    counts = Counter(digests.values())
    sounds, found = KnownSounds(), []
    for one in sorted({one.id: one for one in recordings}.values(), key=lambda one: one.id):
        digest = digests.get(one.id, "")
        if digest and counts[digest] > 1:
            notes = None if one.read_notes is None else one.read_notes()
            if twin := sounds.add(one.id, digest, notes):
                found.append((one.id, twin))
    return found


def cut_recording(
    examined: Examined, clip_seconds: float
) -> Iterator[tuple[np.ndarray, np.ndarray, Clip]]:
    """Clips of one recording: int16 (n_samples,), NOTE_DTYPE (n_notes,), description."""
    assert examined.audio is not None, "what cannot be decoded is not usable"
    recording, pcm = examined.recording, examined.audio.pcm
    table = empty_notes()
    if examined.notes is not None:
        table = empty_notes(len(examined.notes))
        for name in ("pitch", "velocity", "program"):
            table[name] = examined.notes[name]
        table["onset"], table["offset"] = notes_in_samples(examined.notes, len(pcm)).T
        table = keep_inside(table, len(pcm))
    categories = recording.all_categories()
    name = f"{recording.corpus}/{name_by_sound(recording, pcm)}"
    song = f"{recording.corpus}/{recording.composition}" if recording.composition else name
    timbres = (categories["instrument"],) if "instrument" in categories else name_programs(table)
    borders = cut_points(table, len(pcm), round(clip_seconds * SAMPLE_RATE))
    for number, (start, end) in enumerate(pairwise(borders)):
        labelled = examined.notes is not None
        id = f"{name}#{number:04d}"
        clip = Clip(id, 0, 0, recording.corpus, song, timbres, "music", categories, labelled)
        yield pcm[start:end], cut_notes(table, start, end), clip
