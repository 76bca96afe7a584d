"""Starts the window: what `jtm` does without a subcommand."""

import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from realtime.troubles.errors import UsageError, UserError
from realtime.values.settings import ModelChoice


@dataclass(frozen=True, kw_only=True)
class Options(ModelChoice):
    """Open the window; an option that is left out keeps its value of the last time."""

    input: str = ""
    """Input device by name, or a sound file to play."""
    midi_out: str = ""
    """MIDI port by name, or "virtual" for a port of our own."""
    record: str = ""
    """Folder for takes; "" is the user's own takes folder."""
    settings: Path | None = None
    """File to keep the window's choices in, to carry it along; the user's own without."""


def main(argv: list[str]) -> int:
    """Open the window and stay until it is closed. Returns the exit code."""
    # Reading options takes a quarter of the window's start, and a desktop entry gives none.
    options = _read_options(argv) if argv else Options()
    place = options.settings
    if place is not None and place.is_dir():
        raise UsageError(f"{place} is a folder. Give --settings a file in it, such as window.ini.")
    if place is not None and place.exists() and not place.is_file():
        raise UsageError(f"{place} is a pipe or a device. Give --settings a file.")
    require_display()
    return run(options)


def _read_options(argv: list[str]) -> Options:
    from realtime.commands.options import parse_options

    return parse_options(
        Options,
        argv,
        command="",
        description="The window: play, and see and send your notes.",
        examples=("jtm", "jtm --input USB --midi-out virtual"),
    )


def require_display() -> None:
    """Refuse where no window can open.

    Raises:
        UserError: on a Linux session without a display, where Qt would abort the process.
    """
    if sys.platform.startswith("linux") and not has_display(os.environ):
        raise UserError(
            "There is no display to open a window on; `jtm demo` and `jtm live` work without one."
        )


def has_display(environment: Mapping[str, str]) -> bool:
    """Whether Qt would find something to draw on."""
    if environment.get("QT_QPA_PLATFORM") or environment.get("WAYLAND_DISPLAY"):
        return True
    display = environment.get("DISPLAY", "")
    return x_server_answers(display[1:].split(".")[0]) if display.startswith(":") else bool(display)


def x_server_answers(number: str) -> bool:
    """Whether a local X server listens under this number."""
    import socket

    for address in (f"/tmp/.X11-unix/X{number}", f"\0/tmp/.X11-unix/X{number}"):
        with socket.socket(socket.AF_UNIX) as connection, contextlib.suppress(OSError):
            connection.connect(address)
            return True
    return False


def run(options: Options) -> int:
    """Build engine, controller and window, and run them."""
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

    from gui.settings.store import SettingsStore
    from realtime.engine.host import EngineHost

    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("jaka-to-melodia")
    application.setApplicationDisplayName("Jaka to melodia")
    application.setDesktopFileName("jaka-to-melodia")
    application.setWindowIcon(QIcon(str(bundled("icon.svg"))))
    store = SettingsStore(options.settings)
    choices, _ = store.load()
    given = {name: value for name, value in vars(options).items() if value not in ("", None)}
    given.pop("settings", None)
    settings = replace(choices.engine, **given)
    host = EngineHost(settings)
    host.start()  # it loads its libraries on another core while the window is built

    from gui.controller.controller import Controller
    from gui.controller.device_scan import DeviceScan, read_device_names
    from gui.window.main_window import open_window
    from realtime.files.sound_files import is_sound_file
    from realtime.processes.inside import ending_signals

    controller = Controller(host, settings, bundled("performance.flac"))
    if is_sound_file(settings.input):
        controller.microphone = choices.engine.input
    window = open_window(controller, store, DeviceScan(read_device_names))
    window.show()
    for number in ending_signals():
        signal.signal(number, lambda *_: window.close_unasked())
    controller.start()
    return application.exec()


def bundled(name: str) -> Path:
    """Path of a file that ships with the program, whether or not it is there."""
    import realtime

    return Path(realtime.__file__).parent / "bundled" / name
