"""What is heard while playing, with one meaning for window, command line and API."""

from dataclasses import dataclass

from realtime.errors import UserError

SOUND_RANGES: dict[str, tuple[float, float]] = {"synth_db": (-36, 6)}
"""Lowest and highest value that means something, by field of `SoundSettings`."""


@dataclass(frozen=True, kw_only=True)
class SoundSettings:
    """The sound output. Off at first: a microphone hears loudspeakers, so use headphones."""

    synth: bool = False
    """Play the notes on the built-in synth as they are heard. Use headphones: what loudspeakers
    play comes back through the microphone as new notes."""
    synth_db: float = -6.0
    """Level of the synth in decibels (-36 to 6)."""
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
