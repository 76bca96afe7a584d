"""Three pickers that keep notes to a scale: which, from which note, and what becomes of others."""

from PySide6.QtCore import QObject, Signal

from gui.language.translate import tr
from gui.music.pitch_names import pitch_class_name
from gui.style.theme import Theme
from gui.widgets.controls import Picker
from realtime.values.pitches import NAMES, OFF
from realtime.values.settings import EngineSettings


class ScalePickers(QObject):
    """Pickers of scale, root and rounding; the last two are enabled once a scale is chosen."""

    changed = Signal(dict)
    """Fields of `EngineSettings` to change."""

    def __init__(self) -> None:
        super().__init__()
        self._naming = "letters"
        self._settings = EngineSettings()
        self.pickers = {
            "scale": Picker(tr("Scale")),
            "scale_root": Picker(tr("Root")),
            "outside_scale": Picker(tr("Outside scale")),
        }
        for field, picker in self.pickers.items():
            picker.chosen.connect(lambda value, name=field: self.changed.emit({name: value}))

    def set_theme(self, theme: Theme, naming: str) -> None:
        """Draw in another theme or naming."""
        for picker in self.pickers.values():
            picker.set_theme(theme)
        if naming != self._naming:
            self._naming = naming
            self.show_settings(self._settings)

    def show_settings(self, settings: EngineSettings) -> None:
        """Show the key and scale that are set."""
        self._settings = settings
        offers = {
            "scale": scale_names(),
            "scale_root": [(r, pitch_class_name(i, self._naming)) for i, r in enumerate(NAMES)],
            "outside_scale": [("adjust", tr("Nearest note")), ("remove", tr("Left out"))],
        }
        for field, picker in self.pickers.items():
            value = getattr(settings, field)
            picker.offer(offers[field], value, value)
            picker.setEnabled(field == "scale" or settings.scale != OFF)


def scale_names() -> list[tuple[str, str]]:
    """(name, what it is called) of every scale."""
    return [
        (OFF, tr("Chromatic")),
        ("major", tr("Major")),
        ("minor", tr("Minor")),
        ("harmonic-minor", tr("Harmonic minor")),
        ("melodic-minor", tr("Melodic minor")),
        ("major-pentatonic", tr("Major pentatonic")),
        ("minor-pentatonic", tr("Minor pentatonic")),
        ("blues", tr("Blues")),
        ("dorian", tr("Dorian")),
        ("phrygian", tr("Phrygian")),
        ("lydian", tr("Lydian")),
        ("mixolydian", tr("Mixolydian")),
        ("whole-tone", tr("Whole tone")),
    ]
