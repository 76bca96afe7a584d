"""How wrong the activations are, for every look-ahead at once."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from realtime.values.ranges import Amount, Whole
from trainer.crops.targets import UNKNOWN
from trainer.network.heads import Activations


@dataclass(frozen=True)
class LossWeights:
    """Weights of the parts; a part is summed over pitches and averaged over frames."""

    onset: Amount = 4.0
    """Weight of the binary cross-entropy of onsets."""
    frame: Amount = 1.0
    """Weight of the binary cross-entropy of sounding frames."""
    offset: Amount = 0.5
    """Weight of the binary cross-entropy of note ends."""
    velocity: Amount = 2.0
    """Weight of the squared velocity error at onsets."""
    relative_velocity: Amount = 0.0
    """Weight of the velocity error that is left once each crop's mean is taken out: how loud a
    take was recorded does not tell how hard it was played, the other notes of the take do."""
    instrument: Amount = 1.0
    """Weight of the instrument-wise output, where the model has one."""
    warm_up_frames: Whole = 30
    """First frames of a crop that are not scored: notes there began before it."""
    onset_shift: Whole = 0
    """Frames by which an onset may be answered early or late without penalty; 0 wants the shape of
    the targets, frame by frame."""


@dataclass(frozen=True)
class LossParts:
    """Scalars `()` of one batch in nats, averaged over look-aheads."""

    total: Tensor
    onset: Tensor
    frame: Tensor
    offset: Tensor
    velocity: Tensor
    """NaN, like `relative_velocity`, where nobody measured how loud an onset of the batch was."""
    relative_velocity: Tensor


def transcription_loss(
    activations: Activations,
    targets: Activations,
    look_aheads: tuple[int, ...],
    weights: LossWeights,
) -> LossParts:
    """Binary cross-entropy of onset, frame and offset; squared velocity error at onsets.

    Onsets whose velocity nobody measured have no part in the velocity errors.

    Args:
        activations: logits `(batch, frames, look_aheads, 88)`.
        targets: `(batch, frames, 88)`; output `i` of look-ahead `L` is held against target `i - L`.
        look_aheads: frames, one for each output.
        weights: of the parts.
    """
    start = weights.warm_up_frames
    names = (*Activations._fields, "relative_velocity")
    sums = {name: activations.onset.new_zeros(()) for name in names}
    measured = activations.onset.new_zeros(())
    for index, delay in enumerate(look_aheads):
        due = slice(start + delay, None)
        known = slice(start, targets.onset.shape[1] - delay)
        for name in ("onset", "frame", "offset"):
            logits = getattr(activations, name)[:, due, index]
            wanted = getattr(targets, name)[:, known]
            if name == "onset" and weights.onset_shift:
                error = shift_tolerant_error(logits, wanted, weights.onset_shift)
            else:
                error = F.binary_cross_entropy_with_logits(logits, wanted, reduction="sum")
            sums[name] = sums[name] + error / (logits.shape[0] * logits.shape[1])
        played = targets.velocity[:, known]
        struck = targets.onset[:, known] * (played != UNKNOWN)
        measured = measured + struck.sum()
        loudness = torch.sigmoid(activations.velocity[:, due, index])
        wrong = loudness - played
        mean = (struck * wrong).sum(dim=(1, 2)) / struck.sum(dim=(1, 2)).clamp(min=1.0)
        for name, error in (
            ("velocity", wrong),
            ("relative_velocity", wrong - mean[:, None, None]),
        ):
            sums[name] = sums[name] + (struck * error**2).sum() / (struck.sum() + 1.0)
    parts = {name: value / len(look_aheads) for name, value in sums.items()}
    total = (
        weights.onset * parts["onset"]
        + weights.frame * parts["frame"]
        + weights.offset * parts["offset"]
        + weights.velocity * parts["velocity"]
        + weights.relative_velocity * parts["relative_velocity"]
    )
    for name in ("velocity", "relative_velocity"):
        parts[name] = torch.where(measured > 0, parts[name], torch.nan)
    return LossParts(total=total, **parts)


def shift_tolerant_error(logits: Tensor, wanted: Tensor, shift: int) -> Tensor:
    """Cross-entropy of onsets that may be answered up to `shift` frames away.

    The best answer near an onset counts, other frames near it do not (after Foscarin et al. 2024,
    arXiv 2407.21658).

    Args:
        logits: `(batch, frames, pitches)`.
        wanted: targets of the same shape; 1 in an onset's first frame, 0 where none is near.
        shift: frames.

    Returns:
        Sum over all frames and pitches. An onset weighs as much as the frames of its shape did.
    """
    before = F.pad(wanted, (0, 0, 1, 0))[:, :-1]
    first = (wanted >= 1) & (before < 1)
    share = wanted.sum() / first.sum().clamp(min=1)
    best = _widest(logits, shift)
    found = F.softplus(-best)[first].sum() * share
    away = _widest(wanted, shift) <= 0
    return found + F.softplus(logits)[away].sum()


def _widest(values: Tensor, shift: int) -> Tensor:
    """Maximum over `shift` frames to either side."""
    rows = values.transpose(1, 2)
    return F.max_pool1d(rows, 2 * shift + 1, stride=1, padding=shift).transpose(1, 2)


def instrument_loss(logits: Tensor, wanted: Tensor, delay: int, warm_up_frames: int) -> Tensor:
    """Binary cross-entropy, summed over instruments and pitches and averaged over frames.

    Args:
        logits: `(batch, frames, instruments, 88)`.
        wanted: `(batch, frames, instruments, 88)` of `make_instrument_roll`.
        delay: frames; output `i` is held against target `i - delay`.
        warm_up_frames: first frames that are not scored.
    """
    logits = logits[:, warm_up_frames + delay :]
    wanted = wanted[:, warm_up_frames : wanted.shape[1] - delay]
    known = (wanted != UNKNOWN).float()
    error = F.binary_cross_entropy_with_logits(
        logits, wanted.clamp(min=0), weight=known, reduction="sum"
    )
    return error / (logits.shape[0] * logits.shape[1])


def instrument_frame_f1(logits: Tensor, wanted: Tensor, delay: int) -> float:
    """F1 over (frame, instrument, pitch) cells at a threshold of 0.5; 1 where all are empty.

    Args:
        logits: `(frames, instruments, 88)`.
        wanted: `(frames, instruments, 88)`.
        delay: frames, as above.
    """
    found = logits[delay:] > 0
    truth = wanted[: len(wanted) - delay]
    known = truth != UNKNOWN
    right = (found & (truth == 1)).sum()
    total = (found & known).sum() + (truth == 1).sum()
    return float(2 * right / total) if total else 1.0
