"""Which instrument plays each pitch: targets, loss and score of the instrument-wise output."""

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from realtime.errors import UserError
from trainer.datasets.instruments import MUSICNET, name_program
from trainer.pitches import LOWEST_PITCH, PITCHES

UNKNOWN = -1.0
"""Target of a pitch that sounds on an instrument which is not listed: it is not scored."""


def expand_instruments(names: tuple[str, ...]) -> tuple[str, ...]:
    """The list with `musicnet` replaced by the eleven instruments of MusicNet.

    Raises:
        UserError: if a name is there twice, or none that a GM program has.
    """
    full = tuple(one for name in names for one in (MUSICNET if name == "musicnet" else (name,)))
    known = {name_program(program) for program in range(128)}
    strange = [name for name in full if name not in known or full.count(name) > 1]
    if strange:
        raise UserError(
            f"--model.instruments cannot hold '{strange[0]}' (unknown, or twice); say musicnet or "
            "names such as violin, 'double bass', 'electric piano 1'."
        )
    return full


def make_instrument_roll(
    notes: np.ndarray, frames: int, hop_samples: int, instruments: tuple[str, ...]
) -> np.ndarray:
    """Who sounds when: float32 (frames, instruments, 88), 1 where a note sounds, else 0.

    Args:
        notes: structured array with `onset`, `offset` (samples), `pitch` and `program`.
        frames: length of the result.
        hop_samples: samples a frame.
        instruments: names, in order.
    """
    roll = np.zeros((frames, len(instruments), PITCHES), np.float32)
    place = {name: i for i, name in enumerate(instruments)}
    painted = []
    for note in notes:
        row, program = int(note["pitch"]) - LOWEST_PITCH, int(note["program"])
        if 0 <= row < PITCHES:
            start = max(round(int(note["onset"]) / hop_samples), 0)
            end = max(round(int(note["offset"]) / hop_samples), start + 2)
            number = place.get(name_program(program)) if program >= 0 else None
            painted.append((number, start, end, row))
    for number, start, end, row in painted:
        if number is None:
            roll[start:end, :, row] = UNKNOWN
    for number, start, end, row in painted:
        if number is not None:
            roll[start:end, number, row] = 1.0
    return roll


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
