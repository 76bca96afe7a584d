"""The controller: the one object that calls the engine and hands its frames to widgets."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gui.controller.engine_access import EngineAccess
from gui.controller.frame import Frame
from gui.controller.frame_builder import FrameBuilder
from gui.controller.redraw_rate import RedrawRate
from gui.controller.report import report
from gui.controller.room_noise import RoomLearner
from gui.music.take_titles import take_title
from gui.notices.notice import Notice
from gui.notices.system_audio import SYSTEM_AUDIO
from gui.notices.wish import Wish
from realtime.files.sound_files import is_sound_file
from realtime.practice.live.plan import PracticePlan
from realtime.troubles.errors import UserError
from realtime.values.settings import EngineSettings

SCREEN_MS = 16
HIDDEN_MS = 250
"""A window that nobody sees needs no pictures, only its lamps and takes."""
SILENT_STATES = ("no-input", "file-ended", "failed")
"""States of the engine in which no sound comes that could be recorded."""
SETTLE_MS = 120
"""A slider must rest this long before the engine hears of it."""


class Controller(QObject):
    """Pulls a snapshot per tick and turns the user's wishes into calls of the engine.

    Args:
        engine: not yet started.
        settings: what it was made with.
        demo: the bundled performance, None where there is none.
        clock: seconds that only go forward; tests move it by hand.
    """

    frame = Signal(object)
    """A `gui.controller.frame.Frame`, at screen rate."""
    settings_changed = Signal(object)
    """Settings have changed; carries the new `EngineSettings`."""
    wanted = Signal(object)
    """Something that the window has to do, by the name of its action."""
    refused = Signal(object)
    """A change of settings was refused; carries the `Trouble` that says why."""
    rescan = Signal()
    """The lists of devices should be read again."""

    def __init__(
        self,
        engine: EngineAccess,
        settings: EngineSettings,
        demo: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.settings = settings
        self.demo = demo if demo is not None and demo.is_file() else None
        self.last: Frame | None = None
        """Newest frame that the window was given, None before the first."""
        self._engine = engine
        self._clock = clock
        self._watch, self._rest = FrameBuilder(), RedrawRate()
        self._watch.set_demo(self.demo)
        self.microphone = "" if is_sound_file(settings.input) else settings.input
        """The input to go back to after a file."""
        self._learner: RoomLearner | None = None
        self.muted = self._take_plays = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.on_time)
        self._unheard = False
        """Whether the engine has yet to hear of the newest settings."""
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self.flush)
        self._granted: dict[Wish, Callable[[], None]] = {
            Wish.DEMO: self.play_demo,
            Wish.MICROPHONE: self.back_to_microphone,
            Wish.AGAIN: self.play_again,
            Wish.RETRY: lambda: self.choose_input(self.settings.input),
            Wish.RESCAN: self.rescan.emit,
            Wish.BUNDLED: self.use_bundled_model,
            Wish.TAKES: self._show_takes,
            Wish.KEEP: self.keep_recent,
        }

    @property
    def takes_folder(self) -> Path:
        """Folder in which takes are kept."""
        from realtime.takes.folders import default_folder

        record = self.settings.record
        return Path(record).expanduser() if record else default_folder()

    def start(self) -> None:
        """Start the engine and the pictures."""
        self._engine.start()
        self._timer.start(SCREEN_MS)

    def close(self) -> None:
        """Stop both. May take two seconds."""
        self._timer.stop()
        self.flush()
        self._engine.close()

    def set_visible(self, visible: bool) -> None:
        """Save work while nobody looks."""
        if self._timer.isActive():
            self._timer.start(SCREEN_MS if visible else HIDDEN_MS)

    def on_time(self) -> None:
        """Draw, unless nothing has happened for long: then seldom."""
        if self._rest.is_due(self._engine.snapshot(), self.last, self._clock()):
            self.tick()

    def tick(self) -> None:
        """One picture: snapshot in, frame out."""
        snapshot, now = self._engine.snapshot(), self._clock()
        if self._learner is not None:
            threshold = self._learner.push(snapshot.level_db, self.settings.gain_db, now)
            if threshold is not None:
                self._learner = None
                self.change(gate_db=threshold)
        frame = self._watch.frame(snapshot, self.settings, now)
        self.last = replace(frame, learning=self._learner is not None, muted=self.muted)
        self.frame.emit(self.last)

    def learn_room(self) -> None:
        """Set the noise gate by what is heard in the next three seconds."""
        self._learner = RoomLearner(self._clock())

    def act(self, wish: Wish) -> None:
        """Do what a notice offered; what is the window's own is asked of it."""
        if wish in self._granted:
            self._granted[wish]()
        else:
            self.wanted.emit(wish)

    def change(self, **fields: Any) -> None:
        """Change settings; the engine hears of them once they rest.

        A change to something out of range is refused, and that is said; whoever shows settings is
        shown them again.
        """
        changed = replace(self.settings, **fields)
        try:
            changed.check()
        except UserError as error:
            self.settings_changed.emit(self.settings)
            self.refused.emit(error.trouble)
            return
        if changed != self.settings:
            self.settings = changed
            self.settings_changed.emit(changed)
            self._unheard = True
            self._settle.start(SETTLE_MS)

    def flush(self) -> None:
        """Give the engine what it has not heard of yet."""
        if self._unheard:
            self._apply()

    def _apply(self) -> None:
        self._settle.stop()
        self._unheard = False
        self._engine.apply(self.settings)

    def choose_input(self, name: str) -> None:
        """Listen to a device by name ("" is the system's default), or play a sound file.

        `SYSTEM_AUDIO` is no input: the window says how what the computer plays becomes one.
        """
        if name == SYSTEM_AUDIO:
            self._watch.ask_for_system_audio()
            self.settings_changed.emit(self.settings)
            return
        if not is_sound_file(name):
            self.microphone = name
        self.settings = replace(self.settings, input=name)
        self.settings_changed.emit(self.settings)
        self._watch.restart(self._clock())
        self._apply()

    def play_demo(self) -> None:
        """The bundled performance through the real chain."""
        if self.demo is not None:
            self.choose_input(str(self.demo))

    def back_to_microphone(self) -> None:
        """Listen to what was chosen before a file was played."""
        self.choose_input(self.microphone)

    def play_again(self) -> None:
        """Play the file again from its start."""
        self._watch.restart(self._clock())
        self._engine.reopen()

    def use_bundled_model(self) -> None:
        """Give up a model of the user's own."""
        self.change(model="")
        self.flush()

    def mute_midi(self, muted: bool) -> None:
        """Send no MIDI and play no synth for now: a take plays, and the microphone hears it."""
        self._take_plays = muted
        self._apply_mute()

    def toggle_mute(self) -> None:
        """Keep MIDI quiet until this is asked for again; notes are shown and recorded."""
        self.muted = not self.muted
        self._apply_mute()

    def _apply_mute(self) -> None:
        self.change(midi_muted=self.muted or self._take_plays, synth_muted=self._take_plays)
        self.flush()

    def report(self) -> str:
        """How everything is, for the developers."""
        frame = self.last
        snapshot = frame.snapshot if frame else self._engine.snapshot()
        return report(snapshot, self.settings, frame.notices if frame else ())

    def dismiss(self, notice: Notice) -> None:
        """The user has read a notice."""
        self._watch.dismiss(notice)

    def _show_takes(self) -> None:
        """Show them, and say no more that one was rescued."""
        for notice in self.last.notices if self.last is not None else ():
            if Wish.TAKES in notice.actions:
                self._watch.dismiss(notice)
        self.wanted.emit(Wish.TAKES)

    def toggle_demo(self) -> None:
        """Start the demo, or stop playing a file."""
        if is_sound_file(self.settings.input):
            self.back_to_microphone()
        else:
            self.play_demo()

    def toggle_recording(self) -> None:
        """Begin a take, or end and keep it."""
        self.flush()
        shown = self.last.snapshot if self.last is not None else None
        if shown is not None and (shown.recording or shown.count_in):
            self._engine.stop_recording()
        elif shown is not None and shown.state in SILENT_STATES:
            self.wanted.emit(Wish.NOTHING_TO_RECORD)
        else:
            self._engine.record(self._title())

    def keep_recent(self, whole: bool = False) -> None:
        """Make a take of the piece that was played last, or of the `whole` that is held."""
        self.flush()
        if self.last is None or self.last.snapshot.held_s <= 0:
            self.wanted.emit(Wish.NOTHING_TO_KEEP)
        elif self.last.snapshot.recent_s <= 0 and not whole:
            self.wanted.emit(Wish.KEPT_ALREADY)
        else:
            self._engine.keep_recent(self._title(), whole)

    def _title(self) -> str:
        """What a take that begins now is called."""
        heard = self.last.snapshot.instrument if self.last is not None else ""
        return take_title(datetime.now(), self.settings.instrument or heard)

    def measure_loop(self) -> None:
        """Measure how long sound takes from the output back to the input; frames tell."""
        self.flush()
        self._engine.measure_loop()

    def stop_measuring(self) -> None:
        """Stop measuring the audio loop, and discard the result of a finished measurement."""
        self._engine.stop_measuring()

    def keep_lesson(self, folder: str) -> None:
        """Keep the sound of a lesson in this folder; "" ends that. Frames tell how it stands."""
        self._engine.keep_lesson(folder)

    def practise(self, plan: PracticePlan) -> None:
        """Begin a run of practice; frames tell how it goes."""
        self.flush()
        self._engine.practise(plan)

    def stop_practising(self) -> None:
        """End the run of practice; its verdicts stay."""
        self._engine.stop_practising()

    def press(self, pitch: int) -> None:
        """Send a MIDI pitch (0-127) to MIDI port and synth, to try them."""
        if self.settings.midi_out or self.settings.synth:
            self._engine.press(pitch)
        else:
            self.wanted.emit(Wish.NO_PORT)

    def release(self, pitch: int) -> None:
        """End the MIDI pitch that `press` began."""
        if self.settings.midi_out or self.settings.synth:
            self._engine.release(pitch)

    def panic(self) -> None:
        """Silence every MIDI note, now."""
        self._engine.panic()
