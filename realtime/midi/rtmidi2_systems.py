"""CoreMIDI and Windows MIDI through rtmidi2, where python-rtmidi has no wheel."""

import sys


class Rtmidi2Output:
    """rtmidi2's `MidiOut` with the methods of python-rtmidi's."""

    def __init__(self, client: str, api: int) -> None:
        import rtmidi2

        self._out = rtmidi2.MidiOut(client, api)

    def get_ports(self) -> list[str]:
        """Names of the ports that take MIDI now."""
        return [str(name) for name in self._out.ports]

    def open_port(self, port: int, name: str) -> None:
        """Connect to a port by its place in `get_ports`; rtmidi2 names our end itself."""
        self._out.open_port(port)

    def open_virtual_port(self, name: str) -> None:
        """Open a port of our own that others connect to."""
        self._out.open_virtual_port(name)

    def send_message(self, message: list[int]) -> None:
        """Send one MIDI message of up to three bytes."""
        self._out.send_raw(*message)

    def close_port(self) -> None:
        """Close the port that is open, with its connections."""
        self._out.close_port()

    def delete(self) -> None:
        """Leave the MIDI system by giving the library's object up."""
        del self._out


class Rtmidi2System:
    """The native MIDI system of this platform.

    Args:
        api: its number in rtmidi2.
        name: what users call it.
    """

    def __init__(self, api: int, name: str) -> None:
        self._api = api
        self.name = name

    def make_output(self, client: str) -> Rtmidi2Output | None:
        """Join the system under the name `client`; None where it does not run."""
        try:
            out = Rtmidi2Output(client, self._api)
            out.get_ports()
        except Exception:  # rtmidi2 raises a class of its own for each kind of failure
            return None
        return out

    def sources(self) -> list[str]:
        """Names of the ports that give MIDI now."""
        import rtmidi2

        try:
            return [str(name) for name in rtmidi2.get_in_ports()]
        except Exception:  # as in `make_output`
            return []


def systems() -> list[Rtmidi2System]:
    """The native system of macOS or Windows."""
    import rtmidi2

    if sys.platform == "darwin":
        return [Rtmidi2System(rtmidi2.API_MACOSX_CORE, "CoreMIDI")]
    return [Rtmidi2System(rtmidi2.API_WINDOWS_MM, "Windows")]
