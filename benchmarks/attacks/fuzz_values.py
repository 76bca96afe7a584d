"""Readers of what the program itself has written: models, takes, what it remembers, options."""

import base64
import contextlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from realtime.inference.onnx_model import OnnxModel
from realtime.inference.self_test import run_self_test
from realtime.inference.spec import OUTPUTS
from realtime.troubles.errors import UserError
from realtime.values.arrays import Floats

Reader = Callable[[bytes, Path], None]
Reading = tuple[Callable[[Path], list[bytes]], Reader, tuple[type[Exception], ...]]
"""Makes good files, reads one, errors that it may raise."""


def specification_seeds(folder: Path) -> list[bytes]:
    """Give the bundled model's specification, as JSON."""
    return [OnnxModel().spec.to_json().encode()]


def read_specification(content: bytes, folder: Path) -> None:
    """Read a specification the way commands do, up to the choice of a look-ahead."""
    from realtime.inference.spec import ModelSpec

    spec = ModelSpec.from_json(content.decode())
    spec.head_for(None)
    spec.nearest_head(40.0)


HOPS = 10
"""What a self-test is made of."""


@cache
def silent_model() -> tuple[OnnxModel, dict[str, Floats]]:
    """The toy model of the tests, and what it answers to hops of silence (hops, heads, pitches)."""
    from tests.support.toy_model import save

    with tempfile.TemporaryDirectory() as folder:
        model = OnnxModel(save(Path(folder) / "toy.onnx"))
    hop = np.zeros(model.spec.hop_samples, dtype=np.float32)
    answers = [model.logits(hop) for _ in range(HOPS)]
    return model, {name: np.stack([answer[name] for answer in answers]) for name in OUTPUTS}


def self_test_seeds(folder: Path) -> list[bytes]:
    """Shapes and type of the arrays, as a description."""
    model, answers = silent_model()
    shapes = {name: list(answer.shape) for name, answer in answers.items()}
    audio = [HOPS * model.spec.hop_samples]
    return [json.dumps({"audio": audio, **shapes, "type": "<f4"}).encode()]


def read_self_test(content: bytes, folder: Path) -> None:
    """Read a self-test the way `jtm doctor` does, with whatever arrays are described."""
    model, answers = silent_model()
    packed = io.BytesIO()
    with contextlib.suppress(Exception):
        described = json.loads(content)
        kind = np.dtype(str(described.get("type", "<f4")))
        arrays = {
            str(name): np.zeros(shape, kind)
            for name, shape in described.items()
            if name != "type" and np.prod(np.abs(shape), dtype=float) < 1e6
        }
        for name, array in arrays.items():
            if name in answers and answers[name].shape == array.shape:
                array[:] = answers[name]
        np.savez(packed, **arrays)
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
    """Give a .mid as takes have it, with markers and bends."""
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
    """Give measured audio loops, as JSON: devices -> milliseconds."""
    return [json.dumps({"mic -> phones": 12.5, "a -> b": 3.0}).encode()]


def read_loops(content: bytes, folder: Path) -> None:
    """Look up a measured loop the way every take does."""
    from realtime.playback.calibration import loop_of, stored_loops

    path = folder / "loops.json"
    path.write_bytes(content)
    stored_loops(path)
    loop_of("mic", path)


def config_seeds(folder: Path) -> list[bytes]:
    """Give a `--config` file with options of `jtm transcribe`."""
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


VALUES: dict[str, Reading] = {
    "specification": (specification_seeds, read_specification, (UserError,)),
    "self-test": (self_test_seeds, read_self_test, (UserError,)),
    "journal values": (journal_value_seeds, read_journal_values, ()),
    "loops": (loop_seeds, read_loops, ()),
}
"""Readers of JSON whose values are changed: seeds, what reads them, what it may raise."""
BYTES: dict[str, Reading] = {
    "mid": (midi_seeds, read_midi, (UserError,)),
    "loop bytes": (loop_seeds, read_loops, ()),
    "config": (config_seeds, read_config, ()),
}
"""Readers of files whose bytes are changed: seeds, what reads them, what it may raise."""
