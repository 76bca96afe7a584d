"""How well a take plays on a busy machine: `python -m benchmarks.live.playback [--jobs 10]`.

A take of noise, which tells every moment from every other, and of notes on the synth is played by
the window's own process into a PulseAudio server, whose monitor is recorded, while so many jobs
compute. Prints one JSON object: the load average, the seconds of clock that the take took from its
first sample to its last, silences that were put in, what was left out, and what was told.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.lib.stride_tricks import sliding_window_view

from realtime.files.note_files import write_csv
from realtime.playback.take_messages import REPORTS, At, Ended, Levels, Load, Play
from realtime.processes.message_lines import from_line, to_line
from realtime.values.arrays import Floats
from realtime.values.notes import Note
from tests.support.servers import Pulse, pulse_server

RATE = 48_000
BLOCK = RATE // 20
"""Frames that are looked for at a time."""
FAR = 3 * RATE
"""Frames after the last block up to which the next one is looked for."""
SPIN = "while True: pass"


def main() -> int:
    """Play once and print how it went; returns 1 where it did not play through."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="length of the take")
    parser.add_argument("--jobs", type=int, default=0, help="busy processes beside it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jtm-playback-") as name, ExitStack() as stack:
        folder = Path(name)
        sound = make_take(folder, options.seconds)
        pulse = stack.enter_context(pulse_server(folder / "pulse"))
        recorder = stack.enter_context(recording(pulse, folder / "heard.raw"))
        stack.enter_context(busy(options.jobs))
        time.sleep(2.0 if options.jobs else 0.5)
        began = time.monotonic()
        told = play(folder, pulse, 3 * options.seconds + 30)
        clock_s = time.monotonic() - began
        time.sleep(1.0)
        recorder.terminate()
        recorder.wait()
        heard = np.fromfile(folder / "heard.raw", dtype=np.float32)
        load = os.getloadavg()[0]
    found = compare(sound, heard)
    print(json.dumps({"load": round(load, 1), "clock_s": round(clock_s, 1), **found, "told": told}))
    return 0 if told == str(Ended()) and found["missing_s"] == 0 else 1


def make_take(folder: Path, seconds: float) -> Floats:
    """Write take.csv and take.flac; returns the sound."""
    noise = np.random.default_rng(7).uniform(-0.5, 0.5, round(seconds * RATE)).astype(np.float32)
    soundfile.write(folder / "take.flac", noise, RATE, subtype="PCM_24")
    starts = np.arange(0, seconds - 1, 0.125)
    notes = [
        Note(float(at), float(at) + 0.5, 48 + i * 7 % 36, 80, 0.0) for i, at in enumerate(starts)
    ]
    write_csv(notes, folder / "take.csv")
    return noise


@contextmanager
def recording(pulse: Pulse, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Record what the output's monitor gives."""
    with path.open("wb") as out:
        command = ["parec", "-d", "vmic.monitor", "--format=float32le", f"--rate={RATE}",
                   "--channels=1", "--latency-msec=500"]  # fmt: skip
        recorder = subprocess.Popen(command, env=pulse.environment, stdout=out)
        try:
            yield recorder
        finally:
            recorder.kill()


@contextmanager
def busy(jobs: int) -> Iterator[None]:
    """Keep so many processes busy."""
    running = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(jobs)]
    try:
        yield
    finally:
        for each in running:
            each.kill()
            each.wait()


def play(folder: Path, pulse: Pulse, patience_s: float) -> str:
    """Play the take to its end; returns the last report: `Ended()`, or why it stopped."""
    command = [sys.executable, "-m", "realtime.playback.take_player_child"]
    child = subprocess.Popen(
        command, env=pulse.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None and child.stdout is not None
    orders = (
        Load(str(folder / "take.csv"), str(folder / "take.flac")), Levels(0.2, 0.8), Play(0.0)
    )  # fmt: skip
    for order in orders:
        child.stdin.write(to_line(order))
    child.stdin.flush()
    last: object = None
    deadline = time.monotonic() + patience_s
    for line in child.stdout:
        last = from_line(line, REPORTS)
        if not isinstance(last, At) or time.monotonic() > deadline:
            break
    child.stdin.close()
    child.wait(20)
    return str(last)


def compare(sound: Floats, heard: Floats) -> dict[str, Any]:
    """Find each block of the sound in what was heard, in order.

    Returns:
        `played_s` from the first block to the last, `gaps` and `gaps_s` of silence put in between,
        and `missing_s` of blocks that are nowhere.
    """
    places: list[int] = []
    missing, gaps = 0, []
    at = None
    for start in range(0, len(sound) - BLOCK, BLOCK):
        block = sound[start : start + BLOCK]
        low = 0 if at is None else at + BLOCK
        high = len(heard) if at is None else min(low + FAR, len(heard))
        found = find(block, heard[max(low - 64, 0) : high])
        if found is None:
            missing += 1
            continue
        place = max(low - 64, 0) + found
        if at is not None and place - (at + BLOCK) > 64 and not missing:
            gaps.append(place - (at + BLOCK))
        at = place
        places.append(place)
    played = (places[-1] + BLOCK - places[0]) / RATE if places else 0.0
    return {
        "take_s": round(len(sound) / RATE, 2),
        "played_s": round(played, 2),
        "gaps": len(gaps),
        "gaps_s": round(sum(gaps) / RATE, 3),
        "missing_s": round(missing * BLOCK / RATE, 2),
    }


def find(block: Floats, inside: Floats) -> int | None:
    """Frame at which a block begins inside another sound, None where it does not."""
    if len(inside) < len(block):
        return None
    size = 1 << (len(inside) + len(block) - 1).bit_length()
    spectrum = np.fft.rfft(inside, size) * np.conj(np.fft.rfft(block, size))
    match = np.fft.irfft(spectrum, size)[: len(inside) - len(block) + 1]
    best = int(np.argmax(match))
    piece = sliding_window_view(inside, len(block))[best]
    likeness = match[best] / (np.linalg.norm(piece) * np.linalg.norm(block) + 1e-9)
    return best if likeness > 0.5 else None


if __name__ == "__main__":
    raise SystemExit(main())
