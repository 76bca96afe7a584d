"""Lets a sound file that is played as input, such as the demo, be heard beside its notes.

No microphone hears it: the engine listens to the file, and before it listens to a microphone again
this falls silent. A synth that was only wanted beside the file is switched off again with it.
"""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from gui.controller.frame import Frame
from gui.language.translate import tr
from gui.notices.advice import FILE_FAILED
from realtime.files.sound_files import is_sound_file
from realtime.troubles.trouble import Trouble
from realtime.values.ranges import find_range
from realtime.values.settings import EngineSettings

if TYPE_CHECKING:
    from gui.takes.editor.sound.player import PlayerClient
    from gui.window.shell import Shell

ASTRAY_S = 0.3
"""Sound and notes may lie so far apart before the sound is moved."""
PATIENCE_S = 3.0
"""An output that was told to play elsewhere may take so long until it does."""
RESTARTED_S = 0.5
"""A stream that goes back by more than this plays from its start."""


class FileSound(QObject):
    """Plays what the engine listens to, at the place that it has reached.

    Args:
        window: whose input may be a file.
    """

    def __init__(self, window: "Shell") -> None:
        super().__init__(window.widget)
        self._window = window
        self._balance = 1.0
        self._path: Path | None = None
        """File that is heard, or could not be; None while the input is none."""
        self._reached_s = self._begun_s = 0.0
        self._synth: tuple[bool, float] | None = None
        """Whether the synth was on, and its level, before the balance changed that."""
        window.transport.balance.moved.connect(self.set_balance)

    @cached_property
    def player(self) -> "PlayerClient":
        """What plays files, made with the first: the window opens sooner without."""
        from gui.takes.editor.sound.player import PlayerClient

        player = PlayerClient(self)
        player.failed.connect(self.show_trouble)
        return player

    def follow(self, frame: Frame) -> None:
        """Play on, begin or fall silent as this picture of the engine says."""
        path = _file_playing(frame)
        takes = self._window.takes_navigation.page_if_made
        if path is None or (takes is not None and takes.view.player.playing):
            self.leave()
            return
        now_s = frame.snapshot.stream_s
        again = now_s < self._reached_s - RESTARTED_S
        self._reached_s = now_s
        if path != self._path or again:
            self._path = path
            self.player.open(path)
            self.player.set_mix("both")
            self.player.set_balance(self._balance)
            self._show(True)
            self._play(frame.wall_s)
        elif self._is_astray(frame.wall_s):
            self._play(frame.wall_s)

    def set_balance(self, balance: float) -> None:
        """Hear mostly the synth (-1), both (0) or mostly the recording (1)."""
        from gui.takes.editor.sound.player import QUIETER_DB

        controller = self._window.controller
        self._balance = balance
        self.player.set_balance(balance)
        if self._path is None:
            return
        if self._synth is None:
            self._synth = controller.settings.synth, controller.settings.synth_db
        softer_db = QUIETER_DB * max(balance, 0.0)
        softest_db = find_range(EngineSettings, "synth_db").low
        level_db = max(self._synth[1] - softer_db, softest_db)
        controller.change(synth=balance < 1, synth_db=level_db)

    def leave(self) -> None:
        """Fall silent, and put the synth back as it was without the file."""
        if self._path is None:
            return
        self._path, self._reached_s = None, 0.0
        self.player.open(None)
        self._show(False)
        if self._synth is not None:
            synth, level_db = self._synth
            self._synth = None
            self._window.controller.change(synth=synth, synth_db=level_db)
            self._window.controller.flush()

    def close(self) -> None:
        """End the process that plays."""
        self.leave()
        if "player" in self.__dict__:
            self.player.close()

    def _play(self, wall_s: float) -> None:
        from gui.takes.editor.score import Score

        self._begun_s = wall_s
        self.player.play(Score(), self._reached_s, wall_s)

    def _is_astray(self, wall_s: float) -> bool:
        """Whether sound and notes have drifted apart, after the output had time to begin."""
        player = self.player
        began = player.playing and player.heard and wall_s > self._begun_s + PATIENCE_S
        return began and abs(self.player.at_s - self._reached_s) > ASTRAY_S

    def _show(self, heard: bool) -> None:
        self._balance = 1.0
        self._window.transport.show_balance(self._balance if heard else None)

    def show_trouble(self, trouble: Trouble) -> None:
        """Say why a file is not heard; one that only the engine can read is no trouble."""
        if trouble.code in FILE_FAILED:
            return
        self._window.toast.show_text(
            tr("The file cannot be heard: there is no sound output. Its notes are shown.")
        )


def _file_playing(frame: Frame) -> Path | None:
    """Sound file that the engine is reading at this moment, None where it is none."""
    snapshot, chosen = frame.snapshot, frame.settings.input
    if snapshot.state != "listening" or snapshot.stream_s <= 0 or not is_sound_file(chosen):
        return None
    path = Path(chosen).expanduser()
    return path if Path(snapshot.input_name).name == path.name else None
