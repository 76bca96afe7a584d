"""Reads journals of takes, damaged or not: what can be read is read, the rest is passed over."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from realtime.files.click import Click
from realtime.takes.journal import EVENTS, META, TakeEvent, TakeInfo
from realtime.values.arrays import Floats
from realtime.values.given_file import library_name, require_file
from realtime.values.json_text import parse_json
from realtime.values.notes import Note

SALVAGE_FRAMES = 256
"""A damaged part is read in pieces of this size, so that little is lost with the last one."""
MOST_META_BYTES = 1 << 16
LONGEST_LINE_BYTES = 1 << 16
HIGHEST_RATE = 1_000_000
_TEXT_FIELDS, _NUMBER_FIELDS = ("kind", "text"), ("at_s", "left_s", "cents")


def read_info(folder: Path) -> TakeInfo:
    """What `meta.json` says; defaults where it is damaged, with a rate of 0."""
    try:
        require_file(folder / META)
        with (folder / META).open("rb") as file:
            values = parse_json(file.read(MOST_META_BYTES))
        rate = values["rate"]
        return TakeInfo(
            rate if type(rate) is int and 0 < rate <= HIGHEST_RATE else 0,
            str(values["name"])[:200],
            str(values.get("instrument", ""))[:40],
            bool(values.get("sound", True)),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return TakeInfo(0)


def read_events(folder: Path) -> list[TakeEvent]:
    """Every line that is an event; damaged ones are passed over.

    Raises:
        OSError: if they are there and the system cannot read them, now.
    """
    try:
        require_file(folder / EVENTS)
        with (folder / EVENTS).open("rb") as file:
            lines = [line for line in file.read().splitlines() if len(line) < LONGEST_LINE_BYTES]
    except FileNotFoundError:
        return []
    return [event for event in map(_event, lines) if event is not None]


def _event(line: bytes) -> TakeEvent | None:
    try:
        values = parse_json(line)
        event = TakeEvent(**values)
    except (ValueError, TypeError):
        return None
    words = all(isinstance(getattr(event, name), str) for name in _TEXT_FIELDS)
    numbers = all(
        type(getattr(event, name)) in (int, float) and math.isfinite(getattr(event, name))
        for name in _NUMBER_FIELDS
    )
    whole = type(event.pitch) is int and type(event.velocity) is int
    if not (words and numbers and whole):
        return None
    sane = 0 <= event.pitch <= 127 and 0 <= event.velocity <= 127 and -200 <= event.cents <= 200
    return event if sane and 0 <= event.at_s < 1e7 and 0 <= event.left_s < 1e7 else None


def notes_of(events: Sequence[TakeEvent]) -> list[Note]:
    """Notes of a take by onset; what sounded last ends last."""
    open_notes: dict[int, TakeEvent] = {}
    notes: list[Note] = []
    last_s = 0.0

    def end(pitch: int, at_s: float) -> None:
        start = open_notes.pop(pitch, None)
        if start is not None:
            offset = max(at_s, start.at_s + 0.001)
            notes.append(Note(start.at_s, offset, pitch, start.velocity, start.left_s))

    for event in events:
        last_s = max(last_s, event.at_s)
        if event.kind in ("on", "off"):
            end(event.pitch, event.at_s)
        if event.kind == "on":
            open_notes[event.pitch] = event
    for pitch in list(open_notes):
        end(pitch, last_s)
    return sorted(notes, key=lambda note: (note.onset_s, note.pitch))


def markers_of(events: Sequence[TakeEvent]) -> list[tuple[float, str]]:
    """Gaps and remarks: (seconds since the take began, text)."""
    return [
        (event.at_s, event.text[:200])
        for event in events
        if event.kind in ("gap", "marker") and event.text
    ]


def bends_of(events: Sequence[TakeEvent]) -> list[tuple[float, float]]:
    """(seconds since the take began, cents from then on), in order of time.

    A note begins at its own pitch, and may have begun before that was known: what was read since
    then belonged to the note before.
    """
    bends: list[tuple[float, float]] = []
    for event in events:
        if event.kind == "bend":
            while bends and bends[-1][0] >= event.at_s:
                bends.pop()
            bends.append((event.at_s, event.cents))
    return bends


def guessed_instrument(events: Sequence[TakeEvent]) -> str:
    """The instrument that the model heard most, "" where it did not say."""
    heard = [event.text for event in events if event.kind == "instrument"]
    return heard[-1][:40] if heard else ""


def click_of(events: Sequence[TakeEvent]) -> Click | None:
    """The click that the take was played to; None where there was none, or its tempo changed."""
    clicks = [event for event in events if event.kind == "click"]
    if not clicks:
        return None
    words = clicks[-1].text.split()
    try:
        click = Click(float(words[0]), int(words[1]), clicks[-1].at_s)
    except (ValueError, IndexError):
        return None
    return click if 1 <= click.bpm <= 1000 and 1 <= click.beats <= 64 else None


def audio_parts(folder: Path) -> list[Path]:
    """Sound files of a journal, in order."""
    return sorted(folder.glob("audio-*.flac"))


def read_part(path: Path) -> Iterator[tuple[Floats, int]]:
    """Mono blocks `(frames,)`, with their rate in Hz, of a sound file, damaged or not.

    Raises:
        OSError: if the system cannot read the file, now: that is no damage.
    """
    import soundfile

    _read_through(path)
    try:
        with soundfile.SoundFile(library_name(path)) as file:
            while len(block := file.read(SALVAGE_FRAMES, dtype="float32")):
                yield block, int(file.samplerate)
    except (RuntimeError, OSError):
        return


def _read_through(path: Path) -> None:
    """Read a file to its end; libsndfile does not tell a disk that fails from a file that ends."""
    require_file(path)
    with path.open("rb", buffering=0) as file:
        while file.read(1 << 20):
            pass


def whole_frames(path: Path) -> int:
    """Frames of a sound file that was closed properly; 0 of any other."""
    import soundfile

    try:
        require_file(path)
        frames = int(soundfile.info(library_name(path)).frames)
    except (RuntimeError, OSError):
        return 0
    return frames if frames < 2**48 else 0
