"""Performances whose notes are known, for the benchmarks of practice."""

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from realtime.audio.sources import FileSource
from realtime.inference.onnx_model import OnnxModel
from realtime.practice.attacks import NetworkRolls
from realtime.practice.predictions import predict_all
from realtime.transcription.offline import transcribe
from realtime.values.settings import EngineSettings

Known = tuple[float, float, int]
"""Onset and offset in seconds, pitch."""


@dataclass
class Recording:
    """A performance with its notes and what is heard of it."""

    group: str
    known: list[Known]
    heard: NetworkRolls
    alone: list[tuple[float, int]]
    """Onset and pitch of the live tracker's notes."""


def load(row: dict[str, str], root: Path, cache: Path | None, model: OnnxModel) -> Recording:
    """A recording of the manifest, heard by the network or taken from the cache."""
    shift = float(row.get("truth_shift_s") or 0)
    with (root / row["truth"]).open(newline="") as file:
        known = sorted(
            (float(n["onset_s"]) + shift, float(n["offset_s"]) + shift, int(n["midi_pitch"]))
            for n in csv.DictReader(file)
        )
    kept = cache / f"{row['id']}.heard.npz" if cache else None
    if kept is not None and kept.exists():
        with np.load(kept) as saved:
            heard = NetworkRolls(
                saved["onset"].astype(np.float32),
                saved["frame"].astype(np.float32),
                float(saved["frame_s"]),
                int(saved["low"]),
                float(saved["seconds"]),
            )
            alone = [(float(at), int(pitch)) for at, pitch in saved["alone"]]
        return Recording(row["group"], known, heard, alone)
    source = FileSource(root / row["file"])
    model.reset()
    heard = predict_all(source, model, EngineSettings())
    source.close()
    alone = [(n.onset_s, n.pitch) for n in transcribe(root / row["file"], model)]
    if kept is not None:
        np.savez_compressed(
            kept,
            onset=heard.onset.astype(np.float16),
            frame=heard.frame.astype(np.float16),
            frame_s=heard.frame_s,
            low=heard.pitch_low,
            seconds=heard.seconds,
            alone=np.array(alone).reshape(-1, 2),
        )
    return Recording(row["group"], known, heard, alone)


def recordings_parser(description: str, seeds: int) -> argparse.ArgumentParser:
    """Parser of the options that name recordings and the model that hears them.

    Args:
        description: what is measured.
        seeds: pieces with mistakes a recording, where nobody says otherwise.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--cache", type=Path, help="folder for the network's probabilities")
    parser.add_argument("--model", type=Path, help="ours; left out: the bundled one")
    parser.add_argument("--seeds", type=int, default=seeds, help="pieces with mistakes a recording")
    return parser


def load_all(options: argparse.Namespace, model: OnnxModel) -> list[Recording]:
    """Load every recording of the manifest that has notes."""
    with options.manifest.open(newline="") as file:
        rows = list(csv.DictReader(file))
    recordings = (load(row, options.manifest.parent, options.cache, model) for row in rows)
    return [one for one in recordings if one.known]
