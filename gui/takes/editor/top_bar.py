"""The bar above a take: its name, instrument and versions, refine, keep edits, save."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from gui.language.bound_texts import bind_text, follow_language
from gui.language.engine_messages import in_words
from gui.language.translate import Text, tr, translated
from gui.music.instruments import choosable, instrument_word
from gui.style.icons import icon
from gui.style.theme import SPACE, Theme, mix
from gui.takes.editor.key_bindings import TakeAction
from gui.widgets.bound_button import text_button
from gui.widgets.controls import ElidedLabel, Picker, beside_icon
from gui.widgets.plain import set_plain_tip
from realtime.files.note_files import DamagedNotes
from realtime.takes.library import Take, TakeVersion
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble, why


class TakeHead(QWidget):
    """Shows name, instrument and versions of a take, with buttons to refine, keep and save."""

    asked = Signal(object)
    """What a button asks for."""
    version_chosen = Signal(int)
    """Another version is wanted; carries its number."""
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
        self.version.setMinimumContentsLength(4)
        self.drop_version = QToolButton()
        bind_text(self.drop_version.setAccessibleName, tr("Version to the trash"))
        bind_text(
            self.drop_version.setToolTip,
            tr("Move this version to the trash; what was played and the other versions stay"),
        )
        self.instrument = Picker(tr("Instrument"))
        self.instrument.setMinimumContentsLength(4)
        self.refine = text_button(tr("Refine"))
        self.keep = text_button(tr("Keep edits"))
        bind_text(
            self.keep.setToolTip, tr("Save the edits as a new version; what was played stays")
        )
        self.export = text_button(tr("Save as…"))
        bind_text(self.export.setToolTip, tr("MIDI, CSV or MusicXML, with tempo and grid (Ctrl+S)"))
        bind_text(self.back.setAccessibleName, tr("Back to the list"))
        bind_text(self.back.setToolTip, tr("Back to the list"))
        row = self._row = QHBoxLayout(self)
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
        for button in (self.keep, self.refine, self.export):
            row.addWidget(button)
        asking: tuple[tuple[QAbstractButton, TakeAction], ...] = (
            (self.keep, TakeAction.KEEP),
            (self.refine, TakeAction.REFINE),
            (self.export, TakeAction.EXPORT),
            (self.back, TakeAction.BACK),
            (self.drop_version, TakeAction.DROP_VERSION),
        )
        for asker, action in asking:
            asker.clicked.connect(lambda _=False, a=action: self.asked.emit(a))
        self.instrument.chosen.connect(self.instrument_chosen)
        self.version.chosen.connect(lambda number: self.version_chosen.emit(int(number)))
        self._words = {self.refine: tr("Refine"), self.export: tr("Save as…")}
        self.show_changed(False)
        follow_language(self._fit)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of another theme."""
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
        set_plain_tip(self.title, str(take.folder / take.name))
        options = [(str(each.number), version_name(each)) for each in take.versions]
        self.version.offer(options, str(version.number), "")
        self.version.setVisible(len(options) > 1)
        self.drop_version.setVisible(len(options) > 1)
        self.drop_version.setEnabled(version.kind != "played")
        names = [("", tr("No instrument")), *choosable()]
        self.instrument.offer(names, take.instrument, instrument_word(take.instrument))
        bind_text(
            self.refine.setToolTip,
            tr("Listen to the recording again with the longest look-ahead; gives a new version")
            if take.sound is not None
            else no_recording(),
        )
        self._fit()

    def show_changed(self, changed: bool) -> None:
        """Offer to keep edits where there are any."""
        self.keep.setVisible(changed)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many words on the buttons as the width allows."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave room for the name: words beside icons give way first, then the instrument."""
        self.ensurePolished()
        self.title.ensurePolished()
        name = self.title.fontMetrics().horizontalAdvance(self.title.text())
        for words, instrument, whole in (
            (True, True, True), (False, True, True), (False, False, True), (False, False, False)
        ):  # fmt: skip
            for button, text in self._words.items():
                bind_text(button.setText, beside_icon(text if words else ""))
            self.instrument.setVisible(instrument)
            for picker in (self.instrument, self.version):
                picker.setMinimumWidth(picker.whole_width() if whole else 0)
            if self._row.sizeHint().width() + name <= self.width():
                break


def no_recording() -> str:
    """Why a take without sound cannot be heard anew, and how the next one can."""
    return tr(
        "This take holds notes only: without a recording there is nothing to listen to again. "
        "Choose “Keep the sound of takes” in the menu before you record."
    )


def unreadable(version: TakeVersion, error: Exception) -> str:
    """Why notes cannot be shown, with their file named once."""
    if isinstance(error, OSError):
        return in_words(Trouble(Code.FILE_UNREADABLE, path=version.csv, reason=why(error)))
    line = error.line if isinstance(error, DamagedNotes) else 0
    if not line:
        return tr("The notes file is damaged: {path}", path=version.csv)
    return tr("The notes file is damaged in line {line}: {path}", line=line, path=version.csv)


def version_name(version: TakeVersion) -> Text:
    """What a version is called: "2 · edited"."""
    kinds = {"played": tr("as played"), "edited": tr("edited"), "refined": tr("refined")}
    return Text(lambda: f"{version.number} · {translated(kinds[version.kind])}")
