"""The bar below the roll: what sounds, the take, panic."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from gui.bars.midi_lamp import Lamp
from gui.bars.now_playing import NowPlaying
from gui.bars.take_button import TakeButton
from gui.controller.frame import Frame
from gui.language.bound_texts import bind_text, follow_language
from gui.language.formats import duration
from gui.language.translate import Text, decimal, plural, tr, translated
from gui.music.sounding import sounding_notes
from gui.music.tuner import Reading
from gui.style.icons import icon
from gui.style.note_style import NoteInk
from gui.style.theme import SPACE, Theme, mix
from gui.widgets.balance import Balance
from gui.widgets.bound_button import bind
from gui.widgets.controls import Captioned, beside_icon
from gui.widgets.level_bar import LevelBar
from realtime.values.snapshot import ENDED

NARROW = 700
COMPACT_METER = 84
WORDY = 820
"""Width from which on the button that keeps what was just played says how long that is."""
ROOM_TO_SAVE = 500
"""Width from which on the usual window has room for the button that saves the newest take."""
TINY = 420
"""Below this width a compact window has no room for keeping what was played."""
COMPACT_METERED = 440
"""Width from which on a compact window has room for a meter."""
COMPACT_WORDS = 520
"""Width from which on a compact window has room for the word on the record button."""
LONG_TAKE_S, MANY_NOTES = 3599.0, 9999
"""The record button has room for such a take."""
MOST_MINUTES = 30


class Transport(QWidget):
    """Shows the sounding notes at the left, and the buttons of takes and panic at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("transport")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.now_playing = NowPlaying()
        self.meter = LevelBar()
        self.meter.setFixedWidth(COMPACT_METER)
        self.meter.hide()
        self.lamp = Lamp()
        self.lamp.hide()
        self.balance = Balance()
        self._file = Captioned(tr("Synth · recording"), self.balance)
        self._file.hide()
        self._plays_file = False
        self.compact = QToolButton()
        self.takes, self.practice = QToolButton(), QToolButton()
        self.take = TakeButton()
        self.keep = QPushButton()
        self.record = QPushButton()
        self.record.setObjectName("record")
        self.panic = QPushButton()
        bind_text(self.panic.setText, beside_icon(tr("Panic")))
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE * 4, SPACE, SPACE * 3, SPACE)
        row.setSpacing(SPACE * 2)
        row.addWidget(self.now_playing, 1)
        row.addWidget(self.meter)
        row.addWidget(self.lamp)
        row.addWidget(self._file)
        for button in (
            self.take,  # where it is hidden, nothing else moves
            self.practice,
            self.takes,
            self.keep,
            self.record,
            self.panic,
            self.compact,
        ):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        self._recording: bool | None = None
        self._compact = False
        self._saves = True
        """Whether saving is offered here."""
        self._held_minutes = -1.0
        self._keep_tip = self.keep.toolTip
        self.show_recording(False, 0.0, 0)
        follow_language(self._fit_words)

    def bind(
        self,
        record: QAction,
        keep: QAction,
        panic: QAction,
        save: QAction,
        compact: QAction,
        takes: QAction,
        practice: QAction,
    ) -> None:
        """Let the buttons do what these actions do, and look as they are."""
        bind(self.record, record, name=False)
        bind(self.keep, keep)
        self._keep_tip = keep.toolTip
        bind(self.panic, panic)
        bind(self.compact, compact)
        bind(self.takes, takes)
        bind(self.practice, practice)
        self.take.clicked.connect(save.trigger)

    def show_balance(self, balance: float | None) -> None:
        """Offer to balance the synth (-1) with the file that is played (1); None offers nothing."""
        self._plays_file = balance is not None
        if balance is not None:
            self.balance.show_balance(balance)
        self._show_file()

    def show_key(self, name: str) -> None:
        """Name the key of the music."""
        self.now_playing.show_key(name)

    def show_tuning(self, instrument: str, tuning: Reading | None) -> None:
        """Name the instrument that is heard, and how a single note is tuned."""
        self.now_playing.show_instrument(instrument)
        self.now_playing.show_tuning(tuning)

    def set_theme(self, theme: Theme, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        self._theme = theme
        self.now_playing.set_ink(ink)
        self.panic.setIcon(icon("panic", theme.text))
        self.keep.setIcon(icon("keep", theme.text))
        self.meter.set_theme(theme)
        self.lamp.set_theme(theme)
        self.compact.setIcon(icon("compact", theme.text))
        self.takes.setIcon(icon("takes", theme.text))
        self.practice.setIcon(icon("practice", theme.text))
        self.take.setIcon(icon("save", theme.text, mix(theme.dim, theme.surface, 0.5)))
        self._icons = {True: icon("stop", theme.record), False: icon("record", theme.on_record)}
        self.record.setIcon(self._icons[bool(self._recording)])

    def show_frame(self, frame: Frame, now_s: float) -> None:
        """Show the notes of this second of the stream and the state of the take."""
        snapshot = frame.snapshot
        notes = () if snapshot.state in ENDED else snapshot.notes
        self.now_playing.show_notes(sounding_notes(notes, now_s))
        self.show_recording(
            snapshot.recording or snapshot.count_in > 0,
            snapshot.take_s,
            snapshot.take_notes,
            snapshot.count_in,
        )
        self.show_recent(snapshot.recent_s, frame.settings.recent_minutes)
        self.take.show_take(snapshot.last_take)
        self.meter.show_level(frame.level)
        self.lamp.show_frame(frame)

    def set_compact(self, compact: bool) -> None:
        """Show the meter and the lamp that the bars no longer show."""
        self._compact = compact
        self.meter.setVisible(compact and self.width() >= COMPACT_METERED)
        self.lamp.setVisible(compact)
        self._fit_buttons()
        self._show_file()
        self.takes.setVisible(not compact)
        self.practice.setVisible(not compact and self.width() >= NARROW)

    def show_recording(self, recording: bool, take_s: float, notes: int, count_in: int = 0) -> None:
        """Turn the record button into a stop button with the length of the take, and back.

        While bars are counted before the take it says how many beats are left.
        """
        tiny = self._tiny
        text: str = "" if tiny else tr("Record")
        if count_in:
            text = tr("in {beats}", beats=count_in)
        elif recording:
            text = duration(take_s)
            if self.width() >= NARROW:
                text += "  ·  " + plural(notes, "note", "notes")
        if beside_icon(text) != self.record.text():
            bind_text(self.record.setText, beside_icon(text))
            self._keep_width(tiny)
        if recording != self._recording:
            self._recording = recording
            name = tr("Stop recording") if recording else tr("Record")
            bind_text(self.record.setAccessibleName, name)
            self.record.setProperty("recording", recording)
            self.record.style().unpolish(self.record)
            self.record.style().polish(self.record)
            if hasattr(self, "_icons"):
                self.record.setIcon(self._icons[recording])
            self._fit_buttons()

    def show_recent(self, seconds: float, minutes: float) -> None:
        """Say how much of what was just played can be kept, out of so many minutes."""
        words = tr("Keep {length}", length=duration(seconds)) if seconds else tr("Keep")
        text = "" if self.width() < WORDY else beside_icon(words)
        if text != self.keep.text():
            self.keep.setText(text)
            longest = beside_icon(tr("Keep {length}", length=duration(60 * MOST_MINUTES - 1)))
            words_wide = self.keep.fontMetrics().horizontalAdvance(longest) if text else 0
            wide = self.keep.iconSize().width() + (8 if text else 4) * SPACE
            self.keep.setFixedWidth(words_wide + wide)
        if minutes != self._held_minutes:
            self._held_minutes = minutes
            held = tr(
                "The last {minutes} minutes of sound and notes are held in memory; nothing is "
                "written before you keep them.",
                minutes=decimal(minutes, "g"),
            )
            how_much = held if minutes else tr("Nothing of what you play is held in memory.")
            bind_text(self.keep.setAccessibleDescription, how_much)
            tip = self._keep_tip
            bind_text(self.keep.setToolTip, Text(lambda: f"{tip()}\n{translated(how_much)}"))

    def _keep_width(self, tiny: bool) -> None:
        """What the button says grows with the take; what stands beside it stays where it is."""
        longest = [tr("Record"), tr("in {beats}", beats=16), duration(LONG_TAKE_S)]
        if self.width() >= NARROW:
            longest.append(f"{longest[-1]}  ·  {plural(MANY_NOTES, 'note', 'notes')}")
        metrics = self.record.fontMetrics()
        words = max(metrics.horizontalAdvance(beside_icon(text)) for text in longest)
        frame = self.record.iconSize().width() + 8 * SPACE
        self.record.setFixedWidth(self.record.sizeHint().width() if tiny else words + frame)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Drop the words that a narrow window has no room for."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self.practice.setVisible(not (narrow or self._compact))
        bind_text(self.panic.setText, "" if narrow else beside_icon(tr("Panic")))
        self.meter.setVisible(self._compact and self.width() >= COMPACT_METERED)
        self._fit_buttons()
        self._show_file()
        self.take.set_narrow(narrow)
        self._fit_words()

    def offer_saving(self, offered: bool) -> None:
        """Offer to save the newest take, or leave saving to the page in front."""
        self._saves = offered
        self._fit_buttons()

    def _fit_buttons(self) -> None:
        """Saving the newest take gives way first: it has a key and stands in the menu too.

        In a small compact window the length of a take stands where keeping does without one.
        """
        roomy = self.width() >= ROOM_TO_SAVE and not self._compact
        self.take.setVisible(self._saves and roomy)
        keeps = self.width() >= (COMPACT_WORDS if self._recording else TINY)
        self.keep.setVisible(not self._compact or keeps)

    def _show_file(self) -> None:
        roomy = self.width() >= WORDY and not self._compact
        self._file.setVisible(self._plays_file and roomy)

    def _fit_words(self) -> None:
        self._keep_width(self._tiny)

    @property
    def _tiny(self) -> bool:
        """Whether the record button shows its sign alone until it is pressed."""
        return self._compact and self.width() < COMPACT_WORDS
