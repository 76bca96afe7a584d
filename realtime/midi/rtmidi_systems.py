"""MIDI systems through python-rtmidi: ALSA, JACK, CoreMIDI and Windows."""

from typing import Any

SCAN = "Jaka to melodia scan"
"""Name of the client that only looks which ports there are."""
_API_NAMES = {
    "LINUX_ALSA": "ALSA",
    "UNIX_JACK": "JACK",
    "MACOSX_CORE": "CoreMIDI",
    "WINDOWS_MM": "Windows",
}


class RtMidiSystem:
    """One API that python-rtmidi was compiled with.

    Args:
        api: its number in python-rtmidi.
        name: what users call it.
    """

    def __init__(self, api: int, name: str) -> None:
        self._api = api
        self.name = name

    def make_output(self, client: str) -> Any | None:
        """Join the system under the name `client`; None where it does not run."""
        import rtmidi

        try:
            out = rtmidi.MidiOut(rtapi=self._api, name=client)
            out.get_ports()
        except Exception:  # rtmidi raises a class per system
            return None
        return out

    def sources(self) -> list[str]:
        """Names of the ports that give MIDI now."""
        import rtmidi

        try:
            listener = rtmidi.MidiIn(rtapi=self._api, name=SCAN)
            found = [str(name) for name in listener.get_ports()]
            listener.delete()
        except Exception:  # rtmidi raises a class per system
            return []
        return found


def systems() -> list[RtMidiSystem]:
    """The systems that the installed wheel was compiled for."""
    import rtmidi

    compiled = rtmidi.get_compiled_api()
    known = [(int(getattr(rtmidi, f"API_{key}", -1)), name) for key, name in _API_NAMES.items()]
    return [RtMidiSystem(api, name) for api, name in known if api in compiled]
