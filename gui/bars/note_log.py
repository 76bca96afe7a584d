"""The notes as lines of text: what sounds together is one line. No Qt."""

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import decimal, tr
from gui.music.pitch_names import pitch_name
from gui.style.theme import SPACE
from gui.widgets.dialogs import Dialog
from realtime.values.snapshot import RollNote, Snapshot

TOGETHER_S = 0.06
"""Notes that begin within this time are one chord."""


class NoteLog:
    """Turns snapshots of the engine into lines of text, each line once."""

    def __init__(self) -> None:
        self.naming = "letters"
        self._told_s = -1.0
        """Onset of the last note that was told."""

    def update(self, snapshot: Snapshot) -> list[str]:
        """Lines for the notes that began since the last picture and whose chord is complete."""
        if snapshot.stream_s < self._told_s:
            self._told_s = -1.0
        fresh = [note for note in snapshot.notes if note.onset_s > self._told_s]
        lines = []
        for chord in chords(fresh):
            first_s = min(note.onset_s for note in chord)
            if snapshot.stream_s - first_s < TOGETHER_S:
                break
            lines.append(self._line(chord))
            self._told_s = max(note.onset_s for note in chord)
        return lines

    def _line(self, chord: list[RollNote]) -> str:
        names = "  ".join(
            pitch_name(note.pitch, self.naming) + ("?" if note.unsure else "") for note in chord
        )
        loudest = max(note.velocity for note in chord)
        minutes, seconds = divmod(round(min(note.onset_s for note in chord), 1), 60)
        time = f"{int(minutes)}:{decimal(seconds, '04.1f')}"
        return tr(
            "{time}   {notes}   velocity {velocity}",
            time=time,
            notes=names,
            velocity=loudest,
        )


def chords(notes: list[RollNote]) -> list[list[RollNote]]:
    """Notes that begin together, low notes first within a chord; onsets ascend."""
    found: list[list[RollNote]] = []
    for note in sorted(notes, key=lambda each: each.onset_s):
        if found and note.onset_s - found[-1][0].onset_s < TOGETHER_S:
            found[-1].append(note)
        else:
            found.append([note])
    for chord in found:
        chord.sort(key=lambda each: each.pitch)
    return found


MOST_LINES = 2000


class NoteLogWindow(Dialog):
    """Window that lists the newest notes as text; it keeps its lines while it is closed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        bind_text(self.setWindowTitle, tr("Notes as text"))
        self.resize(380, 320)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setMaximumBlockCount(MOST_LINES)
        bind_text(self.text.setAccessibleName, tr("Notes as text"))
        bind_text(self.text.setPlaceholderText, tr("Every note or chord becomes a line here."))
        column = QVBoxLayout(self)
        column.setContentsMargins(*(SPACE * 3,) * 4)
        column.addWidget(self.text)

    def show_lines(self, lines: list[str]) -> None:
        """Add lines at the end."""
        for line in lines:
            self.text.appendPlainText(line)
