"""Shows a notice: as a strip above the roll, or as a card in the middle of an empty one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.controls import ElidedLabel
from gui.notices import Notice
from gui.theme import CONTROL_HEIGHT, SPACE
from gui.words import tr

NARROW = 640
"""Below this width a strip's words stand below its title."""
CARD_WIDTH = 400
CARD_FRAME = 14 * SPACE + 3
"""Height of margins, gaps and the coloured line."""


def action_labels() -> dict[str, str]:
    """Name of an action -> what its button says."""
    return {
        "demo": tr("Try the demo"),
        "microphone": tr("Back to microphone"),
        "again": tr("Play again"),
        "retry": tr("Start again"),
        "rescan": tr("Look again"),
        "report": tr("Copy a report"),
        "bundled": tr("Use the bundled model"),
        "takes": tr("Takes"),
    }


class NoticeStrip(QWidget):
    """One line above the roll: kind, words, buttons."""

    acted = Signal(str)
    """Name of the action the user chose."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._kind = kind_line()
        self._kind.setFixedWidth(3)
        self._title, self._text = ElidedLabel(), QLabel()
        self._title.setObjectName("stripTitle")
        self._text.setObjectName("stripText")
        self._text.setWordWrap(True)
        self._text.setMinimumWidth(60)
        for label in (self._title, self._text):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(SPACE * 2)
        self._row = QGridLayout(self)
        self._row.setContentsMargins(SPACE * 3, SPACE + 2, SPACE * 3, SPACE + 2)
        self._row.setSpacing(SPACE * 2)
        self._narrow: bool | None = None
        self._dismiss = QPushButton("×")
        self._dismiss.setAccessibleName(tr("Close the message"))
        self._dismiss.setToolTip(tr("Close the message"))
        self._dismiss.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._dismiss.clicked.connect(lambda: self.acted.emit("dismiss"))
        self._arrange(narrow=False)
        self.notice: Notice | None = None
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words beside the title, or below it where there is little room."""
        super().resizeEvent(event)
        self._arrange(self.width() < NARROW)

    def _arrange(self, narrow: bool) -> None:
        if narrow == self._narrow:
            return
        self._narrow, row = narrow, self._row
        row.removeItem(self._buttons)
        row.addWidget(self._kind, 0, 0, 2 if narrow else 1, 1)
        row.addWidget(self._title, 0, 1)
        row.addLayout(self._buttons, 0, 3)
        row.addWidget(self._dismiss, 0, 4)
        row.addWidget(self._text, *((1, 1, 1, 4) if narrow else (0, 2, 1, 1)))
        row.setColumnStretch(1, int(narrow))
        row.setColumnStretch(2, int(not narrow))
        self._make_room()

    def _make_room(self) -> None:
        """In a narrow window the title may be cut, and a report is left to the menu."""
        narrow = bool(self._narrow)
        self._title.setMinimumWidth(40 if narrow else self._title.sizeHint().width())
        for index in range(self._buttons.count()):
            button = self._buttons.itemAt(index).widget()
            button.setVisible(not narrow or button.property("action") != "report")

    def show_notice(self, notice: Notice | None) -> None:
        """Show this notice, or nothing."""
        if notice == self.notice:
            return
        self.notice = notice
        self.setVisible(notice is not None)
        if notice is None:
            return
        self._dismiss.setVisible(notice.closable)
        show_kind(self._kind, notice.kind)
        self._title.setText(notice.title)
        self._title.setVisible(bool(notice.title))
        self._text.setText(notice.text)
        self.setAccessibleName(f"{notice.title} {notice.text}".strip())
        _refill(self._buttons, notice, self.acted.emit, primary=False)
        self._make_room()


class NoticeCard(QWidget):
    """A large notice for the middle of an empty roll; its parent places it."""

    acted = Signal(str)
    """Name of the action the user chose."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._kind = kind_line()
        self._kind.setFixedSize(36, 3)
        self._title, self._text = QLabel(), QLabel()
        self._title.setObjectName("cardTitle")
        self._text.setObjectName("cardText")
        for label in (self._title, self._text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setWordWrap(True)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(SPACE * 2)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addLayout(self._buttons)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 6, SPACE * 5, SPACE * 6, SPACE * 5)
        column.setSpacing(SPACE * 2)
        column.addWidget(self._kind, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addLayout(buttons)
        self.notice: Notice | None = None
        self.hide()

    def show_notice(self, notice: Notice | None) -> None:
        """Show this notice, or nothing."""
        if notice == self.notice:
            return
        self.notice = notice
        self.setVisible(notice is not None)
        if notice is None:
            return
        show_kind(self._kind, notice.kind)
        self._title.setText(notice.title)
        self._text.setText(notice.text)
        self.setAccessibleName(f"{notice.title}. {notice.text}")
        _refill(self._buttons, notice, self.acted.emit, primary=True)
        self.place()

    def place(self) -> None:
        """Centre in the parent."""
        if self.notice is None:
            return
        area = self.parentWidget().rect()
        width = min(CARD_WIDTH, area.width() - 4 * SPACE)
        inner = width - 12 * SPACE
        self.ensurePolished()
        for label in (self._title, self._text):
            label.ensurePolished()
            label.setFixedSize(inner, label.heightForWidth(inner))
        words = self._title.height() + self._text.height()
        height = words + CARD_FRAME + (CONTROL_HEIGHT + 4 * SPACE if self.notice.actions else 0)
        height = min(height, area.height())
        self.setGeometry((area.width() - width) // 2, (area.height() - height) // 2, width, height)
        self.raise_()


def kind_line() -> QWidget:
    """The thin coloured line that says how serious a notice is."""
    line = QWidget()
    line.setObjectName("kindLine")
    line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return line


def show_kind(line: QWidget, kind: str) -> None:
    """Colour the line: hint, info, warning or error."""
    line.setProperty("kind", kind)
    line.style().unpolish(line)
    line.style().polish(line)


def _refill(row: QHBoxLayout, notice: Notice, act: object, primary: bool) -> None:
    while row.count():
        widget = row.takeAt(0).widget()
        widget.hide()
        widget.deleteLater()
    for index, name in enumerate(notice.actions):
        button = QPushButton(action_labels()[name])
        button.setAccessibleName(button.text())
        button.setProperty("primary", primary and index == 0)
        button.setProperty("action", name)
        button.clicked.connect(lambda _=False, n=name: act(n))  # type: ignore[operator]
        row.addWidget(button)
