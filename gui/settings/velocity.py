"""How loudness becomes velocity: a picker of presets, and four numbers behind "Custom…"."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

from gui.language.bound_texts import bind_text
from gui.language.setting_names import setting_names
from gui.language.translate import tr
from gui.settings.choices import pushed
from gui.settings.presets import LOUDNESS, OWN, chosen
from gui.widgets.controls import Picker
from gui.widgets.number_boxes import DecimalBox, set_range
from realtime.values.ranges import find_range
from realtime.values.settings import EngineSettings

HEARD = "heard"
"""Name of the usual preset: velocities as they were heard."""


class VelocityPicker(QObject):
    """Picks how loudness becomes velocity: a preset, or the four numbers behind it."""

    changed = Signal(dict)
    """Fields of `EngineSettings` to change."""
    opened = Signal()
    """The numbers are wanted, or no longer."""

    def __init__(self) -> None:
        super().__init__()
        self._settings = EngineSettings()
        self._asked = False
        """The numbers were asked for, though they are still those of a preset."""
        self.picker = Picker(tr("Velocity"))
        self.boxes: dict[str, QSpinBox | QDoubleSpinBox] = {
            "velocity_fixed": QSpinBox(),
            "velocity_curve": DecimalBox(),
            "velocity_min": QSpinBox(),
            "velocity_max": QSpinBox(),
        }
        """Number boxes of velocities, by their setting."""
        for field, box in self.boxes.items():
            set_range(box, find_range(EngineSettings, field))
            box.setAlignment(Qt.AlignmentFlag.AlignCenter)
            box.setKeyboardTracking(False)
            box.valueChanged.connect(self._asker(field))
            if isinstance(box, QDoubleSpinBox):
                box.setSingleStep(0.1)
        bind_text(self.boxes["velocity_fixed"].setSpecialValueText, tr("Off"))
        self.picker.chosen.connect(self._choose)

    @property
    def custom(self) -> bool:
        """Whether the numbers are shown."""
        return self._asked or not chosen(LOUDNESS, self._settings)

    def show_settings(self, settings: EngineSettings) -> None:
        """Show the settings of loudness as they are now."""
        self._settings = settings
        for field, box in self.boxes.items():
            box.blockSignals(True)
            box.setValue(getattr(settings, field))
            box.blockSignals(False)
            box.setEnabled(field == "velocity_fixed" or not settings.velocity_fixed)
        shown = OWN if self.custom else chosen(LOUDNESS, settings)
        self.picker.offer(_presets(), shown, "")

    def close(self) -> None:
        """The numbers are no longer wanted."""
        self._asked = False
        self.opened.emit()

    def _choose(self, name: str) -> None:
        self._asked = name == OWN
        if self._asked:
            self.show_settings(self._settings)
        self.opened.emit()
        if not self._asked:
            self.changed.emit(dict(LOUDNESS[name]))

    def _asker(self, field: str) -> Callable[[float], None]:
        def ask(value: float) -> None:
            self._asked = True
            self.changed.emit({**pushed(field, value, vars(self._settings)), field: value})

        return ask


def loudness_texts() -> dict[str, tuple[str, str]]:
    """Setting -> (its name, what it does)."""
    names = setting_names()
    return {
        "velocity_fixed": (names["velocity_fixed"], tr("Every note has this velocity")),
        "velocity_curve": (
            names["velocity_curve"],
            tr("Below 1 lifts soft notes, above 1 lowers them"),
        ),
        "velocity_min": (names["velocity_min"], tr("Velocity of the softest note")),
        "velocity_max": (names["velocity_max"], tr("Velocity of the loudest note")),
    }


def _presets() -> list[tuple[str, str]]:
    return [
        (HEARD, tr("As heard")),
        ("lifted", tr("Soft notes louder")),
        ("lowered", tr("Soft notes softer")),
        ("even", tr("More even")),
        ("fixed", tr("Always 100")),
        (OWN, tr("Custom…")),
    ]
