"""The bar above the notes: the piece and its parts, the mode, the tempo, what is heard."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QSpinBox, QToolButton, QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import Text, plural, tr, translated
from gui.practice.words import bundled_names, mode_names
from gui.style.icons import icon
from gui.style.theme import SPACE, Theme
from gui.widgets.bound_button import with_key
from gui.widgets.controls import ElidedLabel, Segments
from gui.widgets.number_boxes import set_range
from realtime.practice.pieces import Piece
from realtime.values.practice_modes import TEMPO, PracticeMode

STEP = 5
"""Percent of the written tempo by which it is changed."""
TRANSPOSITIONS = (0, -2, -9, 3, -7, -14)
"""Semitones of a part: written pitch, B flat, E flat (alto, small), F, B flat an octave lower."""


class Controls(QWidget):
    """Pickers of parts, mode, tempo and sound; emits `changed` when one of them changes."""

    changed = Signal()
    """Something that concerns the run: mode, tempo, parts, transposition, what is heard."""
    back = Signal()
    """Emitted when the player wants another piece."""
    large_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("takeHead")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.back_button = QToolButton()
        bind_text(self.back_button.setAccessibleName, tr("Choose another piece"))
        bind_text(self.back_button.setToolTip, with_key(tr("Choose another piece"), "O"))
        self.title = ElidedLabel()
        self.title.setObjectName("takeTitle")
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.title.setMinimumWidth(60)
        names = [mode_names()[mode] for mode in PracticeMode]
        tips = [with_key(tip, str(key)) for key, (_, tip) in enumerate(names, start=1)]
        self.modes = Segments(tr("How to practise"), [name for name, _ in names], tips)
        self.modes.set_chosen(0)
        self.tempo = QSpinBox()
        set_range(self.tempo, TEMPO)
        self.tempo.setSingleStep(STEP)
        self.tempo.setValue(100)
        self.tempo.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tempo.setKeyboardTracking(False)
        bind_text(self.tempo.setAccessibleName, tr("Tempo"))
        bind_text(self.tempo.setToolTip, with_key(tr("Part of the written tempo"), "↑ ↓"))
        self.parts, self.parts_menu = QToolButton(), QMenu(self)
        self.parts.setMenu(self.parts_menu)
        self.parts.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        bind_text(self.parts.setAccessibleName, tr("What you play"))
        bind_text(self.parts.setToolTip, tr("What you play; the other parts accompany you"))
        self.more, self.menu = QToolButton(), QMenu(self)
        self.more.setMenu(self.menu)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        bind_text(self.more.setAccessibleName, tr("What is heard, and more"))
        bind_text(self.more.setToolTip, tr("What is heard, and more"))
        self.transpose = 0
        self.part_actions: list[QAction] = []
        self.click = self._switch(tr("Click"), True)
        self.count_in = self._switch(tr("Count a bar first"), True)
        self.accompany = self._switch(tr("Hear the other parts"), True, "A")
        self.adapt = self._switch(tr("Repeat slower after mistakes, then faster"), False)
        self.repeats = self.menu.addAction("")
        bind_text(self.repeats.setText, tr("Play the repeats"))
        self.repeats.setCheckable(True)
        self.repeats.setChecked(True)
        self.menu.addSeparator()
        self._transpositions()
        self.menu.addSeparator()
        self.large = self.menu.addAction("")
        bind_text(self.large.setText, _with_tab(tr("Large notes"), "G"))
        self.large.setCheckable(True)
        self.large.triggered.connect(lambda: self.large_wanted.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE * 3, SPACE, SPACE * 3, SPACE)
        row.setSpacing(SPACE * 2)
        for part in (self.back_button, self.title, self.parts, self.modes, self.tempo, self.more):
            row.addWidget(part, 1 if part is self.title else 0)
        self.back_button.clicked.connect(self.back)
        self.modes.chosen.connect(lambda _: self.changed.emit())
        self.tempo.valueChanged.connect(lambda _: self.changed.emit())

    @property
    def mode(self) -> PracticeMode:
        """Mode that is chosen."""
        return list(PracticeMode)[self.modes.index()]

    def choose_mode(self, index: int) -> None:
        """Show another mode as the chosen one."""
        self.modes.set_chosen(index)
        self.changed.emit()

    @property
    def mine(self) -> frozenset[int]:
        """Indices of the parts that are played."""
        return frozenset(i for i, action in enumerate(self.part_actions) if action.isChecked())

    def show_piece(self, piece: Piece) -> None:
        """Offer the parts of a piece: at first all of them are played."""
        bind_text(self.title.setText, bundled_names().get(piece.title, piece.title))
        self.parts_menu.clear()
        self.part_actions = []
        for name in piece.parts:
            action = self.parts_menu.addAction("")
            bind_text(action.setText, name or tr("Part"))
            action.setCheckable(True)
            action.setChecked(True)
            action.triggered.connect(lambda _=False, a=action: self._part(a))
            self.part_actions.append(action)
        self.parts.setVisible(len(piece.parts) > 1)
        self._name_parts()

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of another theme."""
        self.back_button.setIcon(icon("back", theme.text))
        self.more.setIcon(icon("tune", theme.text))

    def minimumSizeHint(self) -> QSize:
        """Allow the row to become narrower than its words."""
        return QSize(200, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow, the tempo and the parts give way: their keys and menus stay."""
        super().resizeEvent(event)
        self.modes.setVisible(self.width() >= 560)
        self.tempo.setVisible(self.width() >= 460)

    def _switch(self, text: str, on: bool, key: str = "") -> QAction:
        action = self.menu.addAction("")
        bind_text(action.setText, _with_tab(text, key) if key else text)
        action.setCheckable(True)
        action.setChecked(on)
        action.triggered.connect(lambda: self.changed.emit())
        return action

    def _part(self, action: QAction) -> None:
        """Take a part or leave it out; the last one stays taken."""
        if not self.mine:
            action.setChecked(True)
        self._name_parts()
        self.changed.emit()

    def _name_parts(self) -> None:
        names = [action.text() for action in self.part_actions if action.isChecked()]
        every = len(names) == len(self.part_actions)
        text = tr("All parts") if every else names[0]
        bind_text(
            self.parts.setText,
            text if every or len(names) == 1 else plural(len(names), "part", "parts"),
        )

    def _transpositions(self) -> None:
        names = (
            tr("As written"),
            tr("Instrument in B♭ (clarinet, trumpet)"),
            tr("Instrument in E♭ (alto saxophone)"),
            tr("Small clarinet in E♭"),
            tr("Horn in F"),
            tr("Tenor saxophone in B♭"),
        )
        submenu = self.menu.addMenu("")
        bind_text(submenu.setTitle, tr("Your instrument sounds"))
        group = QActionGroup(submenu)
        for semitones, name in zip(TRANSPOSITIONS, names, strict=True):
            action = submenu.addAction("")
            bind_text(action.setText, name)
            action.setCheckable(True)
            action.setChecked(semitones == 0)
            group.addAction(action)
            action.triggered.connect(self._transposer(semitones))

    def _transposer(self, semitones: int) -> Callable[[], None]:
        def transpose() -> None:
            self.transpose = semitones
            self.changed.emit()

        return transpose


def _with_tab(text: str, key: str) -> Text:
    """A text of a menu with the key at its right that the page listens to by itself."""
    return Text(lambda: f"{translated(text)}\t{key}")
