"""A Standard MIDI File -> the events that labels are made of, in seconds.

mido and pretty_midi refuse a whole file for a message that says nothing about notes (a key of nine
sharps, a data byte over 127), and pretty_midi obeys tempi of the first track alone. Labels need six
kinds of events; everything else is passed over by its stated length.

Source: Standard MIDI Files 1.0 (MIDI Manufacturers Association, RP-001); MIDI Polyphonic Expression
1.0 (the same, RP-053), whose configuration message is the registered parameter 6.
"""

import math
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

TEMPO, END_OF_TRACK, TRACK_NAME = 0x51, 0x2F, 0x03
"""Types of the meta events of MIDI files that are read."""
USUAL_TEMPO = 500_000
"""Microseconds a beat until a file says otherwise."""
MICROSECONDS = 1e-6
SUSTAIN = 64
"""Controller of the sustain pedal."""
RESET_CONTROLLERS = 121
"""Controller that lifts it, with all others."""
ALL_SOUND_OFF = 120
"""Controller that ends every note of a channel, also those that its pedal holds."""
ALL_OFF = (ALL_SOUND_OFF, 123)
"""Controllers that end every note of a channel: all sound off, all notes off."""
DATA_ENTRY, PARAMETER_NUMBERS = 6, (98, 99, 100, 101)
"""Controllers that set a parameter, and that choose it: unregistered (LSB, MSB), registered."""
MPE_ZONE = {101: 0, 100: 6}
"""Numbers that choose the registered parameter "member channels of an MPE zone"."""
LOWER_MASTER, UPPER_MASTER = 0, 15
"""Channels whose MPE zones go up from 2, and down from 15 (counted from 1)."""
DRUMS = 9
"""Channel (from 0) whose notes are drums, but in an MPE zone."""
SYSTEM_SIZES = {0xF1: 1, 0xF2: 2, 0xF3: 1, 0xF6: 0} | dict.fromkeys(range(0xF8, 0xFF), 0)
"""Data bytes of system messages, which have no place in a file and are there sometimes."""
UNKNOWN_PROGRAM = -1
"""Program of notes before any is named; a synthesiser plays a piano then, whatever was recorded."""
DROP_FRAME = 29
"""Frames a second of SMPTE division that mean 30000/1001."""


class DamagedMidi(ValueError):
    """Bytes that are no MIDI file, with the reason in words that end a sentence."""


@dataclass
class MidiTrack:
    """Events of one track, in order; times in ticks until `read_midi_file` converts them."""

    name: str = ""
    ons: list[tuple[float, int, int, int, int]] = field(default_factory=list)
    """Time, channel (0-15), program (0-127, -1 unknown), pitch, velocity (0-127; 0 ends a note)."""
    pedals: list[tuple[float, int, int]] = field(default_factory=list)
    """Time, channel, value of the sustain pedal."""
    tempi: list[tuple[int, int]] = field(default_factory=list)
    """(tick, microseconds a beat) of every change of tempo."""
    programs: list[tuple[int, int, int]] = field(default_factory=list)
    """Tick, channel, program that begins there."""
    all_offs: list[tuple[int, int]] = field(default_factory=list)
    """(tick, channel) of every ALL_OFF."""
    sound_offs: list[tuple[float, int]] = field(default_factory=list)
    """Time, channel of every ALL_SOUND_OFF."""
    mpe: bool = False
    """Whether the track makes DRUMS a voice among others: a member channel of an MPE zone."""
    end: float = 0.0


def read_midi_file(path: Path) -> list[MidiTrack]:
    """Tracks of a file with their times in seconds, by the tempi of all tracks.

    Raises:
        DamagedMidi: if it is no MIDI file, is cut short, or places notes at no time.
        OSError: if it cannot be read.
    """
    kind, division, bodies = _chunks(path.read_bytes())
    tracks = [_read_track(body, number) for number, body in enumerate(bodies, 1)]
    if kind == 2 and sum(bool(track.ons) for track in tracks) > 1:
        raise DamagedMidi("it holds separate sequences (type 2); save it as type 1")
    _share_all_offs(tracks)
    _share_programs(tracks)
    changes = [change for track in tracks for change in track.tempi]
    tempi = dict(sorted(changes, key=lambda change: change[0]))
    clock = _clock(division, tempi)
    stopped = min((tick for tick, tempo in tempi.items() if not tempo), default=math.inf)
    for track in tracks:
        ticks = [event[0] for event in (*track.ons, *track.pedals, *track.sound_offs)]
        if division > 0 and any(on[0] > stopped for on in track.ons):
            raise DamagedMidi("its tempo is zero at some place, and notes after that have no times")
        seconds = iter(clock([*ticks, track.end]).tolist())
        track.ons = [(next(seconds), *event[1:]) for event in track.ons]
        track.pedals = [(next(seconds), *event[1:]) for event in track.pedals]
        track.sound_offs = [(next(seconds), event[1]) for event in track.sound_offs]
        track.end = next(seconds)
    return tracks


def _chunks(data: bytes) -> tuple[int, int, list[bytes]]:
    """Type, division (as stated) and track bodies; a RIFF envelope (RMID) is opened."""
    if data[:4] == b"RIFF" and data[8:12] == b"RMID":
        data = data[max(data.find(b"MThd"), 0) :]
    if data[:4] != b"MThd" or len(data) < 14:
        raise DamagedMidi("it does not begin as one" if data else "it is empty")
    length, kind, count, division = struct.unpack(">IHHh", data[4:14])
    bodies: list[bytes] = []
    at = 8 + length
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
        at += 8
        if name == b"MThd":
            raise DamagedMidi("a second file is joined to it; cut them apart")
        if name == b"MTrk":
            if at + size > len(data):
                raise DamagedMidi(f"it ends inside track {len(bodies) + 1}")
            bodies.append(data[at : at + size])
        at += size
    if not bodies:
        raise DamagedMidi("it has no tracks")
    if len(bodies) < count:
        raise DamagedMidi(f"it promises {count} tracks and holds {len(bodies)}")
    return kind, division, bodies


def _read_track(body: bytes, number: int) -> MidiTrack:
    """One track with its times in ticks.

    Meta events, system exclusive and real-time bytes leave the running status of channel messages
    alone: the standard forbids to rely on that, and programs do.
    """
    track = MidiTrack()
    keys = _Keys()
    tick = at = running = 0
    try:
        while at < len(body):
            delta, at = _variable(body, at)
            tick += delta
            status = running
            if body[at] >= 0x80:
                status, at = body[at], at + 1
            if status == 0xFF:
                kind = body[at]
                size, at = _variable(body, at + 1)
                value, at = body[at : at + size], at + size
                if kind == TEMPO and len(value) == 3:
                    track.tempi.append((tick, int.from_bytes(value, "big")))
                elif kind == TRACK_NAME and not track.name:
                    track.name = value.decode("utf-8", "replace")
                elif kind == END_OF_TRACK:
                    break
            elif status in (0xF0, 0xF7):
                size, at = _variable(body, at)
                at += size
            elif status in SYSTEM_SIZES:
                at += SYSTEM_SIZES[status]
            elif status >= 0x80:
                running = status
                at = _channel_event(track, keys, tick, status, body, at)
            else:
                raise DamagedMidi(f"byte {at} of track {number} belongs to no message")
    except IndexError as error:
        raise DamagedMidi(f"track {number} ends inside a message") from error
    track.end = tick
    return track


@dataclass
class _Keys:
    """What a track has said so far about its channels (0-15)."""

    programs: list[int] = field(default_factory=lambda: [UNKNOWN_PROGRAM] * 16)
    down: set[tuple[int, int]] = field(default_factory=set)
    """Channel and pitch of notes without an off yet."""
    chosen: dict[int, dict[int, int]] = field(default_factory=dict)
    """Channel -> PARAMETER_NUMBERS and their values, of the kind that was chosen last."""


def _channel_event(
    track: MidiTrack, keys: _Keys, tick: int, status: int, body: bytes, at: int
) -> int:
    """Keep what labels need of a channel message at `at`; returns where the next event begins."""
    kind, channel = status & 0xF0, status & 0x0F
    first = body[at]
    if kind in (0xC0, 0xD0):
        if kind == 0xC0:
            keys.programs[channel] = min(first, 127)
            track.programs.append((tick, channel, keys.programs[channel]))
        return at + 1
    second = min(body[at + 1], 127)  # players clip a data byte with its top bit set, too
    if kind in (0x80, 0x90):
        if first > 127:
            raise DamagedMidi(f"a note has the pitch {first}")
        velocity = second if kind == 0x90 else 0
        track.ons.append((tick, channel, keys.programs[channel], first, velocity))
        (keys.down.add if velocity else keys.down.discard)((channel, first))
    elif kind == 0xB0 and first == SUSTAIN:
        track.pedals.append((tick, channel, second))
    elif kind == 0xB0 and first == RESET_CONTROLLERS:
        track.pedals.append((tick, channel, 0))
    elif kind == 0xB0 and first in ALL_OFF:
        ended = sorted(key for key in keys.down if key[0] == channel)
        track.ons += [(tick, channel, keys.programs[channel], pitch, 0) for _, pitch in ended]
        keys.down.difference_update(ended)
        track.all_offs.append((tick, channel))
        if first == ALL_SOUND_OFF:
            track.sound_offs.append((tick, channel))
    elif kind == 0xB0 and first in PARAMETER_NUMBERS:
        before = keys.chosen.get(channel, {})
        kept = {n: value for n, value in before.items() if (n < 100) == (first < 100)}
        keys.chosen[channel] = kept | {first: second}
    elif kind == 0xB0 and first == DATA_ENTRY:
        members = second if keys.chosen.get(channel) == MPE_ZONE else 0
        track.mpe |= channel == LOWER_MASTER and members >= DRUMS
        track.mpe |= channel == UPPER_MASTER and members >= UPPER_MASTER - DRUMS
    return at + 2


def _share_all_offs(tracks: list[MidiTrack]) -> None:
    """End the notes of a channel on every track where one track says so, as players do.

    A note that begins in the same tick begins after it.
    """
    for track in tracks:
        channels = {on[1] for on in track.ons}
        others = [end for other in tracks if other is not track for end in other.all_offs]
        if ends := sorted(end for end in others if end[1] in channels):
            track.ons = list(_with_offs(track.ons, ends))


def _with_offs(
    ons: list[tuple[float, int, int, int, int]], ends: list[tuple[int, int]]
) -> Iterator[tuple[float, int, int, int, int]]:
    """Events of a track, with offs of all that sounds on a channel before each (tick, channel)."""
    down: dict[tuple[int, int], int] = {}  # channel and pitch -> program
    last = math.inf, 0, 0, 0, 0
    waiting = list(reversed(ends))
    for on in [*ons, last]:
        while waiting and waiting[-1][0] <= on[0]:
            tick, channel = waiting.pop()
            for key in sorted(key for key in down if key[0] == channel):
                yield tick, channel, down.pop(key), key[1], 0
        if on is last:
            return
        yield on
        if on[4]:
            down[on[1], on[3]] = on[2]
        else:
            down.pop((on[1], on[3]), None)


def _share_programs(tracks: list[MidiTrack]) -> None:
    """Give tracks that name no program of a channel those that others name, as players do."""
    changes = sorted((change for track in tracks for change in track.programs), key=lambda c: c[0])
    for track in tracks:
        named = {channel for _, channel, _ in track.programs}
        for channel in {on[1] for on in track.ons} - named:
            others = [(tick, program) for tick, where, program in changes if where == channel]
            if not others:
                continue
            ticks = [tick for tick, _ in others]
            programs = [UNKNOWN_PROGRAM, *(program for _, program in others)]
            track.ons = [
                (on[0], on[1], programs[bisect_right(ticks, on[0])], *on[3:])
                if on[1] == channel
                else on
                for on in track.ons
            ]


def _variable(body: bytes, at: int) -> tuple[int, int]:
    """A variable-length quantity at `at`, and where it ends."""
    value = 0
    while True:
        byte = body[at]
        value, at = value << 7 | byte & 0x7F, at + 1
        if byte < 0x80:
            return value, at


def _clock(division: int, tempi: dict[int, int]) -> Callable[[Sequence[float]], np.ndarray]:
    """A function from ticks to seconds, for a division and microseconds a beat from ticks on."""
    if division < 0:  # SMPTE: frames a second in the upper byte (negative), ticks a frame
        frames, ticks = -(division >> 8), division & 0xFF
        rate = (30_000 / 1001 if frames == DROP_FRAME else frames) * ticks
        if not rate:
            raise DamagedMidi("it has no ticks in a frame, so its notes have no times")
        return lambda ticks: np.asarray(ticks, float) / rate
    if not division:
        raise DamagedMidi("it has no ticks in a beat, so its notes have no times")
    changes = {0: USUAL_TEMPO} | tempi
    starts = np.array(list(changes), float)
    lengths = np.array(list(changes.values()), float) * MICROSECONDS / division
    begins = np.concatenate([[0.0], np.cumsum(np.diff(starts) * lengths[:-1])])

    def convert(ticks: Sequence[float]) -> np.ndarray:
        at = np.asarray(ticks, float)
        place = np.searchsorted(starts, at, side="right") - 1
        result: np.ndarray = begins[place] + (at - starts[place]) * lengths[place]
        return result

    return convert
