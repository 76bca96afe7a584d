"""The list of takes: choose, rename in place, drag out into another program."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    QUrl,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui.language.bound_texts import bind_text
from gui.language.translate import tr
from gui.style.note_style import font
from gui.style.theme import DARK, RADIUS, SPACE, TYPE, Theme, mix
from gui.takes.take_rows import take_row
from gui.widgets.plain import plain_tip
from realtime.takes.library import Take

ROW_HEIGHT = 66
_WALK = ("Up", "Down", "Left", "Right", "Home", "End", "PageUp", "PageDown")
KEYS = frozenset(
    getattr(Qt.Key, f"Key_{name}") for name in (*_WALK, "Return", "Enter", "F2", "Delete")
)
"""What the list does with keys; all others are for the take beside it."""
DETAILS = Qt.ItemDataRole.UserRole + 1
INSTRUMENT = Qt.ItemDataRole.UserRole + 2
WHEN = Qt.ItemDataRole.UserRole + 3
FOLDER_AND_NAME = Qt.ItemDataRole.UserRole
_FLAG = QItemSelectionModel.SelectionFlag


class TakeList(QListWidget):
    """Takes, newest first; the words come from `take_rows`."""

    opened = Signal(str)
    """Name of the take the user wants to see."""
    renamed = Signal(str, str)
    """(name, name the user wants)."""
    discarded = Signal(str)
    """Name of the take that should go to the trash."""

    def __init__(self) -> None:
        super().__init__()
        bind_text(self.setAccessibleName, tr("Takes"))
        self.setUniformItemSizes(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self._delegate = TakeDelegate(self)
        self.setItemDelegate(self._delegate)
        self._takes: dict[str, Take] = {}
        self.dragged: Callable[[Take], Path | None] = lambda take: take.newest.midi
        """Asked as a drag begins: the .mid that it carries, None where there is none to give."""
        self.heard: Callable[[str], bool] = lambda name: False
        """Whether the notes of a take, by its name, are still to come."""
        self._carried: Path | None = None
        self.currentItemChanged.connect(self._current)
        self.itemChanged.connect(self._edited)

    def set_theme(self, theme: Theme) -> None:
        """Draw the rows in the colours of another theme."""
        self._delegate.theme = theme
        self.viewport().update()

    def show_takes(self, takes: Sequence[Take], current: str) -> None:
        """List these takes with `current` marked."""
        rows = [(take, take_row(take, heard=self.heard(take.name))) for take in takes]
        with QSignalBlocker(self):
            self.clear()
            self._takes = {take.name: take for take in takes}
            for take, row in rows:
                item = QListWidgetItem(row.name)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                item.setData(FOLDER_AND_NAME, take.name)
                item.setData(DETAILS, row.details)
                item.setData(WHEN, row.when)
                item.setData(INSTRUMENT, row.instrument)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, row.spoken)
                item.setToolTip(plain_tip(row.spoken))
                self.addItem(item)
                if take.name == current:
                    self.setCurrentItem(item)

    def mark(self, name: str) -> None:
        """Mark this take without opening it."""
        with QSignalBlocker(self):
            for row in range(self.count()):
                if self.item(row).data(FOLDER_AND_NAME) == name:
                    self.setCurrentRow(row)
        self.viewport().update()

    def current_name(self) -> str:
        """Name of the marked take, "" if none is."""
        item = self.currentItem()
        return str(item.data(FOLDER_AND_NAME)) if item is not None else ""

    def rename_current(self) -> None:
        """Let the user type another name."""
        if self.currentItem() is not None:
            self.editItem(self.currentItem())

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the marked take out, with the edits that it has by now."""
        take = self._takes.get(self.current_name())
        self._carried = self.dragged(take) if take is not None else None
        if self._carried is not None and self._carried.is_file():
            super().startDrag(actions)

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        """What a drag carries: one .mid."""
        data = QMimeData()
        if self._carried is not None:
            data.setUrls([QUrl.fromLocalFile(str(self._carried))])
        return data

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del moves to the trash, Enter opens, F2 renames; what does not walk is not for a list."""
        name = self.current_name()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not plain or event.key() not in KEYS:
            event.ignore()
        elif event.key() == Qt.Key.Key_Delete:
            if name and not event.isAutoRepeat():
                self.discarded.emit(name)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if name:
                self.opened.emit(name)
        else:
            super().keyPressEvent(event)

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """What is current is marked: no click with Ctrl takes the mark away."""
        command = super().selectionCommand(index, event)
        taken = command & (_FLAG.Toggle | _FLAG.Deselect)
        return _FLAG.ClearAndSelect if taken and index.isValid() else command

    def _current(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            item.setSelected(True)
            self.opened.emit(str(item.data(FOLDER_AND_NAME)))

    def _edited(self, item: QListWidgetItem) -> None:
        name = str(item.data(FOLDER_AND_NAME))
        if item.text() != name:
            self.renamed.emit(name, item.text())


class TakeDelegate(QStyledItemDelegate):
    """Paints a row: name, and below it the details and the date."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = DARK

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """All rows are equally high."""
        return QSize(120, ROW_HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the row of a take: name, date, length, notes."""
        theme = self.theme
        area = QRectF(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or hovered:
            ground = mix(theme.accent, theme.raised, 0.28) if chosen else theme.hover
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(area.adjusted(SPACE, 1, -SPACE, -1), RADIUS, RADIUS)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(SPACE + 1, 2, -SPACE - 1, -2), RADIUS, RADIUS)
        text = area.adjusted(3 * SPACE, 6, -3 * SPACE, -6)
        dim = theme.text if chosen else theme.dim
        column = self._draw_instrument(painter, text, str(index.data(INSTRUMENT) or ""), dim)
        for line, role, size, colour, bold in (
            (0, Qt.ItemDataRole.DisplayRole, TYPE.body, theme.text, True),
            (1, DETAILS, TYPE.small, dim, False),
            (2, WHEN, TYPE.small, dim, False),
        ):
            lettering = font(size, bold=bold)
            painter.setFont(lettering)
            painter.setPen(QColor(colour))
            width = text.width() - (0.0 if line else column)
            place = QRectF(text.x(), text.y() + 19 * line, width, 17)
            words = QFontMetricsF(lettering).elidedText(
                str(index.data(role)), Qt.TextElideMode.ElideRight, width
            )
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()

    def _draw_instrument(
        self, painter: QPainter, text: QRectF, instrument: str, colour: str
    ) -> float:
        """Paint the instrument at the right of the name; returns the width it takes, in pixels."""
        lettering = font(TYPE.small)
        width = QFontMetricsF(lettering).horizontalAdvance(instrument)
        if not instrument or width > text.width() / 2:
            return 0.0
        painter.setFont(lettering)
        painter.setPen(QColor(colour))
        place = QRectF(text.right() - width, text.y(), width + 1, 17)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, instrument)
        return width + 2 * SPACE

    def updateEditorGeometry(
        self,
        editor: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """The name is edited where it stands."""
        editor.setGeometry(option.rect.adjusted(2 * SPACE, 3, -2 * SPACE, 31 - ROW_HEIGHT))
