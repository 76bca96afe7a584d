"""What the head reads of some music, with what it should say: the rows that matter of every frame.

A frame has a row for each of 88 pitches, nearly all of them silent and all alike. Kept are the rows
in which something is or seems to be, and a few others with the weight of those left out.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from realtime.inference.ahead_model import AheadModel
from realtime.values.arrays import Doubles, Floats

FOLDS = 4
"""Parts of a set, each of which is held out once."""
SEEMING = 0.03
"""Onset or frame probability of the model, at any look-ahead, from which a row is kept."""
OTHERS = 3
"""Further rows of every frame, drawn by chance."""
STEPS = 100
"""Targets are kept as hundredths."""
ONSET_SHAPE = (1.0, 1.0, 0.5)
"""Onset target in the frame of a struck or plucked onset and the two after it."""
SOFT_ONSET_SHAPE = (1.0, 1.0, 1.0, 0.7, 0.4)
"""Onset targets of sounds that swell."""
OFFSET_SHAPE = (1.0, 0.5)


@dataclass(frozen=True)
class Music:
    """Holds a stretch of sound with its notes."""

    audio: Floats
    """(n,) at the model's rate."""
    notes: Doubles
    """(k, 3): onset, end (seconds), MIDI pitch."""
    soft: bool = False
    """Whether notes swell, so that onsets are less sharp."""
    fold: int = 0
    """Part of a set to which it belongs: weights that learned from the others judge it."""
    decides: bool = True
    """Whether a gain on it counts. Music made of a phrase's notes only guards against losses, where
    the phrase is there."""
    sources: npt.NDArray[np.int64] | None = None
    """(k,): numbers of the player's own notes that these were made of; None is their pitches."""

    @property
    def note_sources(self) -> npt.NDArray[np.int64]:
        """Numbers (k,) of the player's own notes; the pitches where no `sources` are told."""
        return self.notes[:, 2].astype(np.int64) if self.sources is None else self.sources

    def seconds(self, rate: int) -> float:
        """Duration of the sound, in seconds."""
        return len(self.audio) / rate


@dataclass(frozen=True)
class Examples:
    """Rows of one piece of music."""

    features: npt.NDArray[np.float16]
    """(n, feature_width): what the network makes of each row."""
    targets: npt.NDArray[np.uint8]
    """(n, 3, look_aheads): onset, frame, offset in hundredths."""
    weight: Floats
    """(n,): rows that one stands for."""
    frame: npt.NDArray[np.int32]
    """(n,): hop at which the row came out."""
    row: npt.NDArray[np.int16]
    """(n,): pitch, counted from the model's lowest."""
    hops: int
    """Hops of the music that the rows were chosen from."""


def collect(model: AheadModel, music: Music, seed: int) -> Examples:
    """Run the model over some music.

    Args:
        model: opened with its features; it is reset first.
        music: whose notes become targets.
        seed: of the rows drawn by chance.
    """
    spec = model.spec
    delays = np.array([head.look_ahead_frames for head in spec.heads])
    tail = np.zeros((int(delays.max()) + 2) * spec.hop_samples, np.float32)
    audio = np.concatenate([music.audio, tail])
    hops = len(audio) // spec.hop_samples
    seconds = spec.hop_samples / spec.sample_rate
    rolls = paint(music.notes, hops, seconds, spec.pitch_low, spec.pitch_count, music.soft)
    rng = np.random.default_rng(seed)
    seeming = float(np.log(SEEMING / (1 - SEEMING)))
    model.reset()
    parts = []
    blocks = audio[: hops * spec.hop_samples].reshape(hops, spec.hop_samples)
    for hop, (said, features) in enumerate(model.heads_of(blocks)):
        due = hop - delays
        wanted = np.where(
            (due >= 0)[:, None, None], rolls[:, np.maximum(due, 0)].transpose(1, 0, 2), 0
        )
        keep = (wanted > 0).any(axis=(0, 1))
        keep |= np.maximum(said["onset"], said["frame"]).max(axis=0) >= seeming
        rows = np.flatnonzero(keep)
        rest = np.flatnonzero(~keep)
        weight = np.ones(len(rows) + min(OTHERS, len(rest)), np.float32)
        if len(rest):
            drawn = rng.choice(rest, min(OTHERS, len(rest)), replace=False)
            weight[len(rows) :] = len(rest) / len(drawn)
            rows = np.concatenate([rows, drawn])
        targets = np.round(STEPS * wanted[:, :, rows]).astype(np.uint8).transpose(2, 1, 0)
        parts.append((features[rows].astype(np.float16), targets, weight, rows))
    counts = [len(part[3]) for part in parts]
    return Examples(
        features=np.concatenate([part[0] for part in parts]),
        targets=np.concatenate([part[1] for part in parts]),
        weight=np.concatenate([part[2] for part in parts]),
        frame=np.repeat(np.arange(hops, dtype=np.int32), counts),
        row=np.concatenate([part[3] for part in parts]).astype(np.int16),
        hops=hops,
    )


def paint(
    notes: Doubles, frames: int, frame_seconds: float, low: int, pitches: int, soft: bool = False
) -> Floats:
    """Onset, frame and offset targets (3, frames, pitches), each 0-1.

    Args:
        notes: (n, 3 or more): onset and end in seconds, MIDI pitch.
        frames: length of the result.
        frame_seconds: duration of a frame.
        low: MIDI pitch of the first row.
        pitches: number of rows; notes outside are left out.
        soft: whether the instrument swells into its notes.
    """
    rolls = np.zeros((3, frames, pitches), np.float32)
    for onset, end, pitch in notes[np.argsort(notes[:, 0], kind="stable"), :3]:
        row = int(pitch) - low
        if not 0 <= row < pitches:
            continue
        start = round(onset / frame_seconds)
        stop = max(round(end / frame_seconds), start + 2)
        rolls[1, max(start, 0) : max(stop, 0), row] = 1
        for step, value in enumerate(SOFT_ONSET_SHAPE if soft else ONSET_SHAPE):
            if 0 <= start + step < frames:
                rolls[0, start + step, row] = value
        for step, value in enumerate(OFFSET_SHAPE):
            if 0 <= stop + step < frames:
                rolls[2, stop + step, row] = max(rolls[2, stop + step, row], value)
    return rolls
