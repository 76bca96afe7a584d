"""The bar above a take: its name, instrument and versions, refine, keep edits, save."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from gui.controls import ElidedLabel, Picker, beside_icon
from gui.engine_words import in_our_words
from gui.icons import icon
from gui.instrument_words import choosable, instrument_word
from gui.theme import SPACE, Theme, mix
from gui.words import tr
from realtime.take_library import Take, TakeVersion

NARROW = 560
INSTRUMENT_FITS = 620
"""Narrowest head that has room for the instrument."""


class TakeHead(QWidget):
    """Knows which versions there are; asks for everything else."""

    asked = Signal(str)
    """back | refine | keep | export | drop_version"""
    version_chosen = Signal(int)
    """Number of the version."""
    instrument_chosen = Signal(str)
    """What the take was played on, "" for nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("takeHead")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.back = QToolButton()
        self.title = ElidedLabel()
        self.title.setObjectName("takeTitle")
        self.title.setMinimumWidth(40)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.version = Picker(tr("Version"))
        self.version.setMinimumContentsLength(11)
        self.drop_version = QToolButton()
        self.drop_version.setAccessibleName(tr("Version to the trash"))
        self.drop_version.setToolTip(
            tr("Move this version to the trash; what was played and the other versions stay")
        )
        self.instrument = Picker(tr("Instrument"))
        self.instrument.setMinimumContentsLength(8)
        self.refine = QPushButton(tr("Refine"))
        self.keep = QPushButton(tr("Keep edits"))
        self.keep.setToolTip(tr("Save the edits as a new version; what was played stays"))
        self.export = QPushButton(tr("Save as…"))
        self.export.setToolTip(tr("MIDI, CSV or MusicXML, with tempo and grid (Ctrl+S)"))
        self.back.setAccessibleName(tr("Back to the list"))
        self.back.setToolTip(tr("Back to the list"))
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE * 3, SPACE, SPACE * 3, SPACE)
        row.setSpacing(SPACE * 2)
        row.addWidget(self.back)
        row.addWidget(self.title, 1)
        row.addWidget(self.instrument)
        versions = QHBoxLayout()
        versions.setSpacing(2)
        versions.addWidget(self.version)
        versions.addWidget(self.drop_version)
        row.addLayout(versions)
        for name, button in (("keep", self.keep), ("refine", self.refine), ("export", self.export)):
            button.setAccessibleName(button.text())
            button.clicked.connect(lambda _=False, n=name: self.asked.emit(n))
            row.addWidget(button)
        self.back.clicked.connect(lambda: self.asked.emit("back"))
        self.drop_version.clicked.connect(lambda: self.asked.emit("drop_version"))
        self.instrument.chosen.connect(self.instrument_chosen)
        self.version.chosen.connect(lambda number: self.version_chosen.emit(int(number)))
        self.show_changed(False)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        faded = mix(theme.dim, theme.surface, 0.5)
        self.back.setIcon(icon("back", theme.text))
        self.refine.setIcon(icon("refine", theme.text, faded))
        self.export.setIcon(icon("save", theme.text, faded))
        self.drop_version.setIcon(icon("drop_version", theme.text, faded))
        self.version.set_theme(theme)
        self.instrument.set_theme(theme)

    def show_take(self, take: Take, version: TakeVersion) -> None:
        """Say which take and version is open."""
        self.title.setText(take.name)
        self.title.setToolTip(str(take.folder / take.name))
        options = [(str(each.number), version_name(each)) for each in take.versions]
        self.version.offer(options, str(version.number), "")
        self.version.setVisible(len(options) > 1)
        self.drop_version.setVisible(len(options) > 1)
        self.drop_version.setEnabled(version.kind != "played")
        names = [("", tr("No instrument")), *choosable()]
        self.instrument.offer(names, take.instrument, instrument_word(take.instrument))
        self.refine.setToolTip(
            tr("Listen to the recording again with the longest look-ahead; gives a new version")
            if take.sound is not None
            else no_recording()
        )

    def show_changed(self, changed: bool) -> None:
        """Offer to keep edits where there are any."""
        self.keep.setVisible(changed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Drop the words that a narrow window has no room for."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self.refine.setText("" if narrow else beside_icon(tr("Refine")))
        self.export.setText("" if narrow else beside_icon(tr("Save as…")))
        self.instrument.setVisible(self.width() >= INSTRUMENT_FITS)


def no_recording() -> str:
    """Why a take without sound cannot be heard anew, and how the next one can."""
    return tr(
        "This take holds notes only: without a recording there is nothing to listen to again. "
        "Choose “Keep the sound of takes” in the menu before you record."
    )


def unreadable(version: TakeVersion, error: Exception) -> str:
    """Why notes cannot be shown, with their file named once."""
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    reason = in_our_words(reason.removeprefix(f"{version.csv}, ").rstrip("."))
    return tr("{path} cannot be read: {reason}.", path=version.csv, reason=reason)


def version_name(version: TakeVersion) -> str:
    """What a version is called: "2 · edited"."""
    kinds = {"played": tr("as played"), "edited": tr("edited"), "refined": tr("refined")}
    return f"{version.number} · {kinds[version.kind]}"
