"""What a cell learns from unlabelled audio while it learns from its labels."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from realtime.values.ranges import Amount, Count, Share, Whole
from trainer.crops.unlabelled import Batch, PretrainCropSettings, UnlabelledCrops
from trainer.finetuning.losses import LossWeights
from trainer.network.heads import Activations
from trainer.network.model import Transcriber

SCORED = ("onset", "frame", "offset")
"""Outputs that unlabelled audio speaks of; nobody knows how hard its notes were struck."""


def damaged_crops() -> PretrainCropSettings:
    """Crops of 2 s whose second version is always damaged."""
    return PretrainCropSettings(seconds=2.0, past_chance=1.0)


@dataclass(frozen=True)
class BesideSettings:
    """How much is learned from unlabelled audio, and from which of it."""

    weight: Amount = 1.0
    """Weight of this loss beside that of the labels."""
    ramp_steps: Whole = 200
    """Steps over which the weight rises from 0."""
    batch_size: Count = 4
    """Crops without labels that a step learns from."""
    sure_of_a_note: Share = 0.7
    """A teacher's probability from which on its yes is a label."""
    sure_of_silence: Share = 0.05
    """A teacher's probability up to which its no is a label; between the two nothing is learned."""
    perturbation: Share = 0.1
    """Length of the adversarial step, as a part of the length of a frame's features."""
    crops: PretrainCropSettings = field(default_factory=damaged_crops)

    def weight_at(self, step: int) -> float:
        """Weight of the loss at a step."""
        return self.weight * min(1.0, (step + 1) / max(1, self.ramp_steps))


class Beside(Protocol):
    """A loss on unlabelled audio."""

    def loss(self, network: Transcriber, step: int) -> Tensor:
        """The loss of a step: a scalar `()`, weighted as it is to be added."""


class PseudoLabels:
    """Loss of a student on damaged audio against the confident outputs of a teacher on the clean.

    Args:
        teacher: a fitted network of the student's architecture; it is not changed.
        crops: undamaged and damaged versions of unlabelled audio.
        settings: which labels count, and how much.
        parts: weights of onsets, frames and offsets.
    """

    def __init__(
        self,
        teacher: Transcriber,
        crops: UnlabelledCrops,
        settings: BesideSettings,
        parts: LossWeights,
    ) -> None:
        self.teacher = teacher.eval().requires_grad_(False)
        self.settings, self.parts = settings, parts
        self._batches: Iterator[Batch] = iter(crops)

    def loss(self, network: Transcriber, step: int) -> Tensor:
        """Cross-entropy where the teacher is sure, summed over pitches, averaged over frames."""
        batch = next(self._batches)
        with torch.no_grad():
            taught = predict(self.teacher, batch.future.to(network.device))
        said = predict(network, damaged_version(batch).to(network.device))
        total = said.onset.new_zeros(())
        for name in SCORED:
            probability = torch.sigmoid(getattr(taught, name))
            yes = probability >= self.settings.sure_of_a_note
            sure = yes | (probability <= self.settings.sure_of_silence)
            wrong = F.binary_cross_entropy_with_logits(
                getattr(said, name), yes.float(), reduction="none"
            )
            start = self.parts.warm_up_frames
            part = (wrong * sure)[:, start:].sum(dim=-1).mean()
            total = total + getattr(self.parts, name) * part
        return self.settings.weight_at(step) * total


class Consistency:
    """Loss on the change of outputs when features move in the direction that changes them most.

    Virtual adversarial training (Miyato et al. 2018, algorithm 1, one power iteration) on the
    encoder's frames, for transcription after Cheuk et al. 2021.

    Args:
        crops: unlabelled audio; the damaged version is heard.
        settings: length of the push, and how much it counts.
        parts: weights of onsets, frames and offsets.
    """

    def __init__(
        self, crops: UnlabelledCrops, settings: BesideSettings, parts: LossWeights
    ) -> None:
        self.settings, self.parts = settings, parts
        self._batches: Iterator[Batch] = iter(crops)

    def loss(self, network: Transcriber, step: int) -> Tensor:
        """Cross-entropy between what is said of pushed and of unpushed frames, less its least."""
        audio = damaged_version(next(self._batches)).to(network.device)
        state = network.initial_state(len(audio))
        split = len(network.encoder.state_shapes())
        frames = network.encoder(audio, *state[:split])[0].detach()
        with torch.no_grad():
            calm = self.activations(network, frames, state[split:])
        push = torch.randn_like(frames)
        push = (1e-2 * unit(push) * length(frames)).requires_grad_()
        worse = self.divergence(calm, self.activations(network, frames + push, state[split:]))
        (direction,) = torch.autograd.grad(worse, push)
        pushed = frames + self.settings.perturbation * unit(direction) * length(frames)
        apart = self.divergence(calm, self.activations(network, pushed, state[split:]))
        return self.settings.weight_at(step) * apart

    def activations(
        self, network: Transcriber, frames: Tensor, state: tuple[Tensor, ...]
    ) -> Activations:
        """Activations of encoder frames, by the context from `state` on and the head."""
        count = len(network.context.state_shapes())
        context = network.context(network.bridge(frames), *state[:count])[0]
        said: Activations = network.head(context)
        return said

    def divergence(self, calm: Activations, pushed: Activations) -> Tensor:
        """Kullback-Leibler divergence of Bernoullis, in nats: a sum over pitches, else a mean."""
        total = calm.onset.new_zeros(())
        for name in SCORED:
            wanted = torch.sigmoid(getattr(calm, name))
            least = F.binary_cross_entropy_with_logits(
                getattr(calm, name), wanted, reduction="none"
            )
            found = F.binary_cross_entropy_with_logits(
                getattr(pushed, name), wanted, reduction="none"
            )
            start = self.parts.warm_up_frames
            part = (found - least)[:, start:].sum(dim=-1).mean()
            total = total + getattr(self.parts, name) * part
        return total


def damaged_version(batch: Batch) -> Tensor:
    """The damaged audio `(batch, samples)`, or the undamaged where nothing was damaged."""
    return batch.past if batch.past.shape[1] else batch.future


def predict(network: Transcriber, audio: Tensor) -> Activations:
    """Activations of audio `(batch, samples)` from silence on."""
    activations: Activations = network(audio, network.initial_state(len(audio)))[0]
    return activations


def length(values: Tensor) -> Tensor:
    """Euclidean length over the last axis, `(..., width)` -> `(..., 1)`."""
    found: Tensor = torch.linalg.vector_norm(values, dim=-1, keepdim=True)
    return found


def unit(values: Tensor) -> Tensor:
    """Vectors `(..., width)` over the last axis, scaled to length 1."""
    return values / length(values).clamp(min=1e-12)
