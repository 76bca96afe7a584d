"""Frozen features of windows of sound, from a network's context or encoder."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from realtime.values.atomic import atomic_write
from trainer.classification.windows import Window
from trainer.network.backbone import Backbone
from trainer.shards.shards import Shards

Layer = Literal["context", "encoder"]

WARM_UP_FRAMES = 10
"""First frames of a window that are not used: the network has heard nothing yet."""


Steps = Callable[[range], Iterable[int]]
"""Goes through a range, and shows somebody how far it is."""
Watch = Callable[[str, range], Iterable[int]]
"""Goes through a range as well, and is told a name of what is done."""


def unwatched(name: str, steps: range) -> Iterable[int]:
    """The range itself, of which nobody is told."""
    return steps


@dataclass(frozen=True)
class Features:
    """What a network makes of windows."""

    clips: Tensor
    """Mean and standard deviation over time, float32 (windows, 2 * width)."""
    frames: Tensor
    """Every `stride`-th frame, float32 (windows, kept frames, width)."""


def frame_features(model: Backbone, audio: Tensor, layer: Layer) -> Tensor:
    """Features of each frame after the warm-up.

    Where the layer has a vector for each of the 88 pitches, their mean and maximum stand for them:
    a class does not depend on which pitch is played.

    Args:
        model: to listen with.
        audio: float32 (batch, frames * hop_samples).
        layer: which output.

    Returns:
        float32 (batch, frames - WARM_UP_FRAMES, width).
    """
    audio = audio.to(next(model.parameters()).device)
    heard = model.encode(audio, model.initial_state(len(audio)))
    x = heard.context if layer == "context" else heard.frames
    x = x[:, WARM_UP_FRAMES:].float()
    return torch.cat([x.mean(dim=2), x.amax(dim=2)], dim=-1) if x.ndim == 4 else x


def pool(frames: Tensor) -> Tensor:
    """(batch, frames, width) -> mean and standard deviation over time (batch, 2 * width)."""
    return torch.cat([frames.mean(dim=1), frames.std(dim=1)], dim=-1)


def kept_frames(frames: int, stride: int) -> np.ndarray:
    """Numbers of the frames of a window whose features are kept."""
    return np.arange(WARM_UP_FRAMES, frames, stride)


def window_audio(shards: Shards, windows: Sequence[Window], samples: int) -> Tensor:
    """float32 in [-1, 1] (windows, samples), each with peak 0.5 so that loudness tells nothing."""
    batch = np.empty((len(windows), samples), np.float32)
    for row, window in zip(batch, windows, strict=True):
        row[:] = shards.window(window.clip, window.start, samples)
        row *= 0.5 / max(float(np.abs(row).max()), 32.0)
    return torch.from_numpy(batch)


AT_A_TIME = 16
"""Windows that are heard side by side."""


@torch.no_grad()
def extract(
    model: Backbone,
    shards: Shards,
    windows: Sequence[Window],
    layer: Layer,
    samples: int,
    stride: int,
    steps: Steps = iter,
) -> Features:
    """Features of every window.

    Args:
        model: in evaluation mode.
        shards: that the windows index.
        windows: to listen to.
        layer: which output.
        samples: of a window, a whole number of hops.
        stride: keep every this many frames for the frame level.
        steps: goes through the windows, AT_A_TIME of them at a time.
    """
    clips, frames = [], []
    for first in steps(range(0, len(windows), AT_A_TIME)):
        batch = windows[first : first + AT_A_TIME]
        x = frame_features(model, window_audio(shards, batch, samples), layer).cpu()
        clips.append(pool(x))
        frames.append(x[:, ::stride])
    return Features(torch.cat(clips), torch.cat(frames))


def cache_key(model: Backbone, shards: Shards, windows: Sequence[Window], *more: object) -> str:
    """Digest of weights, windows, clips and whatever else decides the features."""
    digest = hashlib.sha256(repr((model.architecture, *more)).encode())
    for name, value in model.state_dict().items():
        digest.update(name.encode())
        digest.update(value.cpu().contiguous().numpy().tobytes())
    for window in windows:
        clip = shards.clips[window.clip]
        place = [clip.id, clip.n_samples, window.start]
        digest.update(json.dumps(place).encode())
        digest.update(shards.window(window.clip, window.start, 160).tobytes())
    return digest.hexdigest()[:32]


def load_features(path: Path, key: str) -> Features | None:
    """Features that an earlier run kept under this key; None where there are none."""
    try:
        read = load_file(path / f"{key}.safetensors")
        return Features(read["clips"], read["frames"])
    except (OSError, KeyError, SafetensorError):
        return None


def save_features(path: Path, key: str, features: Features) -> None:
    """Keep features as safetensors, which cannot carry code."""
    tensors = {"clips": features.clips.contiguous(), "frames": features.frames.contiguous()}
    with atomic_write(path / f"{key}.safetensors") as partial:
        save_file(tensors, partial)
