"""ALSA's sequencer through alsa-midi, where python-rtmidi has no wheel."""

from pathlib import Path
from typing import Any

SEQUENCER = Path("/dev/snd/seq")
"""ALSA's MIDI device; without it libasound writes to stderr about its absence."""
SCAN = "Jaka to melodia scan"
"""Name of the client that only looks which ports there are."""


class AlsaOutput:
    """A sequencer client with one output, with the methods of python-rtmidi's `MidiOut`.

    Args:
        client: an `alsa_midi.SequencerClient`.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._port: Any = None

    def get_ports(self) -> list[str]:
        """Names of the ports that take MIDI now, as "CLIENT:PORT NUMBER:NUMBER"."""
        return [_full_name(port) for port in self._client.list_ports(output=True)]

    def open_port(self, port: int, name: str) -> None:
        """Connect to a port by its place in `get_ports`; `name` is that of our end."""
        target = self._client.list_ports(output=True)[port]
        self.open_virtual_port(name)
        self._port.connect_to(target)

    def open_virtual_port(self, name: str) -> None:
        """Open a port of our own that others connect to."""
        from alsa_midi import READ_PORT

        self._port = self._client.create_port(name, caps=READ_PORT)

    def send_message(self, message: list[int]) -> None:
        """Send one MIDI message, as its bytes, at once to everybody who is connected."""
        from alsa_midi import MidiBytesEvent

        self._client.event_output_direct(MidiBytesEvent(message), port=self._port)

    def close_port(self) -> None:
        """Close the port that is open; the client stays."""
        if self._port is not None:
            self._port.close()
            self._port = None

    def delete(self) -> None:
        """Leave ALSA's sequencer: the client is gone for others too."""
        self._client.close()


class AlsaSystem:
    """The kernel's sequencer (module snd-seq)."""

    name = "ALSA"

    def make_output(self, client: str) -> AlsaOutput | None:
        """Join the sequencer under the name `client`; None where there is none."""
        joined = _join(client)
        return None if joined is None else AlsaOutput(joined)

    def sources(self) -> list[str]:
        """Names of the ports that give MIDI now."""
        client = _join(SCAN)
        if client is None:
            return []
        try:
            return [_full_name(port) for port in client.list_ports(input=True)]
        finally:
            client.close()


def _full_name(port: Any) -> str:
    return f"{port.client_name}:{port.name} {port.client_id}:{port.port_id}"


def _join(name: str) -> Any | None:
    if not SEQUENCER.exists():
        return None
    from alsa_midi import ALSAError, SequencerClient

    try:
        return SequencerClient(name)
    except ALSAError:
        return None
