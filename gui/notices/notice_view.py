"""Shows notices: as strips above the roll, or one as a card in the middle of an empty one."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import Text, tr, translated
from gui.notices.notice import Notice
from gui.notices.strip import Strip, kind_line, show_kind
from gui.notices.wish import Wish
from gui.style.theme import CONTROL_HEIGHT, SPACE
from gui.widgets.bound_button import text_button
from gui.widgets.controls import ElidedLabel
from gui.widgets.plain import plain_label, set_plain_tip

CARD_WIDTH, LOW_CARD_WIDTH = 400, 640
"""Pixels; where there is little height the words take fewer lines."""
LINE = 3
"""Height of the coloured line."""


def action_labels() -> dict[Wish, str]:
    """What a notice may offer -> what its button says."""
    return {
        Wish.DEMO: tr("Try the demo"),
        Wish.MICROPHONE: tr("Back to microphone"),
        Wish.AGAIN: tr("Play again"),
        Wish.RETRY: tr("Start again"),
        Wish.RESCAN: tr("Look again"),
        Wish.REPORT: tr("Copy a report"),
        Wish.BUNDLED: tr("Use the bundled model"),
        Wish.TAKES: tr("Takes"),
        Wish.TAKES_FOLDER: tr("Takes folder…"),
        Wish.USUAL_VIEW: tr("Usual view"),
    }


class NoticeStrip(Strip):
    """Shows a notice as a strip: title, text and buttons."""

    acted = Signal(object)
    """A button was pressed; carries its wish."""
    dismissed = Signal(object)
    """The notice that the user sent away."""

    def __init__(self) -> None:
        super().__init__()
        self._title, self._text = ElidedLabel(), plain_label("stripText", wrap=True)
        self._title.setObjectName("stripTitle")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setMinimumWidth(60)
        self.dismiss_button = QPushButton("×")
        bind_text(self.dismiss_button.setAccessibleName, tr("Close the message"))
        bind_text(self.dismiss_button.setToolTip, tr("Close the message"))
        self.dismiss_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.dismiss_button.clicked.connect(lambda: self.dismissed.emit(self.notice))
        self.notice: Notice | None = None
        self._wide = 0
        self.arrange(narrow=False)

    def place(self, narrow: bool) -> None:
        """Words beside the title, or below it where there is little room and a title."""
        self.grid.addWidget(self._title, 0, 1)
        self.grid.addLayout(self.buttons, 0, 3)
        self.grid.addWidget(self.dismiss_button, 0, 4)
        self.grid.setColumnStretch(1, int(narrow))
        self.grid.setColumnStretch(2, int(not narrow))
        self._make_room()

    def fit(self, width: int, height: int) -> None:
        """Fit into a window of this size in pixels; a long text lies below its title."""
        self._wide = width
        super().fit(width, height)
        self._make_room()

    def _is_long(self) -> bool:
        """Whether the text would take more than two lines between title and buttons."""
        parts = [self._title, *_widgets(self.buttons)]
        parts += [self.dismiss_button] * (self.notice is not None and self.notice.closable)
        taken = sum(part.sizeHint().width() + 2 * SPACE for part in parts)
        room = self._wide - taken - 10 * SPACE
        lines = self._text.fontMetrics().lineSpacing()
        return room < 60 or self._text.heightForWidth(room) > 2.5 * lines

    def _make_room(self) -> None:
        """In a narrow window the title may be cut, and a report is left to the menu."""
        narrow, titled = bool(self.narrow), bool(self._title.text())
        # Not the label's own minimum: that would be its hint with a shorter title too.
        width = 40 if narrow else self._title.sizeHint().width()
        self.grid.setColumnMinimumWidth(1, width if titled else 0)
        one_line = self.short and titled
        two_lines = titled and not one_line and (narrow or self._is_long())
        beside = (0, 1, 1, 2) if narrow else (0, 2, 1, 1)
        self.grid.addWidget(self._text, *((1, 1, 1, 4) if two_lines else beside))
        self.grid.addWidget(self.kind, 0, 0, 2 if two_lines else 1, 1)
        self._text.setVisible(not one_line)
        details = self.notice.details if self.notice is not None else ""
        tip = "\n".join(filter(None, (self._text.text() if one_line else "", details)))
        set_plain_tip(self._title, tip)
        set_plain_tip(self._text, details)
        for button in _widgets(self.buttons):
            button.setVisible(not narrow or button.property("action") != Wish.REPORT)

    def show_notice(self, notice: Notice | None) -> None:
        """Show this notice, or nothing."""
        if notice == self.notice:
            return
        self.notice = notice
        self.setVisible(notice is not None)
        if notice is None:
            return
        self.dismiss_button.setVisible(notice.closable)
        show_kind(self.kind, notice.kind)
        bind_text(self._title.setText, notice.title)
        self._title.setVisible(bool(notice.title))
        bind_text(self._text.setText, notice.text)
        self.announce(" ".join(filter(None, (notice.title, notice.text, notice.details))))
        _refill(self.buttons, notice, self.acted.emit, primary=False)
        self._make_room()


class NoticeCard(QWidget):
    """A large notice for the middle of an empty roll; its parent places it."""

    acted = Signal(object)
    """A button was pressed; carries its wish."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._kind = kind_line()
        self._kind.setFixedSize(36, LINE)
        self._title = plain_label("cardTitle", wrap=True)
        self._text = plain_label("cardText", wrap=True)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(SPACE * 2)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addLayout(self._buttons)
        buttons.addStretch(1)
        column = self._column = QVBoxLayout(self)
        column.addWidget(self._kind, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addLayout(buttons)
        self.notice: Notice | None = None
        parent.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the card in the middle when its parent changes size."""
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False

    def show_notice(self, notice: Notice | None) -> None:
        """Show this notice, or nothing."""
        if notice == self.notice:
            return
        self.notice = notice
        self.setVisible(notice is not None)
        if notice is None:
            return
        show_kind(self._kind, notice.kind)
        bind_text(self._title.setText, notice.title)
        bind_text(self._text.setText, notice.text)
        bind_text(
            self.setAccessibleName,
            Text(lambda: f"{translated(notice.title)}. {translated(notice.text)}"),
        )
        _refill(self._buttons, notice, self.acted.emit, primary=True)
        self.place()

    def place(self) -> None:
        """Centre the card in its parent; a low one is wider, with less room around the words."""
        if self.notice is None:
            return
        area = self._parent.rect()
        self.ensurePolished()
        width, height = self._lay_out(CARD_WIDTH, SPACE * 5, SPACE * 2)
        if height > area.height():
            width, height = self._lay_out(LOW_CARD_WIDTH, SPACE * 2, SPACE)
        roomy = height <= area.height()
        self._text.setVisible(roomy)
        set_plain_tip(self._title, "" if roomy else self.notice.text)
        if not roomy:
            height -= self._text.height() + 2 * SPACE
        height = min(height, area.height())
        self.setGeometry((area.width() - width) // 2, (area.height() - height) // 2, width, height)
        self.raise_()

    def _lay_out(self, widest: int, around: int, gap: int) -> tuple[int, int]:
        """Width and height of the card with so many pixels above and below its words."""
        assert self.notice is not None
        width = min(widest, self._parent.width() - 4 * SPACE)
        inner = width - 12 * SPACE
        self._column.setContentsMargins(SPACE * 6, around, SPACE * 6, around)
        self._column.setSpacing(gap)
        for label in (self._title, self._text):
            label.ensurePolished()
            label.setMinimumSize(0, 0)  # or it says that it needs what it was given before
            label.setFixedSize(inner, label.heightForWidth(inner))
        buttons = CONTROL_HEIGHT + 2 * gap if self.notice.actions else 0
        words = self._title.height() + self._text.height()
        return width, LINE + words + buttons + 2 * around + 2 * gap


def _refill(row: QHBoxLayout, notice: Notice, act: Callable[[Wish], object], primary: bool) -> None:
    for widget in _widgets(row):
        row.removeWidget(widget)
        widget.hide()
        widget.deleteLater()
    for index, name in enumerate(notice.actions):
        button = text_button(action_labels()[name])
        button.setProperty("primary", primary and index == 0)
        button.setProperty("action", name)
        button.clicked.connect(lambda _=False, n=name: act(n))
        row.addWidget(button)


def _widgets(row: QHBoxLayout) -> list[QWidget]:
    items = (row.itemAt(index) for index in range(row.count()))
    widgets = (item.widget() for item in items if item is not None)
    return [widget for widget in widgets if widget is not None]
