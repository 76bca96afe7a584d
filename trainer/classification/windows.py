"""Stretches of labelled clips to be classified, and who of them is held out."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from realtime.troubles.errors import UsageError, UserError
from trainer.datasets.instruments import name_family, name_program, name_programs
from trainer.shards.format import Clip
from trainer.shards.shards import Shards
from trainer.shards.splits import choose_fraction, recording_of, stable_fraction

NAMING = {"instrument": name_program, "family": name_family}
"""Targets that the notes' programs tell."""
IGNORED = -1
"""Label of what must not be scored."""


@dataclass(frozen=True)
class Window:
    """A stretch of one clip."""

    clip: int
    """Index of the clip in the shards."""
    start: int
    """Samples from the start of the clip."""
    label: str
    """Class of the whole window; "" if it has none."""
    recording: str
    group: str
    """What must not straddle training and test."""


def clip_label(clip: Clip, notes: np.ndarray, target: str) -> str:
    """Class of a clip: its category, or for instruments the only one that its notes name.

    Args:
        clip: whose class is asked for.
        notes: of the clip, `(notes,)` of NOTE_DTYPE.
        target: instrument, family, or a category.
    """
    if target in NAMING:
        names = name_programs(notes, NAMING[target])
        if names:
            return names[0] if len(names) == 1 else ""
        if target == "instrument" and target not in clip.categories and len(clip.timbres) == 1:
            return clip.timbres[0]
    return clip.categories.get(target, "")


def list_windows(
    shards: Shards, target: str, window_samples: int, per_recording: int, hold_out: str, seed: int
) -> list[Window]:
    """Windows of every recording, drawn evenly over its clips, the same for the same seed.

    Args:
        shards: with categories.
        target: instrument, family, composer, ensemble, or any other category.
        window_samples: length of a window; shorter clips are left out.
        per_recording: at most this many windows of one recording.
        hold_out: composition, recording or any category: what a window's group is.
        seed: of the starting points.
    """
    by_recording: dict[str, list[int]] = {}
    for i, clip in enumerate(shards.clips):
        if clip.n_samples >= window_samples and clip.kind == "music":
            by_recording.setdefault(recording_of(clip), []).append(i)
    windows = []
    for recording, clips in sorted(by_recording.items()):
        rng = np.random.default_rng([seed, int(stable_fraction(recording) * 2**32)])
        for number in range(per_recording):
            i = clips[number * len(clips) // per_recording]
            clip = shards.clips[i]
            start = int(rng.integers(clip.n_samples - window_samples + 1))
            label = clip_label(clip, shards.notes(i), target)
            group = held_out_by(clip, hold_out) or recording
            windows.append(Window(i, start, label, recording, group))
    return windows


def held_out_by(clip: Clip, hold_out: str) -> str:
    """What a clip must share a side with, by `hold_out`; "" where its recording stands for it."""
    if hold_out == "recording":
        return ""
    return clip.song if hold_out == "composition" else clip.categories.get(hold_out, "")


def require_column(clips: Iterable[Clip], hold_out: str) -> str:
    """Refuse to hold out by a category that no clip of music has.

    Returns:
        One line about the clips that lack it ("" if there are none): their recordings stand for it.

    Raises:
        UserError: naming the categories there are.
    """
    if hold_out in ("composition", "recording"):
        return ""
    music = [clip for clip in clips if clip.kind == "music"]
    lacking = sum(not held_out_by(clip, hold_out) for clip in music)
    if lacking == len(music):
        known = {"composition", "recording"}.union(*(clip.categories for clip in music))
        raise UsageError(
            f"No clip has a category '{hold_out}' (--hold-out); choose one of "
            f"{', '.join(sorted(known))}."
        )
    told = f"{lacking} of {len(music)} clips have no category '{hold_out}' (--hold-out)"
    return f"{told}; they are held out by recording" if lacking else ""


def require_target(clips: Iterable[Clip], target: str) -> None:
    """Refuse a target that no clip of music says anything about.

    Raises:
        UserError: naming the targets there are.
    """
    music = [clip for clip in clips if clip.kind == "music"]
    known = {"instrument", "family", "pitch"}.union(*(clip.categories for clip in music))
    if target not in known:
        raise UsageError(
            f"No clip has a category '{target}' (--target); choose one of "
            f"{', '.join(sorted(known))}."
        )


def require_known(names: Collection[str], target: str, shards: Shards) -> None:
    """Refuse recordings of which nothing tells the class.

    Args:
        names: classes of all windows and frames; "" counts for none.
        target: what is classified.
        shards: that the windows are of.

    Raises:
        UserError: with what would tell it.
    """
    if set(names) - {""}:
        return
    told = "nothing in the data tells it"
    if target in NAMING and not any(clip.labelled for clip in shards.clips):
        told = "their recordings were indexed as plain audio, without notes that name programs"
    elif target in NAMING:
        told = "their notes name no program, or several at once"
    raise UserError(
        f"None of the {len(shards)} clips has a known {target} (--target): {told}. Say it in a "
        f"column '{target}' of metadata.csv and index them again (docs/data.md), or choose another "
        "--target."
    )


def frame_labels(
    notes: np.ndarray, window: Window, frames: int, hop_samples: int, target: str
) -> list[str]:
    """Class of every frame of a window; "" where it has none.

    Instruments and families are named where the notes say which one sounds alone; everything else
    holds for the whole window.
    """
    known = notes[notes["program"] >= 0]
    named = set(name_programs(known, NAMING[target])) if target in NAMING else set()
    if not named or (window.label and window.label not in named):
        return [window.label] * frames
    edges = window.start + np.arange(frames) * hop_samples
    sounding = (known["onset"][:, None] < edges + hop_samples) & (known["offset"][:, None] > edges)
    labels = []
    for column in sounding.T:
        names = {NAMING[target](program) for program in set(known["program"][column].tolist())}
        labels.append(names.pop() if len(names) == 1 else "")
    return labels


def hold_out_groups(
    groups: Sequence[str], labels: Sequence[str], share: float, seed: int
) -> set[str]:
    """Groups to test on: about `share` of each class, at least one, and never all of them.

    Args:
        groups: of each window.
        labels: of each window; "" counts for no class.
        share: 0-1.
        seed: another seed holds out others.
    """
    members: dict[str, set[str]] = {}
    for group, label in zip(groups, labels, strict=True):
        if label:
            members.setdefault(label, set()).add(group)
    test: set[str] = set()
    train: set[str] = set()
    for label in sorted(members, key=lambda name: (len(members[name]), name)):
        own = sorted(members[label], key=lambda name: (stable_fraction(name, seed), name))
        wanted = min(max(1, round(share * len(own))), len(own) - 1) - len(test.intersection(own))
        free = [name for name in own if name not in test and name not in train]
        if len(free) == len(own) or not train.intersection(own):
            train.update(free[-1:])
        test.update(free[: max(0, min(wanted, len(free) - 1))] if free else [])
    return test


def choose_share(windows: Sequence[Window], fraction: float, seed: int) -> list[int]:
    """Indices of the windows in a share of each class's recordings, at least one of each; nested.

    Windows without a class (several instruments at once) count as a class of their own.

    Raises:
        UserError: if the fraction is not in (0, 1].
    """
    by_class: dict[str, list[int]] = {}
    for i, window in enumerate(windows):
        by_class.setdefault(window.label, []).append(i)
    return sorted(
        members[i]
        for members in by_class.values()
        for i in choose_fraction(
            [windows[m] for m in members], fraction, seed, lambda window: window.recording
        )
    )


def scorable_classes(train: Iterable[str], test: Iterable[str]) -> list[str]:
    """Classes that are both trained and tested, sorted.

    Raises:
        UserError: if there are fewer than two.
    """
    classes = sorted((set(train) & set(test)) - {""})
    if len(classes) < 2:
        raise UserError(
            "Fewer than two classes have recordings to train on and others to test on; "
            "give more --data, another --target, or --hold-out recording."
        )
    return classes
