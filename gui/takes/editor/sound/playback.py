"""Plays what the editor shows: playhead, loop, and a view that follows."""

from PySide6.QtCore import QObject, QTimer

from gui.roll.keyboard import Keyboard
from gui.takes.editor.bottom_bar import TakeBar
from gui.takes.editor.overview import Overview
from gui.takes.editor.roll import TakeRoll
from gui.takes.editor.sound.player import PlayerClient

SCREEN_MS = 16
RELOAD_MS = 200
"""Edits rest this long before playback takes them."""
PREPARE_MS = 400
"""A take is looked at for so long before playback is made ready for it."""


class Playback(QObject):
    """Joins the player with the parts of the editor that show where it is.

    Args:
        player: plays the notes of the roll.
        roll: follows what is heard.
        keyboard: lights what sounds.
        overview: shows the place in the whole take.
        bar: says the place, and whether it loops.
    """

    def __init__(
        self,
        player: PlayerClient,
        roll: TakeRoll,
        keyboard: Keyboard,
        overview: Overview,
        bar: TakeBar,
    ) -> None:
        super().__init__(roll)
        self.calm = False
        """Reduced motion: the view turns pages instead of gliding."""
        self._player, self._roll, self._keyboard = player, roll, keyboard
        self._overview, self._bar = overview, bar
        self._following = True
        self._ours = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.advance)
        self._reload = QTimer(self)
        self._reload.setSingleShot(True)
        self._reload.timeout.connect(lambda: player.load(roll.history.score))
        self._prepare = QTimer(self)
        self._prepare.setSingleShot(True)
        self._prepare.timeout.connect(self._make_ready)
        bar.looped.connect(self._show_loop)
        bar.mix_chosen.connect(player.set_mix)
        bar.balance_chosen.connect(player.set_balance)
        roll.edited.connect(self._edited)
        roll.camera_changed.connect(self._on_camera_changed)
        roll.sought.connect(self.seek)
        overview.wanted.connect(self.go)
        player.changed.connect(self._changed)

    def prepare(self) -> None:
        """Make ready to play what the roll shows, if it is still looked at in a moment."""
        self._prepare.start(PREPARE_MS)

    def _make_ready(self) -> None:
        if self._roll.isVisible():
            self._player.prepare(self._roll.history.score)

    def toggle(self) -> None:
        """Play the take, or pause where it plays."""
        if self._player.playing:
            self._player.pause()
        else:
            self.play()

    def play(self) -> None:
        """Play from where playback is, unless it plays there already."""
        player, roll = self._player, self._roll
        if player.playing:
            return
        self._following = True
        loop = self._loop()
        player.set_loop(loop)
        at_s = player.at_s if player.at_s < roll.camera.length_s else 0.0
        if loop is not None and not loop[0] <= at_s < loop[1]:
            at_s = loop[0]
        player.play(roll.history.score, at_s)

    def play_from_start(self) -> None:
        """Play from the first second."""
        self._player.pause()
        self.go_to_start()
        self.toggle()

    def seek(self, second: float) -> None:
        """Hear from here, now or with the next play."""
        self._following = True
        self._player.seek(second)
        self.show_place()

    def advance(self) -> None:
        """Draw one picture while it plays."""
        if self._following:
            self._ours = True
            self._roll.set_camera(self._roll.camera.showing(self._player.at_s, self.calm))
            self._ours = False
        self.show_place()

    def go(self, second: float) -> None:
        """Bring this second to the middle of the view."""
        camera = self._roll.camera
        self._roll.set_camera(camera.moved_to(second - camera.seconds / 2))

    def centre(self) -> None:
        """Bring what is heard to the middle, and follow it."""
        self.go(self._player.at_s)
        self._following = True

    def go_to_start(self) -> None:
        """Show and hear the first second next."""
        self._roll.set_camera(self._roll.camera.moved_to(0.0))
        self.seek(0.0)

    def go_to_end(self) -> None:
        """Bring the last second of the take into view."""
        self._roll.set_camera(self._roll.camera.moved_to(self._roll.camera.length_s))

    def show_place(self) -> None:
        """Show playhead, lit keys and figures."""
        at_s, roll = self._player.at_s, self._roll
        roll.show_playhead(at_s)
        self._bar.show_place(at_s, roll.camera.length_s)
        self._overview.show_view(roll.history.score, roll.camera, at_s)
        lit = {}
        if self._player.playing:
            notes = roll.history.score.notes
            sounding = roll.history.score.between(at_s, at_s + 1e-6)
            lit = {notes[index].pitch: notes[index].velocity for index in sounding}
        self._keyboard.show_keys(lit, roll.camera.viewport(roll.width(), roll.height()))

    def _loop(self) -> tuple[float, float] | None:
        if not self._bar.loops:
            return None
        chosen = self._roll.chosen_notes()
        if not chosen:
            return 0.0, self._roll.camera.length_s
        return chosen[0].onset_s, max(note.offset_s for note in chosen)

    def _show_loop(self) -> None:
        self._roll.loop = self._loop()
        self._player.set_loop(self._roll.loop)
        self._roll.update()

    def _edited(self) -> None:
        if self._bar.loops:
            self._show_loop()
        if self._player.playing:
            self._reload.start(RELOAD_MS)

    def _on_camera_changed(self) -> None:
        if self._player.playing and not self._ours:
            self._following = False
        self.show_place()

    def _changed(self) -> None:
        self._bar.show_playing(self._player.playing)
        if self._player.playing:
            self._timer.start(SCREEN_MS)
        else:
            self._timer.stop()
            self.show_place()
