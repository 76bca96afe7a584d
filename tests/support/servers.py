"""A PulseAudio and a JACK server of our own, each in its own folder, for tests with real sound."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

STOP_SECONDS = 15.0
"""Left to a server to end by itself; a jackd that is killed holds one of eight places for good."""
INSTALL = "apt-get install pulseaudio pulseaudio-utils libasound2-plugins libportaudio2 jackd2"


def need(*programs: str) -> None:
    """Fail, in words, where a server is not installed."""
    missing = [program for program in programs if shutil.which(program) is None]
    assert not missing, f"{', '.join(missing)} not installed; run `{INSTALL}` (or `make system`)."


def allowed(seconds: float) -> float:
    """So many seconds on a machine with a core to spare; more where others wait for one too."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def wait_until(true, seconds: float, what: str) -> None:
    """Poll `true` twenty times a second; fail naming `what` after so long."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.05)


@contextmanager
def running(
    command: list[str], environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(allowed(STOP_SECONDS))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Pulse:
    """A running PulseAudio with one null sink, whose monitor is the microphone."""

    def __init__(self, environment: dict[str, str], process: subprocess.Popen) -> None:
        self.environment, self.process = environment, process

    def pactl(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            ["pactl", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=allowed(10),
        )
        assert not check or done.returncode == 0, f"pactl {words}: {done.stderr}"
        return done.stdout.strip()

    def play(self, path: Path) -> subprocess.Popen:
        return subprocess.Popen(
            ["paplay", "--latency-msec=200", str(path)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def load_sink(self, name: str = "vmic", rate: int = 48_000, channels: int = 2) -> str:
        return self.pactl(
            "load-module",
            "module-null-sink",
            f"sink_name={name}",
            f"rate={rate}",
            f"channels={channels}",
        )

    def plug_in(self) -> None:
        """The microphone, as the default source; whatever is played is what it hears."""
        self.load_sink()
        self.pactl("set-default-source", "vmic.monitor")
        self.pactl("set-default-sink", "vmic")

    def unplug(self) -> None:
        modules = self.pactl("list", "short", "modules").splitlines()
        self.pactl(
            "unload-module", next(line.split()[0] for line in modules if "null-sink" in line)
        )

    def listeners(self) -> str:
        return self.pactl("list", "short", "source-outputs", check=False)


@contextmanager
def pulse_server(folder: Path, sink: bool = True) -> Iterator[Pulse]:
    need("pulseaudio", "pactl", "paplay")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_RUNTIME_PATH": str(folder),
        "PULSE_SERVER": f"unix:{folder}/native",
        "PULSE_LATENCY_MSEC": "20",
        "JACK_NO_START_SERVER": "1",
    }
    with running(pulse_command(folder), environment, folder / "pulse.log") as process:
        yield answering(Pulse(environment, process), folder, sink)


def pulse_command(folder: Path) -> list[str]:
    return [
        "pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1",
        "--disable-shm=yes", "--log-target=stderr",
        "-L", f"module-native-protocol-unix auth-anonymous=1 socket={folder}/native",
    ]  # fmt: skip


def answering(pulse: Pulse, folder: Path, sink: bool) -> Pulse:
    """Wait for the server, give it its microphone."""

    def answers() -> bool:
        assert pulse.process.poll() is None, (folder / "pulse.log").read_text()[-800:]
        with suppress(AssertionError, subprocess.TimeoutExpired):
            pulse.pactl("info")
            return True
        return False

    wait_until(answers, allowed(10), "pulseaudio")
    if sink:
        pulse.plug_in()
    return pulse


@contextmanager
def jack_server(folder: Path, environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """A JACK server without sound card. Gives the environment that finds it."""
    with jack_process(folder, environment) as (_, found):
        yield found


@contextmanager
def jack_process(
    folder: Path, environment: Mapping[str, str]
) -> Iterator[tuple[subprocess.Popen, dict[str, str]]]:
    """A server with its process; a second one in its place is found by the same environment."""
    need("jackd", "jack_lsp", "jack_connect")
    folder.mkdir(parents=True, exist_ok=True)
    name = f"jtm{os.getpid()}"
    environment = {
        **environment,
        "JACK_DEFAULT_SERVER": name,
        "JACK_NO_AUDIO_RESERVATION": "1",
        "JACK_NO_START_SERVER": "1",
    }
    command = ["jackd", "-R", "-P", "50", "--no-mlock", "-n", name,
               "-d", "dummy", "-r", "48000", "-p", "256"]  # fmt: skip
    for attempt in range(4):
        with running(command, environment, folder / "jack.log") as process:
            if _jack_answers(process, environment):
                yield process, environment
                return
        time.sleep(1 + attempt)
    raise AssertionError("jackd does not stay up:\n" + (folder / "jack.log").read_text()[-800:])


def _jack_answers(process: subprocess.Popen, environment: Mapping[str, str]) -> bool:
    deadline = time.monotonic() + allowed(8)
    good = 0
    while time.monotonic() < deadline and process.poll() is None:
        done = subprocess.run(["jack_lsp"], env=dict(environment), capture_output=True, check=False)
        good = good + 1 if done.returncode == 0 else 0
        if good >= 3:
            return True
        time.sleep(0.2)
    return False


def jack_ports(environment: Mapping[str, str]) -> list[str]:
    done = subprocess.run(
        ["jack_lsp"], env=dict(environment), capture_output=True, text=True, check=False
    )
    return done.stdout.splitlines()
