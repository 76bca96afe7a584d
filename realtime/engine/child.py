"""The engine's process, started and watched by `realtime.engine.host`.

Three threads: the engine on the main one; one that waits for commands, whose end of file (the
window died, however it did) ends everything cleanly; one that sends pictures, so that a window that
does not read them blocks nothing but the pictures.
"""

import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from realtime.audio.sources import ArraySource, AudioSource
from realtime.engine import messages
from realtime.engine.build import (
    apply_settings,
    open_sink,
    open_some_model,
    open_source,
    reopen_input,
    run_on,
)
from realtime.engine.engine import Engine
from realtime.midi.sink import NoOutput, NoteSink
from realtime.playback.player import SoundOut
from realtime.practice.live.plan import PracticePlan
from realtime.processes.limits import cap_memory, quiet_c_libraries, share_heap
from realtime.takes.folders import default_folder
from realtime.takes.recovery import recover_known, recovery_troubles
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import Snapshot

Handler = Callable[[Any], object]
"""Carries out one command of a type."""
REPORT_SECONDS = 0.025
PATIENCE_SECONDS = 1.5
"""Time for a clean end after the pipe has closed; it begins anew as long as a take is being
finished. Then the process ends the hard way, once the files of its takes are written."""


class Child:
    """The engine's process: carries out commands of one host and sends it snapshots.

    Args:
        pipe: our end.
        settings: to start with.
    """

    def __init__(self, pipe: Connection, settings: EngineSettings) -> None:
        self._pipe, self._settings = pipe, settings
        self._commands: queue.SimpleQueue[messages.Command] = queue.SimpleQueue()
        self._latest = Snapshot()
        self._fresh = threading.Event()
        self._done = threading.Event()
        self._troubles: dict[str, Trouble] = {}
        """Part that could not be opened as chosen, or what else there is to say -> the trouble."""
        self._alive_at = 0.0
        self._engine: Engine | None = None

    def run(self) -> None:
        """Serve until the host says close or is gone."""
        threading.Thread(target=self._read_commands, name="commands", daemon=True).start()
        reporter = threading.Thread(target=self._report, name="pictures", daemon=True)
        reporter.start()
        threading.Thread(target=self._recover, name="recover takes", daemon=True).start()
        while not self._done.is_set():
            try:
                self._engine = self._build()
                self._serve(self._engine)
            except UserError as error:
                self._wait_for_other_settings(Snapshot(state="failed", troubles=(error.trouble,)))
        self._fresh.set()
        reporter.join(0.2)

    def _build(self) -> Engine:
        """An engine. Only the model is vital: no input or no MIDI port is a trouble to tell."""
        self._troubles.pop("input", None)
        self._troubles.pop("midi", None)
        model, trouble = open_some_model(self._settings)
        self._note("model", trouble)
        source: AudioSource
        try:
            source = open_source(self._settings)
        except UserError as error:
            source = ArraySource([], 48_000, self._settings.input)
            self._note("input", error.trouble)
        sink: NoteSink
        try:
            sink = open_sink(self._settings)
        except UserError as error:
            sink = NoOutput()
            self._note("midi", error.trouble)
        return Engine(model, source, sink, self._settings, sound=SoundOut(self._settings))

    def _serve(self, engine: Engine) -> None:
        next_report = 0.0
        handlers = self._handlers(engine)

        def between_blocks() -> bool:
            nonlocal next_report
            while not self._commands.empty():
                command = self._commands.get()
                handlers[type(command)](command)
            now = time.monotonic()
            if now >= next_report:
                next_report = now + REPORT_SECONDS
                self._publish(engine.snapshot())
            return self._done.is_set()

        try:
            while not between_blocks():
                run_on(engine, between_blocks, partial(self._note, "model"))
                self._done.wait(REPORT_SECONDS)
        finally:
            engine.close(lambda done: self._still_finishing(engine))
            self._publish(engine.snapshot())

    def _still_finishing(self, engine: Engine) -> bool:
        """A take is being finished: tell the host, so that it waits."""
        self._alive_at = time.monotonic()
        self._publish(engine.snapshot())
        return True

    def _handlers(self, engine: Engine) -> dict[type[messages.Command], Handler]:
        """What becomes of each command of the host, but for `Close`."""
        return {
            messages.Apply: lambda command: self._apply(engine, command.settings),
            messages.Reopen: lambda _: self._note("input", reopen_input(engine, self._settings)),
            messages.Record: lambda command: engine.record(command.title),
            messages.StopRecording: lambda _: engine.stop_recording(),
            messages.KeepRecent: lambda command: engine.keep_recent(command.title, command.whole),
            messages.Panic: lambda _: engine.panic(),
            messages.TryKey: lambda command: engine.try_key(command.pitch, command.pressed),
            messages.MeasureLoop: lambda _: engine.measure_loop(),
            messages.StopMeasuring: lambda _: engine.stop_measuring(),
            messages.Practise: lambda command: self._practise(engine, command.plan),
            messages.StopPractising: lambda _: engine.practice.stop(),
            messages.KeepLesson: lambda command: engine.takes.lesson.keep(
                command.folder, engine.source.rate
            ),
        }

    def _practise(self, engine: Engine, plan: PracticePlan) -> None:
        self._note("practice", engine.practice.begin(plan))

    def _apply(self, engine: Engine, settings: EngineSettings) -> None:
        self._settings = settings
        for part in [part for part in self._troubles if part.startswith("recovered")]:
            self._note(part, None)
        try:
            told = apply_settings(engine, self._settings)
        except UserError as error:
            told = {"settings": error.trouble}
        for part, trouble in {"settings": None, **told}.items():
            self._note(part, trouble)

    def _note(self, part: str, trouble: Trouble | None) -> None:
        """Tell this of a part from now on, or nothing any more."""
        if trouble is None:
            self._troubles.pop(part, None)
        else:
            self._troubles[part] = trouble

    def _wait_for_other_settings(self, shown: Snapshot) -> None:
        while not self._done.is_set():
            self._publish(shown)
            try:
                command = self._commands.get(timeout=0.25)
            except queue.Empty:
                continue
            if isinstance(command, messages.Apply):
                self._settings = command.settings
                return
            if isinstance(command, messages.Reopen):
                return

    def _publish(self, snapshot: Snapshot) -> None:
        """Hand the newest picture to the sender, without waiting for it."""
        troubles = dict.fromkeys((*snapshot.troubles, *tuple(self._troubles.values())))
        snapshot = replace(snapshot, troubles=tuple(troubles))
        if self._fresh.is_set():
            peak_db = max(snapshot.peak_db, self._latest.peak_db)
            snapshot = replace(snapshot, peak_db=peak_db)
        self._latest = snapshot
        self._fresh.set()

    def _read_commands(self) -> None:
        while True:
            try:
                command: messages.Command = self._pipe.recv()
            except (EOFError, OSError):
                break
            if isinstance(command, messages.Close):
                break
            self._commands.put(command)
        self._alive_at = time.monotonic()
        self._done.set()
        while time.monotonic() < self._alive_at + PATIENCE_SECONDS:
            time.sleep(0.1)
        if self._engine is not None:
            self._engine.takes.wait_for_writers(lambda done: self._report_again())
        os._exit(1)

    def _report_again(self) -> bool:
        """The engine hangs while takes are finished: tell the host that we are there."""
        self._fresh.set()
        return True

    def _report(self) -> None:
        maker = messages.ReportMaker()
        while True:
            self._fresh.wait()
            self._fresh.clear()
            snapshot = self._latest
            try:
                self._pipe.send(maker.report(snapshot))
            except (OSError, ValueError):
                return

    def _recover(self) -> None:
        folder = self._settings.record
        found = recover_known(Path(folder).expanduser() if folder else default_folder())
        takes, count = found.takes, len(found.takes)
        if count > 1:
            self._note("recovered", Trouble(Code.TAKES_RECOVERED, count=count, path=takes[-1]))
            found = replace(found, takes=())
        for trouble in recovery_troubles(found):
            self._note(f"recovered {trouble}", trouble)


def serve(pipe: Connection, settings: EngineSettings) -> None:
    """Entry point of the child process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cap_memory()
    share_heap()
    with quiet_c_libraries():
        Child(pipe, settings).run()
