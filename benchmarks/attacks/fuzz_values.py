"""Readers of files that are values in a wrapping: types, sizes and depth change, the wrapping fits.

Damaged bytes seldom get past a checksum or a parser; a stranger's file does. The mutations replace
values by place: by other types, absurd sizes, deep nesting, names that steer terminals.
"""

import base64
import contextlib
import copy
import io
import json
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from realtime.troubles.errors import UserError

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 3, 127, 128, 65_536, 1 << 31, -(1 << 63), 10**30, 1e308, -0.5,
    float("inf"), float("nan"), "", "x", "\x1b[31m", "\ud800", "9" * 400, [], {}, [[]], [1, 2, 3],
    {"a": 1}, [None] * 50,
)  # fmt: skip


DEEP = "deep"
"""Stands for a list in a list in a list ..."""


def mutate_values(content: bytes, rng: random.Random) -> bytes:
    """JSON with one to three values replaced, dropped, doubled or nested."""
    values = json.loads(content)
    for _ in range(rng.choice((1, 1, 2, 3))):
        places = list(_places(values))
        if not places:
            break
        around, key = rng.choice(places)
        kind = rng.randrange(6)
        if kind == 0:
            del around[key]
        elif kind == 1:
            around[key] = [around[key]] * rng.choice((1, 2, 100))
        elif kind == 2:
            around[key] = rng.choice(([around[key]], [[[around[key]]]], DEEP))
        else:
            around[key] = copy.deepcopy(rng.choice(STRANGE))
    deep = rng.choice((100, 100_000))
    return json.dumps(values).replace(f'"{DEEP}"', "[" * deep + "]" * deep).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict | list):
        inside = list(value.items() if isinstance(value, dict) else enumerate(value))
        for key, deeper in inside:
            yield value, key
            yield from _places(deeper)


def specification_seeds(folder: Path) -> list[bytes]:
    """The bundled model's."""
    from realtime.inference.onnx_model import OnnxModel

    return [OnnxModel().spec.to_json().encode()]


def read_specification(content: bytes, folder: Path) -> None:
    """Read a specification the way commands do, up to the choice of a look-ahead."""
    from realtime.inference.spec import ModelSpec

    spec = ModelSpec.from_json(content.decode())
    spec.head_for(None)
    spec.nearest_head(40.0)


def self_test_seeds(folder: Path) -> list[bytes]:
    """Shapes, types and values of arrays, as a description."""
    return [json.dumps({"audio": [1600], "onset": [10, 2, 88], "type": "<f4"}).encode()]


def read_self_test(content: bytes, folder: Path) -> None:
    """Read a self-test the way `jtm doctor` does, with whatever arrays are described."""
    from realtime.inference.onnx_model import OnnxModel
    from realtime.inference.self_test import run_self_test
    from tests.realtime.toy_model import save

    packed = io.BytesIO()
    with contextlib.suppress(Exception):
        described = json.loads(content)
        kind = np.dtype(str(described.get("type", "<f4")))
        arrays = {
            str(name): np.zeros(shape, kind)
            for name, shape in described.items()
            if name != "type" and np.prod(np.abs(shape), dtype=float) < 1e6
        }
        np.savez(packed, **arrays)
    path = folder / "toy.onnx"
    model = OnnxModel(path if path.is_file() else save(path))
    model.stored_self_test = base64.b64encode(packed.getvalue()).decode() or "AAAA"
    run_self_test(model)


def journal_value_seeds(folder: Path) -> list[bytes]:
    """What `meta.json` and `events.jsonl` hold."""
    on = {"kind": "on", "at_s": 0.1, "left_s": 0.1, "pitch": 60, "velocity": 80, "text": "",
          "cents": 0.0}  # fmt: skip
    events = [{**on, "kind": kind} for kind in ("on", "bend", "marker", "click", "instrument")]
    events += [{**on, "kind": "off", "at_s": 0.5}, {**on, "kind": "gap", "text": "1 s"}]
    meta = {"rate": 16_000, "name": "a", "instrument": "", "sound": True}
    return [json.dumps({"meta": meta, "events": events}).encode()]


def read_journal_values(content: bytes, folder: Path) -> None:
    """Recover a take the way the next start does; nothing is raised or left in the way."""
    from realtime.takes.recovery import recover

    try:
        values = json.loads(content)
    except RecursionError:
        values = {"meta": content.decode(), "events": [content.decode()]}
    inner = folder / "takes"
    shutil.rmtree(inner, ignore_errors=True)
    journal = inner / "take-20260101-000000.recording"
    journal.mkdir(parents=True)
    (journal / "meta.json").write_text(json.dumps(values.get("meta")))
    events = values.get("events")
    lines = events if isinstance(events, list) else [events]
    (journal / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = recover(inner)
    assert not found.unfinished, found


def midi_seeds(folder: Path) -> list[bytes]:
    """A take's .mid."""
    from realtime.files.note_files import Heading, write_midi
    from realtime.values.notes import Note

    notes = [Note(0.1 * n, 0.1 * n + 0.2, 60 + n, 80, 0.1 * n) for n in range(5)]
    path = folder / "seed.mid"
    write_midi(
        notes, path, Heading("a", instrument="piano"), markers=[(0.1, "x")], bends=[(0.2, 10.0)]
    )
    return [path.read_bytes()]


def read_midi(content: bytes, folder: Path) -> None:
    """Rewrite a MIDI file the way the window does when an instrument is named."""
    from realtime.files.instruments import read_instrument, write_instrument

    path = folder / "case.mid"
    path.write_bytes(content)
    read_instrument(path)
    write_instrument(path, "violin")


def loop_seeds(folder: Path) -> list[bytes]:
    """Measured loops."""
    return [json.dumps({"mic -> phones": 12.5, "a -> b": 3.0}).encode()]


def read_loops(content: bytes, folder: Path) -> None:
    """Look up a measured loop the way every take does."""
    from realtime.playback.calibration import loop_of, stored_loops

    path = folder / "loops.json"
    path.write_bytes(content)
    stored_loops(path)
    loop_of("mic", path)


def config_seeds(folder: Path) -> list[bytes]:
    """Options of `jtm transcribe`."""
    return [b"sensitivity: 0.5\nmodel: ''\nmono: true\nscale: major\nout_dir: x\n"]


def read_config(content: bytes, folder: Path) -> None:
    """Read a `--config` file the way commands do; a usage error ends with its exit code."""
    from realtime.commands.options import parse_options
    from realtime.commands.transcribe import Options

    path = folder / "case.yaml"
    path.write_bytes(content)
    words = ["a.wav", "--config", str(path)]
    with open(os.devnull, "w") as nothing, contextlib.redirect_stderr(nothing):  # noqa: SIM117
        with contextlib.suppress(SystemExit):
            parse_options(
                Options, words, command="transcribe", description="", positional=("inputs",)
            )


def weight_seeds(folder: Path) -> list[bytes]:
    """The settings that a checkpoint stores."""
    from dataclasses import asdict

    from trainer.runs.checkpoints import BUNDLED, read_weights

    return [json.dumps(asdict(read_weights(BUNDLED)[0])).encode()]


def read_weights_of(content: bytes, folder: Path) -> None:
    """Open a checkpoint that says this of itself, with the bundled weights."""
    from safetensors.torch import save_file

    from trainer.runs.checkpoints import BUNDLED, load_transcriber, read_weights

    path = folder / "case.safetensors"
    metadata = {"settings": content.decode(), "facts": "{}"}
    save_file(read_weights(BUNDLED)[1], path, metadata)
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
    from trainer.shards.clip_health import healthy_clips
    from trainer.shards.shards import NOTE_DTYPE, Shards

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
    """The bundled weights' beginning, and a small file."""
    import torch
    from safetensors.torch import save

    told = weight_seeds(folder)[0].decode()
    return [save({"head.a": torch.zeros(3)}, {"settings": told, "facts": "{}"})]


def read_safetensors(content: bytes, folder: Path) -> None:
    """Open averaged weights the way `jtm export` does."""
    from trainer.runs.checkpoints import load_transcriber

    path = folder / "case.safetensors"
    path.write_bytes(content)
    load_transcriber(path)


def label_seeds(folder: Path) -> list[bytes]:
    """A table of notes as a corpus has it."""
    return [
        b"start_time,end_time,instrument,note\n0,1600,41,60\n1600,3200,41,64\n",
        b"onset_s,offset_s,midi_pitch,velocity\n0.5,0.9,60,64\n1.0,1.5,64,90\n",
    ]


def read_labels(content: bytes, folder: Path) -> None:
    """Read a label file the way `jtm data doctor` does beside a recording."""
    from trainer.datasets.labels.label_files import read_label_file

    path = folder / "case.csv"
    path.write_bytes(content)
    read_label_file(path)


VALUE_READERS = {
    "specification": (specification_seeds, read_specification, (UserError,)),
    "self-test": (self_test_seeds, read_self_test, (UserError,)),
    "journal values": (journal_value_seeds, read_journal_values, ()),
    "loops": (loop_seeds, read_loops, ()),
    "weights": (weight_seeds, read_weights_of, (UserError,)),
    "shards": (shard_seeds, read_shard, (UserError,)),
}
"""Readers of JSON that `mutate_values` changes: seeds, what reads them, what it may raise."""
BYTE_READERS = {
    "mid": (midi_seeds, read_midi, (UserError,)),
    "loop bytes": (loop_seeds, read_loops, ()),
    "config": (config_seeds, read_config, ()),
    "shard files": (shard_file_seeds, read_shard_files, (UserError,)),
    "checkpoint": (checkpoint_seeds, read_checkpoint, (UserError,)),
    "safetensors": (safetensors_seeds, read_safetensors, (UserError,)),
    "labels": (label_seeds, read_labels, (UserError,)),
}
"""Readers of files whose bytes are changed: seeds, what reads them, what it may raise."""
