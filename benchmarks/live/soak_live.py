"""Runs `jtm live`, or the window, for long, as a user starts it; ends with the take in its folder.

`python -m benchmarks.live.soak_live [--minutes 60] [--end term] [--slow-sync 0] [--keep]`: a
PulseAudio microphone that hears the bundled performance again and again, beside another recorder,
and MIDI over JACK to a receiver that counts note-ons and note-offs alone. It ends by SIGTERM, by
SIGINT (Ctrl-C), or with `close` as the frame's button closes the window, on an Xvfb. Prints one
JSON object; returns 1 where a note sticks, the exit code is not 0, or the take lacks a note that
the receiver heard, or sound that the other recorder has. With --keep the outcome goes into the
results file and the table made from it.
"""

import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil
import soundfile

from benchmarks.faults import Result, keep
from benchmarks.live.soak import playing
from benchmarks.window.x_window import XWindow, x_server
from realtime.files.note_files import read_csv
from tests.support.live_session import ROOT, Listener, Live, allowed, connect
from tests.support.servers import Pulse, jack_server, pulse_server, wait_until
from tests.support.slow_disk import slow_sync

SAMPLES = 30
SIGNALS = {"term": signal.SIGTERM, "int": signal.SIGINT}
RATE = 48_000
LONG_SESSION, LONG_MINUTES = 19, 10.0
"""Row of the table of faults that a run of so many minutes is the proof of."""
START_SECONDS = 20.0
"""So much more than the start of the program took may a take begin apart from the other recorder's:
a busy machine takes half a minute to start it."""
SHIFT_SECONDS = 3.0
"""So far two recorders of one source are looked for apart, where a busy machine costs one some
sound; twice as far with every second that was not found, for a server may be away for longer."""
MOST_SHIFT_SECONDS = 100.0


class Window:
    """`jtm` as a user starts it, recording from the moment in which it listens."""

    def __init__(self, environment: Mapping[str, str], takes: Path) -> None:
        self.lines: list[str] = []
        self._press_at = 0.0
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "jtm.py"), "--midi-out", "virtual", "--record", str(takes)],
            env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        threading.Thread(target=self._read, daemon=True).start()
        wait_until(lambda: self._found(environment["DISPLAY"]), allowed(20), "the window")
        wait_until(lambda: self._records(takes), allowed(30), "a take")

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.lines.extend(line.strip() for line in self.process.stderr)

    def _found(self, display: str) -> bool:
        try:
            self.window = XWindow(display, "Jaka to melodia")
        except LookupError:
            return False
        return True

    def _records(self, takes: Path) -> bool:
        if not any(takes.glob("*.recording")) and time.monotonic() >= self._press_at:
            self._press_at = time.monotonic() + allowed(10)  # a second key would end the take
            self.window.press("r")
        return any(takes.glob("*.recording"))

    def close(self) -> None:
        """Close it as its frame's button does."""
        self.window.close()
        self.window.free()


@contextmanager
def recorded(pulse: Pulse, path: Path) -> Iterator[None]:
    """Another recorder of the same microphone: 16 bits, two channels, into a raw file."""
    with path.open("wb") as file:
        recorder = subprocess.Popen(
            ["parec", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=2",
             "--device=vmic.monitor", "--latency-msec=200"],
            env=pulse.environment, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield
        finally:
            recorder.terminate()
            recorder.wait(10)


def soak(minutes: float, end: str, sync_s: float, folder: Path) -> dict[str, Any]:
    """Run the program on servers of its own for so many minutes, and measure."""
    takes, raw = folder / "takes", folder / "heard.raw"
    recorded_at = time.monotonic()
    with (
        pulse_server(folder / "p") as pulse,
        jack_server(folder / "j", pulse.environment) as jack,
        x_server(jack) as environment,
        playing(pulse, folder / "demo.wav"),
        recorded(pulse, raw),
    ):
        listener, ours = Listener(environment, "soak"), None
        try:
            slow = {**environment, **slow_sync(folder, sync_s)}
            if end == "close":
                ours = Window(slow, takes)
            else:
                ours = Live(slow, "--input", "", "--midi-out", "virtual", "--record", takes)
            began = time.monotonic()
            connect(environment, "soak:in")
            process, sizes = psutil.Process(ours.process.pid), []
            while time.monotonic() < began + 60 * minutes and ours.process.poll() is None:
                time.sleep(60 * minutes / SAMPLES)
                sizes.append(_size(process))
            played_s = time.monotonic() - began
            if isinstance(ours, Window):
                ours.close()
            else:
                ours.process.send_signal(SIGNALS[end])
            code = ours.process.wait(600)
            took_s = time.monotonic() - began - played_s
            time.sleep(0.5)
            notes, stuck = listener.notes(), sorted(listener.sounding())
        finally:
            listener.close()
            if ours is not None:
                ours.process.kill()
    print(*ours.lines, sep="\n", file=sys.stderr)
    lost = [float(s) for line in ours.lines for s in re.findall(r"([\d.]+) s of sound", line)]
    kept = sorted(takes.glob("*.flac"))
    return {
        "minutes": round(played_s / 60, 1),
        "end": end,
        "sync_s": sync_s,
        "exit": code,
        "closed_in_s": round(took_s, 1),
        "takes": len(kept),
        "take_s": round(sum(soundfile.info(take).duration for take in kept), 1),
        "played_s": round(played_s, 1),
        "lost_s": sum(lost),
        "left_unfinished": len(list(takes.glob("*.recording"))),
        "stuck_notes": stuck,
        **compare_notes(takes, [pitch for _, kind, pitch in notes if kind == "on"]),
        **compare_sound(kept[0], raw, began - recorded_at + START_SECONDS),
        "rss_mb": [size[0] for size in sizes],
        "threads": [size[1] for size in sizes],
        "files": [size[2] for size in sizes],
        "load": round(os.getloadavg()[0], 1),
    }


def _size(process: psutil.Process) -> tuple[float, int, int]:
    """Resident MB, threads and open files of a process and all that it has started."""
    resident, threads, files = 0, 0, 0
    with suppress(psutil.Error):
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                resident += one.memory_info().rss
                threads += one.num_threads()
                files += one.num_fds()
    return round(resident / 1e6, 1), threads, files


def compare_notes(takes: Path, heard: list[int]) -> dict[str, int]:
    """How the notes of takes and those that a receiver heard (pitches) differ."""
    kept = [note.pitch for take in sorted(takes.glob("*.csv")) for note in read_csv(take)]
    return {
        "notes_in_the_take": len(kept),
        "notes_at_the_receiver": len(heard),
        "heard_but_not_in_the_take": (Counter(heard) - Counter(kept)).total(),
        "in_the_take_but_not_heard": (Counter(kept) - Counter(heard)).total(),
    }


def compare_sound(take: Path, raw: Path, reach_s: float) -> dict[str, float]:
    """How many seconds of a take are, to the bit, what another recorder of the source has.

    Args:
        take: FLAC, mono, the mean of the two channels.
        raw: 16 bits, two channels, begun before it.
        reach_s: most that the take began after it.
    """
    other = np.memmap(raw, np.int16, "r").reshape(-1, 2)
    shift, shifts, equal, silent, unequal = 0, 0, 0, 0, 0
    for number, block in enumerate(soundfile.blocks(take, RATE, dtype="float64")):
        doubled = np.rint(2 * block * 2**15).astype(np.int64)
        if len(block) < RATE or not doubled.any():
            silent += len(block) == RATE
            continue
        at = number * RATE
        same = np.array_equal(doubled, _summed(other, at + shift, RATE))
        if not same:
            found = _find(doubled, other, at + shift, reach_s)
            shifts += found is not None
            reach_s = SHIFT_SECONDS if found is not None else min(2 * reach_s, MOST_SHIFT_SECONDS)
            shift = shift if found is None else found - at
            same = np.array_equal(doubled, _summed(other, at + shift, RATE))
        equal, unequal = equal + same, unequal + (not same)
    return {"equal_s": equal, "silent_s": silent, "unequal_s": unequal, "shifts": shifts}


def _summed(other: npt.NDArray[np.int16], start: int, length: int) -> npt.NDArray[np.int64]:
    return other[max(start, 0) : max(start + length, 0)].astype(np.int64).sum(axis=1)


def _find(doubled: npt.NDArray[np.int64], other: npt.NDArray[np.int16], near: int,
          reach_s: float) -> int | None:  # fmt: skip
    """Where in the other recording the last sound of a block is; None where it is nowhere near."""
    reach = int(reach_s * RATE)
    start = max(0, near - reach)
    sound = _summed(other, start, 2 * reach + len(doubled))
    end = int(doubled.nonzero()[0][-1]) + 1  # a server that starves gives pieces of sound
    tail = doubled[max(0, end - 2000) : end]
    loudest = int(np.abs(tail).argmax())  # few samples of a recording have its value
    last = len(sound) - len(tail) + loudest + 1
    for place in np.flatnonzero(sound[loudest:last] == tail[loudest]):
        if np.array_equal(sound[place : place + len(tail)], tail):
            return int(start + place - (end - len(tail)))
    return None


def find_wrong(figures: dict[str, Any]) -> list[str]:
    """Names of the figures that break a promise."""
    wrong = ["exit", "stuck_notes", "left_unfinished", "heard_but_not_in_the_take"]
    found = [name for name in wrong if figures[name]]
    found += ["take_s"] if figures["played_s"] - figures["take_s"] > 2.0 else []
    found += [name for name in ("rss_mb", "threads", "files") if _grows(figures[name])]
    return found + (["unequal_s"] if figures["unequal_s"] > figures["shifts"] + 1 else [])


def _grows(sizes: list[float]) -> bool:
    """Whether the last third is larger than the second by more than a tenth; the first is start."""
    third = len(sizes) // 3
    if third == 0:
        return False
    middle, last = sizes[third : 2 * third], sizes[2 * third :]
    return statistics.median(last) > 1.1 * statistics.median(middle)


def keep_figures(figures: dict[str, Any]) -> None:
    """Write what a run gave into results and table."""
    slow = f", {figures['sync_s']:g} s a sync" if figures["sync_s"] else ""
    said = (
        f"{figures['take_s']} s of {figures['played_s']} s, {figures['equal_s']} s equal to the "
        f"bit to another recorder's, {figures['silent_s']} s of silence, {figures['unequal_s']} s "
        f"of anything else, {figures['notes_in_the_take']} notes, "
        f"{figures['heard_but_not_in_the_take']} heard but missing, "
        f"{len(figures['stuck_notes'])} stuck, ended in {figures['closed_in_s']} s, "
        f"{_describe_sizes(figures['rss_mb'])} MB, {_describe_sizes(figures['threads'])} threads, "
        f"{_describe_sizes(figures['files'])} files"
    )
    load = round(figures["load"] / (os.cpu_count() or 1), 1)
    result = Result(time.strftime("%Y-%m-%d"), 1, tuple(find_wrong(figures)), 0, load, said)
    keep(f"long take, {figures['end']}{slow}", result)
    if figures["minutes"] >= LONG_MINUTES and not slow:
        minutes = f"{figures['minutes']:g} minutes"
        keep(str(LONG_SESSION), replace(result, said=f"{minutes}, {said}"))


def _describe_sizes(sizes: list[float]) -> str:
    return f"{sizes[0]:g} to {sizes[-1]:g}" if sizes else "no"


def main() -> int:
    """Print the figures of the run as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--end", choices=(*SIGNALS, "close"), default="term")
    parser.add_argument("--slow-sync", type=float, default=0.0, help="seconds a sync takes")
    parser.add_argument("--keep", action="store_true", help="write the outcome into the table")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-live-"))
    figures = soak(options.minutes, options.end, options.slow_sync, folder)
    print(json.dumps(figures, indent=1))
    if options.keep:
        keep_figures(figures)
    if find_wrong(figures):
        print(f"kept for a look: {folder}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
