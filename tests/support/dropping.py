"""Drops files as a file manager does."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget


def drop(window: QWidget, *dropped: Path | str) -> None:
    """Drag files (or links) onto the window, which must accept them, and let them go."""
    data = QMimeData()
    urls = [QUrl.fromLocalFile(str(each)) if isinstance(each, Path) else each for each in dropped]
    data.setUrls([QUrl(url) for url in urls])
    given = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), *given, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(9, 9), *given, none))
