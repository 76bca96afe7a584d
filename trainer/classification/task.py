"""What is classified: windows with labels, some of them held out."""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from realtime.troubles.errors import UsageError
from realtime.values.ranges import Count, Fraction, Positive, Split, Whole
from trainer.classification.features import WARM_UP_FRAMES, Layer, kept_frames
from trainer.classification.probes import ProbeSettings, StreamSettings, SupervisedSettings
from trainer.classification.windows import (
    IGNORED,
    Window,
    choose_share,
    frame_labels,
    hold_out_groups,
    list_windows,
    require_known,
    scorable_classes,
)
from trainer.shards.shards import Shards

PICTURED = ("clip", "frame")
"""Levels whose confusions are drawn, as `confusion_LEVEL.png`."""
METHODS = ("linear", "mlp", "random-linear", "random-mlp", "supervised")
"""Probes on the checkpoint, the same on an untrained network, and an untrained network trained
whole; `finetuned` trains the checkpoint's whole, `stream` a head that can go live."""


@dataclass(frozen=True)
class ClassifySettings:
    """What is classified, and how."""

    target: str = "instrument"
    """instrument or family (told by the notes' programs), composer, ensemble, or any category of
    the shards; pitch for which notes sound."""
    layer: Layer = "context"
    """Output of the network that the probes see: context or encoder."""
    methods: tuple[str, ...] = METHODS
    """Any of linear, mlp, random-linear, random-mlp, supervised, finetuned, stream."""
    window_seconds: Positive = 1.28
    """Length of what is classified as a whole, in seconds."""
    windows_per_recording: Count = 40
    """Windows drawn from each recording."""
    frame_stride: Count = 8
    """Every this many frames of the network (10 ms each of the bundled one) are classified one by
    one."""
    look_ahead: Whole = 4
    """With target pitch: frames of the network that are heard beyond the one that is judged."""
    hold_out: str = "composition"
    """What never straddles training and test: composition, recording, or any category; its
    recording stands for it in a clip that lacks it."""
    test_share: Split = 0.25
    """Part of each class's compositions (or recordings) that is tested on, above 0 and below
    1."""
    label_fraction: Fraction = 1.0
    """Share of each class's training recordings whose labels are used (0-1), at least one of each
    class; 0.01 is a part of 0.03. What is tested on stays the same."""
    label_seed: Whole = 0
    """Which recordings a fraction takes first."""
    seed: Whole = 0
    """Seed of every draw: windows, what is held out, first weights."""
    probe: ProbeSettings = field(default_factory=ProbeSettings)
    supervised: SupervisedSettings = field(default_factory=SupervisedSettings)
    stream: StreamSettings = field(default_factory=StreamSettings)


@dataclass(frozen=True)
class Task:
    """Windows with their labels, parted into those to train and those to test on."""

    windows: list[Window]
    classes: list[str]
    clip_labels: Tensor
    """(windows,) class numbers, IGNORED where there is none."""
    frame_labels: Tensor
    """Class of each kept frame, (windows, kept frames)."""
    trained: Tensor
    """(windows,) bool: neither held out nor left out by `label_fraction`."""
    tested: Tensor
    """Which windows are tested on, (windows,) bool."""
    samples: int
    """Length of a window in samples."""


def make_task(
    shards: Shards, settings: ClassifySettings, hop_samples: int, test: Shards | None = None
) -> tuple[Task, Shards]:
    """Draw windows, hold groups out, number the classes.

    Args:
        shards: training data; part of it is held out if there is no `test`.
        settings: of the task.
        hop_samples: of the network.
        test: held-out data; recordings and compositions of it are removed from training. Classes
            that it lacks are still learnt, and can be guessed wrongly.

    Returns:
        The task, and the shards that its windows index.

    Raises:
        UserError: if no clip is as long as a window, a window is too short to hear anything in,
            fewer than two classes can be tested, or the fraction is not in (0, 1].
    """
    frames = round(settings.window_seconds * 16_000 / hop_samples)
    samples = frames * hop_samples
    require_frames(frames, settings.window_seconds)
    draw = (settings.target, samples, settings.windows_per_recording, settings.hold_out)
    everything = shards if test is None else Shards.joined([shards, test])
    windows = list_windows(everything, *draw, settings.seed)
    if not windows:
        raise UsageError(
            f"No clip of music is as long as --window-seconds {settings.window_seconds:g}; give a "
            "shorter one."
        )
    kept = kept_frames(frames, settings.frame_stride)
    named = [
        np.array(frame_labels(everything.notes(w.clip), w, frames, hop_samples, settings.target))[
            kept
        ]
        for w in windows
    ]
    # Which groups are tested on: a share of each class that a window or a frame has, or all that
    # the held-out shards hold.
    if test is None:
        all_labels = [(w.group, w.label) for w in windows]
        all_labels += [
            (w.group, str(name))
            for w, row in zip(windows, named, strict=True)
            for name in np.unique(row)
        ]
        of, labels = zip(*all_labels, strict=True)
        groups = hold_out_groups(of, labels, settings.test_share, settings.seed)
    else:
        groups = {w.group for w in windows if w.clip >= len(shards)}
    tested = np.array([w.group in groups for w in windows], bool)
    if test is not None:
        # Training windows of a group that is tested on are left out; windows of the test shards
        # (clips from len(shards) on) all stay.
        own = np.array([w.clip >= len(shards) for w in windows], bool)
        windows, named, tested = _choose(windows, named, tested, own | ~tested)
    seen = [set(map(str, row)) | {w.label} for w, row in zip(windows, named, strict=True)]
    require_known(set().union(*seen), settings.target, everything)
    learnt_names = {n for names, t in zip(seen, tested, strict=True) if not t for n in names}
    tested_names = {n for names, t in zip(seen, tested, strict=True) if t for n in names}
    classes = scorable_classes(learnt_names, tested_names)  # refuses fewer than two
    if test is not None:
        classes = sorted(learnt_names - {""})
    number = {name: i for i, name in enumerate(classes)}
    clip_numbers = torch.tensor([number.get(w.label, IGNORED) for w in windows])
    frame_numbers = torch.tensor([[number.get(str(n), IGNORED) for n in row] for row in named])
    trained = np.zeros(len(windows), bool)
    learnt = (~tested).nonzero()[0]
    chosen = choose_share(
        [windows[i] for i in learnt], settings.label_fraction, settings.label_seed
    )
    trained[learnt[chosen]] = True
    masks = torch.from_numpy(trained), torch.from_numpy(tested)
    return Task(windows, classes, clip_numbers, frame_numbers, *masks, samples), everything


def require_frames(frames: int, seconds: float) -> None:
    """Are there two frames in a window after those that are not listened to?

    Raises:
        UserError: if a window of `frames` frames, `seconds` long, is too short.
    """
    if frames < WARM_UP_FRAMES + 2:
        raise UsageError(
            f"--window-seconds {seconds:g} is {frames} frames, and the first {WARM_UP_FRAMES} of a "
            f"window are not listened to; give {WARM_UP_FRAMES + 2} frames or more."
        )


def _choose(
    windows: list[Window], named: list[np.ndarray], tested: np.ndarray, keep: np.ndarray
) -> tuple[list[Window], list[np.ndarray], np.ndarray]:
    rows = keep.nonzero()[0]
    return [windows[i] for i in rows], [named[i] for i in rows], tested[rows]
