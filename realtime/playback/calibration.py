"""How long sound takes through loudspeaker, air and microphone; remembered per pair of devices."""

import contextlib
import functools
import json
import math
from pathlib import Path

import numpy as np

from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.values.arrays import Floats
from realtime.values.atomic import whole_file
from realtime.values.json_text import parse_json

PROBE_ORDER = 13
"""The probe is a maximum length sequence of 2 ** 13 - 1 samples: 0.17 s at 48 kHz."""
TAPS = (13, 4, 3, 1)
CLEAREST = 12.0
"""The peak of the correlation must stand out of the rest by this ratio."""
LONGEST_LOOP_MS = 2_000.0


@functools.cache
def probe() -> Floats:
    """Noise whose echo is found even where it is softer than the room, (8191,), +1 and -1."""
    register, bits = [1] * PROBE_ORDER, []
    for _ in range(2**PROBE_ORDER - 1):
        bits.append(register[-1])
        feedback = 0
        for tap in TAPS:
            feedback ^= register[tap - 1]
        register = [feedback, *register[:-1]]
    return np.array(bits, dtype=np.float32) * 2 - 1


def find(sound: Floats, sent: Floats) -> int | None:
    """Sample at which `sent` begins in a recording (n,); None where it is not heard clearly."""
    if len(sound) < len(sent):
        return None
    size = 1 << math.ceil(math.log2(len(sound) + len(sent)))
    spectrum = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(sent, size))
    match = np.abs(np.fft.irfft(spectrum, size)[: len(sound) - len(sent) + 1])
    place = int(np.argmax(match))
    typical = float(np.median(match)) + 1e-12
    return place if match[place] / typical >= CLEAREST else None


def store_path() -> Path:
    """Where measured loops are kept."""
    import platformdirs

    return platformdirs.user_data_path("jaka-to-melodia", appauthor=False) / "loops.json"


def stored_loops(path: Path | None = None) -> dict[str, float]:
    """Milliseconds by "INPUT -> OUTPUT"; empty where nothing readable is stored."""
    try:
        values = parse_json((path or store_path()).read_text(encoding="utf-8"))
        return {
            str(pair): float(loop_ms)
            for pair, loop_ms in values.items()
            if 0 <= float(loop_ms) <= LONGEST_LOOP_MS
        }
    except (OSError, ValueError, TypeError, AttributeError, ArithmeticError):
        return {}


def loop_of(input_name: str, path: Path | None = None) -> tuple[str, float] | None:
    """The newest stored loop of an input: (output, milliseconds)."""
    found = None
    for pair, loop_ms in stored_loops(path).items():
        if pair.startswith(f"{input_name} -> "):
            found = pair.removeprefix(f"{input_name} -> "), loop_ms
    return found


def store_loop(input_name: str, output_name: str, loop_ms: float, path: Path | None = None) -> None:
    """Remember a measured loop of `loop_ms` milliseconds.

    Raises:
        UserError: if the file cannot be written.
    """
    target = path or store_path()
    loops = stored_loops(target)
    pair = f"{input_name} -> {output_name}"
    loops.pop(pair, None)
    with whole_file(target) as partial, contextlib.suppress(UnicodeEncodeError):
        partial.write_text(json.dumps({**loops, pair: loop_ms}, indent=1), encoding="utf-8")


def median_loop(loops_ms: list[float]) -> float:
    """The middle of several measurements.

    Raises:
        UserError: if there is none, or they do not agree within 20 ms.
    """
    if not loops_ms:
        raise UserError(Code.PROBE_UNHEARD)
    middle = float(np.median(loops_ms))
    near = [loop for loop in loops_ms if abs(loop - middle) <= 20]
    if len(near) <= len(loops_ms) // 2:
        raise UserError(Code.PROBES_DISAGREE)
    return float(np.median(near))
