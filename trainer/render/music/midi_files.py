"""Real pieces as note material: excerpts of MIDI files, transposed and stretched."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from realtime.files.labels.midi_notes import read_midi_parts
from realtime.files.labels.pedal import pedal_stretches
from realtime.files.labels.tables import read_records, require_cell
from realtime.troubles.errors import UsageError, UserError
from trainer.render.music.notation import Part, PartNote, Score

VALID_SHARE = 0.05


@dataclass(frozen=True)
class Piece:
    """One MIDI file of the corpus."""

    path: Path
    song: str
    """Id by which it is held out: the whole song, and for Vienna the whole pianist."""
    performed: bool
    """Recorded from a player, with a player's timing and dynamics."""
    collection: str
    """Top folder: "pop909", "vienna4x22", "bach_chorales", ..."""


def list_pieces(folder: Path, split: str, excluded: frozenset[str] = frozenset()) -> list[Piece]:
    """The pieces of `folder/index.csv` that belong to `split`, ordered by file name."""
    index = folder / "index.csv"
    if not index.exists():
        raise UserError(f"No index.csv in the MIDI folder {folder}. See docs/data.md.")
    pieces = []
    for number, row in read_records(index, ("file",)):
        name = require_cell(index, number, row, "file")
        song = song_of(name)
        if song in excluded or name in excluded or Path(name).stem in excluded:
            continue
        if is_held_out(song) == (split == "valid"):
            played, top = row.get("performed") == "yes", name.strip("/").partition("/")[0]
            pieces.append(Piece(folder / name, song, played, top))
    if not pieces:
        raise UsageError(f"No piece of {index} belongs to --split {split}.")
    return sorted(pieces, key=lambda piece: str(piece.path))


def song_of(file: str) -> str:
    """Hold-out id of a file: for performances "NAME_p07.mid" the pianist, else the file."""
    path = Path(file)
    _, mark, pianist = path.stem.rpartition("_p")
    stem = f"p{pianist}" if mark and pianist.isdigit() else path.stem
    return f"{path.parts[0]}/{stem}" if len(path.parts) > 1 else stem


def is_held_out(song: str) -> bool:
    """Does this song belong to the validation split? The same answer on every machine."""
    digest = hashlib.sha256(song.encode()).digest()
    return int.from_bytes(digest[:4], "big") < VALID_SHARE * 2**32


HURRIED = 0.4
"""Share of excerpts played up to two and a half times as fast: the pieces are songs and slow
movements, and music for keys and strings is often denser than any of them."""


def take_excerpt(piece: Piece, rng: np.random.Generator, seconds: float) -> Score:
    """A random stretch of the piece: -5..+5 semitones, 0.8..2.5 times the tempo.

    Parts are named by track: MELODY -> lead, BRIDGE -> lead, PIANO and single tracks -> keys,
    four-part chorales -> lead, lead, lead, bass.
    """
    tracks = _read_tracks(piece.path)
    slowest, fastest = (0.8, 0.4) if rng.random() < HURRIED else (1.25, 0.8)
    factor = float(np.exp(rng.uniform(np.log(fastest), np.log(slowest))))
    end = max((notes[:, 1].max() for _, notes, _ in tracks if len(notes)), default=0.0)
    start = float(rng.uniform(0, max(0.0, end - seconds / factor)))
    shift = int(rng.integers(-5, 6))
    parts = []
    for number, (name, notes, pedal) in enumerate(tracks):
        inside = notes[(notes[:, 0] >= start) & (notes[:, 0] < start + seconds / factor)]
        played = tuple(
            PartNote((on - start) * factor, (off - start) * factor, int(pitch) + shift, velocity)
            for on, off, pitch, velocity in inside
        )
        down = tuple(((a - start) * factor, (b - start) * factor) for a, b in pedal if b > start)
        parts.append(Part(played, _role(name, number, len(tracks)), down))
    return Score(tuple(parts), piece.song)


def _role(name: str, number: int, tracks: int) -> str:
    if name in ("MELODY", "BRIDGE", "Soprano", "Alto", "Tenor"):
        return "lead"
    if name == "Bass" or (tracks == 4 and number == 3):
        return "bass"
    return "keys" if tracks != 4 else "lead"


@lru_cache(maxsize=1200)
def _read_tracks(path: Path) -> list[tuple[str, np.ndarray, list[tuple[float, float]]]]:
    """Per track: name, (n, 4) of onset, offset (s), pitch, velocity 0-1, pedal stretches."""
    columns = ("onset", "offset", "pitch", "velocity")
    return [
        (
            part.name,
            np.stack([part.notes[name] for name in columns], axis=1).astype(np.float64),
            pedal_stretches(part.pedal, np.inf),
        )
        for part in read_midi_parts(path)
    ]
