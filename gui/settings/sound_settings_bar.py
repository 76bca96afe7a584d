"""The settings behind the headphones button: what is heard while playing."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSpinBox, QWidget

from gui.language.bound_texts import bind_text
from gui.language.formats import short_name
from gui.language.setting_names import setting_names
from gui.language.translate import tr
from gui.notices.wish import Wish
from gui.style.theme import SPACE, Theme
from gui.widgets.bound_button import text_button
from gui.widgets.controls import Captioned, Picker, Segments
from gui.widgets.number_boxes import set_range
from realtime.values.ranges import find_range
from realtime.values.settings import EngineSettings

MOST_COLUMNS, FEWEST_COLUMNS = 6, 2
COLUMN_WIDTH = 140
"""What a setting needs, in pixels."""
WIDEST = 1200
"""Settings do not grow beyond this: a number needs no more room on a large screen."""


class SoundBar(QWidget):
    """Shows settings and asks for changes; a dot marks what is not usual."""

    changed = Signal(dict)
    """Fields of `EngineSettings` to change."""
    wanted = Signal(object)
    """An action by name: "synth", "click", "tap" or "loop"."""
    rescan = Signal()
    """The list of outputs should be read again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sound")
        self._settings = EngineSettings()
        self._outputs: tuple[tuple[str, str], ...] = ()
        self.tempo_locked = False
        """A take is played to the click: with another tempo or metre it would forget its bars."""
        self.synth = Segments(tr("Synth"), [tr("Off"), tr("On")], [_synth_tip()] * 2)
        self.output = Picker(tr("Output"), names=True)
        self.output.explain(tr("Where synth and click are heard"))
        self.click = Segments(tr("Click"), [tr("Off"), tr("On")], [_click_tip()] * 2)
        self.tap = text_button(tr("Tap"))
        bind_text(self.tap.setAccessibleName, tr("Tap the tempo"))
        bind_text(self.tap.setToolTip, _tap_tip())
        self.tap.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.loop = text_button(tr("Measure the loop…"))
        bind_text(self.loop.setAccessibleName, tr("Measure the audio loop…"))
        bind_text(
            self.loop.setToolTip,
            tr("How long sound takes from the output back to the microphone, for exact beats"),
        )
        self.loop.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.captioned: dict[str, Captioned] = {}
        """Every setting with its caption, by name."""
        self.boxes: dict[str, QSpinBox] = {}
        for field, (name, tip) in _texts().items():
            box = self.boxes[field] = _box(field, name)
            bind_text(box.setToolTip, tip)
            self.captioned[field] = Captioned(name, box)
        bind_text(self.boxes["count_in"].setSpecialValueText, tr("None"))
        self.captioned |= {
            "synth": Captioned(tr("Synth"), self.synth),
            "sound_out": Captioned(tr("Output"), self.output),
            "click": Captioned(tr("Click"), self.click),
        }
        part = self.captioned
        self._rows: list[list[QWidget]] = [
            [part["synth"], part["synth_db"], part["sound_out"], self.loop],
            [part["click"], part["click_bpm"], self.tap],
            [part["click_beats"], part["count_in"], part["click_db"]],
        ]
        """What belongs together; the two of the click share a row where there is room."""
        boxes = self.boxes
        self.controls: list[QWidget] = [
            *self.synth.buttons, boxes["synth_db"], self.output, self.loop,
            *self.click.buttons, boxes["click_bpm"], self.tap,
            boxes["click_beats"], boxes["count_in"], boxes["click_db"],
        ]  # fmt: skip
        """All that can be set, in the order in which it stands."""
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE * 3)
        self._grid.setVerticalSpacing(SPACE * 2)
        self.arrange(MOST_COLUMNS)
        self._connect()

    def arrange(self, columns: int) -> None:
        """Put the settings in so many columns."""
        if columns == self._columns:
            return
        self._columns = columns
        output, tempo, bars = self._rows
        rows = [output, tempo + bars] if columns >= len(tempo + bars) else self._rows
        place = 0
        for parts in rows:
            for index, part in enumerate(parts):
                where = divmod(index, columns)
                self._grid.addWidget(part, place + where[0], where[1], Qt.AlignmentFlag.AlignBottom)
            place += -(-len(parts) // columns)
        for column in range(MOST_COLUMNS):
            self._grid.setColumnStretch(column, int(column < columns))

    def arrange_for(self, width: int) -> None:
        """Put the settings in as many columns as fit into a width in pixels."""
        self.setMaximumWidth(WIDEST)
        width = min(width, WIDEST)
        self.arrange(min(max(width // COLUMN_WIDTH, FEWEST_COLUMNS), MOST_COLUMNS))

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of another theme."""
        self.output.set_theme(theme)

    def show_outputs(self, outputs: tuple[tuple[str, str], ...]) -> None:
        """List what can be played on: (name for the engine, name for people)."""
        self._outputs = outputs
        self.show_settings(self._settings)

    def show_settings(self, settings: EngineSettings) -> None:
        """Show what is chosen, and what of it is not usual."""
        self._settings, usual = settings, EngineSettings()
        self.synth.set_chosen(int(settings.synth))
        self.click.set_chosen(int(settings.click))
        for field, box in self.boxes.items():
            box.blockSignals(True)
            box.setValue(round(getattr(settings, field)))
            box.blockSignals(False)
        missing = tr("{name} (not plugged in)", name=short_name(settings.sound_out))
        offered = (("", tr("System default")), *self._outputs)
        self.output.offer(offered, settings.sound_out, missing)
        for field, captioned in self.captioned.items():
            captioned.mark(getattr(settings, field) != getattr(usual, field))

    def show_taking(self, taking: bool) -> None:
        """Keep the tempo as it is while a take is played to the click, and say why."""
        locked = taking and (self._settings.click or self.tempo_locked)
        if locked == self.tempo_locked:
            return
        self.tempo_locked = locked
        tips = {name: tip for name, (_, tip) in _texts().items()}
        for widget, tip in (
            (self.boxes["click_bpm"], tips["click_bpm"]),
            (self.boxes["click_beats"], tips["click_beats"]),
            (self.tap, _tap_tip()),
        ):
            widget.setEnabled(not locked)
            bind_text(widget.setToolTip, why_locked() if locked else tip)

    def _connect(self) -> None:
        self.synth.chosen.connect(
            lambda index: self._switch(Wish.SYNTH, self._settings.synth, bool(index))
        )
        self.click.chosen.connect(
            lambda index: self._switch(Wish.CLICK, self._settings.click, bool(index))
        )
        self.loop.clicked.connect(lambda: self.wanted.emit(Wish.LOOP))
        self.tap.pressed.connect(lambda: self.wanted.emit(Wish.TAP))
        self.output.chosen.connect(lambda name: self.changed.emit({"sound_out": name}))
        self.output.opened.connect(self.rescan)
        for field, box in self.boxes.items():
            box.valueChanged.connect(self._asker(field))

    def _switch(self, wish: Wish, is_on: bool, on: bool) -> None:
        if on != is_on:
            self.wanted.emit(wish)

    def _asker(self, field: str) -> Callable[[int], None]:
        kind = type(getattr(EngineSettings(), field))
        return lambda value: self.changed.emit({field: kind(value)})


def why_locked() -> str:
    """Why tempo and metre cannot be changed now."""
    return tr("Wait until the take ends: with another tempo or metre it would forget its click.")


def _tap_tip() -> str:
    return tr("Tap the tempo, a beat a tap (B)")


def _synth_tip() -> str:
    return tr(
        "Hear the notes on the built-in synth while you play (H). Use headphones: what "
        "loudspeakers play comes back through the microphone as new notes."
    )


def _click_tip() -> str:
    return tr(
        "A click in your tempo (K). A take recorded to it knows its bars, and can be saved with "
        "them."
    )


def _texts() -> dict[str, tuple[str, str]]:
    """Setting -> (its name, what it does)."""
    names = setting_names()
    return {
        "synth_db": (names["synth_db"], tr("How loud the synth is, in decibels")),
        "click_bpm": (names["click_bpm"], tr("Of the click, in beats a minute")),
        "click_beats": (names["click_beats"], tr("The first of them is higher")),
        "count_in": (names["count_in"], tr("Bars of click before a take begins")),
        "click_db": (names["click_db"], tr("How loud the click is, in decibels")),
    }


def _box(field: str, name: str) -> QSpinBox:
    box = QSpinBox()
    set_range(box, find_range(EngineSettings, field))
    bind_text(box.setAccessibleName, name)
    box.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return box
