"""Hours of playing: memory, threads, files and time of the engine while it records a take.

`python -m benchmarks.soak --minutes 60` in real time, or `--fast --minutes 5`: as many hours of
sound as fit into five minutes, on a clock that runs as fast as the engine can follow.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import soundfile

from realtime.capture import Microphone
from realtime.engine import Engine
from realtime.midi_out import MidiOut
from realtime.model import OnnxModel
from realtime.scripted_stream import ScriptedStream
from realtime.settings import EngineSettings

DEMO = Path(__file__).resolve().parent.parent / "realtime" / "demo" / "performance.flac"
SAMPLES = 200
"""Looks at the process, spread over the run."""
WARM_UP = 0.2
"""Part of the run before memory is judged."""
STEP_SECONDS = 0.05
LOOK_AFTER_STEPS = 2


class CountingPort:
    """Counts messages and notes that sound; keeps nothing."""

    name, message = "count", ""

    def __init__(self) -> None:
        self.sent = 0
        self.sounding: set[int] = set()

    def write(self, messages: bytes) -> bool:
        """Take messages."""
        for status, key, _ in zip(*[iter(messages)] * 3, strict=True):
            if status & 0xF0 == 0x90:
                self.sounding.add(key)
            elif status & 0xF0 == 0x80:
                self.sounding.discard(key)
        self.sent += len(messages) // 3
        return True

    def poll(self) -> bool:
        """Never lost."""
        return False

    def close(self) -> None:
        """Nothing to free."""


def soak(minutes: float, fast: bool, model: Path | None, folder: Path) -> dict[str, Any]:
    """Run, look now and then, sum up."""
    sound, rate = soundfile.read(DEMO, dtype="float32")
    now = [time.monotonic()]
    clock = (lambda: now[0]) if fast else time.monotonic
    loaded, port = OnnxModel(model), CountingPort()
    first = clock()
    microphone = Microphone("", lambda _: ScriptedStream(clock, rate, sound), clock)
    microphone.wait_until_open(5)
    engine = Engine(loaded, microphone, MidiOut(port), EngineSettings(record=str(folder)))
    engine.record()
    process, began = psutil.Process(), time.monotonic()
    looks: list[tuple[float, float, int, int]] = []
    end, every = began + 60 * minutes, 60 * minutes / SAMPLES

    def until() -> bool:
        if fast:
            now[0] += STEP_SECONDS
        if time.monotonic() >= began + every * (len(looks) + 1):
            memory = process.memory_info().rss / 2**20
            looks.append((clock() - first, memory, process.num_threads(), process.num_fds()))
            engine.snapshot()
        return time.monotonic() >= end

    if fast:
        steps = 0
        while not until():
            steps += 1
            if steps % LOOK_AFTER_STEPS == 0:
                engine._look_after()
            while engine.pull():
                pass
    else:
        engine.run(until)
    waiting_s = microphone.status().waiting_frames / rate
    heard_s, passed_s = engine.stream_s + waiting_s, clock() - first
    lost_s = engine.snapshot().lost_s
    engine.close()
    for recorder in list(engine._takes._finishing):
        recorder.close(120)
    hours, memory = (
        np.array([look[i] for look in looks[int(WARM_UP * len(looks)) :]]) for i in (0, 1)
    )
    return {
        "real_minutes": minutes,
        "hours_of_sound": passed_s / 3600,
        "memory_mb": [float(memory[0]), float(memory[-1])],
        "memory_mb_an_hour": float(np.polyfit(hours / 3600, memory, 1)[0]),
        "threads": sorted({look[2] for look in looks}),
        "files": [min(look[3] for look in looks), max(look[3] for look in looks)],
        "drift_ms": 1000 * (heard_s - passed_s),
        "lost_s": lost_s,
        "midi_messages": port.sent,
        "stuck_notes": len(port.sounding),
        "load_average": os.getloadavg()[0],
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--fast", action="store_true", help="as fast as it goes")
    parser.add_argument("--model", type=Path, default=None, help="the bundled one if left out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(soak(options.minutes, options.fast, options.model, Path(folder))))


if __name__ == "__main__":
    main()
