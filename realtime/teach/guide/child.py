"""Child process of the window: `python -m realtime.teach.guide.child LESSON [MINUTES] [thorough]`.

Learns from a lesson's folder and writes `learned.instrument` into it, thoroughly `learned.onnx`.
MINUTES may be "" for the usual time. Reports messages of
`realtime.teach.guide.messages`, a line of JSON each. Ends when its standard input does, so that it
outlives no window.
"""

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from realtime.processes.inside import end_with_input, keep_output, report
from realtime.processes.message_lines import Failed, Progress
from realtime.teach.guide.messages import THOROUGH, Learned
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble

NICENESS = 10
"""The engine goes on listening meanwhile, and comes first."""


def main(argv: list[str]) -> int:
    """Learn from a lesson. Returns 0, or 1 where that fails: the last report says why."""
    pipe = keep_output()
    end_with_input()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICENESS)
    try:
        card = learn_lesson(
            Path(argv[0]),
            lambda part: report(pipe, Progress(round(part, 4))),
            float(argv[1]) if argv[1:] and argv[1] else None,
            THOROUGH in argv[2:],
        )
    except MemoryError:
        report(pipe, Failed(Trouble(Code.LESSON_MEMORY)))
        return 1
    except UserError as error:
        report(pipe, Failed(error.trouble))
        return 1
    report(pipe, Learned(card))
    return 0


def learn_lesson(
    folder: Path,
    on_part: Callable[[float], None],
    minutes: float | None = None,
    thorough: bool = False,
) -> dict[str, Any]:
    """Learn from a lesson's folder; returns the card of `Learned`.

    Args:
        folder: of the lesson.
        on_part: called with the part that is done, 0-1.
        minutes: that the lesson may take; None is the usual time.
        thorough: whether all weights learn; what was learned otherwise stays in the folder.

    Raises:
        UserError: if the lesson or its model cannot be used.
    """
    from realtime.inference.instruments import find_model
    from realtime.inference.onnx_model import OnnxModel
    from realtime.teach.guide.lesson_folder import LEARNED, LEARNED_WHOLE, read
    from realtime.teach.guide.understand_lesson import understand_lesson
    from realtime.teach.judging.choosing import LessonVerdict
    from realtime.teach.keeping import card_of, save_instrument
    from realtime.teach.lesson import USUAL_MINUTES, LessonSettings, give_lesson
    from realtime.teach.thorough import lesson as all_weights

    lesson, target = read(folder), folder / (LEARNED_WHOLE if thorough else LEARNED)
    model = find_model(lesson.model)
    if thorough:
        all_weights.require_trainer(model)
    listener = OnnxModel(model, with_features=True)
    understood = understand_lesson(folder, lesson, listener.spec.sample_rate)
    usual = all_weights.USUAL_MINUTES if thorough else USUAL_MINUTES
    settings = LessonSettings(minutes=minutes or usual)
    if thorough:
        result = all_weights.give_thorough_lesson(understood, settings, on_part)
    else:
        result = give_lesson(model, understood, settings, on_part)
    card = card_of(lesson.name, understood, result, settings.seed)
    target.unlink(missing_ok=True)
    if result.verdict is not LessonVerdict.BETTER:
        return {**card, "file": "", "phrases": []}
    card["lesson"] = folder.name
    save_instrument(target, listener.base_path, understood, result, card)
    return {**card, "file": str(target), "phrases": _transcribe_phrases(folder, model, target)}


def _transcribe_phrases(folder: Path, model: Path | None, learned: Path) -> list[dict[str, Any]]:
    """Notes (onset, end in seconds, MIDI pitch) of each free phrase, before and after."""
    from realtime.inference.onnx_model import OnnxModel
    from realtime.teach.guide.lesson_folder import SOUNDS, read
    from realtime.transcription.offline import transcribe
    from realtime.values.settings import EngineSettings

    lesson = read(folder)
    settings = EngineSettings(a4_hz=lesson.a4_hz)
    heard = []
    for one in lesson.taken:
        if one.ask.kind != "phrase":
            continue
        sound, told = folder / SOUNDS / one.sound, {}
        for when, path in (("before", model), ("after", learned)):
            notes = transcribe(sound, OnnxModel(path), settings)
            told[when] = [[note.onset_s, note.offset_s, note.pitch] for note in notes]
        heard.append(told)
    return heard


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
