"""Random faults against `jtm live` with a real PulseAudio and JACK.

`python -m benchmarks.attacks.real_faults [--sequences 300] [--first 0] [--seed 0] [--keep]
[--logs FOLDER]`

Each sequence: `jtm live` records while a melody plays, three to six faults (source unplugged and
back, suspended, another default, server stopped and continued, the program or its guardian stopped
and continued, guardian, recorder or watch killed), then it is ended, every third time by `kill -9`,
after which `jtm live` is started once more. The receiver has heard the off of every note, counted
without CC 123 and 120; a take is there, and in it every note that the receiver heard, but for the
last 1.5 s before a `kill -9`; nothing is left running. Every sequence has servers and a receiver of
its own; where they do not start nothing was tried, and it is not counted. Where the source was
never there for long, sound has 5 s to come before the end. With --keep the outcome goes into
docs/faults-results.json and the table made from it, beside that of the sequences before --first.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil
import soundfile

from benchmarks.attacks.bench import Bench, NothingTriedError, examined, open_bench
from benchmarks.faults import Result, keep, kept, load_of_a_core
from realtime.files.note_files import read_csv
from tests.support import toy_model
from tests.support.live_session import ROOT, Listener, Live, allowed, guardians
from tests.support.servers import Pulse, wait_until

FAULTS = ("unplug", "stop server", "stop program", "stop guardian", "default", "guardian", "parec",
          "pactl", "suspend", "nothing")  # fmt: skip

NAME = "random faults, real servers"
"""Name of the row in the table of faults, of the sequences of seed 1; others say theirs."""
LOSS_SECONDS = 1.5
"""A note that was heard earlier than this before `kill -9` must be in a take."""


def start_again(environment: dict[str, str], model: Path, tune: Path, takes: Path) -> str:
    """Start as a user does after a crash; interrupted takes of known folders are finished.

    Returns what went wrong, with the place where it hangs, or "".
    """
    process = subprocess.Popen(
        [sys.executable, "-X", "faulthandler", str(ROOT / "jtm.py"), "live", "--input",
         str(tune), "--fast", "--seconds", "0.5", "--model", str(model), "--record",
         str(takes / "next")],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        _, said = process.communicate(timeout=allowed(60))
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)
        _, said = process.communicate(timeout=60)
        return f"no end of the next start: {said[-2000:]}"
    return f"the next start: {said[-300:]}" if process.returncode else ""


def provoke(fault: str, pulse: Pulse, live: Live, rng: random.Random) -> None:
    """One fault, and its end."""
    pause = rng.uniform(0.2, 1.5)
    if fault == "unplug":
        pulse.unplug()
        time.sleep(pause)
        pulse.plug_in()
    elif fault in ("stop server", "stop program"):
        _stop(psutil.Process((pulse if fault == "stop server" else live).process.pid), pause)
    elif fault == "stop guardian":
        for guardian in guardians(live):
            _stop(guardian, pause)
    elif fault == "default":
        module = pulse.load_sink("other")
        pulse.pactl("set-default-source", "other.monitor")
        time.sleep(pause)
        pulse.pactl("set-default-source", "vmic.monitor")
        pulse.pactl("unload-module", module)
    elif fault == "guardian":
        for guardian in guardians(live):
            with suppress(psutil.NoSuchProcess):
                guardian.kill()
    elif fault in ("parec", "pactl"):
        for child in psutil.Process(live.process.pid).children():
            with suppress(psutil.NoSuchProcess):
                if child.name() == fault:
                    child.kill()
    elif fault == "suspend":
        pulse.pactl("suspend-sink", "vmic", "1")
        time.sleep(pause)
        pulse.pactl("suspend-sink", "vmic", "0")
    time.sleep(rng.uniform(0.1, 0.6))


def _stop(process: psutil.Process, pause: float) -> None:
    with suppress(psutil.NoSuchProcess):  # a guardian that hangs is killed
        process.send_signal(signal.SIGSTOP)
        time.sleep(pause)
        process.send_signal(signal.SIGCONT)


def sequence(
    number: int, seed: int, bench: Bench, model: Path, tune: Path, takes: Path, logs: Path | None
) -> str:
    """Run one; returns what went wrong, or "", and keeps what was going on then in `logs`."""
    rng = random.Random(f"{seed} {number}")
    hard, done, listener = number % 3 == 0, [], bench.listener
    ended_at_s = time.monotonic()
    live = bench.start("--model", model, "--record", takes)
    player = bench.pulse.play(tune)
    try:
        wait_until(bench.connect, allowed(10), "the port")
        children = psutil.Process(live.process.pid).children(recursive=True)
        for _ in range(rng.randrange(3, 7)):
            done.append(rng.choice(FAULTS))
            provoke(done[-1], bench.pulse, live, rng)
            bench.connect()
        done.append("kill -9" if hard else "SIGTERM")
        if live.process.poll() is not None:
            return f"died after {done}: {live.lines[-2:]}"
        wait_until(bench.connect, allowed(10), "the port again")
        wait_until(lambda: any(takes.rglob("*.flac")), allowed(5), "sound after the last fault")
        ended_at_s = time.monotonic()
        live.process.send_signal(signal.SIGKILL if hard else signal.SIGTERM)
        code = live.process.wait(allowed(20))
        if code != 0 and not hard:
            return f"{done}: exit {code}, {live.lines[-2:]}"
        wait_until(lambda: not listener.sounding(), allowed(3), "offs")
        wait_until(lambda: not any(map(psutil.Process.is_running, children)), allowed(5), "an end")
    except (AssertionError, subprocess.TimeoutExpired) as error:
        last = [(round(at_s - ended_at_s, 3), *rest) for at_s, *rest in listener.heard[-20:]]
        if logs is not None:
            (logs / f"{seed}-{number}.txt").write_text(f"{done}: {error}\n{examined(bench, live)}")
        return f"{done}: {error}; {listener.sounding()} sound; last heard {last}"
    finally:
        for process in (player, live.process):
            process.kill()
            process.wait()
    until_s = ended_at_s - LOSS_SECONDS if hard else ended_at_s + 60
    heard = [pitch for at_s, pitch in struck(listener) if at_s < until_s]
    problem = start_again(bench.environment, model, tune, takes) if hard else ""
    return problem or lacks(takes, heard, str(done))


def struck(listener: Listener) -> list[tuple[float, int]]:
    """(seconds, pitch) of every note that began at the receiver.

    JACK hands the messages of a client once more to others where it missed a cycle; we never send
    two ons without an off between them.
    """
    sounding: set[int] = set()
    found = []
    for at_s, kind, pitch in listener.notes():
        if kind == "off":
            sounding.discard(pitch)
        elif pitch not in sounding:
            sounding.add(pitch)
            found.append((at_s, pitch))
    return found


def lacks(takes: Path, heard: list[int], told: str) -> str:
    """What takes lack of the notes (pitches) that a receiver heard, or ""."""
    if any(takes.glob("*.recording")):
        return f"{told}: left unfinished, {sorted(takes.iterdir())}"
    in_takes = [note.pitch for path in takes.glob("*.csv") for note in read_csv(path)]
    if lost := Counter(heard) - Counter(in_takes):
        return f"{told}: {dict(lost)} of {len(heard)} notes are in no take"
    sounds = [soundfile.info(path).duration for path in takes.glob("*.flac")]
    return f"{told}: no sound, {sorted(takes.rglob('*'))}" if heard and not sum(sounds) else ""


def add(seed: int, failed: tuple[str, ...], anew: bool) -> None:
    """Write the outcome of one more sequence into results and table."""
    row = NAME if seed == 1 else f"{NAME}, seed {seed}"
    before = None if anew else kept(row)
    tries = 1 + (before.tries if before else 0)
    failed = (*(before.failed if before else ()), *failed)
    keep(row, Result(time.strftime("%Y-%m-%d"), tries, failed, 0, load_of_a_core()))


def main() -> int:
    """Print what went wrong, and how many did not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", action="store_true", help="write the outcome into the table")
    parser.add_argument("--logs", type=Path, help="folder for what failed")
    options = parser.parse_args()
    wrong: list[str] = []
    tried = 0
    if options.logs is not None:
        options.logs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model, tune = toy_model.save(folder / "toy.onnx"), folder / "tune.wav"
        soundfile.write(tune, toy_model.melody(48_000, 30.0), 48_000)
        for number in range(options.first, options.first + options.sequences):
            try:
                place = folder / str(number)
                with open_bench(place) as bench:
                    problem = sequence(
                        number, options.seed, bench, model, tune, place / "takes", options.logs
                    )
            except NothingTriedError as error:
                print(f"{number:>4} {time.strftime('%T')} nothing tried: {error}", flush=True)
                continue
            except Exception as error:  # what was not foreseen is no success
                problem = f"{type(error).__name__}: {error}"
            tried += 1
            failed = (f"sequence {number} of seed {options.seed}",) if problem else ()
            wrong += failed
            if options.keep:
                add(options.seed, failed, anew=number == 0)
            load = os.getloadavg()[0]
            print(f"{number:>4} {time.strftime('%T')} {load:5.1f} {problem or 'well'}", flush=True)
    print(f"{tried - len(wrong)} of {tried} sequences went well")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
