"""Trains all weights on an instrument, with a loss that keeps answers on other music."""

import copy
from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from trainer.crops.targets import UNKNOWN, Targets
from trainer.finetuning.losses import LossWeights, transcription_loss
from trainer.finetuning.teaching.crops import LessonCrops
from trainer.network.heads import Activations
from trainer.network.model import ModelSettings, Transcriber
from trainer.runs.optimizer import OptimizerSettings, make_optimizer

LEARNING_RATE = 3e-4
REMIND = 2.0
"""Weight of music that must be answered as before, beside what is taught."""
LOSS = LossWeights(onset=4.0, frame=1.0, offset=1.0, velocity=20.0)


def learn_all(
    old: Transcriber,
    start: Mapping[str, Tensor],
    taught: LessonCrops,
    kept: LessonCrops,
    steps: int,
    on_step: Callable[[], None] = lambda: None,
) -> dict[str, Tensor]:
    """Train all weights on taught music while their outputs on other music stay as before.

    How loud a note was struck its player does not tell: loudness is learned from the old weights.

    Args:
        old: the network as it was, which is not changed.
        start: weights to start from.
        taught: the player's music.
        kept: music of other instruments.
        steps: of learning; each hears a crop of either.
        on_step: called after every step.
    """
    network = copy.deepcopy(old)
    network.load_state_dict(start)
    chosen = OptimizerSettings(learning_rate=LEARNING_RATE, warm_up_steps=min(20, steps // 4))
    made = make_optimizer(network, chosen, steps)
    optimizer, schedule = made["optimizer"], made["lr_scheduler"]["scheduler"]
    for _ in range(steps):
        optimizer.zero_grad()
        audio, targets = taught.draw()
        before = _predict_before(old, audio)
        said = _predict(network, audio)
        wanted = _with_loudness(targets, before, old.settings)
        transcription_loss(said, wanted, old.settings.look_aheads, LOSS).total.backward()
        audio, _ = kept.draw()
        before = _predict_before(old, audio)
        (REMIND * distance(_predict(network, audio), before)).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), chosen.gradient_clip)
        optimizer.step()
        schedule.step()
        on_step()
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


def distance(said: Activations, before: Activations) -> Tensor:
    """How far answers are from earlier ones, a scalar in nats: summed over pitches, a mean else.

    Args:
        said: logits `(batch, frames, look_aheads, 88)`.
        before: the earlier logits, of the same shape.
    """
    total = said.onset.new_zeros(())
    for name in ("onset", "frame", "offset"):
        logits = getattr(said, name)[:, LOSS.warm_up_frames :]
        wanted = torch.sigmoid(getattr(before, name)[:, LOSS.warm_up_frames :])
        error = F.binary_cross_entropy_with_logits(logits, wanted, reduction="sum")
        total = total + getattr(LOSS, name) * error / (logits.numel() / logits.shape[-1])
    starts = torch.sigmoid(before.onset)
    off = torch.sigmoid(said.velocity) - torch.sigmoid(before.velocity)
    return total + LOSS.velocity * (starts * off**2).sum() / (starts.sum() + 1.0)


def _predict(network: Transcriber, audio: Tensor) -> Activations:
    return network.outputs(audio, network.initial_state(len(audio))).activations


def _predict_before(network: Transcriber, audio: Tensor) -> Activations:
    with torch.no_grad():
        return _predict(network, audio)


def _with_loudness(targets: Targets, before: Activations, model: ModelSettings) -> Activations:
    """Targets `(1, frames, 88)` whose velocities are those that were said before."""
    onset, frame, offset = (torch.from_numpy(roll)[None] for roll in targets[:3])
    delay = model.default_look_ahead
    head = model.look_aheads.index(delay)
    loudness = torch.sigmoid(before.velocity[:, delay:, head])
    velocity = F.pad(loudness, (0, 0, 0, delay), value=UNKNOWN)
    return Activations(onset, frame, offset, velocity)
