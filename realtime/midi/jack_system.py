"""JACK's MIDI through JACK-Client, which uses the libjack that belongs to the running server."""

import collections
from typing import Any

SCAN = "Jaka to melodia scan"
"""Name of the client that only looks which ports there are."""


class JackOutput:
    """A JACK client with one MIDI output, with the methods of python-rtmidi's `MidiOut`.

    Messages wait in a queue until the server's next cycle, at most one period (5.3 ms at 48 kHz
    and 256 frames; 3.0 ms in the mean, measured), and leave at its beginning.
    """

    def __init__(self, client: str) -> None:
        import jack

        self._client = jack.Client(client, no_start_server=True)
        self._port: Any = None
        self._waiting: collections.deque[bytes] = collections.deque()
        self._client.set_process_callback(self._process)

    @property
    def name(self) -> str:
        """The name that the server gave; it appends a number where `client` was taken."""
        return str(self._client.name)

    def get_ports(self) -> list[str]:
        """Names of the ports that take MIDI now."""
        return [port.name for port in self._client.get_ports(is_midi=True, is_input=True)]

    def open_port(self, port: int, name: str) -> None:
        """Connect to a port by its place in `get_ports`; `name` is that of our end."""
        target = self.get_ports()[port]
        self.open_virtual_port(name)
        self._client.connect(self._port, target)

    def open_virtual_port(self, name: str) -> None:
        """Open a port of our own that others connect to."""
        self._port = self._client.midi_outports.register(name)
        self._client.activate()

    def send_message(self, message: list[int]) -> None:
        """Queue one MIDI message, as its bytes, for the next cycle."""
        self._waiting.append(bytes(message))

    def close_port(self) -> None:
        """Close the port that is open; the client stays."""
        if self._port is not None:
            self._client.deactivate()
            self._client.midi_outports.clear()
            self._port = None

    def delete(self) -> None:
        """Leave the JACK server: the client is gone for others too."""
        self._client.close()

    def _process(self, frames: int) -> None:
        """Hand what waits to the server; runs in JACK's thread, once a cycle."""
        port = self._port
        if port is None:
            return
        port.clear_buffer()
        while self._waiting:
            port.write_midi_event(0, self._waiting.popleft())


class JackSystem:
    """A JACK server, or PipeWire in its place."""

    name = "JACK"

    def make_output(self, client: str) -> JackOutput | None:
        """Join the server under the name `client`; None where none runs."""
        import jack

        try:
            return JackOutput(client)
        except (jack.JackError, OSError):
            return None

    def sources(self) -> list[str]:
        """Names of the ports that give MIDI now."""
        import jack

        try:
            client = jack.Client(SCAN, no_start_server=True)
        except (jack.JackError, OSError):
            return []
        try:
            return [port.name for port in client.get_ports(is_midi=True, is_output=True)]
        finally:
            client.close()


def systems() -> list[JackSystem]:
    """JACK, where its library is installed on this machine."""
    try:
        import jack
    except OSError:  # JACK-Client finds no libjack
        return []
    # libjack writes of every server that it does not find to stderr
    jack.set_error_function(lambda text: None)
    jack.set_info_function(lambda text: None)
    return [JackSystem()]
