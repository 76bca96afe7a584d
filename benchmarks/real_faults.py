"""Random faults against `jtm live` with a real PulseAudio and JACK.

`python -m benchmarks.real_faults [--sequences 100] [--seed 0]`

Each sequence: `jtm live` records while a melody plays, three to six faults (source unplugged and
back, server stopped and continued, the program itself stopped, another default, guardian killed,
source suspended), then it is ended, every third time by `kill -9`. The receiver may have no note
ringing, the take must be there or be recovered, nothing may be left running.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import psutil
import soundfile

from realtime.takes.recovery import recover
from tests.realtime import toy_model
from tests.realtime.live_session import Live, allowed, connected, guardians, session
from tests.realtime.servers import Pulse, jack_server, pulse_server, wait_until

FAULTS = ("unplug", "stop server", "stop program", "default", "guardian", "suspend", "nothing")

LOSS_SECONDS = 1.5
"""A note that was heard earlier than this before the end must be in a take."""


def provoke(fault: str, pulse: Pulse, live: Live, rng: random.Random) -> None:
    """One fault, and its end."""
    pause = rng.uniform(0.2, 1.5)
    if fault == "unplug":
        pulse.unplug()
        time.sleep(pause)
        pulse.plug_in()
    elif fault in ("stop server", "stop program"):
        process = psutil.Process((pulse if fault == "stop server" else live).process.pid)
        process.send_signal(signal.SIGSTOP)
        time.sleep(pause)
        process.send_signal(signal.SIGCONT)
    elif fault == "default":
        module = pulse.load_sink("other")
        pulse.pactl("set-default-source", "other.monitor")
        time.sleep(pause)
        pulse.pactl("set-default-source", "vmic.monitor")
        pulse.pactl("unload-module", module)
    elif fault == "guardian":
        for guardian in guardians(live):
            guardian.kill()
    elif fault == "suspend":
        pulse.pactl("suspend-sink", "vmic", "1")
        time.sleep(pause)
        pulse.pactl("suspend-sink", "vmic", "0")
    time.sleep(rng.uniform(0.1, 0.6))


def sequence(number: int, seed: int, servers: tuple[Pulse, dict[str, str]], folder: Path,
             model: Path, tune: Path) -> str:  # fmt: skip
    """Run one; returns what went wrong, or ""."""
    rng = random.Random(f"{seed} {number}")
    takes, name, done = folder / f"takes{number}", f"rx{number}", []
    with session(servers, model, name, "--record", takes) as (pulse, listener, live):
        children = psutil.Process(live.process.pid).children(recursive=True)
        player = pulse.play(tune)
        for _ in range(rng.randrange(3, 7)):
            done.append(rng.choice(FAULTS))
            provoke(done[-1], pulse, live, rng)
            connected(servers[1], f"{name}:in")
        if live.process.poll() is not None:
            return f"died after {done}: {live.lines[-2:]}"
        try:
            wait_until(lambda: connected(servers[1], f"{name}:in"), 10, "the port again")
        except AssertionError as error:
            return f"{done}: {error}"
        hard = number % 3 == 0
        old_enough = any(heard[0] < time.monotonic() - LOSS_SECONDS for heard in listener.heard)
        code, took = live.end(signal.SIGKILL if hard else signal.SIGTERM)
        player.kill()
        player.wait()
        try:
            wait_until(lambda: not listener.rings(), 3, "offs")
            wait_until(lambda: not any(map(psutil.Process.is_running, children)), 5, "an end")
        except AssertionError as error:
            return f"{done}, {'hard' if hard else 'soft'} end: {error}"
        if not hard and (code != 0 or took > allowed(2)):
            return f"{done}: exit {code} after {took:.1f} s"
    if hard:
        recover(takes)
    kept = [soundfile.info(path).duration for path in takes.glob("*.flac")]
    return "" if kept or not old_enough else f"{done}: no take, {sorted(takes.rglob('*'))}"


def main() -> int:
    """Print what went wrong, and how many did not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model, tune = toy_model.save(folder / "toy.onnx"), folder / "tune.wav"
        soundfile.write(tune, toy_model.melody(48_000, 30.0), 48_000)
        with (
            pulse_server(folder / "p") as pulse,
            jack_server(folder / "j", pulse.environment) as environment,
        ):
            for number in range(options.sequences):
                problem = sequence(number, options.seed, (pulse, environment), folder, model, tune)
                wrong += bool(problem)
                print(f"{number:>4} {problem or 'well'}", flush=True)
    print(f"{options.sequences - wrong} of {options.sequences} sequences went well")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
