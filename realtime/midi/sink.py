"""Note events -> MIDI messages. Every note-on is paired with its off, whatever happens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from realtime.midi.messages import (
    ALL_NOTES_OFF,
    ALL_SOUND_OFF,
    CONTROL,
    NOTE_OFF,
    NOTE_ON,
    PITCH_WHEEL,
    WHEEL_CENTRE,
    bend_range,
    wheel,
)
from realtime.troubles.trouble import Trouble
from realtime.values.notes import Event, NoteOn


@dataclass(frozen=True, slots=True)
class SinkStatus:
    """Health of a sink at one moment."""

    name: str = ""
    trouble: Trouble | None = None
    sent: int = 0
    """Messages that were sent so far."""
    failed: int = 0
    """Messages that could not be sent."""


class NoteSink(Protocol):
    """Where note events go. Nothing here ever raises into the engine."""

    def send(self, events: Sequence[Event]) -> None:
        """Send note events now, in their order; never waits."""

    def panic(self) -> None:
        """Silence everything at once, wherever it was started."""

    def bend(self, cents: float) -> None:
        """What sounds is so many cents above its pitch now; the next note begins at its own."""

    def shape(self, channel: int, transpose: int) -> None:
        """Use another channel (1-16) and transposition (semitones) from the next note on."""

    def status(self) -> SinkStatus:
        """How the sink is doing; also the moment at which it may try again to open."""

    def close(self) -> None:
        """Silence everything it started, then free it. May be called twice."""


class BytePort(Protocol):
    """Carries MIDI messages as bytes."""

    name: str
    trouble: Trouble | None

    def write(self, messages: bytes) -> bool:
        """Send whole messages of three bytes; False if they could not be sent."""

    def poll(self) -> bool:
        """Look after the port; True if it was opened anew since the last call."""

    def await_port(self) -> None:
        """Wait a moment for a port that is being opened anew."""

    def close(self) -> None:
        """Free the port; what sounds must have been ended before."""


class MidiOut:
    """A sink that writes to a port, and remembers sounding notes so that each is ended.

    Args:
        port: carries the bytes.
        channel: 1-16.
        transpose: semitones added to each pitch; what would leave 0-127 is not sent.
    """

    def __init__(self, port: BytePort, channel: int = 1, transpose: int = 0) -> None:
        self._port = port
        self._sent = self._failed = 0
        self._sounding: dict[int, tuple[int, int]] = {}
        self._channels: set[int] = set()
        self._used: set[tuple[int, int]] = set()
        """(channel, key) of every note that was sent: nobody knows whether its off arrived."""
        self._bent: set[int] = set()
        """Channels whose wheel is not in the centre."""
        self._ranged: set[int] = set()
        """Channels that know how far the wheel reaches."""
        self._closed = False
        self.shape(channel, transpose)

    def shape(self, channel: int, transpose: int) -> None:
        """Use another channel and transposition (semitones); what sounds gets its own off."""
        self._channel, self._transpose = min(max(channel, 1), 16) - 1, transpose

    def send(self, events: Sequence[Event]) -> None:
        """Send events now, offs with the channel and key that their on had."""
        messages = bytearray()
        for event in events:
            messages += self._on(event) if isinstance(event, NoteOn) else self._off(event.pitch)
        self._write(bytes(messages))

    def bend(self, cents: float) -> None:
        """Turn the wheel of the sounding channel by cents, after telling it the range once."""
        channel = next((channel for channel, _ in self._sounding.values()), -1)
        if channel < 0:
            return
        messages = bytearray()
        if channel not in self._ranged:
            self._ranged.add(channel)
            for controller, value in bend_range():
                messages += bytes([CONTROL | channel, controller, value])
        self._bent.add(channel)
        self._write(bytes(messages) + _wheel(channel, wheel(cents)))

    def panic(self) -> None:
        """Offs for all that sounds or ever did, wheels to the centre, All Sound and Notes Off.

        A port that was lost, or a server that is late, may have swallowed the off of a note, and
        not every synthesizer obeys All Notes Off.
        """
        messages = bytearray()
        for pitch in list(self._sounding):
            messages += self._off(pitch)
        for channel, key in sorted(self._used):
            messages += bytes([NOTE_OFF | channel, key, 0])
        messages += self._straighten()
        for channel in sorted(self._channels | {self._channel}):
            messages += bytes([CONTROL | channel, ALL_NOTES_OFF, 0])
            messages += bytes([CONTROL | channel, ALL_SOUND_OFF, 0])
        self._write(bytes(messages))

    def status(self) -> SinkStatus:
        """Name, trouble and counts; looks after the port on the way."""
        if not self._closed and self._port.poll():
            self._bent |= self._ranged
            self._ranged.clear()
            self.panic()
        return SinkStatus(self._port.name, self._port.trouble, self._sent, self._failed)

    def close(self) -> None:
        """Silence, then close the port.

        Notes that sounded when the port was lost sound on at whoever heard them, so the port that
        follows is waited for.
        """
        if not self._closed:
            self._closed = True
            if self._used:
                self._port.await_port()
            self.panic()
            self._port.close()

    def _on(self, event: NoteOn) -> bytes:
        key = event.pitch + self._transpose
        if not 0 <= key <= 127:
            return b""
        before = self._off(event.pitch) if event.pitch in self._sounding else b""
        before += self._straighten()
        self._sounding[event.pitch] = (self._channel, key)
        self._channels.add(self._channel)
        self._used.add((self._channel, key))
        return before + bytes([NOTE_ON | self._channel, key, event.velocity])

    def _straighten(self) -> bytes:
        """Wheels back to the centre, on whichever channel they were turned."""
        centred = b"".join(_wheel(channel, WHEEL_CENTRE) for channel in sorted(self._bent))
        self._bent.clear()
        return centred

    def _off(self, pitch: int) -> bytes:
        channel, key = self._sounding.pop(pitch, (-1, 0))
        return bytes([NOTE_OFF | channel, key, 0]) if channel >= 0 else b""

    def _write(self, messages: bytes) -> None:
        if not messages:
            return
        if self._port.write(messages):
            self._sent += len(messages) // 3
        else:
            self._failed += len(messages) // 3


def _wheel(channel: int, position: int) -> bytes:
    return bytes([PITCH_WHEEL | channel, position & 127, position >> 7])


class NoOutput:
    """A sink that discards all notes, for use without a MIDI port."""

    def send(self, events: Sequence[Event]) -> None:
        """Accept events and send none."""

    def panic(self) -> None:
        """Accept the wish to silence."""

    def bend(self, cents: float) -> None:
        """Accept a bend, in cents, and send none."""

    def shape(self, channel: int, transpose: int) -> None:
        """Accept a MIDI channel (1-16) and semitones of transposition, and use neither."""

    def status(self) -> SinkStatus:
        """Report neither name nor trouble."""
        return SinkStatus()

    def close(self) -> None:
        """Do nothing: no port was opened."""
