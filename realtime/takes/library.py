"""The finished takes of a folder: what there is, other names, further versions.

A take is `NAME.csv`, `NAME.mid` and `NAME.flac`, as recorded. Other versions of its notes lie
beside it: `NAME.v2-edited.csv` (and .mid), `NAME.v3-refined.csv`, ...; the recorded ones stay.
"""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from realtime.files.click import Click, read_click
from realtime.files.instruments import read_instrument, write_instrument
from realtime.files.note_files import LATEST_S, Heading, write_csv, write_midi
from realtime.takes.names import check_name, usable_name
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why
from realtime.values.atomic import whole_file
from realtime.values.given_file import library_name
from realtime.values.notes import Note

KINDS = ("played", "edited", "refined")


SOUNDS = (".flac", ".wav")


_NOTES = re.compile(r"(?P<name>.+?)(?:\.v(?P<number>\d{1,6})-(?P<kind>edited|refined))?\.csv")


@dataclass(frozen=True, slots=True)
class TakeVersion:
    """One account of a take's notes."""

    csv: Path
    number: int = 1
    """Number of the version; 1 is as it was played."""
    kind: str = "played"
    """played | edited | refined"""

    @property
    def midi(self) -> Path:
        """Path of the .mid beside the .csv."""
        return self.csv.with_suffix(".mid")

    def files(self) -> list[Path]:
        """What there is of this account."""
        return [path for path in (self.csv, self.midi) if path.is_file()]


@dataclass(frozen=True, slots=True)
class Take:
    """A take with all its versions, oldest first."""

    name: str
    folder: Path
    versions: tuple[TakeVersion, ...]
    sound: Path | None
    seconds: float
    notes: int
    """Number of notes in the newest version."""
    recorded: float
    """Time at which the take began, Unix time in seconds."""
    instrument: str = ""
    """What its newest .mid names."""

    @property
    def newest(self) -> TakeVersion:
        """Version to open first: the one made last."""
        return self.versions[-1]

    def files(self) -> list[Path]:
        """Everything that belongs to the take and exists."""
        parts = [*(v.csv for v in self.versions), *(v.midi for v in self.versions)]
        parts += [self.sound] if self.sound else []
        return [path for path in parts if path.is_file()]


def list_takes(folder: Path) -> list[Take]:
    """Takes of a folder, newest first; none where it cannot be read."""
    takes = []
    for name, accounts in _accounts(folder).items():
        try:
            takes.append(_take(folder, name, accounts))
        except OSError:
            continue
    return sorted(takes, key=lambda take: (take.recorded, take.name), reverse=True)


def find_take(folder: Path, name: str) -> Take | None:
    """One take as it is on disk now, None where there is none."""
    accounts = _accounts(folder).get(name)
    try:
        return _take(folder, name, accounts) if accounts else None
    except OSError:
        return None


def rename_take(take: Take, name: str) -> None:
    """Give every file of a take another name.

    Raises:
        UserError: if the name cannot be used or is taken; nothing has changed then.
    """
    name = name.strip().strip(".")
    check_name(name)
    if name == take.name:
        return
    moves = [(path, take.folder / (name + path.name[len(take.name) :])) for path in take.files()]
    for _, target in moves:
        if target.exists():
            raise UserError(Code.NAME_TAKEN, name=target.name)
    done: list[tuple[Path, Path]] = []
    try:
        for path, target in moves:
            path.rename(target)
            done.append((path, target))
    except OSError as error:
        for path, target in reversed(done):
            target.rename(path)
        raise UserError(Code.NOT_RENAMED, name=take.name, reason=why(error)) from error


def save_version(take: Take, notes: Sequence[Note], kind: str, channel: int = 1) -> TakeVersion:
    """Keep these notes as a new version beside the others: numbered by what is on disk now.

    Args:
        take: that they belong to.
        notes: times in seconds of the take.
        kind: such as "edited"; part of the file's name.
        channel: MIDI channel of the .mid, 1-16.

    Raises:
        UserError: if it cannot be written.
    """
    there = [*take.versions, *_accounts(take.folder).get(take.name, ())]
    number = max(version.number for version in there) + 1
    while True:
        path = take.folder / f"{take.name}.v{number}-{kind}.csv"
        version = TakeVersion(path, number, kind)
        if not version.files():
            break
        number += 1  # a .mid without its .csv: nothing is ever written over
    heading = Heading(take.name, click=click_of(take), instrument=take.instrument, channel=channel)
    write_midi(notes, version.midi, heading)
    write_csv(notes, version.csv)
    return version


def click_of(take: Take) -> Click | None:
    """The click that a take was played to, None where there was none."""
    clicks = (read_click(version.midi) for version in reversed(take.versions))
    return next((click for click in clicks if click is not None), None)


def name_instrument(take: Take, instrument: str) -> None:
    """Let every .mid of a take name this instrument, "" for none.

    Raises:
        UserError: if one cannot be read or written.
    """
    for version in take.versions:
        if version.midi.is_file():
            write_instrument(version.midi, instrument)


def sound_seconds(path: Path) -> float:
    """Length of the sound of a take in seconds; 0 where it does not say."""
    if path.suffix == ".flac":
        return flac_seconds(path)
    import soundfile

    try:
        seconds = float(soundfile.info(library_name(path)).duration)
    except (RuntimeError, OSError):
        return 0.0
    return seconds if 0.0 <= seconds < LATEST_S else 0.0


def flac_seconds(path: Path) -> float:
    """Seconds of a FLAC by its header alone; 0 where it does not say, or says what cannot be."""
    with path.open("rb") as file:
        head = file.read(26)
    if len(head) < 26 or head[:4] != b"fLaC":
        return 0.0
    packed = int.from_bytes(head[18:26], "big")
    rate, samples = packed >> 44, packed & ((1 << 36) - 1)
    seconds = samples / rate if rate else 0.0
    return seconds if seconds < LATEST_S else 0.0


def _accounts(folder: Path) -> dict[str, list[TakeVersion]]:
    """Name of a take -> its versions, in no order; nothing where the folder cannot be read."""
    versions: dict[str, list[TakeVersion]] = {}
    try:
        found = [path for path in folder.iterdir() if path.suffix == ".csv"]
    except OSError:
        return {}
    for path in found:
        match = _NOTES.fullmatch(path.name)
        if match is None or path.name.startswith(".") or not path.is_file():
            continue
        number, kind = int(match["number"] or 1), match["kind"] or "played"
        versions.setdefault(match["name"], []).append(TakeVersion(path, number, kind))
    return versions


def _take(folder: Path, name: str, accounts: list[TakeVersion]) -> Take:
    versions = tuple(sorted(accounts, key=lambda version: version.number))
    sounds = [folder / f"{name}{suffix}" for suffix in SOUNDS]
    sound = next((path for path in sounds if path.is_file()), None)
    lines = versions[-1].csv.read_bytes().splitlines()[1:]
    seconds = sound_seconds(sound) if sound is not None else 0.0
    recorded = (sound or versions[0].csv).stat().st_mtime
    return Take(
        name,
        folder,
        versions,
        sound,
        seconds or _last_second(lines),
        len(lines),
        recorded,
        read_instrument(versions[-1].midi),
    )


def _last_second(lines: list[bytes]) -> float:
    """When the last notes end; 0 where the file does not say, or says what cannot be."""
    try:
        last = max((float(line.split(b",")[1]) for line in lines[-100:]), default=0.0)
    except (ValueError, IndexError):
        return 0.0
    return last if 0.0 <= last < LATEST_S else 0.0


def keep_as_take(folder: Path, sound: Path | None, csv: Path, name: str = "") -> str:
    """Copy notes (and the .mid beside them) and sound into the folder of takes.

    Args:
        folder: of the takes; made if missing.
        sound: of a take (FLAC or WAV; `realtime.takes.importing` takes other files in), None where
            there is none.
        csv: its notes.
        name: that the take should have; "" is that of the sound file.

    Returns:
        The name of the new take, with a number where there is one already.

    Raises:
        UserError: if something cannot be read or written.
    """
    name = free_name(folder, name or (sound or csv).stem)
    copies = [(csv.with_suffix(".mid"), ".mid"), (csv, ".csv")]
    if sound is not None:
        copies.insert(0, (sound, sound.suffix.lower()))
    for source, suffix in copies:
        with whole_file(folder / f"{name}{suffix}") as partial:
            try:
                shutil.copyfile(source, partial)
            except FileNotFoundError as error:
                raise UserError(Code.FILE_GONE, path=source) from error
    return name


def free_name(folder: Path, wanted: str) -> str:
    """A name that no take of the folder has: "song", "song 2", ..."""
    base = usable_name(wanted) or "take"
    name, number = base, 2
    while any((folder / f"{name}{suffix}").exists() for suffix in (".csv", ".mid", *SOUNDS)):
        name, number = f"{base} {number}", number + 1
    return name
