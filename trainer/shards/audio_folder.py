"""Any folder of audio for pretraining: decoded once into memory-mapped shards in a cache."""

import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_cache_path
from tqdm import tqdm

from realtime.troubles.errors import UserError
from trainer.datasets.pairs import read_audio
from trainer.shards.health.clips import MOST_BAD
from trainer.shards.index import drop_stale, finished, plan_jobs, prepare_folder, run_jobs
from trainer.shards.shards import Shards

CLIP_SECONDS = 60.0
SHARD_SECONDS = 1800.0


def open_audio_folder(folder: Path, cache: str = "", workers: int = 0) -> Shards:
    """All audio below `folder` as 16 kHz mono int16 shards; decoded where not done before.

    A shard is made again when one of its files changed. Files are written under another name and
    moved, so two runs may prepare the same folder at once. Columns of `metadata.csv` in the folder
    become categories.

    Args:
        folder: holds sound files at any depth.
        cache: where the shards go; empty for a folder of this user's cache, named by `folder`.
        workers: processes that decode; 0 for one a core.

    Raises:
        UserError: if there is no audio, or more than 1 % of the files cannot be used.
    """
    if not folder.is_dir():
        raise UserError(f"No folder '{folder}'; give one with sound files to --audio.")
    recordings = read_audio(folder)
    target = Path(cache) if cache else cache_folder(folder)
    prepare_folder(target, {"audio": str(folder.resolve()), "clip_seconds": CLIP_SECONDS})
    jobs = plan_jobs(recordings, target, CLIP_SECONDS, SHARD_SECONDS)
    made = {job.index: finished(job) for job in jobs}
    pending = [job for job in jobs if made[job.index] is None]
    with tqdm(
        total=sum(len(job.recordings) for job in pending),
        desc="decoding",
        unit="file",
        disable=not pending,
        file=sys.stderr,
    ) as bar:
        for done in run_jobs(pending, workers or os.cpu_count() or 1):
            made[done.index] = done
            bar.update(done.recordings)
    drop_stale(target, jobs)
    skipped = [name for done in made.values() if done for name in done.skipped]
    if skipped:
        print(f"jtm pretrain: left out {len(skipped)}: {', '.join(skipped[:5])}", file=sys.stderr)
    if len(skipped) > MOST_BAD * len(recordings):
        raise UserError(
            f"{len(skipped)} of {len(recordings)} files in '{folder}' cannot be used, first "
            f"'{skipped[0]}'; `jtm data doctor {folder}` tells why."
        )
    return Shards(target)


def audio_caches(folders: Sequence[str], cache: str = "") -> list[str]:
    """Where the shards of each folder of --audio are, or would be.

    Args:
        folders: with sound files.
        cache: a folder with one below it for each of them; empty for this user's cache.
    """
    if cache:
        return [str(Path(cache) / f"{number:02d}") for number in range(len(folders))]
    return [str(cache_folder(Path(folder))) for folder in folders]


def cache_folder(folder: Path) -> Path:
    """This user's cache for `folder`."""
    digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return user_cache_path("jaka-to-melodia") / "audio" / f"{folder.name}-{digest}"
