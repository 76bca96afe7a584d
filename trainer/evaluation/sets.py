"""Recordings with known notes to score on: a manifest, a folder or corpus, or shards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from realtime.troubles.errors import UsageError, UserError
from trainer.datasets.corpora import read_corpus
from trainer.evaluation.manifest import read_manifest
from trainer.evaluation.recording import (
    SOFT_GROUPS,
    ScoredRecording,
    SetOptions,
    open_shards,
    with_truth,
)
from trainer.evaluation.truths import (
    count_unread,
    join_clips,
    length_of,
    require_inside,
    require_possible,
    require_sound,
)
from trainer.shards.format import SHARD_RATE
from trainer.shards.health.clips import clip_faults, is_shard_folder
from trainer.shards.health.recordings import reason_of
from trainer.shards.health.same_sounds import KnownSounds
from trainer.shards.splits import select_split

UNUSABLE = ("unreadable", "unreadable label", "wrong length")
"""Faults of clips of shards after which nobody knows what sounds in their recordings."""


@dataclass(frozen=True)
class LeftOut:
    """Recordings of a set that cannot be scored."""

    reasons: tuple[str, ...]
    """Name of each, and why it cannot."""
    total: int
    """How many recordings there are, those among them."""


TellLeftOut = Callable[[LeftOut], None]


def open_set(
    source: Path,
    options: SetOptions = SetOptions(),
    on_left_out: TellLeftOut = lambda left_out: None,
) -> list[ScoredRecording]:
    """Every recording that can be scored.

    Args:
        source: a manifest, a corpus, a folder of pairs, or shards.
        options: how they are found and grouped.
        on_left_out: told of those that cannot be scored, where there are any.

    Raises:
        UserError: if there is nothing to score, a manifest cannot be read, or a soft group is none.
    """
    if source.is_dir():
        shards = is_shard_folder(source)
        read = read_shards if shards else read_folder
        found, left_out = read(source, options)
        if left_out.reasons:
            on_left_out(left_out)
        if not found:
            raise UserError(f"Nothing in '{source}' can be scored; look with `jtm data doctor`.")
    else:
        found = read_manifest(source, options)
    _require_groups(found, options.soft_groups)
    return found


def read_folder(folder: Path, options: SetOptions) -> tuple[list[ScoredRecording], LeftOut]:
    """The labelled recordings of a corpus, or of a folder of pairs, in a part of a split."""
    chosen = select_split(read_corpus(folder, options.corpus), options.split)
    _require_category([one.all_categories() for one in chosen], options.group)
    found: dict[str, ScoredRecording] = {}
    missing: list[str] = []
    seen: set[str] = set()
    sounds = KnownSounds()
    users: dict[Path, str] = {}
    for one in chosen:
        try:
            if one.id in seen:
                raise UserError(f"'{one.audio}' has the name of another recording")
            seen.add(one.id)
            if one.read_notes is None:
                raise UserError(f"'{one.audio}' has no label")
            truth = one.read_notes()
            require_possible(one.labels[0] if one.labels else one.audio, truth)
            read = one.labels[:1] if one.corpus == "pairs" else one.labels  # of pairs one is read
            off_keyboard, drums = count_unread(read, truth)
            seconds = length_of(one.audio)
            require_inside(one.id, truth, seconds)
            digest = require_sound(one, silence=not len(truth))
            twin = sounds.add(one.id, digest, truth)
            if twin and twin.difference:
                if twin.id in found:
                    del found[twin.id]
                    missing.append(f"{twin.id}: {twin.describe(one.id)}")
                raise UserError(twin.describe(twin.id))
            scored = _of_corpus(one.id, one.audio, seconds, one.all_categories(), options)
            twin_id = twin.id if twin else ""
            scored = replace(scored, channel=one.channel, twin=twin_id)
            fellow = users.setdefault(read[0], one.id) if one.corpus == "pairs" else one.id
            fellow = fellow if fellow != one.id else ""
            scored = replace(scored, off_keyboard=off_keyboard, drums=drums, fellow=fellow)
            scored = with_truth(scored, truth)
        except Exception as error:  # foreign bytes: any parser error means unreadable
            missing.append(f"{one.id}: {reason_of(error, one.labels)}")
            continue
        found[one.id] = scored
    return list(found.values()), LeftOut(tuple(missing), len(chosen))


def read_shards(folder: Path, options: SetOptions) -> tuple[list[ScoredRecording], LeftOut]:
    """The labelled recordings of a folder of shards, their clips one after another."""
    if options.split or options.corpus:
        raise UsageError(
            f"'{folder}' holds shards, and splits are made before them; give the corpus instead, "
            "or leave --split and --corpus out."
        )
    shards = open_shards(str(folder))
    clips: dict[str, list[int]] = {}
    for i, clip in enumerate(shards.clips):
        if clip.labelled:
            clips.setdefault(clip.id.rpartition("#")[0] or clip.id, []).append(i)
    about = [{"corpus": clip.source, **clip.categories} for clip in shards.clips]
    _require_category(about, options.group)
    found: list[ScoredRecording] = []
    missing = ["clips without labels"] * sum(not clip.labelled for clip in shards.clips)
    bad = {one.id: one.detail for one in clip_faults(shards) if one.kind in UNUSABLE}
    for id, numbers in clips.items():
        if faults := [bad[shards.clips[i].id] for i in numbers if shards.clips[i].id in bad]:
            missing.append(f"{id}: {faults[0]}")
            continue
        lengths = [shards.clips[i].n_samples for i in numbers]
        truth = join_clips([shards.notes(i) for i in numbers], lengths)
        one = _of_corpus(id, folder, sum(lengths) / SHARD_RATE, about[numbers[0]], options)
        try:
            found.append(with_truth(replace(one, clips=tuple(numbers)), truth))
        except UserError as error:
            missing.append(str(error))
    return found, LeftOut(tuple(missing), len(shards))


def _of_corpus(
    id: str, audio: Path, seconds: float, about: dict[str, str], options: SetOptions
) -> ScoredRecording:
    group = about.get(options.group or "corpus", "") or about.get("corpus", "") or "all recordings"
    soft = group in options.soft_groups
    tolerance = options.soft_tolerance if soft else options.tolerance
    nothing = np.zeros((0, 4))
    return ScoredRecording(
        id, group, audio, nothing, seconds, tolerance, about.get("instrument", "")
    )


def _require_category(known: Sequence[dict[str, str]], group: str) -> None:
    """Refuse a category that no recording has.

    Raises:
        UserError: naming those that there are.
    """
    names = {name for categories in known for name in categories}
    if group and group not in names:
        raise UsageError(
            f"No recording has a category '{group}' (--group); choose one of "
            f"{', '.join(sorted(names))}."
        )


def _require_groups(found: Sequence[ScoredRecording], soft: tuple[str, ...]) -> None:
    """Refuse names of soft groups that no recording is of; the default ones may be absent.

    Raises:
        UsageError: naming the groups that there are.
    """
    groups = sorted({one.group for one in found})
    unknown = [name for name in soft if name not in (*groups, *SOFT_GROUPS)]
    if unknown:
        raise UsageError(
            f"No recording is of the group '{unknown[0]}' (--soft-groups); there are "
            f"{', '.join(groups)}."
        )
