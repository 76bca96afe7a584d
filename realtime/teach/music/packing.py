"""Packs music as bytes for another process: an .npz without pickles."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from realtime.teach.examples import Music


def pack_music(pieces: Sequence[Music]) -> bytes:
    """Encode pieces, sound and notes, as the bytes that `unpack_music` reads."""
    arrays: dict[str, Any] = {}
    for index, piece in enumerate(pieces):
        arrays[f"audio{index}"], arrays[f"notes{index}"] = piece.audio, piece.notes
        arrays[f"about{index}"] = np.array([piece.soft, piece.fold, piece.decides], np.int64)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def unpack_music(content: bytes) -> list[Music]:
    """Decode the pieces that `pack_music` encoded; no pickle is opened."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        count = sum(name.startswith("audio") for name in arrays.files)
        pieces = []
        for index in range(count):
            soft, fold, decides = (int(value) for value in arrays[f"about{index}"])
            audio, notes = arrays[f"audio{index}"], arrays[f"notes{index}"]
            pieces.append(Music(audio, notes, bool(soft), fold, bool(decides)))
    return pieces
