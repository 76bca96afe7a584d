"""What is heard while playing, with one meaning for window, command line and API."""

from dataclasses import dataclass

from realtime.errors import UserError

SOUND_RANGES: dict[str, tuple[float, float]] = {
    "synth_db": (-36, 6),
    "click_bpm": (30, 300),
    "click_beats": (1, 16),
    "click_db": (-36, 6),
    "count_in": (0, 4),
}
"""Lowest and highest value that means something, by field of `SoundSettings`."""


@dataclass(frozen=True, kw_only=True)
class SoundSettings:
    """The sound output. Off at first: a microphone hears loudspeakers, so use headphones."""

    synth: bool = False
    """Play the notes on the built-in synth as they are heard. Use headphones: what loudspeakers
    play comes back through the microphone as new notes."""
    synth_db: float = -6.0
    """Level of the synth in decibels (-36 to 6)."""
    click: bool = False
    """Play a click track."""
    click_bpm: float = 120.0
    """Tempo of the click, in beats a minute (30-300). `jtm live` plays a click where this is
    named."""
    click_beats: int = 4
    """Beats a bar (1-16); the first is higher."""
    click_db: float = -12.0
    """Level of the click in decibels (-36 to 6)."""
    count_in: int = 1
    """Bars that are counted before a take begins while there is a click (0-4)."""
    sound_out: str = ""
    """Output by name (see `jtm devices`); "" is the system default."""

    def check_sound(self) -> None:
        """Refuse what lies outside `SOUND_RANGES`.

        Raises:
            UserError: naming the option, its value and what it may be.
        """
        for name, (low, high) in SOUND_RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                option = "--" + name.replace("_", "-")
                raise UserError(f"{option} is {value:g}; it may be {low:g} to {high:g}.")
