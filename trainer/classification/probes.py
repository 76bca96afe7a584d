"""Small classifiers on frozen features, and a whole network trained on the classes."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from realtime.values.ranges import Amount, Count, Positive, Share
from trainer.classification.features import Layer, Steps, frame_features, pool, window_audio
from trainer.classification.windows import IGNORED, Window
from trainer.network.backbone import Backbone
from trainer.network.class_head import ClassHeadSettings
from trainer.shards.shards import Shards


@dataclass(frozen=True)
class ProbeSettings:
    """How a probe is trained on frozen features."""

    steps: Count = 400
    """Optimizer steps in which it is trained."""
    batch_size: Count = 512
    """Windows, or frames, a step."""
    learning_rate: Positive = 5e-3
    """Learning rate of AdamW at first; it falls to 0 by a cosine."""
    weight_decay: Amount = 1e-3
    """Weight decay of AdamW, a part of each weight."""
    hidden: Count = 100
    """Units of the MLP probe (JTM's 100)."""


@dataclass(frozen=True)
class SupervisedSettings:
    """How a whole network is trained on the classes."""

    steps: Count = 300
    """Optimizer steps in which it is trained."""
    batch_size: Count = 16
    """Windows that a step learns from."""
    learning_rate: Positive = 1e-3
    """Peak of the learning rate, after warm-up."""
    weight_decay: Amount = 1e-3
    """Weight decay of AdamW, a part of each weight."""


@dataclass(frozen=True)
class StreamSettings:
    """How the streaming class head is trained."""

    windows: Count = 5000
    """Windows that are heard, once, before the head is trained on what the network made of them;
    more of common classes than of rare ones, by the square root of their numbers."""
    steps: Count = 1500
    """Optimizer steps in which it is trained."""
    batch_size: Count = 32
    """Windows that a step learns from."""
    learning_rate: Positive = 5e-3
    """Peak of the learning rate, after warm-up."""
    weight_decay: Amount = 1e-2
    """Weight decay of AdamW, a part of each weight."""
    balance: Amount = 0.5
    """How much rarer classes weigh more: 0 not at all, 1 until all classes weigh the same."""
    carry_chance: Share = 0.5
    """Chance that a window begins with what the head remembers of another one."""
    rooms: str = ""
    """Folder of room and device responses (docs/data.md); empty for none."""
    precision: str = "auto"
    """In which the network is listened to: auto (bf16 where the hardware has it) or 32-true. What
    is tested is always heard in 32 bits, as it will be live."""
    head: ClassHeadSettings = ClassHeadSettings()


class Probe(nn.Module):
    """Standardised features -> class scores; linear, or with one hidden layer.

    Shape:
        - x: `(n, width)`
        - output: `(n, classes)`
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, features: Tensor, classes: int, hidden: int = 0) -> None:
        super().__init__()
        self.register_buffer("mean", features.mean(dim=0))
        self.register_buffer("deviation", features.std(dim=0).clamp(min=1e-4))
        width = features.shape[1]
        self.net = (
            nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, classes))
            if hidden
            else nn.Linear(width, classes)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map features `(n, width)` to class scores `(n, classes)`, before the softmax."""
        result: Tensor = self.net((x - self.mean) / self.deviation)
        return result


def train_probe(
    features: Tensor,
    labels: Tensor,
    classes: int,
    settings: ProbeSettings,
    seed: int,
    hidden: int = 0,
) -> Probe:
    """Fit a probe to training features.

    Args:
        features: float32 (n, width).
        labels: class numbers (n,); IGNORED ones are left out.
        classes: how many there are.
        settings: of the training.
        seed: of the weights and batches.
        hidden: units of the hidden layer; 0 makes a linear probe.
    """
    known = labels != IGNORED
    features, labels = features[known], labels[known]
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        probe = Probe(features, classes, hidden)
    optimizer = torch.optim.AdamW(
        probe.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, settings.steps)
    for _ in range(settings.steps):
        chosen = torch.randint(len(labels), (settings.batch_size,), generator=generator)
        loss = F.cross_entropy(probe(features[chosen]), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return probe.eval()


class WholeNetwork(nn.Module):
    """An encoder and a context with a linear head for clips and one for frames."""

    def __init__(self, body: Backbone, layer: Layer, width: int, classes: int) -> None:
        super().__init__()
        self.body, self.layer = body, layer
        self.clip_head = nn.Linear(2 * width, classes)
        self.frame_head = nn.Linear(width, classes)

    def forward(self, audio: Tensor, stride: int) -> tuple[Tensor, Tensor]:
        """Scores of clips (batch, classes) and of kept frames (batch, kept frames, classes)."""
        x = frame_features(self.body, audio, self.layer)
        return self.clip_head(pool(x)), self.frame_head(x[:, ::stride])


@dataclass(frozen=True)
class LabelledWindows:
    """Windows to train on, with their labels and lengths."""

    shards: Shards
    """Shards that the windows are cut from."""
    windows: Sequence[Window]
    clip_labels: Tensor
    """(windows,) class of each; IGNORED where it is unknown."""
    frame_labels: Tensor
    """(windows, kept frames), IGNORED where unknown."""
    samples: int
    """Length of a window in samples."""
    stride: int
    """Every so many frames one is kept."""


def train_whole(
    network: WholeNetwork,
    given: LabelledWindows,
    settings: SupervisedSettings,
    seed: int,
    steps: Steps = iter,
) -> WholeNetwork:
    """Train everything on windows, clips and frames at once.

    Args:
        network: changed in place.
        given: windows and labels.
        settings: of the training.
        seed: of the batches.
        steps: goes through the steps of the training.
    """
    generator = torch.Generator().manual_seed(seed)
    parameters = list(network.parameters())
    optimizer = torch.optim.AdamW(
        parameters, settings.learning_rate, weight_decay=settings.weight_decay
    )
    warm_up = max(1, settings.steps // 20)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, settings.steps + 1, pct_start=warm_up / settings.steps
    )
    network.train()
    for _ in steps(range(settings.steps)):
        chosen = torch.randint(len(given.windows), (settings.batch_size,), generator=generator)
        windows = [given.windows[i] for i in chosen.tolist()]
        audio = window_audio(given.shards, windows, given.samples)
        clips, frames = network(audio, given.stride)
        loss = mean_loss(clips, given.clip_labels[chosen].to(clips.device))
        wanted = given.frame_labels[chosen].flatten().to(frames.device)
        loss = loss + mean_loss(frames.flatten(0, 1), wanted)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
    return network.eval()


def mean_loss(scores: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy, in nats, of scores `(n, classes)` whose label is not IGNORED; else 0."""
    total = F.cross_entropy(scores, labels, ignore_index=IGNORED, reduction="sum")
    return total / (labels != IGNORED).sum().clamp(min=1)
