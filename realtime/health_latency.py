"""What `jtm doctor` says on latency and on whether the model hears anything."""

import time
from pathlib import Path

from realtime.errors import UserError
from realtime.health import Check

LISTEN_SECONDS = 1.0
DEMO = Path(__file__).resolve().parent / "demo"


def check_latency(model: Check) -> Check:
    """The way from sound to MIDI in parts: device, ring, look-ahead, hop, and their sum.

    Args:
        model: the outcome of `check_model`, which knows look-ahead and hop.
    """
    from realtime.calibration import loop_of

    try:
        name, device_ms, ring_ms = listen()
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


def listen() -> tuple[str, float, float]:
    """Open the default input for a second: (name, what the driver reports, mean depth), in ms.

    Raises:
        UserError: if there is none, or it gives no sound.
    """
    from realtime.inputs import InputOpener
    from realtime.quiet import quiet_c_libraries

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
    from realtime.found_notes import compare
    from realtime.model import OnnxModel
    from realtime.note_files import read_csv
    from realtime.transcribe import transcribe

    try:
        heard = transcribe(DEMO / "performance.flac", OnnxModel(path))
        score = compare(read_csv(DEMO / "performance.csv"), heard)
    except (UserError, OSError, ValueError) as error:
        return Check("demo", False, str(error))
    text = f"hears {score.found} of the {score.true} notes of the bundled performance"
    text += f", {score.heard - score.found} besides"
    deaf = path is None and score.found == 0
    if deaf:
        text += ": this model is of no use; choose another with --model"
    return Check("demo", not deaf, text, {"found": score.found, "true": score.true, "f1": score.f1})
