"""A lesson's sounds as what can be learned from: every note is known, none needs to be found."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from realtime.teach.examples import Music
from realtime.teach.guide.guide import FEWEST_TAKEN, Taken
from realtime.teach.guide.lesson_folder import SOUNDS, Lesson, read_attempt
from realtime.teach.listening.hum import find_hum, without_hum, without_offset
from realtime.teach.listening.naming import NamedNote
from realtime.teach.listening.recordings import TaughtRecording, find_clipped, resample
from realtime.teach.listening.understanding import Understanding, cut_out, find_noise
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.values.arrays import Floats


def understand_lesson(folder: Path, lesson: Lesson, rate: int) -> Understanding:
    """What a lesson holds. Phrases that were played freely are no part: nobody knows their notes.

    Where the lesson was given at another A than 440 Hz, its sounds are brought there, as the engine
    brings its input there.

    Args:
        folder: of the lesson.
        lesson: as read from it.
        rate: the model's, Hz.

    Raises:
        UserError: if too few different notes were taken, or a sound cannot be read.
    """
    known = {one.pitches[0] for one in lesson.taken if len(one.pitches) == 1}
    if len(known) < FEWEST_TAKEN:
        raise UserError(Code.LESSON_TOO_SHORT, count=len(known), fewest=FEWEST_TAKEN)
    ratio = 440 / lesson.a4_hz
    sounds = {one.sound: _read(folder / SOUNDS / one.sound, rate, ratio) for one in lesson.taken}
    sounds = _without_hum(lesson, sounds)
    singles = [one for one in lesson.taken if len(one.pitches) == 1]
    recording, notes = _joined(lesson.name, singles, sounds, rate, ratio)
    shots = tuple(cut_out(recording, note) for note in notes if not note.reason)
    rooms = [sounds[one.sound] for one in lesson.taken if one.ask.kind == "room"]
    noise = rooms[-1].audio if rooms else find_noise([recording])
    soft = bool(shots) and float(np.median([shot.onset for shot in shots])) > 0.02 * rate
    checks = tuple(
        _check(one, sounds[one.sound], ratio, soft) for one in lesson.taken if len(one.pitches) > 1
    )
    tuning = float(np.median([note.cents for note in notes]))
    return Understanding((recording,), tuple(notes), shots, (), noise, tuning, checks=checks)


def _read(path: Path, rate: int, ratio: float) -> TaughtRecording:
    sound, own = read_attempt(path)
    clipped = find_clipped(sound) / own / ratio
    audio = without_offset(resample(sound, own * ratio, rate), rate)
    return TaughtRecording(path.name, audio, rate, clipped)


def _without_hum(lesson: Lesson, sounds: dict[str, TaughtRecording]) -> dict[str, TaughtRecording]:
    """The sounds less the hum that the room's has; that one stays, and is learned as noise."""
    rooms = [one.sound for one in lesson.taken if one.ask.kind == "room"]
    hum = find_hum(sounds[rooms[-1]].audio, sounds[rooms[-1]].rate) if rooms else None
    if hum is None:
        return sounds
    return {
        name: sound if name in rooms else replace(
            sound, audio=without_hum(sound.audio, sound.rate, hum), hum_hz=hum.mains_hz)
        for name, sound in sounds.items()
    }  # fmt: skip


def _joined(
    name: str,
    singles: Sequence[Taken],
    sounds: dict[str, TaughtRecording],
    rate: int,
    ratio: float,
) -> tuple[TaughtRecording, list[NamedNote]]:
    """All single notes one after another as one recording, with their names."""
    parts: list[Floats] = []
    notes: list[NamedNote] = []
    clipped: list[float] = []
    place = 0.0
    for one in sorted(singles, key=lambda taken: (taken.pitches[0], taken.level_db)):
        sound = sounds[one.sound]
        start, end = one.start_s / ratio, min(one.end_s / ratio, sound.seconds)
        notes.append(
            NamedNote(
                0, place + start, place + end, one.pitches[0], one.cents, 1.0, None, one.level_db
            )
        )
        clipped += [place + moment for moment in sound.clipped]
        parts.append(sound.audio)
        place += sound.seconds
    return TaughtRecording(name, np.concatenate(parts), rate, np.array(clipped)), notes


def _check(taken: Taken, sound: TaughtRecording, ratio: float, soft: bool) -> Music:
    times = taken.start_s / ratio, taken.end_s / ratio
    notes = np.array([(*times, pitch) for pitch in taken.pitches], float)
    # Half a second of silence lets the decoder end its notes.
    audio = np.concatenate([sound.audio, np.zeros(sound.rate // 2, np.float32)])
    return replace(Music(audio, notes), soft=soft)
