"""Theme of the window: sizes, type and colours; no other file holds a colour.

Hues come from the Okabe-Ito palette, which colour-blind people can tell apart, moved in lightness
until text in them reads at 4.5:1 on the surfaces they are used on (a test computes it).
"""

from dataclasses import dataclass

SPACE = 4
"""Every distance is a multiple of this, in pixels."""


RADIUS = 6


CONTROL_HEIGHT = 28


FONT_FAMILIES = (
    "Inter",
    "SF Pro Text",
    "Segoe UI Variable Text",
    "Segoe UI",
    "Cantarell",
    "Ubuntu",
    "Noto Sans",
    "DejaVu Sans",
)


@dataclass(frozen=True)
class Type:
    """Sizes of text by use, in pixels."""

    tiny: int = 10
    small: int = 11
    body: int = 13
    title: int = 17
    display: int = 26


TYPE = Type()


@dataclass(frozen=True)
class Theme:
    """Colours by role, as #rrggbb."""

    name: str
    window: str
    """Background of the window and of the roll."""
    surface: str
    """Background of bars and cards."""
    raised: str
    """Background of controls that lie on a surface."""
    hover: str
    line: str
    """Borders and the roll's strong lines."""
    faint: str
    """Colour of the roll's weak lines."""
    black_row: str
    """Roll rows of black keys."""
    text: str
    dim: str
    """Colour of secondary text, such as what is said below a title."""
    accent: str
    """Colour of what is selected, has the focus, or is a link."""
    on_accent: str
    good: str
    warning: str
    error: str
    record: str
    on_record: str
    white_key: str
    black_key: str
    key_text: str
    spectrum: str
    """The loudest of the spectrogram behind the notes."""
    note_hues: tuple[str, ...]
    """Colours of notes, from the lowest octave to the highest."""
    note_text_dark: str
    note_text_light: str

    @property
    def is_dark(self) -> bool:
        """Whether the ground is darker than the text."""
        return luminance(self.window) < luminance(self.text)


DARK = Theme(
    name="dark",
    window="#0f1218",
    surface="#171b23",
    raised="#232935",
    hover="#2d3544",
    line="#353f50",
    faint="#1d232d",
    black_row="#0b0d12",
    text="#eef1f6",
    dim="#9ba7b9",
    accent="#6cc0f0",
    on_accent="#071019",
    good="#35c9a0",
    warning="#f0b23e",
    error="#ff8f66",
    record="#e8642c",
    on_record="#140600",
    white_key="#e6e9ef",
    black_key="#11141a",
    key_text="#4a5466",
    spectrum="#8aa4d6",
    note_hues=("#5b8def", "#56b4e9", "#2fc2a8", "#8fce5a", "#f0e442", "#f2ae30", "#ee7f44"),
    note_text_dark="#000000",
    note_text_light="#ffffff",
)


LIGHT = Theme(
    name="light",
    window="#fbfcfe",
    surface="#eef1f6",
    raised="#ffffff",
    hover="#e3e9f2",
    line="#c3cbd9",
    faint="#e9edf4",
    black_row="#f1f4f9",
    text="#141a26",
    dim="#4f5b6e",
    accent="#00609f",
    on_accent="#ffffff",
    good="#00735a",
    warning="#8a5a00",
    error="#b03a00",
    record="#bf4a00",
    on_record="#ffffff",
    white_key="#ffffff",
    black_key="#2a3140",
    key_text="#566176",
    spectrum="#6f86b5",
    note_hues=("#3a62c4", "#1579b8", "#008f78", "#4f8f1f", "#a88b00", "#c77a00", "#c9561c"),
    note_text_dark="#000000",
    note_text_light="#ffffff",
)


THEMES = {"dark": DARK, "light": LIGHT}


def rgb(colour: str) -> tuple[int, int, int]:
    """#rrggbb -> red, green, blue, 0-255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(colour: str, ground: str, part: float) -> str:
    """Blend `colour` over `ground`: a part of 0-1 of the one, the rest of the other."""
    pairs = zip(rgb(colour), rgb(ground), strict=True)
    return "#" + "".join(f"{round(a * part + b * (1 - part)):02x}" for a, b in pairs)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it, 0-1."""
    parts = [value / 255 for value in rgb(colour)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio, 1-21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def pitch_hue(theme: Theme, pitch: int) -> str:
    """The colour of a MIDI pitch at full velocity: octaves glide through the palette."""
    place = min(max((pitch - 24) / 12.0, 0.0), len(theme.note_hues) - 1.001)
    index = int(place)
    return mix(theme.note_hues[index + 1], theme.note_hues[index], place - index)


def note_colour(theme: Theme, pitch: int, velocity: int) -> str:
    """The colour of a note: hue by MIDI pitch, the louder (1-127) the further from the ground."""
    strength = 0.42 + 0.58 * (min(max(velocity, 1), 127) / 127) ** 0.8
    return mix(pitch_hue(theme, pitch), theme.window, strength)


def text_on(theme: Theme, ground: str) -> str:
    """Whichever note text colour reads better on `ground`."""
    dark, light = theme.note_text_dark, theme.note_text_light
    return dark if contrast(dark, ground) >= contrast(light, ground) else light


SMALLEST_SIZE = (420, 300)
