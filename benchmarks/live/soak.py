"""Hours of playing: memory, threads, files and time of the engine while it records a take.

`python -m benchmarks.live.soak --minutes 60 --microphone` in real time through a PulseAudio
microphone;
without `--microphone` from a scripted sound card. `--fast --hours 24 --tiny`: as fast as it goes,
on a clock of its own, with the tests' small model in hops of 100 ms (the bundled one would take
more than an hour of computing for a day of sound). One JSON object at the end, progress on stderr.
"""

import argparse
import contextlib
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import soundfile

from realtime.audio.input_devices import InputOpener
from realtime.audio.microphone import DeviceStream, Microphone
from realtime.engine.engine import Engine
from realtime.inference.onnx_model import OnnxModel
from realtime.midi.sink import MidiOut
from realtime.processes.limits import raise_priority, share_heap
from realtime.values.settings import EngineSettings
from tests.support import toy_model
from tests.support.scripted_stream import ScriptedStream
from tests.support.servers import Pulse, pulse_server

DEMO = Path(__file__).resolve().parents[2] / "realtime" / "bundled" / "performance.flac"
SAMPLES = 200
"""Looks at the process, spread over the run."""
WARM_UP = 0.2
"""Part of the run before memory is judged."""
STEP_SECONDS = 0.1
LOOK_AFTER_STEPS = 2


class CountingPort:
    """Counts messages and notes that sound; keeps nothing."""

    name, trouble = "count", None

    def __init__(self) -> None:
        self.sent = 0
        self.sounding: set[int] = set()

    def write(self, messages: bytes) -> bool:
        """Count messages of three bytes, and keep which keys sound."""
        for status, key, _ in zip(*[iter(messages)] * 3, strict=True):
            if status & 0xF0 == 0x90:
                self.sounding.add(key)
            elif status & 0xF0 == 0x80:
                self.sounding.discard(key)
        self.sent += len(messages) // 3
        return True

    def poll(self) -> bool:
        """Say that the port was never lost."""
        return False

    def await_port(self) -> None:
        """Wait for nothing: the port is never lost."""

    def close(self) -> None:
        """Accept the end; there is nothing to free."""


@dataclass(frozen=True)
class Look:
    """The process at one moment."""

    at_s: float
    memory_mb: float
    threads: int
    files: int
    drift_s: float
    """Sound received, with what is known to be missing, minus time passed."""


class Soak:
    """The engine, recording, and what was seen of it.

    Args:
        open_stream: opens the sound card.
        clock: the sound card's.
        model: to listen with.
        folder: for takes.
    """

    def __init__(
        self,
        open_stream: Callable[[str], DeviceStream],
        clock: Callable[[], float],
        model: OnnxModel,
        folder: Path,
    ) -> None:
        self.clock, self.port = clock, CountingPort()
        self.microphone = Microphone("", open_stream, clock)
        self.microphone.wait_until_open(5)
        settings = EngineSettings(record=str(folder))
        self.engine = Engine(model, self.microphone, MidiOut(self.port), settings)
        self.engine.record()
        self.began, self._process = clock(), psutil.Process()
        self.looks: list[Look] = []
        self._cpu = sum(self._process.cpu_times()[:2])
        self._real = time.monotonic()

    def sample(self) -> None:
        """Write down how the process is."""
        passed_s = self.clock() - self.began
        waiting_s = self.microphone.status().waiting_frames / self.microphone.rate
        process = self._process
        self.looks.append(
            Look(passed_s, process.memory_info().rss / 2**20, process.num_threads(),
                 process.num_fds(), self.engine.stream_s + waiting_s - passed_s)
        )  # fmt: skip
        self.engine.snapshot()
        if len(self.looks) % 10 == 0:
            print(json.dumps(self.figures()), file=sys.stderr, flush=True)

    def figures(self) -> dict[str, Any]:
        """What there is to say so far."""
        shown = self.engine.snapshot()
        judged = self.looks[int(WARM_UP * len(self.looks)) :]
        hours = [look.at_s / 3600 for look in judged]
        memory = [look.memory_mb for look in judged]
        drifts = [look.drift_s for look in judged]
        real_s = time.monotonic() - self._real
        hops = 1000 * np.array(self.engine.chain.hop_seconds)
        return {
            "real_minutes": real_s / 60,
            "hours_of_sound": (self.clock() - self.began) / 3600,
            "memory_mb": [memory[0], max(memory), memory[-1]],
            "memory_mb_an_hour": float(np.polyfit(hours, memory, 1)[0]),
            "threads": sorted({look.threads for look in judged}),
            "files": sorted({look.files for look in judged}),
            "drift_ms": 1000 * (float(np.median(drifts[-5:])) - float(np.median(drifts[:5]))),
            "lost_s": shown.lost_s - self.engine._skipped_s,
            "too_late_to_be_heard_s": self.engine._skipped_s,
            "gaps": shown.gaps,
            "reconnections": self.microphone.reconnections,
            "hop_ms_p50_p99": np.percentile(hops, [50, 99]).round(2).tolist()
            if len(hops)
            else None,
            "core_percent": 100 * (sum(self._process.cpu_times()[:2]) - self._cpu) / real_s,
            "midi_messages": self.port.sent,
            "load_average": os.getloadavg()[0],
        }

    def end(self) -> dict[str, Any]:
        """Close everything; the figures with those of the end."""
        figures = self.figures()
        began, recorders = time.monotonic(), [self.engine.takes._current]
        self.engine.close()
        figures["closed_in_s"] = time.monotonic() - began
        takes = []
        for recorder in filter(None, recorders):
            takes += recorder.take.parent.glob("*.flac") if recorder.take else []
        figures["stuck_notes"] = len(self.port.sounding)
        figures["hours_in_the_take"] = sum(soundfile.info(take).duration for take in takes) / 3600
        return figures


def real(minutes: float, microphone: bool, model: OnnxModel, folder: Path) -> dict[str, Any]:
    """Soak the engine at the speed of sound, for so many minutes; returns its figures."""
    with contextlib.ExitStack() as stack:
        if microphone:
            pulse = stack.enter_context(pulse_server(folder / "server"))
            os.environ.update({k: v for k, v in pulse.environment.items() if "PULSE" in k})
            raise_priority()
            stack.enter_context(playing(pulse, folder / "demo.wav"))
            run = Soak(InputOpener(), time.monotonic, model, folder / "takes")
        else:
            sound, rate = soundfile.read(DEMO, dtype="float32")
            run = Soak(lambda _: ScriptedStream(time.monotonic, rate, sound), time.monotonic,
                       model, folder / "takes")  # fmt: skip
        end, every = run.began + 60 * minutes, 60 * minutes / SAMPLES

        def until() -> bool:
            if time.monotonic() >= run.began + every * (len(run.looks) + 1):
                run.sample()
            return time.monotonic() >= end

        run.engine.run(until)
        return run.end()


@contextlib.contextmanager
def playing(pulse: Pulse, path: Path) -> Iterator[None]:
    """The performance again and again, into the microphone."""
    soundfile.write(path, *soundfile.read(DEMO, dtype="float32"))
    done = threading.Event()

    def play() -> None:
        while not done.is_set():
            player = pulse.play(path)
            while player.poll() is None:
                if done.wait(0.2):
                    player.kill()
            player.wait()

    thread = threading.Thread(target=play, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(5)


def fast(hours: float, minutes: float, model: OnnxModel, folder: Path) -> dict[str, Any]:
    """Runs as fast as it goes, for so many hours of sound or minutes of real time."""
    now = [1000.0]
    rate = 16_000
    sound = toy_model.melody(rate, 60.0, 1)
    run = Soak(lambda _: ScriptedStream(lambda: now[0], rate, sound), lambda: now[0], model, folder)
    end = time.monotonic() + 60 * minutes if not hours else float("inf")
    last = run.began + 3600 * hours if hours else float("inf")
    every = (3600 * hours or 600.0) / SAMPLES
    steps = 0
    while time.monotonic() < end and now[0] < last:
        steps += 1
        now[0] += STEP_SECONDS
        if steps % LOOK_AFTER_STEPS == 0:
            run.engine.check_health()
        while run.engine.pull():
            pass
        while (take := run.engine.takes._current) and take._pending_samples > 240 * rate:
            time.sleep(0.05)
        if now[0] >= run.began + every * (len(run.looks) + 1):
            run.sample()
    return run.end()


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--microphone", action="store_true", help="a real PulseAudio one")
    parser.add_argument("--fast", action="store_true", help="as fast as it goes")
    parser.add_argument("--hours", type=float, default=0.0, help="of sound, with --fast")
    parser.add_argument("--model", type=Path, default=None, help="the bundled one if left out")
    parser.add_argument("--tiny", action="store_true", help="the tests' model, hops of 100 ms")
    options = parser.parse_args()
    share_heap()
    with tempfile.TemporaryDirectory() as name:
        folder, path = Path(name), options.model
        if options.tiny:
            path = toy_model.save(folder / "tiny.onnx", toy_model.TINY)
        model = OnnxModel(path)
        if options.fast:
            figures = fast(options.hours, options.minutes, model, folder / "takes")
        else:
            figures = real(options.minutes, options.microphone, model, folder)
    print(json.dumps({"model": model.spec.name, **figures}))


if __name__ == "__main__":
    main()
