"""Does every note end at the receiver, and how soon, when engine, guardian or port fail?

`python -m benchmarks.attacks.ended_notes [--times 20] [--fault NAME ...] [--keep]`

`jtm live` plays two notes over and over to a JACK receiver in a process of its own, which dates
every message. A fault comes while both sound, and once it is there the music stops; then what the
receiver heard is counted note by note, note-offs alone (no CC 123, no CC 120): when the last of
the two ended, and whether every note-on of the whole try has its note-off. A hang must end them
within a second (of a machine with a core to spare), and so must a port that is back. The guardian
must not end what an engine plays that only starves for a second and a half, for the machine is busy
and nothing is wrong: no All Notes Off may come meanwhile. The engine itself may end them, in the
moments that it gets, and does at the latest when it runs again. With --keep the outcome goes into
docs/faults-results.json and the table.
"""

import argparse
import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import soundfile

from benchmarks.attacks.bench import INPUT, Bench, open_bench
from benchmarks.faults import Result, keep, load_of_a_core
from realtime.midi.messages import ALL_NOTES_OFF, CONTROL
from tests.support import toy_model
from tests.support.live_session import PORT, Live, allowed, guardians
from tests.support.servers import wait_until

RATE = 48_000
SOUND_SECONDS, REST_SECONDS = 6.0, 0.5
FREQUENCIES = (440.0, 659.26)
STARVED_SECONDS = 1.5
UNPLUGGED_SECONDS = 1.0
IN_A_ROW = 3
"""So many guardians hang one after another."""
APART_SECONDS = 2.0
"""So long a guardian has served before the next fault: a new one is started once a second."""
LONGEST_SECONDS = 12.0
"""A note that rings longer is stuck."""


class TooLateError(Exception):
    """The notes ended by themselves before the fault was there: no try."""


Act, Asked = Callable[[], None], Callable[[], bool]
"""Something to do (the music stops), something to ask (whether the notes have ended)."""


@dataclass
class Rig:
    """A bench, the program that runs between its servers, and what it hears."""

    bench: Bench
    live: Live
    tune: Path

    def guardian(self) -> psutil.Process:
        """The process that owns the port now."""
        return guardians(self.live)[0]


@contextlib.contextmanager
def stopped(process: int) -> Iterator[None]:
    """A process that stands still until the block ends, and is continued if it is still there."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGCONT)


@contextlib.contextmanager
def starved(process: int) -> Iterator[None]:
    """A process whose threads want a processor and get next to none: they wait for a rival."""
    threads = [int(task.name) for task in Path(f"/proc/{process}/task").iterdir()]
    cores, idle, usual = os.sched_getaffinity(process), os.SCHED_IDLE, os.SCHED_OTHER
    core = {min(cores)}
    rival = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        os.sched_setaffinity(rival.pid, core)
        for thread in threads:
            os.sched_setaffinity(thread, core)
            os.sched_setscheduler(thread, idle, os.sched_param(0))
        yield
    finally:
        rival.kill()
        rival.wait()
        for thread in threads:
            with contextlib.suppress(OSError):
                os.sched_setscheduler(thread, usual, os.sched_param(0))
                os.sched_setaffinity(thread, cores)


def engine_hangs(rig: Rig, hush: Act, ended: Asked) -> None:
    """Stop `jtm live` with SIGSTOP while notes sound; each must end."""
    with stopped(rig.live.process.pid):
        hush()
        wait_until(ended, LONGEST_SECONDS, "an off for every note")


def guardian_hangs(rig: Rig, hush: Act, ended: Asked) -> None:
    """SIGSTOP of the process that owns the port."""
    guardian = rig.guardian()
    with stopped(guardian.pid):
        hush()
        wait_until(ended, LONGEST_SECONDS, "an off for every note")


def guardians_hang(rig: Rig, hush: Act, ended: Asked) -> None:
    """SIGSTOP of the process that owns the port, and of two that take its place as they start."""
    with contextlib.ExitStack() as stack:
        hung: set[psutil.Process] = set()
        for _ in range(IN_A_ROW):
            wait_until(lambda: set(guardians(rig.live)) - hung, LONGEST_SECONDS, "a guardian")
            for other in set(guardians(rig.live)) - hung:
                hung.add(other)
                stack.enter_context(stopped(other.pid))
        hush()
        wait_until(ended, LONGEST_SECONDS, "an off for every note")


def guardian_is_killed(rig: Rig, hush: Act, ended: Asked) -> None:
    """SIGKILL of the process that owns the port; its connections are restored by the next."""
    rig.guardian().kill()
    hush()
    wait_until(ended, LONGEST_SECONDS, "an off for every note")


def engine_starves(rig: Rig, hush: Act, ended: Asked) -> None:
    """The engine is ready to run and is not let; the guardian must let the notes ring on."""
    with starved(rig.live.process.pid):
        hush()
        time.sleep(STARVED_SECONDS)
        heard = [(status & 0xF0, key) for _, status, key, _ in rig.bench.listener.heard]
        taken_for_hung = (CONTROL, ALL_NOTES_OFF) in heard
    assert not taken_for_hung, "the guardian ended the notes of an engine that starved"
    wait_until(ended, LONGEST_SECONDS, "an off for every note")


def cable_is_out(rig: Rig, hush: Act, ended: Asked) -> None:
    """The port is disconnected from the receiver, and connected again after a second."""
    subprocess.run(["jack_disconnect", PORT, INPUT], env=rig.bench.environment, timeout=10,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)  # fmt: skip
    hush()
    time.sleep(UNPLUGGED_SECONDS)
    wait_until(rig.bench.connect, LONGEST_SECONDS, "the port")
    wait_until(ended, LONGEST_SECONDS, "an off for every note")


FAULTS = {
    "engine hangs": (engine_hangs, 1.0),
    "guardian hangs": (guardian_hangs, 1.0),
    "guardians hang in a row": (guardians_hang, 1.0),
    "guardian is killed": (guardian_is_killed, 1.0),
    "engine starves": (engine_starves, STARVED_SECONDS + 1.0),
    "cable is out": (cable_is_out, UNPLUGGED_SECONDS + 1.0),
}
"""Name -> (what provokes it, within how many seconds the notes must end on a quiet machine)."""


def attempt(rig: Rig, name: str) -> float:
    """Seconds from the fault to the last note-off of what sounded.

    Raises:
        AssertionError: where a note sticks.
        TooLateError: where there was nothing to see.
    """
    provoke = FAULTS[name][0]
    listener = rig.bench.listener
    wait_until(rig.bench.connect, allowed(10), "the port")
    wait_until(lambda: _age(rig.guardian()) > APART_SECONDS, allowed(10), "an old guardian")
    listener.heard.clear()
    player = rig.bench.pulse.play(rig.tune)
    try:
        wait_until(lambda: len(listener.sounding()) == len(FREQUENCIES), allowed(20), "two notes")
        sounding, began_s = listener.sounding(), float("inf")

        def hush() -> None:
            nonlocal began_s
            began_s = time.monotonic()
            player.kill()
            if listener.sounding() != sounding:
                raise TooLateError

        def offs() -> dict[int, float]:
            late = [(pitch, at_s) for at_s, kind, pitch in listener.notes()
                    if kind == "off" and at_s >= began_s and pitch in sounding]  # fmt: skip
            return dict(reversed(late))

        provoke(rig, hush, lambda: set(offs()) == sounding)
        took_s = max(offs().values()) - began_s
    finally:
        player.kill()
        player.wait()
    assert rig.live.process.poll() is None, f"it died: {rig.live.lines[-2:]}"
    wait_until(lambda: not listener.sounding(), allowed(5), "an off for every later note")
    return took_s


def _age(process: psutil.Process) -> float:
    """Seconds since a process was started."""
    return time.time() - process.create_time()


def describe_delays(seconds: list[float]) -> str:
    """The distribution of what was measured."""
    ordered = sorted(seconds)
    middle = statistics.median(ordered)
    return (
        f"the last note ended {ordered[0]:.2f} to {ordered[-1]:.2f} s after the fault, "
        f"median {middle:.2f} s"
    )


def chords(path: Path) -> None:
    """Two notes together, again and again, for a minute."""
    time_s = np.arange(round((SOUND_SECONDS + REST_SECONDS) * RATE)) / RATE
    both = 0.25 * np.sum([np.sin(2 * np.pi * f * time_s) for f in FREQUENCIES], axis=0)
    both[time_s >= SOUND_SECONDS] = 0
    soundfile.write(path, np.tile(both, 10), RATE)


def run(names: list[str], times: int, keeps: bool) -> bool:
    """Try every fault so many times; whether all held."""
    well = True
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        model, tune = toy_model.save(folder / "toy.onnx"), folder / "tune.wav"
        chords(tune)
        for name in names:
            with open_bench(folder / name.replace(" ", "-")) as bench:
                result = _tries(name, times, bench, model, tune)
            well = well and not result.failed
            print(f"{name}: {result.said} {result.failed}", flush=True)
            if keeps:
                keep(f"notes at the receiver, {name}", result)
    return well


def _tries(name: str, times: int, bench: Bench, model: Path, tune: Path) -> Result:
    """One `jtm live` through one fault so many times."""
    seconds: list[float] = []
    failed: list[str] = []
    live = bench.start("--model", model)
    rig, tries = Rig(bench, live, tune), 0
    try:
        while tries < times and live.process.poll() is None:
            tries += 1
            try:
                seconds.append(attempt(rig, name))
                held = seconds[-1] <= allowed(FAULTS[name][1])
                problem = "" if held else f"{seconds[-1]:.2f} s"
            except TooLateError:
                tries -= 1
                continue
            except AssertionError as error:
                problem = str(error)
            failed += [f"try {tries}: {problem}"] if problem else []
            print(f"{name} {tries}: {problem or f'{seconds[-1]:.2f} s'}", flush=True)
    finally:
        live.process.kill()
        live.process.wait()
    said = describe_delays(seconds) if seconds else ""
    return Result(time.strftime("%Y-%m-%d"), tries, tuple(failed), 0, load_of_a_core(), said)


def main() -> int:
    """Print what came of every try. Returns 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--fault", nargs="*", choices=list(FAULTS), default=list(FAULTS))
    parser.add_argument("--keep", action="store_true", help="write the outcome into the table")
    options = parser.parse_args()
    return 0 if run(options.fault, options.times, options.keep) else 1


if __name__ == "__main__":
    sys.exit(main())
