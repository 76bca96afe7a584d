"""Which instrument a take says it was played on: a name and, where it has one, a MIDI program."""

import struct
from pathlib import Path
from typing import Any

from realtime.files.midi_file import open_midi
from realtime.files.plain_text import plain
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why
from realtime.values.atomic import whole_file
from realtime.values.given_file import require_file

PROGRAMS: dict[str, int] = {
    "piano": 0,
    "guitar": 24,
    "bass": 33,
    "voice": 52,
    "strings": 48,
    "winds": 71,
}
"""Name -> General MIDI program, counted from 0."""
LONGEST_NAME = 40
"""Most bytes of a name, in UTF-8."""
HEAD_BYTES = 1024
"""The name stands among the first messages of a .mid."""
_META = b"\xff\x04"


def read_instrument(midi: Path) -> str:
    """The instrument that a .mid of ours names, "" where it names none or cannot be read."""
    try:
        require_file(midi)
        with midi.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return ""
    place = head.find(_META)
    if place < 0 or place + 3 > len(head) or head[place + 2] > LONGEST_NAME:
        return ""
    start = place + 3
    return head[start : start + head[place + 2]].decode("utf-8", errors="replace")


def write_instrument(midi: Path, instrument: str) -> None:
    """Let a .mid name this instrument, "" for none; everything else in it stays.

    Raises:
        UserError: if the file cannot be read or written.
    """
    from mido import MidiTrack

    try:
        file = open_midi(midi, charset="utf-8")
        if file.type == 0 and len(file.tracks) != 1:
            raise ValueError("it says that it has one track, and has another number")
    except (OSError, ValueError) as error:
        raise UserError(Code.FILE_UNREADABLE, path=midi, reason=why(error)) from error
    for number, track in enumerate(file.tracks):
        channels = {message.channel for message in track if message.type == "note_on"}
        kept = _without_instrument(track)
        place = sum(1 for message in kept[:1] if message.type == "track_name")
        kept[place:place] = instrument_messages(
            instrument, named=number == 0, channel=min(channels, default=None)
        )
        file.tracks[number] = MidiTrack(kept)
    with whole_file(midi) as partial:
        try:
            file.save(str(partial))
        except (ValueError, TypeError, struct.error) as error:  # mido reads more than it writes
            raise UserError(Code.FILE_UNREADABLE, path=midi, reason=why(error)) from error


def _without_instrument(track: Any) -> list[Any]:
    """The messages that are left, at the times they had."""
    kept, waited = [], 0
    for message in track:
        waited += message.time
        if message.type not in ("instrument_name", "program_change"):
            kept.append(message.copy(time=waited))
            waited = 0
    return kept


def instrument_messages(instrument: str, named: bool, channel: int | None) -> list[Any]:
    """What says it at the start of a track: the name, and the program on a MIDI channel (0-15)."""
    from mido import Message, MetaMessage

    messages: list[Any] = []
    if named and instrument:
        short = plain(instrument).encode()[:LONGEST_NAME].decode(errors="ignore")
        messages.append(MetaMessage("instrument_name", name=short, time=0))
    if channel is not None and instrument in PROGRAMS:
        program = PROGRAMS[instrument]
        messages.append(Message("program_change", channel=channel, program=program, time=0))
    return messages
