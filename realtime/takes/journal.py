"""A take while it is being recorded: a folder that survives `kill -9` at any moment.

`.take-YYYYMMDD-HHMMSS.journal/` holds `meta.json`, `events.jsonl` (one event a line, appended) and
`audio-0001.flac`, ... (a new part after every failed write). Whatever was flushed can be read back,
also where a file ends in the middle.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import numpy.typing as npt

from realtime.files.click import Click
from realtime.notes import Note

Floats = npt.NDArray[np.float32]

SUFFIX = ".journal"
SALVAGE_FRAMES = 256
"""A damaged part is read in pieces of this size, so that little is lost with the last one."""


@dataclass(frozen=True, slots=True)
class TakeEvent:
    """A line of the journal. Times are seconds since the take began."""

    kind: str
    """on | off | bend | gap | marker | instrument | click"""
    at_s: float
    left_s: float
    pitch: int = 0
    velocity: int = 0
    text: str = ""
    """What a gap or marker says, which instrument was heard so far, or a click's tempo and metre,
    whose first beat is at `at_s`."""
    cents: float = 0.0
    """How far above its pitch the note that sounds is from now on."""


@dataclass(frozen=True, slots=True)
class TakeInfo:
    """What the journal knows before the first sample."""

    rate: int
    channel: int = 1
    name: str = "Jaka to melodia"
    instrument: str = ""
    sound: bool = True
    """Whether the take keeps its sound."""


class JournalWriter:
    """Appends to a journal. Every method may raise OSError; what was appended before stays.

    Args:
        folder: of the journal; is made.
        info: written to `meta.json`.
    """

    def __init__(self, folder: Path, info: TakeInfo) -> None:
        folder.mkdir(parents=True)
        self.folder, self._info = folder, info
        self._lock = _locked(folder)
        (folder / "meta.json").write_text(json.dumps(asdict(info)))
        self._events: TextIO = (folder / "events.jsonl").open("a")
        self._audio: Any = None
        self._parts = 0
        self._kept_bytes = 0
        self._unsure: list[str] = []
        """What no flush has put on disk yet."""

    def append_events(self, events: Iterable[TakeEvent]) -> None:
        """Write events; on disk after `flush`."""
        lines = "".join(json.dumps(asdict(event)) + "\n" for event in events)
        self._events.write(lines)
        self._unsure.append(lines)

    def append_audio(self, block: Floats) -> None:
        """Write mono sound (n,) as 24-bit FLAC; `flush` keeps all but the encoder's last block."""
        import soundfile

        if self._audio is None:
            self._parts += 1
            path = self.folder / f"audio-{self._parts:04d}.flac"
            self._audio = _as_os_error(
                soundfile.SoundFile, path, "w", self._info.rate, 1, "PCM_24", format="FLAC"
            )
        _as_os_error(self._audio.write, np.clip(np.nan_to_num(block), -1, 1))

    def flush(self) -> None:
        """Put on disk what was written."""
        self._events.flush()
        os.fsync(self._events.fileno())
        self._kept_bytes, self._unsure = os.fstat(self._events.fileno()).st_size, []
        if self._audio is not None:
            _as_os_error(self._audio.flush)

    def start_new_part(self) -> None:
        """Give up the sound file in use after a failed write."""
        if self._audio is not None:
            with contextlib.suppress(OSError):
                _as_os_error(self._audio.close)
            self._audio = None

    def moved_to(self, folder: Path) -> "JournalWriter":
        """Go on in another folder, with all that was written; this one is closed and removed.

        Where that fails, with OSError, this one goes on.
        """
        self.start_new_part()
        fresh = JournalWriter(folder, self._info)
        try:
            kept = (self.folder / "events.jsonl").read_bytes()[: self._kept_bytes]
            fresh._events.write(kept.decode() + "".join(self._unsure))
            for part in audio_parts(self.folder):
                shutil.copyfile(part, folder / part.name)
            fresh._parts = self._parts
            fresh.flush()
        except OSError:
            fresh.close()
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return fresh

    def close(self) -> None:
        """Close the files; the journal stays."""
        self.start_new_part()
        with contextlib.suppress(OSError):
            self._events.close()
        if self._lock is not None:
            self._lock.close()


def in_use(folder: Path) -> bool:
    """Whether a running program is still writing this journal."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        with (folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def read_info(folder: Path) -> TakeInfo:
    """What `meta.json` says; defaults where it is damaged."""
    try:
        values = json.loads((folder / "meta.json").read_text())
        channel = values.get("channel", 1)
        return TakeInfo(
            int(values["rate"]),
            channel if channel in range(1, 17) else 1,
            str(values["name"]),
            str(values.get("instrument", "")),
            bool(values.get("sound", True)),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return TakeInfo(0)


def read_notes(folder: Path) -> list[Note]:
    """Notes of a journal by onset; damaged lines are skipped, what sounded last ends last."""
    open_notes: dict[int, TakeEvent] = {}
    notes: list[Note] = []
    last_s = 0.0

    def end(pitch: int, at_s: float) -> None:
        start = open_notes.pop(pitch, None)
        if start is not None:
            offset = max(at_s, start.at_s + 0.001)
            notes.append(Note(start.at_s, offset, pitch, start.velocity, start.left_s))

    for event in _read_events(folder / "events.jsonl"):
        last_s = max(last_s, event.at_s)
        if event.kind in ("on", "off"):
            end(event.pitch, event.at_s)
        if event.kind == "on":
            open_notes[event.pitch] = event
    for pitch in list(open_notes):
        end(pitch, last_s)
    return sorted(notes, key=lambda note: (note.onset_s, note.pitch))


def read_markers(folder: Path) -> list[tuple[float, str]]:
    """Gaps and remarks of a journal: (seconds since the take began, text)."""
    return [
        (event.at_s, event.text[:200])
        for event in _read_events(folder / "events.jsonl")
        if event.kind in ("gap", "marker") and event.text
    ]


def read_bends(folder: Path) -> list[tuple[float, float]]:
    """(seconds since the take began, cents from then on), in order of time.

    A note begins at its own pitch, and may have begun before that was known: what was read since
    then belonged to the note before.
    """
    bends: list[tuple[float, float]] = []
    for event in _read_events(folder / "events.jsonl"):
        if event.kind == "bend":
            while bends and bends[-1][0] >= event.at_s:
                bends.pop()
            bends.append((event.at_s, event.cents))
    return bends


def read_heard_instrument(folder: Path) -> str:
    """The instrument that the model heard most, "" where it did not say."""
    heard = [e.text for e in _read_events(folder / "events.jsonl") if e.kind == "instrument"]
    return heard[-1][:40] if heard else ""


def read_click(folder: Path) -> Click | None:
    """The click that the take was played to; None where there was none, or its tempo changed."""
    clicks = [event for event in _read_events(folder / "events.jsonl") if event.kind == "click"]
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
    """What can be read of a sound file, damaged or not: (mono block, rate)."""
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            while len(block := file.read(SALVAGE_FRAMES, dtype="float32")):
                yield block, int(file.samplerate)
    except (RuntimeError, OSError):
        return


def is_whole(path: Path) -> bool:
    """Whether a sound file was closed properly and holds sound."""
    import soundfile

    try:
        frames = int(soundfile.info(path).frames)
    except (RuntimeError, OSError):
        return False
    return 0 < frames < 2**48


def _read_events(path: Path) -> Iterator[TakeEvent]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            event = TakeEvent(**json.loads(line))
            sane = 0 <= event.pitch <= 127 and 0 <= event.velocity <= 127
            sane = sane and isinstance(event.text, str) and -200 <= event.cents <= 200
            if sane and 0 <= event.at_s < 1e7 and 0 <= event.left_s < 1e7:
                yield event
        except (ValueError, TypeError):
            continue


def _locked(folder: Path) -> TextIO | None:
    file = (folder / "lock").open("w")
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        file.close()
        return None
    return file


def _as_os_error(call: Any, *arguments: Any, **options: Any) -> Any:
    """Libsndfile tells a full disk in several ways; make all of them OSError."""
    try:
        return call(*arguments, **options)
    except (RuntimeError, AssertionError) as error:
        raise OSError(None, str(error) or "the sound file cannot be written") from error
