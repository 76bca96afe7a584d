"""A take as a score: its pages to look at, and to save as PDF, SVG or MusicXML."""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSize, Qt
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPaintEvent, QPdfWriter, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gui.language.bound_texts import bind_text
from gui.language.engine_messages import in_words
from gui.language.translate import tr
from gui.style.theme import SPACE
from gui.takes.editor.saving.export import ExportChoice, export
from gui.widgets.bound_button import text_button
from gui.widgets.child_process import ChildProcess
from gui.widgets.controls import Captioned, Segments
from gui.widgets.dialogs import Dialog
from gui.widgets.plain import plain_label
from gui.widgets.save_dialog import ask_where
from realtime.files.click import Click
from realtime.files.engraving.messages import REPORTS, Engraved
from realtime.files.quantise import guess_tempo
from realtime.processes.json_line_child import JsonLineChild
from realtime.processes.message_lines import Failed
from realtime.processes.start import python_command
from realtime.takes.library import Take
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, why
from realtime.values.atomic import whole_file
from realtime.values.notes import Note

NAMES = ("1/8", "1/8T", "1/16", "1/16T", "1/32")
"""Grids that a score may have."""
USUAL = NAMES.index("1/16")
SIZE = QSize(820, 720)
RATIO = 297 / 210
"""Height of a page by its width."""
DPI = 300


class Sheet(QWidget):
    """Draws the pages of a score below each other, black on white as on paper."""

    def __init__(self) -> None:
        super().__init__()
        bind_text(self.setAccessibleName, tr("Score"))
        self.pages: list[QSvgRenderer] = []

    def show_pages(self, pages: list[QSvgRenderer]) -> None:
        """Show these pages from their first."""
        self.pages = pages
        self.fit(self.width())

    def fit(self, width: int) -> None:
        """Set the width in pixels; the height follows from the number of pages."""
        self.setFixedHeight(max(round(len(self.pages) * (width * RATIO + SPACE)), 1))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pages in view."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        high = self.width() * RATIO
        for index, page in enumerate(self.pages):
            area = QRectF(0, index * (high + SPACE), self.width(), high)
            if area.intersects(QRectF(event.rect())):
                painter.fillRect(area, Qt.GlobalColor.white)
                page.render(painter, area)
        painter.end()


class ScorePage(Dialog):
    """Shows a take as a score, engraved on a grid; another grid engraves it anew.

    Args:
        parent: of the dialog.
        take: named in the title of the score.
        notes: as they are shown.
        click: with the bars of the score, None for a tempo that is guessed.
    """

    def __init__(
        self, parent: QWidget, take: Take, notes: Sequence[Note], click: Click | None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Score of {name}", name=take.name))
        self._take, self._notes = take, list(notes)
        self._choice = ExportChoice("musicxml", guess_tempo(notes), NAMES[USUAL], click=click)
        self._folder = tempfile.TemporaryDirectory(prefix="jtm-", ignore_cleanup_errors=True)
        self._child: ChildProcess | None = None
        self.files: list[Path] = []
        """The engraved pages as .svg, in order."""
        self.grid = Segments(tr("Shortest note"), NAMES, [tr("Shortest note")] * len(NAMES))
        self.grid.set_chosen(USUAL)
        self.words = plain_label("quiet", wrap=True)
        self.sheet, self.area = Sheet(), QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.area.setWidget(self.sheet)
        self.area.setAccessibleName(tr("Score"))
        self.pdf, self.svg = text_button(tr("Save as PDF…")), text_button(tr("Save as SVG…"))
        self.close_button = text_button(tr("Close"))
        self.pdf.setProperty("primary", True)
        self._lay_out()
        self.grid.chosen.connect(self._choose)
        self.pdf.clicked.connect(lambda: self._save(".pdf"))
        self.svg.clicked.connect(lambda: self._save(".svg"))
        self.close_button.clicked.connect(self.accept)
        self.finished.connect(self._end)
        self.grid.buttons[USUAL].setFocus()
        self._engrave()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*(SPACE * 4,) * 4)
        column.setSpacing(SPACE * 3)
        row = QHBoxLayout()
        row.addWidget(Captioned(tr("Shortest note"), self.grid))
        row.addStretch(1)
        for button in (self.svg, self.pdf, self.close_button):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(row)
        column.addWidget(self.words)
        column.addWidget(self.area, 1)
        self.resize(SIZE.boundedTo(self.screen().availableGeometry().size() - QSize(40, 60)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the pages as wide as there is room."""
        super().resizeEvent(event)
        self.sheet.fit(self.area.viewport().width())

    def _choose(self, index: int) -> None:
        self._choice = replace(self._choice, grid=NAMES[index])
        self._engrave()

    def _engrave(self) -> None:
        """Write the score and have it engraved; `_engraved` follows."""
        self._stop()
        self._show_words(tr("Engraving…"), ready=False)
        folder = Path(tempfile.mkdtemp(dir=self._folder.name))
        try:
            name, instrument = self._take.name, self._take.instrument
            score = export(self._notes, folder / "score", name, self._choice, instrument)
            command = python_command("realtime.files.engraving.pages", str(score), str(folder))
            child = JsonLineChild(command, REPORTS)
        except UserError as error:
            self._show_words(in_words(error.trouble), ready=False)
            return
        except OSError as error:
            trouble = Trouble(Code.CANNOT_WRITE, path=folder, reason=why(error))
            self._show_words(in_words(trouble), ready=False)
            return
        self._child = ChildProcess(child, self)
        self._child.reported.connect(lambda report: self._report(report, folder))
        self._child.ended.connect(self._ended)

    def _report(self, report: Engraved | Failed, folder: Path) -> None:
        if isinstance(report, Failed):
            self._show_words(in_words(report.trouble), ready=False)
            return
        self.files = [folder / f"{number}.svg" for number in range(1, report.pages + 1)]
        self.sheet.show_pages([QSvgRenderer(str(file)) for file in self.files])
        self.sheet.fit(self.area.viewport().width())
        self._show_words("", ready=True)

    def _ended(self, code: int) -> None:
        if code and not self.words.text():
            self._show_words(in_words(Trouble(Code.TRANSCRIBER_STOPPED, code=code)), ready=False)

    def _show_words(self, words: str, ready: bool) -> None:
        bind_text(self.words.setText, words)
        self.words.setVisible(bool(words))
        for button in (self.pdf, self.svg):
            button.setEnabled(ready)

    def _save(self, suffix: str) -> None:
        """Ask where, and write the pages there; several SVG get numbers."""
        start = Path.home() / f"{self._take.name}{suffix}"
        path = ask_where(self, tr("Save the score"), start, suffix)
        if path is None:
            return
        try:
            made = self.write(path)
        except UserError as error:
            self._show_words(in_words(error.trouble), ready=True)
            return
        self._show_words(
            tr("Saved as {name}", name=", ".join(file.name for file in made)), ready=True
        )

    def write(self, path: Path) -> list[Path]:
        """Write the pages as .pdf, or as .svg, where further pages get numbers.

        Returns:
            The files that were made.

        Raises:
            UserError: if one cannot be written.
        """
        if path.suffix.lower() == ".pdf":
            with whole_file(path) as partial:
                write_pdf(self.sheet.pages, partial, self._take.name)
            return [path]
        made = [path, *(path.with_stem(f"{path.stem} {n}") for n in range(2, len(self.files) + 1))]
        for later in made[1:]:
            if later.exists():
                raise UserError(Code.NAME_TAKEN, name=later.name)
        for page, target in zip(self.files, made, strict=True):
            with whole_file(target) as partial:
                shutil.copyfile(page, partial)
        return made

    def _stop(self) -> None:
        if self._child is not None:
            self._child.stop()
            self._child = None

    def _end(self) -> None:
        self._stop()
        self._folder.cleanup()
        self.deleteLater()


def write_pdf(pages: Sequence[QSvgRenderer], path: Path, title: str) -> None:
    """Write pages on A4.

    Raises:
        UserError: if the file cannot be written.
    """
    writer = QPdfWriter(str(path))
    writer.setResolution(DPI)
    writer.setTitle(title)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF()
        )
    )
    painter = QPainter()
    if not painter.begin(writer):
        raise UserError(Code.CANNOT_WRITE, path=path, reason=why(OSError(path)))
    for index, page in enumerate(pages):
        if index:
            writer.newPage()
        page.render(painter, QRectF(0, 0, writer.width(), writer.height()))
    painter.end()
