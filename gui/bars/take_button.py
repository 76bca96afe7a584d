"""The newest take: a click saves a copy, a drag hands the .mid to another program."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QPushButton

from gui.language.bound_texts import bind_text
from gui.language.translate import tr
from gui.takes.newest_take import NewestTake
from gui.widgets.controls import beside_icon


class TakeButton(QPushButton):
    """Button for the newest take: click to save a copy, drag to hand over its .mid."""

    def __init__(self) -> None:
        super().__init__()
        self.path = ""
        """The .mid of the newest take, empty if none."""
        self._written = ""
        self._pressed_at: QPoint | None = None
        self._narrow = False
        self.newest = NewestTake()
        """Where takes went since they were written."""
        bind_text(self.setAccessibleName, tr("Save the take as…"))
        self.setEnabled(False)
        self._write()

    def show_take(self, path: str) -> None:
        """Offer the take that was written to this .mid, wherever it is now."""
        self._written = path
        path = self.newest.find(path)
        if path != self.path:
            self.path = path
            self.setEnabled(bool(path))
            self._write()

    def refresh(self) -> None:
        """Find the take again after files were renamed, moved or deleted."""
        self.show_take(self._written)

    def place_of(self, written: str) -> str:
        """The .mid that the engine wrote as `written`, wherever it is now; "" where it is gone."""
        return self.newest.find(written)

    def exclude(self, paths: Iterable[Path]) -> None:
        """These files are in the trash."""
        self.newest.exclude(paths)
        self.refresh()

    def include(self, paths: Iterable[Path]) -> None:
        """Offer these files of takes again: they are back from the trash."""
        self.newest.include(paths)
        self.refresh()

    def set_narrow(self, narrow: bool) -> None:
        """Show the icon only, without the name of the take, or both."""
        self._narrow = narrow
        self._write()

    def _write(self) -> None:
        bind_text(self.setText, "" if self._narrow else beside_icon(tr("Save as…")))
        offer = tr(
            "{path}\nClick to save a copy, or drag it into your music program.", path=self.path
        )
        bind_text(self.setToolTip, offer if self.path else tr("Record a take first"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a drag may begin."""
        self._pressed_at = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin to drag the file once the mouse has moved far enough."""
        if self._pressed_at is None or not self.path:
            return
        moved = (event.position().toPoint() - self._pressed_at).manhattanLength()
        if event.buttons() & Qt.MouseButton.LeftButton and (
            moved >= QApplication.startDragDistance()
        ):
            from gui.takes.dragged import (
                dragged_newest,  # with numpy, which the window starts without
            )

            self._pressed_at = None
            self.setDown(False)
            drag = QDrag(self)
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(str(dragged_newest(Path(self.path))))])
            drag.setMimeData(data)
            drag.exec(Qt.DropAction.CopyAction)
