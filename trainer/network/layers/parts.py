"""Interfaces of encoders and contexts: `forward` with explicit state."""

from torch import nn


class StreamingPart(nn.Module):
    """A streaming part of a network: `forward(x, *state) -> (..., *next state)`."""

    rows: int
    """88 pitch rows in the output, or 0 for one vector a frame."""
    width: int
    """Features of a frame, or of a row of it."""

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of carried tensors, without the batch axis, in order of `forward`."""
        raise NotImplementedError


class Encoder(StreamingPart):
    """Sound to frames: `forward(audio, *state) -> (frames, spectrum, *next state)`."""

    sample_rate: int
    """Rate of the audio that it takes, in Hz."""
    hop_samples: int
    """Length of a frame in samples."""
    bins: int
    """Rows of the spectrum that comes beside the frames, 0 for none."""

    @property
    def receptive_field(self) -> int:
        """Newest samples that a frame depends on."""
        raise NotImplementedError


class Context(StreamingPart):
    """Frames to frames that know the past: `forward(frames, *state) -> (context, *next state)`."""
