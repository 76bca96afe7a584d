"""What a network answers of a lesson's music, as far as a decoder could make a note of it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from realtime.teach.examples import SEEMING, Music
from realtime.values.atomic import atomic_write
from trainer.network.model import Transcriber

BLOCK_HOPS = 400
"""Hops heard at once: memory grows with them, and 4 s are as fast as more."""


class PieceAnswers(NamedTuple):
    """Answers of one piece, row by row; rows that are not kept are silent."""

    frame: np.ndarray
    """(n,): hop at which the row came out."""
    row: np.ndarray
    """(n,): pitch, counted from the lowest."""
    answers: np.ndarray
    """(n, 4, look_aheads), float16, 0-1."""
    hops: int


def predict(
    network: Transcriber, piece: Music, on_seconds: Callable[[float], None] = lambda seconds: None
) -> PieceAnswers:
    """Run a network over a piece, and the silence after it that its look-aheads need.

    Args:
        network: in evaluation mode.
        piece: of music.
        on_seconds: told how many more seconds were heard.
    """
    size = network.hop_samples
    tail = np.zeros((max(network.settings.look_aheads) + 2) * size, np.float32)
    audio = np.concatenate([piece.audio, tail])
    hops = len(audio) // size
    state = network.initial_state(1)
    parts = []
    for first in range(0, hops, BLOCK_HOPS):
        count = min(BLOCK_HOPS, hops - first)
        block = torch.from_numpy(audio[first * size : (first + count) * size])[None]
        with torch.no_grad():
            heard = network.outputs(block, state)
        state = heard.state
        every = torch.sigmoid(torch.stack(list(heard.activations), dim=-1)[0])
        said = every.numpy().transpose(0, 2, 3, 1)  # frames, rows, outputs, look-aheads
        frame, row = np.nonzero(said[:, :, :2].max(axis=(2, 3)) >= SEEMING)
        parts.append((frame + first, row, said[frame, row].astype(np.float16)))
        on_seconds(count * size / network.sample_rate)
    frames, rows, answers = zip(*parts, strict=True)
    return PieceAnswers(
        np.concatenate(frames).astype(np.int32),
        np.concatenate(rows).astype(np.int16),
        np.concatenate(answers),
        hops,
    )


def save_answers(path: Path, said: Sequence[PieceAnswers]) -> None:
    """Write the answers of several pieces: their arrays one after another, and `counts` of rows."""
    arrays: dict[str, Any] = {
        "frame": np.concatenate([one.frame for one in said]),
        "row": np.concatenate([one.row for one in said]),
        "answers": np.concatenate([one.answers for one in said]),
        "hops": np.array([one.hops for one in said]),
        "counts": np.array([len(one.row) for one in said]),
    }
    with atomic_write(path) as partial, partial.open("wb") as file:
        np.savez(file, **arrays)
