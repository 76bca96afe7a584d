"""Renders shards in several worker processes, and leaves out those that are there already."""

import json
import math
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from realtime.processes.pool import spread
from realtime.troubles.errors import UserError
from realtime.values.atomic import remove_leftovers, replace_text
from realtime.values.json_text import parse_json
from trainer.render.clips import ClipMaker
from trainer.render.inputs import find_soundfonts
from trainer.render.settings import RenderSettings
from trainer.shards.writing import complete_clips, require_no_shards, write_shard

FREE_TO_CHANGE = ("out", "hours", "workers")
"""Settings that may differ when a folder is continued."""


@dataclass(frozen=True)
class RenderJob:
    """One shard to be rendered."""

    index: int
    n_clips: int


@dataclass(frozen=True)
class RenderedShard:
    """One shard that was rendered, and what it cost."""

    index: int
    n_clips: int
    core_seconds: float


def list_jobs(settings: RenderSettings) -> list[RenderJob]:
    """All shards of the run, complete or not."""
    total = max(1, math.ceil(settings.hours * 3600 / settings.clip_seconds))
    per = settings.clips_per_shard
    return [RenderJob(k, min(per, total - k * per)) for k in range(math.ceil(total / per))]


def list_missing(settings: RenderSettings) -> list[RenderJob]:
    """Shards that are not there yet, or hold fewer clips than asked for now."""
    folder = Path(settings.out)
    return [job for job in list_jobs(settings) if complete_clips(folder, job.index) < job.n_clips]


def prepare_folder(settings: RenderSettings) -> None:
    """Create the folder, or check that it was made with the same settings."""
    folder, recipe = Path(settings.out), _recipe(settings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = folder / "render.settings"
        if not written.exists():
            require_no_shards(folder)
        else:
            remove_leftovers(folder)
            before = parse_json(written.read_text(encoding="utf-8"))
            changed = [key for key in recipe if before.get(key) != recipe[key]]
            if changed:
                raise UserError(
                    f"{folder} holds shards made with another {', '.join(changed)}. "
                    "Choose another --out or the same settings."
                )
        replace_text(written, json.dumps(recipe, indent=1))
    except OSError as error:
        raise UserError(f"Cannot write to --out {folder}: {error.strerror}.") from error
    except (ValueError, AttributeError) as error:
        raise UserError(f"'{written}' is damaged ({error}); choose another --out.") from error


def render_shards(settings: RenderSettings, jobs: list[RenderJob]) -> Iterator[RenderedShard]:
    """Render the jobs, yielding each when it is on disk; order is free, contents are not."""
    if settings.workers <= 1 or len(jobs) <= 1:
        studio = ClipMaker(settings)
        for job in jobs:
            yield render_shard(studio, settings, job)
        return
    yield from spread(partial(_render_in_worker, settings), jobs, settings.workers)


def render_shard(studio: ClipMaker, settings: RenderSettings, job: RenderJob) -> RenderedShard:
    """Render and write one shard; it depends only on seed, split, index and the inputs."""
    started = _core_seconds()
    split = 0 if settings.split == "train" else 1
    made = []
    for number in range(job.n_clips):
        rng = np.random.default_rng([settings.seed, split, job.index, number])
        name = f"{settings.split}-{settings.seed}-{job.index:05d}-{number:03d}"
        made.append(studio.render(name, rng))
    write_shard(
        Path(settings.out),
        job.index,
        [clip.pcm for clip in made],
        [clip.notes for clip in made],
        [clip.clip for clip in made],
    )
    return RenderedShard(job.index, job.n_clips, _core_seconds() - started)


def _core_seconds() -> float:
    """Processor time of this process and of the speech programs it has run."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


_studio: ClipMaker | None = None


def _render_in_worker(settings: RenderSettings, job: RenderJob) -> RenderedShard:
    """Load everything with the first shard."""
    global _studio
    if _studio is None:
        _studio = ClipMaker(settings)
    return render_shard(_studio, settings, job)


def _recipe(settings: RenderSettings) -> dict[str, Any]:
    """What decides the contents: most settings, and the inputs by name, wherever they lie."""
    recipe = {k: v for k, v in asdict(settings).items() if k not in FREE_TO_CHANGE}
    recipe["soundfont"] = [path.name for path in find_soundfonts(settings)]
    for name in ("samples", "midi", "rooms"):
        recipe[name] = Path(recipe[name]).resolve().name if recipe[name] else None
    return recipe
