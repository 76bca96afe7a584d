"""The settings behind the sliders button: instrument, gate, lengths, range, tuning, MIDI."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QSpinBox, QWidget

from gui.language.bound_texts import bind_text
from gui.language.setting_names import setting_names
from gui.language.translate import tr
from gui.music.instruments import choosable
from gui.settings.choices import NOTE_FIELDS, pushed, unusual
from gui.settings.presets import INSTRUMENTS, LOUDNESS, OWN, chosen, chosen_instrument
from gui.settings.scale_pickers import ScalePickers
from gui.settings.velocity import HEARD, VelocityPicker, loudness_texts
from gui.style.theme import CONTROL_HEIGHT, SPACE, Theme
from gui.widgets.bound_button import set_words, text_button
from gui.widgets.controls import Captioned, Picker
from gui.widgets.number_boxes import PitchBox, PitchStandardBox, SemitoneBox, set_range
from gui.widgets.plain import plain_label
from realtime.values.ranges import find_range
from realtime.values.settings import EngineSettings

MOST_COLUMNS, FEWEST_COLUMNS, NAMES_BESIDE = 6, 2, 4
NAME_WIDTH = 56
"""Pixels that the name of a group takes at the left."""
WIDEST = 1200
"""Settings do not grow beyond this: a number needs no more room on a large screen."""
COLUMN_WIDTH = 122
"""What a setting needs, in pixels."""
SOFTEST_GATE_DB = -90
"""The box shows softer gates as off: nothing that is recorded is so soft."""


class TuningBar(QWidget):
    """Shows settings and asks for changes through `changed`; a dot marks what is not usual."""

    changed = Signal(dict)
    """Fields of `EngineSettings` to change."""
    reshaped = Signal()
    """More settings are shown, or fewer."""
    learn_clicked = Signal()
    """The gate should learn how loud the room is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tuning")
        self.boxes = {
            "gain_db": QSpinBox(),
            "gate_db": QSpinBox(),
            "minimum_note_ms": QSpinBox(),
            "retrigger_ms": QSpinBox(),
            "lowest_pitch": PitchBox(tr("Lowest note")),
            "highest_pitch": PitchBox(tr("Highest note")),
            "a4_hz": PitchStandardBox(),
            "transpose": SemitoneBox(),
            "channel": QSpinBox(),
        }
        for field, box in self.boxes.items():
            wanted = find_range(EngineSettings, field)
            set_range(box, wanted)
            box.setSingleStep(10 if wanted.unit == "ms" else 1)
            box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.boxes["gate_db"].setMinimum(SOFTEST_GATE_DB - 1)
        bind_text(self.boxes["gate_db"].setSpecialValueText, tr("Off"))
        self.instrument, self.loudness = Picker(tr("Instrument")), VelocityPicker()
        self.voices, self.scale = Picker(tr("Notes at once")), ScalePickers()
        self.bend, self.sensing = Picker(tr("Pitch bend")), Picker(tr("Active Sensing"))
        self.learn, self.reset = text_button(tr("Learn my room")), text_button(tr("Reset"))
        bind_text(
            self.learn.setToolTip,
            tr("Keep quiet for three seconds: the gate learns how loud that is"),
        )
        bind_text(self.reset.setToolTip, tr("All of these as they were at first"))
        for button in (self.learn, self.reset):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.captioned: dict[str, Captioned] = {}
        self._groups: list[tuple[QWidget, list[QWidget]]] = []
        """(name, settings) of each group."""
        self._columns = 0
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE * 3)
        grid.setVerticalSpacing(SPACE * 2)
        texts = _texts()
        boxes = self.boxes
        groups: list[tuple[str, list[tuple[str, QWidget]]]] = [
            (tr("Input"), [
                ("instrument", self.instrument), ("gain_db", boxes["gain_db"]),
                ("gate_db", boxes["gate_db"]), ("", self.learn),
            ]),
            (tr("Notes"), [
                ("minimum_note_ms", boxes["minimum_note_ms"]),
                ("retrigger_ms", boxes["retrigger_ms"]), ("mono", self.voices),
                ("lowest_pitch", boxes["lowest_pitch"]), ("highest_pitch", boxes["highest_pitch"]),
            ]),
            (tr("Music"), [*self.scale.pickers.items(), ("a4_hz", boxes["a4_hz"])]),
            (tr("MIDI"), [
                ("loudness", self.loudness.picker), *self.loudness.boxes.items(),
                ("transpose", boxes["transpose"]), ("channel", boxes["channel"]),
                ("pitch_bend", self.bend), ("active_sensing", self.sensing), ("", self.reset),
            ]),
        ]  # fmt: skip
        self.controls: list[QWidget] = [widget for _, parts in groups for _, widget in parts]
        """All that can be set, in the order in which it stands."""
        for title, parts in groups:
            heading = plain_label("group")
            bind_text(heading.setText, title)
            heading.setFixedHeight(CONTROL_HEIGHT)
            self._groups.append((heading, [self._part(*part, texts) for part in parts]))
        self._numbers = [self.captioned[field] for field in self.loudness.boxes]
        for name, members in self._groups:
            for part in (name, *members):
                self._grid.addWidget(part, 0, 0)
        for part in self._numbers:
            part.hide()
        self.arrange(MOST_COLUMNS)

    def _part(self, field: str, widget: QWidget, texts: dict[str, tuple[str, str]]) -> QWidget:
        """A setting with its caption, or a button as it is."""
        if not field:
            return widget
        name, tip = texts[field]
        bind_text(widget.setAccessibleName, name)
        if isinstance(widget, Picker):
            widget.explain(tip)
        else:
            bind_text(widget.setToolTip, tip)
        self.captioned[field] = Captioned(name, widget)
        return self.captioned[field]

    def arrange(self, columns: int) -> None:
        """Put the settings in so many columns."""
        if columns == self._columns:
            return
        self._columns = columns
        self._place()

    def _place(self) -> None:
        """Group by group: its name at the left, or above where there is little room."""
        columns, bottom = self._columns, Qt.AlignmentFlag.AlignBottom
        beside = columns >= NAMES_BESIDE
        row = 0
        for heading, members in self._groups:
            if beside:
                self._grid.addWidget(heading, row, 0, bottom)
            else:
                self._grid.addWidget(heading, row, 0, 1, columns)
                row += 1
            shown = [part for part in members if not part.isHidden()]
            for index, part in enumerate(shown):
                line, column = divmod(index, columns)
                where = bottom if isinstance(part, QPushButton) else Qt.AlignmentFlag(0)
                self._grid.addWidget(part, row + line, column + int(beside), where)
            row += -(-len(shown) // columns)
        for column in range(MOST_COLUMNS + 1):
            stretches = int(beside) <= column < columns + int(beside)
            self._grid.setColumnStretch(column, int(stretches))

    def arrange_for(self, width: int) -> None:
        """Put the settings in as many columns as fit into a width in pixels."""
        self.setMaximumWidth(WIDEST)
        columns = (min(width, WIDEST) - NAME_WIDTH) // COLUMN_WIDTH
        self.arrange(min(max(columns, FEWEST_COLUMNS), MOST_COLUMNS))

    def _connect(self) -> None:
        for field, box in self.boxes.items():
            box.valueChanged.connect(self._asker(field))
        self.instrument.chosen.connect(self._choose_instrument)
        self.loudness.changed.connect(self.changed)
        self.loudness.opened.connect(self._show_numbers)
        self.voices.chosen.connect(lambda name: self.changed.emit({"mono": name == "one"}))
        self.bend.chosen.connect(lambda value: self.changed.emit({"pitch_bend": value}))
        self.sensing.chosen.connect(
            lambda word: self.changed.emit({"active_sensing": word == "on"})
        )
        self.scale.changed.connect(self.changed)
        self.learn.clicked.connect(self._learn)
        usual = EngineSettings()
        self.reset.clicked.connect(self.loudness.close)
        self.reset.clicked.connect(
            lambda: self.changed.emit(
                {field: getattr(usual, field) for field in ("instrument", *NOTE_FIELDS)}
            )
        )

    def set_theme(self, theme: Theme, naming: str) -> None:
        """Draw in another theme or naming."""
        pickers = (self.instrument, self.loudness.picker, self.voices, self.bend, self.sensing)
        for picker in pickers:
            picker.set_theme(theme)
        self.scale.set_theme(theme, naming)
        for field in ("lowest_pitch", "highest_pitch"):
            box = self.boxes[field]
            assert isinstance(box, PitchBox)
            box.set_naming(naming)

    def show_settings(self, settings: EngineSettings) -> None:
        """Show what is chosen, and what of it is not usual."""
        for field, box in self.boxes.items():
            box.blockSignals(True)
            box.setValue(max(round(getattr(settings, field)), box.minimum()))
            box.blockSignals(False)
        changed = unusual(settings)
        for field in (
            *self.boxes,
            *self.loudness.boxes,
            "mono",
            "pitch_bend",
            "active_sensing",
            *self.scale.pickers,
        ):
            self.captioned[field].mark(field in changed)
        self.scale.show_settings(settings)
        self.loudness.show_settings(settings)
        self._show_numbers()
        own, instrument = tr("Own choice"), chosen_instrument(settings)
        self.instrument.offer(instrument_names(), instrument, own)
        self.voices.offer(
            [("many", tr("Several")), ("one", tr("One"))], "one" if settings.mono else "many", ""
        )
        bends = [("off", tr("Off")), ("single", tr("One note"))]
        self.bend.offer(bends, settings.pitch_bend, "")
        senses = [("off", tr("Off")), ("on", tr("On"))]
        self.sensing.offer(senses, "on" if settings.active_sensing else "off", "")
        self.captioned["instrument"].mark(instrument != "")
        self.captioned["loudness"].mark(chosen(LOUDNESS, settings) != HEARD)

    def _show_numbers(self) -> None:
        """The numbers of "Custom…", or no longer."""
        shown = self.loudness.custom
        if shown != self._numbers[0].isHidden():
            return
        for part in self._numbers:
            part.setVisible(shown)
        self._place()
        self.reshaped.emit()

    def show_learning(self, learning: bool) -> None:
        """Say that the gate is learning, or no longer."""
        text = tr("Keep quiet…") if learning else tr("Learn my room")
        if text != self.learn.text():
            set_words(self.learn, text)
            self.learn.setEnabled(not learning)

    def _learn(self) -> None:
        self.show_learning(True)
        self.learn_clicked.emit()

    def _choose_instrument(self, name: str) -> None:
        if name != OWN:
            self.changed.emit({**INSTRUMENTS[name], "instrument": name})

    def _asker(self, field: str) -> Callable[[int], None]:
        def ask(value: int) -> None:
            off = field == "gate_db" and value < SOFTEST_GATE_DB
            wanted = EngineSettings.gate_db if off else value
            given = {field: type(getattr(EngineSettings(), field))(wanted)}
            now = {name: box.value() for name, box in self.boxes.items()}
            self.changed.emit({**pushed(field, value, now), **given})

        return ask


def _texts() -> dict[str, tuple[str, str]]:
    """Setting -> (its name, what it does)."""
    names = setting_names()
    return {
        "instrument": (names["instrument"], tr("Range, notes at once and lengths that suit it")),
        "gain_db": (names["gain_db"], tr("Added to the input before listening")),
        "gate_db": (names["gate_db"], tr("What is softer than this counts as silence")),
        "minimum_note_ms": (names["minimum_note_ms"], tr("Every note is held at least this long")),
        "retrigger_ms": (names["retrigger_ms"], tr("A note starts again only after so long")),
        "lowest_pitch": (names["lowest_pitch"], tr("Notes below are left out")),
        "highest_pitch": (names["highest_pitch"], tr("Notes above are left out")),
        "mono": (names["mono"], tr("One: a new note ends the one before")),
        "scale": (names["scale"], tr("Keeps notes to a scale: on the roll, in MIDI and in takes")),
        "scale_root": (names["scale_root"], tr("The first note of the scale")),
        "outside_scale": (
            names["outside_scale"],
            tr("What becomes of notes that are not in the scale"),
        ),
        "loudness": (tr("Velocity"), tr("How loudness becomes MIDI velocity")),
        **loudness_texts(),
        "a4_hz": (
            names["a4_hz"],
            tr("What the instrument is tuned to; Page Up and Page Down: 415, 432, 440, 442, 443…"),
        ),
        "transpose": (names["transpose"], tr("Moves what is sent; the roll shows what is heard")),
        "pitch_bend": (
            names["pitch_bend"],
            tr("One note: vibrato and slides of a note that sounds alone, with a range of ±2"),
        ),
        "active_sensing": (
            names["active_sensing"],
            tr("On: a synthesizer that knows it ends all notes where this program hangs"),
        ),
        "channel": (names["channel"], tr("MIDI channel that notes are sent on")),
    }


def instrument_names() -> list[tuple[str, str]]:
    """(name, what it is called) of every instrument."""
    return [("", tr("Any")), *choosable()]
