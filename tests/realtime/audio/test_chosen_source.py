"""Nobody listens in: what the server connects us to is not recorded unless it was chosen."""

import contextlib
import subprocess
import time
from pathlib import Path

import mido
import numpy as np
import psutil
import pytest
import soundfile

from realtime.audio.microphone import Microphone
from tests.support.live_session import Live, allowed
from tests.support.servers import Pulse, pulse_server, wait_until

RATE = 48_000
PLAYED_HZ, SECRET_HZ = 440.0, 3_000.0


class Moved:
    """A stream whose sound flows on from a source that nobody chose."""

    name, rate, block_frames, latency_ms, pauses, problem = "mic", RATE, 480, 10.0, False, ""
    keeps_late = False
    hush = None

    def __init__(self):
        self.level = 0.5
        self.closed = False

    def take_remark(self):
        return ""

    def waiting(self):
        return 10_000

    def read(self, frames):
        return np.full(frames, self.level, dtype=np.float32)

    def wait(self, frames, timeout_s):
        """Never waits."""

    def alive(self):
        return not self.problem

    def close(self):
        self.closed = True


def test_sound_that_flows_from_another_source_is_not_read():
    stream, streams = Moved(), []

    def opened(name):
        streams.append(name)
        if len(streams) > 1:
            time.sleep(5)
        return stream

    microphone = Microphone("mic", opened)
    microphone.wait_until_open(1)
    assert len(microphone.read(480)) == 480
    stream.problem, stream.level = "Input 'mic' was unplugged; waiting for it to come back.", 0.1
    heard = [microphone.read(480) for _ in range(20)]
    assert sum(map(len, heard)) == 0
    status = microphone.status()
    assert status.remark == stream.problem and not status.connected
    assert microphone.status().remark is None
    wait_until(lambda: stream.closed, 2, "the stream to be closed")


def watches(live: Live) -> set[int]:
    """Processes that subscribe to the server's changes."""
    found = set()
    for child in psutil.Process(live.process.pid).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if child.cmdline()[:2] == ["pactl", "subscribe"]:
                found.add(child.pid)
    return found


def tone(path: Path, hertz: float) -> Path:
    time_s = np.arange(40 * RATE) / RATE
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * hertz * time_s), RATE)
    return path


def power_at(sound: np.ndarray, hertz: float) -> float:
    """Share of the sound's power within 20 Hz of a frequency."""
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    return float(spectrum[np.abs(frequency - hertz) < 20].sum() / max(spectrum.sum(), 1e-12))


def seconds_of(sound: np.ndarray, hertz: float) -> float:
    """How long a tone is the most of what there is, in pieces of a tenth of a second."""
    pieces = sound[: len(sound) // 4800 * 4800].reshape(-1, 4800)
    loud = [piece for piece in pieces if np.abs(piece).max() > 0.02]
    return 0.1 * sum(power_at(piece, hertz) > 0.5 for piece in loud)


def play(pulse: Pulse, path: Path, sink: str) -> subprocess.Popen:
    return subprocess.Popen(
        ["paplay", f"--device={sink}", str(path)], env=pulse.environment,
        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture
def pulse(tmp_path):
    with pulse_server(tmp_path / "p") as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize("name", ["", "PulseAudio: vmic.monitor"])
def test_a_source_that_is_taken_away_while_sound_flows(pulse, toy_path, tmp_path, name):
    takes = tmp_path / "takes"
    live = Live(pulse.environment, "--input", name, "--model", toy_path, "--record", takes)
    played = play(pulse, tone(tmp_path / "played.wav", PLAYED_HZ), "vmic")
    time.sleep(3)
    pulse.load_sink("other")
    secret = play(pulse, tone(tmp_path / "secret.wav", SECRET_HZ), "other")
    time.sleep(1)
    pulse.unplug()
    wait_until(lambda: live.said("unplugged"), allowed(2), "a word")
    time.sleep(4)
    code, _ = live.end()
    played.kill()
    secret.kill()
    played.wait()
    secret.wait()
    assert code == 0, live.lines
    (flac,) = takes.glob("*.flac")
    sound, _ = soundfile.read(flac)
    assert seconds_of(sound, PLAYED_HZ) > 2, "what was chosen is in the take"
    assert seconds_of(sound, SECRET_HZ) <= 0.5, "what the computer plays is not"
    marks = marks_of(flac)
    assert any("unplugged" in mark for mark in marks), marks


def said(live: Live, words: str) -> int:
    """How many lines hold these words."""
    return sum(words in line for line in live.lines)


def marks_of(flac: Path) -> list[str]:
    """Texts of the markers of a take."""
    track = mido.MidiFile(flac.with_suffix(".mid")).tracks[0]
    return [message.text for message in track if message.type == "marker"]


NAMED = "PulseAudio: vmic.monitor"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("to another", ""),
        ("to another", NAMED),
        ("to the default", NAMED),  # without a name the default is what was chosen
        ("to an idle one", ""),
        ("to an idle one", NAMED),
        ("there and back", ""),
        ("there and back", NAMED),
    ],
)
def test_a_recording_that_is_moved(pulse, toy_path, tmp_path, name, kind):
    """By a mixer, a rule or another program: a server does not say who it was."""
    takes = tmp_path / "takes"
    pulse.load_sink("other")
    played = [play(pulse, tone(tmp_path / "played.wav", PLAYED_HZ), "vmic")]
    if kind != "to an idle one":
        played.append(play(pulse, tone(tmp_path / "secret.wav", SECRET_HZ), "other"))
    live = Live(pulse.environment, "--input", name, "--model", toy_path, "--record", takes)
    time.sleep(3)
    if kind == "to the default":
        pulse.pactl("set-default-source", "other.monitor")
        time.sleep(3)
    for times in range(1, 4):
        wait_until(pulse.listeners, allowed(3), "a recording")
        number = pulse.listeners().split()[0]
        moved_at = time.monotonic()
        pulse.pactl("move-source-output", number, "other.monitor")
        if kind == "there and back":
            pulse.pactl("move-source-output", number, "vmic.monitor", check=False)
        wait_until(lambda n=times: said(live, "the place of 'vmic") >= n, allowed(1), "a word")
        assert time.monotonic() - moved_at < allowed(1)
        wait_until(lambda n=times: said(live, "again.") >= n, allowed(3), "the return")
        time.sleep(1)
    code, _ = live.end()
    for player in played:
        player.kill()
        player.wait()
    assert code == 0, live.lines
    (flac,) = takes.glob("*.flac")
    sound, _ = soundfile.read(flac)
    assert seconds_of(sound, PLAYED_HZ) > 4, "what was chosen is in the take"
    assert seconds_of(sound, SECRET_HZ) <= 0.2, "what was not is not"
    marks = marks_of(flac)
    assert sum("the place of 'vmic" in mark for mark in marks) >= 3, marks
    assert sum("Listening to" in mark for mark in marks) >= 3, marks


@pytest.mark.slow
def test_the_watch_is_begun_anew_when_it_dies(pulse, toy_path, tmp_path):
    live = Live(pulse.environment, "--input", "", "--model", toy_path)
    killed: set[int] = set()
    for _ in range(3):
        wait_until(lambda: watches(live) - killed, allowed(4), "a watch")
        for pid in watches(live) - killed:
            killed.add(pid)
            psutil.Process(pid).kill()
    wait_until(lambda: watches(live) - killed, allowed(4), "a watch")
    pulse.load_sink("other")
    pulse.unplug()
    wait_until(lambda: live.said("unplugged"), allowed(2), "a word")
    live.end()


@pytest.mark.slow
@pytest.mark.parametrize("suspended", [True, False])
def test_a_killed_program_leaves_no_microphone_open(pulse, toy_path, suspended):
    live = Live(pulse.environment, "--input", "", "--model", toy_path)
    wait_until(pulse.listeners, 5, "a recording")
    if suspended:
        pulse.pactl("suspend-sink", "vmic", "1")
    time.sleep(0.5)
    ours = psutil.Process(live.process.pid).children(recursive=True)
    live.process.kill()
    gone = allowed(2)
    wait_until(lambda: not any(child.is_running() for child in ours), gone, "every process gone")
    assert not pulse.listeners()
    live.join(2)
    live.process.stderr.close()
    live.process.wait()
