"""Contrastive predictive coding on a backbone: which frame comes k steps later?"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trainer.crops.unlabelled import Batch
from trainer.network.backbone import Backbone
from trainer.network.layers.bridge import RowsToVector
from trainer.network.layers.parts import StreamingPart
from trainer.network.model import ModelSettings
from trainer.pretraining.infonce import chance_accuracy, info_nce
from trainer.pretraining.negatives import choose_members, draw_negatives
from trainer.pretraining.predictors import Predictor
from trainer.pretraining.settings import CpcSettings


class Contrast(NamedTuple):
    """What contrastive prediction made of one batch."""

    loss: Tensor
    """`(steps,)` nats, for each distance from k_min on."""
    accuracy: Tensor
    """`(steps,)` share (0-1) of positives scored above all negatives."""
    chance: Tensor
    """`(steps,)` the accuracy of random scores."""
    feature_std: Tensor
    """Standard deviation over batch and frames, averaged over the encoder's features."""
    feature_spread: Tensor
    """Spread of the features relative to their root mean square: 0 is collapse, at any scale."""
    context_state: tuple[Tensor, ...]
    """The context's state after the last frame."""


class ContrastiveModel(Backbone):
    """A backbone that learns by predicting its own frames (van den Oord et al., arXiv 1807.03748).

    From the context of frame t it predicts the encoder's frames t + k_min ... t + k_min + steps - 1
    and is scored by InfoNCE. Where encoder or context have pitch rows, a linear map of all rows
    makes the vector that is predicted or predicted from.
    """

    def __init__(self, model: ModelSettings, settings: CpcSettings) -> None:
        super().__init__(model.encoder, model.context)
        self.settings = settings
        self.k_min = settings.k_min or frames_without_shared_samples(
            self.encoder.receptive_field, self.hop_samples
        )
        self.target, target_width = as_vector(self.encoder, settings.width)
        self.present, present_width = as_vector(self.context, settings.width)
        self.predictor = Predictor(
            settings.predictor, present_width, target_width, settings.steps, settings.dropout
        )

    @property
    def distances(self) -> range:
        """The k that are predicted."""
        return range(self.k_min, self.k_min + self.settings.steps)

    def forward(
        self,
        batch: Batch,
        context_state: tuple[Tensor, ...],
        generators: list[torch.Generator],
    ) -> Contrast:
        """Loss and accuracy of a batch.

        Args:
            batch: crops of a whole number of hops.
            context_state: where the context begins.
            generators: one for each group of sequences, on the audio's device.

        Raises:
            ValueError: if the crops are too short for the furthest prediction.
        """
        self.require_room(batch.future.shape[1] // self.hop_samples)
        silence = self.initial_state(len(batch.future))[: len(self.encoder.state_shapes())]
        future = self.encoder(batch.future, *silence)[0]
        past = future
        if batch.past.shape[1]:
            past = self.encoder(batch.past, *silence)[0]
        if self.settings.reverse:
            future, past = future.flip(1), past.flip(1)
        spans = batch.spans[:, [0, 2, 1]] if self.settings.reverse else batch.spans
        context, *context_state = self.context(self.bridge(past), *context_state)
        with torch.autocast(batch.future.device.type, enabled=False):
            target = self.target(future.float())
            present = self.present(context.float())
            size = len(target) // len(generators)
            parts = []
            for i, generator in enumerate(generators):
                own = slice(i * size, (i + 1) * size)
                parts.append(
                    self.contrast(
                        present[own], target[own], batch.categories[own], spans[own], generator
                    )
                )
            loss, accuracy, chance = (
                torch.stack(part).mean(dim=0) for part in zip(*parts, strict=True)
            )
            std, spread = feature_spread(future.detach().float())
        return Contrast(loss, accuracy, chance, std, spread, tuple(context_state))

    def contrast(
        self,
        present: Tensor,
        target: Tensor,
        categories: Tensor,
        spans: Tensor,
        generator: torch.Generator,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Loss, accuracy and chance of it, `(steps,)`, of one group of sequences.

        Every prediction is scored against every frame that could be drawn, in one matrix product,
        and the drawn scores are picked from it: cheaper than gathering frames for each prediction.
        """
        settings, frames = self.settings, target.shape[1]
        anchors = self.draw_anchors(frames, generator)
        predicted = self.predictor(present, anchors)
        if settings.score == "cosine":
            predicted, target = F.normalize(predicted, dim=-1), F.normalize(target, dim=-1)
            scale = 1.0 / settings.temperature
        else:
            scale = 1.0 / math.sqrt(target.shape[-1])
        positives = anchors[:, None] + torch.tensor(self.distances, device=anchors.device)
        members = choose_members(settings.sampler, categories)
        places, pool = draw_negatives(
            members,
            positives,
            frames,
            settings.negatives,
            settings.exclude_frames,
            spans,
            generator,
        )
        starts = frames * torch.arange(len(target), device=anchors.device)[:, None, None, None]
        places = torch.cat([(starts + positives[None, ..., None]), places], dim=-1)
        rows = predicted.flatten(1, 2) * scale
        if settings.sampler == "same-sequence":
            scores = rows @ target.transpose(1, 2)
            places = places - starts
        else:
            scores = rows @ target.flatten(0, 1).T
        drawn = scores.gather(2, places.flatten(1, 2))
        loss, correct = info_nce(drawn[..., 0], drawn[..., 1:])
        by_step = (len(target), len(anchors), settings.steps)
        chance = chance_accuracy(pool, settings.negatives).mean(dim=(0, 1))
        loss, accuracy = (part.view(by_step).mean(dim=(0, 1)) for part in (loss, correct))
        return loss, accuracy, chance

    def require_room(self, frames: int) -> None:
        """Check that crops of this many frames can be learned from.

        Raises:
            ValueError: if the furthest prediction or the exclusion zone do not fit.
        """
        if frames - self.distances[-1] <= self.settings.warm_up_frames:
            raise ValueError(
                f"crops of {frames} frames are too short to predict {self.distances[-1]} frames "
                "ahead; lengthen crops.seconds or lower cpc.steps or cpc.k_min"
            )
        if frames <= 2 * self.settings.exclude_frames + 1:
            raise ValueError(
                f"crops of {frames} frames leave no negatives outside +-"
                f"{self.settings.exclude_frames} frames; lengthen crops.seconds or lower "
                "cpc.exclude_frames"
            )

    def draw_anchors(self, frames: int, generator: torch.Generator) -> Tensor:
        """Frames to predict from, `(anchors,)` ascending: all with a future, or some."""
        usable = frames - self.distances[-1] - self.settings.warm_up_frames
        wanted = min(self.settings.anchors or usable, usable)
        order = torch.randperm(usable, generator=generator, device=generator.device)[:wanted]
        return self.settings.warm_up_frames + torch.sort(order).values


def frames_without_shared_samples(receptive_field: int, hop_samples: int) -> int:
    """The smallest k for which frame t + k shares no sample with frame t or any frame before it.

    A frame depends on the `receptive_field` samples that end with its hop. Frame t ends at sample
    `(t + 1) * hop`, frame t + k begins at `(t + k + 1) * hop - receptive_field`; the second is not
    below the first from `k = ceil(receptive_field / hop)` on. Nearer frames are partly the same
    samples, and are found without having learned anything about music: with 465 samples and a hop
    of 160, JTM's accuracies of 1.00 and 0.99 at k = 1 and 2 (docs/pretraining.md).
    """
    return -(-receptive_field // hop_samples)


def as_vector(part: StreamingPart, width: int) -> tuple[nn.Module, int]:
    """A map from the output of an encoder or context to one vector a frame, and its width."""
    if part.rows:
        return RowsToVector(part.rows, part.width, width), width
    return nn.Identity(), part.width


def feature_spread(frames: Tensor) -> tuple[Tensor, Tensor]:
    """Standard deviation over batch and frames, absolute and relative to the root mean square."""
    rows = frames.flatten(0, 1).flatten(1)
    deviation = rows.std(dim=0, correction=0)
    size = torch.sqrt(rows.square().mean()) + 1e-12
    return deviation.mean(), torch.sqrt(deviation.square().mean()) / size
