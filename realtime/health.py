"""Looks whether everything the program needs is there and works; each check is one line."""

import importlib.metadata
import platform
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from realtime.errors import UserError

PACKAGES = (
    "numpy",
    "onnxruntime-gpu",
    "onnxruntime",
    "soundfile",
    "sounddevice",
    "rtmixer",
    "mido",
    "python-rtmidi",
    "PySide6-Essentials",
)
TIMED_HOPS = 500
WARM_UP_HOPS = 20


@dataclass(frozen=True)
class Check:
    """The outcome of one look."""

    name: str
    ok: bool
    text: str
    """What was found, in a sentence; where not ok also what to do."""
    figures: dict[str, Any] = field(default_factory=dict)


def check_versions() -> Check:
    """Python and the packages."""
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    listed = ", ".join(f"{name} {version}" for name, version in versions.items())
    return Check("versions", True, f"{listed}; {platform.platform()}", {"versions": versions})


def check_model(path: Path | None) -> Check:
    """The model file: hash, self-test, time of a hop."""
    import hashlib

    from realtime.model import OnnxModel

    try:
        model = OnnxModel(path)
        digest = hashlib.sha256(model.path.read_bytes()).hexdigest()
        difference = model.self_test()
    except UserError as error:
        return Check("model", False, str(error))
    times = time_hops(model)
    spec = model.spec
    figures = {
        "name": spec.name,
        "path": str(model.path),
        "sha256": digest,
        "self_test_difference": difference,
        "hop_ms": spec.hop_ms,
        "default_look_ahead_ms": spec.latency_ms(model.head),
        "look_ahead_ms": [spec.latency_ms(head) for head in range(len(spec.heads))],
        **times,
    }
    fits = times["hop_p99_ms"] < spec.hop_ms
    text = (
        f"{spec.name} ({digest[:12]}), self-test within {difference:.1g}; a hop of "
        f"{spec.hop_ms:g} ms takes {times['hop_p50_ms']:.2f} ms (p50), "
        f"{times['hop_p95_ms']:.2f} (p95), {times['hop_p99_ms']:.2f} (p99)"
    )
    if not fits:
        text += ": too slow now; close other programs or choose a smaller model"
    return Check("model", fits, text, figures)


def time_hops(model: Any) -> dict[str, float]:
    """Milliseconds of a hop over 500 hops of noise: p50, p95, p99."""
    rng = np.random.default_rng(0)
    noise = (0.1 * rng.standard_normal((32, model.spec.hop_samples))).astype(np.float32)
    spent = []
    for index in range(WARM_UP_HOPS + TIMED_HOPS):
        began = time.perf_counter()
        model.step(noise[index % len(noise)])
        spent.append(1000 * (time.perf_counter() - began))
    model.reset()
    p50, p95, p99 = np.percentile(spent[WARM_UP_HOPS:], [50, 95, 99])
    return {"hop_p50_ms": float(p50), "hop_p95_ms": float(p95), "hop_p99_ms": float(p99)}


def check_devices() -> list[Check]:
    """Microphones and the MIDI system. None plugged in is worth a word, but no fault."""
    from realtime.devices import list_devices

    found = list_devices()
    inputs = ", ".join(device.name for device in found.inputs) or "no sound input plugged in"
    systems = " and ".join(found.midi_systems)
    midi = f"{systems}; {len(found.midi_outputs)} port(s)" if systems else "no MIDI system runs"
    return [
        Check("sound inputs", not found.message, found.message or inputs),
        Check("MIDI", True, midi, {"systems": list(found.midi_systems)}),
    ]


def check_takes() -> Check:
    """The takes folder: can it be written, are there takes to recover?"""
    from realtime.take_folders import default_folder
    from realtime.takes import journals

    folder = default_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Check(
            "takes",
            False,
            f"{folder} cannot be written ({error.strerror}); choose another with --record.",
        )
    left = journals(folder)
    text = f"{folder} can be written"
    if left:
        text += f"; {len(left)} interrupted take(s) will be recovered when the window opens"
    return Check("takes", True, text, {"folder": str(folder), "journals": len(left)})


def check_folders() -> Check:
    """Another package called `realtime` would be found first where we are not alone."""
    import realtime

    found = Path(realtime.__file__ or "").resolve().parent
    ours = Path(__file__).resolve().parent
    text = f"{ours} on {sys.platform}"
    return Check("installation", found == ours, text)
