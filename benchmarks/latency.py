"""Sound to MIDI, end to end: onset written to a virtual microphone -> MIDI message received.

`python -m benchmarks.latency [--notes 500] [--load] [--model M] [--latency-ms N] [--json]`

One process with one clock plays piano notes into a PulseAudio null sink and receives MIDI from
`jtm live` over JACK. Nothing is subtracted: playback buffer, server, driver ring, look-ahead, hop,
guardian and the JACK period (5.3 ms) are all in the figures. `cable` is how long the same onset
takes to come back as sound through the server alone, playing and recording.
"""

import argparse
import contextlib
import fcntl
import json
import os
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.notes.piano_notes import RATE, Performance, perform
from tests.support.servers import Pulse, jack_ports, jack_server, pulse_server, wait_until

ROOT = Path(__file__).resolve().parent.parent
BLOCK = RATE // 200
LONGEST_S = 0.25
"""An answer later than this counts as none."""
OUR_PORT = "Jaka to melodia:out"


class Player:
    """Writes sound to the sink no faster than it plays; remembers when each sample was written."""

    def __init__(self, pulse: Pulse) -> None:
        self._process = subprocess.Popen(
            ["pacat", "--raw", "--rate", str(RATE), "--channels=1", "--format=s16le",
             "--latency-msec=10", "--process-time-msec=5"],
            env=pulse.environment, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._prime()

    def _prime(self) -> None:
        """Give silence until `pacat` plays and keeps nothing back."""
        until = time.monotonic() + 2.0
        while time.monotonic() < until:
            self.play(np.zeros(BLOCK, dtype=np.int16))

    def play(self, sound: np.ndarray) -> list[float]:
        """Play (n,) int16. Returns the time of writing of each block of 5 ms.

        Where the server has stalled, this waits until the pipe is empty again, rather than measure
        a queue of our own.
        """
        assert self._process.stdin is not None
        pipe = self._process.stdin.fileno()
        written = []
        due = time.monotonic()
        for index in range(len(sound) // BLOCK):
            time.sleep(max(0.0, due - time.monotonic()))
            while _waiting(pipe):
                time.sleep(0.001)
            written.append(time.monotonic())
            os.write(pipe, sound[index * BLOCK : (index + 1) * BLOCK].tobytes())
            due = max(due, written[-1] - BLOCK / RATE) + BLOCK / RATE
        return written

    def close(self) -> None:
        """End the process that plays."""
        self._process.kill()
        self._process.communicate()


def _waiting(pipe: int) -> int:
    """Count the bytes that wait in a pipe."""
    return int(struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0])


class Cable:
    """Records what the sink plays, with the time at which each piece came in."""

    def __init__(self, pulse: Pulse) -> None:
        self.pieces: list[tuple[float, bytes]] = []
        self._process = subprocess.Popen(
            ["parec", "--raw", "--rate", str(RATE), "--channels=1", "--format=s16le",
             "--latency-msec=10", "--process-time-msec=5"],
            env=pulse.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        threading.Thread(target=self._receive, daemon=True).start()

    def _receive(self) -> None:
        assert self._process.stdout is not None
        while data := os.read(self._process.stdout.fileno(), 65536):
            self.pieces.append((time.monotonic(), data))

    def delay_ms(self, sound: np.ndarray, written: list[float]) -> float:
        """Median time from writing a sample to getting it back, by the click at the start."""
        self._process.kill()
        self._process.communicate()
        heard = np.frombuffer(b"".join(data for _, data in self.pieces), dtype=np.int16)
        came = np.repeat([at for at, _ in self.pieces], [len(d) // 2 for _, d in self.pieces])
        delays = []
        for index in range(0, len(sound) - RATE, RATE):
            place = index + int(np.argmax(np.abs(sound[index : index + RATE]) > 8000))
            at = written[min(place // BLOCK, len(written) - 1)]
            near = np.flatnonzero((came > at) & (np.abs(heard[: len(came)]) > 8000))
            if sound[place] > 8000 and len(near):
                delays.append(1000 * (came[near[0]] - at))
        return float(np.median(delays)) if delays else float("nan")


@contextlib.contextmanager
def receiver(environment: dict[str, str]) -> Iterator[list[tuple[float, int]]]:
    """Note-ons as (monotonic seconds, pitch), from a JACK input of this process."""
    os.environ.update({k: v for k, v in environment.items() if k.startswith("JACK")})
    import rtmidi

    heard: list[tuple[float, int]] = []

    def take(event: Any, _data: Any) -> None:
        status, key, value = event[0]
        if status & 0xF0 == 0x90 and value:
            heard.append((time.monotonic(), key))

    port = rtmidi.MidiIn(rtapi=rtmidi.API_UNIX_JACK, name="bench")
    port.set_callback(take)
    port.open_virtual_port("in")
    yield heard
    port.close_port()
    port.delete()


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Play a tune to `jtm live`, and compare with the MIDI that arrives."""
    import psutil

    tune = perform(options.notes, seed=1)
    with (
        pulse_server(folder / "p") as pulse,
        jack_server(folder / "j", pulse.environment) as environment,
        receiver(environment) as heard,
        load(options.load),
    ):
        words = [sys.executable, "jtm.py", "live", "--input", "ALSA: pulse", "--midi-out",
                 "virtual", "--model", options.model]  # fmt: skip
        if options.latency_ms is not None:
            words += ["--latency-ms", str(options.latency_ms)]
        live = subprocess.Popen(words, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
        try:
            wait_until(lambda: OUR_PORT in jack_ports(environment), 30, "jtm live")
            subprocess.run(["jack_connect", OUR_PORT, "bench:in"], env=environment, check=True)
            player, cable = Player(pulse), Cable(pulse)
            clicks = np.zeros(4 * RATE, dtype=np.int16)
            clicks[RATE // 3 :: RATE] = 20_000
            cable_ms = cable.delay_ms(clicks, player.play(clicks))
            process = psutil.Process(live.pid)
            before, began = process.cpu_times(), time.monotonic()
            written = player.play(tune.sound)
            after, took = process.cpu_times(), time.monotonic() - began
            player.close()
        finally:
            live.terminate()
            _, said = live.communicate(timeout=10)
    used = after.user + after.system - before.user - before.system
    return {
        "notes": len(tune.notes),
        "loaded": options.load,
        "cable_p50_ms": cable_ms,
        "core_percent": 100 * used / took,
        "live_said": said.splitlines(),
        **delays(tune, written, heard),
    }


def delays(
    tune: Performance, written: list[float], heard: list[tuple[float, int]]
) -> dict[str, float]:
    """Milliseconds from the writing of an onset to the first note-on of its pitch."""
    found = []
    for sample, pitch in tune.notes:
        at = written[sample // BLOCK] + (sample % BLOCK) / RATE
        late = [when - at for when, key in heard if key == pitch and 0 < when - at < LONGEST_S]
        found += late[:1]
    if not found:
        return {"heard": 0}
    p50, p95, p99 = np.percentile(1000 * np.array(found), [50, 95, 99])
    return {"heard": len(found), "p50_ms": p50, "p95_ms": p95, "p99_ms": p99}


@contextlib.contextmanager
def load(wanted: bool) -> Iterator[None]:
    """Every core busy, while this lasts."""
    workers = []
    if wanted:
        ordinary = "import os; os.setpriority(os.PRIO_PROCESS, 0, 0)"
        spin = [sys.executable, "-c", ordinary + "\nwhile True: sum(range(100000))"]
        workers = [subprocess.Popen(spin) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def main() -> None:
    """Print one row of the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--notes", type=int, default=500)
    parser.add_argument("--load", action="store_true", help="one busy process on every core")
    parser.add_argument("--model", default="", help='path; "" is the bundled one')
    parser.add_argument("--latency-ms", type=float, default=None)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        figures = {**measure(options, Path(folder)), "load_average_before": before}
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:<20} {value:.1f}" if isinstance(value, float) else f"{name:<20} {value}")


if __name__ == "__main__":
    main()
