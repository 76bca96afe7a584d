"""Which notes sound, told by a small map of frozen features: JTM's own downstream task."""

import copy
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from realtime.inference.spec import PITCHES
from realtime.troubles.errors import UsageError, UserError
from trainer.classification.features import (
    Steps,
    Watch,
    kept_frames,
    unwatched,
    window_audio,
)
from trainer.classification.probes import ProbeSettings
from trainer.classification.task import ClassifySettings, require_frames
from trainer.classification.windows import Window, choose_share, hold_out_groups, list_windows
from trainer.crops.targets import make_targets
from trainer.evaluation.scoring import average_precision
from trainer.network.backbone import Backbone
from trainer.shards.shards import Shards

PITCH = "pitch"
METHODS = ("linear", "mlp", "random-linear", "random-mlp")
"""Probes on the checkpoint, and the same on an untrained network."""
THRESHOLDS = np.arange(0.02, 0.99, 0.02)
AT_A_TIME = 8
"""Windows that are heard side by side."""


@dataclass(frozen=True)
class PitchTask:
    """Windows, which notes sound in their kept frames, and who is held out."""

    windows: list[Window]
    labels: Tensor
    """(windows, kept frames, 88) bool."""
    trained: np.ndarray
    """Which windows are trained on, (windows,) bool."""
    tested: np.ndarray
    """Which windows are tested on, (windows,) bool."""
    kept: np.ndarray
    """Numbers of the frames of a window that are scored."""
    samples: int
    """Length of a window in samples."""


def make_pitch_task(
    shards: Shards, settings: ClassifySettings, hop_samples: int, rate: int, test: Shards | None
) -> tuple[PitchTask, Shards]:
    """Draw windows of labelled music and hold groups out.

    Args:
        shards: training data; part of it is held out if there is no `test`.
        settings: of the task.
        hop_samples: of the network.
        rate: of the network, Hz.
        test: held-out data; its recordings and groups are removed from training.

    Returns:
        The task, and the shards that its windows index.

    Raises:
        UserError: if no labelled clip is as long as a window, or nothing can be held out.
    """
    frames = round(settings.window_seconds * rate / hop_samples)
    require_frames(frames - settings.look_ahead, settings.window_seconds)
    everything = shards if test is None else Shards.joined([shards, test])
    samples = frames * hop_samples
    draw = (PITCH, samples, settings.windows_per_recording, settings.hold_out, settings.seed)
    windows = [w for w in list_windows(everything, *draw) if everything.clips[w.clip].labelled]
    if not any(clip.labelled for clip in everything.clips):
        raise UserError(
            f"None of the {len(everything)} clips has labels, so nobody can say which notes sound: "
            "their recordings were indexed as plain audio; put a .mid or .csv of the same name "
            "beside each and index them again (docs/data.md)."
        )
    if not windows:
        raise UsageError(
            "No labelled clip of music is as long as --window-seconds "
            f"{settings.window_seconds:g}; give --data with notes, or a shorter window."
        )
    own = np.array([w.clip >= len(shards) for w in windows])
    if test is None:
        groups = [w.group for w in windows]
        chosen = hold_out_groups(groups, [PITCH] * len(groups), settings.test_share, settings.seed)
        tested = np.array([w.group in chosen for w in windows])
        learnt = ~tested
    else:
        known = {w.group for w, there in zip(windows, own, strict=True) if there}
        tested = own
        learnt = np.array([w.group not in known for w in windows])
    if not tested.any() or not learnt.any():
        raise UserError(
            "There is nothing to test on, or nothing to train on: give more --data, --test, or "
            "--hold-out recording."
        )
    places = learnt.nonzero()[0]
    some = choose_share([windows[i] for i in places], settings.label_fraction, settings.label_seed)
    trained = np.zeros(len(windows), bool)
    trained[places[some]] = True
    kept = kept_frames(frames - settings.look_ahead, settings.frame_stride)
    labels = [sounding(everything, w, frames, hop_samples)[kept] for w in windows]
    task = PitchTask(windows, torch.from_numpy(np.stack(labels)), trained, tested, kept, samples)
    return task, everything


def sounding(shards: Shards, window: Window, frames: int, hop_samples: int) -> np.ndarray:
    """Which notes sound in each frame of a window, bool (frames, 88)."""
    notes = shards.notes(window.clip).copy()
    notes["onset"] -= window.start
    notes["offset"] -= window.start
    return make_targets(notes, frames, hop_samples).frame > 0


def classify_pitches(
    model: Backbone,
    shards: Shards,
    task: PitchTask,
    settings: ClassifySettings,
    device: torch.device,
    watch: Watch = unwatched,
) -> dict[str, dict[str, Any]]:
    """Train and test the probes.

    Args:
        model: the checkpoint's encoder and context.
        shards: that the task's windows index.
        task: of `make_pitch_task`.
        settings: of the task.
        device: to compute on.
        watch: shows how far listening and each probe's training are.

    Returns:
        Method -> figures of `score_frames`.

    Raises:
        UsageError: if a method is not one for pitches.
    """
    unknown = set(settings.methods) - set(METHODS)
    if unknown:
        raise UsageError(
            f"--target pitch has no method {', '.join(sorted(unknown))}; known: "
            f"{', '.join(METHODS)}. `jtm train` trains a whole transcriber."
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        untrained = Backbone(*model.architecture).eval()
    results, heard = {}, {}
    for method in settings.methods:
        random = method.startswith("random")
        if random not in heard:
            body = copy.deepcopy(untrained if random else model).to(device)
            heard[random] = features_of(
                body, shards, task, settings, partial(watch, f"{method}: listening")
            )
        hidden = settings.probe.hidden if method.endswith("mlp") else 0
        probe = train_pitch_probe(
            heard[random][task.trained],
            task.labels[task.trained],
            settings.probe,
            settings.seed,
            hidden,
            device,
            partial(watch, f"{method}: training"),
        )
        chances = [
            probabilities(probe, heard[random][mask], device)
            for mask in (task.trained, task.tested)
        ]
        threshold = best_threshold(chances[0], task.labels[task.trained])
        results[method] = score_frames(chances[1], task.labels[task.tested], threshold)
    return results


@torch.no_grad()
def features_of(
    model: Backbone,
    shards: Shards,
    task: PitchTask,
    settings: ClassifySettings,
    steps: Steps = iter,
) -> Tensor:
    """Frozen features of the kept frames: float16 (windows, kept, width) or (..., 88, width).

    A frame is judged by what the network has made of it `look_ahead` frames later.
    """
    device = next(model.parameters()).device
    rows = torch.from_numpy(task.kept + settings.look_ahead)
    parts = []
    for first in steps(range(0, len(task.windows), AT_A_TIME)):
        audio = window_audio(shards, task.windows[first : first + AT_A_TIME], task.samples)
        heard = model.encode(audio.to(device), model.initial_state(len(audio)))
        layer = heard.context if settings.layer == "context" else heard.frames
        parts.append(layer[:, rows.to(device)].half().cpu())
    return torch.cat(parts)


class PitchProbe(nn.Module):
    """Standardised features of a frame -> logits of the 88 pitches.

    Where there is a vector for each pitch all pitches share one map, and each has a bias.

    Shape:
        - x: `(n, 88, width)` or `(n, width)`
        - output: `(n, 88)`
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, features: Tensor, hidden: int) -> None:
        super().__init__()
        flat = features.reshape(-1, features.shape[-1]).float()
        self.register_buffer("mean", flat.mean(dim=0))
        self.register_buffer("deviation", flat.std(dim=0).clamp(min=1e-3))
        width, self.by_pitch = features.shape[-1], features.ndim == 4
        answers = 1 if self.by_pitch else PITCHES
        self.net: nn.Module = nn.Linear(width, answers)
        if hidden:
            layers = nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, answers)
            self.net = nn.Sequential(*layers)
        self.bias = nn.Parameter(torch.full((PITCHES,), -3.0))

    def forward(self, x: Tensor) -> Tensor:
        """Map features to logits `(..., 88)`, mean and spread removed.

        Args:
            x: `(..., width)`, or `(..., 88, width)` where every pitch has its vector.
        """
        y: Tensor = self.net((x.float() - self.mean) / self.deviation)
        return (y.squeeze(-1) if self.by_pitch else y) + self.bias


def train_pitch_probe(
    features: Tensor,
    labels: Tensor,
    settings: ProbeSettings,
    seed: int,
    hidden: int,
    device: torch.device,
    steps: Steps = iter,
) -> PitchProbe:
    """Fit a probe by binary cross-entropy of frames."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        probe = PitchProbe(features, hidden).to(device)
    x, y = features.flatten(0, 1), labels.flatten(0, 1).float()
    optimizer = torch.optim.AdamW(
        probe.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, settings.steps)
    generator = torch.Generator().manual_seed(seed)
    for _ in steps(range(settings.steps)):
        rows = torch.randint(len(x), (settings.batch_size,), generator=generator)
        loss = F.binary_cross_entropy_with_logits(probe(x[rows].to(device)), y[rows].to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return probe.eval()


@torch.no_grad()
def probabilities(probe: PitchProbe, features: Tensor, device: torch.device) -> Tensor:
    """Probability of each pitch, (windows, kept, 88)."""
    found = [
        torch.sigmoid(probe(part.to(device))).cpu() for part in features.flatten(0, 1).split(1024)
    ]
    return torch.cat(found).view(*features.shape[:2], PITCHES)


def best_threshold(chances: Tensor, labels: Tensor) -> float:
    """The threshold with the highest F1 of frames."""
    scores = [frame_counts(chances, labels, float(t))["f1"] for t in THRESHOLDS]
    return round(float(THRESHOLDS[int(np.argmax(scores))]), 2)


def frame_counts(chances: Tensor, labels: Tensor, threshold: float) -> dict[str, float]:
    """Precision, recall and F1 (0-1) over all frames and pitches."""
    said = chances >= threshold
    right = float((said & labels).sum())
    precision = right / max(float(said.sum()), 1.0)
    recall = right / max(float(labels.sum()), 1.0)
    f1 = 2 * right / max(float(said.sum() + labels.sum()), 1.0)
    return {"precision": precision, "recall": recall, "f1": f1}


def score_frames(chances: Tensor, labels: Tensor, threshold: float) -> dict[str, float]:
    """Frame-wise figures: precision, recall, F1 at a threshold, average precision, threshold.

    Args:
        chances: probabilities, `(frames, 88)`.
        labels: of the same shape, 1 where a pitch sounds.
        threshold: 0-1, from which a pitch is heard.
    """
    figures = frame_counts(chances, labels, threshold)
    figures["average_precision"] = average_precision(chances.flatten(), labels.flatten())
    return {**{name: round(value, 4) for name, value in figures.items()}, "threshold": threshold}
