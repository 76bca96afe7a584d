"""Child process of the window: `python -m realtime.teach.guide.child LESSON [MINUTES]`.

Learns from a lesson's folder and writes `learned.instrument` into it. Prints a line of JSON for
every part that is done, `{"part": 0.25}`, at last the card with `file` ("" where nothing is worth
keeping) and what is heard of each free phrase before and after. Ends when its standard input does,
so that it outlives no window.
"""

import contextlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble

NICENESS = 10
"""The engine goes on listening meanwhile, and comes first."""


def main(argv: list[str]) -> int:
    """Learn; 1 with the trouble as JSON on stderr where that fails."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICENESS)
    try:
        answer = learn_lesson(Path(argv[0]), float(argv[1]) if len(argv) > 1 else None)
    except MemoryError:
        return _failed(Trouble(Code.LESSON_MEMORY))
    except UserError as error:
        return _failed(error.trouble)
    print(json.dumps(answer), flush=True)
    return 0


def learn_lesson(folder: Path, minutes: float | None = None) -> dict[str, Any]:
    """Learn from a lesson's folder; returns what is printed at last.

    Args:
        folder: of the lesson.
        minutes: that the lesson may take; None is the usual time.

    Raises:
        UserError: if the lesson or its model cannot be used.
    """
    from realtime.inference.instruments import find_model
    from realtime.inference.onnx_model import OnnxModel
    from realtime.teach.guide.lesson_folder import LEARNED, read
    from realtime.teach.guide.understand_lesson import understand_lesson
    from realtime.teach.keeping import card_of, save_instrument
    from realtime.teach.lesson import USUAL_MINUTES, LessonSettings, give_lesson

    lesson, target = read(folder), folder / LEARNED
    model = find_model(lesson.model)
    listener = OnnxModel(model, with_features=True)
    understood = understand_lesson(folder, lesson, listener.spec.sample_rate)
    settings = LessonSettings(minutes=minutes or USUAL_MINUTES)
    result = give_lesson(model, understood, settings, _tell)
    card = card_of(lesson.name, understood, result, settings.seed)
    target.unlink(missing_ok=True)
    if result.verdict != "better":
        return {**card, "file": "", "phrases": []}
    card["lesson"] = folder.name
    save_instrument(target, listener.base_path, understood, result, card)
    return {**card, "file": str(target), "phrases": _hear_phrases(folder, model, target)}


def _hear_phrases(folder: Path, model: Path | None, learned: Path) -> list[dict[str, Any]]:
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


def _tell(part: float) -> None:
    # The line and its end in one piece: `print` writes them one after the other.
    sys.stdout.write(json.dumps({"part": round(part, 4)}) + "\n")
    sys.stdout.flush()


def _failed(trouble: Trouble) -> int:
    print(json.dumps(trouble.to_json()), file=sys.stderr)
    return 1


def _end_with_parent() -> None:
    # Not by `sys.stdin`: a thread that waits in it makes the interpreter abort as it ends.
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
