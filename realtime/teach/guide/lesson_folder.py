"""A lesson on the disk: what was taken of it, with its sounds, whole after every note.

`lesson.json` says what each sound is; `sounds/NNN.flac` are the sounds. What is not named in the
former, such as an attempt that nobody took, is of no consequence.
"""

import contextlib
import json
import math
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from realtime.files.plain_text import plain
from realtime.inference.instruments import instruments_folder
from realtime.inference.schema import unfit
from realtime.teach.guide.guide import Taken
from realtime.teach.guide.plan import FAMILIES, Ask
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, what_is_unfit, why
from realtime.values.arrays import Floats
from realtime.values.atomic import replace_text, whole_file
from realtime.values.json_text import parse_json

MANIFEST, SOUNDS, ATTEMPT, LEARNED = "lesson.json", "sounds", "attempt", "learned.instrument"
LEARNED_WHOLE = "learned.onnx"
"""What was learned, as an instrument and, thoroughly, as a whole model."""
KEPT = "kept"
"""File that holds the name of the instrument that the lesson has become."""
VERSION = 1
LEAD_SECONDS, TAIL_SECONDS = 0.3, 0.15
"""Sound that is kept before and after a note."""
MOST_TAKEN = 1000
SOUND_NAME = re.compile(r"\w{1,40}\.flac")
KINDS = ("room", "lowest", "highest", "note", "chord", "phrase")
TOUCHES = ("usual", "soft", "loud")


@dataclass(frozen=True)
class Lesson:
    """What a lesson is about, and what was taken in it."""

    name: str
    family: str = ""
    a4_hz: float = 440.0
    model: str = ""
    """`--model` that is taught; "" is the bundled one."""
    taken: tuple[Taken, ...] = ()
    replaces: str = ""
    """Name of an instrument that it teaches more, and that gives way to what is learned."""


def lessons_folder() -> Path:
    """Per-user folder of the lessons; it need not exist."""
    return instruments_folder() / "lessons"


def new_folder() -> Path:
    """A folder for a lesson that begins now; it is not made."""
    name = time.strftime("lesson-%Y%m%d-%H%M%S")
    folder, number = lessons_folder() / name, 2
    while folder.exists():
        folder, number = lessons_folder() / f"{name}-{number}", number + 1
    return folder


def is_lesson(path: Path) -> bool:
    """Whether a path is a folder that a lesson lies in."""
    return (path / MANIFEST).is_file()


def unfinished_lessons() -> list[Path]:
    """Folders of lessons that were not learned from yet, the newest first."""
    try:
        folders = sorted(lessons_folder().iterdir(), reverse=True)
    except OSError:
        return []
    return [folder for folder in folders if is_lesson(folder) and not (folder / KEPT).exists()]


def save(folder: Path, lesson: Lesson) -> None:
    """Write what is known; readers see the old or the new.

    Raises:
        UserError: if it cannot be written.
    """
    text = json.dumps({"version": VERSION, **asdict(lesson)}, indent=1)
    try:
        replace_text(folder / MANIFEST, text)
    except OSError as error:
        raise UserError(Code.CANNOT_WRITE, path=folder / MANIFEST, reason=why(error)) from error


def save_sound(folder: Path, taken: Taken, sound: Floats, rate: int) -> Taken:
    """Keep the part of an attempt's sound that matters; returns `taken` with times in it.

    Args:
        folder: of the lesson.
        taken: of the attempt.
        sound: (n,), mono.
        rate: Hz.

    Raises:
        UserError: if it cannot be written.
    """
    import soundfile

    begin = max(0, int((taken.start_s - LEAD_SECONDS) * rate))
    end = min(len(sound), int((taken.end_s + TAIL_SECONDS) * rate))
    sounds = folder / SOUNDS
    numbers = [int(path.stem) for path in sounds.glob("*.flac") if path.stem.isdigit()]
    path = sounds / f"{max(numbers, default=0) + 1:03d}.flac"
    with whole_file(path) as partial:
        try:
            soundfile.write(partial, np.clip(sound[begin:end], -1, 1), rate, "PCM_24")
        except (RuntimeError, AssertionError) as error:
            raise UserError(Code.CANNOT_WRITE, path=path, reason=why(error)) from error
    moved = begin / rate
    return replace(taken, sound=path.name, start_s=taken.start_s - moved, end_s=taken.end_s - moved)


def read(folder: Path) -> Lesson:
    """A lesson; sounds that are gone are passed over.

    Raises:
        UserError: if there is none, or it is damaged.
    """
    try:
        values = parse_json((folder / MANIFEST).read_bytes()[: 1 << 22])
        lesson = Lesson(
            plain(str(values["name"]))[:60],
            str(values["family"]) if values["family"] in FAMILIES else "",
            min(max(_number(values["a4_hz"]), 415.0), 466.0),
            str(values["model"]),
            tuple(_taken(one) for one in values["taken"][:MOST_TAKEN]),
            str(values.get("replaces", "")),
        )
    except OSError as error:
        raise UserError(Code.LESSON_UNREADABLE, folder=folder, reason=why(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        reason = what_is_unfit(error)
        raise UserError(Code.LESSON_DAMAGED, folder=folder, reason=reason) from error
    there = [one for one in lesson.taken if (folder / SOUNDS / one.sound).is_file()]
    return replace(lesson, taken=tuple(there))


def _taken(values: Any) -> Taken:
    about = values["ask"]
    kind, touch = str(about["kind"]), str(about["touch"])
    if kind not in KINDS or touch not in TOUCHES or not SOUND_NAME.fullmatch(values["sound"]):
        raise unfit("ask", about)
    ask = Ask(kind, _pitches(about["pitches"]), touch)  # type: ignore[arg-type]
    start, end = float(values["start_s"]), float(values["end_s"])
    if not 0 <= start <= end < 3600:
        raise unfit("end_s", end)
    pitches, cents = _pitches(values["pitches"]), _number(values["cents"])
    return Taken(ask, pitches, start, end, cents, _number(values["level_db"]), values["sound"])


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(Trouble(Code.VALUES_UNFIT))
    return number


def _pitches(values: Any) -> tuple[int, ...]:
    pitches = tuple(int(value) for value in values)
    if not all(0 < pitch <= 127 for pitch in pitches):
        raise unfit("pitches", values)
    return pitches


def read_attempt(path: Path) -> tuple[Floats, int]:
    """The sound of an attempt, (n,) mono, and its rate in Hz.

    Raises:
        UserError: if it cannot be read.
    """
    import soundfile

    try:
        sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, RuntimeError) as error:
        raise UserError(Code.FILE_UNREADABLE, path=path, reason=why(error)) from error
    return sound.mean(axis=1), int(rate)


def with_taken(lesson: Lesson, taken: Sequence[Taken]) -> Lesson:
    """The lesson with what was taken in it by now."""
    return replace(lesson, taken=tuple(taken))


def renamed(lesson: Lesson, name: str) -> Lesson:
    """The lesson of an instrument that has another name now."""
    return replace(lesson, name=name, replaces=name)


def drop_attempt(sound: Path) -> None:
    """Remove an attempt that was read: its sound, and what the recorder wrote beside it."""
    for suffix in (".flac", ".mid", ".csv"):
        with contextlib.suppress(OSError):
            sound.with_suffix(suffix).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        sound.parent.rmdir()


def drop_attempts(folder: Path) -> None:
    """Remove the sound of attempts that were judged or given up."""
    with contextlib.suppress(OSError):
        for path in folder.glob(f"{ATTEMPT}*"):
            shutil.rmtree(path, ignore_errors=True)


def remove_sounds(folder: Path, taken: Sequence[Taken]) -> None:
    """Remove the sounds of what was taken back."""
    for one in taken:
        if one.sound:
            with contextlib.suppress(OSError):
                (folder / SOUNDS / Path(one.sound).name).unlink()
