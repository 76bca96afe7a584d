"""The engine's end of a MIDI port that a guardian process owns."""

import contextlib
import json
import math
import os
import subprocess
import threading
import time

from realtime.midi.messages import HANG_SECONDS, HEARTBEAT, HEARTBEAT_SECONDS
from realtime.processes.start import python_command, python_environment
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble

OPEN_SECONDS = 5.0
RETRY_SECONDS = 1.0
CLOSE_SECONDS = 1.0


class GuardedPort:
    """Writes to the guardian without ever waiting for it, and starts a new one where it died.

    A guardian in between costs a pipe (about 0.1 ms) and buys two things: when the engine is killed
    the notes still end, and a MIDI system that hangs or crashes takes only the guardian with it.

    A guardian that hangs is ended: its port goes with it, and what sounded ends through the next.

    Args:
        port: name of an existing port, or "virtual".
        active_sensing: whether the port shall say all the time that it is there.

    Raises:
        UserError: if the port cannot be opened now.
    """

    def __init__(self, port: str, active_sensing: bool = False) -> None:
        self._wanted = port
        self._options = ["--active-sensing"] if active_sensing else []
        self._heard_at = math.inf
        """When the guardian was last heard from; it is patiently waited for until it first is."""
        self._beat_at = 0.0
        self.name = ""
        self.trouble: Trouble | None = None
        self._closed = False
        self._reopened = False
        self._retry_at = 0.0
        self._start()
        if not self._opened.wait(OPEN_SECONDS) or not self.name:
            trouble = self.trouble or Trouble(Code.PORT_SILENT, name=port)
            self.close()
            raise UserError(trouble)

    def write(self, messages: bytes) -> bool:
        """Hand messages of three bytes over; False if nobody takes them."""
        if not self.name:
            return False
        try:
            return os.write(self._pipe, messages) == len(messages)
        except OSError:
            return False

    def poll(self) -> bool:
        """Start a new guardian where the old one is gone or hangs, once a second at most."""
        now = time.monotonic()
        if now >= self._beat_at and not self._closed:
            if now - self._beat_at < HANG_SECONDS and now - self._heard_at > HANG_SECONDS:
                self._process.kill()
                self._process.wait()
            self._beat_at = now + HEARTBEAT_SECONDS
            self.write(HEARTBEAT)
        if not self._closed and self._process.poll() is not None and now >= self._retry_at:
            self.name = ""
            self.trouble = self.trouble or Trouble(Code.PORT_LOST, name=self._wanted)
            self._retry_at = now + RETRY_SECONDS
            self._reopened = True
            self._release()
            self._start()
        if self._reopened and self.name:
            self._reopened = False
            return True
        return False

    def close(self) -> None:
        """End the guardian; it silences what sounds."""
        if self._closed:
            return
        self._closed = True
        self._release()
        try:
            self._process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(CLOSE_SECONDS)

    def _start(self) -> None:
        self._process = subprocess.Popen(
            python_command("realtime.midi.guardian", self._wanted, *self._options),
            env=python_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=False,
        )
        assert self._process.stdin is not None
        self._pipe = os.dup(self._process.stdin.fileno())
        self._process.stdin.close()
        os.set_blocking(self._pipe, False)
        self._heard_at = math.inf
        self._opened = threading.Event()
        self._reader = threading.Thread(
            target=self._listen, args=(self._process, self._opened), daemon=True
        )
        self._reader.start()

    def _listen(self, process: "subprocess.Popen[bytes]", opened: threading.Event) -> None:
        """Take the guardian's reports until it ends."""
        assert process.stdout is not None
        with process.stdout as reports:
            for line in reports:
                try:
                    report = json.loads(line)
                    error = report.get("error")
                    trouble = Trouble.from_json(error) if error else None
                except (ValueError, KeyError):
                    continue
                if process is self._process:
                    self._heard_at = time.monotonic()
                if not report:
                    continue
                self.name, self.trouble = report.get("open", ""), trouble
                opened.set()
        opened.set()

    def _release(self) -> None:
        if self._pipe >= 0:
            with contextlib.suppress(OSError):
                os.close(self._pipe)
            self._pipe = -1
