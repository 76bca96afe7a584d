"""A sink of note events, and a port of MIDI bytes, that remember what they were given."""

from collections.abc import Sequence

from realtime.midi.sink import SinkStatus
from realtime.troubles.trouble import Trouble
from realtime.values.notes import Event, NoteOff, NoteOn


class ListOutput:
    """A sink and a port that only remember: the fake for tests."""

    name = ""
    trouble: Trouble | None = None

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.messages: list[tuple[int, int, int]] = []
        self.bends: list[float] = []
        self.closed = False

    def send(self, events: Sequence[Event]) -> None:
        """Append the events to `events`."""
        self.events.extend(events)

    def write(self, messages: bytes) -> bool:
        """Append whole messages of three bytes to `messages`."""
        self.messages += [
            (messages[i], messages[i + 1], messages[i + 2]) for i in range(0, len(messages), 3)
        ]
        return True

    def panic(self) -> None:
        """Append an off for every note that sounds."""
        sounding: dict[int, int] = {}
        for event in self.events:
            if isinstance(event, NoteOn):
                sounding[event.pitch] = event.frame
            else:
                sounding.pop(event.pitch, None)
        self.events += [NoteOff(frame + 1, pitch) for pitch, frame in sounding.items()]

    def bend(self, cents: float) -> None:
        """Append a bend, in cents, to `bends`."""
        self.bends.append(cents)

    def shape(self, channel: int, transpose: int) -> None:
        """Accept a MIDI channel (1-16) and semitones of transposition, and keep neither."""

    def poll(self) -> bool:
        """Report that the port was never opened anew."""
        return False

    def await_port(self) -> None:
        """Wait for nothing: the port is never lost."""

    def status(self) -> SinkStatus:
        """Report a sink that is always well."""
        return SinkStatus(sent=len(self.events))

    def close(self) -> None:
        """End what sounds, once; may be called twice."""
        if not self.closed:
            self.closed = True
            self.panic()
