"""Checks that all the program needs is there and works; each check prints one line."""

import importlib.metadata
import platform
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from realtime.troubles.errors import UserError

PACKAGES = (
    "numpy",
    "onnxruntime-gpu",
    "onnxruntime",
    "soundfile",
    "sounddevice",
    "rtmixer",
    "mido",
    "python-rtmidi",
    "alsa-midi",
    "JACK-Client",
    "rtmidi2",
    "PySide6-Essentials",
)


TIMED_HOPS = 500


WARM_UP_HOPS = 20


@dataclass(frozen=True)
class Check:
    """The outcome of one check."""

    name: str
    ok: bool
    text: str
    """What was found, in a sentence; where not ok also what to do."""
    figures: dict[str, Any] = field(default_factory=dict)


def check_versions() -> Check:
    """List the versions of Python, the packages that are there, and the system."""
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

    from realtime.inference.onnx_model import OnnxModel
    from realtime.inference.self_test import run_self_test

    try:
        model = OnnxModel(path)
        digest = hashlib.sha256(model.path.read_bytes()).hexdigest()
        difference = run_self_test(model)
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
    from realtime.engine.devices import list_devices

    found = list_devices()
    inputs = ", ".join(device.name for device in found.inputs) or "no sound input plugged in"
    systems = " and ".join(found.midi_systems)
    midi = f"{systems}; {len(found.midi_outputs)} port(s)" if systems else "no MIDI system runs"
    return [
        Check("sound inputs", not found.troubles, " ".join(map(str, found.troubles)) or inputs),
        Check("MIDI", True, midi, {"systems": list(found.midi_systems)}),
    ]


def check_takes() -> Check:
    """The takes folder: can it be written, are there takes to recover?"""
    from realtime.takes.folders import default_folder
    from realtime.takes.recovery import journals

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
        text += f"; {len(left)} interrupted take(s) will be finished at the next start"
    return Check("takes", True, text, {"folder": str(folder), "journals": len(left)})


def check_folders() -> Check:
    """Another package called `realtime` would be found first where we are not alone."""
    import realtime

    found = Path(realtime.__file__ or "").resolve().parent
    ours = Path(__file__).resolve().parents[1]
    text = f"{ours} on {sys.platform}"
    return Check("installation", found == ours, text)


LISTEN_SECONDS = 1.0


LEAST_FOUND = 0.1
"""Part of the bundled performance's notes below which a model is as good as deaf to it."""


DEMO = Path(__file__).resolve().parents[1] / "bundled"


def check_latency(model: Check) -> Check:
    """The way from sound to MIDI in parts: device, ring, look-ahead, hop, and their sum.

    Args:
        model: the outcome of `check_model`, which knows look-ahead and hop.
    """
    from realtime.playback.calibration import loop_of

    try:
        name, device_ms, ring_ms = measure_input()
    except UserError as error:
        return Check("latency", True, f"not measured: {error}")
    look_ahead_ms = model.figures.get("default_look_ahead_ms", 0.0)
    hop_ms = model.figures.get("hop_p50_ms", 0.0) + model.figures.get("hop_ms", 0.0) / 2
    total = device_ms + ring_ms + look_ahead_ms + hop_ms
    text = (
        f"{name}: device {device_ms:.0f} + ring {ring_ms:.0f} + look-ahead {look_ahead_ms:.0f} "
        f"+ hop {hop_ms:.0f} = {total:.0f} ms from sound to MIDI"
    )
    figures = {"device_ms": device_ms, "ring_ms": ring_ms, "look_ahead_ms": look_ahead_ms,
               "hop_ms": hop_ms, "sum_ms": total}  # fmt: skip
    loop = loop_of(name)
    if loop is not None:
        text += f"; the loop over {loop[0]} was measured at {loop[1]:.0f} ms"
        figures["loop_ms"] = loop[1]
    else:
        text += "; `jtm calibrate` measures the loop"
    return Check("latency", True, text, figures)


def measure_input() -> tuple[str, float, float]:
    """Open the default input for a second: (name, what the driver reports, mean depth), in ms.

    Raises:
        UserError: if there is none, or it gives no sound.
    """
    from realtime.audio.input_devices import InputOpener
    from realtime.processes.limits import quiet_c_libraries

    with quiet_c_libraries():
        stream = InputOpener()("")
    try:
        depths, until = [], time.monotonic() + LISTEN_SECONDS
        while time.monotonic() < until:
            time.sleep(0.002)
            depths.append(stream.waiting())
            stream.read(1 << 16)
    finally:
        stream.close()
    heard = [depth for depth in depths if depth]
    if not heard:
        raise UserError(f"input '{stream.name}' gives no sound.")
    return stream.name, stream.latency_ms, 1000 * sum(heard) / len(heard) / stream.rate


def check_ears(path: Path | None) -> Check:
    """Whether the model hears the bundled performance at all."""
    from realtime.commands.compare_notes import compare
    from realtime.files.note_files import read_csv
    from realtime.inference.onnx_model import OnnxModel
    from realtime.transcription.offline import transcribe

    try:
        heard = transcribe(DEMO / "performance.flac", OnnxModel(path))
        score = compare(read_csv(DEMO / "performance.csv"), heard)
    except (UserError, OSError, ValueError) as error:
        return Check("demo", False, str(error))
    text = f"hears {score.found} of the {score.true} notes of the bundled performance"
    text += f", {score.heard - score.found} besides"
    deaf = score.found < LEAST_FOUND * score.true
    if deaf and path is None:
        text += ": this model is of no use; choose another with --model"
    elif deaf:
        text += ": this model is of no use for a keyboard; `jtm evaluate` tells what it is good for"
    return Check("demo", not deaf, text, {"found": score.found, "true": score.true, "f1": score.f1})
