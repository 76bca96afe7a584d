"""Notes of a MIDI file in seconds, with the sustain pedal as literature scores it."""

import warnings
from pathlib import Path

import numpy as np
import pretty_midi

from realtime.errors import UserError
from trainer.datasets.recordings import SECONDS_DTYPE

PEDAL_DOWN = 64
"""Controller 64 at or above this value holds notes."""


def read_midi_notes(path: Path, pedal: bool = False, program: int | None = None) -> np.ndarray:
    """Notes of all tracks but the drums.

    Args:
        path: of the MIDI file.
        pedal: extend each off to where the sustain pedal is lifted, or to the next onset of the
            same pitch. Figures on MAESTRO and MAPS assume it (magenta/magenta#1996).
        program: GM program 0-127 to write instead of the file's.

    Returns:
        SECONDS_DTYPE (n_notes,), ordered by onset.

    Raises:
        UserError: if the file is no readable MIDI file.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            midi = pretty_midi.PrettyMIDI(str(path))
    except Exception as error:  # foreign bytes: every parser error means the same to us
        reason = f" ({error})" if str(error) else ""
        raise UserError(f"'{path}' is not a readable MIDI file{reason}; replace it.") from error
    end = midi.get_end_time()
    tables = [np.zeros(0, SECONDS_DTYPE)]
    for instrument in midi.instruments:
        if instrument.is_drum or not instrument.notes:
            continue
        chosen = instrument.program if program is None else program
        rows = [(n.start, n.end, n.pitch, n.velocity / 127, chosen) for n in instrument.notes]
        table = np.array(rows, SECONDS_DTYPE)
        if pedal:
            changes = [(c.time, c.value) for c in instrument.control_changes if c.number == 64]
            table = hold_by_pedal(table, changes, end)
        tables.append(table)
    return np.sort(np.concatenate(tables), order=["onset", "pitch"])


def hold_by_pedal(
    notes: np.ndarray, changes: list[tuple[float, int]], end_seconds: float
) -> np.ndarray:
    """Extend offs while the pedal is down; a note ends where its pitch is struck again.

    Args:
        notes: SECONDS_DTYPE (n,) of one instrument.
        changes: (seconds, value 0-127) of controller 64.
        end_seconds: where a pedal that is never lifted lets go.
    """
    held = np.sort(notes, order=["pitch", "onset"])
    for down, up in pedal_stretches(changes, end_seconds):
        caught = (held["offset"] >= down) & (held["offset"] < up)
        held["offset"][caught] = up
    following = np.append(held["onset"][1:], np.inf)
    following[np.append(held["pitch"][1:] != held["pitch"][:-1], True)] = np.inf
    held["offset"] = np.maximum(np.minimum(held["offset"], following), held["onset"])
    return np.sort(held, order=["onset", "pitch"])


def pedal_stretches(
    changes: list[tuple[float, int]], end_seconds: float
) -> list[tuple[float, float]]:
    """(seconds, value) of controller 64 -> (down, up) stretches in seconds, in order."""
    stretches: list[tuple[float, float]] = []
    down: float | None = None
    for time, value in sorted(changes):
        if value >= PEDAL_DOWN and down is None:
            down = time
        elif value < PEDAL_DOWN and down is not None:
            stretches.append((down, time))
            down = None
    if down is not None:
        stretches.append((down, end_seconds))
    return stretches
