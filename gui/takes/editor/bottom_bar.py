"""The bar below a take: playback, and edits of the chosen notes."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QWidget

from gui.language.bound_texts import bind_text, follow_language
from gui.language.formats import duration
from gui.language.translate import Text, decimal, tr
from gui.style.icons import icon
from gui.style.theme import SPACE, Theme, mix
from gui.takes.editor.edits import History
from gui.takes.editor.key_bindings import TakeAction
from gui.takes.editor.saving.export import GRIDS
from gui.takes.take_rows import count_notes
from gui.widgets.balance import Balance
from gui.widgets.bound_button import icon_button, with_key
from gui.widgets.controls import Picker, Segments
from realtime.files.click import Click

MIXES = ("both", "synth", "recording")
ICONS = {
    TakeAction.PLAY: "play",
    TakeAction.LOOP: "loop",
    TakeAction.UNDO: "undo",
    TakeAction.REDO: "redo",
    TakeAction.MERGE: "merge",
    TakeAction.DELETE: "delete",
}


class TakeBar(QWidget):
    """Buttons of playback and edits; it emits what is wished and holds neither player nor notes."""

    asked = Signal(object)
    """What a button asks for; whether it loops is told by `looped`."""
    looped = Signal()
    """The loop was switched on or off."""
    mix_chosen = Signal(str)
    """both | synth | recording"""
    balance_chosen = Signal(float)
    """-1 is mostly the synth, 1 mostly the recording."""
    snap_chosen = Signal(str)
    """Grid that edits snap to, one of `GRIDS`."""
    velocity_chosen = Signal(int)
    """The velocity that the chosen notes should have on average."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("takeBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        tips = _tips()
        self.buttons = {name: icon_button(*tips[name]) for name in ICONS}
        self.buttons[TakeAction.LOOP].setCheckable(True)
        self.place = QLabel()
        self.place.setObjectName("status")
        self.mix = Segments(
            tr("What is heard"),
            [tr("Both"), tr("Synth"), tr("Recording")],
            _mix_tips(),
        )
        self.mix.set_chosen(0)
        self.balance = Balance()
        self.heard: Callable[[], bool] = lambda: False
        """Whether the notes of the take are still to come."""
        self.snap = Picker(tr("Snap"))
        self.snap.setMinimumContentsLength(8)
        self.chosen = QLabel()
        self.chosen.setObjectName("status")
        self.velocity = QSpinBox()
        self.velocity.setRange(1, 127)
        bind_text(self.velocity.setPrefix, tr("velocity "))
        self.velocity.setKeyboardTracking(False)
        self.velocity.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.velocity.setFixedWidth(104)
        bind_text(self.velocity.setAccessibleName, tr("Velocity of the chosen notes"))
        arrows = Text(lambda: f"{tr('Ctrl')}+↑ ↓")
        bind_text(self.velocity.setToolTip, with_key(tr("Velocity of the chosen notes"), arrows))
        self._showing = False
        self._playing = False
        self._wanted = 0
        """Which mix the user has chosen, also while a take without sound is open."""
        self._lay_out()
        follow_language(self._fit)
        self.buttons[TakeAction.LOOP].toggled.connect(lambda _: self.looped.emit())
        for action, button in self.buttons.items():
            if action is not TakeAction.LOOP:
                button.clicked.connect(lambda _=False, a=action: self.asked.emit(a))
        self.mix.chosen.connect(self._choose_mix)
        self.balance.moved.connect(self.balance_chosen)
        self.snap.chosen.connect(self.snap_chosen)
        self.velocity.valueChanged.connect(self._velocity)

    def _lay_out(self) -> None:
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(SPACE * 3, SPACE, SPACE * 3, SPACE)
        row.setSpacing(SPACE)
        row.addWidget(self.buttons[TakeAction.PLAY])
        row.addWidget(self.place)
        row.addWidget(self.mix)
        row.addWidget(self.balance)
        row.addWidget(self.buttons[TakeAction.LOOP])
        row.addStretch(1)
        row.addWidget(self.chosen)
        row.addWidget(self.snap)
        row.addWidget(self.velocity)
        for action in (TakeAction.MERGE, TakeAction.DELETE, TakeAction.UNDO, TakeAction.REDO):
            row.addWidget(self.buttons[action])

    @property
    def loops(self) -> bool:
        """Whether what is chosen is repeated."""
        return self.buttons[TakeAction.LOOP].isChecked()

    def toggle_loop(self) -> None:
        """Repeat the chosen stretch, or no longer."""
        self.buttons[TakeAction.LOOP].toggle()

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of another theme."""
        self._theme = theme
        self.snap.set_theme(theme)
        faded = mix(theme.dim, theme.surface, 0.5)
        for name, button in self.buttons.items():
            button.setIcon(icon(ICONS[name], theme.text, faded))
        self.show_playing(self._playing)

    def show_place(self, at_s: float, length_s: float) -> None:
        """Show where playback is, in minutes and seconds."""
        text = f"{duration(at_s)} / {duration(length_s)}"
        if text != self.place.text():
            self.place.setText(text)

    def show_playing(self, playing: bool) -> None:
        """Offer to pause, or to play."""
        self._playing = playing
        button = self.buttons[TakeAction.PLAY]
        name = tr("Pause") if playing else tr("Play")
        bind_text(button.setAccessibleName, name)
        bind_text(button.setToolTip, with_key(name, tr("Space")))
        if hasattr(self, "_theme"):
            button.setIcon(icon("pause" if playing else "play", self._theme.text))

    @property
    def chosen_mix(self) -> str:
        """The chosen mix: both | synth | recording."""
        return MIXES[self.mix.index()]

    def _choose_mix(self, index: int) -> None:
        self._wanted = index
        self.balance.setEnabled(MIXES[index] == "both")
        self.mix_chosen.emit(MIXES[index])

    def show_grid(self, beats: Click | None, snap: str) -> None:
        """Offer grids for a take that has beats, and say what its beats are."""
        off, bpm = tr("No grid"), decimal(beats.bpm, ".1f") if beats is not None else ""
        self.snap.offer([(name, name if GRIDS[name] else off) for name in GRIDS], snap, off)
        self.snap.setEnabled(beats is not None)
        self.snap.explain(
            tr("What edits snap to; the take has {bpm} beats a minute", bpm=bpm)
            if beats is not None
            else tr("No steady beat was found: edits are free")
        )

    def show_sound(self, there: bool) -> None:
        """Offer the recording where there is one; without it only the synth can be heard."""
        missing = tr("This take holds notes only: the synth plays them.")
        self.mix.set_tips(_mix_tips() if there else [missing] * len(MIXES))
        for index in (0, 2):
            self.mix.buttons[index].setEnabled(there)
        self.mix.set_chosen(self._wanted if there else MIXES.index("synth"))
        self.balance.setEnabled(there and self.chosen_mix == "both")

    def show_history(self, history: History) -> None:
        """Offer what can be done with what is chosen."""
        notes = [history.score.notes[index] for index in history.chosen]
        pitches = [note.pitch for note in notes]
        self.buttons[TakeAction.UNDO].setEnabled(history.can_undo)
        self.buttons[TakeAction.REDO].setEnabled(history.can_redo)
        self.buttons[TakeAction.DELETE].setEnabled(bool(notes))
        self.buttons[TakeAction.MERGE].setEnabled(len(pitches) > len(set(pitches)))
        self.velocity.setEnabled(bool(notes))
        self._showing = True
        if notes:
            self.velocity.setValue(round(sum(note.velocity for note in notes) / len(notes)))
        self._showing = False
        count = len(notes) or len(history.score)
        text = count_notes(count, self.heard())
        words = tr("{count} chosen", count=text) if notes else text
        if words != self.chosen.text():
            bind_text(self.chosen.setText, words)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Drop what a narrow window has no room for."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """How wide words are is known now."""
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """What is wanted most comes first; what follows must fit beside it, in every language."""
        margins = self._row.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        for part in (*self.buttons.values(), self.place):
            room -= part.sizeHint().width() + SPACE
        for part in (self.mix, self.snap, self.velocity, self.balance, self.chosen):
            least = part.minimumSizeHint() if part is self.mix else part.sizeHint()
            wide = max(least.width(), part.minimumWidth()) + SPACE
            part.setVisible(room >= wide)
            room -= wide

    def _velocity(self, value: int) -> None:
        if not self._showing:
            self.velocity_chosen.emit(value)


def _mix_tips() -> list[str]:
    return [
        tr("The synth and the recording together"),
        tr("Only the notes"),
        tr("Only what was recorded"),
    ]


def _tips() -> dict[TakeAction, tuple[str, str]]:
    """Name and key of each button, for its tip."""
    return {
        TakeAction.PLAY: (tr("Play"), tr("Space")),
        TakeAction.LOOP: (tr("Repeat the chosen notes, or the whole take"), "L"),
        TakeAction.UNDO: (tr("Undo"), Text(lambda: f"{tr('Ctrl')}+Z")),
        TakeAction.REDO: (tr("Redo"), Text(lambda: f"{tr('Ctrl')}+Y")),
        TakeAction.MERGE: (tr("Merge chosen notes of one pitch"), "M"),
        TakeAction.DELETE: (tr("Delete the chosen notes"), tr("Del")),
    }
