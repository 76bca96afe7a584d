"""`jtm live` and a synthesizer as processes of their own, as a user runs them."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

from tests.support.servers import allowed as allowed
from tests.support.servers import wait_until

ROOT = Path(os.environ.get("JTM_ROOT") or Path(__file__).parents[2])
"""Where the program lies that is tried: here, or an earlier version of it beside."""
PORT = "Jaka to melodia:out"


def toy_of(root, path):
    """The tests' small model, made by the version that lies there, for it to read."""
    place = "support" if (Path(root) / "tests" / "support").is_dir() else "realtime"
    code = f"import sys, pathlib; from tests.{place} import toy_model as toy; "
    subprocess.run(
        [sys.executable, "-c", f"{code}toy.save(pathlib.Path(sys.argv[1]))", str(path)],
        cwd=root, check=True,
    )  # fmt: skip
    return path


class Listener:
    """The synthesizer at the other end: a process that prints what it hears."""

    def __init__(self, environment, name):
        self.heard = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.midi_listener", name],
            cwd=Path(__file__).parents[2], env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout.readline() == "ready\n"
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        for line in self.process.stdout:
            at_s, *message = line.split()
            self.heard.append((float(at_s), *[*map(int, message), 0, 0][:3]))

    def notes(self):
        """[(seconds, "on" or "off", pitch)]"""
        kinds = {0x90: "on", 0x80: "off"}
        return [(t, kinds[s & 0xF0], key) for t, s, key, _ in self.heard if s & 0xF0 in kinds]

    def rings(self):
        """What a synthesizer still plays, one that obeys All Notes Off."""
        rings = set()
        for _, status, key, _ in self.heard:
            if status == 0x90:
                rings.add(key)
            elif status == 0x80:
                rings.discard(key)
            elif status == 0xB0 and key in (120, 123):
                rings.clear()
        return rings

    def sounding(self):
        sounding = set()
        for _, kind, pitch in self.notes():
            (sounding.add if kind == "on" else sounding.discard)(pitch)
        return sounding

    def close(self):
        self.process.kill()
        self.process.wait()
        self._thread.join(2)
        self.process.stdout.close()


def _as_at_a_terminal():
    """A process group of its own; and a shell in the background makes children ignore these two."""
    os.setpgrp()
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


class Live:
    """`jtm live` as a user starts it."""

    def __init__(self, environment, *words):
        self.lines = []
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "jtm.py"), "live", *map(str, words)],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, preexec_fn=_as_at_a_terminal,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        wait_until(lambda: self.lines or self.process.poll() is not None, allowed(30), "a word")
        wait_until(lambda: self.said("Listening to") or self.process.poll() is not None, 20, "live")
        assert self.said("Listening to"), self.lines

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.strip())

    def said(self, words):
        return any(words in line for line in self.lines)

    def join(self, timeout_s):
        """Wait for the thread that reads what the program prints."""
        self._thread.join(timeout_s)

    def end(self, number=signal.SIGTERM, longest_s=10):
        """Returns (exit code, seconds it took)."""
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.wait(longest_s)
        return code, time.monotonic() - began

    def wait(self, longest_s):
        """Wait until it ends by itself; returns its exit code."""
        code = self.process.wait(longest_s)
        self._thread.join(2)
        self.process.stderr.close()
        return code


@contextlib.contextmanager
def session(servers, toy_path, name, *words, midi="virtual"):
    pulse, environment = servers
    listener = Listener(environment, name)
    live = None
    try:
        live = Live(environment, "--input", "ALSA: pulse", "--midi-out", midi,
                    "--model", toy_path, *words)  # fmt: skip
        if midi == "virtual":
            connect(environment, f"{name}:in")
        yield pulse, listener, live
    finally:
        if live is not None:
            live.process.kill()
            live.wait(10)
        listener.close()


def guardians(live):
    children = psutil.Process(live.process.pid).children()
    found = []
    for child in children:
        with contextlib.suppress(psutil.Error):
            if "realtime.midi.guardian" in " ".join(child.cmdline()):
                found.append(child)
    return found


def patched(environment, target):
    """Whether our port is connected, without connecting it; False where the server is busy."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        return target in _jack(environment, "jack_lsp", "-c", PORT)
    return False


def connected(environment, target):
    """Try to connect our port; True once it is. A server may wait for a client that hangs.

    One that is killed while it asks leaves the server waiting for it: they are given time. The tool
    itself waits for news of the connection, which may be there although the news is not.
    """
    if patched(environment, target):
        return True
    with contextlib.suppress(subprocess.TimeoutExpired):
        _jack(environment, "jack_connect", PORT, target)
    return patched(environment, target)


def _jack(environment, *command):
    """What a tool of JACK prints."""
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=allowed(5), check=False
    ).stdout


def connect(environment, target):
    wait_until(lambda: connected(environment, target), allowed(5), f"{PORT} at {target}")
