"""Readers of files that the trainer is given: checkpoints, shards, labels, tables, results."""

import contextlib
import io
import json
import os
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.attacks.fuzz_values import Reading, midi_seeds
from realtime.troubles.errors import UserError


@cache
def small_network() -> Any:
    """A transcriber of some thousand weights: the bundled one takes a hundred times as long."""
    from tests.support.small_models import small_model

    return small_model()


def weight_seeds(folder: Path) -> list[bytes]:
    """The settings that a checkpoint stores."""
    return [json.dumps(asdict(small_network().settings)).encode()]


def read_weights_of(content: bytes, folder: Path) -> None:
    """Open a checkpoint that says this of itself, with weights that fit."""
    from safetensors.torch import save_file

    from trainer.runs.checkpoints import load_transcriber

    path = folder / "case.safetensors"
    metadata = {"settings": content.decode(), "facts": "{}"}
    save_file(small_network().state_dict(), path, metadata)
    load_transcriber(path)


def shard_seeds(folder: Path) -> list[bytes]:
    """A shard of two clips: its listing, and what its two tables hold."""
    listing = {
        "clips": [
            {"id": name, "start_sample": start, "n_samples": 800, "source": "midi", "song": "a",
             "timbres": ["piano"], "kind": "music", "categories": {"corpus": "x"}}
            for name, start in (("a", 0), ("b", 800))
        ],
        "sample_rate": 16_000,
        "unknown_velocity": "nan",
    }  # fmt: skip
    notes = [[0, 10, 300, 60, 0.5, -1], [1, 20, 400, 64, 0.5, 0]]
    told = {"listing": listing, "notes": notes, "samples": [1600], "type": "<i2"}
    return [json.dumps(told).encode()]


def read_shard(content: bytes, folder: Path) -> None:
    """Read shards the way `jtm data doctor` and training do."""
    from trainer.commands.data import diagnose_shards
    from trainer.shards.format import NOTE_DTYPE
    from trainer.shards.health.clips import healthy_clips
    from trainer.shards.shards import Shards

    for old in folder.glob("00000.*"):
        old.unlink()
    try:
        told = json.loads(content)
        (folder / "00000.json").write_text(json.dumps(told.get("listing")))
    except RecursionError:
        told = {}
        (folder / "00000.json").write_bytes(content)
    with contextlib.suppress(Exception):
        notes = np.array([tuple(row) for row in told["notes"]], NOTE_DTYPE)
        np.save(folder / "00000.notes.npy", notes)
    with contextlib.suppress(Exception):
        kind, shape = np.dtype(str(told["type"])), told["samples"]
        if np.prod(np.abs(shape), dtype=float) < 1e5:
            np.save(folder / "00000.pcm.npy", np.ones(shape, kind))
    diagnose_shards(folder)
    healthy_clips(Shards(folder))


def shard_file_seeds(folder: Path) -> list[bytes]:
    """The three files of a shard, joined by a mark."""
    read_shard(shard_seeds(folder)[0], folder)
    names = ("00000.json", "00000.notes.npy", "00000.pcm.npy")
    return [SHARD_MARK.join((folder / name).read_bytes() for name in names)]


SHARD_MARK = b"<<part>>"


def read_shard_files(content: bytes, folder: Path) -> None:
    """Read shards whose files' bytes were changed."""
    from trainer.commands.data import diagnose_shards

    names = ("00000.json", "00000.notes.npy", "00000.pcm.npy")
    for name, part in zip(names, content.split(SHARD_MARK), strict=False):
        (folder / name).write_bytes(part)
    diagnose_shards(folder)


def checkpoint_seeds(folder: Path) -> list[bytes]:
    """A run's last checkpoint, as Lightning writes it, of a network of two weights."""
    import torch

    written = io.BytesIO()
    state = {"a": torch.zeros(2), "b": torch.zeros(3, 2)}
    torch.save({"state_dict": state, "epoch": 1, "optimizer_states": [{"state": {}}]}, written)
    read_checkpoint(written.getvalue(), folder)
    return [written.getvalue()]


def read_checkpoint(content: bytes, folder: Path) -> None:
    """Read a checkpoint the way `jtm train --resume` does."""
    import torch

    from trainer.runs.folder import checkpoint_to_resume, require_same_weights

    (folder / "last.ckpt").write_bytes(content)
    network = torch.nn.Module()
    network.register_buffer("a", torch.zeros(2))
    network.register_buffer("b", torch.zeros(3, 2))
    with open(os.devnull, "w") as nothing, contextlib.redirect_stderr(nothing):
        require_same_weights(checkpoint_to_resume(folder), network)


def safetensors_seeds(folder: Path) -> list[bytes]:
    """Weights of a small network, with the settings that fit."""
    from safetensors.torch import save

    metadata = {"settings": weight_seeds(folder)[0].decode(), "facts": "{}"}
    return [save(small_network().state_dict(), metadata)]


def read_safetensors(content: bytes, folder: Path) -> None:
    """Open averaged weights the way `jtm export` does."""
    from trainer.runs.checkpoints import load_transcriber

    path = folder / "case.safetensors"
    path.write_bytes(content)
    load_transcriber(path)


def label_seeds(folder: Path) -> list[bytes]:
    """Notes as corpora have them, each with the ending of its file and a mark before it."""
    tables = [
        b"start_time,end_time,instrument,note\n0,1600,41,60\n1600,3200,41,64\n",
        b"onset_s,offset_s,midi_pitch,velocity\n0.5,0.9,60,64\n1.0,1.5,64,90\n",
        b"0.5\t0.9\t60\n1.0\t1.5\t64\n",
    ]
    endings = (".csv", ".csv", ".txt")
    found = [ending.encode() + MARK + table for ending, table in zip(endings, tables, strict=True)]
    return [*found, b".mid" + MARK + midi_seeds(folder)[0], b".jams" + MARK + jams_seeds(folder)[0]]


MARK = b"<<part>>"


def read_labels(content: bytes, folder: Path) -> None:
    """Read a label file the way `jtm data doctor` does beside a recording."""
    from realtime.files.labels.label_files import LABEL_SUFFIXES, read_label_file

    ending, _, rest = content.partition(MARK)
    suffix = ending.decode(errors="replace")
    path = folder / f"case{suffix if suffix in LABEL_SUFFIXES else '.csv'}"
    path.write_bytes(rest)
    read_label_file(path)


def jams_seeds(folder: Path) -> list[bytes]:
    """A JAMS file of two annotators, as observations and as columns."""
    about = {"annotator": {"name": "a", "email": "b"}, "data_source": "0"}
    seen = {"time": 0.5, "duration": 0.4, "value": 60.0, "confidence": None}
    listed = {"namespace": "note_midi", "annotation_metadata": about, "data": [seen, seen]}
    columns = {name: [value] for name, value in seen.items()}
    hertz = {"namespace": "note_hz", "annotation_metadata": about, "data": columns}
    return [json.dumps({"annotations": list(each)}).encode() for each in ([listed], [hertz])]


def read_jams(content: bytes, folder: Path) -> None:
    """Read an annotation whose values were changed."""
    read_labels(b".jams" + MARK + content, folder)


def threshold_seeds(folder: Path) -> list[bytes]:
    """Thresholds as `jtm evaluate --tune` writes them, the bundled ones."""
    from export.model_spec import BUNDLED

    return [BUNDLED.read_bytes()]


def read_threshold_file(content: bytes, folder: Path) -> None:
    """Read thresholds the way `jtm export` and `jtm evaluate` do."""
    from export.model_spec import read_refine, read_thresholds

    path = folder / "case.json"
    path.write_bytes(content)
    with contextlib.suppress(UserError):
        read_refine(str(path))
    read_thresholds(str(path))


def result_seeds(folder: Path) -> list[bytes]:
    """Lines of a study's results."""
    from trainer.label_curve.cells import Cell

    cell = asdict(Cell("a", "cpc", 0.1, 0))
    row = {"kind": "cell", **cell, "settings": "x", "score": {"note_f1": 0.5}}
    return [json.dumps([row, {**row, "seed": 1}, {"kind": "other"}]).encode()]


def read_results(content: bytes, folder: Path) -> None:
    """Read a study's results the way a run that goes on does."""
    from trainer.label_curve.results import finished_cells, read_rows, require_same_settings

    path = folder / "case.jsonl"
    try:
        values = json.loads(content)
        path.write_text("".join(json.dumps(value) + "\n" for value in values))
    except (RecursionError, TypeError):
        path.write_bytes(content)
    rows = read_rows(path)
    finished_cells(rows)
    require_same_settings(rows, "a", {"cpc": "x"})


def run_seeds(folder: Path) -> list[bytes]:
    """What a run folder holds of figures and options."""
    figures = b"step,epoch,train/loss,val/note_f1\n0,0,1.5,\n100,0,,0.5\n200,1,0.9,0.6\n"
    options = {"steps": 100, "model": {"head_hidden": 8}, "data": ["a"], "seed": 0}
    return [figures + MARK + json.dumps(options).encode()]


def read_run(content: bytes, folder: Path) -> None:
    """Read a run folder the way `jtm report` and `--resume` do."""
    from trainer.reports.curves import read_curves
    from trainer.runs.kept_options import SETTINGS, flatten, read_kept

    figures, _, options = content.partition(MARK)
    (folder / "csv").mkdir(exist_ok=True)
    (folder / "csv" / "metrics.csv").write_bytes(figures)
    (folder / SETTINGS).write_bytes(options)
    with contextlib.suppress(UserError):
        flatten(read_kept(folder))
    read_curves(folder)


VALUES: dict[str, Reading] = {
    "weights": (weight_seeds, read_weights_of, (UserError,)),
    "shards": (shard_seeds, read_shard, (UserError,)),
    "jams": (jams_seeds, read_jams, (UserError,)),
    "thresholds": (threshold_seeds, read_threshold_file, (UserError,)),
    "results": (result_seeds, read_results, (UserError,)),
}
"""Readers of JSON whose values are changed: seeds, what reads them, what it may raise."""
BYTES: dict[str, Reading] = {
    "shard files": (shard_file_seeds, read_shard_files, (UserError,)),
    "checkpoint": (checkpoint_seeds, read_checkpoint, (UserError,)),
    "safetensors": (safetensors_seeds, read_safetensors, (UserError,)),
    "labels": (label_seeds, read_labels, (UserError,)),
    "run": (run_seeds, read_run, (UserError,)),
}
"""Readers of files whose bytes are changed."""
