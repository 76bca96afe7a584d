"""Masked prediction: what the spectrum was where a span of the audio was silenced."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from realtime.values.ranges import Count, Positive, Share
from trainer.crops.unlabelled import PretrainCropSettings, UnlabelledCrops
from trainer.network.encoders.logmel import LogMelEncoder, LogMelSettings
from trainer.network.model import Transcriber
from trainer.runs.checkpoints import move_average, trained_state
from trainer.runs.optimizer import OptimizerSettings, make_optimizer


@dataclass(frozen=True)
class MaskedSettings:
    """How long is learned, and how much is silenced."""

    steps: Count = 5000
    """Optimizer steps of the pretraining."""
    batch_size: Count = 8
    """Crops that a step learns from."""
    share: Share = 0.3
    """Part of each crop that is silenced."""
    shortest_ms: Positive = 80.0
    """Shortest stretch that is silenced, in milliseconds."""
    longest_ms: Positive = 320.0
    """Longest stretch that is silenced, in milliseconds."""
    mels: Count = 64
    """Bands of the frames that are predicted."""
    crops: PretrainCropSettings = PretrainCropSettings(past_chance=0.0)
    optimizer: OptimizerSettings = field(
        default_factory=lambda: OptimizerSettings(
            learning_rate=1e-3, warm_up_steps=100, weight_decay=1e-2
        )
    )


class MaskedPredictor(nn.Module):
    """A network and a linear map from its context to the log-mel frames of the present.

    The context is causal, so a silenced frame is predicted from what came before it.
    """

    def __init__(self, network: Transcriber, mels: int) -> None:
        super().__init__()
        self.network = network
        hop = network.hop_samples
        self.spectrum = LogMelEncoder(LogMelSettings(hop_samples=hop, mels=mels, layers=0))
        self.spectrum.requires_grad_(False)
        rows, width = network.context.rows, network.context.width
        self.decoder = nn.Linear(max(1, rows) * width, mels)

    def frames_of(self, audio: Tensor) -> Tensor:
        """Log-mel frames `(batch, frames, mels)` of audio `(batch, samples)`."""
        shapes = self.spectrum.state_shapes().values()
        state = [torch.zeros(len(audio), *shape, device=audio.device) for shape in shapes]
        with torch.no_grad():
            frames: Tensor = self.spectrum(audio, *state)[1]
        return frames

    def error(self, audio: Tensor, silenced: Tensor) -> tuple[Tensor, Tensor]:
        """Mean absolute error of the silenced frames, predicted and by the crop's mean frame.

        Args:
            audio: `(batch, samples)`.
            silenced: `(batch, frames)`, which hops are silenced.
        """
        wanted = self.frames_of(audio)
        hops = silenced.repeat_interleave(self.network.hop_samples, dim=1)
        state = self.network.initial_state(len(audio))
        context = self.network.encode(audio.masked_fill(hops, 0.0), state).context
        said = self.decoder(context.flatten(2))
        usual = wanted.mean(dim=1, keepdim=True).expand_as(wanted)
        return (
            F.l1_loss(said[silenced], wanted[silenced]),
            F.l1_loss(usual[silenced], wanted[silenced]),
        )


def draw_silence(
    rng: np.random.Generator, batch: int, frames: int, hop_ms: float, chosen: MaskedSettings
) -> Tensor:
    """Which hops are silenced, `(batch, frames)` bool: spans until `chosen.share` is reached."""
    silenced = np.zeros((batch, frames), bool)
    for row in silenced:
        while row.mean() < chosen.share:
            span = max(1, round(rng.uniform(chosen.shortest_ms, chosen.longest_ms) / hop_ms))
            start = int(rng.integers(0, max(1, frames - span + 1)))
            row[start : start + span] = True
    return torch.from_numpy(silenced)


def learn_masked(
    network: Transcriber,
    crops: UnlabelledCrops,
    held_out: list[Tensor],
    chosen: MaskedSettings,
    seed: int,
) -> dict[str, float]:
    """Train `network` in place, leave its averaged weights, tell how well held-out audio is filled.

    Args:
        network: on whatever device it is.
        crops: unlabelled audio.
        held_out: audio `(batch, samples)` that is not learned from.
        chosen: settings of the run.
        seed: of weights and spans.

    Returns:
        masked_error: mean absolute error (natural logarithm of the magnitude) on held-out audio
        after training; first_error: before it; mean_error: of the crop's mean frame.
    """
    torch.manual_seed(seed)
    device = network.device
    predictor = MaskedPredictor(network, chosen.mels).to(device)
    hop_ms = 1000 * network.hop_samples / network.sample_rate
    rng = np.random.default_rng(seed)
    optimizer = make_optimizer(predictor, chosen.optimizer, chosen.steps)
    update, schedule = optimizer["optimizer"], optimizer["lr_scheduler"]["scheduler"]
    first, usual = held_out_error(predictor, held_out, hop_ms, chosen)
    average = trained_state(predictor)
    batches: Iterator[Tensor] = (batch.future.to(device) for batch in crops)
    for step in range(1, chosen.steps + 1):
        audio = next(batches)
        frames = audio.shape[1] // network.hop_samples
        silenced = draw_silence(rng, len(audio), frames, hop_ms, chosen).to(device)
        error, _ = predictor.error(audio, silenced)
        update.zero_grad()
        error.backward()
        nn.utils.clip_grad_norm_(predictor.parameters(), chosen.optimizer.gradient_clip)
        update.step()
        schedule.step()
        move_average(average, predictor, chosen.optimizer.ema, step)
    predictor.load_state_dict(average, strict=False)
    last, _ = held_out_error(predictor, held_out, hop_ms, chosen)
    return {"masked_error": last, "first_error": first, "mean_error": usual}


@torch.no_grad()
def held_out_error(
    predictor: MaskedPredictor, held_out: list[Tensor], hop_ms: float, chosen: MaskedSettings
) -> tuple[float, float]:
    """(error of what is predicted, error of the mean frame) with the same spans at every call."""
    rng = np.random.default_rng(0)
    errors = []
    for audio in held_out:
        frames = audio.shape[1] // predictor.network.hop_samples
        silenced = draw_silence(rng, len(audio), frames, hop_ms, chosen)
        device = predictor.network.device
        said, usual = predictor.error(audio.to(device), silenced.to(device))
        errors.append((float(said), float(usual)))
    predicted, usual_error = np.mean(errors, axis=0)
    return round(float(predicted), 4), round(float(usual_error), 4)
