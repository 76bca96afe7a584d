"""Opens an input by name: at the sound server where there is one, else through PortAudio."""

import sys

from realtime.audio import pulse
from realtime.audio.microphone import DeviceStream
from realtime.audio.pulse import PREFIX, PulseSource
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError

SERVER_NAMES = ("", "pulse", "pipewire", "default", "ALSA: pulse", "ALSA: pipewire",
                "ALSA: default")  # fmt: skip
"""Names that mean the sound server's default source."""


class InputOpener:
    """Opens an input, and opens it again at the same place after it was lost.

    After a loss it comes back to the same source, also where the system's default was chosen: which
    other one is heard is the player's choice, made by choosing an input again.

    Args:
        channel: 1-8 for one channel, 0 for the mean of all.
    """

    def __init__(self, channel: int = 0) -> None:
        self._channel = channel
        self._before: PulseSource | None = None

    def __call__(self, name: str) -> DeviceStream:
        """Open the input of that name; "" is the system default.

        Raises:
            UserError: with the reason and what to do.
        """
        if (name in SERVER_NAMES or name.startswith(PREFIX)) and pulse.installed():
            try:
                present = pulse.sources()
            except UserError:
                if self._before is not None or name.startswith(PREFIX):
                    raise
            else:
                return self._open_at_server(name, present)
        if sys.platform == "linux":
            from realtime.audio.portaudio_stream import ChildStream

            return ChildStream(name, self._channel)
        from realtime.audio.portaudio import open_input

        return open_input(name, self._channel)

    def _open_at_server(self, name: str, present: list[PulseSource]) -> DeviceStream:
        from realtime.audio.pulse_stream import PulseStream

        follows = name in SERVER_NAMES
        source = default_source(present, self._before) if follows else source_named(name, present)
        # Servers remember where a program's recording was moved, and do so again unless told.
        named = not follows or self._before is not None
        stream = PulseStream(source, follows and source.default, self._channel, named)
        self._before = source
        return stream


def source_named(name: str, present: list[PulseSource]) -> PulseSource:
    """The source of a name that begins with "PulseAudio: ".

    Raises:
        UserError: if there is none.
    """
    plain = name.removeprefix(PREFIX)
    for source in present:
        if plain in (source.description, source.name):
            return source
    raise UserError(Code.UNKNOWN_INPUT, name=name)


def default_source(present: list[PulseSource], before: PulseSource | None) -> PulseSource:
    """The default source; after a loss the one before, and no other that nobody has chosen.

    Raises:
        UserError: if there is nothing to listen to.
    """
    if before is None:
        default = next((source for source in present if source.default), None)
        if default is None:
            raise UserError(Code.NO_INPUT)
        return default
    for source in present:
        if source.name == before.name:
            return source
    raise UserError(Code.INPUT_UNPLUGGED, name=before.description)
