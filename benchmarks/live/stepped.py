"""The real window on the real engine, in steps: pictures that do not depend on a busy machine.

The engine is the one that plays live, with the same model and the same file; only time passes when
`Stepped.play` says so.
"""

import math
import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication

from gui.app import bundled
from gui.controller.controller import Controller
from gui.controller.device_scan import DeviceNames, DeviceScan
from gui.settings.choices import Choices
from gui.settings.store import SettingsStore
from gui.window.main_window import open_window
from realtime.engine.build import apply_settings, build_engine
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import Snapshot

STEP_S = 0.025
"""Time between pictures, that of the live engine."""
TAKE_WAIT_S = 30.0


class SteppedEngine:
    """`gui.controller.engine_access.Engine` around an engine in this process."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._engine = build_engine(settings, fast=True)

    def advance(self, seconds: float) -> None:
        """Hear so much more of the input."""
        self._engine.pull(max(1, round(seconds * self._engine.source.rate)))

    def start(self) -> None:
        """Do nothing: this engine runs as soon as it is there."""

    def snapshot(self) -> Snapshot:
        """The newest picture; the load is what the hops took of their time."""
        shown = self._engine.snapshot()
        hop_ms = self._engine.chain.model.spec.hop_ms
        return replace(shown, cpu_load=shown.hop_ms / hop_ms)

    def apply(self, settings: EngineSettings) -> None:
        """Use these settings from the next block on."""
        apply_settings(self._engine, settings)

    def reopen(self) -> None:
        """Do nothing: pictures need no input opened anew."""

    def record(self, title: str = "") -> None:
        """Begin a take, called so."""
        self._engine.record(title)

    def stop_recording(self) -> None:
        """End the take that is being recorded."""
        self._engine.stop_recording()

    def panic(self) -> None:
        """End every note that sounds."""
        self._engine.panic()

    def close(self) -> None:
        """Close the engine with its files."""
        self._engine.close()


class Stepped:
    """A window whose time passes only when `play` says so.

    Args:
        folder: for settings and takes.
        choices: of the window.
        sound, model: "" is the bundled performance, the bundled model.
        size: of the window, in pixels.
    """

    def __init__(
        self, folder: Path, choices: Choices, sound: str, model: str, size: tuple[int, int]
    ) -> None:
        self.now = 0.0
        settings = EngineSettings(
            input=sound or str(bundled("performance.flac")),
            model=model,
            record=str(folder / "takes"),
            instrument="" if sound else "piano",
        )
        store = SettingsStore(folder / "window.ini")
        store.save(choices)
        self.engine = SteppedEngine(settings)
        self.controller = Controller(
            self.engine, settings, bundled("performance.flac"), lambda: self.now
        )
        self.window = open_window(self.controller, store, DeviceScan(DeviceNames))
        self.window.resize(*size)
        self.window.set_compact(choices.compact)
        self.window.show()
        self.lay_out()

    def play(self, seconds: float) -> None:
        """Let time pass; the window takes every picture in but is not painted."""
        steps = max(1, math.ceil(seconds / STEP_S - 1e-6))
        for _ in range(steps):
            self.now += seconds / steps
            self.engine.advance(seconds / steps)
            self.controller.tick()

    def record(self, seconds: float) -> Path:
        """Record a take of this length; returns its .mid once it is on disk."""
        before = self.engine.snapshot().last_take
        self.controller.toggle_recording()
        self.play(seconds)
        self.controller.toggle_recording()
        until = time.monotonic() + TAKE_WAIT_S
        while time.monotonic() < until:
            self.lay_out()
            if self.engine.snapshot().last_take != before:
                break
            time.sleep(0.02)
        return Path(self.engine.snapshot().last_take)

    def lay_out(self) -> None:
        """Let the window lay itself out."""
        for _ in range(3):
            self.controller.tick()
            QApplication.processEvents()

    def close(self) -> None:
        """Close the engine with its files."""
        self.window.close()
