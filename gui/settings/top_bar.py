"""The bar at the top: input, level, MIDI output, look-ahead, sensitivity."""

import sys
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QLayout,
    QMenu,
    QSizePolicy,
    QSlider,
    QSpacerItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.controller.device_scan import DeviceNames
from gui.controller.frame import Frame
from gui.language.bound_texts import bind_text
from gui.language.engine_messages import in_words
from gui.language.formats import short_name
from gui.language.translate import Text, decimal, tr, translated
from gui.notices.system_audio import SYSTEM_AUDIO, needs_guide
from gui.settings.choices import unusual
from gui.settings.drawer import Drawer
from gui.settings.look_ahead import LookAheads
from gui.style.icons import icon
from gui.style.theme import SPACE, Theme
from gui.widgets.bound_button import icon_button, with_key
from gui.widgets.controls import Captioned, Picker, Segments
from gui.widgets.level_bar import LevelBar
from realtime.files.sound_files import is_sound_file
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import Snapshot

NARROW = 820
"""Below this width look-ahead and sensitivity move to the second row."""
WIDEST = {"input": 340, "level": 280, "midi": 300, "sensitivity": 240}
"""Controls do not grow beyond this, in pixels: names and levels need no more on a large screen."""
VIRTUAL = "virtual"
LONGEST = 200
"""Characters of a name that the tip of a control still says whole."""


class TopBar(QWidget):
    """Shows the settings and asks for changes; knows no engine."""

    changed = Signal(dict)
    """Fields of `EngineSettings` to change."""
    input_chosen = Signal(str)
    wanted = Signal(object)
    """An action of the window, by name."""
    rescan = Signal()
    platform = sys.platform
    """Name of the system, as `sys.platform` gives it; tests name another."""
    learn_clicked = Signal()
    """The noise gate should learn how loud the room is."""
    _grown = Signal()
    """It takes more or less height while the window is being laid out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._devices = DeviceNames()
        self._settings: EngineSettings | None = None
        self._midi_name = ""
        """Port that MIDI leaves by, as the engine says it; the list of ports may be older."""
        self._look_aheads = LookAheads()
        self._offered: tuple[tuple[float, ...], float] = ((), 0.0)
        self.input = Picker(tr("Input"), names=True)
        self.meter = LevelBar()
        self.midi_out = Picker(tr("MIDI out"), names=True)
        self.look_ahead = Segments(
            tr("Look-ahead"),
            [tr("Fast"), tr("Balanced"), tr("Precise")],
            _tips(),
        )
        self.sensitivity = QSlider(Qt.Orientation.Horizontal)
        self.sensitivity.setRange(0, 100)
        self.sensitivity.setMinimumWidth(80)
        bind_text(self.sensitivity.setAccessibleName, tr("Sensitivity"))
        bind_text(self.sensitivity.setToolTip, tr("Left: only clear notes. Right: every whisper."))
        self.tune = _tool(tr("More settings"), "Ctrl+,", checkable=True)
        self.listen = _tool(tr("What you hear"), "Ctrl+H", checkable=True)
        self.menu = _tool(tr("Menu"), "F10")
        self.menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.drawer = Drawer(self)
        self.tuning, self.sound = self.drawer.tuning, self.drawer.sound
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.captioned = {
            "input": Captioned(tr("Input"), self.input),
            "level": Captioned(tr("Level"), self.meter, "-60 dB"),
            "midi": Captioned(tr("MIDI out"), self.midi_out, ""),
            "ahead": Captioned(tr("Look-ahead"), self.look_ahead),
            "sensitivity": Captioned(tr("Sensitivity"), self.sensitivity, "100 %"),
        }
        self._row = QHBoxLayout()
        self._row.setSpacing(SPACE * 4)
        for name, stretch in (("input", 10), ("level", 7), ("midi", 9), ("ahead", 0)):
            self._row.addWidget(self.captioned[name], stretch)
        self._row.addWidget(self.captioned["sensitivity"], 6)
        for name, widest in WIDEST.items():
            self.captioned[name].setMaximumWidth(widest)
        self._row.addItem(
            QSpacerItem(0, 0, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        for button in (self.tune, self.listen, self.menu):
            buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self._row.addLayout(buttons)
        self._second = QHBoxLayout()
        self._second.setSpacing(SPACE * 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 3, SPACE * 2, SPACE * 3, SPACE * 2)
        column.setSpacing(SPACE * 2)
        column.addLayout(self._row)
        column.addLayout(self._second)
        column.addWidget(self.drawer)
        self._order_tabs()

    def _order_tabs(self) -> None:
        """Tab goes from the button of settings into them, before it goes on."""
        self._controls = {self.tune: self.tuning.controls, self.listen: self.sound.controls}
        order: list[QWidget] = [self.input, self.midi_out, *self.look_ahead.buttons]
        order += [self.sensitivity, self.tune, *self.tuning.controls]
        order += [self.listen, *self.sound.controls, self.menu]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        self._grown.connect(self._lay_out_again, Qt.ConnectionType.QueuedConnection)
        self.input.chosen.connect(self.input_chosen)
        self.midi_out.chosen.connect(lambda value: self.changed.emit({"midi_out": value}))
        self.input.opened.connect(self.rescan)
        self.midi_out.opened.connect(self.rescan)
        self.look_ahead.chosen.connect(
            lambda index: self.changed.emit({"latency_ms": self._look_aheads.latency_ms(index)})
        )
        self.sensitivity.valueChanged.connect(
            lambda value: self.changed.emit({"sensitivity": value / 100})
        )
        self.tuning.changed.connect(self.changed)
        self.tuning.reshaped.connect(self._arrange)
        self.tuning.learn_clicked.connect(self.learn_clicked)
        self.sound.changed.connect(self.changed)
        self.sound.wanted.connect(self.wanted)
        self.sound.rescan.connect(self.rescan)
        self.tune.toggled.connect(lambda on: self._open(self.tune, on))
        self.listen.toggled.connect(lambda on: self._open(self.listen, on))

    def set_theme(self, theme: Theme, naming: str = "letters") -> None:
        """Draw in another theme or naming."""
        self.tuning.set_theme(theme, naming)
        self.sound.set_theme(theme)
        self.meter.set_theme(theme)
        self.input.set_theme(theme)
        self.midi_out.set_theme(theme)
        self.tune.setIcon(icon("tune", theme.text))
        self.listen.setIcon(icon("headphones", theme.text))
        self.menu.setIcon(icon("menu", theme.text))

    def show_settings(self, settings: EngineSettings) -> None:
        """Show the settings of the engine as they are now."""
        self._settings = settings
        self.sensitivity.blockSignals(True)
        self.sensitivity.setValue(round(100 * settings.sensitivity))
        self.sensitivity.blockSignals(False)
        usual = EngineSettings()
        self.captioned["sensitivity"].value.setText(f"{round(100 * settings.sensitivity)} %")
        self.captioned["sensitivity"].mark(settings.sensitivity != usual.sensitivity)
        self.captioned["ahead"].mark(settings.latency_ms != usual.latency_ms)
        shaping = bool(unusual(settings) - {"sensitivity"})
        _mark(self.tune, tr("something is not as usual") if shaping else "")
        _mark(self.listen, tr("something can be heard") if settings.synth or settings.click else "")
        self.look_ahead.set_chosen(self._look_aheads.index(settings.latency_ms))
        self.tuning.show_settings(settings)
        self.sound.show_settings(settings)
        self._offer()

    def _show_look_aheads(self, snapshot: Snapshot) -> None:
        """Offer what the model can do, once it is known, with the milliseconds in the tips."""
        offered = (snapshot.look_aheads_ms, snapshot.usual_look_ahead_ms)
        if offered == self._offered or not snapshot.look_aheads_ms:
            return
        self._offered = offered
        self._look_aheads = LookAheads(*offered)
        self.look_ahead.set_tips(
            [
                _with_ms(tip, ms)
                for tip, ms in zip(_tips(), self._look_aheads.milliseconds, strict=True)
            ]
        )
        if self._settings is not None:
            self.show_settings(self._settings)

    def show_devices(self, devices: DeviceNames) -> None:
        """List what is plugged in."""
        self._devices = devices
        self.sound.show_outputs(devices.outputs)
        self._offer()
        if devices.troubles:
            why = Text(lambda: "\n".join(map(in_words, devices.troubles)))
            bind_text(self.input.setToolTip, why)
            bind_text(self.midi_out.setToolTip, why)

    def show_frame(self, frame: Frame) -> None:
        """Move the meter; say how long the look-ahead is."""
        self.meter.show_level(frame.level)
        self.tuning.show_learning(frame.learning)
        self.sound.show_taking(frame.snapshot.recording or frame.snapshot.count_in > 0)
        self._show_look_aheads(frame.snapshot)
        if frame.snapshot.midi_name != self._midi_name:
            self._midi_name = frame.snapshot.midi_name
            self._offer()
            self.rescan.emit()
        ahead = frame.snapshot.look_ahead_ms
        _set_text(self.captioned["ahead"].value, f"{ahead:.0f} ms" if ahead else "")
        peak = frame.level.peak_db
        _set_text(self.captioned["level"].value, f"{peak:.0f} dB" if peak > -90 else "")

    @property
    def tempo_locked(self) -> bool:
        """Whether the running take keeps the tempo of its click."""
        return self.sound.tempo_locked

    def toggle(self, button: QToolButton) -> None:
        """Open the settings behind a button and give the first the keys, or close them."""
        button.setChecked(not button.isChecked())
        if button.isChecked():
            self._controls[button][0].setFocus(Qt.FocusReason.TabFocusReason)

    def open_menu(self) -> None:
        """Open the menu below its button, with the first entry chosen."""
        menu = self.menu.menu()
        if menu is None:
            return
        left = self.menu.width() - menu.sizeHint().width()
        menu.popup(self.menu.mapToGlobal(QPoint(left, self.menu.height())))
        menu.setActiveAction(menu.actions()[0])

    def set_menu(self, menu: QMenu) -> None:
        """Open this menu from now on."""
        old = self.menu.menu()
        self.menu.setMenu(menu)
        if old is not None:
            old.deleteLater()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what fits in the first row."""
        super().resizeEvent(event)
        spacing = SPACE * (2 if self.width() < NARROW else 4)
        if spacing != self._row.spacing():
            self._row.setSpacing(spacing)
            self._row.activate()
        before = self.minimumSizeHint().height()
        self._arrange()
        if self.minimumSizeHint().height() != before:
            self._grown.emit()

    def _lay_out_again(self) -> None:
        """Lay the window out once more: parts may have the sizes of before this bar grew."""
        for layout in self.window().findChildren(QLayout):
            layout.invalidate()
        parent = self.parentWidget()
        if parent is not None and (around := parent.layout()) is not None:
            around.activate()

    def _arrange(self) -> None:
        narrow = self.width() < NARROW
        row = self._second if narrow else self._row
        for place, (name, stretch) in enumerate((("ahead", 0), ("sensitivity", 6))):
            widget = self.captioned[name]
            if row.indexOf(widget) < 0:
                row.insertWidget(place if narrow else 3 + place, widget, stretch)
            widget.setVisible(not narrow or self.tune.isChecked())
        self.drawer.arrange(self.width() - 6 * SPACE, self.window().height())

    def _open(self, button: QToolButton, on: bool) -> None:
        """One bar of settings at a time."""
        if on:
            other = self.listen if button is self.tune else self.tune
            other.setChecked(False)
        bars = {self.tune: self.tuning, self.listen: self.sound}
        self.drawer.open(next((bars[each] for each in bars if each.isChecked()), None))
        self._arrange()

    def _offer(self) -> None:
        if self._settings is None:
            return
        chosen = self._settings.input
        name, bare = short_name(chosen, LONGEST), ""
        missing = tr("{name} (not plugged in)", name=name)
        if is_sound_file(chosen):
            missing, bare = tr("File: {name}", name=name), name
        guide = self.platform, [label for _, label in self._devices.inputs]
        question = ((SYSTEM_AUDIO, tr("What this Mac plays…")),) if needs_guide(*guide) else ()
        listed = (("", tr("System default")), *self._devices.inputs, *question)
        self.input.offer(listed, chosen, missing, bare)
        port = self._settings.midi_out
        missing_port = tr("{name} (not plugged in)", name=short_name(port, LONGEST))
        if port == VIRTUAL:
            missing_port = tr("Virtual port (no MIDI system)")
        if self._midi_name:
            missing_port = tr("Virtual port") if port == VIRTUAL else short_name(port, LONGEST)
        virtual = ((VIRTUAL, tr("Virtual port")),) if self._devices.virtual_midi else ()
        self.midi_out.offer(
            (("", tr("None")), *virtual, *self._devices.midi_outs),
            port,
            missing_port,
        )


def _tips() -> list[str]:
    return [
        tr("Notes leave as early as possible; a few more mistakes"),
        tr("A good middle"),
        tr("Waits a little longer and makes the fewest mistakes"),
    ]


def _with_ms(tip: str, ms: float) -> Text:
    return Text(lambda: f"{translated(tip)} ({decimal(ms, 'g')} ms)")


def _tool(name: str, keys: str, checkable: bool = False) -> QToolButton:
    button = icon_button(name, Text(lambda: _shown(keys)))
    button.setProperty("keys", keys)
    button.setCheckable(checkable)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _shown(keys: str) -> str:
    return keys.replace("Ctrl", tr("Ctrl"))


def _mark(button: QToolButton, words: str) -> None:
    """A dot beside the icon, and the words for it, where there is something to say."""
    button.setText("•" if words else "")
    beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    button.setToolButtonStyle(beside if words else Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setProperty("changed", bool(words))
    button.style().unpolish(button)
    button.style().polish(button)
    bind_text(button.setAccessibleDescription, words)
    name, keys = button.accessibleName, str(button.property("keys"))
    said = Text(lambda: f"{name()}: {translated(words)}" if words else name())
    tip = with_key(said, Text(lambda: _shown(keys)))
    bind_text(button.setToolTip, tip)


def _set_text(label: QLabel | QAbstractButton, text: str) -> None:
    if label.text() != text:
        label.setText(text)
