"""`jtm teach`: the player's own instrument, learned from a few notes of it."""

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from realtime.troubles.errors import UserError
from realtime.values.files_of_call import same_file
from realtime.values.ranges import Range, Whole
from realtime.values.settings import ModelName

if TYPE_CHECKING:
    from realtime.files.output_files import OutputFiles
    from realtime.inference.onnx_model import OnnxModel
    from realtime.teach.lesson import LessonResult
    from realtime.teach.listening.understanding import Understanding

SHORT_SECONDS = 0.3
"""Below it, notes teach little of how the instrument's notes end."""
ROOM_BYTES, WHOLE_ROOM_BYTES = 300_000, 12_000_000
"""An instrument and its picture take less, and one that is a whole model."""


@dataclass(frozen=True, kw_only=True)
class Options(ModelName):
    """Teach the model an instrument from a few notes of its player."""

    name: str
    """What the instrument is called: `jtm live --model NAME` knows it then."""
    recordings: list[str]
    """Sound files of single notes, one after another; with --notes the first may be any music. Or
    the folder of a lesson that was recorded in the window."""
    notes: str = ""
    """Notes of the first recording: a .mid, a .csv with onset_s,offset_s,midi_pitch, or any other
    label file that training reads."""
    thorough: bool = False
    """Learn all weights instead of the last layers: it takes four times as long and PyTorch, and
    gives a whole model."""
    minutes: Annotated[float | None, Range(0.25, 60, "minutes")] = None
    """How long the lesson may take on two quiet cores: 2 minutes unless it is given, 8 with
    --thorough."""
    seed: Whole = 0
    """Seed of the music that is made for the lesson."""
    out: str = ""
    """Write the instrument to this file instead of among the taught ones."""
    overwrite: bool = False
    """Replace an instrument of that name, and files that are there."""
    json: bool = False
    """Print one JSON object."""


def main(argv: list[str]) -> int:
    """Run the subcommand. Returns 0, or 1 where nothing was taught."""
    from realtime.commands.options import parse_options

    options = parse_options(
        Options,
        argv,
        command="teach",
        description="Teach the program your instrument from a few notes of it.",
        positional=("name", "recordings"),
        examples=(
            "jtm teach kalimba notes.wav more.wav",
            "jtm teach kalimba notes.wav --notes notes.csv --minutes 10",
            "jtm teach kalimba notes.wav --thorough --overwrite",
        ),
    )
    from realtime.files.output_files import OutputFiles, beside
    from realtime.inference.instruments import (
        check_new_name,
        find_model,
        instrument_path,
        list_instruments,
    )

    others = () if options.out else list_instruments()
    options = replace(options, name=check_new_name(options.name, others))
    whole = options.thorough
    target = Path(options.out) if options.out else instrument_path(options.name, whole)
    model = find_model(options.model)
    outputs = OutputFiles([*options.recordings, model or ""], options.overwrite)
    outputs.claim_all(target, beside(target, ".svg"))
    other = instrument_path(options.name, not whole)
    if not options.out and not (
        model and same_file(str(other), str(model))
    ):  # a base is kept, not lost
        outputs.claim(other)
    if whole:
        from realtime.teach.thorough.lesson import require_trainer

        require_trainer(model)
    try:
        return _teach(options, model, target, outputs)
    except MemoryError as error:
        raise UserError(
            "There is not enough memory for the lesson; close other programs or take less "
            "--minutes. The model is as it was."
        ) from error


def _teach(options: Options, model: Path | None, target: Path, outputs: "OutputFiles") -> int:
    from realtime.commands.progress import ProgressBar
    from realtime.files.output_files import beside
    from realtime.inference.instruments import instrument_path
    from realtime.inference.onnx_model import OnnxModel
    from realtime.teach.judging.choosing import LessonVerdict
    from realtime.teach.keeping import card_of, save_instrument

    listener = OnnxModel(model, with_features=True)
    _check_room(target, WHOLE_ROOM_BYTES if options.thorough else ROOM_BYTES)
    understood = understand_files(options, listener)
    bar = ProgressBar()
    if not options.json:
        print(table(understood))
    result = _learn(options, model, understood, lambda part: bar.show(options.name, part))
    bar.clear()
    figures = card_of(options.name, understood, result, options.seed)
    if result.verdict is LessonVerdict.BETTER:
        target = outputs.place(target)
        picture = outputs.place(beside(target, ".svg"))
        save_instrument(target, listener.base_path, understood, result, figures, picture)
        if not options.out:  # one of that name, of the other kind, was there and is replaced
            instrument_path(options.name, not options.thorough).unlink(missing_ok=True)
        figures |= {"file": str(target), "picture": str(picture)}
    if options.json:
        print(json.dumps(figures))
    else:
        print(summary(figures))
    return 0 if result.verdict is LessonVerdict.BETTER else 1


def _learn(
    options: Options,
    model: Path | None,
    understood: "Understanding",
    on_progress: Callable[[float], None],
) -> "LessonResult":
    from realtime.teach import lesson
    from realtime.teach.thorough import lesson as thorough

    usual = thorough.USUAL_MINUTES if options.thorough else lesson.USUAL_MINUTES
    minutes = usual if options.minutes is None else options.minutes
    settings = lesson.LessonSettings(minutes=minutes, seed=options.seed)
    if options.thorough:
        return thorough.give_thorough_lesson(understood, settings, on_progress)
    return lesson.give_lesson(model, understood, settings, on_progress)


def understand_files(options: Options, listener: "OnnxModel") -> "Understanding":
    """What the named files hold.

    Raises:
        UserError: if that is of no use.
    """
    from realtime.teach.guide import lesson_folder
    from realtime.teach.guide.understand_lesson import understand_lesson
    from realtime.teach.listening.recordings import read_recording
    from realtime.teach.listening.understanding import read_given, understand

    rate = listener.spec.sample_rate
    folder = Path(options.recordings[0])
    if lesson_folder.is_lesson(folder):
        if len(options.recordings) > 1 or options.notes:
            raise UserError(
                f"{folder} is a lesson of the window, which holds all notes: give it alone."
            )
        return understand_lesson(folder, lesson_folder.read(folder), rate)
    given = read_given(Path(options.notes)) if options.notes else None
    recordings = [read_recording(Path(name), rate) for name in options.recordings]
    return understand(listener, recordings, given)


def _check_room(target: Path, room: int) -> None:
    """Refuse a folder that cannot take so many bytes before minutes were spent on it."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=target.parent) as file:
            file.write(bytes(room))
            file.flush()
    except OSError as error:
        raise UserError(
            f"Cannot write to {target.parent} ({error.strerror or error}); free some space, or "
            "choose another place with --out."
        ) from error


def table(understood: "Understanding") -> str:
    """The notes that were understood, a line each, and what speaks against some."""
    from realtime.troubles.texts import TEXTS
    from realtime.values.pitches import pitch_name

    lines = list(_on_hum(understood))
    lines += [f"{'start':>8} {'length':>7}  note   cents   level"]
    for note in understood.notes:
        name = pitch_name(note.pitch) if note.pitch else "-"
        why = f"  not used: {TEXTS[note.reason]}" if note.reason else ""
        doubt = "" if note.sure or note.reason else "  (not sure)"
        lines.append(
            f"{note.start:7.2f}s {note.end - note.start:6.2f}s  {name:<5} {note.cents:+6.0f} "
            f"{note.level_db:6.0f} dB{why}{doubt}"
        )
    good = [note for note in understood.notes if not note.reason]
    usable, pitches = len(good), len({note.pitch for note in good})
    lines.append(
        f"{usable} of {_counted(len(understood.notes), 'note')} can be used, on "
        f"{_counted(pitches, 'pitch', 'pitches')}."
    )
    lengths = sorted(note.end - note.start for note in good)
    if not understood.phrases and lengths and lengths[len(lengths) // 2] < SHORT_SECONDS:
        lines.append(
            f"The notes are short, most below {SHORT_SECONDS:g} s: let each sound for half a "
            "second or longer, and more is learned of it."
        )
    doubtful = sum(not note.sure for note in understood.notes if not note.reason)
    if doubtful > usable / 2:
        lines.append(
            "Most pitches are not sure: if two instruments sounded at once, record one alone; else "
            "give the notes with --notes."
        )
    for phrase in understood.phrases:
        lines.append(f"{len(phrase.notes)} written notes are learned from as they are.")
    lines += _on_tuning(understood)
    return "\n".join(lines)


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _on_hum(understood: "Understanding") -> Iterator[str]:
    for recording in understood.recordings:
        if recording.hum_hz:
            yield (
                f"{recording.name} holds a hum of {recording.hum_hz} Hz, as a cable or a charger "
                "makes it; it was taken out."
            )


def _on_tuning(understood: "Understanding") -> Iterator[str]:
    if abs(understood.tuning_cents) < 15:
        return
    off = f"The instrument is tuned {understood.tuning_cents:+.0f} cents off A = 440 Hz"
    if understood.retuned:
        a4 = min(max(understood.a4_hz, 415), 466)
        yield f"{off}; it was brought to 440 Hz for learning: play with --a4-hz {a4:.0f}."
    else:
        yield f"{off}, and is learned as it is: leave --a4-hz alone."


def summary(figures: dict[str, Any]) -> str:
    """What became of the lesson, in some lines."""
    from realtime.teach.judging.choosing import LessonVerdict

    before, after = figures["before"], figures["after"]
    others = figures["others_before"]["onset_f1"], figures["others_after"]["onset_f1"]
    if figures["verdict"] == LessonVerdict.NOTHING_GAINED:
        return (
            f"Nothing was kept: notes that were not learned from are heard no better than before "
            f"(onset F1 {before['onset_f1']:.2f}, then {after['onset_f1']:.2f}). The model is as "
            "it was; record more notes, soft and loud ones, and try again."
        )
    if figures["verdict"] == LessonVerdict.OTHERS_LOST:
        return (
            f"Nothing was kept: other instruments would be heard worse (onset F1 {others[0]:.2f}, "
            f"then {others[1]:.2f}). The model is as it was; record more notes and try again."
        )
    return "\n".join(
        (
            f"Notes that were not learned from: onset F1 {before['onset_f1']:.2f} before, "
            f"{after['onset_f1']:.2f} now; with ends {before['end_f1']:.2f} and "
            f"{after['end_f1']:.2f}.",
            f"Other instruments: onset F1 {others[0]:.3f} before, {others[1]:.3f} now.",
            f"Taught in {figures['seconds']:.0f} s: {figures['file']}",
            f"Picture of what was understood: {figures['picture']}",
            f"Play with it: jtm live --model '{figures['name']}', or choose it in the window's "
            "menu.",
        )
    )
