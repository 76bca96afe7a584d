"""The engine in a process of its own, supervised: a crash costs a second, not the session."""

import atexit
import contextlib
import multiprocessing
import threading
import time
from collections import deque
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from realtime.engine import messages
from realtime.practice.live.plan import PracticePlan
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import Snapshot

DEATHS_ALLOWED = 3
"""This many deaths within a minute and the host gives up until other settings are applied."""
DEATH_WINDOW_SECONDS = 60.0
FROZEN_SECONDS = 8.0
"""A child that sends no picture for so long is taken for hung and replaced."""
STARTING_SECONDS = 30.0
"""So long may the first picture take: a busy machine needs a while to load the libraries."""
CLOSE_SECONDS = 1.8
"""So long may a child that ends be silent; `FROZEN_SECONDS` where it recorded within a minute."""
RECORDED_SECONDS = 60.0
RESTART_TOLD_SECONDS = 6.0
"""So long a restart is told, beside whatever the new engine has to say."""
RESTARTED = Trouble(Code.ENGINE_RESTARTED)


class EngineHost:
    """Starts, watches and talks to the engine. Every method but `close` returns at once.

    Args:
        settings: as the player chose them.
    """

    def __init__(self, settings: EngineSettings | None = None) -> None:
        self._settings = settings or EngineSettings()
        self._snapshot = Snapshot()
        self._reader = messages.ReportReader()
        self._lock = threading.Lock()
        self._pipe: Connection | None = None
        self._process: Any = None
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._again = threading.Event()
        self._deaths: deque[float] = deque()
        self._recording, self._title = False, ""
        self._recorded_at = -RECORDED_SECONDS
        """When a take was last being written (monotonic)."""
        self._restart_told_until = 0.0
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """Process id of the engine, None while there is none."""
        process = self._process
        return process.pid if process is not None else None

    def start(self) -> None:
        """Start the engine's process, and a thread that watches it."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._supervise, name="host", daemon=True)
            self._thread.start()
            # Qt ends a program whose screen goes, and `multiprocessing` its processes: a take too
            atexit.register(self.close)

    def snapshot(self) -> Snapshot:
        """Newest picture that the engine sent."""
        return self._snapshot

    def apply(self, settings: EngineSettings) -> None:
        """Use these settings from now on."""
        self._settings = settings
        self._again.set()
        self._send(messages.Apply(settings))

    def reopen(self) -> None:
        """Open the input anew: a file plays from its start, a device is looked for again."""
        self._again.set()
        self._send(messages.Reopen())

    def record(self, title: str = "") -> None:
        """Begin a take. After a crash of the engine it goes on as a new take.

        Args:
            title: what the take is to be called; "" names it by the time.
        """
        self._recording, self._title = True, title
        self._send(messages.Record(title))

    def keep_recent(self, title: str = "", whole: bool = False) -> None:
        """Make a take, called so, of the piece that was played last, or of all that is held."""
        self._send(messages.KeepRecent(title, whole))

    def stop_recording(self) -> None:
        """End the take and save it."""
        self._recording = False
        self._send(messages.StopRecording())

    def panic(self) -> None:
        """Silence every MIDI note that may sound."""
        self._send(messages.Panic())

    def measure_loop(self) -> None:
        """Measure how long sound takes from the output back to the input."""
        self._send(messages.MeasureLoop())

    def stop_measuring(self) -> None:
        """Stop measuring the audio loop, and discard the result of a finished measurement."""
        self._send(messages.StopMeasuring())

    def practise(self, plan: PracticePlan) -> None:
        """Begin a run of practice, in place of one that goes on; `snapshot().practice` tells."""
        self._send(messages.Practise(plan))

    def stop_practising(self) -> None:
        """End the run; its verdicts stay."""
        self._send(messages.StopPractising())

    def press(self, pitch: int) -> None:
        """Send a note-on of a MIDI pitch to the port, to try what is behind it, until `release`."""
        self._send(messages.TryKey(pitch, True))

    def release(self, pitch: int) -> None:
        """End the MIDI pitch that `press` began."""
        self._send(messages.TryKey(pitch, False))

    def keep_lesson(self, folder: str) -> None:
        """Keep the sound in this folder, for a lesson that teaches an instrument; "" ends that.

        `Snapshot.lesson` says how it stands. After a crash of the engine it is not taken up again.
        """
        self._send(messages.KeepLesson(folder))

    def close(self) -> None:
        """End the engine, within two seconds and the time that its take needs to be finished.

        May be called twice.
        """
        atexit.unregister(self.close)
        self._closing.set()
        self._again.set()
        self._send(messages.Close())
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _send(self, command: messages.Command) -> None:
        """Hand a command to the sender; a full pipe must not block the window."""
        with self._lock:
            pipe = self._pipe
            if pipe is None:
                return
            with contextlib.suppress(OSError, ValueError):
                pipe.send(command)

    def _supervise(self) -> None:
        context = multiprocessing.get_context("spawn")
        while not self._closing.is_set():
            self._again.clear()
            self._run_child(context)
            self._reader.end_all(self._snapshot.stream_s)
            self._snapshot = replace(
                self._snapshot,
                notes=self._reader.notes(self._snapshot.stream_s),
                recording=False,
                spectrum=(),
            )
            if not self._closing.is_set():
                self._after_a_death()

    def _run_child(self, context: Any) -> None:
        from realtime.engine.child import serve

        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self._settings), daemon=True)
        process.start()
        theirs.close()
        with self._lock:
            self._pipe, self._process = ours, process
        if self._recording:
            self._send(messages.Record(self._title))
        if self._closing.is_set():
            self._send(messages.Close())
        self._follow(ours)
        with self._lock:
            self._pipe = None
        ours.close()
        process.join(CLOSE_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
        self._process = None
        process.close()

    def _follow(self, pipe: Connection) -> None:
        """Take reports until the child is gone, hangs or we close."""
        heard_at, patience = time.monotonic(), STARTING_SECONDS
        leave_at = 0.0
        while True:
            now = time.monotonic()
            if self._closing.is_set():
                leave_at = leave_at or now + CLOSE_SECONDS
                wrote = now - self._recorded_at < RECORDED_SECONDS
                silence_s = FROZEN_SECONDS if wrote else CLOSE_SECONDS
                if now > max(leave_at, heard_at + silence_s):
                    return
            try:
                if pipe.poll(0.1):
                    self._take(pipe.recv())
                    heard_at, patience = now, FROZEN_SECONDS
                elif now - heard_at > patience:
                    return
            except (EOFError, OSError):
                return

    def _take(self, report: messages.Report) -> None:
        self._reader.add(report.changed)
        stream_s = report.snapshot.stream_s
        troubles = report.snapshot.troubles
        if report.snapshot.recording or report.snapshot.unwritten:
            self._recorded_at = time.monotonic()
        if time.monotonic() < self._restart_told_until:
            troubles = (*troubles, RESTARTED)
        notes = self._reader.notes(stream_s)
        practice = self._reader.practice(report.snapshot.practice)
        self._snapshot = replace(report.snapshot, notes=notes, troubles=troubles, practice=practice)

    def _after_a_death(self) -> None:
        now = time.monotonic()
        self.restarts += 1
        self._deaths.append(now)
        while self._deaths and now - self._deaths[0] > DEATH_WINDOW_SECONDS:
            self._deaths.popleft()
        self._reader = messages.ReportReader()
        if len(self._deaths) < DEATHS_ALLOWED:
            self._restart_told_until = now + RESTART_TOLD_SECONDS
            self._snapshot = replace(self._snapshot, state="starting", troubles=(RESTARTED,))
            return
        self._snapshot = replace(
            self._snapshot,
            state="failed",
            troubles=(Trouble(Code.ENGINE_GAVE_UP),),
        )
        self._again.wait()
        self._deaths.clear()
