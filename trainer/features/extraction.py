"""Sound in, a network's features out: numpy arrays of any rate, batched, on any device."""

import math
import numbers
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import soxr
import torch
import torch.nn.functional as F
from torch import Tensor

from realtime.troubles.errors import UsageError
from trainer.network.architectures import encoder_with_future
from trainer.network.backbone import Backbone
from trainer.runs.architecture import warn_of_reverse
from trainer.runs.checkpoints import find_checkpoint, load_backbone
from trainer.runs.machine import choose_device

Layer = Literal["context", "encoder", "spectrum"]
Pitches = Literal["pool", "keep"]

LOUDEST = 32.0
"""A recording of floats that reaches this is on the scale of integers; mixes reach 2 or 4."""
WIDEST_BITS, SHORT_BITS = 32, 16
"""Integers that samples may come as; none of more bits has them at full scale."""
LOWEST_RATE = 1000
"""Hz; less is a rate in kHz by mistake."""
CHUNK_FRAMES = 512
"""Frames that are heard at a time; what was heard before is carried over, so that the length of a
recording decides neither the memory it takes nor what is heard."""


@dataclass(frozen=True)
class FrameFeatures:
    """What a network makes of one recording."""

    values: np.ndarray
    """float32 (frames, width), or (frames, 88, width) where pitches are kept."""
    times_s: np.ndarray
    """float64 (frames,): where each frame begins, in seconds from the start of the recording."""


def extract_features(
    sounds: np.ndarray | Sequence[np.ndarray],
    rate: int,
    model: str | Path | Backbone = "default",
    *,
    layer: Layer = "context",
    pitches: Pitches = "pool",
    average: int = 1,
    device: str = "auto",
    batch_size: int = 8,
) -> list[FrameFeatures]:
    """Features of recordings, a vector for every hop of the network (10 ms unless it says else).

    Frame `i` was computed from the sound up to the end of hop `i` and nothing later; a last hop
    that is not full is filled with silence.

    Args:
        sounds: one recording or several, each `(samples,)` or `(samples, channels)`; floats in
            [-1, 1], or int8, int16 or int32, whose full scale is that of the type. Channels are
            averaged, no level is changed.
        rate: of all of them, Hz, from 1000.
        model: run folder or .safetensors of `jtm pretrain` or `jtm train`, `default` for the
            bundled one, or a `Backbone` that is loaded already.
        layer: context: what heads listen to; encoder: what CPC predicts; spectrum: what the
            encoder looks at.
        pitches: pool gives mean and maximum over the 88 pitches, where a layer has a vector for
            each; keep gives all of them.
        average: so many frames in a row are averaged into one, from 1.
        device: auto, cpu, cuda, cuda:1, mps, ...
        batch_size: recordings that are heard side by side, from 1.

    Returns:
        One for each recording, in order.

    Raises:
        UserError: if the model cannot be read, has no such layer, or there is no such device; a
            UsageError if an argument is none of its choices or out of its range.
        ValueError: if a recording is no sound: of another shape or type, on another scale, or with
            values that are not finite.
    """
    _require_choice("layer", layer, get_args(Layer))
    _require_choice("pitches", pitches, get_args(Pitches))
    _require_from("average", average, 1)
    _require_from("batch_size", batch_size, 1)
    _require_from("rate", rate, LOWEST_RATE, whole=False)
    if not isinstance(model, Backbone):
        name = str(model)
        model, facts = load_backbone(find_checkpoint(Path(model)))
        if layer == "context":
            warn_of_reverse(name, facts)
    if layer == "spectrum" and not model.spectrum_bins:
        raise UsageError("This network's encoder has no spectrum; choose --layer encoder.")
    chosen = choose_device(device)
    model = model.to(chosen).eval()
    several = [sounds] if isinstance(sounds, np.ndarray) else list(sounds)
    prepared = [prepare(sound, rate, model.sample_rate) for sound in several]
    if encoder_with_future(model):
        batch_size = 1  # silence behind a shorter recording would be heard
    order = sorted(range(len(prepared)), key=lambda i: len(prepared[i]))
    found: dict[int, FrameFeatures] = {}
    for first in range(0, len(order), batch_size):
        batch = order[first : first + batch_size]
        heard = extract_batch(model, [prepared[i] for i in batch], layer, pitches)
        hop_s = average * model.hop_samples / model.sample_rate
        for i, values in zip(batch, heard, strict=True):
            values = average_frames(values, average)
            found[i] = FrameFeatures(values, hop_s * np.arange(len(values)))
    return [found[i] for i in range(len(prepared))]


def _require_choice(name: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        *others, last = choices
        said = f"{', '.join(others)} or {last}"
        raise UsageError(f"extract_features has no {name} {value!r}; choose {said}.")


def _require_from(name: str, value: float, least: int, whole: bool = True) -> None:
    number = isinstance(value, numbers.Integral if whole else numbers.Real)
    if not number or isinstance(value, bool) or not least <= value < math.inf:
        kind = "a whole number" if whole else "a number of Hz"
        raise UsageError(f"extract_features has {name} {value!r}; give {kind} from {least} on.")


def prepare(sound: np.ndarray, rate: int, wanted: int) -> np.ndarray:
    """A recording as float32 mono `(samples,)` at the network's rate.

    Raises:
        ValueError: if it has another shape, type or scale, or values that are not finite.
    """
    sound = np.asarray(sound)
    if sound.ndim not in (1, 2) or (sound.ndim == 2 and sound.shape[1] > len(sound)):
        turned = "; if these are (channels, samples), give sound.T" if sound.ndim == 2 else ""
        raise ValueError(
            f"a recording is (samples,) or (samples, channels), and this is {sound.shape}{turned}"
        )
    if sound.dtype.kind not in "if":
        raise ValueError(f"a recording is floats or signed integers, and this is {sound.dtype}")
    if sound.dtype.kind == "i":
        _require_full_scale(sound)
        sound = sound / -float(np.iinfo(sound.dtype).min)
    mono = sound.astype(np.float32) if sound.ndim == 1 else sound.mean(axis=1, dtype=np.float32)
    if not np.isfinite(mono).all():
        raise ValueError("a recording holds values that are not finite")
    peak = float(np.abs(mono).max(initial=0.0))
    if peak >= LOUDEST:
        raise ValueError(
            f"a recording of floats lies in [-1, 1], and this one reaches {peak:g}; divide it by "
            "the full scale of its integers (32768 for 16 bits)"
        )
    return mono if rate == wanted else soxr.resample(mono, rate, wanted)


def _require_full_scale(sound: np.ndarray) -> None:
    """Refuse integers that were made of shorter ones without being scaled, and would be silence.

    Samples of 16 or 24 bits that were scaled leave the last eight bits of 32 empty.

    Raises:
        ValueError: naming the type.
    """
    bits = 8 * sound.dtype.itemsize
    peak = max(int(sound.max(initial=0)), -int(sound.min(initial=0)))
    short = bits > SHORT_BITS and peak <= 1 << SHORT_BITS - 1 and (sound & 0xFF).any()
    if bits > WIDEST_BITS or short:
        raise ValueError(
            f"a recording of integers has the full scale of their type, and this is {sound.dtype} "
            f"with values up to {peak}; give int16 samples as int16, or floats in [-1, 1]"
        )


@torch.no_grad()
def extract_batch(
    model: Backbone, sounds: list[np.ndarray], layer: Layer, pitches: Pitches
) -> list[np.ndarray]:
    """Features `(frames, width)` or `(frames, 88, width)` of recordings at the network's rate."""
    hop = model.hop_samples
    frames = [-(-len(sound) // hop) for sound in sounds]
    audio = torch.zeros(len(sounds), max(frames, default=0) * hop)
    for row, sound in zip(audio, sounds, strict=True):
        row[: len(sound)] = torch.from_numpy(sound)
    pieces = [arrange(x, pitches).cpu().numpy() for x in encode_chunks(model, audio, layer)]
    if not pieces:
        silence = torch.zeros(1, hop)
        empty = next(arrange(x, pitches)[:, :0] for x in encode_chunks(model, silence, layer))
        return [empty[0].cpu().numpy() for _ in sounds]
    whole = np.concatenate(pieces, axis=1)
    return [values[:count] for values, count in zip(whole, frames, strict=True)]


def encode_chunks(model: Backbone, audio: Tensor, layer: Layer) -> Iterator[Tensor]:
    """The layer's output, chunk after chunk, of `(batch, whole hops)`; state is carried."""
    device = next(model.parameters()).device
    chunk = CHUNK_FRAMES * model.hop_samples
    if encoder_with_future(model):
        chunk = max(chunk, audio.shape[1])
    state = model.initial_state(len(audio))
    encoded = state[: len(model.encoder.state_shapes())]
    for start in range(0, audio.shape[1], chunk):
        block = audio[:, start : start + chunk].to(device)
        if layer == "context":
            heard = model.encode(block, state)
            state = heard.state
            yield heard.context.float()
        else:
            frames, spectrum, *encoded = model.encoder(block, *encoded)
            yield (frames if layer == "encoder" else spectrum).float()


def arrange(x: Tensor, pitches: Pitches) -> Tensor:
    """Pool `x`, `(batch, frames, pitches, channels)`, over pitches where that is asked."""
    if x.ndim == 4 and pitches == "pool":
        return torch.cat([x.mean(dim=2), x.amax(dim=2)], dim=-1)
    return x


def average_frames(values: np.ndarray, count: int) -> np.ndarray:
    """Means of `count` frames in a row; the last one of what is left."""
    if count == 1 or not len(values):
        return values
    rows = torch.from_numpy(values).flatten(1).T[None]
    kept = F.avg_pool1d(rows, count, ceil_mode=True)[0].T
    return kept.reshape(-1, *values.shape[1:]).numpy()
